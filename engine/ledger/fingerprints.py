"""What the sources held when a shop was loaded, small enough to be kept with every run.

A fingerprint is one text for a whole table; a month's mark is one for the facts of one topic that
are dated in a local month. Two loads with equal marks had equal facts there, so what moved between
two runs, and in which months, can be told without keeping the facts. No mark depends on the order
of rows, and none can be turned back into a value.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any

import numpy as np

from engine.digests import digest_rows, text_digest
from engine.ledger.facts import Facts
from engine.ledger.spans import span_borders
from engine.local_time import LocalClock
from engine.money import Int64Array
from engine.sources.expense_files import Expenses
from engine.sources.frames import AdRows, Maybe, SourceTables, Texts, VisitRows

_Dated = tuple[Int64Array, Int64Array]  # months, and the digest of what is dated in each
_NO_MONTH = -(2**31)
# Which topic a table's rows are facts of, where they have a day.
_TABLES = (
    *("orders", "lines", "refunds", "refund_items", "shipments", "products", "entries"),
    *("payments", "tracking", "ads", "visits", "reviews", "offers_before", "favourites_before"),
)


class Topic(StrEnum):
    """What facts are about, as far as a change of a report row may be owed to them."""

    ORDERS = "orders"  # orders and their lines, by the order's month
    REFUNDS = "refunds"  # by their own month, and by that of their order
    PARCELS = "parcels"  # what was handed over, by the order's month
    ENTRIES = "entries"  # of the payment account, by their own month
    COSTS = "costs"  # unit costs in force for what was sold, by the order's month
    ADS = "ads"  # spans of advertising, in every month that they touch
    EXPENSES = "expenses"  # of the owner's file, in every month that they touch
    VISITS = "visits"  # spans of visits, in every month that they touch
    REVIEWS = "reviews"  # by their own month
    STOCK = "stock"  # what was seen of stock, prices and favourites, by the month of the day


@dataclass(frozen=True, slots=True)
class Fingerprints:
    """Of one load: a text for each table, and for each topic one for each month as `2026-03`."""

    tables: Mapping[str, str]
    months: Mapping[Topic, Mapping[str, str]]


def take_fingerprints(tables: SourceTables, facts: Facts, clock: LocalClock) -> Fingerprints:
    """Return the fingerprints of what was read and of the unit costs that were found for it."""
    digests = {name: _digests(getattr(tables, name)) for name in _TABLES}
    return Fingerprints(
        tables={name: _fingerprint(rows) for name, rows in digests.items()},
        months=_months(tables, facts, clock, digests),
    )


def _months(
    tables: SourceTables, facts: Facts, clock: LocalClock, digests: Mapping[str, Int64Array]
) -> dict[Topic, dict[str, str]]:
    of_order = _month(clock.days(tables.orders.seconds))

    def by_order(wanted: Int64Array) -> Int64Array:
        return _month_of(wanted, tables.orders.order_id, of_order)

    refunds, items = tables.refunds, tables.refund_items
    of_refund = by_order(refunds.order_id)
    own = np.where(refunds.seconds.known, _month(clock.days(refunds.seconds.value)), of_refund)
    moved = digests["refunds"]
    return {
        Topic.ORDERS: _marks(
            (of_order, digests["orders"]),
            (by_order(tables.lines.order_id), digests["lines"]),
        ),
        Topic.REFUNDS: _marks(
            (own, moved),
            (np.where(of_refund == own, _NO_MONTH, of_refund), moved),
            (_month_of(items.refund_row_id, refunds.row_id, own), digests["refund_items"]),
        ),
        Topic.PARCELS: _marks(
            (by_order(tables.shipments.order_id), digests["shipments"]),
            (by_order(tables.tracking.order_id), digests["tracking"]),
        ),
        Topic.ENTRIES: _marks((_month(clock.days(tables.entries.seconds)), digests["entries"])),
        Topic.COSTS: _marks(_costs_in_force(facts)),
        Topic.ADS: _marks(_spans(tables, tables.ads, clock, digests["ads"])),
        Topic.EXPENSES: _marks(_expenses(facts.terms.files.expenses)),
        Topic.VISITS: _marks(_spans(tables, tables.visits, clock, digests["visits"])),
        Topic.REVIEWS: _marks((_month(clock.days(tables.reviews.seconds)), digests["reviews"])),
        Topic.STOCK: _marks(
            (_month(tables.offers_before.day), digests["offers_before"]),
            (_month(tables.favourites_before.day), digests["favourites_before"]),
        ),
    }


def _month_of(wanted: Int64Array, ids: Int64Array, months: Int64Array) -> Int64Array:
    """Return the month of each wanted id, no month for one that is not among the ascending ids."""
    if not len(ids):
        return np.full(len(wanted), _NO_MONTH, np.int64)
    at = np.minimum(np.searchsorted(ids, wanted), len(ids) - 1)
    return np.where(ids[at] == wanted, months[at], _NO_MONTH)


def _costs_in_force(facts: Facts) -> _Dated:
    """Each unit cost once a SKU and month, however often it was sold."""
    lines, costs = facts.lines, facts.costs
    month = _month(facts.orders.day[lines.order])
    sku = np.append([text_digest(sku) for sku in lines.skus], 0).astype(np.int64)[lines.sku]
    digests = digest_rows(
        len(month), [month, sku, costs.unit_cost, costs.basis.astype(np.int64)], 0
    )
    _, first = np.unique(digests, return_index=True)
    return month[first], digests[first]


def _spans(
    tables: SourceTables, rows: AdRows | VisitRows, clock: LocalClock, digest: Int64Array
) -> _Dated:
    first, last = span_borders(rows.span, rows.start, rows.end, clock, tables.shop.week_start)
    return _in_each_month(_month(first), _month(last), digest)


def _expenses(expenses: Expenses) -> _Dated:
    """What an expense is called, and where it stands in the file, decides no figure."""
    currency = np.array([text_digest(name) for name in expenses.currency], np.int64)
    days = [column.astype(np.int64) for column in (expenses.first, expenses.last)]
    digest = digest_rows(len(expenses), [*days, expenses.amount, currency], 0)
    return _in_each_month(_month(expenses.first), _month(expenses.last), digest)


def _in_each_month(first: Int64Array, last: Int64Array, digest: Int64Array) -> _Dated:
    """Repeat the digest of a span for each month from its first to its last."""
    length = last - first + 1
    row = np.repeat(np.arange(len(length)), length)
    earlier = np.cumsum(length) - length
    return first[row] + np.arange(len(row)) - earlier[row], digest[row]


def _marks(*parts: _Dated) -> dict[str, str]:
    """Sum the digests of each month, in whatever order they come; rows without a month are out."""
    month = np.concatenate([months for months, _ in parts])
    digest = np.concatenate([digests for _, digests in parts]).view(np.uint64)
    dated = month != _NO_MONTH
    months, at = np.unique(month[dated], return_inverse=True)
    sums = np.zeros(len(months), np.uint64)
    np.add.at(sums, at, digest[dated])  # wraps around, which is what a sum of digests is to do
    names = months.astype("datetime64[M]").astype(str)
    return {str(name): f"{int(value):016x}" for name, value in zip(names, sums, strict=True)}


def _month(days: Any) -> Int64Array:
    months: Int64Array = days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    return months


def _digests(frame: Any) -> Int64Array:
    """Return a digest for each row of a source frame, over all its columns."""
    columns: list[Int64Array] = []
    for field in fields(frame):
        values = getattr(frame, field.name)
        if isinstance(values, Maybe):
            columns += [values.value, values.known.astype(np.int64)]
        elif isinstance(values, Texts):
            words = np.append([text_digest(word) for word in values.values], 0).astype(np.int64)
            columns.append(words[values.code])
        else:
            columns.append(values.astype(np.int64))
    names = ",".join(field.name for field in fields(frame))
    return digest_rows(len(columns[0]), columns, text_digest(names))


def _fingerprint(digests: Int64Array) -> str:
    """Return 128 bits over the digests of all rows, which are in the order of their key."""
    little = np.ascontiguousarray(digests, dtype="<i8")
    return hashlib.blake2b(little.tobytes(), digest_size=16).hexdigest()
