"""Listings as far as sales need them: stubs for unknown ones, and the one listing of a SKU."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from engine.database.write import Connection
from engine.money import Int64Array
from engine.sources.landing.amounts import scale
from engine.sources.landing.merging import integers, read_rows, read_stored
from engine.sources.landing.sales import Sales
from engine.sources.landing.shops import ImportShop
from engine.sources.skus import sku_identity

_STATE = "unknown"  # what tells a stub from a listing that was really read


def read_owners(connection: Connection, listing_ids: Int64Array) -> dict[int, int | None]:
    """Return the shop of each of these listings that is stored; None is the only shop."""
    schema = {"listing_id": pa.int64(), "shop_id": pa.int64()}
    found = read_stored(connection, "listings", schema, "listing_id", listing_ids)
    return {row["listing_id"]: row["shop_id"] for row in found.to_pylist()}


def fill_by_sku(connection: Connection, lines: pa.Table, shop_id: int) -> pa.Table:
    """Give lines without a listing the one that their SKU belongs to, if there is only one."""
    wanted: Any = pc.and_(pc.is_null(lines["listing_id"]), pc.is_valid(lines["sku"]))
    if not pc.any(wanted).as_py():
        return lines
    only = _only_listings(connection, shop_id)
    skus = lines["sku"].combine_chunks().dictionary_encode()
    texts: list[Any] = skus.dictionary.to_pylist()
    by_code = pa.array([only.get(sku) for sku in texts], pa.int64())
    found = pc.if_else(wanted, by_code.take(skus.indices), lines["listing_id"])
    return lines.set_column(lines.column_names.index("listing_id"), "listing_id", found)


def stub_listings(
    sales: Sales, shop: ImportShop, rows: Int64Array, owners: dict[int, int | None]
) -> pa.Table:
    """Return a row for each listing that the rows name and no table has yet, ascending by id.

    Its title is the first one given, its price that of its first row.
    """
    listing_ids = sales.listings.by_row[rows]
    known = np.array([0, *owners], np.int64)
    unknown = np.flatnonzero(~np.isin(listing_ids, known))
    ids, first = np.unique(listing_ids[unknown], return_index=True)
    first_rows = rows[unknown[first]]
    titles = _first_titles(sales, rows[unknown])
    digits = sales.unit_price.divisor_digits(sales.currency)[first_rows]
    blank = pa.array([""] * len(ids), pa.string())
    numbers = np.array(sales.rows.records.row_numbers, np.int32)
    texts = [sales.listings.texts[sales.listings.code[row]] for row in first_rows]
    return pa.table(
        {
            "listing_id": pa.array(ids),
            "shop_id": pa.array(np.full(len(ids), shop.shop_id)),
            "title": pa.array([titles.get(int(i), "") for i in ids], pa.string()),
            "description": blank,
            "tags": blank,
            "url": blank,
            "state": pa.array([_STATE] * len(ids), pa.string()),
            "price": pa.array(scale(sales.unit_price.millionths[first_rows], digits)),
            "price_divisor": pa.array(10**digits, pa.int32()),
            "currency_code": pa.array(sales.currency[first_rows], pa.string()),
            "quantity": pa.array(np.zeros(len(ids), np.int64)),
            "creation_timestamp": pa.array(sales.ordered.seconds[first_rows]),
            "source": pa.array(["stub"] * len(ids), pa.string()),
            "import_row": pa.array(numbers[first_rows]),
            "external_id": pa.array(texts, pa.string(), mask=ids > 0),
        }
    )


def _first_titles(sales: Sales, rows: Int64Array) -> dict[int, str]:
    cells = sales.rows.cells("title")
    is_titled = np.array([bool(text) for text in cells.values], np.bool_)[cells.code[rows]]
    titled = rows[is_titled]
    ids, first = np.unique(sales.listings.by_row[titled], return_index=True)
    return {
        int(listing): cells.text(int(row)) for listing, row in zip(ids, titled[first], strict=True)
    }


def _only_listings(connection: Connection, shop_id: int) -> dict[str, int]:
    """Return the listing of every SKU that belongs to a single one."""
    pairs = read_rows(
        connection,
        "SELECT DISTINCT p.sku, p.listing_id FROM listing_products p "
        "JOIN listings l USING (listing_id) "
        "WHERE p.sku IS NOT NULL AND coalesce(l.shop_id, %s) = %s",
        {"sku": pa.string(), "listing_id": pa.int64()},
        (shop_id, shop_id),
    )
    found: dict[str, set[int]] = {}
    for text, listing in zip(pairs["sku"].to_pylist(), integers(pairs["listing_id"]), strict=True):
        sku = sku_identity(text)
        if sku is not None:
            found.setdefault(sku, set()).add(int(listing))
    return {sku: next(iter(ids)) for sku, ids in found.items() if len(ids) == 1}
