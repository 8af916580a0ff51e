"""The columns of day tables: amounts of ledger rows, and counts of orders and parcels.

A part is the key of each of its rows, entity × days + day, with columns that are made one after the
other, so that never all of them are in memory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.ledger.frames import AMOUNTS, Ledger, OrderState
from engine.metrics.calendar import Calendar
from engine.metrics.mark_tables import EntityRefunds
from engine.metrics.order_tables import OrderTable
from engine.money import Int64Array
from engine.sorting import distinct
from engine.sources.frames import BoolArray, Int32Array
from engine.widths import Keys

Summable = npt.NDArray[np.integer] | BoolArray  # of any width: sums are int64
Columns = Iterable[tuple[str, Callable[[], Summable]]]
Part = tuple[Keys, Columns]
Counts = dict[str, Summable]


def counted(key: Keys, columns: Mapping[str, Summable]) -> Part:
    """Return a part of columns that are there already."""
    return key, [(name, column.view) for name, column in columns.items()]


@dataclass(frozen=True, slots=True, eq=False)
class LedgerRows:
    """The ledger with the entity of each row at a level, and what the row contributed."""

    ledger: Ledger
    calendar: Calendar
    entity: Int64Array
    contribution: Int64Array


BASES = (
    "rows",
    "rows_partial",
    "rows_estimated",
    "rows_unbounded",
    "customer_contribution",
)


def events(rows: LedgerRows, chosen: Int64Array, day: Int32Array) -> Part:
    """The amounts of some ledger rows on their days, and how well their costs are known."""
    ledger = rows.ledger
    key = rows.entity[chosen] * rows.calendar.days + rows.calendar.index(day[chosen])

    def columns() -> Columns:
        for name in AMOUNTS:
            if ledger.amounts.is_nothing(name):
                continue
            yield name, lambda name=name: ledger.amounts.narrow(name, chosen)  # type: ignore[misc]
        yield "rows", lambda: np.ones(len(key), np.bool_)
        yield "rows_partial", lambda: ledger.is_partial[chosen]
        yield "rows_estimated", lambda: ledger.is_estimated[chosen]
        yield "rows_unbounded", lambda: ledger.has_no_ceiling[chosen]
        yield (
            "customer_contribution",
            lambda: np.where(_has_customer(ledger, chosen), rows.contribution[chosen], 0),
        )

    return key, columns()


def _has_customer(ledger: Ledger, chosen: Int64Array) -> BoolArray:
    """Rows of counted orders whose buyer is known."""
    orders = ledger.orders
    known = (orders.customer_id != 0) & (orders.state == OrderState.COUNTED)
    return np.asarray(np.append(known, False)[ledger.order[chosen]])


ORDER_COUNTS = (
    "orders",
    "guest_orders",
    "gift_orders",
    "shipped_orders",
    "completed_orders",
    "refunded_so_far",
    "customer_sales",
    "loss_orders",
)


def order_counts(ledger: Ledger, days: int, orders: OrderTable, refunds: EntityRefunds) -> Counts:
    """What the counted orders of each entity are like, on their days."""
    facts = ledger.orders
    guest = orders.customer < 0
    is_done = facts.is_shipped & ~ledger.is_given_back
    width = max(len(facts), 1)
    known = refunds.order >= 0
    refunded = distinct(refunds.entity[known] * width + refunds.order[known])
    pair = orders.key.astype(np.int64) // days * width + orders.order
    at = np.searchsorted(pair, refunded)  # pairs ascend, one row each
    was_refunded = np.zeros(len(pair) + 1, np.bool_)
    was_refunded[at[np.append(pair, -1)[at] == refunded]] = True
    return {
        "orders": np.ones(len(guest), np.bool_),
        "guest_orders": guest,
        "gift_orders": facts.is_gift[orders.order],
        "shipped_orders": facts.is_shipped[orders.order],
        "completed_orders": is_done[orders.order],
        "refunded_so_far": was_refunded[:-1],
        "customer_sales": np.where(guest, 0, orders.value),
        "loss_orders": orders.contribution < 0,
    }


def parcel_counts(
    ledger: Ledger, calendar: Calendar, entity: Int64Array
) -> tuple[Int64Array, Counts]:
    """Parcels with a line of each entity, once a parcel, on the order day of their first order."""
    width = max(len(ledger.parcel_order), 1)
    pairs = distinct(entity[ledger.parcel_row] * width + ledger.parcel_of_piece)
    owner, parcel = np.divmod(pairs, width)
    day = calendar.index(ledger.orders.day[ledger.parcel_order[parcel]])
    return owner * calendar.days + day, {"parcels": np.ones(len(pairs), np.bool_)}


UNCOUNTED = ("cancelled_orders", "held_orders")


def uncounted_counts(
    ledger: Ledger, calendar: Calendar, entity: Int64Array
) -> tuple[Int64Array, Counts]:
    """Cancelled and held orders of each entity, once an order, with their keys."""
    facts, lines = ledger.orders, ledger.uncounted
    width = max(len(facts), 1)
    shown = facts.state[lines.order] != OrderState.OPEN
    pairs = distinct((entity * width + lines.order)[shown])
    entity, order = np.divmod(pairs, width)
    state = facts.state[order]
    return entity * calendar.days + calendar.index(facts.day[order]), {
        "cancelled_orders": state == OrderState.CANCELLED,
        "held_orders": state == OrderState.HELD,
    }
