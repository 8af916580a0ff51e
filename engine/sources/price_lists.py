"""What a parcel costs by zone and weight, on any day: tiers of weight with a price each.

A list is in force from its day until the next one's. A weight is raised to the smallest tier that
holds it. Where a tier has no price, or no list is in force, the price is unknown: no other zone or
tier lends its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.money import Int64Array
from engine.sources.frames import BoolArray, Int32Array
from engine.sources.owner_rows import OPEN_END, UNKNOWN

CARRIER_CURRENCY = "USD"  # of carrier prices, handling fees and declared values


@dataclass(frozen=True, slots=True, eq=False)
class PriceList:
    """Prices of parcels from the day `first` to the day `last`.

    tier: int64[tiers], mdesi, ascending. price: int64[zones, tiers], 1/10,000 of the major unit,
    UNKNOWN where there is none. file: the name of the file.
    """

    tier: Int64Array
    price: Int64Array
    first: int
    last: int = OPEN_END
    file: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class FoundPrices:
    """The price of each parcel.

    price: int64, 1/10,000 of the major unit, UNKNOWN where there is none. tier: int64, mdesi, the
    weight that is charged, UNKNOWN with the price. is_estimated: the weight is above the last tier.
    """

    price: Int64Array
    tier: Int64Array
    is_estimated: BoolArray

    @property
    def known(self) -> BoolArray:
        """Which parcels have a price."""
        return np.asarray(self.price != UNKNOWN)


@dataclass(frozen=True, slots=True)
class PriceTable:
    """Price lists by start day, all with the same zones in the same order."""

    zones: tuple[str, ...] = ()
    lists: tuple[PriceList, ...] = ()
    currency: str = CARRIER_CURRENCY

    def price(
        self,
        zones: Sequence[str],
        zone: Int32Array,
        mdesi: Int64Array,
        day: Int32Array,
        extrapolates: BoolArray | bool = True,
    ) -> FoundPrices:
        """Return the price of each parcel.

        zone: int32[n], indexes `zones`, −1 = no zone. mdesi: int64[n], UNKNOWN where the weight is.
        day: int32[n]. extrapolates: whether a weight above the last tier gets a price, by as many
        steps from the last tier on as the last two tiers are apart (M38).
        """
        index = {name: code for code, name in enumerate(self.zones)}
        known = np.array([index.get(name, -1) for name in zones] + [-1], np.int32)
        return self._priced(known[np.maximum(zone, -1)], mdesi, day, extrapolates)

    def dearest(
        self, mdesi: Int64Array, day: Int32Array, extrapolates: BoolArray | bool = True
    ) -> FoundPrices:
        """Return the highest price that any zone asks for each weight on its day."""
        best = _nothing(len(mdesi))
        for code in range(len(self.zones)):
            zone = np.full(len(mdesi), code, np.int32)
            other = self._priced(zone, mdesi, day, extrapolates)
            is_dearer = other.price > best.price
            best = FoundPrices(
                np.where(is_dearer, other.price, best.price),
                np.where(is_dearer, other.tier, best.tier),
                np.where(is_dearer, other.is_estimated, best.is_estimated),
            )
        return best

    def _priced(
        self,
        zone: Int32Array,
        mdesi: Int64Array,
        day: Int32Array,
        extrapolates: BoolArray | bool,
    ) -> FoundPrices:
        found = _nothing(len(mdesi))
        may = np.broadcast_to(np.asarray(extrapolates, np.bool_), mdesi.shape)
        for prices in self.lists:
            asked = (day >= prices.first) & (day <= prices.last) & (zone >= 0) & (mdesi >= 0)
            rows = np.flatnonzero(asked)
            if not len(rows) or not len(prices.tier):
                continue
            at = np.searchsorted(prices.tier, mdesi[rows])
            is_over = at == len(prices.tier)
            inside = np.minimum(at, len(prices.tier) - 1)
            price = prices.price[zone[rows], inside]
            found.price[rows] = np.where(is_over, UNKNOWN, price)
            found.tier[rows] = np.where(is_over | (price == UNKNOWN), UNKNOWN, prices.tier[inside])
            _price_over(prices, rows[is_over & may[rows]], zone, mdesi, found)
        return found


def _nothing(count: int) -> FoundPrices:
    price, tier = np.full((2, count), UNKNOWN, np.int64)
    return FoundPrices(price, tier, np.zeros(count, np.bool_))


def _price_over(
    prices: PriceList, rows: Int64Array, zone: Int32Array, mdesi: Int64Array, found: FoundPrices
) -> None:
    """Price the parcels above the last tier, in steps of the last two tiers' distance."""
    if len(prices.tier) < 2 or not len(rows):
        return
    width = prices.tier[-1] - prices.tier[-2]
    before, last = prices.price[zone[rows], -2], prices.price[zone[rows], -1]
    known = (before != UNKNOWN) & (last >= before)  # a falling last tier says nothing of the next
    steps = -((prices.tier[-1] - mdesi[rows]) // width)
    found.price[rows] = np.where(known, last + steps * (last - before), UNKNOWN)
    found.tier[rows] = np.where(known, prices.tier[-1] + steps * width, UNKNOWN)
    found.is_estimated[rows] = known


NO_PRICES = PriceTable()
