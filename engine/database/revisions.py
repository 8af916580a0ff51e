"""Keeps the versions of report rows that are about to be superseded or removed.

One row of `report_revisions` is one version that is no longer the present one, with the span of
time in which it was: from its own `computed_at` to that of its successor. It is written in the same
transaction as the successor, so the versions of a row follow one another without gap or overlap.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg import sql

from engine.database.blocks import Block, ReportTable, Values, Words, block_length
from engine.database.write import Connection, comma_list, same_key

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
    connection: Connection, table: ReportTable, stage: str, keeping: Keeping
) -> int:
    """Keep the stored versions that the rows of the table `stage` are about to replace.

    Returns how many were kept.
    """
    values = [field.name for field in table.value_fields]
    statement = sql.SQL(
        "{kept} FROM {table} live JOIN {stage} stage ON {same_key} WHERE {differs}{complete}"
    ).format(
        stage=sql.Identifier(stage),
        kept=_kept(table, keeping, "CHANGED"),
        table=sql.Identifier(table.name),
        same_key=same_key(table.key),
        differs=differs("stage", values, keeping.new_fields),
        complete=_only_complete(keeping),
    )
    return connection.execute(statement).rowcount


def remove(
    connection: Connection, table: ReportTable, key: Block, keeping: Keeping
) -> tuple[int, int]:
    """Delete the rows with these keys; their last versions stay.

    Returns how many rows there were, and how many versions were kept.
    """
    if not block_length(key):
        return 0, 0
    types = {"shop_id": "bigint", "period_type": "report_period", "period_start": "date"}
    types |= {"listing_id": "bigint", "sku": "text"}
    statement = sql.SQL(
        "WITH stage AS (SELECT * FROM unnest({arrays}) stage ({names})), "
        "gone AS (DELETE FROM {table} live USING stage WHERE {same_key} RETURNING live.*), "
        "kept AS ({kept} FROM gone live WHERE true{complete} RETURNING 1) "
        "SELECT (SELECT count(*) FROM gone), (SELECT count(*) FROM kept)"
    ).format(
        arrays=comma_list(sql.SQL("%s::{}[]").format(sql.SQL(types[n])) for n in table.key),
        names=comma_list(map(sql.Identifier, table.key)),
        table=sql.Identifier(table.name),
        same_key=same_key(table.key),
        kept=_kept(table, keeping, "REMOVED"),
        complete=_only_complete(keeping),
    )
    row = connection.execute(statement, [_plain(key[name]) for name in table.key]).fetchone()
    assert row is not None, "an aggregate always has a row"
    return row[0], row[1]


def _kept(table: ReportTable, keeping: Keeping, kind: str) -> sql.Composable:
    """Return the INSERT of versions, as far as its FROM, which is to name them `live`."""
    own = {field.name for field in table.fields}
    return sql.SQL(
        "INSERT INTO report_revisions ({columns}, level, known_from, known_to, run_id, "
        "superseded_by, kind, row_hash, metrics) "
        "SELECT {header}, {level}, live.computed_at, {known_at}, live.run_id, {run_id}, {kind}, "
        "live.row_hash, to_jsonb(live) - {left_out}::text[]"
    ).format(
        columns=comma_list(map(sql.Identifier, _HEADER)),
        header=comma_list(
            sql.Identifier("live", name) if name in own else sql.SQL("NULL") for name in _HEADER
        ),
        level=sql.Literal(level_of(table)),
        known_at=sql.Literal(keeping.known_at),
        run_id=sql.Literal(keeping.run_id),
        kind=sql.Literal(kind),
        left_out=sql.Literal([*_HEADER, *_VERSION]),
    )


def _only_complete(keeping: Keeping) -> sql.Composable:
    return sql.SQL("" if keeping.open_too else " AND live.is_complete")


def _plain(values: Values) -> list[Any]:
    if isinstance(values, Words):
        return [values.words[code] for code in values.codes.tolist()]
    plain: list[Any] = values.tolist()
    return plain


def level_of(table: ReportTable) -> str:
    """Return the level of a report table as the enum `report_level` spells it."""
    entity = table.key[-1]
    return {"listing_id": "LISTING", "sku": "PRODUCT"}.get(entity, "SHOP")
