"""Leaves of counts: orders, refunds, parcels, customers and SKUs, one id a row.

Every count is made again from the ledger's rows and orders, without the tables that figures come
from. One function below is one part that a formula may name.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from engine.ledger.frames import EventKind, OrderState
from engine.metrics.explain_nodes import Leaves
from engine.metrics.explain_rows import Asked, row_leaves
from engine.metrics.order_tables import contribution_of
from engine.money import Int64Array
from engine.sources.frames import BoolArray

Explains = Callable[[Asked], Leaves]


def own_orders(asked: Asked) -> Int64Array:
    """Return the counted orders of the period with a line of the entity, in time order."""
    return orders_between(asked, asked.first, asked.last)


def orders_between(asked: Asked, first: int, last: int) -> Int64Array:
    """Return the counted orders between two days with a line of the entity, in time order."""
    ledger = asked.ledger
    day = ledger.order_day
    inside = asked.is_own & (ledger.kind == EventKind.SALE) & (day >= first) & (day <= last)
    return np.unique(ledger.order[inside]).astype(np.int64)


def own_values(asked: Asked, orders: Int64Array) -> Int64Array:
    """Return what the entity's own lines of orders of the period came to after discounts."""
    amounts, rows = asked.ledger.amounts, asked.sale_rows
    return _by_order(asked, orders, amounts.of("value", rows) - amounts.of("discount", rows))


def _by_order(asked: Asked, orders: Int64Array, amount: Int64Array) -> Int64Array:
    """Sum an amount of the period's sale rows for some of its orders, which ascend."""
    order = asked.ledger.order[asked.sale_rows]
    wanted = np.isin(order, orders)
    total = np.zeros(len(orders), np.int64)
    np.add.at(total, np.searchsorted(orders, order[wanted]), amount[wanted])
    return total


def order_leaves(
    asked: Asked, orders: Int64Array, amount: Int64Array | None = None, **more: np.ndarray
) -> Leaves:
    """Return orders as leaves, each with an amount, or 1."""
    facts = asked.ledger.orders
    count = np.ones(len(orders), np.int64) if amount is None else amount
    return Leaves(
        {"order_id": facts.order_id[orders], "day": facts.day[orders], "amount": count, **more}
    )


def _chosen(flags: Callable[[Asked, Int64Array], BoolArray]) -> Explains:
    """Return the orders of the period for which something holds."""

    def explain(asked: Asked) -> Leaves:
        orders = own_orders(asked)
        return order_leaves(asked, orders[flags(asked, orders)])

    return explain


def _customer_of(asked: Asked, orders: Int64Array) -> Int64Array:
    found: Int64Array = asked.ledger.orders.customer_id[orders]
    return found


def _refunded(asked: Asked, orders: Int64Array) -> BoolArray:
    ledger = asked.ledger
    refunds = ledger.order[asked.is_own & (ledger.kind == EventKind.REFUND)]
    return np.isin(orders, refunds)


def _completed(asked: Asked, orders: Int64Array) -> BoolArray:
    ledger = asked.ledger
    return np.asarray((ledger.orders.is_shipped & ~ledger.is_given_back)[orders])


def _customer_sales(asked: Asked) -> Leaves:
    orders = own_orders(asked)
    orders = orders[_customer_of(asked, orders) != 0]
    return order_leaves(asked, orders, own_values(asked, orders))


def _refund_rows(asked: Asked) -> Int64Array:
    return np.asarray(asked.rows[asked.ledger.kind[asked.rows] == EventKind.REFUND])


def _refunds(asked: Asked) -> Leaves:
    """One row = one refund, however many lines it has."""
    ledger, rows = asked.ledger, _refund_rows(asked)
    keys = np.stack([ledger.order[rows].astype(np.int64), ledger.source_id[rows]])
    _, first = np.unique(keys, axis=1, return_index=True)
    rows = rows[np.sort(first)]
    return row_leaves(asked, rows, np.ones(len(rows), np.int64))


def _refunded_orders(asked: Asked) -> Leaves:
    order = np.unique(asked.ledger.order[_refund_rows(asked)]).astype(np.int64)
    return order_leaves(asked, order[order >= 0])


def _parcels(asked: Asked) -> Leaves:
    """One row = one parcel with a line of the entity, by the order that dates it."""
    ledger = asked.ledger
    parcels = np.unique(ledger.parcel_of_piece[asked.is_own[ledger.parcel_row]])
    order = ledger.parcel_order[parcels].astype(np.int64)
    inside = asked.holds(ledger.orders.day[order])
    return order_leaves(asked, order[inside], parcel=parcels[inside])


def _uncounted(state: OrderState) -> Explains:
    def explain(asked: Asked) -> Leaves:
        lines, orders = asked.ledger.uncounted, asked.ledger.orders
        order = lines.order[_is_own_line(asked)].astype(np.int64)
        order = np.unique(order[orders.state[order] == state])
        return order_leaves(asked, order[asked.holds(orders.day[order])])

    return explain


