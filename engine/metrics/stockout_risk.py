"""How likely a SKU runs out before it can be restocked, if buyers come as they did of late.

Pieces sold a day over eight weeks give the pace; the sales of the days until new stock comes are
taken as Poisson. A listing and the shop have the mean of their SKUs, by the pieces that they sold
themselves. One row of `Pace` = one entity's SKU × one day with sales.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from engine.ledger.frames import EventKind, Ledger
from engine.metrics.calendar import Calendar
from engine.metrics.model import LISTING, PRODUCT, Level
from engine.metrics.states import Steps
from engine.money import Int64Array, round_div
from engine.sorting import run_starts, stable_order
from engine.sources.frames import BoolArray
from engine.widths import Keys, Whole, halved, held_keys, places_in

WINDOW = 56  # days that give the pace
FEWEST_DAYS = 28  # since the first sale; before that there is no pace
RISK_UNIT = 10**12
_TINY = 1e-18
_PAIRS_AT_ONCE = 1_000_000
Risk = tuple[Int64Array, BoolArray]
_Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Pace:
    """Pieces sold by day as running totals; `owner` of each pair of an entity and a SKU."""

    days: int
    owner: Int64Array  # entity of each pair, ascending
    sku: Int64Array
    key: Keys  # pair × days + day, ascending
    running: Whole

    @classmethod
    def of(cls, ledger: Ledger, calendar: Calendar, entity: Int64Array) -> Pace:
        """Sum the pieces sold by entity (of each ledger row), SKU and day, without `(none)`."""
        is_sale = ledger.kind == EventKind.SALE
        rows = np.flatnonzero(is_sale & (ledger.sku != ledger.no_sku))
        skus, days = len(ledger.skus), calendar.days
        # Rows are many, days with sales are few enough: all but the sums is told from one key.
        key = (entity[rows] * skus + ledger.sku[rows]) * days
        key += calendar.index(ledger.order_day[rows])
        order = stable_order(key)
        key = key[order]
        heads = run_starts(key)
        pieces = ledger.amounts.narrow("quantity", rows[order])
        by_day = np.add.reduceat(pieces, heads, dtype=np.int64) if len(heads) else heads
        name, day = np.divmod(key[heads], days)
        first = run_starts(name)
        pair = np.repeat(np.arange(len(first)), np.diff(np.append(first, len(name))))
        owner, sku = np.divmod(name[first], skus)
        running = np.concatenate((np.zeros(1, np.int64), np.cumsum(by_day)))
        return cls(
            days, owner, sku, held_keys(pair * days + day, len(first) * days), halved(running)
        )

    def sold(self, pair: Int64Array, last: Int64Array) -> Int64Array:
        """Return the pieces of the window that ends on a day; 0 before the first day."""
        low = pair * self.days + np.clip(last - WINDOW + 1, 0, self.days)
        high = pair * self.days + np.clip(last + 1, 0, self.days)
        before, after = (self.running[places_in(self.key, wanted)] for wanted in (low, high))
        return np.asarray(after - before, np.int64)

    def first_days(self) -> Int64Array:
        """Return the day of each pair's first sale."""
        heads = run_starts(self.key // self.days)
        return np.asarray(self.key[heads] % self.days, np.int64)


@dataclass(frozen=True, eq=False)
class SkuRisk:
    """What the risk of every SKU is made of; the pace is read when first asked for."""

    ledger: Ledger
    calendar: Calendar
    stock: Steps
    restock_days: int

    @cached_property
    def pace(self) -> Pace:
        """The pace of all SKUs."""
        return Pace.of(self.ledger, self.calendar, np.zeros(len(self.ledger), np.int64))

    @cached_property
    def first_day(self) -> Int64Array:
        """The day of the first sale of each pair of the pace."""
        return self.pace.first_days()

    @cached_property
    def seen(self) -> BoolArray:
        """The days on which any stock is known."""
        days, runs = self.calendar.days, self.stock.covered
        change = np.zeros(days + 1, np.int64)
        np.add.at(change, runs.start % days, 1)
        np.add.at(change, (runs.stop - 1) % days + 1, -1)
        return np.asarray(np.cumsum(change) > 0)

    def at(self, sku: Int64Array, last: Int64Array, sold: Int64Array | None = None) -> Risk:
        """Return the risk of SKUs at the end of days, in parts of RISK_UNIT.

        sold: the pieces of the window that ends on each day, where they are counted already.
        """
        days = self.pace.days
        place = np.searchsorted(self.pace.sku, sku)
        has_sold = np.append(self.pace.sku, -1)[place] == sku
        pair = np.where(has_sold, place, 0)
        is_old = has_sold & (last - np.append(self.first_day, 0)[pair] >= FEWEST_DAYS)
        stock, is_seen = self.stock.at(sku * days + np.clip(last, 0, days - 1))
        known = is_old & is_seen & (last < days)
        rows = np.flatnonzero(known)
        pieces = self.pace.sold(pair[rows], last[rows]) if sold is None else sold[rows]
        wide = int(stock[rows].max(initial=0)) + 1
        questions, at = np.unique(pieces * wide + stock[rows], return_inverse=True)
        risk = np.zeros(len(sku), np.int64)
        risk[rows] = runs_out(*np.divmod(questions, wide), self.restock_days)[at.ravel()]
        return risk, known


@dataclass(frozen=True, eq=False)
class Shelf:
    """The SKUs of a level's entities with their pace, and the risk of every SKU."""

    level: Level
    skus: SkuRisk

    @cached_property
    def pace(self) -> Pace:
        """The pace of the SKUs of each entity, read when first asked for."""
        if self.level is not LISTING:
            return self.skus.pace
        ledger = self.skus.ledger
        return Pace.of(ledger, self.skus.calendar, ledger.listing.astype(np.int64))

    def risk(self, entity: Int64Array, last: Int64Array) -> Risk:
        """Return the risk of entities at the end of days in millionths, and where it is known."""
        risk, known = np.zeros(len(entity), np.int64), np.zeros(len(entity), np.bool_)
        inside = (last >= 0) & (last < self.skus.calendar.days)
        asked = np.flatnonzero(inside & self.skus.seen[np.where(inside, last, 0)])
        if self.level is PRODUCT:
            risk[asked], known[asked] = self.skus.at(entity[asked], last[asked])
        else:
            owner = self.pace.owner
            skus = np.searchsorted(owner, entity[asked] + 1) - np.searchsorted(owner, entity[asked])
            pieces = np.cumsum(skus) // _PAIRS_AT_ONCE
            for rows in np.split(asked, np.flatnonzero(np.diff(pieces)) + 1):
                risk[rows], known[rows] = self._mean(entity[rows], last[rows])
        return np.where(known, round_div(risk, RISK_UNIT // 10**6), 0), known

    def _mean(self, entity: Int64Array, last: Int64Array) -> Risk:
        """Return the mean risk of the SKUs that entities sold, by pieces of the window."""
        by_entity = stable_order(entity)
        owner, ascending = self.pace.owner, entity[by_entity]
        low = np.searchsorted(ascending, owner)
        size = np.searchsorted(ascending, owner + 1) - low
        # All days of one SKU after another, so that they are looked up close to each other.
        pair = np.repeat(np.arange(len(owner)), size)
        group = by_entity[np.arange(len(pair)) - np.repeat(np.cumsum(size) - size - low, size)]
        weight = self.pace.sold(pair, last[group])
        some = np.flatnonzero(weight > 0)
        group, pair, weight = group[some], pair[some], weight[some]
        sold = weight if self.pace is self.skus.pace else None  # a listing sells a part of them
        risk, known = self.skus.at(self.pace.sku[pair], last[group], sold)
        group, weight, risk = group[known], weight[known], risk[known]
        total, pieces = np.zeros(len(entity), np.int64), np.zeros(len(entity), np.int64)
        np.add.at(total, group, risk * weight)
        np.add.at(pieces, group, weight)
        return np.where(pieces > 0, round_div(total, np.maximum(pieces, 1)), 0), pieces > 0


def runs_out(sold: Int64Array, stock: Int64Array, days: Int64Array | int) -> Int64Array:
    """Return P(Poisson(sold · days ÷ WINDOW) > stock) in parts of RISK_UNIT; 1 without stock.

    The shorter tail is summed, so that the terms fall from the first one on.
    """
    mean = sold * days / WINDOW
    risk = np.where(stock == 0, RISK_UNIT, 0)
    has_chance, is_above = (stock > 0) & (mean > 0), stock >= mean
    above, below = np.flatnonzero(has_chance & is_above), np.flatnonzero(has_chance & ~is_above)
    risk[above] = np.rint(_tail(mean[above], stock[above] + 1, 1) * RISK_UNIT)
    risk[below] = np.rint((1 - _tail(mean[below], stock[below], -1)) * RISK_UNIT)
    return risk


def _tail(mean: _Floats, count: Int64Array, step: int) -> _Floats:
    """Sum the chances of `count` and all that follow it by steps of 1 up or −1 down."""
    firsts = [
        math.exp(number * math.log(middle) - middle - math.lgamma(number + 1))
        for number, middle in zip(count.tolist(), mean.tolist(), strict=True)
    ]
    total, term = np.zeros(len(mean)), np.array(firsts, np.float64)
    at = np.flatnonzero(term > _TINY)
    mean, count, term = mean[at], count[at], term[at]
    while len(at):
        total[at] += term
        count = count + step
        term = term * (mean / count if step > 0 else (count + 1) / mean)  # 0 below a count of 0
        if not (goes_on := term > _TINY).all():
            at, mean, count, term = at[goes_on], mean[goes_on], count[goes_on], term[goes_on]
    return total
