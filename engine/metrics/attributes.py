"""The value of each dimension on rows of the ledger and on parcels, as codes.

A code indexes the values of its dimension, which stand in the order in which people list them; rows
that have none are −1.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from engine.ledger.frames import Codes, EventKind, Int16Array, Ledger
from engine.metrics.customers import Customers
from engine.metrics.dimensions import Dimension
from engine.metrics.order_tables import order_codes
from engine.money import Int64Array

CUSTOMER_KINDS = ("new", "returning", "guest")


@dataclass(frozen=True, slots=True)
class Attribute:
    """A dimension on the ledger of a shop; `of_rows` takes numbers of ledger rows.

    of_parcels takes numbers of parcels and, of each, the ledger row of a line in it.
    """

    values: tuple[str, ...]
    of_rows: Callable[[Int64Array], Int64Array]
    of_parcels: Callable[[Int64Array, Int64Array], Int64Array]


def attribute(dimension: Dimension, ledger: Ledger, customers: Customers) -> Attribute:
    """Return one of the dimensions that every ledger row has, or lacks, as a whole."""
    if dimension is Dimension.REFUND_REASON:
        return _of_rows(ledger.refund_reason)
    if dimension is Dimension.COST_CODE:
        code = np.append(ledger.cost_codes.code, np.int16(-1))[ledger.sku]
        return _of_rows(Codes(code, ledger.cost_codes.values))
    if dimension is Dimension.SKU:
        return _of_skus(ledger)
    return _of_orders(_order_attribute(dimension, ledger, customers), ledger)


def _order_attribute(dimension: Dimension, ledger: Ledger, customers: Customers) -> Codes:
    orders = ledger.orders
    if dimension in ledger.order_parcels:
        return ledger.order_parcels[dimension]
    if dimension is Dimension.CUSTOMER_KIND:
        return Codes(_customer_kinds(customers), CUSTOMER_KINDS)
    if dimension is Dimension.COUNTRY:
        return Codes(orders.country.astype(np.int16), orders.countries)
    code = order_codes(orders)[dimension].astype(np.int16)
    if dimension is Dimension.PAYMENT_METHOD:
        return Codes(code, orders.payment_methods)
    return Codes(code, tuple(str(number) for number in range(24)))


def _customer_kinds(customers: Customers) -> Int16Array:
    """By order: the first order of its customer is new, later ones are returning."""
    code = customers.code_of_order
    kind = np.where(code < 0, CUSTOMER_KINDS.index("guest"), CUSTOMER_KINDS.index("returning"))
    _, first = np.unique(code, return_index=True)  # orders are in time order
    is_new = np.zeros(len(code), np.bool_)
    is_new[first] = True
    kind[is_new & (code >= 0)] = CUSTOMER_KINDS.index("new")
    return kind.astype(np.int16)


def _of_rows(codes: Codes) -> Attribute:
    def of_rows(rows: Int64Array) -> Int64Array:
        return codes.code[rows].astype(np.int64)

    return Attribute(codes.values, of_rows, lambda _, rows: of_rows(rows))


def _of_skus(ledger: Ledger) -> Attribute:
    """What has no SKU is the last one of the ledger, `(none)`, as no group of its own."""

    def of_rows(rows: Int64Array) -> Int64Array:
        code = ledger.sku[rows].astype(np.int64)
        return np.where(code == ledger.no_sku, -1, code)

    return Attribute(ledger.skus[:-1], of_rows, lambda _, rows: of_rows(rows))


def _of_orders(codes: Codes, ledger: Ledger) -> Attribute:
    """Adjustments have no value, even those that name an order: it is none that counts."""
    by_order = np.append(codes.code, np.int16(-1)).astype(np.int64)

    def of_rows(rows: Int64Array) -> Int64Array:
        is_adjustment = ledger.kind[rows] == EventKind.ADJUSTMENT
        return np.where(is_adjustment, -1, by_order[ledger.order[rows]])

    def of_parcels(parcels: Int64Array, _: Int64Array) -> Int64Array:
        return np.asarray(by_order[ledger.parcel_order[parcels]])

    return Attribute(codes.values, of_rows, of_parcels)
