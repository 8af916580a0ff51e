"""Reads the rows of a sales file: one row = one order line as the file states it.

An order lands whole or not at all: one rejected line rejects its order's other lines too. What an
order as a whole is made of its lines is decided in orders.py.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.local_time import LocalClock
from engine.money import Int64Array
from engine.sources.landing.amounts import (
    TOO_LARGE,
    Amounts,
    canonical_text,
    number_style,
    read_amounts,
    read_currency,
    read_quantity,
)
from engine.sources.landing.dates import EXPECTED, Moments, find_day_first, read_moments
from engine.sources.landing.file_rows import Cells, FileRows, Problem
from engine.sources.landing.ids import id_number, made_up_id, own_id, read_id
from engine.sources.landing.shops import ImportShop
from engine.sources.landing.sku_cells import Listings, Skus, read_listings, read_skus
from engine.sources.numbers import NumberStyle

_NUMBERS = ("quantity", "unit_price", "discount", "shipping", "tax")


@dataclass(frozen=True, slots=True, eq=False)
class Sales:
    """One entry of every array = one row of the file, by position; a rejected row holds fillers.

    `order_id`: int64, 0 where the row names none. `order_text`: the id as the file wrote it.
    """

    rows: FileRows
    style: NumberStyle
    order_id: Int64Array
    order_text: Cells
    ordered: Moments
    shipped: Moments
    currency: npt.NDArray[np.str_]
    quantity: Int64Array
    unit_price: Amounts
    discount: Amounts
    shipping: Amounts
    tax: Amounts
    listings: Listings
    skus: Skus

    @property
    def kept(self) -> Int64Array:
        """Positions of the rows that land."""
        return np.flatnonzero(~self.rows.rejected)


def read_sales(rows: FileRows, shop: ImportShop, clock: LocalClock) -> Sales:
    """Read and check every row of a sales file, and reject the orders that are not whole.

    Raises InputFileError if the file writes its dates in two ways.
    """
    style = number_style(rows, _NUMBERS)
    order_text = rows.cells("order_id")
    order_id = _read_order_ids(rows, order_text, shop.shop_id)
    ordered_at, shipped_at = rows.cells("ordered_at"), rows.cells("shipped_at")
    day_first = find_day_first([*ordered_at.values, *shipped_at.values], rows.file, rows.findings)
    ordered = read_moments(rows, ordered_at, clock, day_first=day_first, needed=True)
    rows.reject_missing(ordered_at, EXPECTED)
    currency = read_currency(rows, rows.cells("currency"))
    price = read_amounts(rows, rows.cells("unit_price"), currency, style, needed=True)
    sales = Sales(
        rows=rows,
        style=style,
        order_id=order_id,
        order_text=order_text,
        ordered=ordered,
        shipped=read_moments(rows, shipped_at, clock, day_first=day_first, needed=False),
        currency=currency,
        quantity=read_quantity(rows, rows.cells("quantity"), style, needed=True),
        unit_price=price,
        discount=read_amounts(rows, rows.cells("discount"), currency, style),
        shipping=read_amounts(rows, rows.cells("shipping"), currency, style),
        tax=read_amounts(rows, rows.cells("tax"), currency, style),
        listings=read_listings(rows, rows.cells("listing_id"), shop.shop_id),
        skus=read_skus(rows, rows.cells("sku")),
    )
    _reject_repeated_lines(sales)
    _reject_mixed_orders(sales)
    _reject_large_orders(sales)
    reject_incomplete_orders(sales)
    return sales


def _read_order_ids(rows: FileRows, cells: Cells, shop_id: int) -> Int64Array:
    """Return each row's order id; a row without one, or with a damaged one, is rejected."""
    texts = rows.read(cells, lambda text: read_id(text, "order id"))
    rows.reject_missing(cells, "the id of the order")
    ids = [id_number(shop_id, "order", text or "") for text in texts]
    return np.array(ids, np.int64)[cells.code]


