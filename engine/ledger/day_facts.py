"""Facts without an order, day by day: ads, visits and expenses; one row = one listing × one day.

Rules M41 to M45 of docs/money-rules.md. What belongs to no listing is on listing 0. The days go on
after the watermark, so that nothing is lost where a span is not over yet.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from engine.ledger.amounts import Amounts
from engine.ledger.exchange import Exchange
from engine.ledger.frames import DayFact, DayFacts, DayRows
from engine.ledger.spans import SpanDays, span_borders
from engine.local_time import LocalClock
from engine.money import UNIT_SCALE, Int64Array
from engine.sources.expense_files import Expenses
from engine.sources.frames import AdRows, BoolArray, Int32Array, Maybe, Texts, VisitRows

_NO_ORDER = 0


@dataclass(frozen=True, slots=True, eq=False)
class Given:
    """One column of source rows: minor units or counts, 0 where it is not reported or not known."""

    value: Int64Array
    reported: BoolArray
    unknown: BoolArray  # reported, in a currency without a rate

    @classmethod
    def counts(cls, column: Maybe) -> Given:
        """A number of things."""
        return cls(column.value, column.known, np.zeros(len(column.value), np.bool_))

    @classmethod
    def money(cls, column: Maybe, currency: Texts, last: Int32Array, exchange: Exchange) -> Given:
        """An amount, converted at the rate of the span's last day (M16)."""
        order = np.full(len(last), _NO_ORDER, np.int64)
        found = exchange.minor(column.value, currency, last, order)
        unknown = column.known & ~found.known
        return cls(np.where(column.known, found.minor, 0), column.known, unknown)


def ad_facts(
    rows: AdRows,
    listing: Int32Array,
    no_listing: int,
    exchange: Exchange,
    clock: LocalClock,
    account: tuple[Int32Array, Int64Array],
) -> DayFacts:
    """Return ads by listing and day.

    listing: code of each row's listing. account: days and amounts that the payment account charged
    for ads; they stand in on days that no row of any listing reports a spend for (M43).
    """
    shop = exchange.shop
    first, last = span_borders(rows.span, rows.start, rows.end, clock, shop.week_start)
    days = SpanDays.of(listing, first, last, rows.row_id)
    given = {
        DayFact.AD_SPEND: Given.money(rows.spend, rows.spend_currency, last, exchange),
        DayFact.AD_SALES: Given.money(rows.sales, rows.sales_currency, last, exchange),
        DayFact.AD_CLICKS: Given.counts(rows.clicks),
        DayFact.AD_ORDERS: Given.counts(rows.orders),
    }
    facts = _counted(days, given, no_listing)
    return _with_account(facts, account, no_listing)


def visit_facts(
    rows: VisitRows, listing: Int32Array, no_listing: int, clock: LocalClock, week_start: int
) -> DayFacts:
    """Return visits and views by listing and day."""
    first, last = span_borders(rows.span, rows.start, rows.end, clock, week_start)
    days = SpanDays.of(listing, first, last, rows.row_id)
    given = {DayFact.VISITS: Given.counts(rows.visits), DayFact.VIEWS: Given.counts(rows.views)}
    return _counted(days, given, no_listing)


def expense_facts(expenses: Expenses, no_listing: int, exchange: Exchange) -> DayFacts:
    """Return expenses by day; all of them are on listing 0, and every row of the file counts."""
    names = tuple(sorted(set(expenses.currency)))
    index = {name: code for code, name in enumerate(names)}
    currency = Texts(np.array([index[name] for name in expenses.currency], np.int32), names)
    none = np.full(len(expenses), _NO_ORDER, np.int64)
    found = exchange.minor(expenses.amount, currency, expenses.last, none, digits=UNIT_SCALE)
    # Each expense is a listing of its own here, so that none takes the place of another.
    own = np.arange(len(expenses), dtype=np.int32)
    days = SpanDays.of(own, expenses.first, expenses.last, own.astype(np.int64))
    share, unknown = days.spread(found.minor), ~found.known[days.row]
    day, at = np.unique(days.day, return_inverse=True)
    amounts = {DayFact.EXPENSES: _sum_at(share, at, len(day))}
    amounts[DayFact.UNKNOWN_COSTS] = _sum_at(unknown, at, len(day))
    listing = np.full(len(day), no_listing, np.int32)
    totals = {DayFact.EXPENSES: (int(found.minor.sum()), 0)}
    return DayFacts(DayRows(listing, day.astype(np.int32), Amounts(amounts.items())), totals)


