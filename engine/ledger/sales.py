"""Sale events: one row = one line of a counted order, with its share of every order amount.

Rules M9 to M13 and M16 of docs/money-rules.md. Amounts come in millionths of the major unit and
become minor units here, each converted and rounded once for the whole order and then allocated to
its lines.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from engine.errors import ContractError
from engine.ledger.allocation import allocate, group_starts, sum_by_group
from engine.ledger.amounts import Amounts
from engine.ledger.exchange import RateSource
from engine.ledger.frames import INCOME, NO_LISTING, NO_SKU, Orders, OrderState
from engine.ledger.order_money import OrderMoney
from engine.ledger.positions import positions
from engine.money import Int64Array, round_div
from engine.sources.frames import BoolArray, Int32Array, Maybe, SourceTables, Texts
from engine.sources.held_columns import Columns

MAX_LINE = 10**16  # millionths: an amount of a line stays under 10¹² minor units
_ROW_AMOUNTS = ("discount", "shipping", "gift_wrap", "sales_tax", "vat")


@dataclass(frozen=True, slots=True)
class Lines(Columns):
    """One row = one line of any order, ascending by (order id, line id), entities resolved.

    `source` is the row in the table of lines, −1 for the stand-in of an order without lines.
    """

    order: Int32Array  # index into Orders
    order_id: Int64Array
    line_id: Int64Array
    listing_id: Int64Array
    sku: Int32Array  # code into `skus`, −1 = (none)
    skus: tuple[str, ...]
    quantity: Int64Array
    source: Int32Array

    def chosen(self, rows: BoolArray | Int64Array) -> Lines:
        """Return some of the rows, by mask or by position."""
        names = ("order", "order_id", "line_id", "listing_id", "sku", "quantity", "source")
        return Lines(skus=self.skus, **{name: self.as_held(name)[rows] for name in names})


def resolve_lines(
    tables: SourceTables,
    orders: Orders,
    in_time: Int64Array,
    identity: Callable[[str], str | None],
) -> Lines:
    """Give each line its order, listing and SKU, and each order without lines a stand-in.

    A blank SKU or listing takes that of the line's product; `identity` turns a SKU as written into
    the one that reports group by, or None.
    """
    rows, products = tables.lines, tables.products
    position = positions(orders.order_id, rows.order_id).astype(np.int32)
    kept = position >= 0
    skus, line_sku, product_sku = _identities(rows.sku, products.sku, identity)
    at = np.searchsorted(products.product_id, rows.product_id)
    at = np.minimum(at, max(len(products.product_id) - 1, 0))
    if len(products.product_id):
        found = products.product_id[at] == rows.product_id
        line_sku = np.where((line_sku < 0) & found, product_sku[at], line_sku)
        listing = np.where((rows.listing_id == 0) & found, products.listing_id[at], rows.listing_id)
    else:
        listing = rows.listing_id
    listing = np.where(listing == -tables.shop.shop_id, NO_LISTING, listing)
    lone = _orders_without_lines(orders, position[kept])
    lone_id = orders.order_id[lone]
    return _sorted(
        Lines(
            np.concatenate((position[kept], lone)).astype(np.int32),
            np.concatenate((rows.order_id[kept], lone_id)),
            np.concatenate((rows.line_id[kept], -lone_id)),
            np.concatenate((listing[kept], np.zeros(len(lone), np.int64))),
            np.concatenate((line_sku[kept], np.full(len(lone), -1))).astype(np.int32),
            skus,
            np.concatenate((rows.quantity[kept], tables.orders.item_count[in_time][lone])),
            np.concatenate((np.flatnonzero(kept), np.full(len(lone), -1))).astype(np.int32),
        )
    )


def _sorted(lines: Lines) -> Lines:
    return lines.chosen(np.lexsort((lines.line_id, lines.order_id)).astype(np.int64))


def _identities(
    line_sku: Texts, product_sku: Texts, identity: Callable[[str], str | None]
) -> tuple[tuple[str, ...], Int32Array, Int32Array]:
    meanings = [[identity(value) for value in texts.values] for texts in (line_sku, product_sku)]
    skus = tuple(sorted({sku for column in meanings for sku in column if sku and sku != NO_SKU}))
    index = {sku: code for code, sku in enumerate(skus)}
    recoded = [
        np.array([index.get(sku or "", -1) for sku in column] + [-1], np.int32)[texts.code]
        for column, texts in zip(meanings, (line_sku, product_sku), strict=True)
    ]
    return skus, recoded[0], recoded[1]


def _orders_without_lines(orders: Orders, used: Int32Array) -> Int64Array:
    has_line = np.zeros(len(orders), np.bool_)
    has_line[used] = True
    is_seen = np.isin(orders.state, (OrderState.COUNTED, OrderState.HELD))
    return np.flatnonzero(~has_line & is_seen)


@dataclass(frozen=True, slots=True)
class SaleAmounts:
    """Income columns of the sale events (int64[lines]) and the order totals they came from.

    lines, orders: minor units of the shop. own_lines, own_orders: of each order's own currency, in
    which its refunds are split; the same arrays where all is in the shop's currency.
    """

    lines: Amounts
    orders: Amounts
    own_lines: Amounts
    own_orders: Amounts
    starts: Int64Array  # rows of order i are starts[i]:starts[i + 1]
    order: Int32Array  # index into Orders of each group
    grand_total: Maybe  # of each group, in source amounts
    own_unit: Int64Array  # source amounts in a minor unit of the order's own currency
    is_exact: BoolArray  # no amount had to be rounded in the order's own currency


def allocate_sales(
    tables: SourceTables,
    lines: Lines,
    in_time: Int64Array,
    notes: dict[str, int],
    money: OrderMoney | None = None,
) -> SaleAmounts:
    """Allocate each order's amounts to its lines; `lines` holds counted orders only.

    `notes` counts what was read otherwise than written: negative amounts as 0, a discount above
    the goods as their sum. money: rates of the orders, None where all is in the shop's currency.
    """
    ids, group = np.unique(lines.order_id, return_inverse=True)
    starts = group_starts(group.astype(np.int64), len(ids))
    order = lines.order[starts[:-1]]
    row = in_time[order]
    value = line_values(tables, lines, row, group)
    grand = _chosen(tables.orders.grand_total, row)
    raw = _order_amounts(tables, row, sum_by_group(value, starts), grand, notes)
    shop_unit = tables.shop.amounts_a_minor
    unit = np.full(len(ids), shop_unit, np.int64) if money is None else money.unit[order]
    whole = value % np.repeat(unit, np.diff(starts)) == 0
    is_exact = np.minimum.reduceat(whole, starts[:-1]) if len(ids) else np.zeros(0, np.bool_)
    as_value = _Rounding(is_exact, unit)
    own_totals = {name: round_div(column, unit) for name, column in raw.items()}
    own = _spread(tables, lines, value, own_totals, starts, as_value)
    shop, totals = own, own_totals
    if money is not None:
        rates = money.rates.chosen(order)
        totals = {name: rates.minor(column, shop_unit) for name, column in raw.items()}
        stays = _Rounding(is_exact & (rates.source == RateSource.OWN), unit)
        shop = _spread(tables, lines, value, totals, starts, stays)
    for column in (grand.value, *(raw[name] for name in INCOME[1:])):
        is_exact = is_exact & (column % unit == 0)
    held_own, held_totals = Amounts(own.items()), Amounts(own_totals.items())
    held_shop = held_own if shop is own else Amounts(shop.items())
    of_orders = held_totals if shop is own else Amounts(totals.items())
    return SaleAmounts(
        held_shop, of_orders, held_own, held_totals, starts, order, grand, unit, is_exact
    )


def _order_amounts(
    tables: SourceTables,
    row: Int64Array,
    goods: Int64Array,
    grand: Maybe,
    notes: dict[str, int],
) -> dict[str, Int64Array]:
    """Return the amounts of INCOME of each order as they were paid, in source amounts."""
    raw = {name: getattr(tables.orders, name)[row] for name in _ROW_AMOUNTS}
    notes["negative_amounts"] = sum(int((column < 0).sum()) for column in raw.values())
    raw = {name: np.maximum(column, 0) for name, column in raw.items()}
    notes["discounts_above_goods"] = int((raw["discount"] > goods).sum())
    raw["discount"] = np.minimum(raw["discount"], goods)
    explained = goods - raw["discount"] + sum(raw[name] for name in _ROW_AMOUNTS[1:])
    raw["unbooked"] = np.where(grand.known, np.maximum(grand.value - explained, 0), 0)
    notes["totals_below_their_parts"] = int((grand.known & (grand.value < explained)).sum())
    return {"value": goods} | raw


@dataclass(frozen=True, slots=True)
class _Rounding:
    """How values of lines become minor units: `unit` of each order divides those of exact ones."""

    is_exact: BoolArray
    unit: Int64Array

    def of_values(self, value: Int64Array, totals: Int64Array, starts: Int64Array) -> Int64Array:
        """Return each line's value; where it is not exact the order's total is split (M9)."""
        sizes = np.diff(starts)
        exact = value // np.repeat(self.unit, sizes)
        if self.is_exact.all():
            return exact
        split = allocate(np.where(self.is_exact, 0, totals), value, starts)
        return np.where(np.repeat(self.is_exact, sizes), exact, split)


def _spread(
    tables: SourceTables,
    lines: Lines,
    value: Int64Array,
    totals: dict[str, Int64Array],
    starts: Int64Array,
    rounding: _Rounding,
) -> dict[str, Int64Array]:
    """Split order totals, in minor units, over the lines; the discount never above the value."""
    totals["discount"] = np.minimum(totals["discount"], totals["value"])
    shares = {"value": rounding.of_values(value, totals["value"], starts)}
    for name in INCOME[1:]:
        weights = weights_of(name, tables, lines, shares["value"], totals[name], starts)
        shares[name] = allocate(totals[name], weights, starts)
    return shares


def _chosen(column: Maybe, rows: Int64Array) -> Maybe:
    return Maybe(column.value[rows], column.known[rows])


def line_values(
    tables: SourceTables, lines: Lines, row: Int64Array, group: Int64Array
) -> Int64Array:
    """Price × quantity of each line in source amounts; a stand-in gets what its order says."""
    table, orders = tables.lines, tables.orders
    real = lines.source >= 0
    price = np.zeros(len(real), np.int64)
    price[real] = table.price[lines.source[real]]
    if int((price < 0).sum()):
        bad = lines.line_id[price < 0][:5].tolist()
        raise ContractError(
            f"order_transactions: the price is negative where transaction_id is {bad}; "
            "expected an amount from 0.",
            hint="Mend these rows where they come from; a reduction belongs into the discount.",
        )
    if np.any(price.astype(np.float64) * lines.quantity > MAX_LINE):
        raise ContractError(
            "order_transactions: price × quantity of a line passes ten billion.",
            hint="Check price, price_divisor and quantity of the dearest lines.",
        )
    value = price * lines.quantity
    lone = np.flatnonzero(~real)
    if len(lone):
        at = row[group[lone]]
        rest = (
            orders.grand_total.value - orders.shipping - orders.gift_wrap - orders.sales_tax
        ) - orders.vat
        stated = np.where(
            orders.total_price.known,
            orders.total_price.value,
            np.where(orders.subtotal.known, orders.subtotal.value, rest) + orders.discount,
        )
        value[lone] = np.maximum(stated[at], 0)
    return value


def weights_of(
    name: str,
    tables: SourceTables,
    lines: Lines,
    value: Int64Array,
    totals: Int64Array,
    starts: Int64Array,
) -> Int64Array:
    """Weights of M10: the lines' own figures where every line has one, else their value."""
    own = {
        "discount": tables.lines.coupon,
        "shipping": tables.lines.shipping,
        "sales_tax": tables.lines.tax,
    }.get(name)
    if own is None:
        return value
    real = lines.source >= 0
    figure, known = np.zeros(len(real), np.int64), np.zeros(len(real), np.bool_)
    figure[real] = own.value[lines.source[real]]
    known[real] = own.known[lines.source[real]] & (figure[real] >= 0)
    usable = np.minimum.reduceat(known, starts[:-1]) if len(totals) else np.zeros(0, np.bool_)
    usable &= sum_by_group(figure, starts) > 0
    if name == "discount" and usable.any():
        trial = allocate(
            totals, np.where(np.repeat(usable, np.diff(starts)), figure, value), starts
        )
        usable &= np.minimum.reduceat(trial <= value, starts[:-1])
    return np.where(np.repeat(usable, np.diff(starts)), figure, value)
