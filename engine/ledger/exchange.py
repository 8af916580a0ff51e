"""Amounts in another currency, in minor units of the shop: one row = one amount of one day.

Rules M16 and M17 of docs/money-rules.md. The rate that the marketplace itself used for an order's
payment comes before the rates of the owner's table. An amount and its rate are one division with
one rounding. A missing rate is never 1: the amount is unknown.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from engine.ledger.owner_amounts import product_div
from engine.money import Int64Array, round_div
from engine.sources.frames import (
    AMOUNT_DIGITS,
    BoolArray,
    Int8Array,
    Int32Array,
    Maybe,
    Shop,
    Texts,
)
from engine.sources.rate_files import RATE_SCALE, FoundRates, Rates

_INT64_SAFE = 2**60


class RateSource(IntEnum):
    """Where the rate of an amount comes from."""

    MISSING = 0
    OWN = 1  # the shop's currency: nothing to convert
    REALISED = 2  # the marketplace's own payment of the order
    MARKET = 3  # the table of rates


@dataclass(frozen=True, slots=True, eq=False)
class RealisedRates:
    """Rates at which the marketplace paid orders out; one row = one order, ascending by id.

    rate: int64 > 0, 10⁻⁸: how much of `target` one of `source` was worth.
    """

    order_id: Int64Array
    source: Texts
    target: Texts
    rate: Int64Array

    @classmethod
    def of_payments(
        cls,
        payment_id: Int64Array,
        order_id: Int64Array,
        source: Texts,
        target: Texts,
        rate: Maybe,
    ) -> RealisedRates:
        """Take the rates of payments; of several for one order the lowest payment id answers.

        source: currency of the listing, target: of the payment account. A rate of 0 is none.
        """
        usable = np.flatnonzero(rate.known & (rate.value > 0) & (order_id != 0))
        usable = usable[np.lexsort((payment_id[usable], order_id[usable]))]
        ids, first = np.unique(order_id[usable], return_index=True)
        row = usable[first]
        return cls(
            ids,
            Texts(source.code[row], source.values),
            Texts(target.code[row], target.values),
            rate.value[row],
        )

    def fill(self, found: FoundRates, source: str, target: str, order_id: Int64Array) -> BoolArray:
        """Write the rates of these orders into `found`, and tell which rows got one."""
        if not len(self.order_id):
            return np.zeros(len(order_id), np.bool_)
        at = np.minimum(np.searchsorted(self.order_id, order_id), len(self.order_id) - 1)
        is_paid = self.order_id[at] == order_id
        fits = is_paid & self._is_pair(source, target)[at]
        inverse = is_paid & ~fits & self._is_pair(target, source)[at]
        rate = self.rate[at]
        found.numerator[fits] = rate[fits]
        found.denominator[fits] = RATE_SCALE
        found.numerator[inverse] = RATE_SCALE
        found.denominator[inverse] = rate[inverse]
        used: BoolArray = fits | inverse
        found.is_inverse[used] = inverse[used]
        found.known[used] = True
        return used

    def _is_pair(self, source: str, target: str) -> BoolArray:
        is_source = np.array([value == source for value in self.source.values] + [False], np.bool_)
        is_target = np.array([value == target for value in self.target.values] + [False], np.bool_)
        pair: BoolArray = is_source[self.source.code] & is_target[self.target.code]
        return pair


_NO_TEXTS = Texts(np.empty(0, np.int32), ())
NO_REALISED = RealisedRates(np.empty(0, np.int64), _NO_TEXTS, _NO_TEXTS, np.empty(0, np.int64))


@dataclass(frozen=True, slots=True, eq=False)
class Converted:
    """Amounts in minor units of the shop, 0 where they are unknown, and whence their rates are."""

    minor: Int64Array
    source: Int8Array  # RateSource

    @property
    def known(self) -> BoolArray:
        """Which amounts could be converted."""
        return np.asarray(self.source != RateSource.MISSING)


@dataclass(frozen=True, slots=True, eq=False)
class Exchange:
    """Brings amounts into the shop's currency at the rate of their day."""

    shop: Shop
    rates: Rates
    realised: RealisedRates = NO_REALISED

    def minor(
        self,
        amount: Int64Array,
        currency: Texts,
        day: Int32Array,
        order_id: Int64Array,
        *,
        digits: int = AMOUNT_DIGITS,
    ) -> Converted:
        """Convert amounts, each with one rounding.

        amount: int64[n] of any sign, in 10^-digits of the major unit. day: int32[n], the day of the
        event. order_id: int64[n], the order that an amount belongs to, 0 = none.
        """
        minor = np.zeros(len(amount), np.int64)
        source = np.full(len(amount), RateSource.MISSING, np.int8)
        for code, name in enumerate(currency.values):
            at = np.flatnonzero(currency.code == code)
            minor[at], source[at] = self._one(amount[at], name, day[at], order_id[at], digits)
        return Converted(minor, source)

    def in_one(
        self, amount: Int64Array, currency: str, day: Int32Array, order_id: Int64Array, digits: int
    ) -> Converted:
        """Convert amounts that are all in one currency; otherwise as `minor`."""
        return Converted(*self._one(amount, currency, day, order_id, digits))

    def found(
        self, currency: str, day: Int32Array, order_id: Int64Array
    ) -> tuple[FoundRates, Int8Array]:
        """Return the rate of each day and order into the shop's currency, and its RateSource."""
        target = self.shop.currency
        found = self.rates.on(currency, target, day)
        source = np.where(found.known, RateSource.MARKET, RateSource.MISSING).astype(np.int8)
        if currency == target:
            source[:] = RateSource.OWN
        else:
            realised = self.realised.fill(found, currency, target, order_id)
            found.day[realised] = day[realised]
            source[realised] = RateSource.REALISED
        return found, source

    def _one(
        self, amount: Int64Array, currency: str, day: Int32Array, order_id: Int64Array, digits: int
    ) -> tuple[Int64Array, Int8Array]:
        scale = 10 ** (digits - self.shop.digits)
        if currency == self.shop.currency:
            return round_div(amount, scale), np.full(len(amount), RateSource.OWN, np.int8)
        found, source = self.found(currency, day, order_id)
        size = _product_div(np.abs(amount), found.numerator, found.denominator, scale)
        return size * np.sign(amount), source


def _product_div(
    number: Int64Array, by: Int64Array, denominator: Int64Array, scale: int
) -> Int64Array:
    """Return number × by ÷ (denominator × scale); only rows that int64 can't hold go slowly."""
    out = np.zeros(len(number), np.int64)
    large = (number.astype(np.float64) * by > _INT64_SAFE) | (
        denominator.astype(np.float64) * scale > _INT64_SAFE
    )
    for rows in (np.flatnonzero(~large), np.flatnonzero(large)):
        out[rows] = product_div((number[rows], by[rows]), (denominator[rows], scale))
    return out
