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
        rank: Int64Array | None = None,
    ) -> RealisedRates:
        """Take the rates of payments; of several for one order the lowest payment id answers.

        source: currency of the listing, target: of the payment account. A rate of 0 is none. rank:
        how far the row's origin is to be trusted, the lowest answers before any id.
        """
        usable = np.flatnonzero(rate.known & (rate.value > 0) & (order_id != 0))
        ranks = np.zeros(len(order_id), np.int64) if rank is None else rank
        usable = usable[np.lexsort((payment_id[usable], ranks[usable], order_id[usable]))]
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
class AppliedRates:
    """The rate of each of some amounts, as a fraction; one row = one amount.

    An amount × numerator ÷ denominator is the amount in the other currency; both int64, 0 and 1
    where no rate is known. day: int32, day number of the rate. source: int8, a RateSource.
    """

    numerator: Int64Array
    denominator: Int64Array
    day: Int32Array
    source: Int8Array

    def __len__(self) -> int:
        return len(self.source)

    @property
    def known(self) -> BoolArray:
        """Which rows have a rate."""
        return np.asarray(self.source != RateSource.MISSING)

    def chosen(self, rows: BoolArray | Int64Array | Int32Array) -> AppliedRates:
        """Return some of the rows, by mask or by position."""
        return AppliedRates(
            self.numerator[rows], self.denominator[rows], self.day[rows], self.source[rows]
        )

    def minor(self, amount: Int64Array, scale: Int64Array | int) -> Int64Array:
        """Convert amounts of any sign, each with one rounding; 0 where there is no rate.

        scale: how many units of an amount make one minor unit, the divisor of that rounding.
        """
        scales = np.broadcast_to(np.asarray(scale, np.int64), amount.shape)
        own = self.source == RateSource.OWN
        if own.all():
            return round_div(amount, scales)
        minor = np.zeros(len(amount), np.int64)
        minor[own] = round_div(amount[own], scales[own])
        at = np.flatnonzero(self.known & ~own)
        factors = np.abs(amount[at]), self.numerator[at]
        size = product_div(factors, (self.denominator[at], scales[at]))
        minor[at] = size * np.sign(amount[at])
        return minor


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
    """Brings amounts into the shop's currency, or another one, at the rate of their day."""

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
        found = self.to_shop(currency, day, order_id)
        return Converted(found.minor(amount, 10 ** (digits - self.shop.digits)), found.source)

    def in_one(
        self, amount: Int64Array, currency: str, day: Int32Array, order_id: Int64Array, digits: int
    ) -> Converted:
        """Convert amounts that are all in one currency; otherwise as `minor`."""
        return self.minor(amount, _all(currency, len(amount)), day, order_id, digits=digits)

    def to_shop(self, currency: Texts, day: Int32Array, order_id: Int64Array) -> AppliedRates:
        """Return the rate of each amount into the shop's currency."""
        return self.between(currency, _all(self.shop.currency, len(currency)), day, order_id)

    def between(
        self, source: Texts, target: Texts, day: Int32Array, order_id: Int64Array
    ) -> AppliedRates:
        """Return the rate of each amount from one currency to another.

        A currency that is not named (code −1) has no rate. day, order_id: as of `minor`.
        """
        count = len(source)
        rates = AppliedRates(
            np.zeros(count, np.int64),
            np.ones(count, np.int64),
            day.astype(np.int32),
            np.full(count, RateSource.MISSING, np.int8),
        )
        is_named = (source.code >= 0) & (target.code >= 0)
        pair = np.where(is_named, source.code.astype(np.int64) * len(target.values), -1)
        pair = np.where(is_named, pair + target.code, -1)
        # Counted rather than sorted out: there are few pairs and many amounts.
        for number in np.flatnonzero(np.bincount(pair[is_named])).tolist():
            at = np.flatnonzero(pair == number)
            of, into = divmod(number, len(target.values))
            self._fill(rates, at, source.values[of], target.values[into], order_id[at])
        return rates

    def _fill(
        self, rates: AppliedRates, at: Int64Array, source: str, target: str, order_id: Int64Array
    ) -> None:
        """Write the rates of one pair of currencies into the rows `at`."""
        if source == target:
            rates.numerator[at], rates.source[at] = 1, RateSource.OWN
            return
        day = rates.day[at]
        found = self.rates.on(source, target, day)
        is_realised = self.realised.fill(found, source, target, order_id)
        origin = np.where(found.known, RateSource.MARKET, RateSource.MISSING)
        rates.source[at] = np.where(is_realised, RateSource.REALISED, origin)
        rates.numerator[at] = np.where(found.known, found.numerator, 0)
        rates.denominator[at] = np.where(found.known, found.denominator, 1)
        rates.day[at] = np.where(is_realised, day, found.day)


def _all(currency: str, count: int) -> Texts:
    return Texts(np.zeros(count, np.int32), (currency,))
