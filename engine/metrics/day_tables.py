"""The days of a level's entities: what was sold, given back and known of a day, as running totals.

One row of a sheet = one entity × one day on which something of its kind happened; a range of days
costs two searches, whatever its length. A level has one table for each dating of refunds. What does
not move between them, nearly all of it, stands on sheets that both tables share.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.ledger.frames import AMOUNTS, EventKind, Ledger
from engine.metrics.calendar import Calendar
from engine.metrics.day_columns import (
    BASES,
    ORDER_COUNTS,
    UNCOUNTED,
    LedgerRows,
    Part,
    counted,
    events,
    order_counts,
    parcel_counts,
    uncounted_counts,
)
from engine.metrics.fact_columns import Facts
from engine.metrics.mark_tables import EntityRefunds
from engine.metrics.order_tables import OrderTable
from engine.money import Int64Array
from engine.sorting import distinct, run_starts, stable_order
from engine.sources.frames import Int32Array

_LOOK_UP = 8  # a look-up of an entity and period costs about as much as so many rows
DATINGS = ("refund_day", "order_day")
COLUMNS = frozenset(
    (
        *(*AMOUNTS, *BASES, *ORDER_COUNTS, *UNCOUNTED),
        *("parcels", "refunds", "returns_value_by_order_day"),
    )
)
Running = Int64Array | Int32Array
Places = Sequence[tuple[Int64Array, Int64Array]]  # by sheet: rows from low to before high


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """`running[c][i]` is the sum of column c before row i; a column of zeros is left out.

    Running totals are int64, or int32 where all of them fit with room for a difference.
    """

    key: Int64Array  # entity × days + day, ascending
    running: dict[str, Running]

    def between(self, column: str, low: Int64Array, high: Int64Array) -> Int64Array:
        """Sum a column over the rows from low to before high."""
        running = self.running.get(column)
        if running is None:
            return np.zeros(len(low), np.int64)
        return np.subtract(running[high], running[low], dtype=np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class DayTable:
    """The sheets of one level and dating; a column is the sum of what they have of it.

    The first sheet holds what stands on the day of the order: all of sales.
    """

    sheets: tuple[Sheet, ...]  # first that of orders
    columns: frozenset[str]

    def orders(self, places: Places) -> tuple[Int64Array, Int64Array]:
        """Return from where to where the orders of some rows stand in the table of orders.

        It is sorted like this one, so the running count of orders tells.
        """
        low, high = places[0]
        running = self.sheets[0].running.get("orders")
        if running is None:
            return np.zeros_like(low), np.zeros_like(high)
        return running[low].astype(np.int64), running[high].astype(np.int64)

    def between(self, column: str, places: Places) -> Int64Array:
        """Sum a column over some rows of every sheet; KeyError for one that no table has."""
        if column not in self.columns:
            raise KeyError(column)
        total = np.zeros(len(places[0][0]), np.int64)
        for sheet, (low, high) in zip(self.sheets, places, strict=True):
            if column in sheet.running:
                running = sheet.running[column]
                total += running[high]
                total -= running[low]
        return total


def day_tables(
    ledger: Ledger,
    calendar: Calendar,
    entity: Int64Array,
    sold: Int64Array,
    contribution: Int64Array,
    orders: OrderTable,
    refunds: EntityRefunds,
    uncounted: Int64Array,
    without_order: list[Facts],
) -> dict[str, DayTable]:
    """Build the tables of one level, by dating.

    entity, contribution: of each ledger row. sold: the sale rows by (entity, time). uncounted: the
    entity of each line of an order that does not count. without_order: facts that belong to none.
    """
    rows = LedgerRows(ledger, calendar, entity, contribution)
    given, adjusted = (
        np.flatnonzero(ledger.kind == kind) for kind in (EventKind.REFUND, EventKind.ADJUSTMENT)
    )
    standing = _sheet(
        (
            events(rows, sold, ledger.order_day),
            events(rows, adjusted, ledger.order_day),
            counted(orders.key, order_counts(ledger, calendar.days, orders, refunds)),
            counted(*parcel_counts(ledger, calendar, entity)),
            counted(*uncounted_counts(ledger, calendar, uncounted)),
        )
    )
    returned = {}
    for dating, day in zip(DATINGS, (ledger.event_day, ledger.order_day), strict=True):
        refund_key = refunds.entity * calendar.days + refunds.day[dating]
        count = {"refunds": np.ones(len(refund_key), np.int64)}
        returned[dating] = _sheet((events(rows, given, day), counted(refund_key, count)))
    others = _sheet([counted(*facts) for facts in without_order])
    shared = (standing, _by_order_day(returned["order_day"]), others)
    columns = frozenset(name for _, found in without_order for name in found) | COLUMNS
    return {dating: DayTable((*shared, returned[dating]), columns) for dating in DATINGS}


def _by_order_day(returned: Sheet) -> Sheet:
    """The returns by the day of their order, which both tables have beside their own dating."""
    columns = {name: c for name, c in returned.running.items() if name == "returns_value"}
    return Sheet(returned.key, {f"{name}_by_order_day": c for name, c in columns.items()})


def _sheet(parts: Sequence[Part]) -> Sheet:
    """Sum the columns of all parts by key, and run the totals up."""
    sorted_: list[tuple[Int64Array | None, Int64Array]] = []
    for key, _ in parts:
        order = None if bool(np.all(key[1:] >= key[:-1])) else stable_order(key)
        sorted_.append((order, key if order is None else key[order]))
    keys = [ascending[run_starts(ascending)] for _, ascending in sorted_]
    key = distinct(np.concatenate([np.empty(0, np.int64), *keys]))
    running: dict[str, Running] = {}
    for (order, ascending), (_, columns) in zip(sorted_, parts, strict=True):
        before = np.append(np.searchsorted(ascending, key), len(ascending))
        up_to = np.zeros(len(ascending) + 1, np.int64)
        for name, column in columns:
            values = column()
            if not values.any():
                continue
            np.cumsum(values if order is None else values[order], out=up_to[1:])
            total = up_to[before]
            if name in running:
                total += running[name]
            running[name] = _narrowed(total)
    return Sheet(key, running)


def _narrowed(total: Int64Array) -> Running:
    """Return running totals in half of the memory, if the difference of any two fits there."""
    lowest, highest = int(total.min(initial=0)), int(total.max(initial=0))
    return total.astype(np.int32) if highest - lowest < 2**31 else total


def active_pairs(
    table: DayTable, entities: int, days: int, period_of_day: Int32Array
) -> tuple[Int64Array, Int64Array]:
    """Return (entity, period) of each pair in which anything happened, ascending.

    Few periods are looked up for each entity, many are read off the days.
    """
    periods = int(period_of_day.max(initial=0)) + 1
    begin = run_starts(period_of_day.astype(np.int64))
    end = np.append(begin[1:], days)
    inside = period_of_day[begin] >= 0
    begin, end, period = begin[inside], end[inside], period_of_day[begin[inside]]
    found = []
    for sheet in table.sheets:
        if _LOOK_UP * entities * len(begin) < len(sheet.key):
            of_entity = np.arange(entities)[:, None] * days
            low, high = (np.searchsorted(sheet.key, of_entity + edge) for edge in (begin, end))
            entity, at = np.nonzero(high > low)
            found.append(entity * periods + period[at])
        else:
            entity, day = np.divmod(sheet.key, days)
            of_day = period_of_day.astype(np.int64)[day]
            pair = (entity * periods + of_day)[of_day >= 0]
            found.append(pair[run_starts(pair)])
    pairs = (
        found[0] if not any(len(pair) for pair in found[1:]) else distinct(np.concatenate(found))
    )
    entity, index = np.divmod(pairs, periods)
    return entity, index
