"""The orders of a group of customers: of a segment, or of those who bought first in a month.

They are the orders that `customer_tables` counts of the group over its whole life.
"""

from __future__ import annotations

from datetime import date

import numpy as np

from engine.metrics.compute import Snapshot
from engine.metrics.customer_tables import buyers_until, last_known_day, months_of, rfm_table
from engine.money import Int64Array
from engine.periods import day_number
from engine.sources.frames import BoolArray


def orders_of_segment(snapshot: Snapshot, as_of: int, segment: str) -> Int64Array:
    """Return the ids of the orders of a segment's customers, ascending."""
    rfm = rfm_table(snapshot, as_of)
    is_own = (rfm["segment"] == segment).fillna(value=False).to_numpy(np.bool_)
    is_member = buyers_until(snapshot, as_of)
    is_member[is_member] = is_own  # the table has them in the order of their codes
    return _orders_of(snapshot, as_of, is_member)


def orders_of_cohort(snapshot: Snapshot, as_of: int, month: date) -> Int64Array:
    """Return the ids of the orders of customers whose first one fell into a month, ascending."""
    first = months_of(snapshot.customers.first_day + snapshot.calendar.first_day)
    wanted = months_of(np.array([day_number(month)], np.int64))[0]
    return _orders_of(snapshot, as_of, first == wanted)


def _orders_of(snapshot: Snapshot, as_of: int, is_member: BoolArray) -> Int64Array:
    """Return the counted orders of some customers; is_member: bool[customers], by code."""
    orders = snapshot.ledger.orders
    own = np.append(is_member, False)[snapshot.customers.code_of_order]
    return np.sort(orders.order_id[own & (orders.day <= last_known_day(snapshot, as_of))])
