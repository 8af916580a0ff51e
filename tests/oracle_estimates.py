"""The estimators of the oracle: season, price elasticity, what a customer leaves in a year."""

from __future__ import annotations

import math
from fractions import Fraction

import pandas as pd

from engine.ledger.frames import EventKind
from engine.periods import day_number
from tests.exact import half_away, over


def estimates(oracle, level, events, period, last, out, day) -> dict[str, int | None]:
    """`last` is the last day that has begun, `day` the column that dates the events."""
    sales = events[events.kind == EventKind.SALE]
    value = sales["value"] - sales["discount"]
    found: dict[str, int | None] = {}
    is_old = len(sales) and last - int(sales.order_day.min()) >= 365
    if is_old and period.kind != "YEARLY":
        year = int(value[(sales.order_day > last - 365) & (sales.order_day <= last)].sum())
        begun = last - day_number(period.start) + 1
        found["seasonality_index"] = over(out["sales_after_discounts"] * 365, begun * year, 10**6)
    if level == "shop":
        return found | worth(out, *first_year(oracle, last, day))
    return found | {"price_elasticity": elasticity(sales, value, last)}


def first_year(oracle, last: int, day: str) -> tuple[list[int], int]:
    """What the customers of the year before last left, by days since the first order; how many."""
    first = {c: days[0] for c, days in oracle.history.items() if last - 730 < days[0] <= last - 365}
    left = [0] * 365
    if len(first) < 30:
        return left, len(first)
    customer = oracle.orders.customer.reindex(oracle.events.order).to_numpy()
    for at, value, of in zip(oracle.events[day], oracle.events.contribution, customer, strict=True):
        if of in first:
            for after in range(max(int(at) - first[of], 0), 365):
                left[after] += int(value)
    return left, len(first)


def worth(out, left: list[int], people: int) -> dict[str, int | None]:
    if people < 30:
        return {}
    found: dict[str, int | None] = {"customer_lifetime_value": over(left[364], people)}
    if out["new_customers"]:
        cost = Fraction(out["marketing_cost"], out["new_customers"])
        paid = [day for day, value in enumerate(left) if Fraction(value, people) >= cost]
        found["payback_days"] = paid[0] if paid else None
    return found


def elasticity(sales: pd.DataFrame, value: pd.Series, last: int) -> int | None:
    """Normal equations in fractions; logarithms have seven decimals."""
    week = (sales.order_day + 3) // 7
    weeks = {}
    for number in sorted(set(week)):
        if number * 7 - 3 < last - 363 or number * 7 + 3 > last:
            continue
        units = int(sales.quantity[week == number].sum())
        money = int(value[week == number].sum())
        if units > 0 and money > 0:
            weeks[int(number)] = (units, money)
    prices = {half_away(Fraction(money, units)) for units, money in weeks.values()}
    if len(weeks) < 20 or len(prices) < 3:
        return None
    log_units = [round(math.log(units) * 10**7) for units, _ in weeks.values()]
    log_price = [
        round(math.log(money) * 10**7) - u
        for (_, money), u in zip(weeks.values(), log_units, strict=True)
    ]
    price = without_trend(log_price, list(weeks))
    if sum(p * p for p in price) / len(price) < (10**7 * Fraction(5, 100)) ** 2:
        return None
    # The slope of what is left of one on what is left of the other is that of both together.
    units = without_trend(log_units, list(weeks))
    by = sum(p * u for p, u in zip(price, units, strict=True))
    return half_away(by / sum(p * p for p in price) * 10**6)


def without_trend(values: list[int], at: list[int]) -> list[Fraction]:
    """What a straight line through the values does not explain."""
    n = len(values)
    middle, mean = Fraction(sum(at), n), Fraction(sum(values), n)
    square = sum((x - middle) ** 2 for x in at)
    slope = sum((x - middle) * (y - mean) for x, y in zip(at, values, strict=True)) / square
    return [y - mean - slope * (x - middle) for x, y in zip(at, values, strict=True)]
