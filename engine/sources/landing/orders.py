"""What an order is made of its lines: one row = one order of a sales file, ascending by id.

The earliest time counts. Discount, shipping and tax are the order's, repeated on each line or given
on one: equal values count once, different ones are added. Of different statuses, countries or
buyers the lowest row of the file counts. Both cases are noted. Only rows that land take part.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from engine.money import Int64Array
from engine.sources.countries import is_missing_country, read_countries
from engine.sources.landing.amounts import MOST_DECIMALS, Amounts, digits_of, scale
from engine.sources.landing.file_rows import Cells
from engine.sources.landing.ids import buyer_id
from engine.sources.landing.merging import integers, known, nullable
from engine.sources.landing.sales import Sales
from engine.sources.landing.shops import ImportShop
from engine.sources.numbers import is_missing
from engine.sources.statuses import read_status

KIND = "sales"
_INTEGER = pa.int32()
# Amount of an order → what its divisor and currency are called.
ORDER_AMOUNTS = {
    "discount_amt": "discount",
    "total_shipping_cost": "shipping",
    "total_tax_cost": "tax",
}
# Column → the column that decides for it when a file meets a stored row.
LEADS = {
    "time_precision": "created_timestamp",
    **{f"{name}_divisor": amount for amount, name in ORDER_AMOUNTS.items()},
    **{f"{name}_currency_code": amount for amount, name in ORDER_AMOUNTS.items()},
}


@dataclass(frozen=True, slots=True, eq=False)
class OrderGroups:
    """Which rows of the file make which order.

    `rows`: positions of the rows that land. `order_ids`: ascending. `which`: for each of `rows` the
    place of its order in `order_ids`. `first`: the position of each order's first row.
    """

    rows: Int64Array
    order_ids: Int64Array
    which: Int64Array
    first: Int64Array

    def __len__(self) -> int:
        return len(self.order_ids)

    def sums(self, values: Int64Array) -> Int64Array:
        """Add up a value of the rows for each order, exactly."""
        total = np.zeros(len(self), np.int64)
        np.add.at(total, self.which, values)
        return total

    def largest(self, values: Int64Array, initial: int = 0) -> Int64Array:
        """Return the largest value of the rows of each order, at least `initial`."""
        most = np.full(len(self), initial, np.int64)
        np.maximum.at(most, self.which, values)
        return most


def group_orders(sales: Sales) -> OrderGroups:
    """Sort the rows that land into orders."""
    rows = sales.kept
    order_ids, first, which = np.unique(
        sales.order_id[rows], return_index=True, return_inverse=True
    )
    return OrderGroups(rows, order_ids, which, rows[first])


def order_table(sales: Sales, shop: ImportShop, orders: OrderGroups) -> pa.Table:
    """Return the orders as the file states them, with the column names of the table.

    What depends on rows that are stored already is put in by `complete_orders`.
    """
    seconds, has_clock = _earliest(sales, orders)
    currency = sales.currency[orders.first]
    ids = orders.order_ids
    texts = [sales.order_text.text(int(row)) for row in orders.first]
    columns: dict[str, Any] = {
        "order_id": pa.array(ids),
        "shop_id": pa.array(np.full(len(ids), shop.shop_id)),
        "created_timestamp": pa.array(seconds),
        "time_precision": pa.array(np.where(has_clock, "second", "day"), pa.string()),
        "buyer_user_id": _buyers(sales, shop, orders),
        "status": _texts(sales, orders, sales.rows.cells("status"), is_missing),
        "country": _texts(sales, orders, sales.rows.cells("country"), is_missing_country),
        "item_count": pa.array(orders.sums(sales.quantity[orders.rows])),
        "source": pa.array([KIND] * len(ids), pa.string()),
        "import_row": pa.array([sales.rows.number(int(row)) for row in orders.first], _INTEGER),
        "external_id": pa.array(texts, pa.string(), mask=ids > 0),
    }
    columns |= _total_price(sales, orders, currency)
    for (amount, name), cells, amounts in zip(
        ORDER_AMOUNTS.items(),
        ("discount", "shipping", "tax"),
        (sales.discount, sales.shipping, sales.tax),
        strict=True,
    ):
        of_order = _order_amounts(sales, orders, sales.rows.cells(cells), amounts)
        columns |= money_columns(amount, name, of_order, currency)
    return pa.table(columns)


def money_columns(
    amount: str, name: str, amounts: Amounts, currency: npt.NDArray[np.str_]
) -> dict[str, Any]:
    """Return the three columns of an amount: itself, its divisor, its currency."""
    digits = amounts.divisor_digits(currency)
    return {
        amount: nullable(scale(amounts.millionths, digits), amounts.known),
        f"{name}_divisor": nullable(10**digits, amounts.known, _INTEGER),
        f"{name}_currency_code": nullable(currency, amounts.known, pa.string()),
    }


def amounts_in_order_currency(table: pa.Table) -> dict[str, Any]:
    """Return the amounts of orders; one that was stated before in another currency is void."""
    columns: dict[str, Any] = {}
    for amount, name in ORDER_AMOUNTS.items():
        currency: Any = table[f"{name}_currency_code"]
        order_currency: Any = table["total_price_currency_code"]
        fits = pc.equal(currency, order_currency)
        for column in (amount, f"{name}_divisor", f"{name}_currency_code"):
            columns[column] = pc.if_else(fits, table[column], None)
    return columns


def stated_totals(table: pa.Table) -> dict[str, Any]:
    """Return subtotal and grand total of orders, each with its divisor and currency.

    subtotal = total_price − discount; grand total = subtotal + shipping + tax. All are in the
    order's currency.
    """
    currency = np.array(table["total_price_currency_code"].to_pylist(), dtype="<U3")
    price, digits = _stored_amount(table, "total_price", "total_price", currency)
    parts = {}
    for amount, name in ORDER_AMOUNTS.items():
        parts[name], more = _stored_amount(table, amount, name, currency)
        digits = np.maximum(digits, more)
    every = np.ones(len(price), np.bool_)
    subtotal = Amounts(price - parts["discount"], digits, every)
    grand_total = Amounts(subtotal.millionths + parts["shipping"] + parts["tax"], digits, every)
    return {
        **money_columns("subtotal", "subtotal", subtotal, currency),
        **money_columns("grand_total", "grand_total", grand_total, currency),
    }


def note_unknown_words(sales: Sales) -> None:
    """Note statuses and countries that are not known, each text once with its count."""
    rows, kept = sales.rows, sales.kept
    status, country = rows.cells("status"), rows.cells("country")
    counts = np.bincount(status.code[kept], minlength=len(status.values))
    for text, count in zip(status.values, counts, strict=True):
        if count and not is_missing(text) and not read_status(text, True, True).is_known:
            rows.findings.add(
                "STATUS_UNKNOWN",
                file=rows.file,
                column=status.header,
                value=text,
                what=f"is not a known status ({count} row(s))",
                expected="a status such as paid, completed, open or canceled",
                action="its orders count as paid",
            )
    cells = [country.values[code] for code in country.code[kept]]
    read_countries(cells, rows.file, country.header, rows.findings)


def _earliest(sales: Sales, orders: OrderGroups) -> tuple[Int64Array, npt.NDArray[np.bool_]]:
    """Return each order's earliest time; of two equal ones the one with a clock."""
    moments = sales.ordered.seconds[orders.rows] * 2 + ~sales.ordered.has_clock[orders.rows]
    first = np.full(len(orders), np.iinfo(np.int64).max)
    np.minimum.at(first, orders.which, moments)
    return first // 2, first % 2 == 0


