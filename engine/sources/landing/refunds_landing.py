"""Plans what a refunds file does to refunds and their items, and writes it.

A refund whose order is not known lands without one; reading the file again after the order has come
links it. A refund that names a SKU, a listing or a quantity has one item, which is worth the
refund without its tax.
"""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from engine.database.copy_image import bigint, from_arrow
from engine.database.write import Connection, copy_rows, delete_rows
from engine.money import Int64Array
from engine.sources.landing.amounts import MOST_DECIMALS, Amounts, decimals_of, scale
from engine.sources.landing.file_rows import Problem
from engine.sources.landing.listings import fill_by_sku
from engine.sources.landing.merging import (
    Merged,
    Schema,
    integers,
    known,
    merge,
    nullable,
    read_rows,
    read_stored,
)
from engine.sources.landing.plans import RowCounts, TableChange, first_and_last, write_change
from engine.sources.landing.refunds import Refunds
from engine.sources.landing.shops import ImportShop

KIND = "refunds"
_BIG, _INT, _TEXT = pa.int64(), pa.int32(), pa.string()
_MONEY: Schema = {"amount": _BIG, "tax_amount": _BIG, "amount_divisor": _INT}
REFUND_COLUMNS: Schema = {
    "refund_id": _BIG,
    "shop_id": _BIG,
    "order_id": _BIG,
    **_MONEY,
    "currency_code": _TEXT,
    "reason": _TEXT,
    "created_timestamp": _BIG,
    "time_precision": _TEXT,
    "source": _TEXT,
    "import_row": _INT,
    "external_id": _TEXT,
}
ITEM_COLUMNS: Schema = {"listing_id": _BIG, "sku": _TEXT, "quantity": _INT}
_LEADS = {"time_precision": "created_timestamp"}
_ORIGIN = ("source", "import_row")


@dataclass(frozen=True, slots=True, eq=False)
class RefundsPlan:
    """What a refunds file changes. `items`: those of new and changed refunds, by `refund_id`."""

    counts: RowCounts
    span: tuple[int, int] | None
    refunds: TableChange
    items: pa.Table


def plan_refunds(
    connection: Connection, refunds: Refunds, shop: ImportShop, coming_orders: Set[int]
) -> RefundsPlan:
    """Compare the file with the tables.

    `coming_orders`: orders that are not stored, but are treated as if they were.
    """
    stored = _read_refunds(connection, refunds.refund_id)
    _reject_foreign(refunds, shop, stored)
    order_ids = _known_orders(connection, refunds, shop, coming_orders)
    merged = merge(_refund_table(refunds, shop, order_ids), stored, "refund_id", _LEADS)
    table = fill_by_sku(connection, _with_money(merged), shop.shop_id)
    merged = Merged(table, merged.stored, merged.is_new, merged.is_protected)
    watched = [name for name in (*REFUND_COLUMNS, *ITEM_COLUMNS) if name not in _ORIGIN]
    changed = merged.changed(watched)
    own_items = (merged.is_new | changed) & ~merged.is_protected
    plain = table.select(list(REFUND_COLUMNS))
    return RefundsPlan(
        counts=RowCounts.of(merged.is_new, changed),
        span=first_and_last(refunds.refunded.seconds[refunds.kept]),
        refunds=TableChange(
            "order_refunds",
            "refund_id",
            plain.filter(pa.array(merged.is_new)),
            plain.filter(pa.array(changed)),
            merged.is_protected[changed],
        ),
        items=_items(table.filter(pa.array(own_items))),
    )


def write_refunds(connection: Connection, plan: RefundsPlan, file_id: int) -> None:
    """Write a plan; the items of a changed refund are replaced."""
    write_change(connection, plan.refunds, file_id, new_may_exist=True)
    if not len(plan.items):
        return
    schema = {"id": _BIG, "refund_id": _BIG}
    refund_ids = integers(plan.items["refund_id"])
    rows = read_stored(connection, "order_refunds", schema, "refund_id", refund_ids)
    delete_rows(connection, "order_refund_items", {"order_refund_id": bigint(integers(rows["id"]))})
    # Another item changes its refund too: readers find out by the refund's time.
    connection.execute(
        "UPDATE order_refunds SET updated_at = CURRENT_TIMESTAMP WHERE refund_id = ANY(%s)",
        (plan.refunds.changed["refund_id"].to_pylist(),),
    )
    named = plan.items.filter(plan.items["is_item"])
    if not len(named):
        return
    place: Any = pc.index_in(
        named["refund_id"].combine_chunks(), rows["refund_id"].combine_chunks()
    )
    columns: dict[str, Any] = {"order_refund_id": rows["id"].take(place)}
    columns |= {
        name: named[name] for name in (*ITEM_COLUMNS, "amount", "amount_divisor", "currency_code")
    }
    copy_rows(
        connection,
        "order_refund_items",
        {name: from_arrow(values) for name, values in columns.items()},
    )


def _read_refunds(connection: Connection, refund_ids: Int64Array) -> pa.Table:
    """Read the stored refunds, each with the item that a refunds file gave it."""
    stored = read_stored(connection, "order_refunds", REFUND_COLUMNS, "refund_id", refund_ids)
    items = read_rows(
        connection,
        "SELECT DISTINCT ON (r.refund_id) r.refund_id, i.listing_id, i.sku, i.quantity "
        "FROM order_refund_items i JOIN order_refunds r ON r.id = i.order_refund_id "
        "WHERE r.source = 'refunds' AND r.refund_id = ANY(%s) ORDER BY r.refund_id, i.id",
        {"refund_id": _BIG, **ITEM_COLUMNS},
        (stored["refund_id"].to_pylist(),),
    )
    place: Any = pc.index_in(
        stored["refund_id"].combine_chunks(), items["refund_id"].combine_chunks()
    )
    for name in ITEM_COLUMNS:
        stored = stored.append_column(name, items[name].take(place))
    for name in ("amount", "tax_amount"):
        millionths = _millionths(stored, name)
        stored = stored.append_column(f"{name}_millionths", millionths)
    return stored


