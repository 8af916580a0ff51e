"""What a source table must hold before anything is computed from it.

A contract lists the columns that the engine reads, each with its SQL, its Arrow type and its
bounds. The SELECT is written from it, and a table that breaks it is described whole: every column
that is wrong, with the number of rows and some of their ids.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from engine.errors import ContractError

MAX_AMOUNT = 10**16  # millionths of a major unit: ten billion
MAX_SECONDS = 99_999_999_999  # anything later is milliseconds
_SHOWN_IDS = 5
# A row without a shop belongs to the only one; `shops` holds no second row then.
OF_SHOP = "coalesce(o.shop_id, $1) = $1"

TEXT: pa.DataType = pa.dictionary(pa.int32(), pa.string())
INT: pa.DataType = pa.int64()
BOOL: pa.DataType = pa.bool_()


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a contract; `sql` is its expression, None the column of the same name."""

    name: str
    type: pa.DataType
    sql: str | None = None
    required: bool = False
    lowest: int | None = None
    highest: int | None = None
    expected: str = ""


@dataclass(frozen=True, slots=True)
class Contract:
    """The columns read from one table, and the column that names a row in messages."""

    table: str
    source: str  # what follows FROM, with joins and conditions
    key: str
    columns: tuple[Column, ...]
    alone: str = ""  # the same where the database holds one shop: no join to ask whose a row is

    def select(self, *, is_alone: bool = False) -> str:
        """Return the SELECT: columns by name, never a star."""
        listed = ", ".join(
            f"{column.sql or column.name} AS {column.name}" for column in self.columns
        )
        return f"SELECT {listed} FROM {self.alone if is_alone and self.alone else self.source}"

    def check(self, table: pa.Table) -> pa.Table:
        """Return the table as it is, or raise ContractError with everything that is wrong."""
        problems = [problem for column in self.columns for problem in self._problems(table, column)]
        if problems:
            raise ContractError(
                f"The table {self.table} can't be read as it is:\n  " + "\n  ".join(problems),
                hint="Mend these rows where they come from, then run again; nothing was written.",
            )
        return table

    def _problems(self, table: pa.Table, column: Column) -> list[str]:
        values: Any = table[column.name]
        if values.type != column.type:
            return [f"column {column.name} is {values.type}; expected {column.type}"]
        found: list[str] = []
        if column.required and values.null_count:
            found.append(self._describe(table, column, pc.is_null(values), "is missing"))
        for bound, end, outside, word in (
            (column.lowest, pc.min, pc.less, "is below"),
            (column.highest, pc.max, pc.greater, "is above"),
        ):
            if bound is not None and outside(end(values), pa.scalar(bound)).as_py():
                wrong: Any = pc.fill_null(outside(values, pa.scalar(bound)), False)
                found.append(self._describe(table, column, wrong, f"{word} {bound}"))
        return found

    def _describe(self, table: pa.Table, column: Column, rows: Any, what: str) -> str:
        ids = table[self.key].filter(rows).to_pylist()
        shown = ", ".join(str(key) for key in ids[:_SHOWN_IDS])
        more = f" and {len(ids) - _SHOWN_IDS} more" if len(ids) > _SHOWN_IDS else ""
        wanted = f"; expected {column.expected}" if column.expected else ""
        return f"column {column.name} {what} where {self.key} is {shown}{more}{wanted}"


def amount(name: str, column: str, divisor: str, *, required: bool = False) -> Column:
    """A money column in millionths of the major unit; a divisor that is no power of ten is null."""
    unit = f"coalesce({divisor}, 100)"
    sql = (
        # Nearly every amount is in cents: one comparison then, instead of several and a division.
        f"CASE WHEN {divisor} = 100 THEN {column} * 10000 "
        f"WHEN {unit} IN (1, 10, 100, 1000, 10000, 100000, 1000000) "
        f"THEN {column} * (1000000 / {unit}) WHEN {column} IS NULL THEN NULL "
        f"ELSE {MAX_AMOUNT + 1} END"
    )
    return Column(
        name,
        INT,
        f"({sql})::int8",
        required,
        -MAX_AMOUNT,
        MAX_AMOUNT,
        "an amount under ten billion, with a divisor that is a power of ten up to 1,000,000",
    )


def seconds(name: str, sql: str | None = None, *, required: bool = False) -> Column:
    """A column of unix seconds; milliseconds are refused."""
    return Column(name, INT, sql, required, 0, MAX_SECONDS, "unix seconds")
