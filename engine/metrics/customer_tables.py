"""Customers beyond one period: cohorts, RFM scores, and the curve of what a customer is worth.

Each table is as of a day: later facts are in none of its figures. Money is in minor units. Orders
without a customer id are in no table.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from engine.metrics.compute import Snapshot
from engine.metrics.customer_value import YEAR
from engine.metrics.estimates import quotients
from engine.metrics.model import SHOP
from engine.metrics.order_tables import contribution_of
from engine.money import MILLION, Int64Array, round_div
from engine.sorting import distinct_pairs, run_starts
from engine.sources.frames import BoolArray

FEWEST_FOR_SCORES = 5
QUINTILES = 5
SEGMENTS = ("best", "recent", "steady", "slipping", "lost")


@dataclass(frozen=True, slots=True)
class Purchases:
    """One row = one counted order of a known customer up to a day, in time order; all int64."""

    customer: Int64Array  # code
    day: Int64Array  # day number
    value: Int64Array  # sales after discounts


def purchases_until(snapshot: Snapshot, as_of: int) -> Purchases:
    """Return the orders of known customers up to a day number."""
    orders = snapshot.levels[SHOP].orders
    day = orders.day.astype(np.int64) + snapshot.calendar.first_day
    at = np.flatnonzero((orders.customer >= 0) & (day <= as_of))
    customer, value = (column[at].astype(np.int64) for column in (orders.customer, orders.value))
    return Purchases(customer, day[at], value)


def buyers_until(snapshot: Snapshot, as_of: int) -> BoolArray:
    """Return which customers, by code, have bought up to a day number; bool[customers]."""
    return _who(snapshot, purchases_until(snapshot, last_known_day(snapshot, as_of)))


def _who(snapshot: Snapshot, bought: Purchases) -> BoolArray:
    found = np.zeros(len(snapshot.customers.first_day), np.bool_)
    found[bought.customer] = True
    return found


def last_known_day(snapshot: Snapshot, as_of: int) -> int:
    """Return the day asked for, or the one of the watermark if that is earlier."""
    return min(as_of, snapshot.days_begun - 1)


def months_of(day: Int64Array) -> Int64Array:
    """Return the months of day numbers, counted from January 1970."""
    return day.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)


def cohort_table(snapshot: Snapshot, as_of: int, refund_dating: str = "refund_day") -> pd.DataFrame:
    """One row = customers who bought first in a month × months since then, quiet months included.

    Columns: cohort (first day of the month), months_since, is_complete, cohort_size, customers
    (who bought), retention, orders, sales_after_discounts, contribution_profit,
    cumulative_contribution_per_customer. Months that have not begun have no row.
    """
    as_of = last_known_day(snapshot, as_of)
    bought = purchases_until(snapshot, as_of)
    first = months_of(snapshot.customers.first_day + snapshot.calendar.first_day)
    codes = np.flatnonzero(_who(snapshot, bought))
    months, size = np.unique(first[codes], return_counts=True)
    last = int(months_of(np.array([as_of], np.int64))[0])
    length = last - months + 1
    start = np.cumsum(length) - length
    grid = _Grid(first, months, start, int(length.sum()))
    cohort = np.repeat(np.arange(len(months)), length)
    since = np.arange(grid.cells) - start[cohort]
    contribution = grid.sum(*_contributions(snapshot, as_of, refund_dating))
    running = np.cumsum(contribution)
    before = (running - contribution)[start][cohort] if grid.cells else running
    month = months_of(bought.day)
    who, when = distinct_pairs(bought.customer, month)
    customers = grid.sum(who, when, np.ones(len(who), np.int64))
    members = size[cohort].astype(np.int64)
    end = (months[cohort] + since + 1).astype("datetime64[M]").astype("datetime64[D]")
    is_complete = end.astype(np.int64) <= min(as_of + 1, snapshot.days_ended)
    return pd.DataFrame(
        {
            "cohort": months[cohort].astype("datetime64[M]").astype("datetime64[D]").tolist(),
            "months_since": since,
            "is_complete": is_complete,
            "cohort_size": _counts(members),
            "customers": _counts(customers),
            "retention": _shares(customers, members),
            "orders": _counts(grid.sum(bought.customer, month, np.ones(len(month), np.int64))),
            "sales_after_discounts": _counts(grid.sum(bought.customer, month, bought.value)),
            "contribution_profit": _counts(contribution),
            "cumulative_contribution_per_customer": _counts(round_div(running - before, members)),
        }
    )


@dataclass(frozen=True, slots=True)
class _Grid:
    """Cells of cohorts × months; those of cohort i begin at start[i]."""

    first_month: Int64Array  # of each customer
    months: Int64Array  # of each cohort
    start: Int64Array
    cells: int

    def sum(self, customer: Int64Array, month: Int64Array, values: Int64Array) -> Int64Array:
        """Sum values by the customer's cohort and the month; what is dated before counts in it."""
        total = np.zeros(self.cells, np.int64)
        own = self.first_month[customer]
        cohort = np.searchsorted(self.months, own)
        np.add.at(total, self.start[cohort] + np.maximum(month - own, 0), values)
        return total


def _contributions(
    snapshot: Snapshot, as_of: int, dating: str
) -> tuple[Int64Array, Int64Array, Int64Array]:
    """Customer, month and contribution of the ledger rows of customers who have bought by a day."""
    ledger = snapshot.ledger
    customer = np.append(snapshot.customers.code_of_order, -1)[ledger.order].astype(np.int64)
    day = (ledger.event_day if dating == "refund_day" else ledger.order_day).astype(np.int64)
    first = np.append(snapshot.customers.first_day, 0)[customer] + snapshot.calendar.first_day
    at = np.flatnonzero((customer >= 0) & (day <= as_of) & (first <= as_of))
    return customer[at], months_of(day[at]), contribution_of(ledger)[at]


