"""Puts report rows into a temporary table, as the report table would hold them.

The rows travel by COPY in columns of fixed width: amounts as minor units, texts as codes into a
second temporary table, unknown values as marks. A subquery turns all that back into NULLs, decimals
and words on the server, which is a good deal faster than building NUMERIC and NULL on this side.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from psycopg import sql

from engine.database.blocks import (
    NULL_INT64,
    Block,
    Field,
    Kind,
    ReportTable,
    Values,
    Words,
    hundredths,
    take,
)
from engine.database.copy_image import Column, bigint, boolean, date, double, integer, text
from engine.database.write import Connection, comma_list, copy_rows
from engine.errors import ContractError
from engine.money import Int64Array

_ROWS_A_COPY = 50_000  # bounds the memory of the byte-swapped columns
_DICTIONARY = "report_words"
_STAGE = "report_rows"
_STAGED_TYPES = {
    Kind.MONEY: "bigint",
    Kind.INTEGER: "bigint",
    Kind.HUNDREDTHS: "bigint",
    Kind.DOUBLE: "double precision",
    Kind.DATE: "date",
    Kind.BOOLEAN: "boolean",
    Kind.TEXT: "integer",
}


def staged_rows(
    connection: Connection, table: ReportTable, block: Block, digests: Int64Array
) -> sql.Composable:
    """Copy a block into temporary tables; returns a subquery with the columns of the report table.

    The subquery has every field and `row_hash`, with their final types and values. It lives until
    the next block is staged, or the transaction ends.
    """
    _refuse_large_amounts(table, block)
    fields = table.fields
    codes, words = _one_dictionary(fields, block)
    # One round trip for both tables and for the types of the columns that they stand for.
    answers = connection.execute(
        sql.SQL(
            "DROP TABLE IF EXISTS pg_temp.{words}, pg_temp.{stage}; "
            "CREATE TEMP TABLE {words} (code integer, word text) ON COMMIT DROP; "
            "CREATE TEMP TABLE {stage} ({columns}, row_hash bigint) ON COMMIT DROP; "
            "SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute "
            "WHERE attrelid = {table}::regclass AND attnum > 0 AND NOT attisdropped"
        ).format(
            table=sql.Literal(f'"{table.name}"'),
            words=sql.Identifier(_DICTIONARY),
            stage=sql.Identifier(_STAGE),
            columns=comma_list(
                sql.SQL("{} {}").format(sql.Identifier(f.name), sql.SQL(_STAGED_TYPES[f.kind]))
                for f in fields
            ),
        )
    )
    while answers.nextset():
        pass
    types = _checked_types(table, answers.fetchall())
    copy_rows(
        connection,
        _DICTIONARY,
        {"code": integer(np.arange(len(words))), "word": text(words)},
    )
    for start in range(0, len(digests), _ROWS_A_COPY):
        rows = slice(start, start + _ROWS_A_COPY)
        part = take({**block, **codes}, rows)
        columns = {f.name: _staged_column(f, part[f.name]) for f in fields}
        copy_rows(connection, _STAGE, {**columns, "row_hash": bigint(digests[rows])})
    return _subquery(table, types)


def _subquery(table: ReportTable, types: dict[str, str]) -> sql.Composable:
    """Turn the staged marks back: NULLs, decimals, words."""
    selected = [sql.Composed([sql.SQL("packed.row_hash")])]
    joins = []
    for field in table.fields:
        name, word = sql.Identifier(field.name), sql.Identifier(f"{field.name}_word")
        expression = sql.SQL(_expression(field.kind, table.digits)).format(
            name=name, word=word, type=sql.SQL(types[field.name])
        )
        selected.append(sql.SQL("{} AS {}").format(expression, name))
        if field.kind is Kind.TEXT:
            join = sql.SQL("LEFT JOIN {dictionary} {word} ON {word}.code = packed.{name}")
            joins.append(join.format(dictionary=sql.Identifier(_DICTIONARY), word=word, name=name))
    return sql.SQL("(SELECT {} FROM {} packed {})").format(
        comma_list(selected), sql.Identifier(_STAGE), sql.SQL(" ").join(joins)
    )


def _expression(kind: Kind, digits: int) -> str:
    """Return the template of the SQL that turns one staged column back."""
    if kind is Kind.TEXT:
        return "{word}.word::{type}"
    if kind in {Kind.DATE, Kind.BOOLEAN}:
        return "packed.{name}"
    if kind is Kind.DOUBLE:
        return "nullif(packed.{name}, 'NaN')"
    whole = f"nullif(packed.{{name}}, '{NULL_INT64}'::bigint)"
    scale = {Kind.MONEY: digits, Kind.HUNDREDTHS: 2}.get(kind, 0)
    # A product with 0.01 is exact and keeps two decimals; a quotient would have sixteen.
    return f"{whole} * {10**-scale:.{scale}f}" if scale else whole


def _checked_types(table: ReportTable, rows: Sequence[tuple[Any, ...]]) -> dict[str, str]:
    """Return the SQL type of each column; raises ContractError for a field without column."""
    types = {str(name): str(kind) for name, kind in rows}
    missing = [field.name for field in table.fields if field.name not in types]
    if missing:
        raise ContractError(
            f"The table {table.name} lacks the columns {', '.join(missing)}.",
            hint="Bring the database up to date with: python -m engine migrate",
        )
    return types


def _one_dictionary(
    fields: Sequence[Field], block: Block
) -> tuple[dict[str, Values], list[str | None]]:
    """Return the text columns coded by one common list of words, and that list."""
    number: dict[str, int] = {}
    coded: dict[str, Values] = {}
    for field in fields:
        column = block[field.name]
        if isinstance(column, Words):
            recode = [number.setdefault(word, len(number)) for word in column.words]
            codes = np.append(np.array(recode, np.int32), np.int32(-1))[column.codes]
            coded[field.name] = Words(codes, ())
    return coded, list(number)


def _staged_column(field: Field, values: Values) -> Column:
    if isinstance(values, Words):
        return integer(values.codes)
    if field.kind is Kind.HUNDREDTHS:
        return bigint(hundredths(values))
    makers = {Kind.DOUBLE: double, Kind.DATE: date, Kind.BOOLEAN: boolean}
    return makers.get(field.kind, bigint)(values)


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
