"""Group computations on integer-coded columns: exact, without floats and without a row loop.

Rows of a level are sorted by (entity, day, time). A group is an entity and a range of days, so its
rows are one slice; `low` and `high` are its borders. Results never depend on the number of threads.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.money import Int64Array, round_div
from engine.sources.frames import BoolArray, Int8Array, Int32Array

DENSE_CELLS = 40_000_000  # up to here a table of counts beats sorting
_SQUARE_SAFE = 2.0**60


@dataclass(frozen=True, slots=True)
class Slices:
    """Rows of each group: `row[at]` is a row number, `group[at]` the group it is in."""

    low: Int64Array
    high: Int64Array
    row: Int64Array | slice
    group: Int64Array

    @property
    def size(self) -> Int64Array:
        """Rows of each group."""
        return self.high - self.low


def slices(low: Int64Array, high: Int64Array) -> Slices:
    """List the rows of groups that may overlap, skip rows, or be empty."""
    size = high - low
    group = np.repeat(np.arange(len(size)), size)
    if len(size) and np.array_equal(low[1:], high[:-1]):
        return Slices(low, high, slice(int(low[0]), int(high[-1])), group)
    begin = np.cumsum(size) - size
    row = np.arange(len(group)) - begin[group] + low[group]
    return Slices(low, high, row, group)


def run_starts(ascending: Int64Array) -> Int64Array:
    """Return the positions where a new value begins."""
    if not len(ascending):
        return np.empty(0, np.int64)
    return np.flatnonzero(np.concatenate(([True], ascending[1:] != ascending[:-1])))


def sum_runs(values: Int64Array | BoolArray, heads: Int64Array) -> Int64Array:
    """Sum the rows from each head to before the next, exactly. int64[heads]."""
    if not len(heads):
        return np.empty(0, np.int64)
    return np.asarray(np.add.reduceat(values, heads, dtype=np.int64))


def distinct(values: Int64Array) -> Int64Array:
    """Return the different values, ascending; sorting is many times faster here than hashing."""
    ascending = np.sort(values)
    return ascending[run_starts(ascending)]


def packed_order(key: Int64Array) -> Int64Array:
    """Return the stable order that sorts `key`, by sorting key and row number in one integer."""
    row_bits = max(len(key) - 1, 1).bit_length()
    if len(key) and int(key.max()).bit_length() + row_bits > 63:
        return np.argsort(key, kind="stable")
    packed = np.sort((key << row_bits) | np.arange(len(key)))
    return packed & ((1 << row_bits) - 1)


def previous_same(entity: Int32Array | Int64Array, code: Int32Array | Int64Array) -> Int32Array:
    """Row of the previous row with the same (entity, code), −1 if none; rows are in time order."""
    previous = np.full(len(code), -1, np.int32)
    if not len(code):
        return previous
    pair = entity.astype(np.int64) * (int(code.max()) + 1) + code
    order = packed_order(pair)
    pair = pair[order]
    same = pair[1:] == pair[:-1]
    previous[order[1:][same]] = order[:-1][same]
    return previous


def quantiles(
    values: Int32Array | Int64Array,
    rows: Slices,
    points: Sequence[tuple[int, int]],
    step: tuple[int, int] = (1, 1),
) -> list[Int64Array]:
    """Quantiles a/b of each group, interpolated, rounded half up; 0 for an empty group.

    One sort of (group, value) in a single integer serves all points of a series. `step` (n, d)
    turns values into n/d of them in the same rounding, as seconds into hundredths of an hour.
    """
    count = len(rows.low)
    if not len(values):
        return [np.zeros(count, np.int64) for _ in points]
    values = values.astype(np.int64, copy=False)
    offset = int(values.min())
    bits = max(int(values.max()) - offset, 1).bit_length()
    if max(count, 1).bit_length() + bits > 63:
        ordered = values[np.lexsort((values, rows.group))]
    else:
        packed = np.sort((rows.group << bits) | (values - offset))
        ordered = (packed & ((1 << bits) - 1)) + offset
    size = np.bincount(rows.group, minlength=count).astype(np.int64)
    begin, end = np.cumsum(size) - size, np.cumsum(size)
    out = []
    for above, below in points:
        whole, rest = np.divmod(np.maximum(size - 1, 0) * above, below)
        first = ordered[np.minimum(begin + whole, len(ordered) - 1)]
        second = ordered[np.clip(np.minimum(begin + whole + 1, end - 1), 0, len(ordered) - 1)]
        value = round_div((below * first + rest * (second - first)) * step[0], below * step[1])
        out.append(np.where(size > 0, value, 0))
    return out


def spread(values: Int64Array, rows: Slices) -> Int64Array:
    """Population standard deviation of each group, exact, rounded half up; 0 for an empty group."""
    count = len(rows.low)
    size = np.bincount(rows.group, minlength=count).astype(np.int64)
    total = group_sum(values, rows.group, count)
    largest = float(np.max(np.abs(values), initial=0))
    wide = size * size * largest * largest >= _SQUARE_SAFE
    out = np.zeros(count, np.int64)
    squares = group_sum(np.where(wide[rows.group], 0, values) ** 2, rows.group, count)
    n, s, q = np.maximum(size[~wide], 1), total[~wide], squares[~wide]
    four = 4 * (n * q - s * s)
    root = np.sqrt(four.astype(np.float64)).astype(np.int64)
    root -= root * root > four  # the float root may be one off either way
    root += (root + 1) * (root + 1) <= four
    out[~wide] = (root + n) // (2 * n)
    for group in np.flatnonzero(wide):
        out[group] = _exact_spread(values[rows.group == group].tolist())
    return out


def _exact_spread(values: list[int]) -> int:
    n, total = len(values), sum(values)
    square = n * sum(value * value for value in values) - total * total
    return (math.isqrt(4 * square) + n) // (2 * n)


def group_sum(values: Int64Array | BoolArray, group: Int64Array, count: int) -> Int64Array:
    """Sum values by ascending group number, exactly. int64[count]."""
    running = np.concatenate((np.zeros(1, np.int64), np.cumsum(values, dtype=np.int64)))
    border = np.searchsorted(group, np.arange(count + 1))
    return running[border[1:]] - running[border[:-1]]


@dataclass(frozen=True, slots=True)
class CodeCounts:
    """What the codes of each group are like; −1 and 0 for a group without a code."""

    mode: Int64Array  # the most frequent code, of equals the smallest
    different: Int64Array
    total: Int64Array
    squares: Int64Array  # sum of squared counts


def count_codes(
    codes: Int8Array | Int32Array, group: Int64Array, count: int, domain: int
) -> CodeCounts:
    """Count the codes 0 … domain − 1 of each group; rows without a code are left out before."""
    domain = max(domain, 1)
    flat = group * domain + codes
    if count * domain <= DENSE_CELLS:
        table = np.bincount(flat, minlength=count * domain).reshape(count, domain)
        total = table.sum(axis=1)
        mode = np.where(total > 0, table.argmax(axis=1), -1)
        return CodeCounts(
            mode.astype(np.int64),
            np.count_nonzero(table, axis=1).astype(np.int64),
            total.astype(np.int64),
            (table * table).sum(axis=1).astype(np.int64),
        )
    flat = np.sort(flat)
    starts = run_starts(flat)
    owner, code = np.divmod(flat[starts], domain)
    length = np.diff(np.append(starts, len(flat)))
    ranked = length * domain + (domain - 1 - code)  # the larger count wins, then the smaller code
    heads = run_starts(owner)
    mode = np.full(count, -1, np.int64)
    mode[owner[heads]] = domain - 1 - np.maximum.reduceat(ranked, heads) % domain
    return CodeCounts(
        mode,
        group_sum(np.ones(len(owner), np.int64), owner, count),
        group_sum(length, owner, count),
        group_sum(length * length, owner, count),
    )


def first_and_second_day(
    customer: Int64Array, day: Int64Array, customers: int, never: int
) -> tuple[Int64Array, Int64Array]:
    """Days of each customer's first and second order in the shop, `never` where there is none.

    Rows are in time order and hold known customers only.
    """
    previous = previous_same(np.zeros(len(customer), np.int64), customer)
    before = np.where(previous >= 0, previous[previous], -1)
    first, second = np.full(customers, never, np.int64), np.full(customers, never, np.int64)
    is_first, is_second = previous < 0, (previous >= 0) & (before < 0)
    first[customer[is_first]] = day[is_first]
    second[customer[is_second]] = day[is_second]
    return first, second
