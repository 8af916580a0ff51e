"""What the amounts of orders and refunds are worth in the shop's currency: one row = one of them.

Rules M16 and M17 of docs/money-rules.md. An order is in one currency; its amounts are converted at
the rate of its day. A refund is brought into its order's currency to be split, and its total into
the shop's, at the rate of its own day. Nothing is converted here: this module finds the rates.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.errors import ContractError
from engine.ledger.exchange import AppliedRates, Exchange, RateSource
from engine.ledger.frames import Orders, OrderState
from engine.ledger.positions import positions
from engine.money import Int64Array, currency_digits
from engine.sources.frames import (
    AMOUNT_DIGITS,
    BoolArray,
    Int32Array,
    RefundRows,
    SourceTables,
    Texts,
)

_SHOWN = 5


@dataclass(frozen=True, slots=True, eq=False)
class OrderMoney:
    """One row = one of Orders.

    currency: code −1 where the order names several. rates: into the shop's currency. unit: int64,
    how many units of a source amount make one minor unit of the order's own currency.
    """

    currency: Texts
    rates: AppliedRates
    unit: Int64Array


@dataclass(frozen=True, slots=True, eq=False)
class RefundMoney:
    """One row = one row of the table of refunds.

    to_own: from the refund's currency into its order's; a refund without order is its own. to_shop:
    into the shop's. unit: as of OrderMoney, of the currency that `to_own` ends in.
    """

    currency: Texts
    to_own: AppliedRates
    to_shop: AppliedRates
    unit: Int64Array

    @property
    def known(self) -> BoolArray:
        """Which refunds can be converted, both ways."""
        return self.to_own.known & self.to_shop.known


@dataclass(frozen=True, slots=True, eq=False)
class Money:
    """The money of a shop in which some order or refund is in another currency."""

    orders: OrderMoney
    refunds: RefundMoney


def is_all_in(currency: str, tables: SourceTables) -> bool:
    """Tell whether every order, line and refund is in one currency."""
    columns = (tables.orders.currency, tables.lines.currency, tables.refunds.currency)
    return all(not len(c) or (set(c.values) == {currency} and c.code.min() >= 0) for c in columns)


def money_of_orders(
    tables: SourceTables, orders: Orders, in_time: Int64Array, exchange: Exchange
) -> OrderMoney:
    """Find the rate of every order; raises ContractError for lines in several currencies."""
    currency = _order_currencies(tables, orders, in_time)
    return OrderMoney(
        currency,
        exchange.to_shop(currency, orders.day, orders.order_id),
        _minor_units(currency),
    )


def money_of_refunds(
    rows: RefundRows, orders: Orders, money: OrderMoney, day: Int32Array, exchange: Exchange
) -> RefundMoney:
    """Find both rates of every row of refunds; day: of the refund, or of its order."""
    order = positions(orders.order_id, rows.order_id)
    count = len(money.currency)
    both = side_by_side(money.currency, rows.currency)
    own = both.chosen(np.where(order >= 0, order, count + np.arange(len(order))))
    return RefundMoney(
        rows.currency,
        exchange.between(rows.currency, own, day, rows.order_id),
        exchange.to_shop(rows.currency, day, rows.order_id),
        _minor_units(own),
    )


def at_market(money: OrderMoney, orders: Orders, exchange: Exchange) -> BoolArray:
    """Tell which orders came to the shop's own currency by the table of rates.

    The own one is not that of the figures where several shops are brought into one currency.
    """
    own, rates = exchange.shop.own_currency, money.rates
    if own != exchange.shop.currency:
        into = Texts(np.zeros(len(orders), np.int32), (own,))
        rates = exchange.between(money.currency, into, orders.day, orders.order_id)
    return np.asarray(rates.source == RateSource.MARKET)


def _minor_units(currency: Texts) -> Int64Array:
    units = [10 ** (AMOUNT_DIGITS - currency_digits(name)) for name in currency.values]
    return np.array([*units, 1], np.int64)[currency.code]


def _order_currencies(tables: SourceTables, orders: Orders, in_time: Int64Array) -> Texts:
    """Return the currency of each order, none where its lines name another one than it does."""
    lines, of_order = tables.lines, tables.orders.currency
    at = np.searchsorted(tables.orders.order_id, lines.order_id)
    index = {name: code for code, name in enumerate(of_order.values)}
    own_code = np.array([index.get(name, -2) for name in lines.currency.values] + [-2], np.int32)
    differs = own_code[lines.currency.code] != of_order.code[at]
    code = of_order.code.copy()
    code[at[differs]] = -1
    chosen = code[in_time]
    _refuse_several(tables, orders, at)
    return Texts(chosen, of_order.values)


def _refuse_several(tables: SourceTables, orders: Orders, at: Int64Array) -> None:
    """Lines of one order in several currencies can't be one order's money."""
    code = tables.lines.currency.code
    if len(tables.lines.currency.values) < 2 or not len(code):
        return
    # Lines ascend by order, so two currencies of one order stand side by side somewhere.
    changes = np.flatnonzero((at[1:] == at[:-1]) & (code[1:] != code[:-1]))
    ids = np.unique(tables.lines.order_id[changes])
    counted = ids[np.isin(ids, orders.order_id[orders.state == OrderState.COUNTED])]
    if len(counted):
        raise ContractError(
            f"order_transactions: the lines of {len(counted)} order(s) are in several currencies, "
            f"such as order_id {', '.join(map(str, counted[:_SHOWN].tolist()))}; expected one "
            "currency an order.",
            hint="Mend currency_code of these lines where they come from.",
        )


def side_by_side(one: Texts, other: Texts) -> Texts:
    """Return the rows of one column, then those of the other."""
    after = np.where(other.code >= 0, other.code + len(one.values), -1)
    code = np.concatenate((one.code, after)).astype(np.int32)
    return Texts(code, (*one.values, *other.values))
