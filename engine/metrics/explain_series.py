"""Leaves of what is no sum: values in order for quantiles and spreads, codes for modes.

One row = one order of the period with its value, or with its code.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from engine.ledger.frames import EventKind
from engine.metrics.explain_counts import order_leaves, own_orders, own_values
from engine.metrics.explain_nodes import Leaves, Node
from engine.metrics.explain_rows import Asked
from engine.metrics.model import Quantile, Unit
from engine.metrics.parts import STEPS
from engine.money import Int64Array, round_div

_HOURS, _THURSDAY, _MONTHS = 3600, 3, 12


def series_leaves(asked: Asked, series: str) -> Leaves:
    """Return the values of a series in ascending order, one row an order."""
    found = _SERIES[series](asked)
    by_value = np.argsort(found.amount, kind="stable")
    return Leaves({name: column[by_value] for name, column in found.columns.items()})


def _order_value(asked: Asked) -> Leaves:
    orders = own_orders(asked)
    return order_leaves(asked, orders, own_values(asked, orders))


def _ship_seconds(asked: Asked) -> Leaves:
    facts, orders = asked.ledger.orders, own_orders(asked)
    lead = facts.shipped_seconds[orders] - facts.seconds[orders]
    known = facts.has_clock[orders] & (facts.shipped_seconds[orders] >= 0) & (lead >= 0)
    return order_leaves(asked, orders[known], lead[known])


def _customer_gap_days(asked: Asked) -> Leaves:
    """Days since the same customer's order before, of the entity, over orders that have one."""
    ledger = asked.ledger
    sold = asked.is_own & (ledger.kind == EventKind.SALE)
    orders = np.unique(ledger.order[sold]).astype(np.int64)
    customer = ledger.orders.customer_id[orders]
    orders, customer = orders[customer != 0], customer[customer != 0]
    by_customer = np.lexsort((orders, customer))
    orders, customer = orders[by_customer], customer[by_customer]
    day = ledger.orders.day[orders].astype(np.int64)
    again = np.flatnonzero(customer[1:] == customer[:-1]) + 1
    inside = again[asked.holds(day[again])]
    return order_leaves(asked, orders[inside], day[inside] - day[inside - 1])


_SERIES: dict[str, Callable[[Asked], Leaves]] = {
    "order_value": _order_value,
    "ship_seconds": _ship_seconds,
    "customer_gap_days": _customer_gap_days,
}


def quantile_of(values: Int64Array, formula: Quantile) -> int | None:
    """Return the interpolated point of ascending values, as the definition says."""
    if not len(values):
        return None
    above, below = formula.above, formula.below
    at, part = divmod((len(values) - 1) * above, below)
    low = int(values[at])
    high = int(values[min(at + 1, len(values) - 1)])
    over, under = STEPS.get(formula.series, (1, 1))
    return round_div((below * low + part * (high - low)) * over, below * under)


def neighbours(leaves: Leaves, formula: Quantile, unit: Unit) -> tuple[Node, ...]:
    """Return the two values that a quantile lies between, as nodes; one of them if they are one."""
    count = len(leaves)
    if not count:
        return ()
    at, part = divmod((count - 1) * formula.above, formula.below)
    over, under = STEPS.get(formula.series, (1, 1))
    places = (at, at + 1) if part else (at,)

    def node(place: int) -> Node:
        value = round_div(int(leaves.amount[place]) * over, under)
        order = int(leaves.columns["order_id"][place])
        return Node(
            name=f"{formula.series} {place + 1} of {count}",
            label=f"Order {order}, place {place + 1} of {count} by size",
            value=value,
            unit=unit,
            kind="value",
            formula=f"order {order}",
            again=lambda _: round_div(int(leaves.amount[place]) * over, under),
        )

    return tuple(node(place) for place in places)


def spread_of(values: Int64Array) -> int | None:
    """Return the population standard deviation, exact, rounded half up."""
    if not len(values):
        return None
    numbers = [int(value) for value in values]
    count, total = len(numbers), sum(numbers)
    square = count * sum(number * number for number in numbers) - total * total
    return (math.isqrt(4 * square) + count) // (2 * count)


def code_leaves(asked: Asked, code: str) -> Leaves:
    """Return the orders of the period that have a code, with it."""
    orders = own_orders(asked)
    codes = _CODES[code](asked, orders)
    known = codes >= 0
    return order_leaves(asked, orders[known], code=codes[known])


def _hour(asked: Asked, orders: Int64Array) -> Int64Array:
    facts = asked.ledger.orders
    return np.where(facts.has_clock[orders], facts.hour[orders], -1).astype(np.int64)


def _weekday(asked: Asked, orders: Int64Array) -> Int64Array:
    return (asked.ledger.orders.day[orders].astype(np.int64) + _THURSDAY) % 7 + 1


def _month(asked: Asked, orders: Int64Array) -> Int64Array:
    months = asked.ledger.orders.day[orders].astype("datetime64[D]").astype("datetime64[M]")
    return months.astype(np.int64) % _MONTHS + 1


_CODES: dict[str, Callable[[Asked, Int64Array], Int64Array]] = {
    "payment_method": lambda asked, orders: asked.ledger.orders.payment_method[orders].astype(
        np.int64
    ),
    "hour": _hour,
    "weekday": _weekday,
    "month": _month,
}


def code_counts(leaves: Leaves) -> dict[int, int]:
    """Count the orders of each code, ascending by code."""
    codes, counts = np.unique(leaves.columns["code"], return_counts=True)
    return dict(zip(codes.tolist(), counts.tolist(), strict=True))
