"""The counted orders of a level's entities: one row = one order of one entity.

Quantiles, modes, customers and gaps go over these rows; an entity's rows of a range of days are one
slice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.ledger.frames import FEES, FULFILMENT, EventKind, Ledger, Orders
from engine.metrics.calendar import Calendar
from engine.metrics.customers import Customers
from engine.metrics.kernels import previous_same, sum_runs
from engine.money import Int64Array
from engine.sorting import run_starts, stable_order
from engine.sources.frames import BoolArray, Int8Array, Int32Array
from engine.widths import Keys, Whole, halved, held_keys

Days = npt.NDArray[np.int16] | Int32Array
PLATFORM_FEES = tuple(name for name in FEES if name != "offsite_ads_fees")
_EVERY = slice(None)


@dataclass(frozen=True, slots=True)
class OrderTable:
    """One row = one counted order of one entity, ascending by (entity, day, time, order id).

    Columns are as narrow as their values: a large shop has some ten million of these rows.
    """

    key: Keys  # entity × days + day
    day: Days
    order: Int32Array  # index into the ledger's orders
    value: Whole  # the entity's own sales after discounts in the order
    contribution: Whole  # the entity's own, on the sale rows of the order
    seconds: Whole
    ship_seconds: Whole  # from order to first shipment, −1 = not known
    customer: Int32Array  # code, −1 = guest
    previous: Int32Array  # row of the same entity's and customer's order before, −1 = none
    codes: dict[str, Int8Array | Int32Array]  # payment_method, hour, weekday, month; −1 = none
    has_clock: BoolArray


def order_table(
    ledger: Ledger,
    calendar: Calendar,
    customers: Customers,
    codes: Mapping[str, Int8Array | Int32Array],
    entity: Int64Array,
    entities: int,
    sold: Int64Array,
    contribution: Int64Array,
) -> OrderTable:
    """Build the table of one level.

    codes: of each order. entity, contribution: of each ledger row. sold: the sale rows, ascending
    by (entity, time).
    """
    orders = ledger.orders
    heads = run_starts(entity[sold] * max(len(orders), 1) + ledger.order[sold])
    amounts = ledger.amounts
    value = sum_runs(amounts.of("value", sold) - amounts.of("discount", sold), heads)
    owner, order = entity[sold[heads]], ledger.order[sold[heads]]
    day = calendar.index(orders.day[order])
    customer = customers.code_of_order[order]
    known = np.flatnonzero(customer >= 0)
    previous = np.full(len(order), -1, np.int32)
    before = previous_same(owner[known], customer[known])
    previous[known] = np.where(before >= 0, known[before], -1)
    has_clock = orders.has_clock[order]
    shipped = orders.shipped_seconds[order]
    lead = shipped - orders.seconds[order]
    return OrderTable(
        key=held_keys(owner * calendar.days + day, entities * calendar.days),
        day=day.astype(np.int16) if calendar.days < 2**15 else day.astype(np.int32),
        order=order,
        value=halved(value),
        contribution=halved(sum_runs(contribution[sold], heads)),
        seconds=halved(orders.seconds[order]),
        ship_seconds=halved(np.where(has_clock & (shipped >= 0) & (lead >= 0), lead, -1)),
        customer=customer,
        previous=previous,
        codes={name: code[order] for name, code in codes.items()},
        has_clock=has_clock,
    )


def order_codes(orders: Orders) -> dict[str, Int8Array | Int32Array]:
    """Return payment method, hour, weekday and month of each order as codes, −1 = none."""
    day = orders.day
    month = day.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) % 12 + 1
    return {
        "payment_method": _code(orders.payment_method, len(orders.payment_methods)),
        "hour": np.where(orders.has_clock, orders.hour, np.int8(-1)),
        "weekday": ((day + 3) % 7 + 1).astype(np.int8),  # 1970-01-01 was a Thursday
        "month": month.astype(np.int8),
    }


def _code(code: Int32Array, count: int) -> Int8Array | Int32Array:
    return code.astype(np.int8) if count < 2**7 else code


def sales_in_time(ledger: Ledger) -> Int64Array:
    """Return the sale rows of the ledger, ascending by (time, order id, line id)."""
    sales = np.flatnonzero(ledger.kind == EventKind.SALE)
    return sales[stable_order(ledger.order[sales].astype(np.int64))]


def contribution_of(ledger: Ledger, rows: Int64Array | slice = _EVERY) -> Int64Array:
    """Contribution of each ledger row, as far as its costs are known: minor units."""
    total = np.zeros(len(ledger.kind[rows]), np.int64)
    for name in ("value", "shipping", "gift_wrap", "cogs_recovered"):
        total += ledger.amounts.of(name, rows)
    given = ("discount", "returns_value", "shipping_refunded", "gift_wrap_refunded")
    for name in (*given, "refund_excess", "cogs", *FULFILMENT, *PLATFORM_FEES):
        total -= ledger.amounts.of(name, rows)
    return total
