"""Report rows as columns of integers, their digests, and what of them a table already holds.

A block is one array a field, all of one length; one position is one report row. Unknown values are
marked in place: the smallest int64, NaN, code −1. A digest is 64 bits of a row's key and values.
Comparing digests with the stored ones finds the rows that may have changed; it never decides alone
that a row is equal, the database does that when it merges.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.digests import digest_rows, text_digest
from engine.money import Int64Array

NULL_INT64 = np.iinfo(np.int64).min
_DIGESTED_AT_ONCE = 65_536  # rows
_CLOSE = 2**32  # a shop, its dates and its listings all fit into 62 bits then


class Kind(Enum):
    """What a field of a report table holds, and so how a block carries it."""

    MONEY = auto()  # int64 minor units; NULL_INT64 = unknown
    INTEGER = auto()  # int64; NULL_INT64 = unknown
    HUNDREDTHS = auto()  # float64 with two decimals, as hours; NaN = unknown
    DOUBLE = auto()  # float64; NaN = unknown
    DATE = auto()  # datetime64[D], always known
    BOOLEAN = auto()  # bool, always known
    TEXT = auto()  # Words


@dataclass(frozen=True, slots=True)
class Field:
    """One column of a report table."""

    name: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Words:
    """Texts as codes: `words[codes[i]]` is the text of row i, a code of −1 is unknown."""

    codes: npt.NDArray[np.int32]
    words: Sequence[str]

    def __len__(self) -> int:
        return len(self.codes)

    def __getitem__(self, rows: slice | Int64Array) -> Words:
        return Words(self.codes[rows], self.words)


Values = npt.NDArray[Any] | Words
Block = Mapping[str, Values]


@dataclass(frozen=True, slots=True)
class ReportTable:
    """A report table: its key, its fields in order, key included, and the currency's decimals.

    The columns of the version (`run_id`, `computed_at`, `row_hash`) are no fields.
    """

    name: str
    key: tuple[str, ...]
    fields: tuple[Field, ...]
    digits: int

    @property
    def key_fields(self) -> tuple[Field, ...]:
        """The fields of the key, in the order of the key."""
        by_name = {field.name: field for field in self.fields}
        return tuple(by_name[name] for name in self.key)

    @property
    def value_fields(self) -> tuple[Field, ...]:
        """The fields that are not in the key."""
        return tuple(field for field in self.fields if field.name not in self.key)


@dataclass(frozen=True, slots=True)
class StoredRows:
    """The keys and digests of rows that a report table holds now."""

    key: Block
    digests: Int64Array


@dataclass(frozen=True, slots=True)
class Difference:
    """Positions in a block that are new or may have changed; positions of stored rows now gone."""

    new: Int64Array
    changed: Int64Array
    removed: Int64Array
    unchanged: int


@dataclass(frozen=True, slots=True)
class Alignment:
    """Where each row of a block is stored: `place` counts where `is_stored`; `gone` are others."""

    is_stored: npt.NDArray[np.bool_]
    place: Int64Array
    gone: Int64Array


def null_where(values: npt.NDArray[np.integer[Any]], missing: npt.ArrayLike) -> Int64Array:
    """Return int64 values with the unknown ones marked, as MONEY and INTEGER fields need them."""
    return np.where(missing, NULL_INT64, values.astype(np.int64))


def block_length(block: Block) -> int:
    """Return how many rows a block has; raises ValueError if its columns differ in length."""
    lengths = {name: len(values) for name, values in block.items()}
    if len(set(lengths.values())) != 1:
        raise ValueError(f"columns of one length are expected: {lengths}")
    return next(iter(lengths.values()))


def row_digests(table: ReportTable, block: Block) -> Int64Array:
    """Return 64 bits a row over all fields: the same on every machine for the same values."""
    seed = text_digest(",".join(field.name for field in table.fields))
    # Words are digested once; the rest is turned into integers by and by, not all columns at once.
    ready = {
        field.name: as_integers(field, block[field.name])
        for field in table.fields
        if field.kind is Kind.TEXT
    }
    digests = np.empty(block_length(block), np.int64)
    for start in range(0, len(digests), _DIGESTED_AT_ONCE):
        rows = slice(start, start + _DIGESTED_AT_ONCE)
        columns = [
            ready[field.name][rows]
            if field.kind is Kind.TEXT
            else as_integers(field, block[field.name][rows])
            for field in table.fields
        ]
        digests[rows] = digest_rows(len(digests[rows]), columns, seed)
    return digests


def compare(
    table: ReportTable, block: Block, digests: Int64Array, stored: StoredRows
) -> Difference:
    """Match a block with the stored rows by key and compare digests.

    Raises ValueError if two rows of the block share a key.
    """
    found = align(table, block, stored.key)
    if not len(stored.digests):
        nothing = np.empty(0, np.int64)
        return Difference(np.arange(len(digests)), nothing, nothing, 0)
    equal = found.is_stored & (stored.digests[found.place] == digests)
    return Difference(
        new=np.flatnonzero(~found.is_stored),
        changed=np.flatnonzero(found.is_stored & ~equal),
        removed=found.gone,
        unchanged=int(equal.sum()),
    )


def align(table: ReportTable, block: Block, stored: Block) -> Alignment:
    """Match a block with stored rows by key; raises ValueError if two of its rows share one."""
    count = block_length(block)
    codes = _key_codes(table, block, stored)
    mine, theirs = codes[:count], codes[count:]
    ascending = np.sort(mine)
    if (ascending[1:] == ascending[:-1]).any():
        raise ValueError(f"two rows for {table.name} have the same {', '.join(table.key)}")
    if not len(theirs) or not count:
        nothing = np.zeros(count, np.int64)
        return Alignment(nothing.astype(np.bool_), nothing, np.arange(len(theirs)))
    order = np.argsort(theirs)
    place = order[_nearest(theirs[order], mine)]
    is_here = ascending[_nearest(ascending, theirs)] == theirs
    return Alignment(theirs[place] == mine, place, np.flatnonzero(~is_here))


def _nearest(ascending: Int64Array, wanted: Int64Array) -> Int64Array:
    """Return the position where each wanted value would be, the last one for larger ones."""
    return np.minimum(np.searchsorted(ascending, wanted), len(ascending) - 1)


def take(block: Block, rows: slice | Int64Array) -> dict[str, Values]:
    """Return chosen rows of a block."""
    return {name: values[rows] for name, values in block.items()}


def hundredths(values: npt.NDArray[Any]) -> Int64Array:
    """Return a HUNDREDTHS column as int64, its unknown values marked."""
    known = ~np.isnan(values)
    return null_where(np.rint(np.where(known, values, 0) * 100).astype(np.int64), ~known)


def as_integers(field: Field, values: Values) -> Int64Array:
    """Return a column as int64 that are equal exactly where the stored values are equal."""
    if isinstance(values, Words):
        known = np.array([text_digest(word) for word in values.words], np.int64)
        return np.append(known, NULL_INT64)[values.codes]
    if field.kind is Kind.HUNDREDTHS:
        return hundredths(values)
    if field.kind is Kind.DOUBLE:
        # One NaN and one zero: both have several bit patterns.
        return np.where(np.isnan(values), np.nan, values + 0.0).view(np.int64)
    if field.kind is Kind.DATE:
        return values.astype("datetime64[D]").astype(np.int64)
    return np.ascontiguousarray(values, dtype=np.int64)


def _key_codes(table: ReportTable, block: Block, stored: Block) -> Int64Array:
    """Return one integer a key, first for the block's rows, then for the stored ones."""
    packed: Int64Array = np.zeros(block_length(block) + block_length(stored), np.int64)
    room = 1
    for field in table.key_fields:
        codes, count = _codes(_together(block[field.name], stored[field.name]))
        room *= count
        if room >= 2**62:
            raise OverflowError(f"the keys of {table.name} are too many to be compared at once")
        packed = packed * count + codes
    return packed


def _codes(values: npt.NDArray[Any]) -> tuple[Int64Array, int]:
    """Return integers from 0 on that are equal where the values are, and a limit above them.

    Where the values lie close together their distance from the smallest one is code enough, and
    nothing has to be sorted.
    """
    if not len(values):
        return np.empty(0, np.int64), 1
    whole: Int64Array = values.astype(np.int64)
    smallest, largest = int(whole.min()), int(whole.max())
    if largest - smallest < _CLOSE:
        return whole - smallest, largest - smallest + 1
    distinct, codes = np.unique(whole, return_inverse=True)
    return codes, len(distinct)


def _together(first: Values, second: Values) -> npt.NDArray[Any]:
    """Return two columns as one, texts as codes into one list of words."""
    if not isinstance(first, Words) or not isinstance(second, Words):
        return np.concatenate([np.asarray(first), np.asarray(second)])
    number: dict[str, int] = {}
    parts = [
        np.array([number.setdefault(word, len(number)) for word in column.words], np.int64)[
            column.codes
        ]
        for column in (first, second)
    ]
    return np.concatenate(parts)
