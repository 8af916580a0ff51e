"""What an owner may suppose otherwise, and the inputs of a ledger changed by it.

A supposition changes rows of the source tables or of the owner's files, never a result: the same
code then works out the orders again. Whatever is not named here stays as it was, taxes that buyers
paid among it.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np

from engine.errors import UsageError
from engine.ledger.costs import LineCosts
from engine.ledger.frames import NOTHING_CONVERTED, Conversions
from engine.ledger.owner_amounts import product_div
from engine.ledger.positions import positions
from engine.money import MILLION, Int64Array, round_div
from engine.sources.frames import BoolArray, Maybe, OrderRows, SourceTables
from engine.sources.other_prices import OtherPrices

# Which field of Changes moves the rate of which kinds of fee; the reduced rate moves along.
FEE_RATES = {
    "transaction_fee": ("transaction",),
    "processing_fee": ("processing",),
    "regulatory_fee": ("regulatory",),
    "conversion_fee": ("currency_conversion",),
    "vat_on_fees": ("vat_on_fees",),
    "offsite_ads_fee": ("offsite_ads", "offsite_ads_reduced"),
}
_RELATIVE = (
    "price",
    "discount",
    "unit_cost",
    "carrier_price",
    "weight",
    "refunds",
    "units",
    "ad_spend",
)


@dataclass(frozen=True, slots=True)
class Changes:
    """What is supposed; 0 and None leave everything as it was.

    Parts per million, relative: price, discount, unit_cost, carrier_price, weight (of a unit),
    refunds (their amounts), units (as many more orders alike), ad_spend. In points of the rate:
    fees by kind, and duty. In minor units of the shop's currency: unit_price, of every unit.
    duty_base: 0 = duty is on the declared value, 1 = on the sale. prices: other price lists of the
    carrier; carrier_price then moves those.

    Raises UsageError for a relative change below −100 %, a price below 0, and two prices.
    """

    price: int = 0
    discount: int = 0
    unit_cost: int = 0
    carrier_price: int = 0
    weight: int = 0
    transaction_fee: int = 0
    processing_fee: int = 0
    regulatory_fee: int = 0
    conversion_fee: int = 0
    vat_on_fees: int = 0
    offsite_ads_fee: int = 0
    duty: int = 0
    refunds: int = 0
    units: int = 0
    ad_spend: int = 0
    unit_price: int | None = None
    duty_base: int | None = None
    prices: OtherPrices | None = None

    def __post_init__(self) -> None:
        for name in _RELATIVE:
            if getattr(self, name) < -MILLION:
                raise UsageError(
                    f"{name} can't fall by more than 100 %.", hint="Give a change from −100 %."
                )
        if self.unit_price is not None and (self.unit_price < 0 or self.price):
            raise UsageError(
                f"A unit can't cost {self.unit_price} minor units and {self.price} ppm more.",
                hint="Give a price from 0, or a change of the prices, not both.",
            )

    @property
    def moves_prices(self) -> bool:
        """Whether prices or discounts are among what moves."""
        return bool(self.price or self.discount) or self.unit_price is not None

    @property
    def needs_ledger(self) -> bool:
        """Whether orders have to be worked out again: more is changed than counts of them."""
        others = ("refunds", "units", "ad_spend")
        return self.moves_prices or any(
            getattr(self, one.name) != one.default for one in fields(self) if one.name not in others
        )

    @property
    def moves_fees(self) -> bool:
        """Whether fees are among what moves."""
        return self.moves_prices or any(getattr(self, name) for name in FEE_RATES)

    @property
    def moves_parcels(self) -> bool:
        """Whether costs of parcels are among what moves."""
        moves_duty = self.duty or self.duty_base is not None
        return bool(self.carrier_price or self.prices or self.weight or moves_duty)


def changed_tables(
    tables: SourceTables,
    changes: Changes,
    line_ids: Int64Array,
    conversions: Conversions = NOTHING_CONVERTED,
) -> SourceTables:
    """Return the tables with other prices of some lines, and discounts of the orders with them.

    A price stays one that can be charged: it is rounded to the minor unit. What the buyer paid
    moves by as much, and what was given back by the same share of it. conversions: the rates of
    orders in other currencies, by which a price in the shop's becomes one in theirs.
    """
    if not changes.moves_prices:
        return tables
    lines, orders = tables.lines, tables.orders
    chosen = np.isin(lines.line_id, line_ids)
    minor = tables.shop.amounts_a_minor
    place = positions(orders.order_id, lines.order_id)
    charged = _charged(orders.order_id, changes, minor, conversions)
    wanted = scaled(lines.price, changes.price) if charged is None else charged[place]
    price = np.where(chosen, round_div(wanted, minor) * minor, lines.price)
    items, more = np.zeros((2, len(orders.order_id)), np.int64)
    np.add.at(items, place, lines.price * lines.quantity)
    np.add.at(more, place, (price - lines.price) * lines.quantity)
    # An order without lines stands for one line, whose id is that of the order below zero.
    lone = ~np.isin(orders.order_id, lines.order_id)
    items = np.where(lone, _value_without_lines(orders), items)
    is_meant = lone & np.isin(-orders.order_id, line_ids)
    instead = scaled(items, changes.price) if charged is None else charged
    more = np.where(is_meant, instead - items, more)
    has_one = is_meant.copy()
    has_one[place[chosen]] = True
    discount = np.where(has_one, scaled(orders.discount, changes.discount), orders.discount)
    # A discount above the goods counts as the goods (M9).
    less = np.minimum(discount, items + more) - np.minimum(orders.discount, items + more)
    paid = np.maximum(
        np.where(orders.grand_total.known, orders.grand_total.value, 0),
        items - orders.discount + _beside_goods(orders),
    )
    return replace(
        tables,
        lines=replace(lines, price=price),
        orders=replace(
            orders,
            discount=discount,
            grand_total=_more(orders.grand_total, more - less),
            total_price=_more(orders.total_price, more),
            subtotal=_more(orders.subtotal, more - less),
        ),
        **_changed_refunds(tables, paid, paid + more - less),
    )


def _charged(
    order_ids: Int64Array, changes: Changes, minor: int, conversions: Conversions
) -> Int64Array | None:
    """Return the supposed price of a unit in each order's own currency; None without one."""
    if changes.unit_price is None:
        return None
    price = np.full(len(order_ids), changes.unit_price * minor, np.int64)
    rate = np.flatnonzero(conversions.refund_id == 0)
    at = positions(order_ids, conversions.order_id[rate])
    rate, at = rate[at >= 0], at[at >= 0]
    own = (conversions.denominator[rate],), (conversions.numerator[rate],)
    price[at] = product_div((price[at], *own[0]), own[1])
    return price


