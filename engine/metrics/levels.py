"""A level ready for questions: sorted rows, and running totals that answer any range of days.

Three tables a level. `rows`: one row = one counted order of one entity. `refunds`: one row = one
refund of one entity. `days`: one row = one entity × one day on which anything happened, with every
additive column as a running total, so that a range costs two searches whatever its length.
Days count from the first day of the calendar. The arrays are never written after building.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from engine.ledger.frames import AMOUNTS, FEES, FULFILMENT, EventKind, Ledger, OrderState
from engine.metrics.kernels import (
    distinct,
    first_and_second_day,
    packed_order,
    previous_same,
    run_starts,
)
from engine.metrics.model import LISTING, PRODUCT, SHOP, Level
from engine.money import Int64Array
from engine.sources.frames import BoolArray, Int32Array

DATINGS = ("refund_day", "order_day")
PLATFORM_FEES = tuple(name for name in FEES if name != "offsite_ads_fees")
NEVER = 2**31  # a day after every range that can be asked for


@dataclass(frozen=True, slots=True)
class Calendar:
    """The days that the figures cover: day 0 is `first_day`, a day number since 1970."""

    first_day: int
    days: int

    def index(self, day: Int32Array | Int64Array) -> Int64Array:
        """Return days counted from the first one."""
        return np.asarray(day, np.int64) - self.first_day


@dataclass(frozen=True, slots=True)
class OrderTable:
    """One row = one counted order of one entity, ascending by (entity, day, time, order id)."""

    key: Int64Array  # entity × days + day
    day: Int64Array
    order: Int64Array  # index into the ledger's orders
    value: Int64Array  # the entity's own sales after discounts in the order
    contribution: Int64Array  # the entity's own, on the sale rows of the order
    seconds: Int64Array
    ship_seconds: Int64Array  # from order to first shipment, −1 = not known
    customer: Int64Array  # code, −1 = guest
    previous: Int32Array  # row of the same entity's and customer's order before, −1 = none
    codes: dict[str, Int64Array]  # payment_method, hour, weekday, month; −1 = none
    has_clock: BoolArray


@dataclass(frozen=True, slots=True)
class MarkTable:
    """Rows of an entity that a distinct count asks about, with the row of the same thing before."""

    key: Int64Array
    previous: Int32Array


@dataclass(frozen=True, slots=True)
class DayTable:
    """One row = one entity × one day; `running[c][i]` is the sum of column c before row i."""

    key: Int64Array
    running: dict[str, Int64Array]

    def between(self, column: str, low: Int64Array, high: Int64Array) -> Int64Array:
        """Sum a column over the rows from low to before high."""
        running = self.running[column]
        return running[high] - running[low]


@dataclass(frozen=True, slots=True)
class LevelTables:
    """Everything that one level needs to answer."""

    level: Level
    entities: int
    days: int
    orders: OrderTable
    skus: MarkTable  # one row = one SKU sold by the entity on a day
    refunded: Mapping[str, MarkTable]  # by dating: one row = one refund of a known order
    day_tables: Mapping[str, DayTable]  # by dating


@dataclass(frozen=True, slots=True)
class Customers:
    """Days of each known customer's first and second order, counted in the whole shop."""

    code_of_order: Int64Array  # −1 = guest
    first_day: Int64Array
    second_day: Int64Array


def build_customers(ledger: Ledger, calendar: Calendar) -> Customers:
    """Code the customers of counted orders, and find their first and second order."""
    orders = ledger.orders
    known = (orders.customer_id != 0) & (orders.state == OrderState.COUNTED)
    ids, codes = np.unique(orders.customer_id[known], return_inverse=True)
    code = np.full(len(orders), -1, np.int64)
    code[known] = codes
    day = calendar.index(orders.day)
    first, second = first_and_second_day(code[known], day[known], len(ids), NEVER)
    return Customers(code, first, second)


def build_level(
    level: Level, ledger: Ledger, calendar: Calendar, customers: Customers
) -> LevelTables:
    """Build the tables of one level from the ledger."""
    entity, uncounted, entities = _entities(level, ledger)
    sale = ledger.kind == EventKind.SALE
    orders = _order_table(ledger, calendar, customers, entity, sale)
    refund_rows = np.flatnonzero(ledger.kind == EventKind.REFUND)
    refunds = _Refunds.of(ledger, calendar, entity, refund_rows)
    days = {
        dating: _day_table(ledger, calendar, entity, orders, refunds, uncounted, dating)
        for dating in DATINGS
    }
    return LevelTables(
        level=level,
        entities=entities,
        days=calendar.days,
        orders=orders,
        skus=_sku_table(ledger, calendar, entity, sale),
        refunded={dating: refunds.marks(dating) for dating in DATINGS},
        day_tables=days,
    )


