"""Some orders of a shop as a shop of their own: the rows of every table that belong to them.

So a few orders can be worked out again by the code that works out all of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Any, TypeVar

import numpy as np

from engine.money import Int64Array
from engine.sources.frames import Maybe, SourceTables, Texts
from engine.sources.held_columns import Columns

Table = TypeVar("Table", bound=Columns)
_REFERRED = ("refund_items", "products")  # by rows that name an order
_ASCENDING = ("orders", "lines", "shipments", "tracking")  # by order id


def rows_of(table: Table, rows: Int64Array) -> Table:
    """Return some rows of a table.

    Of few rows a text column keeps only the texts that occur in them: whoever works them out again
    asks what each of its texts means.
    """
    names = [field.name for field in fields(table)]  # type: ignore[arg-type]
    return type(table)(**{name: _chosen(table.as_held(name), rows) for name in names})


def _chosen(column: Any, rows: Int64Array) -> Any:
    if isinstance(column, Maybe):
        return Maybe(column.as_held("value")[rows], column.known[rows])
    if isinstance(column, Texts):
        if len(rows) >= len(column.values):
            return column.chosen(rows)
        used, code = np.unique(column.as_held("code")[rows], return_inverse=True)
        names = tuple(column.values[number] for number in used.tolist() if number >= 0)
        skipped = int(len(used) > len(names))  # −1, no text, comes first
        return Texts((code.ravel() - skipped).astype(np.int32), names)
    return column[rows]


def orders_alone(tables: SourceTables, order_ids: Int64Array) -> SourceTables:
    """Return the tables with the rows of some orders; what names no order is left out.

    Products and listings, which lines refer to, stay as far as these lines name them.
    """
    parts: dict[str, Any] = {}
    for field in fields(tables):
        table = getattr(tables, field.name)
        if _names_orders(table):
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
    others = [name for name in names if not _names_orders(getattr(tables, name))]
    return _without_rows(tables, others)


def _names_orders(table: Any) -> bool:
    return isinstance(table, Columns) and "order_id" in (field.name for field in fields(table))  # type: ignore[arg-type]


def _without_rows(tables: SourceTables, names: Sequence[str]) -> SourceTables:
    nothing = np.empty(0, np.int64)
    return replace(tables, **{name: rows_of(getattr(tables, name), nothing) for name in names})


def _rows(column: Int64Array, ids: Int64Array, is_ascending: bool) -> Int64Array:
    if not is_ascending:
        return np.flatnonzero(np.isin(column, ids))
    low, high = np.searchsorted(column, ids), np.searchsorted(column, ids, side="right")
    count = high - low
    before = np.cumsum(count) - count
    return np.repeat(low - before, count) + np.arange(int(count.sum()))
