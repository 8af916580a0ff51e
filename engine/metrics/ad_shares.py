"""Ads of a listing shared out to the SKUs that it sold, for each period that is asked for.

Rule M44 of docs/money-rules.md. A listing's spend goes by what its SKUs sold in the same period,
so the shares of days do not sum to the share of their month. The spend of a listing that sold
nothing in the period belongs to no SKU.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.ledger.allocation import allocate
from engine.ledger.frames import DayFact, EventKind, Ledger
from engine.metrics.calendar import Calendar
from engine.money import Int64Array
from engine.periods import Period, disjoint_layers, period_of_days
from engine.sorting import run_starts, stable_order
from engine.sources.frames import Int32Array
from engine.widths import Whole, halved, narrowed

SHARED = (DayFact.AD_SPEND, DayFact.UNKNOWN_COSTS)


@dataclass(frozen=True, slots=True)
class AdTables:
    """Spend of listings and sales of their SKUs by day, ascending by day from day 0.

    `sales` are after discounts, on the order's day, of listings that ever had ads.
    """

    skus: int
    listings: int
    spend_day: Int32Array
    spend_listing: Int32Array
    spend: Whole
    unknown: npt.NDArray[np.integer]
    sale_day: Int32Array
    sale_listing: Int32Array
    sale_sku: Int32Array
    sales: Whole


@dataclass(frozen=True, slots=True)
class AdShares:
    """One row = one SKU × one period with a share of ads, ascending by SKU × periods + period."""

    periods: int
    key: Int64Array
    amounts: dict[str, Int64Array]

    def of(self, name: str, sku: Int64Array, period: Int64Array) -> Int64Array:
        """Return the amounts of SKUs in periods, 0 where there is no share."""
        wanted = sku * self.periods + period
        if not len(self.key):
            return np.zeros(len(wanted), np.int64)
        at = np.minimum(np.searchsorted(self.key, wanted), len(self.key) - 1)
        return np.where(self.key[at] == wanted, self.amounts[name][at], 0)

    def pairs(self) -> tuple[Int64Array, Int64Array]:
        """Return SKU and period of each row that is not 0."""
        some = np.any(np.stack(list(self.amounts.values())) != 0, axis=0)
        sku, period = np.divmod(self.key[some], self.periods)
        return sku, period


def build_ad_tables(ledger: Ledger, calendar: Calendar) -> AdTables:
    """Sort spend and sales by day, as far as the days have begun."""
    rows = ledger.ads.rows
    day = calendar.index(rows.day)
    has_begun = np.flatnonzero(day < calendar.begun)
    costs = [rows.amounts.narrow(name, has_begun) != 0 for name in SHARED]
    chosen = has_begun[np.logical_or.reduce(costs)]
    chosen = chosen[stable_order(day[chosen])]
    has_ads = np.zeros(len(ledger.listing_ids), np.bool_)
    has_ads[rows.listing[chosen]] = True
    has_ads[ledger.no_listing] = False  # ads for the whole shop are no SKU's
    sold = np.flatnonzero((ledger.kind == EventKind.SALE) & has_ads[ledger.listing])
    sale_day = calendar.index(ledger.order_day[sold])
    by_day = stable_order(sale_day)
    sold = sold[by_day]
    return AdTables(
        skus=len(ledger.skus),
        listings=len(ledger.listing_ids),
        spend_day=day[chosen].astype(np.int32),
        spend_listing=rows.listing[chosen],
        spend=halved(rows.amounts.of(DayFact.AD_SPEND, chosen)),
        unknown=narrowed(rows.amounts.of(DayFact.UNKNOWN_COSTS, chosen)),
        sale_day=sale_day[by_day].astype(np.int32),
        sale_listing=ledger.listing[sold],
        sale_sku=ledger.sku[sold],
        sales=halved(ledger.amounts.of("value", sold) - ledger.amounts.of("discount", sold)),
    )


def share_ads(tables: AdTables, periods: list[Period], calendar: Calendar) -> AdShares:
    """Share the ads of every listing and period out to SKUs."""
    key: list[Int64Array] = [np.empty(0, np.int64)]
    amounts: list[Int64Array] = [np.empty((len(SHARED), 0), np.int64)]
    for layer in disjoint_layers(periods):
        chosen = [periods[index] for index in layer]
        of_day = period_of_days(chosen, calendar.first_day, calendar.days)
        sku, place, found = _share(tables, of_day, len(layer))
        key.append(sku * len(periods) + np.asarray(layer, np.int64)[place])
        amounts.append(found)
    keys, values = np.concatenate(key), np.concatenate(amounts, axis=1)
    order = np.argsort(keys, kind="stable")
    return AdShares(
        len(periods),
        keys[order],
        {name.value: row[order] for name, row in zip(SHARED, values, strict=True)},
    )


def _share(
    tables: AdTables, of_day: Int32Array, periods: int
) -> tuple[Int64Array, Int64Array, Int64Array]:
    """Return SKU, period and int64[SHARED, rows] for periods that do not overlap."""
    group, (spend, unknown) = _spend_of_groups(tables, of_day, periods)
    owner, sku, weight = _weights(tables, of_day, periods, group)
    # A listing that sold nothing has one row, of no SKU.
    bare = np.setdiff1d(np.arange(len(group)), owner)
    owner = np.concatenate((owner, bare))
    sku = np.concatenate((sku, np.full(len(bare), tables.skus - 1, np.int64)))
    weight = np.concatenate((weight, np.ones(len(bare), np.int64)))
    order = stable_order(owner * tables.skus + sku)
    owner, sku, weight = owner[order], sku[order], weight[order]
    starts = np.searchsorted(owner, np.arange(len(group) + 1))
    share = np.stack((allocate(spend, weight, starts), unknown[owner]))
    pair = sku * periods + group[owner] % periods
    order = stable_order(pair)
    heads = run_starts(pair[order])
    total = np.add.reduceat(share[:, order], heads, axis=1) if len(heads) else share
    sku_of_pair, period = np.divmod(pair[order][heads], periods)
    return sku_of_pair, period, total


def _spend_of_groups(
    tables: AdTables, of_day: Int32Array, periods: int
) -> tuple[Int64Array, tuple[Int64Array, Int64Array]]:
    """Return listing × periods + period of each with ads, ascending, and what they cost there."""
    rows = _days_of(tables.spend_day, of_day)
    period = of_day[tables.spend_day[rows]]
    inside = period >= 0
    key = (tables.spend_listing[rows].astype(np.int64) * periods + period)[inside]
    order = stable_order(key)
    heads = run_starts(key[order])
    if not len(heads):
        return np.empty(0, np.int64), (np.empty(0, np.int64), np.empty(0, np.int64))
    spend, unknown = (
        np.add.reduceat(column[rows][inside][order], heads, dtype=np.int64)
        for column in (tables.spend, tables.unknown)
    )
    return key[order][heads], (spend, unknown)


def _weights(
    tables: AdTables, of_day: Int32Array, periods: int, group: Int64Array
) -> tuple[Int64Array, Int64Array, Int64Array]:
    """Return place of the group, SKU and sales of each SKU that a group sold, ascending."""
    rows = _days_of(tables.sale_day, of_day)
    period = of_day[tables.sale_day[rows]]
    wanted = tables.sale_listing[rows].astype(np.int64) * periods + period
    place = np.searchsorted(group, wanted)
    found = np.append(group, -1)[place] == wanted
    chosen = found & (period >= 0) & (tables.sales[rows] > 0)
    key = (place * tables.skus + tables.sale_sku[rows])[chosen]
    order = stable_order(key)
    heads = run_starts(key[order])
    if not len(heads):
        nothing = np.empty(0, np.int64)
        return nothing, nothing, nothing
    owner, sku = np.divmod(key[order][heads], tables.skus)
    return owner, sku, np.add.reduceat(tables.sales[rows][chosen][order], heads, dtype=np.int64)


def _days_of(day: Int32Array, of_day: Int32Array) -> slice:
    """Return the rows between the first and the last day of any period; `day` ascends."""
    asked = np.flatnonzero(of_day >= 0)
    if not len(asked):
        return slice(0, 0)
    low, high = np.searchsorted(day, [asked[0], asked[-1] + 1])
    return slice(int(low), int(high))
