"""Fees that the payment account has, but for no order: one row = one kind and calendar month.

Rule M31 of docs/money-rules.md. Where such entries come to at least half of what the month's orders
without measured fees are estimated at, they take the place of those estimates. With less the
account is believed to be incomplete.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from engine.ledger.allocation import allocate
from engine.ledger.estimated_fees import Estimate
from engine.ledger.fee_frames import Fate, Pool, PoolOutcome
from engine.ledger.measured_fees import PlacedEntries
from engine.ledger.postings import SaleRows
from engine.money import Int64Array
from engine.sources.frames import BoolArray, Int32Array
from engine.sources.ledger_types import Bucket


@dataclass(frozen=True, slots=True, eq=False)
class Pooled:
    """What pools put in the place of estimates.

    replaced: bool[orders], whose estimate gives way. lines: int64[sale rows], what came instead.
    """

    replaced: BoolArray
    lines: Int64Array
    pools: tuple[Pool, ...]


# What pools gave each counted order when the whole shop was booked: by column, int64[orders], −1
# where the fee is not pooled.
PooledBefore = Mapping[str, Int64Array]


def pooled_before(amount: Int64Array, sold: SaleRows, weight: Int64Array) -> Pooled:
    """Give the orders what pools gave them before; weight: int64[sale rows]."""
    replaced = amount >= 0
    return Pooled(replaced, sold.share_out(np.maximum(amount, 0), weight), ())


def months_of(day: Int32Array) -> Int64Array:
    """Return the calendar month of each day number, in months since January 1970."""
    return day.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)


def pool(
    placed: PlacedEntries,
    bucket: Bucket,
    sold: SaleRows,
    estimate: Estimate,
    is_open: BoolArray,
    weight: Int64Array,
) -> Pooled:
    """Share the entries of one kind without reference out over the open orders of their month.

    is_open: bool[orders], those whose fee of this kind is not measured. weight: int64[sale rows],
    by which an order's fee of this kind goes to its lines. An order gets its part by its estimate;
    in a month that has none, or one that is unknown, by its lines' weights. Entries without open
    orders become adjustments, those of a gap are not booked: their fate is written.
    """
    chosen = placed.of(bucket, Fate.POOLED)
    months, at = np.unique(months_of(placed.day[chosen]), return_inverse=True)
    at = at.ravel()
    charged = _sums(at, placed.charge[chosen], len(months))
    rows, starts = _open_orders(sold, is_open, months)
    of_month = np.repeat(np.arange(len(months)), np.diff(starts))
    estimated = _sums(of_month, estimate.amount[rows], len(months))
    orders = np.diff(starts)
    is_believed = (orders > 0) & (2 * charged >= estimated)
    placed.fate[chosen[(orders == 0)[at]]] = Fate.ADJUSTMENT
    placed.fate[chosen[((orders > 0) & ~is_believed)[at]]] = Fate.LEDGER_GAP
    tells_little = estimated == 0
    tells_little[of_month[~estimate.known[rows]]] = True
    by_order = np.where(tells_little[of_month], sold.sums(weight)[rows], estimate.amount[rows])
    share = allocate(np.where(is_believed, charged, 0), by_order, starts)
    replaced = np.zeros(sold.groups, np.bool_)
    replaced[rows[is_believed[of_month]]] = True
    amount = np.zeros(sold.groups, np.int64)
    amount[rows] = share
    outcome = np.where(is_believed, PoolOutcome.REPLACED, PoolOutcome.GAP)
    outcome = np.where(orders == 0, PoolOutcome.NO_ORDERS, outcome)
    entries = np.bincount(at, minlength=len(months))
    weights = _sums(of_month, by_order, len(months))
    figures = np.stack((months, entries, charged, orders, estimated, weights), axis=1).tolist()
    ends = zip(outcome.tolist(), (~tells_little).tolist(), strict=True)
    pools = tuple(
        Pool(bucket.value, m, n, charge, count, whole, total, PoolOutcome(kind), by_estimate)
        for (m, n, charge, count, whole, total), (kind, by_estimate) in zip(
            figures, ends, strict=True
        )
    )
    return Pooled(replaced, sold.share_out(amount, weight), pools)


def _open_orders(
    sold: SaleRows, is_open: BoolArray, months: Int64Array
) -> tuple[Int64Array, Int64Array]:
    """Return the open orders of each month, ascending by month, then order id; and their starts."""
    groups = np.flatnonzero(is_open)
    month = months_of(sold.day[groups])
    wanted = np.isin(month, months)
    groups, month = groups[wanted], month[wanted]
    by_month = np.argsort(month, kind="stable")
    edges = np.append(months, np.iinfo(np.int64).max)
    starts = np.searchsorted(month[by_month], edges).astype(np.int64)
    return groups[by_month], starts


def _sums(at: Int64Array, values: Int64Array, groups: int) -> Int64Array:
    total = np.zeros(groups, np.int64)
    np.add.at(total, at, values)
    return total
