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
from engine.metrics.groups import clipped
from engine.metrics.mark_tables import EntityRefunds
from engine.metrics.order_tables import OrderTable
from engine.money import Int64Array
from engine.sorting import distinct, run_starts, stable_order
from engine.sources.frames import BoolArray, Int32Array
from engine.widths import Keys, Whole, halved, held_keys, ranges_in

LOOK_UP = 8  # a look-up of an entity and period costs about as much as so many rows
DATINGS = ("refund_day", "order_day")
COLUMNS = frozenset(
    (
        *(*AMOUNTS, *BASES, *ORDER_COUNTS, *UNCOUNTED),
        *("parcels", "refunds", "returns_value_by_order_day"),
    )
)


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """`running[c][i]` is the sum of column c before row i; a column of zeros is left out.

    Running totals are int64, or int32 where all of them fit with room for a difference.
    """

    key: Keys  # entity × days + day, ascending
    running: dict[str, Whole]

    def between(self, column: str, low: Int64Array, high: Int64Array) -> Int64Array:
        """Sum a column over the rows from low to before high."""
        running = self.running.get(column)
        if running is None:
            return np.zeros(len(low), np.int64)
        return np.subtract(running[high], running[low], dtype=np.int64)


class Places:
    """Where the rows of some ranges of keys stand on each sheet, looked up when first asked for."""

    def __init__(self, sheets: Sequence[Sheet], low: Int64Array, high: Int64Array) -> None:
        self._sheets, self._low, self._high = sheets, low, high
        self._found: dict[int, tuple[Int64Array, Int64Array]] = {}
        self._borders: dict[int, Int64Array | None] = {}

    def __len__(self) -> int:
        return len(self._low)

    def on(self, sheet: int) -> tuple[Int64Array, Int64Array]:
        """Return from which row to before which one each range lies on a sheet."""
        if sheet not in self._found:
            key = self._sheets[sheet].key
            self._found[sheet] = ranges_in(key, self._low, self._high)
        return self._found[sheet]

    def add_to(self, total: Int64Array, sheet: int, running: Whole) -> None:
        """Add the sum of a column of a sheet over each range."""
        low, high = self.on(sheet)
        if sheet not in self._borders:
            is_unbroken = len(low) > 0 and np.array_equal(low[1:], high[:-1])
            self._borders[sheet] = np.append(low, high[-1]) if is_unbroken else None
        borders = self._borders[sheet]
        if borders is None:
            total += running[high]
            total -= running[low]
        else:  # each range ends where the next begins: one look-up for both
            up_to = running[borders]
            total += up_to[1:]
            total -= up_to[:-1]

    def has_rows(self) -> BoolArray:
        """Tell which ranges have a row on any sheet."""
        found = np.zeros(len(self), np.bool_)
        for number in range(len(self._sheets)):
            low, high = self.on(number)
            found |= high > low
        return found

    def some(self, rows: slice | Int64Array) -> Places:
        """Return some of the ranges, and what has been looked up of them."""
        chosen = Places(self._sheets, self._low[rows], self._high[rows])
        chosen._found = {n: (low[rows], high[rows]) for n, (low, high) in self._found.items()}
        return chosen


@dataclass(frozen=True, slots=True, eq=False)
class DayTable:
    """The sheets of one level and dating; a column is the sum of what they have of it.

    The first sheet holds what stands on the day of the order: all of sales.
    """

    sheets: tuple[Sheet, ...]  # first that of orders
    columns: frozenset[str]
    days: int

    def places(self, entity: Int64Array, first: Int64Array, last: Int64Array) -> Places:
        """Return where the days of entities from first to last stand, both ends inclusive."""
        low, high = clipped(first, last, self.days)
        begin = entity * self.days
        return Places(self.sheets, begin + low, begin + high)

    def orders(self, places: Places) -> tuple[Int64Array, Int64Array]:
        """Return from where to where the orders of some rows stand in the table of orders.

        It is sorted like this one, so the running count of orders tells.
        """
        low, high = places.on(0)
        running = self.sheets[0].running.get("orders")
        if running is None:
            return np.zeros_like(low), np.zeros_like(high)
        return running[low].astype(np.int64), running[high].astype(np.int64)

    def between(self, column: str, places: Places) -> Int64Array:
        """Sum a column over some rows of every sheet; KeyError for one that no table has."""
        if column not in self.columns:
            raise KeyError(column)
        total = np.zeros(len(places), np.int64)
        for number, sheet in enumerate(self.sheets):
            if column in sheet.running:
                places.add_to(total, number, sheet.running[column])
        return total


