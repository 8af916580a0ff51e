"""How wide columns are held: as narrow as their values fit, as a large shop has millions of rows.

What is computed with a column is int64, so that no sum can pass the width that it is held in.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.money import Int64Array

Whole = npt.NDArray[np.int64] | npt.NDArray[np.int32]
Keys = Whole  # entity × days + day
_WIDTHS = (np.int8, np.int16, np.int32)
_HALF = 2**31


def narrowed(column: npt.NDArray[np.integer]) -> npt.NDArray[np.integer]:
    """Return a column in the narrowest width that holds it; zeros only take no room at all."""
    if column.strides == (0,):
        return column
    lowest, highest = int(column.min(initial=0)), int(column.max(initial=0))
    if lowest == highest == 0:
        return np.broadcast_to(np.int8(0), column.shape)  # one zero, whatever the length
    for width in _WIDTHS:
        if np.iinfo(width).min <= lowest and highest <= np.iinfo(width).max:
            return column.astype(width)
    return column


def halved(values: Int64Array) -> Whole:
    """Return values in half of the memory, if the difference of any two fits there."""
    lowest, highest = int(values.min(initial=0)), int(values.max(initial=0))
    return values.astype(np.int32) if highest - lowest < _HALF else values


def held_keys(key: Int64Array, end: int) -> Keys:
    """Return keys in half of the memory if they fit; end: the level's entities × days."""
    return key.astype(np.int32) if end < _HALF else key


def places_in(keys: Keys, wanted: Int64Array) -> Int64Array:
    """Return where the rows from each key on begin."""
    # Of unequal widths numpy would widen all of the table for every search.
    if keys.dtype != wanted.dtype and int(wanted.max(initial=0)) < _HALF:
        wanted = wanted.astype(keys.dtype)
    return np.searchsorted(keys, wanted)


def ranges_in(keys: Keys, low: Int64Array, high: Int64Array) -> tuple[Int64Array, Int64Array]:
    """Return from which row to before which one the keys low to before high stand.

    Where the next range begins with the first row after a range, as periods of a calendar mostly
    do, one search finds both.
    """
    start = places_in(keys, low)
    end = np.empty_like(start)
    found = np.zeros(len(low), np.bool_)
    if len(keys):
        following = start[1:]
        end[:-1] = following
        found[:-1] = (low[1:] >= high[:-1]) & (keys[np.maximum(following - 1, 0)] < high[:-1])
    rest = np.flatnonzero(~found)
    end[rest] = places_in(keys, high[rest])
    return start, end
