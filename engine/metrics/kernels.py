"""Group computations on integer-coded columns: exact, without floats and without a row loop.

Rows of a level are sorted by (entity, day, time). A group is an entity and a range of days, so its
rows are one slice; `low` and `high` are its borders. Results never depend on the number of threads.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.money import Int64Array, round_div
from engine.sorting import run_starts, stable_order
from engine.sources.frames import BoolArray, Int8Array, Int32Array

ROWS_A_SORT = 500  # as many rows of a group pay for a call to sort them
DENSE_CELLS_A_ROW = 6  # up to so many a table of counts beats sorting
_SQUARE_SAFE, _SUM_SAFE = 2.0**60, 2.0**62


@dataclass(frozen=True, slots=True, eq=False)
class Slices:
    """Rows of each group, group by group: `row[at]` is a row number, `group[at]` its group.

    low: the number of each group's first row. size: how many rows of it are listed.
    """

    low: Int64Array
    size: Int64Array
    row: Int64Array | slice
    group: Int64Array

    @property
    def begin(self) -> Int64Array:
        """Where the rows of each group begin in the list."""
        return np.asarray(np.cumsum(self.size) - self.size)

    def sum(self, values: Int64Array) -> Int64Array:
        """Sum a value of the listed rows by group, exactly. int64[groups]."""
        running = np.zeros(len(values) + 1, np.int64)
        np.cumsum(values, out=running[1:])
        begin = self.begin
        return np.asarray(running[begin + self.size] - running[begin])

    def count(self, chosen: BoolArray) -> Int64Array:
        """Count the chosen rows by group. int64[groups]."""
        return np.bincount(self.group[chosen], minlength=len(self.low)).astype(np.int64)

    def where(self, chosen: BoolArray) -> Slices:
        """List the chosen rows only; their numbers become places in this list."""
        at = np.flatnonzero(chosen)
        group = self.group[at]
        size = np.bincount(group, minlength=len(self.low)).astype(np.int64)
        return Slices(self.low, size, at, group)


def slices(low: Int64Array, high: Int64Array) -> Slices:
    """List the rows of groups that may overlap, skip rows, or be empty."""
    size = high - low
    group = np.repeat(np.arange(len(size)), size)
    if len(size) and np.array_equal(low[1:], high[:-1]):
        return Slices(low, size, slice(int(low[0]), int(high[-1])), group)
    begin = np.cumsum(size) - size
    row = np.arange(len(group)) - begin[group] + low[group]
    return Slices(low, size, row, group)


def sum_runs(values: npt.NDArray[np.integer] | BoolArray, heads: Int64Array) -> Int64Array:
    """Sum the rows from each head to before the next, exactly. int64[heads]."""
    if not len(heads):
        return np.empty(0, np.int64)
    return np.asarray(np.add.reduceat(values, heads, dtype=np.int64))


def previous_same(entity: Int32Array | Int64Array, code: Int32Array | Int64Array) -> Int32Array:
    """Row of the previous row with the same (entity, code), −1 if none; rows are in time order."""
    previous = np.full(len(code), -1, np.int32)
    if not len(code):
        return previous
    pair = entity.astype(np.int64) * (int(code.max()) + 1) + code
    order = stable_order(pair)
    pair = pair[order]
    same = pair[1:] == pair[:-1]
    previous[order[1:][same]] = order[:-1][same]
    return previous


@dataclass(frozen=True, slots=True)
class Ordered:
    """The values of each group, ascending: those of group g begin at `begin[g]`."""

    values: Int64Array
    begin: Int64Array
    size: Int64Array

    def quantile(self, above: int, below: int, step: tuple[int, int] = (1, 1)) -> Int64Array:
        """The quantile above/below of each group, interpolated and rounded half up; 0 without rows.

        `step` (n, d) turns values into n/d of them in the same rounding, as seconds into
        hundredths of an hour.
        """
        if not len(self.values):
            return np.zeros(len(self.size), np.int64)
        place = np.maximum(self.size - 1, 0) * above
        whole = place // below
        last = len(self.values) - 1
        first = self.values[np.minimum(self.begin + whole, last)]
        if below == 1 and step == (1, 1):  # an end of the group is one of its values
            return np.where(self.size > 0, first, 0)
        rest, end = place - whole * below, self.begin + self.size - 1
        second = self.values[np.clip(np.minimum(self.begin + whole + 1, end), 0, last)]
        value = round_div((below * first + rest * (second - first)) * step[0], below * step[1])
        return np.where(self.size > 0, value, 0)


def order_within(values: Int32Array | Int64Array, rows: Slices) -> Ordered:
    """Order the values of each group; one sort of (group, value) in a single integer.

    The groups stand in order already, which a stable sort makes use of: it merges runs. Few groups
    of many rows are sorted one by one, in half of the width.
    """
    count = len(rows.low)
    values = values.astype(np.int64, copy=False)
    if not len(values):
        return Ordered(values, rows.begin, rows.size)
    offset = int(values.min())
    span = int(values.max()) - offset + 1
    bits = span.bit_length()
    if count * span <= len(values):  # so many rows a value that counting beats sorting
        counts = np.bincount(rows.group * span + (values - offset), minlength=count * span)
        ordered = np.repeat(np.arange(count * span), counts) - rows.group * span + offset
    elif span < 2**31 and count * ROWS_A_SORT <= len(values):
        ordered = (values - offset).astype(np.int32)
        begin = rows.begin
        for low, high in zip(begin.tolist(), (begin + rows.size).tolist(), strict=True):
            ordered[low:high].sort()
        ordered = ordered.astype(np.int64) + offset
    elif max(count, 1).bit_length() + bits > 63:
        ordered = values[np.lexsort((values, rows.group))]
    else:
        packed = np.sort((rows.group << bits) | (values - offset), kind="stable")
        ordered = (packed & ((1 << bits) - 1)) + offset
    return Ordered(ordered, rows.begin, rows.size)


def spread(values: Int32Array | Int64Array, rows: Slices) -> Int64Array:
    """Population standard deviation of each group, exact, rounded half up; 0 for an empty group."""
    values = values.astype(np.int64, copy=False)
    size, total = rows.size, rows.sum(values)
    largest = float(np.max(np.abs(values), initial=0)) ** 2
    if float(size.max(initial=0)) * largest >= _SUM_SAFE:
        return np.array([_spread_of(values, rows, group) for group in range(len(size))], np.int64)
    squares = rows.sum(values * values)
    wide = size * (size * largest) >= _SQUARE_SAFE
    out = np.zeros(len(size), np.int64)
    n, s, q = np.maximum(size[~wide], 1), total[~wide], squares[~wide]
    four = 4 * (n * q - s * s)
    root = np.sqrt(four.astype(np.float64)).astype(np.int64)
    root -= root * root > four  # the float root may be one off either way
    root += (root + 1) * (root + 1) <= four
    out[~wide] = (root + n) // (2 * n)
    for group in np.flatnonzero(wide):
        out[group] = _exact_spread(int(size[group]), int(total[group]), int(squares[group]))
    return out


def _spread_of(values: Int64Array, rows: Slices, group: int) -> int:
    begin, size = int(rows.begin[group]), int(rows.size[group])
    exact = values[begin : begin + size].tolist()
    return _exact_spread(size, sum(exact), sum(value * value for value in exact))


def _exact_spread(size: int, total: int, squares: int) -> int:
    square = size * squares - total * total
    return (math.isqrt(4 * square) + size) // (2 * max(size, 1))


@dataclass(frozen=True, slots=True, eq=False)
class CodeTable:
    """How often each code occurs in large groups: one row = a group, one column = a code."""

    count: Int64Array

    @property
    def mode(self) -> Int64Array:
        """The most frequent code of each group, of equals the smallest; −1 without a code."""
        mode = self.count.argmax(axis=1)  # of equals the first
        largest = self.count[np.arange(len(mode)), mode]
        return np.where(largest > 0, mode, -1)

    @property
    def different(self) -> Int64Array:
        """How many codes each group has."""
        return np.asarray(np.einsum("gc->g", (self.count > 0).astype(np.int64)))

    @property
    def total(self) -> Int64Array:
        """How many rows with a code each group has."""
        return np.asarray(self.count.sum(axis=1))

    @property
    def squares(self) -> Int64Array:
        """The sum of squared counts of each group."""
        return np.asarray(np.einsum("gc,gc->g", self.count, self.count))


@dataclass(frozen=True, slots=True, eq=False)
class CodeRuns:
    """How often each code occurs in small groups: one row = a group and a code of it, ascending."""

    groups: int
    domain: int
    owner: Int64Array
    code: Int64Array
    count: Int64Array

    @property
    def mode(self) -> Int64Array:
        """The most frequent code of each group, as in a table."""
        # The larger count wins, then the smaller code.
        ranked = self.count * self.domain + (self.domain - 1 - self.code)
        heads = run_starts(self.owner)
        mode = np.full(self.groups, -1, np.int64)
        if len(heads):
            best = np.maximum.reduceat(ranked, heads)
            mode[self.owner[heads]] = self.domain - 1 - best % self.domain
        return mode

    @property
    def different(self) -> Int64Array:
        """How many codes each group has."""
        return np.bincount(self.owner, minlength=self.groups).astype(np.int64, copy=False)

    @property
    def total(self) -> Int64Array:
        """How many rows with a code each group has."""
        return self._sum(self.count)

    @property
    def squares(self) -> Int64Array:
        """The sum of squared counts of each group."""
        return self._sum(self.count * self.count)

    def _sum(self, values: Int64Array) -> Int64Array:
        heads = run_starts(self.owner)
        total = np.zeros(self.groups, np.int64)
        total[self.owner[heads]] = sum_runs(values, heads)
        return total


CodeCounts = CodeTable | CodeRuns


def count_codes(codes: Int8Array | Int32Array, rows: Slices, domain: int) -> CodeCounts:
    """Count the codes 0 … domain − 1 of each group; rows without a code are left out before."""
    groups, domain = len(rows.low), max(domain, 1)
    flat = rows.group * domain + codes if groups > 1 else codes.astype(np.int64)
    if groups * domain <= DENSE_CELLS_A_ROW * len(flat):
        counts = np.bincount(flat, minlength=groups * domain).astype(np.int64, copy=False)
        return CodeTable(counts.reshape(groups, domain))
    flat = np.sort(flat, kind="stable")  # most cells would be empty
    starts = run_starts(flat)
    cells, count = flat[starts], np.diff(np.append(starts, len(flat)))
    owner = cells // domain
    return CodeRuns(groups, domain, owner, cells - owner * domain, count)


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
