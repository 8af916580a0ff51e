"""Some orders of a shop as a shop of their own: the rows of every table that belong to them.

So a few orders can be worked out again by the code that works out all of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

import numpy as np

from engine.money import Int64Array
from engine.sources.frames import Maybe, SourceTables, Texts
from engine.widths import narrowed

Table = TypeVar("Table")
_REFERRED = ("refund_items", "products")  # by rows that name an order
_SEARCHED = "order_id"  # a search by ids would widen it again, all of it
_ALONE = ("orders", "lines", "payments", "products", "shipments", "tracking")
_ASCENDING = ("orders", "lines", "shipments", "tracking")  # by order id


def held_tables(tables: SourceTables) -> SourceTables:
    """Return the tables, those that only `orders_alone` reads with columns as narrow as they fit.

    Entries and refunds are listed as they are.
    """
    return replace(tables, **{name: _held(getattr(tables, name)) for name in _ALONE})


def _held(table: Table) -> Table:
    columns = {
        field.name: getattr(table, field.name)
        for field in fields(table)  # type: ignore[arg-type]
        if field.name != _SEARCHED
    }
    return replace(table, **{name: _narrowed(column) for name, column in columns.items()})  # type: ignore[type-var]


def _narrowed(column: Any) -> Any:
    if isinstance(column, Maybe):
        return Maybe(_narrowed(column.value), column.known)
    if isinstance(column, Texts):
        return Texts(_narrowed(column.code), column.values)
    return narrowed(column) if np.issubdtype(column.dtype, np.integer) else column


def rows_of(table: Table, rows: Int64Array) -> Table:
    """Return some rows of a table, text columns with the texts that occur in them only.

    Numbers come as wide as they are computed with, even if they are held narrow.
    """
    columns = {field.name: getattr(table, field.name) for field in fields(table)}  # type: ignore[arg-type]
    chosen = {name: _chosen(column, rows) for name, column in columns.items()}
    return replace(table, **chosen)  # type: ignore[type-var]


def _chosen(column: Any, rows: Int64Array) -> Any:
    if isinstance(column, Maybe):
        return Maybe(column.value[rows].astype(np.int64), column.known[rows])
    if isinstance(column, Texts):
        used, code = np.unique(column.code[rows], return_inverse=True)
        names = tuple(column.values[number] for number in used.tolist() if number >= 0)
        skipped = int(len(used) > len(names))  # −1, no text, comes first
        return Texts((code.ravel() - skipped).astype(np.int32), names)
    chosen = column[rows]
    is_number = np.issubdtype(chosen.dtype, np.integer)
    return chosen.astype(np.int64, copy=False) if is_number else chosen


def orders_alone(tables: SourceTables, order_ids: Int64Array) -> SourceTables:
    """Return the tables with the rows of some orders; what names no order is left out.

    Products and listings, which lines refer to, stay as far as these lines name them.
    """
    parts: dict[str, Any] = {}
    for field in fields(tables):
        table = getattr(tables, field.name)
        if is_dataclass(table) and hasattr(table, "order_id"):
            by_order = _rows(table.order_id, order_ids, field.name in _ASCENDING)
            parts[field.name] = rows_of(table, by_order)
    refund_rows = np.flatnonzero(
        np.isin(tables.refund_items.refund_row_id, parts["refunds"].row_id)
    )
    products = np.flatnonzero(np.isin(tables.products.product_id, parts["lines"].product_id))
    parts["refund_items"] = rows_of(tables.refund_items, refund_rows)
    parts["products"] = rows_of(tables.products, products)
    return replace(orders_only(tables), **parts)


def orders_only(tables: SourceTables) -> SourceTables:
    """Return the tables with no row in those that are of no order."""
    names = [field.name for field in fields(tables) if field.name not in ("shop", *_REFERRED)]
    others = [name for name in names if not hasattr(getattr(tables, name), "order_id")]
    return _without_rows(tables, others)


def _without_rows(tables: SourceTables, names: Sequence[str]) -> SourceTables:
    nothing = np.empty(0, np.int64)
    return replace(tables, **{name: rows_of(getattr(tables, name), nothing) for name in names})


def _rows(column: Int64Array, ids: Int64Array, is_ascending: bool) -> Int64Array:
    if not is_ascending:
        return np.flatnonzero(np.isin(column, ids))
    low, high = np.searchsorted(column, ids), np.searchsorted(column, ids, side="right")
    spans = [np.arange(a, b) for a, b in zip(low.tolist(), high.tolist(), strict=True)]
    return np.concatenate((np.empty(0, np.int64), *spans))