def _entities(level: Level, ledger: Ledger) -> tuple[Int64Array, Int64Array, int]:
    """Entity code of each event and of each uncounted line, and the number of entities."""
    if level is SHOP:
        events, lines = len(ledger), len(ledger.uncounted.order)
        return np.zeros(events, np.int64), np.zeros(lines, np.int64), 1
    if level is LISTING:
        column, other, count = ledger.listing, ledger.uncounted.listing, len(ledger.listing_ids)
    else:
        assert level is PRODUCT
        column, other, count = ledger.sku, ledger.uncounted.sku, len(ledger.skus)
    return column.astype(np.int64), other.astype(np.int64), count


def _order_table(
    ledger: Ledger, calendar: Calendar, customers: Customers, entity: Int64Array, sale: BoolArray
) -> OrderTable:
    orders = ledger.orders
    count = max(len(orders), 1)
    pair, at = np.unique(entity[sale] * count + ledger.order[sale], return_inverse=True)
    value = np.zeros(len(pair), np.int64)
    np.add.at(value, at, (ledger.amounts["value"] - ledger.amounts["discount"])[sale])
    contribution = np.zeros(len(pair), np.int64)
    np.add.at(contribution, at, contribution_of(ledger)[sale])
    owner, order = np.divmod(pair, count)
    day = calendar.index(orders.day[order])
    customer = customers.code_of_order[order]
    known = np.flatnonzero(customer >= 0)
    previous = np.full(len(pair), -1, np.int32)
    before = previous_same(owner[known], customer[known])
    previous[known] = np.where(before >= 0, known[before], -1)
    has_clock = orders.has_clock[order]
    shipped = orders.shipped_seconds[order]
    lead = shipped - orders.seconds[order]
    return OrderTable(
        key=owner * calendar.days + day,
        day=day,
        order=order,
        value=value,
        contribution=contribution,
        seconds=orders.seconds[order],
        ship_seconds=np.where(has_clock & (shipped >= 0) & (lead >= 0), lead, -1),
        customer=customer,
        previous=previous,
        codes=_order_codes(ledger, order),
        has_clock=has_clock,
    )


def _order_codes(ledger: Ledger, order: Int64Array) -> dict[str, Int64Array]:
    orders = ledger.orders
    date = orders.day[order].astype("datetime64[D]")
    month = date.astype("datetime64[M]").astype(np.int64) % 12 + 1
    weekday = (orders.day[order].astype(np.int64) + 3) % 7 + 1  # 1970-01-01 was a Thursday
    return {
        "payment_method": orders.payment_method[order].astype(np.int64),
        "hour": np.where(orders.has_clock[order], orders.hour[order], -1).astype(np.int64),
        "weekday": weekday,
        "month": month,
    }


