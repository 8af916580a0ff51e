"""Sends report rows to the server by COPY, with the types and values that their table has.

`ReportCopy` sends the rows of one shop and table: straight into the report table where none of the
shop is there yet, else into a temporary table of the same columns, to be merged. Both ways have the
same image, so which one was taken can't be seen from the rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from psycopg import sql

from engine.database.blocks import (
    NULL_INT64,
    Block,
    Field,
    Kind,
    ReportTable,
    Words,
    hundredths,
)
from engine.database.copy_image import (
    CodedColumn,
    Column,
    bigint,
    boolean,
    coded,
    date,
    double,
    integer,
    numeric,
    smallint,
    timestamp,
)
from engine.database.write import Connection, copy_parts, make_stage
from engine.errors import ContractError
from engine.money import Int64Array

_INTEGERS = {"bigint": bigint, "integer": integer, "smallint": smallint}


@dataclass(frozen=True, slots=True)
class Version:
    """Which run writes rows, and from when on they are known."""

    run_id: int
    computed_at: datetime


class ReportCopy:
    """Sends the rows of one table, block after block, either straight into it or into a stage.

    Raises ContractError where the table lacks a column, or an amount is too large for it.
    """

    def __init__(self, connection: Connection, table: ReportTable, version: Version) -> None:
        self._connection = connection
        self._table = table
        self._version = version
        self._into = ""
        self._types: dict[str, str] = {}
        self.rows = 0

    @property
    def names(self) -> list[str]:
        """The columns in which the rows come."""
        return [*(f.name for f in self._table.fields), "row_hash", "run_id", "computed_at"]

    @property
    def stage(self) -> str | None:
        """The temporary table in which the rows are, None where they went straight into the table.

        It has the report table's columns, and lives until rows of the same table are staged again,
        or the transaction ends.
        """
        return None if self._into == self._table.name else self._into

    def send(self, block: Block, digests: Int64Array) -> None:
        """COPY the rows of a block; the first one decides where they go.

        Straight into the table if it has no row of the block's shops yet: one that is there
        already is an error then.
        """
        _refuse_large_amounts(self._table, block)
        if not self._into:
            self._types, is_first = _look(self._connection, self._table, block["shop_id"])
            name = self._table.name
            self._into = name if is_first else make_stage(self._connection, name, self.names)
        # The words of a text are turned into bytes once, not once for each part of the rows.
        ready = {
            name: coded(values.codes, values.words) if isinstance(values, Words) else values
            for name, values in block.items()
        }

        def part(rows: slice) -> list[Column]:
            columns = [self._column(field, ready[field.name], rows) for field in self._table.fields]
            return [*columns, *_version_columns(digests[rows], self._version)]

        copy_parts(self._connection, self._into, self.names, len(digests), part)
        self.rows += len(digests)

    def _column(self, field: Field, values: Any, rows: slice) -> Column:
        if isinstance(values, CodedColumn):
            return values.part(rows)
        return _wire_column(field, values[rows], self._types[field.name], self._table.digits)


def _version_columns(digests: Int64Array, version: Version) -> list[Column]:
    known_from = np.datetime64(version.computed_at.replace(tzinfo=None), "us")
    return [
        bigint(digests),
        bigint(np.full(len(digests), version.run_id, np.int64)),
        timestamp(np.full(len(digests), known_from)),
    ]


def _wire_column(field: Field, values: Any, sql_type: str, digits: int) -> Column:
    """Return values as their SQL type on the wire, the marked ones as NULL."""
    match field.kind:
        case Kind.MONEY:
            return numeric(values, digits, values == NULL_INT64)
        case Kind.HUNDREDTHS:
            whole = hundredths(values)
            return numeric(whole, 2, whole == NULL_INT64)
        case Kind.INTEGER:
            return _INTEGERS[sql_type](values, values == NULL_INT64)
        case Kind.DOUBLE:
            return double(values, np.isnan(values))
        case Kind.DATE:
            return date(values)
        case _:
            return boolean(values)


def _look(connection: Connection, table: ReportTable, shop_ids: Any) -> tuple[dict[str, str], bool]:
    """Return the SQL type of each column, and whether none of the shops has a row yet.

    Raises ContractError for a field without column.
    """
    statement = sql.SQL(
        "SELECT attname::text, format_type(atttypid, NULL), "
        "NOT EXISTS (SELECT FROM {} WHERE shop_id = ANY(%s)) FROM pg_attribute "
        "WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped"
    ).format(sql.Identifier(table.name))
    shops = np.unique(shop_ids).tolist()
    rows = connection.execute(statement, (shops, f'"{table.name}"')).fetchall()
    types = {name: kind for name, kind, _ in rows}
    missing = [field.name for field in table.fields if field.name not in types]
    if missing:
        raise ContractError(
            f"The table {table.name} lacks the columns {', '.join(missing)}.",
            hint="Bring the database up to date with: python -m engine migrate",
        )
    return types, rows[0][2]


def _refuse_large_amounts(table: ReportTable, block: Block) -> None:
    """NUMERIC(18,2) holds sixteen digits before the point, whatever the currency."""
    limit = 10 ** (16 + table.digits)
    for field in table.fields:
        if field.kind is not Kind.MONEY:
            continue
        amounts: Any = block[field.name]
        known = amounts[amounts != NULL_INT64]
        if known.size and (int(known.max()) >= limit or int(known.min()) <= -limit):
            raise ContractError(
                f"An amount of {field.name} has more than 16 digits before the decimal point; "
                f"{table.name} can't hold it.",
                hint="Look for an amount with a wrong divisor in the source tables.",
            )
