"""Sorting columns of integers: orders, runs of equal values, distinct values and pairs.

Keys here are codes and days, mostly narrow and often sorted already, which is many times faster to
sort than any numbers. Every order is stable, so no result depends on how rows came to be where they
are.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.money import Int64Array

_BITS, _DIGIT = 63, 16


def stable_order(key: npt.NDArray[np.integer]) -> Int64Array:
    """Return the order that sorts `key`, equal ones as they come.

    Keys of 16 bits take one counting pass, those of 32 bits two. Wider ones are sorted together
    with their row numbers in one integer, or by comparing where both do not fit.
    """
    if bool(np.all(key[1:] >= key[:-1])):
        return np.arange(len(key))
    lowest, highest = int(key.min()), int(key.max())
    if lowest >= 0 and highest < 2 ** (2 * _DIGIT):
        order = np.argsort(key.astype(np.uint16), kind="stable")  # the lower 16 bits
        if highest < 2**_DIGIT:
            return order
        upper = (key >> _DIGIT).astype(np.uint16)[order]
        return order[np.argsort(upper, kind="stable")]
    row_bits = (len(key) - 1).bit_length()
    if max(highest, -lowest).bit_length() + row_bits > _BITS:
        return np.argsort(key, kind="stable")
    packed = key.astype(np.int64) << row_bits
    packed |= np.arange(len(key))
    packed.sort()
    packed &= (1 << row_bits) - 1
    return packed


def run_starts(ascending: npt.NDArray[np.integer]) -> Int64Array:
    """Return the positions where a new value begins."""
    if not len(ascending):
        return np.empty(0, np.int64)
    begins = np.empty(len(ascending), np.bool_)
    begins[0] = True
    np.not_equal(ascending[1:], ascending[:-1], out=begins[1:])
    return np.flatnonzero(begins)


def distinct(values: Int64Array) -> Int64Array:
    """Return the different values, ascending; sorting is many times faster here than hashing.

    The sort is one that merges runs: what is asked is mostly made of ascending parts.
    """
    ascending = np.sort(values, kind="stable")
    return ascending[run_starts(ascending)]


def distinct_pairs(first: Int64Array, second: Int64Array) -> tuple[Int64Array, Int64Array]:
    """Return the different pairs, ascending by both; second ≥ 0.

    Pairs that don't fit into one integer have their first values coded by rank.
    """
    width = int(second.max(initial=0)) + 1
    lowest = int(first.min(initial=0))
    span = int(first.max(initial=0)) - lowest + 1
    if span.bit_length() + width.bit_length() > _BITS:
        names, code = np.unique(first, return_inverse=True)
        at, other = np.divmod(distinct(code.ravel() * width + second), width)
        return names[at], other
    at, other = np.divmod(distinct((first - lowest) * width + second), width)
    return at + lowest, other
