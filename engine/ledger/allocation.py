"""Splitting an amount over rows so that the shares add up to it, by largest remainder (M3).

This is the only place of the program that splits money. It knows nothing of orders or fees: a
group is an amount, its rows carry integer weights.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.money import Int64Array
from engine.sorting import stable_order

ObjectArray = npt.NDArray[np.object_]  # of Python integers, where int64 may not do
_INT64_SAFE = 2**62


def group_starts(group: Int64Array, groups: int) -> Int64Array:
    """Return where each of `groups` begins in the ascending column `group`; int64[groups + 1]."""
    return np.searchsorted(group, np.arange(groups + 1)).astype(np.int64)


def sum_by_group(values: Int64Array, starts: Int64Array) -> Int64Array:
    """Sum the rows of each group, exactly; an empty group gives 0. int64[groups]."""
    running = np.concatenate((np.zeros(1, np.int64), np.cumsum(values, dtype=np.int64)))
    return running[starts[1:]] - running[starts[:-1]]


def allocate(amounts: Int64Array, weights: Int64Array, starts: Int64Array) -> Int64Array:
    """Split `amounts[g]` over the rows `starts[g]:starts[g + 1]` in proportion to their weights.

    amounts: int64[groups], minor units, any sign. weights: int64[rows] ≥ 0; when all of a group's
    are 0 they count as 1. Rows of a group ascend by key: of equal remainders the smallest key wins.
    Returns int64[rows]; the shares of a group sum to its amount. Raises ValueError for a negative
    weight, and for an amount that has no row to go to.
    """
    sizes = np.diff(starts)
    if len(weights) and int(weights.min()) < 0:
        raise ValueError(f"a negative weight ({int(weights.min())}) can't be allocated by")
    if np.any((sizes == 0) & (amounts != 0)):
        group = int(np.flatnonzero((sizes == 0) & (amounts != 0))[0])
        raise ValueError(f"{int(amounts[group])} of group {group} has no row to go to")
    shares = np.repeat(amounts, sizes)
    several = (sizes > 1) & (amounts != 0)
    if not several.any():
        return shares
    rows = np.repeat(several, sizes)
    shares[rows] = _largest_remainder(amounts[several], weights[rows], sizes[several])
    return shares


def spread_evenly(amounts: Int64Array, starts: Int64Array) -> Int64Array:
    """Split `amounts[g]` over its rows in equal parts; as `allocate` with equal weights.

    Every group has at least one row; those that come first in it take what does not divide.
    """
    sizes = np.diff(starts)
    if int(starts[-1]) == len(sizes):  # a row each, as mostly: there is nothing to split
        return amounts.astype(np.int64)
    sign = np.sign(amounts)
    whole, rest = np.divmod(np.abs(amounts), np.maximum(sizes, 1))
    shares = np.repeat(whole * sign, sizes)
    place = np.arange(int(rest.sum())) - np.repeat(np.cumsum(rest) - rest, rest)
    shares[np.repeat(starts[:-1], rest) + place] += np.repeat(sign, rest)
    return np.asarray(shares, np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class Traced:
    """One amount split over rows, with how it came to that; all int64[rows] but the total.

    weights: as they were used, so 1 each where all were 0. remainders: of |amount| × weight ÷
    total, what decides who gets the minor units that are left.
    """

    shares: Int64Array
    weights: Int64Array
    total: int
    remainders: Int64Array


def traced(amount: int, weights: Int64Array) -> Traced:
    """Split one amount as `allocate` does, and tell the weights and remainders behind it."""
    starts = np.array([0, len(weights)], np.int64)
    shares = allocate(np.array([amount], np.int64), weights, starts)
    used = weights if int(weights.sum()) else np.ones(len(weights), np.int64)
    total = int(used.sum())
    size, totals = np.full(len(used), abs(amount)), np.full(len(used), total)
    _, remainders = _divided_products(size, used, totals)
    return Traced(shares, used, total, remainders)


def _largest_remainder(amounts: Int64Array, weights: Int64Array, sizes: Int64Array) -> Int64Array:
    starts = np.concatenate((np.zeros(1, np.int64), np.cumsum(sizes)))
    group = np.repeat(np.arange(len(amounts)), sizes)
    totals = sum_by_group(weights, starts)
    weights = np.where((totals == 0)[group], 1, weights)
    totals = np.where(totals == 0, sizes, totals)
    size = np.abs(amounts)
    whole, rest = _divided_products(size[group], weights, totals[group])
    missing = size - sum_by_group(whole, starts)
    # Rows of a group by falling remainder; a stable sort keeps the smaller key first.
    widest = int(rest.max()) + 1
    if widest * len(amounts) < _INT64_SAFE:
        order = stable_order(group * widest + (widest - 1 - rest))
    else:
        order = np.lexsort((-rest, group))
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order)) - starts[:-1][group]
    whole += rank < missing[group]
    return whole * np.sign(amounts)[group]


def _divided_products(
    amount: Int64Array, weight: Int64Array, total: Int64Array
) -> tuple[Int64Array, Int64Array]:
    """Return quotient and remainder of amount × weight ÷ total, in Python integers where needed."""
    largest = weight.astype(np.float64) * amount.astype(np.float64)
    if not len(largest) or float(largest.max()) < _INT64_SAFE:
        whole, rest = np.divmod(amount * weight, total)
        return whole, rest
    pairs = [
        divmod(a * w, t)
        for a, w, t in zip(amount.tolist(), weight.tolist(), total.tolist(), strict=True)
    ]
    table = np.array(pairs, dtype=np.int64)
    return table[:, 0].copy(), table[:, 1].copy()


def settle(total: int, number: ObjectArray, by: ObjectArray) -> Int64Array:
    """Round the fractions number ÷ by to whole numbers that sum to `total`, by largest remainder.

    number, by: Python integers in arrays of objects, by > 0, as they may pass 2⁶³. Each fraction is
    rounded down, and the largest remainders are rounded up until the sum is reached; of equal ones
    the first. Returns int64[n]. Raises ValueError for a total that no such rounding reaches.
    """
    whole = number // by
    rest = number - whole * by
    missing = total - sum(whole.tolist())
    rounded = sum(1 for left in rest.tolist() if left)
    if not 0 <= missing <= rounded:
        raise ValueError(f"{len(number)} fractions can't be rounded to a sum of {total}")
    if missing:
        # Two fractions that differ do so by at least 1 ÷ the square of the largest divisor.
        shift = 2 * max(by.tolist()).bit_length() + 1
        first = np.argsort(-((rest << shift) // by), kind="stable")[:missing]
        whole[first] += 1
    return np.asarray(whole, np.int64)
