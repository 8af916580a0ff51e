"""Bytes for PostgreSQL's binary COPY, built a block of columns at a time, never row by row.

A `Column` is one column of a table with its type on the wire and its missing values. `image()`
turns some columns into the COPY tuples of their rows. Columns of fixed width without missing values
take a fast path that only moves whole blocks; text and missing values make rows of different
lengths, and then each piece is moved to its computed place. Nothing here knows a table or a
connection, and no value is ever changed: what does not fit its type raises.
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


Column = FixedColumn | TextColumn


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
    if (units == np.iinfo(np.int64).min).any():
        raise OverflowError("a value does not fit 63 bits and a sign")
    whole, fraction = np.divmod(np.abs(units), 10**scale)
    behind = -(-scale // 4)  # base-10000 digits after the point; five stand before it
    words = np.zeros((len(units), 4 + 5 + behind), ">u2")
    words[:, 0], words[:, 1], words[:, 3] = 5 + behind, 4, scale
    words[:, 2] = np.where(units < 0, 0x4000, 0)
    for place in (8, 7, 6, 5, 4):
        whole, words[:, place] = np.divmod(whole, 10_000)
    fraction = fraction * 10 ** (4 * behind - scale)
    for place in range(8 + behind, 8, -1):
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
    fixed = [c for c in columns if isinstance(c, FixedColumn) and c.missing is None]
    return _fixed_image(fixed) if len(fixed) == len(columns) else _ragged_image(columns)


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


def _fixed_image(columns: Sequence[FixedColumn]) -> bytes:
    width = 2 + sum(4 + column.values.itemsize for column in columns)
    rows = np.empty((len(columns[0]), width), np.uint8)
    rows[:, :2] = np.frombuffer(_field_count(columns), np.uint8)
    at = 2
    for column in columns:
        size = column.values.itemsize
        rows[:, at : at + 4] = np.frombuffer(size.to_bytes(4, "big"), np.uint8)
        rows[:, at + 4 : at + 4 + size] = _bytes_of(column.values)
        at += 4 + size
    return rows.tobytes()


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
        _scatter(out, at, _bytes_of(lengths.astype(">i4")))
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
