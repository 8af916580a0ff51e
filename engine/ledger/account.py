"""The payment account by day: one row = entries of one day, type and fate, booked on one day.

Rules M27 to M31 of docs/money-rules.md say what becomes of an entry; here that is kept in few rows,
so that any range of days can be tied to the account: what came in and went out in the account's
own currency, its balance before and after, and in which figures, and of which days, it stands.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.ledger.fee_frames import Fate
from engine.ledger.fee_work import FeeWork
from engine.ledger.measured_fees import PlacedEntries
from engine.money import Int64Array, currency_digits, round_div
from engine.sorting import distinct_pairs
from engine.sources.frames import AMOUNT_DIGITS, BoolArray, EntryRows, Int8Array, Int32Array
from engine.sources.ledger_types import is_deposit

_ON_A_SALE = (Fate.SALE, Fate.LABEL)
_ROOM = 2**62


@dataclass(frozen=True, slots=True, eq=False)
class Movements:
    """Entries, those together that nothing tells apart; ascending by day.

    kind: index into Account.kinds. bucket: index into entries.BUCKETS. currency: index into
    Account.currencies. amount: minor units of that currency, positive to the seller. charge: minor
    units of the shop, > 0 costs it, 0 where no rate is known. event_day, order_day: where the
    figures have it, by refund day and by order day.
    """

    day: Int32Array
    event_day: Int32Array
    order_day: Int32Array
    kind: Int32Array
    bucket: Int8Array
    fate: Int8Array
    currency: Int64Array
    entries: Int64Array
    amount: Int64Array
    charge: Int64Array


@dataclass(frozen=True, slots=True, eq=False)
class Balances:
    """One row = the account at the end of a day with entries, ascending by currency, then day.

    before: what the day's first entry found; both in minor units of the currency.
    """

    currency: Int64Array
    day: Int32Array
    before: Int64Array
    after: Int64Array


@dataclass(frozen=True, slots=True, eq=False)
class Deposits:
    """One row = one payout to the bank, in the order of the account.

    amount, after: minor units of the currency; amount > 0 left the account, and `after` is what
    stayed. entries, orders: since the payout before it in this currency.
    """

    currency: Int64Array
    day: Int32Array
    amount: Int64Array
    after: Int64Array
    has_balance: BoolArray
    entries: Int64Array
    orders: Int64Array


@dataclass(frozen=True, slots=True, eq=False)
class Account:
    """All that the payment account of a shop says, up to the watermark.

    fates: int8, the Fate of each row of the table of entries.
    """

    fates: Int8Array
    kinds: tuple[str, ...]  # as received, the last one for entries without a type
    currencies: tuple[str, ...]
    movements: Movements
    balances: Balances
    deposits: Deposits


@dataclass(frozen=True, slots=True, eq=False)
class _Kept:
    """The entries up to the watermark in the order of the account; row: of the source table."""

    row: Int64Array
    day: Int32Array
    currency: Int64Array
    amount: Int64Array
    balance: Int64Array
    has_balance: BoolArray


def account_of(rows: EntryRows, work: FeeWork) -> Account:
    """Return the account; `work` has placed each of the rows."""
    kept = _kept(rows, work.placed)
    return Account(
        fates=work.placed.fate,
        kinds=(*rows.kind.values, ""),
        currencies=tuple(rows.currency.values),
        movements=_movements(rows, work, kept),
        balances=_balances(kept),
        deposits=_deposits(rows, work.placed, kept),
    )


def _kept(rows: EntryRows, placed: PlacedEntries) -> _Kept:
    row = np.flatnonzero((placed.fate != Fate.AFTER_WATERMARK) & (rows.currency.code >= 0))
    row = row[np.lexsort((row, rows.sequence[row], rows.seconds[row], rows.currency.code[row]))]
    scale = minor_unit(rows, row)
    return _Kept(
        row=row,
        day=placed.day[row],
        currency=rows.currency.code[row].astype(np.int64),
        amount=round_div(rows.amount[row], scale),
        balance=round_div(rows.balance.value[row], scale),
        has_balance=rows.balance.known[row],
    )


def minor_unit(rows: EntryRows, row: Int64Array) -> Int64Array:
    """Return how many source units make a minor unit of each of these entries' own currency."""
    digits = [currency_digits(name) for name in rows.currency.values]
    units = np.array([10 ** (AMOUNT_DIGITS - each) for each in digits] + [1], np.int64)
    return units[rows.currency.code[row]]