def _counted(days: SpanDays, given: dict[DayFact, Given], no_listing: int) -> DayFacts:
    """Sum the entries that count; a row of the whole shop counts by what it exceeds its listings.

    A day that a listing has no row for stays without one.
    """
    kept = days.by_cell[days.counts[days.by_cell]]
    listing, day, row = days.listing[kept], days.day[kept], days.row[kept]
    passed_over = np.flatnonzero(~days.counts)
    is_whole = listing == no_listing
    reported, totals = {}, {}

    def counted_of(name: DayFact, column: Given) -> Int64Array:
        share = days.spread(column.value)
        counted = share[kept]
        within = 0
        if is_whole.any():  # mostly not
            beyond = _beyond_listings(day, counted, is_whole)
            within = int((counted[is_whole] - beyond).sum())
            counted[is_whole] = beyond
        reported[name] = column.reported[row]
        totals[name] = (int(column.value.sum()), int(share[passed_over].sum()) + within)
        return counted

    def columns() -> Iterator[tuple[str, Int64Array]]:
        """Yield one column after the other: a shop has millions of days, and few fit in wide."""
        for name, column in given.items():
            yield name, counted_of(name, column)
        spend = given.get(DayFact.AD_SPEND)
        unknown = np.zeros(len(row), np.bool_) if spend is None else spend.unknown[row]
        yield DayFact.UNKNOWN_COSTS, unknown.astype(np.int64)

    amounts = Amounts(columns())
    return DayFacts(DayRows(listing, day, amounts, reported), totals)


def _beyond_listings(day: Int32Array, value: Int64Array, is_whole: BoolArray) -> Int64Array:
    """What rows of the whole shop exceed the sum of the listings' rows by, on each of their days.

    On a day that no listing has a row for they count in full.
    """
    days, at = np.unique(day[~is_whole], return_inverse=True)
    own = _sum_at(value[~is_whole], at, len(days))
    whole_day, whole = day[is_whole], value[is_whole]
    if not len(days):
        return whole
    place = np.minimum(np.searchsorted(days, whole_day), len(days) - 1)
    covered = days[place] == whole_day
    return np.where(covered, np.maximum(whole - own[place], 0), whole)


def _with_account(
    facts: DayFacts, account: tuple[Int32Array, Int64Array], no_listing: int
) -> DayFacts:
    """Add what the payment account charged on days without statistics; note the rest."""
    rows, (account_day, charged) = facts.rows, account
    reported = np.unique(rows.day[rows.reported[DayFact.AD_SPEND]])
    has_rows = np.isin(account_day, reported)
    extra = np.flatnonzero(~has_rows)
    listing = np.concatenate((rows.listing, np.full(len(extra), no_listing, np.int32)))
    day = np.concatenate((rows.day, account_day[extra]))
    order = np.lexsort((day, listing))
    none = np.zeros(len(extra), np.int64)
    added = {DayFact.AD_SPEND: charged[extra]}
    amounts = Amounts(
        (name, np.concatenate((column, added.get(DayFact(name), none)))[order])
        for name, column in rows.amounts.items()
    )
    is_reported = {
        name: np.concatenate((column, np.full(len(extra), name is DayFact.AD_SPEND)))[order]
        for name, column in rows.reported.items()
    }
    given, passed_over = facts.totals[DayFact.AD_SPEND]
    totals = facts.totals | {
        DayFact.AD_SPEND: (given + int(charged.sum()), passed_over + int(charged[has_rows].sum()))
    }
    return DayFacts(DayRows(listing[order], day[order], amounts, is_reported), totals)


def _sum_at(values: Int64Array | BoolArray, at: Int64Array, count: int) -> Int64Array:
    total = np.zeros(count, np.int64)
    np.add.at(total, at.ravel(), values)
    return total
