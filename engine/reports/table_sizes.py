"""How much room report rows take, to say beforehand how far the tables would grow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from engine.database.arrow import open_snapshot
from engine.database.url import DatabaseUrl
from engine.metrics.model import Level
from engine.reports.changes import Change
from engine.reports.spec import TABLE_NAMES, VERSION_COLUMNS, report_table

MANY_ROWS = 5_000_000  # from which on most shops do well without single days of every SKU
_ENOUGH_ROWS = 1_000  # from which on a table's own average says more than the estimate
_BYTES_A_COLUMN = 6
_BYTES_OF_INDEXES = 120


def bytes_a_row(url: DatabaseUrl) -> dict[Level, int]:
    """Return the bytes that a row takes in table and indexes, by level.

    That of the rows there are, or an estimate from the number of columns where there are few.
    """
    names = ", ".join(f"'{name}'::regclass" for name in TABLE_NAMES.values())
    with open_snapshot(url) as snapshot:
        rows = snapshot.read(
            "SELECT relname::text AS name, pg_total_relation_size(oid) AS bytes, "
            f"reltuples::int8 AS rows FROM pg_class WHERE oid IN ({names})"
        ).to_pylist()
    measured = {row["name"]: (row["bytes"], row["rows"]) for row in rows}
    return {level: _average(level, *measured[name]) for level, name in TABLE_NAMES.items()}


def growth(changes: Sequence[Change], sizes: Mapping[Level, int]) -> int:
    """Return by how many bytes the tables would grow; below zero where they would shrink."""
    return sum(
        (change.counts.inserted - change.counts.removed) * sizes[change.level] for change in changes
    )


def first_run_words(shop: str, rows: int, size: int) -> list[str]:
    """Return what a first run is about to write, and how to have it write less if it is much."""
    lines = [f"{shop}: a first run of {rows:,} rows, about {size / 10**9:,.1f} GB."]
    if rows > MANY_ROWS:
        lines.append(
            "Most of them are single days of listings and SKUs, which REPORTS_DAILY_LEVELS=shop "
            "leaves out."
        )
    return lines


def _average(level: Level, size: int, rows: int) -> int:
    if rows >= _ENOUGH_ROWS:
        return round(size / rows)
    columns = len(report_table(level, 2).fields) + len(VERSION_COLUMNS)
    return columns * _BYTES_A_COLUMN + _BYTES_OF_INDEXES
