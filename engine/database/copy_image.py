"""Bytes for PostgreSQL's binary COPY, built a block of columns at a time, never row by row.

A `Column` is one column of a table with its type on the wire and its missing values. `image()`
turns some columns into the COPY tuples of their rows. Values of a fixed width and texts out of a
short list are laid side by side at their full width, and what a missing value or a shorter text
leaves unused is dropped at once; free texts are moved to their computed places. Nothing here knows
a table or a connection, and no value is ever changed: what does not fit its type raises.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

SIGNATURE = b"PGCOPY\n\xff\r\n\0" + b"\0" * 8
TRAILER = b"\xff\xff"

BoolArray = npt.NDArray[np.bool_]
IntArray = npt.NDArray[np.int64]
ByteArray = npt.NDArray[np.uint8]
ArrowArray = Any  # pyarrow's arrays are generic for type checkers and not at run time

_EPOCH_DAYS = 10_957  # PostgreSQL counts days and microseconds from 2000-01-01
_EPOCH_MICROSECONDS = _EPOCH_DAYS * 86_400_000_000


@dataclass(frozen=True, slots=True)
class FixedColumn:
    """Values of one width; their big-endian dtype is the wire type. `missing` marks the NULLs."""

    values: npt.NDArray[Any]
    missing: BoolArray | None = None

    def __len__(self) -> int:
        return len(self.values)

    def part(self, rows: slice) -> FixedColumn:
        """Return some neighbouring rows, without copying."""
        return FixedColumn(self.values[rows], None if self.missing is None else self.missing[rows])


@dataclass(frozen=True, slots=True)
class TextColumn:
    """Texts as an Arrow array of type large_string, which carries its own NULLs."""

    values: ArrowArray

    def __len__(self) -> int:
        return len(self.values)

    def part(self, rows: slice) -> TextColumn:
        """Return some neighbouring rows, without copying."""
        return TextColumn(self.values[rows])


@dataclass(frozen=True, slots=True)
class CodedColumn:
    """Texts as codes into a short list of short words; the code −1 is NULL.

    Row `code` of `letters` begins with the bytes of a word, `lengths[code]` of them. Both have one
    more row, for NULL: no bytes, and the length −1.
    """

    codes: npt.NDArray[np.int32]
    letters: ByteArray
    lengths: IntArray

    def __len__(self) -> int:
        return len(self.codes)

    def part(self, rows: slice) -> CodedColumn:
        """Return some neighbouring rows, without copying."""
        return CodedColumn(self.codes[rows], self.letters, self.lengths)


Column = FixedColumn | TextColumn | CodedColumn


def smallint(values: npt.ArrayLike, missing: npt.ArrayLike | None = None) -> FixedColumn:
    """SMALLINT from integers; raises OverflowError where one does not fit."""
    return _integers(values, missing, np.int16)


def integer(values: npt.ArrayLike, missing: npt.ArrayLike | None = None) -> FixedColumn:
    """INTEGER from integers; raises OverflowError where one does not fit."""
    return _integers(values, missing, np.int32)


def bigint(values: npt.ArrayLike, missing: npt.ArrayLike | None = None) -> FixedColumn:
    """BIGINT from integers."""
    return _integers(values, missing, np.int64)


def double(values: npt.ArrayLike, missing: npt.ArrayLike | None = None) -> FixedColumn:
    """DOUBLE PRECISION from numbers."""
    return FixedColumn(np.asarray(values).astype(">f8"), _mask(missing))


def numeric(values: npt.ArrayLike, scale: int, missing: npt.ArrayLike | None = None) -> FixedColumn:
    """NUMERIC from integers that count units of 10^-scale, scale ≤ 16: (1234, 2) is 12.34."""
    if not 0 <= scale <= 16:
        raise ValueError(f"a scale of {scale} is not from 0 to 16")
    checked = _integers(values, missing, np.int64)
    units = checked.values.astype(np.int64)
    if checked.missing is not None:
        units = np.where(checked.missing, 0, units)
    if (units == np.iinfo(np.int64).min).any():
        raise OverflowError("a value does not fit 63 bits and a sign")
    whole, fraction = np.divmod(np.abs(units), 10**scale)
    # Digits of base 10000 before and after the point: as many as the largest value needs.
    before = max(-(-len(str(whole.max(initial=0))) // 4), 1)
    behind = -(-scale // 4)
    words = np.empty((len(units), 4 + before + behind), ">u2")
    words[:, 0], words[:, 1], words[:, 3] = before + behind, before - 1, scale
    words[:, 2] = np.where(units < 0, 0x4000, 0)
    for place in range(3 + before, 3, -1):
        whole, words[:, place] = np.divmod(whole, 10_000)
    fraction = fraction * 10 ** (4 * behind - scale)
    for place in range(3 + before + behind, 3 + before, -1):
        fraction, words[:, place] = np.divmod(fraction, 10_000)
    return FixedColumn(words.view(f"V{words.shape[1] * 2}").reshape(-1), checked.missing)


def boolean(values: npt.ArrayLike, missing: npt.ArrayLike | None = None) -> FixedColumn:
    """BOOLEAN from truth values."""
    return FixedColumn(np.asarray(values, dtype=bool).view(np.uint8), _mask(missing))


def date(values: npt.ArrayLike, missing: npt.ArrayLike | None = None) -> FixedColumn:
    """DATE from anything that numpy reads as days; NaT is NULL."""
    days = np.asarray(values).astype("datetime64[D]")
    missing = _with_nat(days, missing)
    return _integers(days.astype(np.int64) - _EPOCH_DAYS, missing, np.int32)


def timestamp(values: npt.ArrayLike, missing: npt.ArrayLike | None = None) -> FixedColumn:
    """TIMESTAMP or TIMESTAMPTZ from instants in UTC; NaT is NULL."""
    instants = np.asarray(values).astype("datetime64[us]")
    missing = _with_nat(instants, missing)
    return _integers(instants.astype(np.int64) - _EPOCH_MICROSECONDS, missing, np.int64)


def text(values: ArrowArray | Sequence[str | None]) -> TextColumn:
    """TEXT, CHAR or an enum from texts; None is NULL."""
    if isinstance(values, (pa.Array, pa.ChunkedArray)):
        array = values.cast(pa.large_string())
    else:
        array = pa.array(values, type=pa.large_string())
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
    return TextColumn(array)


def coded(codes: npt.NDArray[np.int32], words: Sequence[str]) -> CodedColumn:
    """TEXT, CHAR or an enum from codes into a list of words; −1 is NULL."""
    encoded = [word.encode() for word in words]
    lengths = np.array([*map(len, encoded), -1], np.int64)
    letters = np.array([*encoded, b""], f"S{max(int(lengths.max()), 1)}")
    return CodedColumn(codes, _bytes_of(letters), lengths)


def jsonb(values: ArrowArray | Sequence[str | None]) -> TextColumn:
    """JSONB from JSON texts; None is NULL. The server refuses what is not JSON."""
    version = pa.scalar("\x01", type=pa.large_string())
    no_separator = pa.scalar("", type=pa.large_string())
    texts: ArrowArray = text(values).values
    return TextColumn(pc.binary_join_element_wise(version, texts, no_separator))


def from_arrow(array: ArrowArray) -> Column:
    """Return the column of an Arrow array; its type says the type on the wire.

    Raises TypeError for a type that no table of ours has.
    """
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
    kind = array.type
    if pa.types.is_dictionary(kind) or pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return text(array)
    missing = array.is_null().to_numpy(zero_copy_only=False) if array.null_count else None
    if pa.types.is_date32(kind):
        days = array.cast(pa.int32()).fill_null(0).to_numpy(zero_copy_only=False)
        return date(days.astype("datetime64[D]"), missing)
    if pa.types.is_timestamp(kind):
        whole = array.cast(pa.timestamp("us", kind.tz)).cast(pa.int64()).fill_null(0)
        return timestamp(whole.to_numpy(zero_copy_only=False).astype("datetime64[us]"), missing)
    makers: dict[Any, Callable[..., Column]] = {
        pa.bool_(): boolean,
        pa.int16(): smallint,
        pa.int32(): integer,
        pa.int64(): bigint,
        pa.float64(): double,
    }
    if kind not in makers:
        raise TypeError(f"an Arrow column of type {kind} has no place in a table")
    filler = False if pa.types.is_boolean(kind) else 0
    return makers[kind](array.fill_null(filler).to_numpy(zero_copy_only=False), missing)


def image(columns: Sequence[Column]) -> bytes:
    """Return the COPY tuples of all rows, without signature and trailer."""
    bounded = [column for column in columns if not isinstance(column, TextColumn)]
    return _packed_image(bounded) if len(bounded) == len(columns) else _ragged_image(columns)


def _integers(values: npt.ArrayLike, missing: npt.ArrayLike | None, kind: type[Any]) -> FixedColumn:
    array, mask = np.asarray(values), _mask(missing)
    if array.size and array.dtype.kind not in "iu":
        raise TypeError(f"whole numbers are expected, not {array.dtype}")
    known = array if mask is None else array[~mask]
    limits = np.iinfo(kind)
    if known.size and (known.min() < limits.min or known.max() > limits.max):
        raise OverflowError(f"a value does not fit {limits.bits} bits")
    return FixedColumn(array.astype(np.dtype(kind).newbyteorder(">")), mask)


def _mask(missing: npt.ArrayLike | None) -> BoolArray | None:
    if missing is None:
        return None
    mask = np.asarray(missing, dtype=bool)
    return mask if mask.any() else None


def _with_nat(moments: npt.NDArray[Any], missing: npt.ArrayLike | None) -> BoolArray:
    nat: BoolArray = np.isnat(moments)
    return nat if missing is None else nat | np.asarray(missing, dtype=bool)


def _field_count(columns: Sequence[Column]) -> bytes:
    return len(columns).to_bytes(2, "big")


def _bytes_of(values: npt.NDArray[Any]) -> ByteArray:
    """View (n,) fixed-width values as (n, width) bytes."""
    block = np.ascontiguousarray(values)
    return block.view(np.uint8).reshape(len(block), block.itemsize)


def _packed_image(columns: Sequence[FixedColumn | CodedColumn]) -> bytes:
    """Lay the columns side by side at their full width and drop what is not used of it."""
    widths = [
        column.letters.shape[1] if isinstance(column, CodedColumn) else column.values.itemsize
        for column in columns
    ]
    rows = np.empty((len(columns[0]), 2 + sum(4 + width for width in widths)), np.uint8)
    used = np.ones(rows.shape, np.bool_)
    rows[:, :2] = np.frombuffer(_field_count(columns), np.uint8)
    at = 2
    for column, width in zip(columns, widths, strict=True):
        size, place = slice(at, at + 4), slice(at + 4, at + 4 + width)
        if isinstance(column, CodedColumn):
            lengths = column.lengths[column.codes]
            rows[:, size], rows[:, place] = _wire_sizes(lengths), column.letters[column.codes]
            used[:, place] = np.arange(width) < lengths[:, None]
        else:
            rows[:, size] = np.frombuffer(width.to_bytes(4, "big"), np.uint8)
            rows[:, place] = _bytes_of(column.values)
            if column.missing is not None:
                rows[column.missing, size] = 0xFF
                used[column.missing, place] = False
        at += 4 + width
    return rows[used].tobytes()


def _wire_sizes(lengths: IntArray) -> ByteArray:
    """Return the length of each value as it stands before it; −1 is NULL."""
    return _bytes_of(lengths.astype(">i4"))


def _ragged_image(columns: Sequence[Column]) -> bytes:
    payloads = [_payload(column) for column in columns]
    sizes = np.full(len(columns[0]), 2 + 4 * len(columns), np.int64)
    for lengths, _ in payloads:
        sizes += np.maximum(lengths, 0)
    ends = np.cumsum(sizes)
    out = np.empty(int(ends[-1]) if len(ends) else 0, np.uint8)
    at = ends - sizes
    _scatter(out, at, np.broadcast_to(np.frombuffer(_field_count(columns), np.uint8), (len(at), 2)))
    at += 2
    for lengths, content in payloads:
        _scatter(out, at, _wire_sizes(lengths))
        at += 4
        stored = np.maximum(lengths, 0)
        if content.ndim == 2:
            present = lengths >= 0
            _scatter(out, at[present], content[present])
        else:
            # Byte i of the texts goes to the start of its own text in `out`, plus its place in it.
            shift = at - (np.cumsum(stored) - stored)
            out[np.repeat(shift, stored) + np.arange(len(content))] = content
        at += stored
    return out.tobytes()


def _scatter(out: ByteArray, at: IntArray, block: npt.NDArray[np.uint8]) -> None:
    """Write row i of an (n, width) block at position at[i]."""
    out[at[:, None] + np.arange(block.shape[1])] = block


def _payload(column: Column) -> tuple[IntArray, ByteArray]:
    """Return (lengths, bytes); −1 is NULL. Fixed values as (n, width) bytes, texts as flat ones."""
    if isinstance(column, TextColumn):
        return _text_payload(column.values)
    if isinstance(column, CodedColumn):
        lengths = column.lengths[column.codes]
        used = np.arange(column.letters.shape[1]) < lengths[:, None]
        return lengths, column.letters[column.codes][used]
    lengths = np.full(len(column), column.values.itemsize, np.int64)
    if column.missing is not None:
        lengths[column.missing] = -1
    return lengths, _bytes_of(column.values)


def _text_payload(array: ArrowArray) -> tuple[IntArray, ByteArray]:
    sizes: ArrowArray = pc.binary_length(array)
    lengths: IntArray = sizes.fill_null(-1).to_numpy(zero_copy_only=False)
    _, offsets, data = array.buffers()
    if data is None or not len(array):
        return lengths, np.empty(0, np.uint8)
    bounds = np.frombuffer(offsets, np.int64)[array.offset : array.offset + len(array) + 1]
    content = np.frombuffer(data, np.uint8)[bounds[0] : bounds[-1]]
    if array.null_count:
        # A NULL may own bytes in Arrow; they must not shift what follows.
        content = content[np.repeat(lengths >= 0, np.diff(bounds))]
    return lengths, content