def _changed_refunds(tables: SourceTables, paid: Int64Array, instead: Int64Array) -> dict[str, Any]:
    """Return refunds and their items, in proportion to what the buyers would have paid."""
    refunds, items = tables.refunds, tables.refund_items
    place = positions(tables.orders.order_id, refunds.order_id)
    old, new = np.append(paid, 1)[place], np.append(instead, 1)[place]
    moves = (old > 0) & (new >= 0)
    old, new = np.where(moves, old, 1), np.where(moves, new, 1)
    of_item = positions(refunds.row_id, items.refund_row_id)
    return {
        "refunds": replace(refunds, amount=product_div((refunds.amount, new), (old,))),
        "refund_items": replace(
            items,
            amount=product_div(
                (items.amount, np.append(new, 1)[of_item]), (np.append(old, 1)[of_item],)
            ),
        ),
    }


def changed_costs(costs: LineCosts, changes: Changes, chosen: BoolArray) -> LineCosts:
    """Return the unit costs with those of some lines changed; an unknown one stays unknown."""
    unit_cost = np.where(chosen, scaled(costs.unit_cost, changes.unit_cost), costs.unit_cost)
    return replace(costs, unit_cost=unit_cost)


def scaled(values: Int64Array, ppm: int) -> Int64Array:
    """Return values ≥ 0 changed by a share of them, each rounded once."""
    return product_div((np.maximum(values, 0), MILLION + ppm), (MILLION,))


def _more(column: Maybe, more: Int64Array) -> Maybe:
    return Maybe(np.where(column.known, column.value + more, 0), column.known)


def _beside_goods(orders: OrderRows) -> Int64Array:
    return orders.shipping + orders.gift_wrap + orders.sales_tax + orders.vat


def _value_without_lines(orders: OrderRows) -> Int64Array:
    """Return what an order is worth that has no line, as the ledger reads it."""
    rest = orders.grand_total.value - _beside_goods(orders)
    before = np.where(orders.subtotal.known, orders.subtotal.value, rest) + orders.discount
    stated = np.where(orders.total_price.known, orders.total_price.value, before)
    return np.maximum(stated, 0)