def _total_price(
    sales: Sales, orders: OrderGroups, currency: npt.NDArray[np.str_]
) -> dict[str, Any]:
    price = sales.unit_price
    millionths = orders.sums(price.millionths[orders.rows] * sales.quantity[orders.rows])
    decimals = orders.largest(price.decimals[orders.rows])
    every = np.ones(len(orders), np.bool_)
    amounts = Amounts(millionths, decimals, every)
    return money_columns("total_price", "total_price", amounts, currency)


def _order_amounts(sales: Sales, orders: OrderGroups, cells: Cells, amounts: Amounts) -> Amounts:
    """Return an order's amount from its lines: each different value that is not 0, once."""
    is_known = orders.largest(amounts.known[orders.rows].astype(np.int64)) == 1
    values = amounts.millionths[orders.rows]
    sort = np.lexsort((values, orders.which))
    which, values = orders.which[sort], values[sort]
    repeats = np.zeros(len(values), np.bool_)
    repeats[1:] = (which[1:] == which[:-1]) & (values[1:] == values[:-1])
    counted = sort[~repeats & (values != 0)]
    _note_added(sales, orders, cells, np.sort(counted))
    total, decimals = np.zeros(len(orders), np.int64), np.zeros(len(orders), np.int64)
    places, rows = orders.which[counted], orders.rows[counted]
    np.add.at(total, places, amounts.millionths[rows])
    np.maximum.at(decimals, places, amounts.decimals[rows])
    return Amounts(total, decimals, is_known)


