"""Plans what a sales file does to orders, order lines and listings, and writes it.

A file states an order whole: lines that earlier sales files brought and this one lacks are removed.
An order that has lines of another source is not touched, since the file's lines would count it
twice. A sale never waits for its listing: an unknown one gets a stub.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from engine.database.copy_image import bigint
from engine.database.write import Connection, delete_rows
from engine.money import Int64Array
from engine.sources.frames import BoolArray
from engine.sources.landing.amounts import scale
from engine.sources.landing.file_rows import Problem
from engine.sources.landing.listings import fill_by_sku, read_owners, stub_listings
from engine.sources.landing.merging import (
    Merged,
    Schema,
    integers,
    known,
    merge,
    nullable,
    read_stored,
)
from engine.sources.landing.orders import (
    KIND,
    LEADS,
    OrderGroups,
    amounts_in_order_currency,
    group_orders,
    note_unknown_words,
    order_table,
    stated_totals,
)
from engine.sources.landing.plans import RowCounts, TableChange, first_and_last, write_change
from engine.sources.landing.sales import Sales, line_ids, reject_incomplete_orders
from engine.sources.landing.shops import ImportShop
from engine.sources.statuses import means_unpaid

_BIG, _INT, _TEXT, _FLAG = pa.int64(), pa.int32(), pa.string(), pa.bool_()
ORDER_COLUMNS: Schema = {
    "order_id": _BIG,
    "shop_id": _BIG,
    "created_timestamp": _BIG,
    "time_precision": _TEXT,
    "buyer_user_id": _BIG,
    "status": _TEXT,
    "country": _TEXT,
    "item_count": _BIG,
    "source": _TEXT,
    "import_row": _INT,
    "external_id": _TEXT,
    **{
        column: kind
        for amount, name in (
            ("total_price", "total_price"),
            ("discount_amt", "discount"),
            ("total_shipping_cost", "shipping"),
            ("total_tax_cost", "tax"),
            ("subtotal", "subtotal"),
            ("grand_total", "grand_total"),
        )
        for column, kind in (
            (amount, _BIG),
            (f"{name}_divisor", _INT),
            (f"{name}_currency_code", _TEXT),
        )
    },
    "is_paid": _FLAG,
    "is_shipped": _FLAG,
}
LINE_COLUMNS: Schema = {
    "transaction_id": _BIG,
    "order_id": _BIG,
    "listing_id": _BIG,
    "sku": _TEXT,
    "title": _TEXT,
    "quantity": _INT,
    "price": _BIG,
    "price_divisor": _INT,
    "currency_code": _TEXT,
    "shipped_timestamp": _BIG,
    "source": _TEXT,
    "import_row": _INT,
    "external_id": _TEXT,
}
_ORIGIN = ("source", "import_row")


@dataclass(frozen=True, slots=True, eq=False)
class SalesPlan:
    """What a sales file changes. `order_ids`: the orders that it brings."""

    counts: RowCounts
    span: tuple[int, int] | None
    listings: pa.Table
    orders: TableChange
    lines: TableChange
    removed_lines: Int64Array
    order_ids: Int64Array


def plan_sales(connection: Connection, sales: Sales, shop: ImportShop) -> SalesPlan:
    """Compare the file with the tables; rejects the orders that can't be landed."""
    owners = read_owners(connection, sales.listings.ids)
    _reject_foreign_listings(sales, shop, owners)
    reject_incomplete_orders(sales)
    stored_orders, stored_lines = _reject_foreign_orders(connection, sales, shop)
    reject_incomplete_orders(sales)
    note_unknown_words(sales)

    orders = group_orders(sales)
    lines = merge(_line_table(sales, shop, orders), stored_lines, "transaction_id", {})
    line_table = fill_by_sku(connection, lines.table, shop.shop_id)
    lines = Merged(line_table, lines.stored, lines.is_new, lines.is_protected)
    merged = merge(order_table(sales, shop, orders), stored_orders, "order_id", LEADS)
    merged = _complete_orders(merged, line_table, orders, sales)

    order_changed = merged.changed([name for name in ORDER_COLUMNS if name not in _ORIGIN])
    line_changed = lines.changed([name for name in LINE_COLUMNS if name not in _ORIGIN])
    removed = _removed(stored_lines, orders.order_ids, line_table)
    return SalesPlan(
        counts=RowCounts.of(lines.is_new, line_changed | order_changed[orders.which], len(removed)),
        span=first_and_last(sales.ordered.seconds[orders.rows]),
        listings=stub_listings(sales, shop, orders.rows, owners),
        orders=_change("orders", "order_id", merged, order_changed),
        lines=_change("order_transactions", "transaction_id", lines, line_changed),
        removed_lines=removed,
        order_ids=orders.order_ids,
    )


def write_sales(connection: Connection, plan: SalesPlan, file_id: int) -> None:
    """Write a plan: listings and orders first, because lines refer to them."""
    nothing = plan.listings.slice(0, 0)
    stubs = TableChange("listings", "listing_id", plan.listings, nothing)
    write_change(connection, stubs, file_id, new_may_exist=True)
    write_change(connection, plan.orders, file_id, new_may_exist=True)
    if len(plan.removed_lines):
        delete_rows(
            connection, "order_transactions", {"transaction_id": bigint(plan.removed_lines)}
        )
    write_change(connection, plan.lines, file_id)


