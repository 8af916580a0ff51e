"""Puts a demo into the database: all of it in one transaction, in place of an earlier demo.

A database that holds another shop is never touched.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from enum import Enum, auto
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from engine.database import copy_image
from engine.database.upsert import UpsertRule, upsert
from engine.database.url import DatabaseUrl
from engine.database.write import Connection, copy_rows, write_transaction
from engine.demo.bulk_load import without_indexes
from engine.demo.draws import BoolArray
from engine.demo.rows import fact_tables, shop_tables
from engine.demo.shop import Demo
from engine.demo.tables import Column, Table
from engine.errors import UsageError
from engine.money import Int64Array

APPLICATION = "demo"
_ROWS_AT_ONCE = 100_000
_LARGE = 200_000  # orders, from which on indexes are made after the rows
_LOCK_TIMEOUT_MS = 60_000
_MICROSECONDS = 1_000_000
_RATE_DIGITS = 8
# Everything that belongs to a shop, the shop's own row apart.
FACT_TABLES = (
    "listings",
    "listing_products",
    "product_offerings",
    "product_property_values",
    "orders",
    "order_transactions",
    "order_refunds",
    "order_refund_items",
    "order_shipments",
    "order_payments",
    "ledger_entries",
    "listing_ad_stats",
    "listing_visit_stats",
    "reviews",
    "stock_snapshots",
    "listing_snapshots",
)


class Target(Enum):
    """What a database holds before a demo is loaded."""

    EMPTY = auto()
    DEMO = auto()
    FOREIGN = auto()  # a shop of somebody's own, or orders of no shop


def look_at(url: DatabaseUrl) -> Target:
    """Return what the database holds now; raises SourceError if it is out of reach."""
    with write_transaction(url, application_name=APPLICATION) as connection:
        return _target(connection)


def refuse_foreign(target: Target) -> None:
    """Raise UsageError where loading a demo would mix it with somebody's own shop."""
    if target is Target.FOREIGN:
        raise UsageError(
            "The database holds another shop than the demo's; nothing was written.",
            hint="Point DATABASE_URL, or DATA_FOLDER, at an empty database for the demo.",
        )


def load(
    url: DatabaseUrl,
    demo: Demo,
    *,
    say: Callable[[str], None] = lambda _: None,
    bulk: bool | None = None,
) -> dict[str, int]:
    """Write all rows of a demo, or none, and return how many by table; an earlier demo goes.

    `say` is told each large table as it begins. `bulk`: whether indexes are made after the rows;
    None = for a large demo. While an earlier demo is replaced, readers of its tables wait. Raises
    UsageError for a database that holds another shop, SourceError if the server is out of reach.
    """
    with write_transaction(
        url, application_name=APPLICATION, lock_timeout_ms=_LOCK_TIMEOUT_MS
    ) as connection:
        target = _target(connection)
        refuse_foreign(target)
        if target is Target.DEMO:
            _remove_earlier(connection, demo)
        for table in shop_tables(demo):
            upsert(connection, table.name, _image(table), UpsertRule(key=("shop_id",)))
        orders = sum(shop.plan.orders for shop in demo.shops)
        is_large = orders >= _LARGE if bulk is None else bulk
        with without_indexes(connection, FACT_TABLES) if is_large else nullcontext():
            rows = _copy_all(connection, demo, say)
        connection.execute(f"ANALYZE {', '.join(FACT_TABLES)}")
        return {"shops": len(demo.shops), **rows}


def _copy_all(connection: Connection, demo: Demo, say: Callable[[str], None]) -> dict[str, int]:
    written: dict[str, int] = {}
    for shop in demo.shops:
        for table in fact_tables(shop):
            if len(table) > _ROWS_AT_ONCE:
                say(f"{shop.plan.name}: {table.name}, {len(table):,} rows")
            for start in range(0, len(table), _ROWS_AT_ONCE):
                rows = slice(start, start + _ROWS_AT_ONCE)
                copy_rows(connection, table.name, _image(table, rows))
            written[table.name] = written.get(table.name, 0) + len(table)
    return written


def _target(connection: Connection) -> Target:
    row = connection.execute(
        "SELECT count(*) FILTER (WHERE is_demo), count(*) FILTER (WHERE NOT is_demo),"
        " EXISTS (SELECT FROM orders o WHERE NOT EXISTS"
        "   (SELECT FROM shops s WHERE s.shop_id = o.shop_id)),"
        " EXISTS (SELECT FROM listings l WHERE NOT EXISTS"
        "   (SELECT FROM shops s WHERE s.shop_id = l.shop_id)) FROM shops"
    ).fetchone()
    assert row is not None  # an aggregate always answers
    demos, others, stray_orders, stray_listings = row
    if others or stray_orders or stray_listings:
        return Target.FOREIGN
    return Target.DEMO if demos else Target.EMPTY


def _remove_earlier(connection: Connection, demo: Demo) -> None:
    """Empty the tables of facts, which hold demo rows only, and drop shops that do not come back.

    Files that were imported into a demo shop are forgotten too: their rows are gone.
    """
    connection.execute(f"TRUNCATE {', '.join(FACT_TABLES)}")  # all from the constant above
    connection.execute("DELETE FROM import_files")
    kept = [shop.plan.shop_id for shop in demo.shops]
    connection.execute("DELETE FROM shops WHERE shop_id <> ALL (%s)", (kept,))


def _image(table: Table, rows: slice = slice(None)) -> dict[str, copy_image.Column]:
    return {name: _wire(column, rows) for name, column in table.columns.items()}


def _wire(column: Column, rows: slice) -> copy_image.Column:
    values = column.values[rows]
    missing = None if column.missing is None else column.missing[rows]
    if column.kind == "bigint":
        return copy_image.bigint(values, missing)
    if column.kind == "integer":
        return copy_image.integer(values, missing)
    if column.kind == "boolean":
        return copy_image.boolean(values, missing)
    if column.kind == "timestamp":
        return copy_image.timestamp((values * _MICROSECONDS).view("datetime64[us]"), missing)
    if column.kind == "date":
        return copy_image.date(values.astype("datetime64[D]"), missing)
    if column.kind == "rate":
        return copy_image.numeric(values, _RATE_DIGITS, missing)
    if column.kind == "number":
        return copy_image.text(_prefixed(column.prefix, values, missing))
    return copy_image.text(_words(column.words, values, missing))


def _prefixed(prefix: str, values: Int64Array, missing: BoolArray | None) -> copy_image.ArrowArray:
    digits: Any = pa.array(values, mask=missing).cast(pa.large_string())
    head, nothing = (pa.scalar(word, type=pa.large_string()) for word in (prefix, ""))
    joined: Any = pc.binary_join_element_wise(head, digits, nothing)
    return joined


def _words(
    words: tuple[str, ...], codes: Int64Array, missing: BoolArray | None
) -> copy_image.ArrowArray:
    indices: Any = pa.array(np.maximum(codes, 0).astype(np.int32), mask=missing)
    dictionary: Any = pa.array(words or ("",), type=pa.large_string())
    return pa.DictionaryArray.from_arrays(indices, dictionary).cast(pa.large_string())
