"""Sends report rows to the server by COPY, with the types and values that their table has.

`ReportRows` is a block on its way: straight into the report table where nothing can be there yet,
else into a temporary table of the same columns, to be merged. Both go through the same image, so
which way was taken can't be seen from the rows.
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


class ReportRows:
    """The rows of a block with their digests and version.

    `is_first` says whether the table holds no row of the block's shops yet. Raises ContractError
    where the table lacks a column, or an amount is too large for it.
    """

    def __init__(
        self,
        connection: Connection,
        table: ReportTable,
        block: Block,
        digests: Int64Array,
        version: Version,
    ) -> None:
        _refuse_large_amounts(table, block)
        self._connection = connection
        self._table = table
        self._digests = digests
        self._version = version
        self._types, self.is_first = _look(connection, table, np.asarray(block["shop_id"]))
        # The words of a text are turned into bytes once, not once for each part of the rows.
        self._block = {
            name: coded(values.codes, values.words) if isinstance(values, Words) else values
            for name, values in block.items()
        }

    @property
    def names(self) -> list[str]:
        """The columns in which the rows come."""
        return [*(f.name for f in self._table.fields), "row_hash", "run_id", "computed_at"]

    def load(self) -> None:
        """COPY the rows into the report table itself; one that is there already is an error."""
        self._copy(self._table.name)

    def stage(self) -> str:
        """COPY the rows into a temporary table with the report table's columns; returns its name.

        It lives until rows of the same table are staged again, or the transaction ends.
        """
        stage = make_stage(self._connection, self._table.name, self.names)
        self._copy(stage)
        return stage

    def _copy(self, into: str) -> None:
        copy_parts(self._connection, into, self.names, len(self._digests), self._part)

    def _part(self, rows: slice) -> list[Column]:
        digests = self._digests[rows]
        known_from = np.datetime64(self._version.computed_at.replace(tzinfo=None), "us")
        return [
            *(self._column(field, rows) for field in self._table.fields),
            bigint(digests),
            bigint(np.full(len(digests), self._version.run_id, np.int64)),
            timestamp(np.full(len(digests), known_from)),
        ]

    def _column(self, field: Field, rows: slice) -> Column:
        column: Any = self._block[field.name]
        if isinstance(column, CodedColumn):
            return column.part(rows)
        return _wire_column(field, column[rows], self._types[field.name], self._table.digits)


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


def _look(
    connection: Connection, table: ReportTable, shop_ids: Int64Array
) -> tuple[dict[str, str], bool]:
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
