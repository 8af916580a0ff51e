"""The orders of a group of customers: of a segment, or of those who bought first in a month.

They are the orders that `customer_tables` counts of the group over its whole life.
"""

from __future__ import annotations

from datetime import date

import numpy as np

from engine.ledger.frames import OrderState
from engine.metrics.compute import Snapshot
from engine.metrics.customer_tables import last_known_day, months_of, rfm_table
from engine.money import Int64Array
from engine.periods import day_number


def orders_of_segment(snapshot: Snapshot, as_of: int, segment: str) -> Int64Array:
    """Return the ids of the orders of a segment's customers, ascending."""
    rfm = rfm_table(snapshot, as_of)
    members = rfm["customer_id"][(rfm["segment"] == segment).fillna(value=False)]
    return _orders_of(snapshot, as_of, members.to_numpy(np.int64))


def orders_of_cohort(snapshot: Snapshot, as_of: int, month: date) -> Int64Array:
    """Return the ids of the orders of customers whose first one fell into a month, ascending."""
    customers, orders = snapshot.customers, snapshot.ledger.orders
    first = months_of(customers.first_day + snapshot.calendar.first_day)
    wanted = months_of(np.array([day_number(month)], np.int64))[0]
    own = np.append(first == wanted, False)[customers.code_of_order]
    return _orders_of(snapshot, as_of, np.unique(orders.customer_id[own]))


def _orders_of(snapshot: Snapshot, as_of: int, customer_ids: Int64Array) -> Int64Array:
    orders = snapshot.ledger.orders
    own = np.isin(orders.customer_id, customer_ids) & (orders.customer_id != 0)
    own &= (orders.state == OrderState.COUNTED) & (orders.day <= last_known_day(snapshot, as_of))
    return np.sort(orders.order_id[own])
