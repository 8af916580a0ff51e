"""Rows of the source tables as columns of integers: one Table is the rows of one database table.

Text is a code into a list of words; a constant column costs no memory. Nothing here knows how a
database is written to.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from engine.demo.draws import BoolArray
from engine.money import Int64Array

Kind = Literal["bigint", "integer", "boolean", "text", "number", "timestamp", "date", "rate"]


@dataclass(frozen=True, slots=True)
class Column:
    """`values`, one a row, mean by kind: the integer itself; a boolean; the code of a word (text);
    the digits after `prefix` (number); unix seconds (timestamp); days since 1970 (date);
    hundred-millionths (rate). `missing` marks NULLs."""

    kind: Kind
    values: Int64Array
    missing: BoolArray | None = None
    words: tuple[str, ...] = ()
    prefix: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of one table; every column has as many values."""

    name: str
    columns: dict[str, Column]

    def __len__(self) -> int:
        return len(next(iter(self.columns.values())).values)

    def sha256(self) -> str:
        """Return a digest of every value, for comparing two tables."""
        digest = hashlib.sha256(self.name.encode())
        for name, column in self.columns.items():
            digest.update(f"{name}|{column.kind}|{column.prefix}|{column.words!r}".encode())
            missing = column.missing
            values = column.values if missing is None else np.where(missing, 0, column.values)
            digest.update(np.ascontiguousarray(values, dtype="<i8").tobytes())
            if missing is not None:
                digest.update(np.packbits(missing).tobytes())
        return digest.hexdigest()


def bigint(values: Int64Array, missing: BoolArray | None = None) -> Column:
    """Return a BIGINT column."""
    return Column("bigint", values, missing)


def integer(values: Int64Array, missing: BoolArray | None = None) -> Column:
    """Return an INTEGER column."""
    return Column("integer", values, missing)


def boolean(values: BoolArray) -> Column:
    """Return a BOOLEAN column."""
    return Column("boolean", values.astype(np.int64))


def text(codes: Int64Array, words: Sequence[str]) -> Column:
    """Return a TEXT (or enum) column of coded words; a negative code is NULL."""
    missing = codes < 0
    return Column("text", codes, missing if missing.any() else None, tuple(words))


def texts(values: Sequence[str | None]) -> Column:
    """Return a TEXT column of the words themselves."""
    words = sorted({value for value in values if value is not None})
    code = {word: number for number, word in enumerate(words)}
    return text(np.array([-1 if v is None else code[v] for v in values], np.int64), words)


def number(prefix: str, values: Int64Array, missing: BoolArray | None = None) -> Column:
    """Return a TEXT column of numbers behind a prefix, as tracking codes are."""
    return Column("number", values, missing, prefix=prefix)


def timestamp(seconds: Int64Array, missing: BoolArray | None = None) -> Column:
    """Return a TIMESTAMP(3) column that holds UTC."""
    return Column("timestamp", seconds, missing)


def days(numbers: Int64Array) -> Column:
    """Return a DATE column."""
    return Column("date", numbers)


def rate(values: Int64Array, missing: BoolArray | None = None) -> Column:
    """Return a NUMERIC(18,8) column."""
    return Column("rate", values, missing)


def same(value: int, count: int) -> Int64Array:
    """Return one value `count` times, without the memory."""
    return np.broadcast_to(np.int64(value), (count,))


def word(value: str, count: int) -> Column:
    """Return a TEXT column with one word in every row."""
    return Column("text", same(0, count), words=(value,))
