"""Keeps the versions of report rows that are about to be superseded or removed.

One row of `report_revisions` is one version that is no longer the present one, with the span of
time in which it was: from its own `computed_at` to that of its successor. It is written in the same
transaction as the successor, so the versions of a row follow one another without gap or overlap.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from psycopg import sql

from engine.database.blocks import ReportTable
from engine.database.copy_image import Column
from engine.database.write import Connection, comma_list, row_count, same_key, staged

_HEADER = (
    *("shop_id", "listing_id", "sku", "period_type", "period_start", "period_end", "period_days"),
    *("elapsed_days", "is_complete", "currency"),
)
_VERSION = ("run_id", "computed_at", "row_hash")


@dataclass(frozen=True, slots=True)
class Keeping:
    """Which versions are worth keeping, and which run supersedes them.

    Those of complete periods always are; `open_too` adds those of periods that still ran.
    `new_fields` are columns that no earlier run knew: to fill one is no new version.
    """

    run_id: int
    known_at: datetime
    open_too: bool = True
    new_fields: frozenset[str] = frozenset()


def differs(new: str, fields: Sequence[str], new_fields: frozenset[str]) -> sql.Composable:
    """Return the condition that a staged row `new` is another version of the row `live`.

    A field that is new counts only where it held a value already.
    """
    old = [name for name in fields if name not in new_fields]
    condition = sql.SQL("({}) IS DISTINCT FROM ({})").format(
        columns_of("live", old), columns_of(new, old)
    )
    filled = [
        sql.SQL("({live} IS NOT NULL AND {live} IS DISTINCT FROM {new})").format(
            live=sql.Identifier("live", name), new=sql.Identifier(new, name)
        )
        for name in fields
        if name in new_fields
    ]
    return sql.SQL("({})").format(sql.SQL(" OR ").join([condition, *filled]))


def columns_of(row: str, names: Sequence[str]) -> sql.Composable:
    """Return the named columns of a row variable, with commas between them."""
    return comma_list(sql.Identifier(row, name) for name in names)


def keep_superseded(
    connection: Connection, table: ReportTable, source: sql.Composable, keeping: Keeping
) -> int:
    """Keep the stored versions that the rows of the subquery `source` are about to replace."""
    values = [field.name for field in table.value_fields]
    return _keep(
        connection,
        table,
        keeping,
        "CHANGED",
        # Without MATERIALIZED the planner may read words as values of columns that they are not in.
        sql.SQL("WITH stage AS MATERIALIZED (SELECT * FROM {} packed) ").format(source),
        sql.SQL("JOIN stage ON {same_key} WHERE {differs}").format(
            same_key=same_key(table.key),
            differs=differs("stage", values, keeping.new_fields),
        ),
    )


def keep_removed(
    connection: Connection, table: ReportTable, key: Mapping[str, Column], keeping: Keeping
) -> int:
    """Keep the stored versions of the rows with these keys, which are about to be deleted."""
    if not row_count(key):
        return 0
    with staged(connection, table.name, key) as stage:
        return _keep(
            connection,
            table,
            keeping,
            "REMOVED",
            sql.SQL(""),
            sql.SQL("JOIN {} stage ON {} WHERE true").format(
                sql.Identifier(stage), same_key(table.key)
            ),
        )


def _keep(
    connection: Connection,
    table: ReportTable,
    keeping: Keeping,
    kind: str,
    stage: sql.Composable,
    which: sql.Composable,
) -> int:
    own = {field.name for field in table.fields}
    header = comma_list(
        sql.Identifier("live", name) if name in own else sql.SQL("NULL") for name in _HEADER
    )
    statement = sql.SQL(
        "{stage}INSERT INTO report_revisions ({columns}, level, known_from, known_to, run_id, "
        "superseded_by, kind, row_hash, metrics) "
        "SELECT {header}, {level}, live.computed_at, {known_at}, live.run_id, {run_id}, {kind}, "
        "live.row_hash, to_jsonb(live) - {left_out}::text[] FROM {table} live {which}{complete}"
    ).format(
        stage=stage,
        columns=comma_list(map(sql.Identifier, _HEADER)),
        header=header,
        level=sql.Literal(level_of(table)),
        known_at=sql.Literal(keeping.known_at),
        run_id=sql.Literal(keeping.run_id),
        kind=sql.Literal(kind),
        left_out=sql.Literal([*_HEADER, *_VERSION]),
        table=sql.Identifier(table.name),
        which=which,
        complete=sql.SQL("" if keeping.open_too else " AND live.is_complete"),
    )
    return connection.execute(statement).rowcount


def level_of(table: ReportTable) -> str:
    """Return the level of a report table as the enum `report_level` spells it."""
    entity = table.key[-1]
    return {"listing_id": "LISTING", "sku": "PRODUCT"}.get(entity, "SHOP")
