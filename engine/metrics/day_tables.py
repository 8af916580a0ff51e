"""The days of a level's entities: one row = one entity × one day on which anything happened.

Every additive column is a running total, so that a range costs two searches whatever its length.
Two tables a level exist, one for each dating of refunds.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.ledger.frames import AMOUNTS, Ledger, OrderState
from engine.metrics.calendar import Calendar
from engine.metrics.fact_columns import Facts
from engine.metrics.kernels import distinct, run_starts
from engine.metrics.mark_tables import EntityRefunds
from engine.metrics.order_tables import OrderTable, contribution_of
from engine.money import Int64Array
from engine.sources.frames import BoolArray, Int32Array

DATINGS = ("refund_day", "order_day")


@dataclass(frozen=True, slots=True)
class DayTable:
    """One row = one entity × one day; `running[c][i]` is the sum of column c before row i."""

    key: Int64Array
    running: dict[str, Int64Array]

    def between(self, column: str, low: Int64Array, high: Int64Array) -> Int64Array:
        """Sum a column over the rows from low to before high."""
        running = self.running[column]
        return running[high] - running[low]


def day_table(
    ledger: Ledger,
    calendar: Calendar,
    entity: Int64Array,
    orders: OrderTable,
    refunds: EntityRefunds,
    uncounted: Int64Array,
    without_order: list[Facts],
    dating: str,
) -> DayTable:
    """Build the table of one level and dating.

    uncounted: the entity of each line of an order that does not count. without_order: facts that
    belong to no order.
    """
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
        *without_order,
    ]
    key = distinct(np.concatenate([keys for keys, _ in facts]))
    totals: dict[str, Int64Array] = {}
    for keys, columns in facts:
        place = np.searchsorted(key, keys) + 1
        for name, values in columns.items():
            np.add.at(totals.setdefault(name, np.zeros(len(key) + 1, np.int64)), place, values)
    return DayTable(key, {name: np.cumsum(total) for name, total in totals.items()})


_Counts = dict[str, Int64Array]


def _basis_counts(ledger: Ledger) -> _Counts:
    return {
        "rows": np.ones(len(ledger), np.int64),
        "rows_partial": ledger.is_partial.astype(np.int64),
        "rows_estimated": ledger.is_estimated.astype(np.int64),
        "rows_unbounded": ledger.has_no_ceiling.astype(np.int64),
        "customer_contribution": np.where(_has_customer(ledger), contribution_of(ledger), 0),
    }


def _has_customer(ledger: Ledger) -> BoolArray:
    """Rows of counted orders whose buyer is known."""
    orders = ledger.orders
    known = (orders.customer_id != 0) & (orders.state == OrderState.COUNTED)
    return np.asarray(np.append(known, False)[ledger.order])


def _order_counts(ledger: Ledger, days: int, orders: OrderTable, refunds: EntityRefunds) -> _Counts:
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