def line_ids(sales: Sales, shop_id: int, rows: Int64Array) -> Int64Array:
    """Return the made-up transaction id of each of these rows.

    It stands for the order and the file's line id. Without one it stands for what was sold: SKU,
    listing, price and quantity, and which of several equal lines of the order this is.
    """
    orders, lines = sales.order_text, sales.rows.cells("line_id")
    order_texts = [str(own_id(text) or text) for text in orders.values]
    line_texts = lines.texts
    prices = [canonical_text(int(price)) for price in sales.unit_price.millionths[rows]]
    seen: dict[tuple[str, ...], int] = {}
    ids = np.empty(len(rows), np.int64)
    columns = zip(
        orders.code[rows].tolist(),
        lines.code[rows].tolist(),
        sales.skus.code[rows].tolist(),
        sales.listings.code[rows].tolist(),
        prices,
        sales.quantity[rows].tolist(),
        strict=True,
    )
    for place, (order, line, sku, listing, price, quantity) in enumerate(columns):
        named = line_texts[line]
        identity: tuple[str, ...] = (order_texts[order], named or "")
        if named is None:
            sold = (sales.skus.texts[sku] or "", sales.listings.texts[listing], price, quantity)
            identity = (order_texts[order], *map(str, sold))
            seen[identity] = seen.get(identity, 0) + 1
            identity = (*identity, str(seen[identity]))
        ids[place] = made_up_id(shop_id, "line", *identity)
    return ids


def reject_incomplete_orders(sales: Sales) -> None:
    """Reject the rows of every order of which a row was rejected: half an order would be wrong."""
    rows = sales.rows
    first_bad: dict[int, int] = {}
    for number, row in rows.records.too_long.items():
        order_id = _order_of_long_row(sales, row)
        first_bad.setdefault(order_id, number)
    for index in np.flatnonzero(rows.rejected).tolist():
        order_id, number = int(sales.order_id[index]), rows.number(index)
        first_bad[order_id] = min(number, first_bad.get(order_id, number))
    first_bad.pop(0, None)
    if not first_bad:
        return
    incomplete = np.isin(sales.order_id, np.array(list(first_bad), np.int64)) & ~rows.rejected
    for index in np.flatnonzero(incomplete).tolist():
        number = first_bad[int(sales.order_id[index])]
        problem = Problem(
            "ORDER_INCOMPLETE",
            f"is an order of which row {number} was rejected",
            "every line of the order",
        )
        rows.reject(index, problem, sales.order_text)


def _order_of_long_row(sales: Sales, row: tuple[str, ...]) -> int:
    text = row[sales.rows.records.places["order_id"]].strip()
    same = [code for code, value in enumerate(sales.order_text.values) if value == text]
    if not same:
        return 0
    return int(sales.order_id[np.flatnonzero(sales.order_text.code == same[0])[0]])


def _reject_repeated_lines(sales: Sales) -> None:
    """Reject a row whose line id an earlier row of the same order has."""
    lines = sales.rows.cells("line_id")
    named = np.flatnonzero(~lines.missing & (sales.order_id != 0))
    if not len(named):
        return
    pairs = np.stack([sales.order_id[named], lines.code[named]], axis=1)
    _, first, which = np.unique(pairs, axis=0, return_index=True, return_inverse=True)
    earlier = named[first][which.reshape(-1)]
    for row, earlier_row in zip(named, earlier, strict=True):
        if row != earlier_row:
            problem = Problem(
                "DUPLICATE_ID",
                f"is the line of row {sales.rows.number(int(earlier_row))} too",
                "each line of an order once",
            )
            sales.rows.reject(int(row), problem, lines)


def _reject_mixed_orders(sales: Sales) -> None:
    """Reject the rows whose currency is not that of their order's first row."""
    _, first, which = np.unique(sales.order_id, return_index=True, return_inverse=True)
    expected = sales.currency[first][which]
    differs = (sales.currency != expected) & (sales.currency != "") & (expected != "")
    for row in np.flatnonzero(differs & (sales.order_id != 0)):
        first_row = int(first[which[row]])
        problem = Problem(
            "CURRENCY_CONFLICT",
            f"differs from {expected[row]} in row {sales.rows.number(first_row)} of the same order",
            "one currency in an order",
        )
        sales.rows.reject(int(row), problem, sales.rows.cells("currency"))


def _reject_large_orders(sales: Sales) -> None:
    """Reject the first row of an order that adds up to more than a table holds."""
    _, first, which = np.unique(sales.order_id, return_index=True, return_inverse=True)
    # Floats only compare here: the exact sum might not fit 64 bits.
    value = sales.unit_price.millionths.astype(float) * sales.quantity / 1e6
    totals = np.bincount(which, weights=value)
    for order in np.flatnonzero(totals >= TOO_LARGE):
        if sales.order_id[first[order]] == 0:
            continue
        problem = Problem(
            "NOT_A_NUMBER",
            "is a price with which the order adds up to ten billion or more",
            "orders under ten billion",
        )
        sales.rows.reject(int(first[order]), problem, sales.rows.cells("unit_price"))