def _movements(rows: EntryRows, work: FeeWork, kept: _Kept) -> Movements:
    placed, row = work.placed, kept.row
    event_day, order_day = _booked_days(work, row, kept.day)
    keys = (kept.day, event_day, order_day, rows.kind.code[row], placed.fate[row], kept.currency)
    by_key = _order_of(keys)
    is_new = np.zeros(len(row), np.bool_)
    is_new[:1] = True
    for key in keys:
        ordered = key[by_key]
        is_new[1:] |= ordered[1:] != ordered[:-1]
    starts = np.flatnonzero(is_new)
    at = by_key[starts]

    def summed(values: Int64Array) -> Int64Array:
        return np.add.reduceat(values[by_key], starts) if len(starts) else values

    return Movements(
        day=kept.day[at],
        event_day=event_day[at],
        order_day=order_day[at],
        kind=rows.kind.code[row[at]],
        bucket=placed.entries.bucket[row[at]],
        fate=placed.fate[row[at]],
        currency=kept.currency[at],
        entries=np.diff(np.append(starts, len(row))).astype(np.int64),
        amount=summed(kept.amount),
        charge=summed(placed.charge[row]),
    )


def _order_of(keys: Sequence[np.ndarray]) -> Int64Array:
    """Return the order of rows by several keys, the first one first."""
    packed = np.zeros(len(keys[0]), np.int64)
    room = 1
    for key in keys if len(packed) else ():
        low, high = int(key.min()), int(key.max())
        room *= high - low + 1
        packed = packed * (high - low + 1) + (key.astype(np.int64) - low)
    if room >= _ROOM:  # days so far apart that they don't fit into one number
        return np.lexsort(tuple(reversed(keys)))
    return np.argsort(packed, kind="stable")


def _booked_days(work: FeeWork, row: Int64Array, day: Int32Array) -> tuple[Int32Array, Int32Array]:
    """Return the days on which figures have each entry, by refund day and by order day (M30)."""
    placed, sold, given = work.placed, work.sold, work.given
    fate = placed.fate[row]
    event_day, order_day = day.copy(), day.copy()
    of_sale = np.flatnonzero(np.isin(fate, _ON_A_SALE))
    sale_day = sold.day[placed.group[row[of_sale]]]
    event_day[of_sale] = order_day[of_sale] = sale_day
    of_refund = np.flatnonzero(fate == Fate.REFUND)
    refund = placed.refund[row[of_refund]]
    event_day[of_refund] = given.day[refund]
    order_day[of_refund] = sold.day[given.sale_group[refund]]
    return event_day, order_day


def _balances(kept: _Kept) -> Balances:
    at = np.flatnonzero(kept.has_balance)
    currency, day = kept.currency[at], kept.day[at]
    differs = (currency[1:] != currency[:-1]) | (day[1:] != day[:-1])
    first = np.flatnonzero(np.concatenate(([True], differs))[: len(at)])
    last = np.append(first[1:], len(at))[: len(first)] - 1
    return Balances(
        currency=currency[first],
        day=day[first],
        before=(kept.balance - kept.amount)[at[first]],
        after=kept.balance[at[last]],
    )


def _deposits(rows: EntryRows, placed: PlacedEntries, kept: _Kept) -> Deposits:
    of_kind = np.array([*map(is_deposit, rows.kind.values), False], np.bool_)
    is_payout = of_kind[rows.kind.code[kept.row]]
    at = np.flatnonzero(is_payout)
    # The entries between two payouts are one stretch; a currency begins a new one.
    is_first = np.ones(len(kept.row), np.bool_)
    is_first[1:] = is_payout[:-1] | (kept.currency[1:] != kept.currency[:-1])
    stretch = np.cumsum(is_first) - 1
    others = np.flatnonzero(~is_payout)
    entries = np.bincount(stretch[others], minlength=int(is_first.sum()))
    order = placed.entries.order[kept.row]
    named = np.flatnonzero(order >= 0)
    of_stretch, _ = distinct_pairs(stretch[named], order[named].astype(np.int64))
    orders = np.bincount(of_stretch, minlength=int(is_first.sum()))
    return Deposits(
        currency=kept.currency[at],
        day=kept.day[at],
        amount=-kept.amount[at],
        after=kept.balance[at],
        has_balance=kept.has_balance[at],
        entries=entries[stretch[at]].astype(np.int64),
        orders=orders[stretch[at]].astype(np.int64),
    )