def _sku_table(
    ledger: Ledger, calendar: Calendar, entity: Int64Array, sale: BoolArray
) -> MarkTable:
    chosen = sale & (ledger.sku != ledger.no_sku)
    skus = len(ledger.skus)
    key = entity[chosen] * calendar.days + calendar.index(ledger.event_day[chosen])
    pairs = distinct(key * skus + ledger.sku[chosen])
    key, sku = np.divmod(pairs, skus)
    return MarkTable(key, previous_same(key // calendar.days, sku))


@dataclass(frozen=True, slots=True)
class _Refunds:
    """One row = one refund of one entity."""

    entity: Int64Array
    order: Int64Array  # −1 = unknown order
    day: dict[str, Int64Array]  # by dating
    days: int

    @classmethod
    def of(
        cls, ledger: Ledger, calendar: Calendar, entity: Int64Array, rows: Int64Array
    ) -> _Refunds:
        columns = np.stack(
            [
                entity[rows],
                ledger.order[rows].astype(np.int64),
                ledger.source_id[rows],
                calendar.index(ledger.event_day[rows]),
                calendar.index(ledger.order_day[rows]),
            ]
        )
        entity_, order, _, event_day, order_day = np.unique(columns, axis=1)
        return cls(entity_, order, {"refund_day": event_day, "order_day": order_day}, calendar.days)

    def marks(self, dating: str) -> MarkTable:
        """Refunds of known orders by (entity, day), with the order's refund before."""
        known = np.flatnonzero(self.order >= 0)
        key = self.entity[known] * self.days + self.day[dating][known]
        by_day = packed_order(key)
        entity, order = self.entity[known][by_day], self.order[known][by_day]
        return MarkTable(key[by_day], previous_same(entity, order))


def _day_table(
    ledger: Ledger,
    calendar: Calendar,
    entity: Int64Array,
    orders: OrderTable,
    refunds: _Refunds,
    uncounted: Int64Array,
    dating: str,
) -> DayTable:
    days = calendar.days
    event_day = ledger.event_day if dating == "refund_day" else ledger.order_day
    by_event = entity * days + calendar.index(event_day)
    by_order_day = entity * days + calendar.index(ledger.order_day)
    by_refund = refunds.entity * days + refunds.day[dating]
    returns = {"returns_value_by_order_day": ledger.amounts["returns_value"]}
    facts = [
        (by_event, {name: ledger.amounts[name] for name in AMOUNTS} | _basis_counts(ledger)),
        (by_order_day, returns),
        (by_refund, {"refunds": np.ones(len(by_refund), np.int64)}),
        (orders.key, _order_counts(ledger, days, orders, refunds)),
        _parcel_counts(ledger, calendar, entity),
        _uncounted_counts(ledger, calendar, uncounted),
    ]
    key = distinct(np.concatenate([keys for keys, _ in facts]))
    running = {}
    for keys, columns in facts:
        place = np.searchsorted(key, keys) + 1
        for name, values in columns.items():
            total = np.zeros(len(key) + 1, np.int64)
            np.add.at(total, place, values)
            running[name] = np.cumsum(total)
    return DayTable(key, running)


_Counts = dict[str, Int64Array]


def _basis_counts(ledger: Ledger) -> _Counts:
    return {
        "rows": np.ones(len(ledger), np.int64),
        "rows_partial": ledger.is_partial.astype(np.int64),
        "rows_estimated": ledger.is_estimated.astype(np.int64),
        "rows_unbounded": ledger.has_no_ceiling.astype(np.int64),
        "customer_contribution": np.where(_has_customer(ledger), contribution_of(ledger), 0),
    }


def contribution_of(ledger: Ledger) -> Int64Array:
    """Contribution of each ledger row, as far as its costs are known: minor units."""
    amounts = ledger.amounts
    earned = sum(amounts[name] for name in ("value", "shipping", "gift_wrap", "cogs_recovered"))
    given = ("discount", "returns_value", "shipping_refunded", "gift_wrap_refunded")
    spent = (*given, "refund_excess", "cogs", *FULFILMENT, *PLATFORM_FEES)
    return np.asarray(earned - sum(amounts[name] for name in spent))


def _has_customer(ledger: Ledger) -> BoolArray:
    """Rows of counted orders whose buyer is known."""
    orders = ledger.orders
    known = (orders.customer_id != 0) & (orders.state == OrderState.COUNTED)
    return np.asarray(np.append(known, False)[ledger.order])


def _order_counts(ledger: Ledger, days: int, orders: OrderTable, refunds: _Refunds) -> _Counts:
    facts = ledger.orders
    guest = orders.customer < 0
    width = max(len(facts), 1)
    known = refunds.order >= 0
    refunded = distinct(refunds.entity[known] * width + refunds.order[known])
    pair = (orders.key // days) * width + orders.order
    return {
        "orders": np.ones(len(guest), np.int64),
        "guest_orders": guest.astype(np.int64),
        "gift_orders": facts.is_gift[orders.order].astype(np.int64),
        "shipped_orders": facts.is_shipped[orders.order].astype(np.int64),
        "refunded_so_far": np.isin(pair, refunded).astype(np.int64),
        "customer_sales": np.where(guest, 0, orders.value),
        "loss_orders": (orders.contribution < 0).astype(np.int64),
    }


def _parcel_counts(
    ledger: Ledger, calendar: Calendar, entity: Int64Array
) -> tuple[Int64Array, _Counts]:
    """Parcels with a line of each entity, once a parcel, on the order day of their first order."""
    width = max(len(ledger.parcel_order), 1)
    pairs = distinct(entity[ledger.parcel_row] * width + ledger.parcel_of_piece)
    owner, parcel = np.divmod(pairs, width)
    day = calendar.index(ledger.orders.day[ledger.parcel_order[parcel]])
    return owner * calendar.days + day, {"parcels": np.ones(len(pairs), np.int64)}


def _uncounted_counts(
    ledger: Ledger, calendar: Calendar, entity: Int64Array
) -> tuple[Int64Array, _Counts]:
    """Cancelled and held orders of each entity, once an order, with their keys."""
    facts, lines = ledger.orders, ledger.uncounted
    width = max(len(facts), 1)
    shown = facts.state[lines.order] != OrderState.OPEN
    pairs = distinct((entity * width + lines.order)[shown])
    entity, order = np.divmod(pairs, width)
    state = facts.state[order]
    return entity * calendar.days + calendar.index(facts.day[order]), {
        "cancelled_orders": (state == OrderState.CANCELLED).astype(np.int64),
        "held_orders": (state == OrderState.HELD).astype(np.int64),
    }


def active_pairs(
    table: DayTable, days: int, period_of_day: Int32Array
) -> tuple[Int64Array, Int64Array]:
    """Return (entity, period) of each pair in which anything happened, ascending."""
    entity, day = np.divmod(table.key, days)
    period = period_of_day[day].astype(np.int64)
    inside = period >= 0
    entity, period = entity[inside], period[inside]
    heads = run_starts(entity * (int(period_of_day.max(initial=0)) + 1) + period)
    return entity[heads], period[heads]
