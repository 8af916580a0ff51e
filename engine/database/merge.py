"""Brings a report table to a new state: what is new goes in, what differs is rewritten, no more.

One statement compares every value of the staged rows with the stored ones. An equal row keeps its
`run_id` and its `computed_at`, so `computed_at` is the moment from which a figure was known. Which
rows are worth staging, blocks.py finds out by digests. Where the table has no row of the shop yet
there is nothing to compare, and the rows go straight into it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from psycopg import sql

from engine.database.arrow import Snapshot
from engine.database.blocks import (
    Block,
    Kind,
    ReportTable,
    StoredRows,
    Values,
    Words,
)
from engine.database.report_rows import ReportCopy, Version
from engine.database.revisions import (
    Keeping,
    columns_of,
    differs,
    keep_superseded,
)
from engine.database.write import Connection, comma_list, same_key
from engine.money import Int64Array


@dataclass(frozen=True, slots=True)
class MergeCounts:
    """What became of the staged rows; `unchanged` ones were equal to the stored ones."""

    inserted: int
    updated: int
    unchanged: int
    revisions: int = 0


def read_stored(
    snapshot: Snapshot, table: ReportTable, where: str, parameters: Sequence[Any] = ()
) -> StoredRows:
    """Read keys and digests of the stored rows that fulfil a SQL condition with `$1`, `$2`, …"""
    selected = ", ".join(
        f"{field.name}::text AS {field.name}" if field.kind is Kind.TEXT else field.name
        for field in table.key_fields
    )
    rows = snapshot.read(f"SELECT {selected}, row_hash FROM {table.name} WHERE {where}", parameters)
    key: dict[str, Values] = {}
    for field in table.key_fields:
        column: Any = rows[field.name].combine_chunks()
        if field.kind is Kind.TEXT:
            codes = column.indices.to_numpy().astype(np.int32)
            key[field.name] = Words(codes, column.dictionary.to_pylist())
        else:
            key[field.name] = column.to_numpy(zero_copy_only=False)
    return StoredRows(key, rows["row_hash"].to_numpy())


def merge(
    connection: Connection,
    table: ReportTable,
    blocks: Iterable[tuple[Block, Int64Array]],
    *,
    run_id: int,
    computed_at: datetime,
    compare_first: bool = False,
    keeping: Keeping | None = None,
) -> MergeCounts:
    """Insert the rows of a shop that are new and rewrite those of which a value differs.

    `blocks` come with their digests, and each can be dropped when the next one is asked for. With
    `keeping` the superseded versions stay in report_revisions; columns that are new to it are
    filled without a new version. Pass only the rows that `compare` names; to pass rows that may
    well be equal, set `compare_first`, which leaves them out before the server would lock them. A
    row whose values are equal gets the new digest and nothing else. Raises ContractError for an
    amount too large for its column. Works inside the caller's transaction.
    """
    copy = ReportCopy(connection, table, Version(run_id, computed_at))
    for block, digests in blocks:
        if len(digests):
            copy.send(block, digests)
        del block  # nobody else has it, as a rule, and it is large
    if not copy.rows or copy.stage is None:
        return MergeCounts(copy.rows, 0, 0)
    stage = copy.stage
    revisions = filled = 0
    if keeping:
        revisions = keep_superseded(connection, table, stage, keeping)
    if keeping and keeping.new_fields:
        filled = _fill_new_fields(connection, table, stage, keeping)
    inserted, updated = _merge_staged(connection, table, stage, copy.names, compare_first)
    unchanged = copy.rows - inserted - updated - filled
    if unchanged:
        _correct_digests(connection, table, stage)
    return MergeCounts(inserted, updated + filled, unchanged, revisions)


def _merge_staged(
    connection: Connection,
    table: ReportTable,
    stage: str,
    columns: Sequence[str],
    compare_first: bool,
) -> tuple[int, int]:
    values = [field.name for field in table.value_fields]
    statement = sql.SQL(
        "WITH merged AS ("
        "INSERT INTO {table} AS live ({columns}) "
        "SELECT {selected} FROM {stage} stage {filter} "
        "ON CONFLICT ({key}) DO UPDATE SET {changes} "
        "WHERE {differs} RETURNING xmax = 0 AS is_new) "
        "SELECT count(*) FILTER (WHERE is_new), count(*) FILTER (WHERE NOT is_new) FROM merged"
    ).format(
        table=sql.Identifier(table.name),
        columns=comma_list(map(sql.Identifier, columns)),
        selected=columns_of("stage", columns),
        stage=sql.Identifier(stage),
        filter=_only_different(table, values) if compare_first else sql.SQL(""),
        key=comma_list(map(sql.Identifier, table.key)),
        changes=comma_list(
            sql.SQL("{0} = EXCLUDED.{0}").format(sql.Identifier(name))
            for name in columns
            if name not in table.key
        ),
        differs=differs("excluded", values, frozenset()),
    )
    row = connection.execute(statement).fetchone()
    assert row is not None, "an aggregate always has a row"
    return row[0], row[1]


def _only_different(table: ReportTable, values: Sequence[str]) -> sql.Composable:
    """Return the join that leaves out rows equal to the stored ones."""
    return sql.SQL("LEFT JOIN {} live USING ({}) WHERE {} IS NULL OR {}").format(
        sql.Identifier(table.name),
        comma_list(map(sql.Identifier, table.key)),
        sql.Identifier("live", "row_hash"),
        differs("stage", values, frozenset()),
    )


def _fill_new_fields(
    connection: Connection, table: ReportTable, stage: str, keeping: Keeping
) -> int:
    """Fill columns that no earlier run knew in rows that stay the version they were."""
    values = [field.name for field in table.value_fields]
    filled = [name for name in values if name in keeping.new_fields]
    return connection.execute(
        sql.SQL(
            "UPDATE {table} live SET {changes}, row_hash = stage.row_hash FROM {stage} stage "
            "WHERE {same_key} AND ({old}) IS DISTINCT FROM ({new}) AND NOT {differs}"
        ).format(
            stage=sql.Identifier(stage),
            table=sql.Identifier(table.name),
            changes=comma_list(
                sql.SQL("{0} = stage.{0}").format(sql.Identifier(name)) for name in filled
            ),
            same_key=same_key(table.key),
            old=columns_of("live", filled),
            new=columns_of("stage", filled),
            differs=differs("stage", values, keeping.new_fields),
        )
    ).rowcount


def _correct_digests(connection: Connection, table: ReportTable, stage: str) -> None:
    """Give rows of equal values the digest of this version of the program."""
    connection.execute(
        sql.SQL(
            "UPDATE {table} live SET row_hash = stage.row_hash FROM {stage} stage "
            "WHERE {same_key} AND live.row_hash <> stage.row_hash"
        ).format(
            table=sql.Identifier(table.name),
            stage=sql.Identifier(stage),
            same_key=same_key(table.key),
        )
    )
