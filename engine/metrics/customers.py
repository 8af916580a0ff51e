"""When each known customer bought first and second, in the whole shop."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.ledger.frames import Ledger, OrderState
from engine.metrics.calendar import NEVER, Calendar
from engine.metrics.kernels import first_and_second_day
from engine.money import Int64Array
from engine.sources.frames import Int32Array


@dataclass(frozen=True, slots=True)
class Customers:
    """Days of each known customer's first and second order, counted in the whole shop."""

    code_of_order: Int32Array  # −1 = guest
    first_day: Int64Array
    second_day: Int64Array


def build_customers(ledger: Ledger, calendar: Calendar) -> Customers:
    """Code the customers of counted orders, and find their first and second order."""
    orders = ledger.orders
    known = (orders.customer_id != 0) & (orders.state == OrderState.COUNTED)
    ids, codes = np.unique(orders.customer_id[known], return_inverse=True)
    code = np.full(len(orders), -1, np.int32)
    code[known] = codes
    day = calendar.index(orders.day)
    first, second = first_and_second_day(code[known], day[known], len(ids), NEVER)
    return Customers(code, first, second)
