"""Demo orders that were paid in a second currency, and what they truly came to in the shop's.

The amounts of such an order are minor units of the second currency. Their worth, by the simple
rule: every amount of the order at the rate of its day, then split over the lines. How a refund
comes to its parts stands in `refund_truth`.
"""

from __future__ import annotations

import numpy as np

from engine.demo.amounts import Amounts
from engine.demo.baskets import Lines
from engine.demo.draws import BoolArray
from engine.demo.exchange import RATE_UNIT, Rates
from engine.demo.refunds import NO_ORDER, Refunds
from engine.demo.shares import split, totals
from engine.demo.sizes import SECOND_DIGITS, ShopPlan
from engine.money import Int64Array, currency_digits, round_div

_EVERY, _EVERY_REFUND = 150, 10  # one order of so many, and one refunded order of so many
_SHARED = ("discount", "shipping", "gift_wrap", "tax", "vat", "unbooked")
_STATED = {"discount": "states_coupon", "shipping": "states_shipping", "tax": "states_tax"}


def choose_second(orders: int, roles: dict[str, int], refunds: Refunds) -> BoolArray:
    """Tell which orders are in the second currency; no planted case is."""
    chosen = np.zeros(orders, np.bool_)
    chosen[_EVERY // 2 :: _EVERY] = True
    refunded = np.unique(refunds.order[refunds.order != NO_ORDER])
    chosen[refunded[_EVERY_REFUND // 2 :: _EVERY_REFUND]] = True
    chosen[list(roles.values())] = False
    return chosen


def to_shop(plan: ShopPlan, amount: Int64Array, rate: Int64Array) -> Int64Array:
    """Bring amounts of the second currency into the shop's, each rounded once."""
    scale = 10 ** currency_digits(plan.currency)
    worth: Int64Array = round_div(amount * (rate * scale), RATE_UNIT * 10**SECOND_DIGITS)
    return worth


def lines_in_shop_money(
    plan: ShopPlan,
    rates: Rates,
    day: Int64Array,
    lines: Lines,
    amounts: Amounts,
    is_second: BoolArray,
) -> dict[str, Int64Array]:
    """Return value and shares of all lines in the shop's currency; day: of each order."""
    columns = {name: getattr(amounts, f"line_{name}").copy() for name in _SHARED}
    columns["value"] = lines.value.copy()
    orders, at = np.flatnonzero(is_second), np.flatnonzero(is_second[lines.order])
    of = np.searchsorted(orders, lines.order[at])
    rate, count = rates.at(day[orders]), len(orders)
    value = lines.value[at]
    worth = split(to_shop(plan, totals(value, of, count), rate), value, of)
    columns["value"][at] = worth
    for name in _SHARED:
        total = to_shop(plan, getattr(amounts, name)[orders], rate)
        weight = worth
        if name in _STATED:
            own = getattr(amounts, f"line_{name}")[at]
            usable = getattr(amounts, _STATED[name])[orders] & (totals(own, of, count) > 0)
            weight = np.where(usable[of], own, worth)
            # A coupon that would make a line cheaper than free is split by value after all.
            above = totals((split(total, weight, of) > worth).astype(np.int64), of, count) > 0
            if name == "discount":
                weight = np.where(above[of], worth, weight)
        columns[name][at] = split(total, weight, of)
    return columns