def _millionths(stored: pa.Table, name: str) -> Any:
    units = 10**MOST_DECIMALS // integers(stored["amount_divisor"], 100)
    return nullable(integers(stored[name]) * units, known(stored[name]))


def _reject_foreign(refunds: Refunds, shop: ImportShop, stored: pa.Table) -> None:
    owner = {row["refund_id"]: row["shop_id"] for row in stored.to_pylist()}
    foreign = [i for i, shop_id in owner.items() if shop_id not in (None, shop.shop_id)]
    taken = np.isin(refunds.refund_id, np.array(foreign, np.int64)) & ~refunds.rows.rejected
    for row in np.flatnonzero(taken).tolist():
        what = f"is a refund of shop {owner[int(refunds.refund_id[row])]}"
        problem = Problem("ID_TAKEN", what, "a refund of this shop")
        refunds.rows.reject(row, problem, refunds.refund_text)


def _known_orders(
    connection: Connection, refunds: Refunds, shop: ImportShop, coming: Set[int]
) -> Int64Array:
    """Return each row's order id, 0 where the shop has no such order, and note those."""
    schema = {"order_id": _BIG, "shop_id": _BIG}
    found = read_stored(connection, "orders", schema, "order_id", refunds.order_id)
    own = {row["order_id"] for row in found.to_pylist() if row["shop_id"] in (None, shop.shop_id)}
    is_known = np.isin(refunds.order_id, np.array([0, *own, *coming], np.int64))
    rows, cells = refunds.rows, refunds.rows.cells("order_id")
    for row in np.flatnonzero(~is_known & ~rows.rejected).tolist():
        rows.findings.add(
            "ORDER_UNKNOWN",
            file=rows.file,
            row=rows.number(row),
            column=cells.header,
            value=cells.text(row),
            what="is an order that the shop does not have",
            expected="the id of an order that was imported before",
            action="the refund lands without an order; import it again with --replace later",
        )
    return np.where(is_known, refunds.order_id, 0)


def _refund_table(refunds: Refunds, shop: ImportShop, order_ids: Int64Array) -> pa.Table:
    """Return the refunds as the file states them, their amounts in millionths."""
    kept = refunds.kept
    order, quantity = order_ids[kept], refunds.quantity[kept]
    listing = refunds.listings.by_row[kept]
    reason = refunds.rows.cells("reason")
    ids = refunds.refund_id[kept]
    texts = [refunds.refund_text.text(int(row)) for row in kept]
    numbers = np.array(refunds.rows.records.row_numbers, np.int32)
    precision = np.where(refunds.refunded.has_clock[kept], "second", "day")
    return pa.table(
        {
            "refund_id": pa.array(ids),
            "shop_id": pa.array(np.full(len(ids), shop.shop_id)),
            "order_id": nullable(order, order != 0),
            "amount_millionths": pa.array(refunds.amount.millionths[kept]),
            "tax_amount_millionths": nullable(
                refunds.tax.millionths[kept], refunds.tax.known[kept]
            ),
            "currency_code": pa.array(refunds.currency[kept], _TEXT),
            "reason": pa.array(reason.texts, _TEXT).take(reason.code[kept]),
            "created_timestamp": pa.array(refunds.refunded.seconds[kept]),
            "time_precision": pa.array(precision, _TEXT),
            "source": pa.array(np.full(len(ids), KIND), _TEXT),
            "import_row": pa.array(numbers[kept]),
            "external_id": pa.array(texts, _TEXT, mask=ids > 0),
            "listing_id": nullable(listing, listing != 0),
            "sku": pa.array(refunds.skus.texts, _TEXT).take(refunds.skus.code[kept]),
            "quantity": nullable(quantity, quantity != 0, _INT),
        }
    )


def _with_money(merged: Merged) -> pa.Table:
    """Return the merged refunds with amount, tax and the one divisor that holds both."""
    table = merged.table
    currency = np.array(table["currency_code"].to_pylist(), dtype="<U3")
    amount, tax = (integers(table[f"{name}_millionths"]) for name in ("amount", "tax_amount"))
    decimals = np.maximum(decimals_of(amount), decimals_of(tax))
    digits = Amounts(amount, decimals, np.ones(len(amount), np.bool_)).divisor_digits(currency)
    fresh: dict[str, Any] = {
        "amount": pa.array(scale(amount, digits)),
        "tax_amount": nullable(scale(tax, digits), known(table["tax_amount_millionths"])),
        "amount_divisor": pa.array(10**digits, _INT),
    }
    protected = pa.array(merged.is_protected)
    columns: dict[str, Any] = {name: table[name] for name in table.column_names}
    for name, values in fresh.items():
        columns[name] = pc.if_else(protected, merged.stored[name], values)
    return pa.table(columns)


def _items(table: pa.Table) -> pa.Table:
    """Return the item of each refund; `is_item` is False for a refund that names nothing."""
    named = np.zeros(len(table), np.bool_)
    for name in ITEM_COLUMNS:
        named |= known(table[name])
    amount = integers(table["amount"]) - integers(table["tax_amount"])
    kept = ("refund_id", *ITEM_COLUMNS, "amount_divisor", "currency_code")
    columns: dict[str, Any] = {name: table[name].combine_chunks() for name in kept}
    return pa.table({**columns, "is_item": pa.array(named), "amount": pa.array(amount)})