def day_tables(
    ledger: Ledger,
    calendar: Calendar,
    entity: Int64Array,
    entities: int,
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
    end = entities * calendar.days
    standing = _sheet(
        (
            events(rows, sold, ledger.order_day),
            events(rows, adjusted, ledger.order_day),
            counted(orders.key, order_counts(ledger, calendar.days, orders, refunds)),
            counted(*parcel_counts(ledger, calendar, entity)),
            counted(*uncounted_counts(ledger, calendar, uncounted)),
        ),
        end,
    )
    returned = {}
    for dating, day in zip(DATINGS, (ledger.event_day, ledger.order_day), strict=True):
        refund_key = refunds.entity * calendar.days + refunds.day[dating]
        count = {"refunds": np.ones(len(refund_key), np.int64)}
        returned[dating] = _sheet((events(rows, given, day), counted(refund_key, count)), end)
    # A source has days of its own: on one sheet each would hold the days of all others, too.
    others = (_sheet((counted(*facts),), end) for facts in without_order)
    has_orders = (standing, _by_order_day(returned["order_day"]))
    shared = (*has_orders, *(sheet for sheet in others if len(sheet.key)))
    columns = frozenset(name for _, found in without_order for name in found) | COLUMNS
    return {
        dating: DayTable((*shared, returned[dating]), columns, calendar.days) for dating in DATINGS
    }


def _by_order_day(returned: Sheet) -> Sheet:
    """The returns by the day of their order, which both tables have beside their own dating."""
    columns = {name: c for name, c in returned.running.items() if name == "returns_value"}
    return Sheet(returned.key, {f"{name}_by_order_day": c for name, c in columns.items()})


def _sheet(parts: Sequence[Part], end: int) -> Sheet:
    """Sum the columns of all parts by key, and run the totals up; end: the key after the last."""
    sorted_: list[tuple[Int64Array | None, Int64Array]] = []
    for held, _ in parts:
        key = held.astype(np.int64, copy=False)
        order = None if bool(np.all(key[1:] >= key[:-1])) else stable_order(key)
        sorted_.append((order, key if order is None else key[order]))
    keys = [_once(ascending) for _, ascending in sorted_]
    key = keys[0] if len(keys) == 1 else distinct(np.concatenate(keys))
    running: dict[str, Whole] = {}
    for (order, ascending), own, (_, columns) in zip(sorted_, keys, parts, strict=True):
        before: Int64Array | slice = slice(None)  # where each key has one row here, and all have
        if not len(own) == len(ascending) == len(key):
            before = np.append(np.searchsorted(ascending, key), len(ascending))
        for name, column in columns:
            values = column()
            if not values.any():
                continue
            up_to = np.zeros(len(ascending) + 1, np.int64)
            np.cumsum(values if order is None else values[order], out=up_to[1:])
            total = up_to[before]
            if name in running:
                total += running[name]
            running[name] = halved(total)
    return Sheet(held_keys(key, end), running)


def _once(ascending: Int64Array) -> Int64Array:
    starts = run_starts(ascending)
    return ascending if len(starts) == len(ascending) else ascending[starts]


def active_pairs(table: DayTable, period_of_day: Int32Array) -> tuple[Int64Array, Int64Array]:
    """Return (entity, period) of each pair in which anything happened, ascending."""
    periods = int(period_of_day.max(initial=0)) + 1
    of_day = period_of_day.astype(np.int64)
    found = []
    for sheet in table.sheets:
        entity, day = np.divmod(sheet.key, table.days)
        period = of_day[day]
        pair = entity * np.int64(periods) + period
        if len(period) and int(period.min()) < 0:
            pair = pair[period >= 0]
        found.append(pair[run_starts(pair)])
    pairs = (
        found[0] if not any(len(pair) for pair in found[1:]) else distinct(np.concatenate(found))
    )
    entity, index = np.divmod(pairs, periods)
    return entity, index
