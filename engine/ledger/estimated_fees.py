"""Fees by the dated schedule: one row = one counted order, for one kind of fee.

Rules M32 and M33 of docs/money-rules.md. A rate that is not stated is not 0: the fee is unknown.
Nothing is estimated that the schedule doesn't ask for by order: set-up, deposits, subscriptions and
whatever the marketplace gives back come from the payment account only.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.ledger.amounts import Amounts
from engine.ledger.exchange import Exchange
from engine.ledger.owner_amounts import product_div, share_of
from engine.ledger.postings import PAID_BASE, UNIT, Base, RefundRows, SaleRows, Target
from engine.money import UNIT_SCALE, Int64Array
from engine.sources.fee_schedule import NO_ROW, FeeRow, FeeSchedule
from engine.sources.frames import BoolArray, Int8Array, Int32Array
from engine.sources.ledger_types import Bucket
from engine.sources.offsite_orders import OFFSITE_KINDS

FEES = "fees"  # the base of VAT: the order's other fees
NEEDED = ("transaction", "processing")  # every sale has these: without a row they are unknown
KINDS = {
    Bucket.TRANSACTION: "transaction",
    Bucket.PROCESSING: "processing",
    Bucket.LISTING: "listing",
    Bucket.REGULATORY: "regulatory",
    Bucket.CONVERSION: "currency_conversion",
    Bucket.OFFSITE_ADS: "offsite_ads",
}
VAT_KIND = "vat_on_fees"
_FREE_OF_CREDIT = ("listing",)  # what a refund does not bring back, unless the row says so
_RATE_ONLY = ("processing",)  # of these a refund brings the rate part back, not the fixed part


@dataclass(frozen=True, slots=True, eq=False)
class Ordered:
    """What the schedule asks of each counted order, in the order of the sale groups.

    country: codes into `countries`, −1 = unknown. offsite: index into OFFSITE_KINDS, −1 = none.
    at_market: the order was converted at a rate that is not the marketplace's own.
    """

    order_id: Int64Array
    day: Int32Array
    country: Int32Array
    countries: tuple[str, ...]
    offsite: Int8Array
    at_market: BoolArray


@dataclass(frozen=True, slots=True, eq=False)
class Estimate:
    """One kind of fee of every counted order.

    of_orders: `amount` and `creditable`, int64[orders] ≥ 0, 0 where unknown, the second is what a
    full refund brings back; `whole`, what the fee is taken of; `own_whole`, the same in the order's
    own currency, as refunds are. of_lines: `amount`, int64[sale rows], the fee split over its
    lines. row: of the schedule. bases, base_of: which parts of an order the fee is taken of.
    """

    of_orders: Amounts
    of_lines: Amounts
    known: BoolArray
    row: Int32Array
    bases: tuple[Base, ...]
    base_of: Int8Array

    @property
    def amount(self) -> Int64Array:
        """The fee of each order; int64[orders]."""
        return self.of_orders["amount"]

    @property
    def lines(self) -> Int64Array:
        """The fee of each line; int64[sale rows]."""
        return self.of_lines["amount"]

    def credits(self, given: RefundRows, used: BoolArray, credited: Int64Array) -> Int64Array:
        """Return what refunds bring back of the orders `used`, ≤ 0; int64[refund rows].

        Cumulative, so that all refunds of an order together bring back no more than the fee.
        credited: int64[refund rows] ≥ 0, credits of other kinds, for a fee on fees.
        """
        steps, weight = self.credit_steps(given, used, credited)
        return -given.share_out(steps, weight)

    def credit_steps(
        self, given: RefundRows, used: BoolArray, credited: Int64Array
    ) -> tuple[Int64Array, Int64Array]:
        """Return what each refund brings back, ≥ 0, and the weights of its rows."""
        weight = _by_base(given, self.bases, self.base_of[given.sale_group], credited)
        own_whole = self.of_orders.of("own_whole", given.sale_group)
        part = np.minimum(given.so_far(given.sums(weight)), own_whole)
        creditable = np.where(used, self.of_orders["creditable"], 0)[given.sale_group]
        whole = np.maximum(own_whole, 1)
        so_far = product_div((creditable, part), (whole,))
        return given.steps(so_far), weight

    def weights(self, sold: SaleRows, fees: Int64Array | None) -> Int64Array:
        """Return what the fee of each order goes to its lines by; int64[sale rows].

        fees: the other fees of each line, for a fee on fees. A fee by unit goes by units here, as
        each line has its own.
        """
        return _by_base(sold, self.bases, self.base_of, fees)


@dataclass(frozen=True, slots=True, eq=False)
class Estimator:
    """Applies the rows of a schedule to the counted orders of a shop."""

    schedule: FeeSchedule
    exchange: Exchange
    sold: SaleRows
    ordered: Ordered

    def estimate(self, bucket: Bucket) -> Estimate:
        """Estimate one kind of KINDS for every counted order."""
        kind = KINDS[bucket]
        if bucket is Bucket.OFFSITE_ADS:
            row = np.full(self.sold.groups, NO_ROW, np.int32)
            for code, name in enumerate(OFFSITE_KINDS):
                row = np.where(self.ordered.offsite == code, self._rows(name), row)
        else:
            row = self._rows(kind)
        if bucket is Bucket.CONVERSION:
            row = np.where(self.ordered.at_market, row, NO_ROW)
        known = np.ones(self.sold.groups, np.bool_)
        return self._estimate(kind, row.astype(np.int32), None, known)

    def estimate_vat(self, fees: Int64Array, known: BoolArray) -> Estimate:
        """Estimate the VAT on the other fees of every line; fees: int64[sale rows] ≥ 0.

        known: bool[orders], all the order's other fees are known.
        """
        return self._estimate(VAT_KIND, self._rows(VAT_KIND), fees, known)

    @property
    def paid(self) -> Int64Array:
        """What the buyer of each order paid, tax included."""
        return self.sold.sums(self.sold.of(PAID_BASE))

    def _rows(self, kind: str) -> Int32Array:
        ordered = self.ordered
        return self.schedule.rows_for(
            self.exchange.shop.country, kind, ordered.countries, ordered.country, ordered.day
        )

    def _estimate(
        self, kind: str, row: Int32Array, fees: Int64Array | None, base_known: BoolArray
    ) -> Estimate:
        numbers = [number for number in np.unique(row).tolist() if number != NO_ROW]
        bases = tuple(sorted({self.schedule.rows[n].base for n in numbers}, key=sorted))
        base_of = np.zeros(self.sold.groups, np.int8)
        for number in numbers:
            base_of[row == number] = bases.index(self.schedule.rows[number].base)
        weight = _by_base(self.sold, bases, base_of, fees)
        whole = self.sold.sums(weight)
        own, own_whole = self.sold.own, whole
        if own.parts is not self.sold.parts:
            own_whole = own.sums(_by_base(own, bases, base_of, fees))
        amount = np.zeros(len(whole), np.int64)
        creditable = np.zeros(len(whole), np.int64)
        is_needed = kind in NEEDED and not self.schedule.is_free
        is_due = self.paid > 0 if is_needed else np.zeros(len(whole), np.bool_)
        known = (row != NO_ROW) | ~is_due
        for number in numbers:
            at = np.flatnonzero(row == number)
            stated = self.schedule.rows[number]
            if UNIT in stated.base:
                amount[at], known[at] = self._by_unit(stated, at, weight)
            else:
                amount[at], creditable[at], known[at] = self._by_rate(stated, at, whole[at])
            # Nothing owes nothing, but a rate of something unknown is unknown.
            known[at] |= whole[at] == 0
            known[at] &= base_known[at] | (FEES not in stated.base)
            creditable[at] = _creditable(kind, stated, amount[at], creditable[at])
        unknown = ~known
        amount[unknown], creditable[unknown] = 0, 0
        of_orders = {"creditable": creditable, "whole": whole, "own_whole": own_whole}
        of_orders["amount"] = amount
        lines = {"amount": self.sold.share_out(amount, weight)}
        held = Amounts(of_orders.items()), Amounts(lines.items())
        return Estimate(*held, known, row, bases, base_of)

    def _by_rate(
        self, stated: FeeRow, at: Int64Array, base: Int64Array
    ) -> tuple[Int64Array, Int64Array, BoolArray]:
        """Return fee, its rate part and whether it is known, for the orders `at`."""
        # A fee is never below nothing: what is paid back is an entry of the payment account.
        ppm = np.full(len(at), max(stated.ppm or 0, 0), np.int64)
        by_rate = share_of(base, ppm)
        fixed, known = self._minor(stated.fixed or 0, stated, at)
        amount = np.where(base > 0, by_rate + fixed, 0)
        amount, is_bounded = self._bounded(stated, at, amount)
        if stated.below is not None:
            limit, limit_known = self._minor(stated.below, stated, at)
            amount = np.where(base < limit, amount, 0)
            known &= limit_known
        known &= is_bounded & (not stated.is_unknown)
        return amount, np.minimum(by_rate, amount), known

    def _by_unit(
        self, stated: FeeRow, at: Int64Array, weight: Int64Array
    ) -> tuple[Int64Array, BoolArray]:
        """Return fee and whether it is known; writes each line's own fee into `weight`."""
        chosen = np.zeros(self.sold.groups, np.bool_)
        chosen[at] = True
        rows = np.flatnonzero(self.sold.to_rows(chosen))
        group = self.sold.to_rows(np.arange(self.sold.groups))[rows]
        own = self.exchange.in_one(
            weight[rows] * (stated.fixed or 0),
            stated.currency or self.exchange.shop.own_currency,
            self.ordered.day[group],
            self.ordered.order_id[group],
            UNIT_SCALE,
        )
        weight[rows] = own.minor
        known = np.full(self.sold.groups, stated.fixed is not None)
        known[group[~own.known]] = False
        amount, is_bounded = self._bounded(stated, at, self.sold.sums(weight)[at])
        return amount, known[at] & is_bounded

    def _bounded(
        self, stated: FeeRow, at: Int64Array, amount: Int64Array
    ) -> tuple[Int64Array, BoolArray]:
        if stated.cap is None:
            return amount, np.ones(len(at), np.bool_)
        cap, known = self._minor(stated.cap, stated, at)
        return np.minimum(amount, cap), known

    def _minor(self, value: int, stated: FeeRow, at: Int64Array) -> tuple[Int64Array, BoolArray]:
        """Return an amount of the row in minor units on the day of each order, 0 if unknown."""
        found = self.exchange.in_one(
            np.full(len(at), value, np.int64),
            stated.currency if value else self.exchange.shop.currency,
            self.ordered.day[at],
            self.ordered.order_id[at],
            UNIT_SCALE,
        )
        return found.minor, found.known


def _creditable(kind: str, stated: FeeRow, amount: Int64Array, rate_part: Int64Array) -> Int64Array:
    usual = "rate" if kind in _RATE_ONLY else "none" if kind in _FREE_OF_CREDIT else "all"
    credit = stated.credit or usual
    if credit == "none":
        return np.zeros(len(amount), np.int64)
    return rate_part if credit == "rate" else amount


def _by_base(
    target: Target, bases: tuple[Base, ...], base_of: Int8Array, fees: Int64Array | None
) -> Int64Array:
    """Return of each row the parts that its group's fee is taken of; int64[rows]."""
    total = np.zeros(target.rows, np.int64)
    code = target.to_rows(base_of) if len(bases) > 1 else None
    for number, base in enumerate(bases):
        parts = target.of(base)
        if fees is not None and FEES in base:
            parts += fees
        total = parts if code is None else np.where(code == number, parts, total)
    return total
