"""What the settings keep no longer of a shop's reports; one row = one table with any of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from engine.database.arrow import Snapshot
from engine.database.expiry import (
    REVISIONS,
    Expiring,
    expire_revisions,
    expire_rows,
    expiring_revisions,
    expiring_rows,
)
from engine.database.write import Connection
from engine.reports.changes import RowCounts
from engine.reports.retention import DailyRows, Retention
from engine.reports.spec import TABLE_NAMES


def find_expiring(
    snapshot: Snapshot, shop_id: int, daily: DailyRows, retention: Retention, now: datetime
) -> tuple[Expiring, ...]:
    """Return what a run at this moment would delete; where all is kept nothing is asked."""
    found = [expiring_rows(snapshot, table, shop_id, kept) for table, kept in _conditions(daily)]
    before = retention.superseded_before(now)
    if before is not None:
        found.append(expiring_revisions(snapshot, shop_id, before))
    return tuple(one for one in found if one is not None)


def expire(
    connection: Connection,
    run_id: int,
    shop_id: int,
    daily: DailyRows,
    retention: Retention,
    now: datetime,
) -> RowCounts:
    """Delete it, and return how much that was."""
    rows = sum(expire_rows(connection, table, shop_id, kept) for table, kept in _conditions(daily))
    before = retention.superseded_before(now)
    revisions = 0 if before is None else expire_revisions(connection, run_id, shop_id, before)
    return RowCounts(rows_expired=rows, revisions_expired=revisions)


def expiring_counts(found: Sequence[Expiring]) -> RowCounts:
    """Return how many rows and versions that is."""
    versions = sum(one.rows for one in found if one.table == REVISIONS)
    return RowCounts(
        rows_expired=sum(one.rows for one in found) - versions, revisions_expired=versions
    )


def expiring_lines(found: Sequence[Expiring]) -> list[str]:
    """Return it for people: nothing, or a heading and a line a table."""
    if not found:
        return []
    return [
        "  It would delete what the settings keep no longer:",
        *(
            f"  {one.table:<17} {one.rows:>10,} {'versions' if one.table == REVISIONS else 'rows'} "
            f"of {one.periods:,} periods that begin on {one.first} to {one.last}"
            for one in found
        ),
    ]


def expiring_records(found: Sequence[Expiring]) -> list[dict[str, Any]]:
    """Return it as plain values."""
    return [
        {
            "table": one.table,
            "rows": one.rows,
            "periods": one.periods,
            "first": one.first.isoformat(),
            "last": one.last.isoformat(),
        }
        for one in found
    ]


def _conditions(daily: DailyRows) -> Iterator[tuple[str, str]]:
    """Yield the tables that do not keep every row, each with the condition of those it keeps."""
    for level, table in TABLE_NAMES.items():
        kept = daily.condition(level)
        if kept:
            yield table, kept
