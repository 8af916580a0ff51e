"""What is held back for want of an exchange rate: one row = one order or refund that is held.

Rule M17 of docs/money-rules.md. An order whose income or a refund of which can't be converted is in
no figure but the count of held orders, and with it its refunds and fees. A refund of an unknown
order is left out likewise. Both are listed, so that the owner can add the rate that is missing.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from engine.ledger.exchange import Exchange, RateSource
from engine.ledger.frames import (
    NOTHING_CONVERTED,
    NOTHING_HELD,
    Conversions,
    Held,
    Orders,
    OrderState,
)
from engine.ledger.order_money import (
    Money,
    is_all_in,
    money_of_orders,
    money_of_refunds,
    side_by_side,
)
from engine.ledger.refunds import Refunds, choose_refunds
from engine.local_time import LocalClock
from engine.money import Int64Array
from engine.sources.frames import SourceTables


def hold_back(
    tables: SourceTables,
    orders: Orders,
    in_time: Int64Array,
    exchange: Exchange,
    clock: LocalClock,
    known_until: int | None = None,
) -> tuple[Orders, Money | None, Held]:
    """Find the rates of orders and refunds, and hold the orders for which one is missing.

    Returns the orders with their states, None for a shop in which all is in its own currency, and
    what is held.
    """
    if is_all_in(exchange.shop.currency, tables):
        return orders, None, NOTHING_HELD
    of_orders = money_of_orders(tables, orders, in_time, exchange)
    choice = choose_refunds(tables.refunds, orders, known_until)
    day = clock.days(choice.seconds)
    of_refunds = money_of_refunds(tables.refunds, orders, of_orders, day, exchange)
    counted = orders.state == OrderState.COUNTED
    no_income = counted & ~of_orders.rates.known
    no_refund = choice.counts & ~of_refunds.known
    is_held = no_income.copy()
    is_held[choice.order[no_refund & (choice.order >= 0)]] = True
    state = np.where(is_held, OrderState.HELD, orders.state).astype(np.int8)
    held = Held(
        np.concatenate((orders.order_id[no_income], tables.refunds.order_id[no_refund])),
        np.concatenate((np.zeros(int(no_income.sum()), np.int64), choice.source_id[no_refund])),
        np.concatenate((orders.day[no_income], day[no_refund])).astype(np.int32),
        side_by_side(
            of_orders.currency.chosen(no_income), tables.refunds.currency.chosen(no_refund)
        ),
    )
    return replace(orders, state=state), Money(of_orders, of_refunds), held.in_order()


def conversions_of(orders: Orders, refunds: Refunds, money: Money | None) -> Conversions:
    """Return the rates behind the counted orders and the refunds that are in the figures."""
    if money is None:
        return NOTHING_CONVERTED
    counted = np.flatnonzero(
        (orders.state == OrderState.COUNTED) & (money.orders.rates.source != RateSource.OWN)
    )
    row = refunds.row[refunds.row >= 0]
    foreign = money.refunds.to_shop.source[row] != RateSource.OWN
    row, order = row[foreign], refunds.order[refunds.row >= 0][foreign]
    source_id = refunds.source_id[refunds.row >= 0][foreign]
    rates = [money.orders.rates.chosen(counted), money.refunds.to_shop.chosen(row)]
    order_id = np.append(orders.order_id, 0)
    ids = np.concatenate((orders.order_id[counted], order_id[order]))
    refund_id = np.concatenate((np.zeros(len(counted), np.int64), source_id))
    currency = side_by_side(
        money.orders.currency.chosen(counted), money.refunds.currency.chosen(row)
    )
    by_id = np.lexsort((refund_id, ids))
    numerator, denominator, day, source = (
        np.concatenate([getattr(one, name) for one in rates])[by_id]
        for name in ("numerator", "denominator", "day", "source")
    )
    return Conversions(
        ids[by_id], refund_id[by_id], currency.chosen(by_id), numerator, denominator, day, source
    )