def _note_added(sales: Sales, orders: OrderGroups, cells: Cells, counted: Int64Array) -> None:
    """Note the orders whose lines state different amounts; `counted`: one line of each amount."""
    _, first, which = np.unique(orders.which[counted], return_index=True, return_inverse=True)
    for place, earlier in zip(counted, counted[first][which], strict=True):
        if place != earlier:
            row, other = int(orders.rows[place]), int(orders.rows[earlier])
            sales.rows.findings.add(
                "DUPLICATE_CONFLICT",
                file=sales.rows.file,
                row=sales.rows.number(row),
                column=cells.header,
                value=cells.text(row),
                what=f"differs from {cells.text(other)} in row {sales.rows.number(other)} "
                "of the same order",
                expected="one amount for the order",
                action="both are added",
            )


def _lowest(sales: Sales, orders: OrderGroups, cells: Cells, missing: Any) -> Int64Array:
    """Return the code of each order's cell in its lowest row that has one, −1 without one."""
    is_missing_code = np.array([missing(text) for text in cells.values], np.bool_)
    codes = cells.code[orders.rows]
    present = np.flatnonzero(~is_missing_code[codes])
    lowest = np.full(len(orders), -1, np.int64)
    winner = np.full(len(orders), -1, np.int64)
    # Of repeated places the last assignment stays: the lowest row of the file.
    lowest[orders.which[present]] = codes[present]
    winner[orders.which[present]] = present
    for place in present[codes[present] != lowest[orders.which[present]]]:
        _note_conflict(sales, orders, cells, int(place), int(winner[orders.which[place]]))
    return lowest


def _note_conflict(
    sales: Sales, orders: OrderGroups, cells: Cells, place: int, winner: int
) -> None:
    rows = sales.rows
    row, used = int(orders.rows[place]), int(orders.rows[winner])
    hidden = rows.is_buyer(cells)
    there = "" if hidden else f"{cells.text(used)} "
    rows.findings.add(
        "DUPLICATE_CONFLICT",
        file=rows.file,
        row=rows.number(row),
        column=cells.header,
        value=None if hidden else cells.text(row),
        what=f"differs from {there}in row {rows.number(used)} of the same order",
        expected=f"one {cells.header} for the order",
        action=f"row {rows.number(used)} is used",
    )


def _texts(sales: Sales, orders: OrderGroups, cells: Cells, missing: Any) -> Any:
    codes = _lowest(sales, orders, cells, missing)
    texts = [cells.values[code] if code >= 0 else None for code in codes]
    return pa.array(texts, pa.string())


def _buyers(sales: Sales, shop: ImportShop, orders: OrderGroups) -> Any:
    cells = sales.rows.cells("buyer_id")
    by_value = [buyer_id(text, shop.buyer_salt) for text in cells.values]
    codes = _lowest(sales, orders, cells, lambda text: buyer_id(text, "") is None)
    return pa.array([by_value[code] if code >= 0 else None for code in codes], pa.int64())


def _stored_amount(
    table: pa.Table, amount: str, name: str, currency: npt.NDArray[np.str_]
) -> tuple[Int64Array, Int64Array]:
    """Return a table's amount in millionths, 0 where there is none, and its divisor's digits."""
    stated = known(table[amount])
    divisor = integers(table[f"{name}_divisor"], 100)
    digits = np.round(np.log10(divisor)).astype(np.int64)
    millionths = integers(table[amount]) * 10 ** (MOST_DECIMALS - digits)
    return np.where(stated, millionths, 0), np.where(stated, digits, digits_of(currency))