def _is_own_line(asked: Asked) -> BoolArray:
    lines = asked.ledger.uncounted
    column = {"listing": lines.listing, "product": lines.sku}.get(asked.level.value)
    if column is None:
        return np.ones(len(lines.order), np.bool_)
    return np.asarray(column == asked.entity)


def timed_orders(asked: Asked) -> Int64Array:
    """Return the orders of the period whose clock time is known, in time order."""
    orders = own_orders(asked)
    return orders[asked.ledger.orders.has_clock[orders]]


def _gaps(asked: Asked) -> Leaves:
    """One row = one order that follows another one."""
    return order_leaves(asked, timed_orders(asked)[1:])


def _span(asked: Asked) -> Leaves:
    """One row = one order that follows another one, with the seconds since that one."""
    orders = timed_orders(asked)
    return order_leaves(asked, orders[1:], np.diff(asked.ledger.orders.seconds[orders]))


def _id_leaves(name: str, ids: np.ndarray) -> Leaves:
    return Leaves({name: ids, "amount": np.ones(len(ids), np.int64)})


def _customers_between(asked: Asked, first: int, last: int) -> Int64Array:
    customers = np.unique(_customer_of(asked, orders_between(asked, first, last)))
    return np.asarray(customers[customers != 0])


def _customers(asked: Asked) -> Int64Array:
    return _customers_between(asked, asked.first, asked.last)


def _customer_leaves(choose: Callable[[Asked], Int64Array]) -> Explains:
    return lambda asked: _id_leaves("customer_id", choose(asked))


def _new(asked: Asked) -> Int64Array:
    """Customers of the period who had not bought anything in the shop before it."""
    return np.setdiff1d(_customers(asked), _bought_before(asked, asked.first))


def _bought_before(asked: Asked, day: int) -> Int64Array:
    orders = asked.ledger.orders
    earlier = (orders.state == OrderState.COUNTED) & (orders.day < day)
    return np.unique(orders.customer_id[earlier])


def _repeat(asked: Asked) -> Int64Array:
    """Customers of the period with two orders in the shop up to its last day."""
    orders = asked.ledger.orders
    known = (orders.state == OrderState.COUNTED) & (orders.day <= asked.last)
    ids, count = np.unique(orders.customer_id[known], return_counts=True)
    return np.intersect1d(_customers(asked), ids[count >= 2])


def _previous(asked: Asked) -> Int64Array:
    return _customers_between(asked, asked.before, asked.first - 1)


def _skus(asked: Asked) -> Leaves:
    ledger = asked.ledger
    sold = asked.rows[ledger.kind[asked.rows] == EventKind.SALE]
    codes = np.unique(ledger.sku[sold])
    names = [ledger.skus[code] for code in codes[codes != ledger.no_sku].tolist()]
    return _id_leaves("sku", np.array(names, dtype=object))


def _payment_methods(asked: Asked) -> Leaves:
    orders = asked.ledger.orders
    codes = np.unique(orders.payment_method[own_orders(asked)])
    names = [orders.payment_methods[code] for code in codes[codes >= 0].tolist()]
    return _id_leaves("payment_method", np.array(names, dtype=object))


def _loses(asked: Asked, orders: Int64Array) -> BoolArray:
    return _by_order(asked, orders, contribution_of(asked.ledger, asked.sale_rows)) < 0


COUNTS: dict[str, Explains] = {
    "o.orders": _chosen(lambda asked, orders: np.ones(len(orders), np.bool_)),
    "o.guest_orders": _chosen(lambda asked, orders: _customer_of(asked, orders) == 0),
    "o.gift_orders": _chosen(lambda asked, orders: asked.ledger.orders.is_gift[orders]),
    "o.shipped_orders": _chosen(lambda asked, orders: asked.ledger.orders.is_shipped[orders]),
    "o.completed_orders": _chosen(_completed),
    "o.loss_orders": _chosen(_loses),
    "o.refunded_so_far": _chosen(_refunded),
    "o.customer_sales": _customer_sales,
    "o.refunds": _refunds,
    "o.parcels": _parcels,
    "o.cancelled_orders": _uncounted(OrderState.CANCELLED),
    "o.held_orders": _uncounted(OrderState.HELD),
    "o.gaps": _gaps,
    "o.span_seconds": _span,
    "d.customers": _customer_leaves(_customers),
    "d.new_customers": _customer_leaves(_new),
    "d.repeat_customers": _customer_leaves(_repeat),
    "d.retained_customers": _customer_leaves(
        lambda asked: np.intersect1d(_customers(asked), _previous(asked))
    ),
    "d.previous_customers": _customer_leaves(_previous),
    "d.refunded_orders": _refunded_orders,
    "d.skus_sold": _skus,
    "d.payment_methods": _payment_methods,
}