def rfm_table(snapshot: Snapshot, as_of: int, refund_dating: str = "refund_day") -> pd.DataFrame:
    """One row = one customer by id: recency, frequency, monetary value, scores and segment.

    contribution_profit is what the customer has left up to the day, in minor units.

    A score is the quintile from 1 to 5, higher is better, equal values score equally; under five
    customers there is none.
    """
    as_of = last_known_day(snapshot, as_of)
    bought = purchases_until(snapshot, as_of)
    ids = np.zeros(len(snapshot.customers.first_day), np.int64)
    known = snapshot.customers.code_of_order >= 0
    ids[snapshot.customers.code_of_order[known]] = snapshot.ledger.orders.customer_id[known]
    is_buyer = _who(snapshot, bought)
    codes, at = np.flatnonzero(is_buyer), (np.cumsum(is_buyer) - 1)[bought.customer]
    last = np.zeros(len(codes), np.int64)
    np.maximum.at(last, at, bought.day)
    frequency = np.bincount(at, minlength=len(codes)).astype(np.int64)
    monetary = np.zeros(len(codes), np.int64)
    np.add.at(monetary, at, bought.value)
    who, _, amount = _contributions(snapshot, as_of, refund_dating)
    left = np.zeros(len(ids), np.int64)
    np.add.at(left, who, amount)
    recency = as_of - last
    scores = {"recency": _scores(-recency), "frequency": _scores(frequency)}
    scores["monetary"] = _scores(monetary)
    is_scored = np.full(len(codes), len(codes) >= FEWEST_FOR_SCORES)
    segment = np.where(is_scored, _segments(scores["recency"], scores["frequency"]), -1)
    return pd.DataFrame(
        {
            "customer_id": ids[codes],
            "recency_days": _counts(recency),
            "frequency": _counts(frequency),
            "monetary": _counts(monetary),
            "contribution_profit": _counts(left[codes]),
            **{f"{name}_score": _counts(score, is_scored) for name, score in scores.items()},
            "segment": pd.array([*SEGMENTS, None], dtype="string").take(segment),
        }
    )


def _scores(values: Int64Array) -> Int64Array:
    """1 + 5 · (how many are strictly worse) // (how many there are)."""
    ascending = np.sort(values)
    heads = run_starts(ascending)  # few: many customers have the same value
    worse = np.append(heads, 0)[np.searchsorted(ascending[heads], values)]
    return 1 + QUINTILES * worse // max(len(values), 1)


def _segments(recency: Int64Array, frequency: Int64Array) -> Int64Array:
    """The first rule that fits, as an index into SEGMENTS."""
    is_new, is_old = recency >= 4, recency <= 2
    is_often, is_rare = frequency >= 4, frequency <= 2
    rules = [is_new & is_often, is_old & is_often, is_new & is_rare, is_old & is_rare]
    found = [SEGMENTS.index(name) for name in ("best", "slipping", "recent", "lost")]
    return np.select(rules, found, default=SEGMENTS.index("steady"))


def segment_table(rfm: pd.DataFrame) -> pd.DataFrame:
    """Return what `rfm_table` holds by segment, in the order of SEGMENTS.

    One row = one segment that occurs: customers, share (of all of them), and over their lifetime
    orders, sales_after_discounts and contribution_profit (minor units).
    """
    summed = ("frequency", "monetary", "contribution_profit")
    lifetime = [rfm[name].to_numpy(np.int64) for name in summed]
    rows = []
    for name in SEGMENTS:
        own = (rfm["segment"] == name).fillna(value=False).to_numpy(np.bool_)
        count = int(own.sum())
        if count:
            share = round_div(count * MILLION, len(rfm)) / MILLION
            rows.append((name, count, share, *(int(values[own].sum()) for values in lifetime)))
    totals = ("orders", "sales_after_discounts", "contribution_profit")
    return pd.DataFrame(rows, columns=["segment", "customers", "share", *totals])


def value_curve(snapshot: Snapshot, as_of: int, refund_dating: str = "refund_day") -> pd.DataFrame:
    """What the customers of the year before last left, by days since their first order.

    One row = one day from 0 to 364. Columns: days_since, customers, contribution_profit (of all of
    them, so far), value (of one, null under 30 customers).
    """
    observed = snapshot.observed[refund_dating]
    last = np.array([last_known_day(snapshot, as_of) - snapshot.calendar.first_day], np.int64)
    count, enough = observed.count(last)
    curve = observed.curve(int(last[0]))
    members = np.repeat(count, YEAR)
    known = np.repeat(enough, YEAR)
    return pd.DataFrame(
        {
            "days_since": np.arange(YEAR),
            "customers": _counts(members),
            "contribution_profit": _counts(curve),
            "value": _counts(quotients(curve, members, 1, known), known),
        }
    )


def _counts(values: Int64Array, known: BoolArray | None = None) -> pd.arrays.IntegerArray:
    missing = np.zeros(len(values), np.bool_) if known is None else ~known
    return pd.arrays.IntegerArray(values.astype(np.int64), missing)


def _shares(part: Int64Array, whole: Int64Array) -> pd.arrays.FloatingArray:
    values = round_div(part * MILLION, np.maximum(whole, 1)) / MILLION
    return pd.arrays.FloatingArray(values, np.zeros(len(values), np.bool_))
