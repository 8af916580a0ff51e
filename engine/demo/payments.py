"""The payment account of a demo shop: one row of `Payments` is one payment of an order, one row of
`Ledger` one movement of the account, positive = to the seller.

The account is in another currency than the shop; each amount is converted once, at the realised
rate of its payment. Only the first months have a ledger: for later orders fees are an estimate.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.demo.amounts import Amounts
from engine.demo.baskets import Lines
from engine.demo.calendar_days import Days
from engine.demo.draws import BoolArray
from engine.demo.exchange import RATE_UNIT, Rates
from engine.demo.fulfilment import Fulfilment
from engine.demo.refunds import NO_ORDER, SUCCESS, UNKNOWN, Refunds
from engine.money import MILLION, Int64Array, round_div

_TRANSACTION_PPM, _PROCESSING_PPM, _REGULATORY_PPM, _VAT_PPM = 65_000, 65_000, 11_000, 200_000
_PROCESSING_FIXED = 300  # minor units of the account
_LISTING_CENTS = 20  # a unit
_REALISED_PERMILLE = 975  # the marketplace's own rate keeps a share
_RATE_STEP = 10_000  # of RATE_UNIT: a rate has four decimals
_PAYMENT_IDS, _ENTRY_IDS = 90_000_000_001, 60_000_000_001
HOLD_SECONDS = 3 * 86_400
# Type, description, and what an entry refers to.
TYPES = (
    ("PAYMENT_GROSS", "Payment for an order", "Receipt"),
    ("sales_tax", "Sales tax paid by buyer", "Receipt"),
    ("transaction", "Transaction fee", "Transaction"),
    ("shipping_transaction", "Transaction fee: Shipping", "Receipt"),
    ("gift_wrap_fees", "Transaction fee: Gift wrap", "Receipt"),
    ("PAYMENT_PROCESSING_FEE", "Processing fee", "Receipt"),
    ("regulatory_operating_fee", "Regulatory operating fee", "Receipt"),
    ("renew_sold", "Listing fee", "Transaction"),
    ("vat_seller_services", "VAT: selling fees", "Receipt"),
    ("vat_on_processing_fees", "VAT: processing fee", "Receipt"),
    ("REFUND_GROSS", "Refund to buyer", "Receipt"),
    ("sales_tax_refund", "Refund of sales tax", "Receipt"),
    ("transaction_refund", "Credit for transaction fee", "Receipt"),
    ("PAYMENT_PROCESSING_FEE_refund", "Credit for processing fee", "Receipt"),
    ("prolist", "Etsy Ads", ""),
    ("DISBURSE", "Deposit", ""),
)
_CODE = {name: code for code, (name, _, _) in enumerate(TYPES)}


@dataclass(frozen=True, slots=True)
class Payments:
    """Amounts in minor units of the account; `adjusted_…` hold where `is_adjusted`."""

    payment_id: Int64Array
    order: Int64Array
    gross: Int64Array  # without the tax that the marketplace keeps
    fees: Int64Array
    adjusted_gross: Int64Array
    adjusted_fees: Int64Array
    is_adjusted: np.ndarray[tuple[int], np.dtype[np.bool_]]
    refunded: Int64Array
    rate: Int64Array


@dataclass(frozen=True, slots=True)
class Ledger:
    """Entries ascending in time; −1 = refers to no order, line or payment."""

    entry_id: Int64Array
    kind: Int64Array  # index into TYPES
    amount: Int64Array
    seconds: Int64Array
    balance: Int64Array
    order: Int64Array
    line: Int64Array
    payment: Int64Array


@dataclass(frozen=True, slots=True)
class AccountRates:
    """What money is worth in the account: the shop's, and by way of it a second currency."""

    of_shop: Rates
    second: Rates  # of the second currency in the shop's
    is_second: BoolArray  # orders in the second currency

    def realised(self, order: Int64Array, day: Int64Array) -> Int64Array:
        """Return the marketplace's own rate for each order, four decimals."""
        own = _realised(self.of_shop, day)
        through = own * (self.second.at(day) // _RATE_STEP) // (RATE_UNIT // _RATE_STEP)
        return np.where(self.is_second[order], through // _RATE_STEP * _RATE_STEP, own)


@dataclass(frozen=True, slots=True)
class _Entries:
    kind: Int64Array
    amount: Int64Array
    seconds: Int64Array
    payment: Int64Array  # index into the payments, −1 = none
    line: Int64Array


def ledger_end(days: Days, months: int) -> int:
    """Return the instant up to which there is a ledger: the start of a local month."""
    later = np.flatnonzero(days.month >= days.month[0] + months)
    return int(days.start[later[0]]) if len(later) else days.end


def make_payments(
    days: Days,
    until: int,
    day: Int64Array,
    seconds: Int64Array,
    lines: Lines,
    amounts: Amounts,
    fulfilment: Fulfilment,
    refunds: Refunds,
    ad_spend: tuple[Int64Array, Int64Array],
    rates: AccountRates,
) -> tuple[Payments, Ledger]:
    """Return the payments of the orders before `until` and the account's movements.

    `ad_spend` is the day and the sum, in the shop's minor units, of each bill for advertising.
    """
    order = np.flatnonzero(fulfilment.counts & (amounts.paid > 0) & (seconds < until))
    order = order.astype(np.int64)
    rate = rates.realised(order, day[order])
    gross = _converted(amounts.base[order], rate)
    tax = _converted((amounts.paid - amounts.base)[order], rate)
    processing = _converted(round_div(amounts.paid[order] * _PROCESSING_PPM, MILLION), rate)
    processing += _PROCESSING_FIXED
    at = seconds[order]
    entries = [
        _of_orders("PAYMENT_GROSS", gross + tax, at),
        _of_orders("sales_tax", -tax, at),
        _of_orders("PAYMENT_PROCESSING_FEE", -processing, at),
        *_selling_fees(order, at, rate, _realised(rates.of_shop, day[order]), lines, amounts),
        _of_orders("vat_on_processing_fees", -round_div(processing * _VAT_PPM, MILLION), at),
    ]
    back, tax_back, credit, refund_entries = _refunds(
        order, rate, amounts, refunds, processing - _PROCESSING_FIXED, until
    )
    entries += refund_entries
    entries.append(_ad_bills(days, until, ad_spend, rates.of_shop))
    payments = Payments(
        payment_id=_PAYMENT_IDS + 3 * np.arange(len(order), dtype=np.int64),
        order=order,
        gross=gross,
        fees=processing,
        adjusted_gross=gross - (back - tax_back),
        adjusted_fees=processing - credit,
        is_adjusted=back > 0,
        refunded=back,
        rate=rate,
    )
    return payments, _ledger(days, until, payments, _merged(entries))


def _ad_bills(
    days: Days, until: int, ad_spend: tuple[Int64Array, Int64Array], rates: Rates
) -> _Entries:
    """One entry for each bill for advertising that was due before the ledger ends."""
    due = ad_spend[0] < days.day_of(np.array([until], np.int64))[0]
    day, spend = ad_spend[0][due], ad_spend[1][due]
    return _plain("prolist", -_converted(spend, _realised(rates, day)), days.start[day] + 3_600)


def _realised(rates: Rates, day: Int64Array) -> Int64Array:
    """Return the marketplace's own rate, four decimals."""
    return rates.at(day) * _REALISED_PERMILLE // (1_000 * _RATE_STEP) * _RATE_STEP


def _converted(minor: Int64Array, rate: Int64Array) -> Int64Array:
    return round_div(minor * (rate // _RATE_STEP), RATE_UNIT // _RATE_STEP)


def _of_orders(kind: str, amount: Int64Array, seconds: Int64Array) -> _Entries:
    """One entry for each payment."""
    count = len(amount)
    payment = np.arange(count, dtype=np.int64)
    return _Entries(
        np.full(count, _CODE[kind]), amount, seconds, payment, np.full(count, -1, np.int64)
    )


def _plain(kind: str, amount: Int64Array, seconds: Int64Array) -> _Entries:
    """Entries that refer to nothing."""
    nothing = np.full(len(amount), -1, np.int64)
    return _Entries(np.full(len(amount), _CODE[kind]), amount, seconds, nothing, nothing)


def _selling_fees(
    order: Int64Array,
    at: Int64Array,
    rate: Int64Array,
    of_shop: Int64Array,
    lines: Lines,
    amounts: Amounts,
) -> list[_Entries]:
    """Transaction, listing and regulatory fees and the VAT on them; a listing costs shop money."""
    place = np.full(len(amounts.value), -1, np.int64)
    place[order] = np.arange(len(order))
    line = np.flatnonzero(place[lines.order] >= 0).astype(np.int64)
    of = place[lines.order[line]]
    goods = (lines.value - amounts.line_discount)[line]
    fee = _converted(round_div(goods * _TRANSACTION_PPM, MILLION), rate[of])
    listing = _converted(_LISTING_CENTS * lines.quantity[line], of_shop[of])
    shares = {
        name: _converted(round_div(column[order] * ppm, MILLION), rate)
        for name, column, ppm in (
            ("shipping_transaction", amounts.shipping, _TRANSACTION_PPM),
            ("gift_wrap_fees", amounts.gift_wrap, _TRANSACTION_PPM),
            ("regulatory_operating_fee", amounts.base, _REGULATORY_PPM),
        )
    }
    whole = sum(shares.values(), start=np.zeros(len(order), np.int64))
    np.add.at(whole, of, fee + listing)
    entries = [_of_orders(name, -share, at) for name, share in shares.items()]
    entries.append(_of_orders("vat_seller_services", -round_div(whole * _VAT_PPM, MILLION), at))
    for kind, amount in (("transaction", fee), ("renew_sold", listing)):
        entries.append(_Entries(np.full(len(line), _CODE[kind]), -amount, at[of], of, line))
    return entries


def _refunds(
    order: Int64Array,
    rate: Int64Array,
    amounts: Amounts,
    refunds: Refunds,
    processing: Int64Array,
    until: int,
) -> tuple[Int64Array, Int64Array, Int64Array, list[_Entries]]:
    """Return by payment what went back, its tax part, the fee credited, and the entries."""
    booked = (
        (refunds.order != NO_ORDER)
        & (refunds.status == SUCCESS)
        & (refunds.is_superseded == 0)
        & (refunds.seconds != UNKNOWN)
        & (refunds.seconds < until)
        & np.isin(refunds.order, order)
    )
    row = np.flatnonzero(booked)
    payment = np.searchsorted(order, refunds.order[row])
    paid = amounts.paid[refunds.order[row]]
    collected = paid - amounts.base[refunds.order[row]]
    amount = refunds.amount[row]
    tax = np.where(
        refunds.tax[row] >= 0,
        refunds.tax[row],
        round_div(np.minimum(amount, paid) * collected, np.maximum(paid, 1)),
    )
    back, tax_back = _converted(amount, rate[payment]), _converted(tax, rate[payment])
    part = np.minimum(amount, paid)
    fee = round_div((amounts.base[refunds.order[row]]) * _TRANSACTION_PPM, MILLION)
    fee_back = _converted(round_div(fee * part, np.maximum(paid, 1)), rate[payment])
    credit = round_div(processing[payment] * part, np.maximum(paid, 1))
    seconds = refunds.seconds[row]
    nothing = np.full(len(row), -1, np.int64)
    entries = [
        _Entries(np.full(len(row), _CODE[kind]), value, seconds, payment, nothing)
        for kind, value in (
            ("REFUND_GROSS", -back),
            ("sales_tax_refund", tax_back),
            ("transaction_refund", fee_back),
            ("PAYMENT_PROCESSING_FEE_refund", credit),
        )
    ]
    sums = [np.zeros(len(order), np.int64) for _ in range(3)]
    for total, values in zip(sums, (back, tax_back, credit), strict=True):
        np.add.at(total, payment, values)
    return sums[0], sums[1], sums[2], entries


def _merged(parts: list[_Entries]) -> _Entries:
    joined = [np.concatenate([getattr(p, name) for p in parts]) for name in _Entries.__slots__]
    kind, amount, seconds, payment, line = joined
    kept = np.flatnonzero(amount != 0)
    order = kept[np.lexsort((line[kept], kind[kept], payment[kept], seconds[kept]))]
    return _Entries(*(column[order] for column in (kind, amount, seconds, payment, line)))


def _ledger(days: Days, until: int, payments: Payments, entries: _Entries) -> Ledger:
    """Add a deposit of the whole balance on each Monday, and the balance after each entry."""
    mondays = days.start[:-1][(days.weekday == 0) & (days.start[:-1] < until)] + 21_600
    before = np.searchsorted(entries.seconds, mondays)
    running = np.concatenate((np.zeros(1, np.int64), np.cumsum(entries.amount)))
    due = np.diff(np.maximum.accumulate(running[before]), prepend=0)  # never pays in
    deposits = _plain("DISBURSE", -due, mondays)
    every = _merged([entries, deposits])
    count = len(every.kind)
    has_payment = every.payment >= 0
    at = np.maximum(every.payment, 0)
    return Ledger(
        entry_id=_ENTRY_IDS + 5 * np.arange(count, dtype=np.int64),
        kind=every.kind,
        amount=every.amount,
        seconds=every.seconds,
        balance=np.cumsum(every.amount),
        order=np.where(has_payment, payments.order[at], -1),
        line=every.line,
        payment=np.where(has_payment, payments.payment_id[at], -1),
    )
