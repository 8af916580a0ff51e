"""Amounts of the owner's files in minor units of the shop, on the day that they are for.

Rules M1, M16 and M17 of docs/money-rules.md: one rounding, by the rate of that day. Without a rate
the amount is unknown (−1); a missing rate is never 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from math import prod

import numpy as np

from engine.money import MILLION, UNIT_SCALE, Int64Array, round_div
from engine.sources.frames import Int32Array, Shop
from engine.sources.owner_rows import UNKNOWN
from engine.sources.parcel_settings import DatedSetting
from engine.sources.rate_files import Rates

_INT64_SAFE = 2**62


@dataclass(frozen=True, slots=True, eq=False)
class OwnerAmounts:
    """Turns amounts held in 1/10,000 of a currency's major unit into the shop's minor units."""

    shop: Shop
    rates: Rates

    def minor(
        self,
        amount: Int64Array,
        currency: str,
        day: Int32Array,
        quantity: Int64Array | int = 1,
    ) -> Int64Array:
        """Return amount × quantity in minor units; UNKNOWN where the amount or its rate is.

        amount: int64[n], below zero for unknown. day: int32[n]. Nothing needs no rate.
        """
        rate = self.rates.on(currency, self.shop.currency, day)
        known = (amount >= 0) & (rate.known | (amount == 0))
        factors = [np.maximum(amount, 0), quantity]
        divisors: list[Int64Array | int] = [10 ** (UNIT_SCALE - self.shop.digits)]
        if currency != self.shop.currency:
            factors.append(rate.numerator)
            divisors.append(rate.denominator)
        return np.where(known, product_div(factors, divisors), UNKNOWN)

    def setting(self, setting: DatedSetting, day: Int32Array) -> Int64Array:
        """Return a setting that is money in minor units, UNKNOWN where it is not set."""
        row = setting.rows_on(day)
        minor = np.full(len(day), UNKNOWN, np.int64)
        for number in np.unique(row).tolist():
            stated = setting.rows[number]
            at = np.flatnonzero(row == number)
            amount = np.full(len(at), stated.value, np.int64)
            minor[at] = self.minor(amount, stated.currency, day[at])
        return minor


def share_of(base: Int64Array, ppm: Int64Array) -> Int64Array:
    """Return base × rate, rounded once; ppm: parts per million, both ≥ 0."""
    return product_div((base, ppm), (MILLION,))


def product_div(
    factors: Sequence[Int64Array | int], divisors: Sequence[Int64Array | int]
) -> Int64Array:
    """Return the product of the factors ÷ that of the divisors, rounded once.

    Each is one number or int64[n], ≥ 0; the first factor is int64[n]. Rows whose product could pass
    2⁶³ are computed in Python integers.
    """
    sides = [
        [np.broadcast_to(part, np.shape(factors[0])) for part in s] for s in (factors, divisors)
    ]
    largest = max(prod(int(part.max(initial=0)) for part in side) for side in sides)
    if largest < _INT64_SAFE:
        over, under = (np.asarray(reduce(np.multiply, side), np.int64) for side in sides)
        return round_div(over, under)
    # The products as floats are only sizes to choose rows by, far from the limit on either side.
    sizes = [reduce(np.multiply, [part.astype(np.float64) for part in side]) for side in sides]
    is_large = np.maximum(*sizes) >= _INT64_SAFE
    quotient = np.empty(len(is_large), np.int64)
    small, large = np.flatnonzero(~is_large), np.flatnonzero(is_large)
    quotient[small] = round_div(*(reduce(np.multiply, [p[small] for p in s]) for s in sides))
    rows = zip(*(zip(*(p[large].tolist() for p in s), strict=True) for s in sides), strict=True)
    quotient[large] = [round_div(prod(over), prod(under)) for over, under in rows]
    return quotient