def _change(table: str, key: str, merged: Merged, changed: BoolArray) -> TableChange:
    return TableChange(
        table,
        key,
        merged.table.filter(pa.array(merged.is_new)),
        merged.table.filter(pa.array(changed)),
        merged.is_protected[changed],
    )


def _reject_foreign_listings(
    sales: Sales, shop: ImportShop, owners: Mapping[int, int | None]
) -> None:
    """Reject the rows whose listing belongs to another shop."""
    foreign = [i for i, owner in owners.items() if owner not in (None, shop.shop_id)]
    by_row = sales.listings.by_row
    for row in np.flatnonzero(np.isin(by_row, np.array(foreign, np.int64))).tolist():
        owner = owners[int(by_row[row])]
        problem = Problem("ID_TAKEN", f"is a listing of shop {owner}", "a listing of this shop")
        sales.rows.reject(row, problem, sales.rows.cells("listing_id"))


def _reject_foreign_orders(
    connection: Connection, sales: Sales, shop: ImportShop
) -> tuple[pa.Table, pa.Table]:
    """Read the stored orders and lines; reject what another shop or another source has."""
    ids = np.unique(sales.order_id[sales.kept])
    orders = read_stored(connection, "orders", ORDER_COLUMNS, "order_id", ids)
    lines = read_stored(connection, "order_transactions", LINE_COLUMNS, "order_id", ids)
    why: dict[int, str] = {}
    for row in orders.select(["order_id", "shop_id"]).to_pylist():
        if row["shop_id"] not in (None, shop.shop_id):
            why[row["order_id"]] = f"is an order of shop {row['shop_id']}"
    other: Any = pc.not_equal(lines["source"].combine_chunks(), pa.scalar(KIND))
    for row in lines.filter(other).select(["order_id", "source"]).to_pylist():
        why.setdefault(row["order_id"], f"has lines from another source ({row['source']})")
    taken = np.isin(sales.order_id, np.array(list(why), np.int64)) & ~sales.rows.rejected
    for index in np.flatnonzero(taken).tolist():
        what = why[int(sales.order_id[index])]
        problem = Problem("ID_TAKEN", what, "an order that no other source has brought")
        sales.rows.reject(index, problem, sales.order_text)
    return orders, lines


def _line_table(sales: Sales, shop: ImportShop, orders: OrderGroups) -> pa.Table:
    """Return the order lines as the file states them; one row = one row of the file."""
    rows = orders.rows
    currency = sales.currency[rows]
    digits = sales.unit_price.divisor_digits(sales.currency)[rows]
    listing = sales.listings.by_row[rows]
    title, line_id = sales.rows.cells("title"), sales.rows.cells("line_id")
    numbers = np.array(sales.rows.records.row_numbers, np.int32)
    return pa.table(
        {
            "transaction_id": pa.array(line_ids(sales, shop.shop_id, rows)),
            "order_id": pa.array(sales.order_id[rows]),
            "listing_id": nullable(listing, listing != 0),
            "sku": _texts(sales.skus.texts, sales.skus.code[rows]),
            "title": _texts(title.values, title.code[rows]),
            "quantity": pa.array(sales.quantity[rows], _INT),
            "price": pa.array(scale(sales.unit_price.millionths[rows], digits)),
            "price_divisor": pa.array(10**digits, _INT),
            "currency_code": pa.array(currency, _TEXT),
            "shipped_timestamp": nullable(sales.shipped.seconds[rows], sales.shipped.known[rows]),
            "source": pa.array(np.full(len(rows), KIND), _TEXT),
            "import_row": pa.array(numbers[rows]),
            "external_id": _texts(line_id.texts, line_id.code[rows]),
        }
    )


def _texts(values: tuple[str | None, ...], code: Int64Array) -> Any:
    """Return the text of each row, null where it is blank."""
    return pa.array([text or None for text in values], _TEXT).take(code)


def _complete_orders(merged: Merged, lines: pa.Table, orders: OrderGroups, sales: Sales) -> Merged:
    """Put in what follows from the merged rows: whether paid and shipped, and the totals."""
    stated: Any = merged.table["status"]
    status: Any = pc.fill_null(stated, "paid")
    is_shipped = np.ones(len(orders), np.bool_)
    if sales.rows.records.has("shipped_at"):
        is_shipped[orders.which[~known(lines["shipped_timestamp"])]] = False
    amounts = amounts_in_order_currency(merged.table)
    table = pa.table({name: merged.table[name] for name in merged.table.column_names} | amounts)
    derived: dict[str, Any] = {
        **amounts,
        "status": status,
        "is_paid": pa.array([not means_unpaid(text) for text in status.to_pylist()], _FLAG),
        "is_shipped": pa.array(is_shipped),
        **stated_totals(table),
    }
    protected = pa.array(merged.is_protected)
    columns: dict[str, Any] = {name: table[name] for name in table.column_names}
    for name, values in derived.items():
        kept = merged.stored[name]
        columns[name] = pc.if_else(pc.and_(protected, pc.is_valid(kept)), kept, values)
    return Merged(pa.table(columns), merged.stored, merged.is_new, merged.is_protected)


def _removed(stored: pa.Table, order_ids: Int64Array, lines: pa.Table) -> Int64Array:
    """Return the stored lines of the file's orders that the file does not state any more."""
    ids = integers(stored["transaction_id"])
    stated = np.isin(ids, integers(lines["transaction_id"]))
    landing = np.isin(integers(stored["order_id"]), order_ids)
    return ids[landing & ~stated]
