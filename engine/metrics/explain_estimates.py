"""The rows behind the estimators, and each of their figures a second time from those rows.

Written from the rules, in plain integers and fractions, without the tables that figures come from.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from fractions import Fraction

import numpy as np

from engine.ledger.frames import DayFact, EventKind, OrderState
from engine.metrics.customer_value import FEWEST_CUSTOMERS, YEAR
from engine.metrics.elasticity import FEWEST_PRICES, FEWEST_WEEKS, LEAST_SPREAD, LOG_UNIT, WINDOW
from engine.metrics.estimates import STOCK_WINDOW
from engine.metrics.explain_facts import covered_leaves
from engine.metrics.explain_formulas import Again, leaves_below
from engine.metrics.explain_nodes import Leaves, Node, Value
from engine.metrics.explain_rows import Asked, row_leaves
from engine.metrics.explain_states import stock_of_sku
from engine.metrics.model import PRODUCT, SCALE, SHOP, Unit
from engine.metrics.order_tables import contribution_of
from engine.metrics.stockout_risk import FEWEST_DAYS, RISK_UNIT, runs_out
from engine.metrics.stockout_risk import WINDOW as PACE_WINDOW
from engine.money import MILLION, Int64Array, round_div
from engine.periods import PeriodKind

_MONDAY = 3  # 1970-01-01 was a Thursday


def behind_estimate(estimator: str, asked: Asked) -> tuple[Leaves, Again]:
    """Return the rows of an estimator, and how its figure comes from them."""
    return ESTIMATES[estimator](asked)


def _sale_rows(asked: Asked) -> Int64Array:
    return np.flatnonzero(asked.is_own & (asked.ledger.kind == EventKind.SALE))


def _income(asked: Asked, rows: Int64Array) -> Int64Array:
    amounts = asked.ledger.amounts
    return np.asarray(amounts.of("value", rows) - amounts.of("discount", rows))


def _season(asked: Asked) -> tuple[Leaves, Again]:
    """Sales of the 365 days to the last one that has begun."""
    elapsed = asked.elapsed
    last = asked.first + elapsed - 1
    rows = _sale_rows(asked)
    day = asked.ledger.order_day[rows]
    is_old = bool(len(rows)) and last - int(day.min()) >= YEAR
    rows = rows[(day > last - YEAR) & (day <= last)]
    leaves = row_leaves(asked, rows, _income(asked, rows))

    def again(node: Node) -> Value:
        sales, year = node.children[0].value, leaves_below(node).total
        is_known = is_old and elapsed and year > 0 and asked.period.kind != PeriodKind.YEARLY
        if not is_known or not isinstance(sales, int):
            return None
        return round_div(sales * YEAR * MILLION, year * elapsed)

    return leaves, again


def _weeks(asked: Asked) -> tuple[Leaves, Again]:
    """One row = one whole ISO week with sales, by its Monday; amount: units."""
    last = asked.first + asked.elapsed - 1
    rows = _sale_rows(asked)
    day = asked.ledger.order_day[rows].astype(np.int64)
    monday = day - (day + _MONDAY) % 7
    inside = (monday > last - WINDOW) & (monday + 6 <= last)
    mondays, week = np.unique(monday[inside], return_inverse=True)
    units, sales = np.zeros(len(mondays), np.int64), np.zeros(len(mondays), np.int64)
    np.add.at(units, week, asked.ledger.amounts.of("quantity", rows[inside]))
    np.add.at(sales, week, _income(asked, rows[inside]))
    sold = (units > 0) & (sales > 0)
    leaves = Leaves({"day": mondays[sold], "sales": sales[sold], "amount": units[sold]})
    return leaves, lambda node: _slope(leaves_below(node)) if asked.elapsed else None


def _slope(leaves: Leaves) -> Value:
    """What is left of the units on what is left of the price, both less their own trend."""
    units, sales = leaves.amount.tolist(), leaves.columns["sales"].tolist()
    prices = {round_div(money, count) for money, count in zip(sales, units, strict=True)}
    if len(units) < FEWEST_WEEKS or len(prices) < FEWEST_PRICES:
        return None
    weeks = (leaves.columns["day"] // 7).tolist()
    sold = [round(math.log(count) * LOG_UNIT) for count in units]
    price = [round(math.log(m) * LOG_UNIT) - u for m, u in zip(sales, sold, strict=True)]
    left, other = _without_trend(price, weeks), _without_trend(sold, weeks)
    square = sum(x * x for x in left)
    if square < LEAST_SPREAD**2 * len(left):
        return None
    slope = sum((x * y for x, y in zip(left, other, strict=True)), Fraction(0)) / square * MILLION
    return round_div(slope.numerator, slope.denominator)


def _without_trend(values: Sequence[int], at: Sequence[int]) -> list[Fraction]:
    count = len(values)
    middle, mean = Fraction(sum(at), count), Fraction(sum(values), count)
    square = sum(((x - middle) ** 2 for x in at), Fraction(0))
    shared = sum(((x - middle) * (y - mean) for x, y in zip(at, values, strict=True)), Fraction(0))
    trend = shared / square
    return [y - mean - trend * (x - middle) for x, y in zip(at, values, strict=True)]


def _first_years(asked: Asked) -> tuple[Leaves, int]:
    """The ledger rows of the first year of the customers of the year before last, and how many."""
    ledger, orders = asked.ledger, asked.ledger.orders
    last = asked.first + asked.elapsed - 1
    known = np.flatnonzero((orders.state == OrderState.COUNTED) & (orders.customer_id != 0))
    customers, first = np.unique(orders.customer_id[known], return_index=True)
    begun = orders.day[known[first]].astype(np.int64)
    chosen = (begun > last - 2 * YEAR) & (begun <= last - YEAR)
    customers, begun = customers[chosen], begun[chosen]
    of_row = np.append(orders.customer_id, 0)[ledger.order]
    is_counted = np.append(orders.state == OrderState.COUNTED, False)[ledger.order]
    rows = np.flatnonzero(np.isin(of_row, customers) & is_counted & (ledger.order >= 0))
    since = asked.day_of(rows) - begun[np.searchsorted(customers, of_row[rows])]
    rows, since = rows[since < YEAR], np.maximum(since[since < YEAR], 0)
    leaves = row_leaves(asked, rows, contribution_of(ledger, rows))
    return Leaves(leaves.columns | {"days_since": since}), len(customers)


def _first_year_value(asked: Asked) -> tuple[Leaves, Again]:
    leaves, customers = _first_years(asked)
    is_known = customers >= FEWEST_CUSTOMERS and asked.elapsed > 0

    def again(node: Node) -> Value:
        return round_div(leaves_below(node).total, customers) if is_known else None

    return leaves, again


def _payback(asked: Asked) -> tuple[Leaves, Again]:
    leaves, customers = _first_years(asked)
    is_known = customers >= FEWEST_CUSTOMERS and asked.elapsed > 0

    def again(node: Node) -> Value:
        marketing, new = (child.value for child in node.children)
        if not is_known or not isinstance(marketing, int) or not isinstance(new, int) or not new:
            return None
        left = 0
        rows = leaves_below(node)
        by_day = np.zeros(YEAR, np.int64)
        np.add.at(by_day, rows.columns["days_since"], rows.amount)
        for day, amount in enumerate(by_day.tolist()):
            left += amount
            if Fraction(left, customers) >= Fraction(marketing, new):
                return day
        return None

    return leaves, again


def _from_below(again: Callable[[Sequence[int]], Value]) -> Callable[[Asked], tuple[Leaves, Again]]:
    """An estimator that is made of the figures below it alone; unknown if one of them is."""

    def explain(asked: Asked) -> tuple[Leaves, Again]:
        def of_children(node: Node) -> Value:
            values = [child.value for child in node.children]
            known = [value for value in values if isinstance(value, int)]
            return again(known) if len(known) == len(values) else None

        return Leaves({"amount": np.empty(0, np.int64)}), of_children

    return explain


def _turnover(below: Sequence[int]) -> Value:
    cogs, value, days = below
    return round_div(cogs * days * MILLION, value) if value > 0 else None


def _days_of_stock(below: Sequence[int]) -> Value:
    stock, sold = below
    if not stock:
        return 0
    return round_div(stock * STOCK_WINDOW * SCALE[Unit.DAYS], sold) if sold else None


def _against_shop(below: Sequence[int]) -> Value:
    own, shop, listings = below
    return round_div(own * listings * MILLION, shop) if shop > 0 else None


def _stockout_risk(asked: Asked) -> tuple[Leaves, Again]:
    """One row = one SKU that was sold in the window; amount: its pieces, the weight of its risk."""
    ledger, elapsed = asked.ledger, asked.elapsed
    last, days = asked.first + elapsed - 1, asked.snapshot.levels[SHOP].shelf.skus.restock_days
    day, sku = ledger.order_day, ledger.sku
    is_sale = (ledger.kind == EventKind.SALE) & (sku != ledger.no_sku)
    recent = is_sale & (day > last - PACE_WINDOW) & (day <= last)
    pieces = ledger.amounts["quantity"]
    rows: list[tuple[int, int, int, int]] = []
    wanted = np.unique(sku[recent & asked.is_own])
    if asked.level is PRODUCT:
        wanted = np.array([asked.entity])
    for code in wanted.tolist() if elapsed else []:
        own = is_sale & (sku == code)
        stock = stock_of_sku(asked, code, last)
        if stock is None or not own.any() or last - int(day[own].min()) < FEWEST_DAYS:
            continue
        sold = int(pieces[own & recent].sum())
        weight = 1 if asked.level is PRODUCT else int(pieces[own & recent & asked.is_own].sum())
        rows.append((code, sold, stock, weight))
    columns = np.array(rows, np.int64).reshape(-1, 4).T
    names = np.array(ledger.skus, dtype=object)[columns[0]]
    _, pieces_sold, on_shelf, weights = columns
    risk = runs_out(pieces_sold, on_shelf, days)
    figures = {"sold": pieces_sold, "stock": on_shelf, "risk": risk, "amount": weights}
    return Leaves({"sku": names, **figures}), _mean_risk


def _mean_risk(node: Node) -> Value:
    leaves = leaves_below(node)
    if not leaves.total:
        return None
    total = int((leaves.columns["risk"] * leaves.amount).sum())
    return round_div(round_div(total, leaves.total), RISK_UNIT // MILLION)


def _views_against_shop(asked: Asked) -> tuple[Leaves, Again]:
    """The days with views, which have to be all that have begun."""
    leaves, again = covered_leaves(asked, DayFact.VIEWS), _from_below(_against_shop)(asked)[1]
    return leaves, lambda node: again(node) if leaves.total == asked.elapsed else None


ESTIMATES: dict[str, Callable[[Asked], tuple[Leaves, Again]]] = {
    "seasonality": _season,
    "price_elasticity": _weeks,
    "first_year_value": _first_year_value,
    "payback": _payback,
    "stock_turnover": _from_below(_turnover),
    "days_of_stock": _from_below(_days_of_stock),
    "stockout_risk": _stockout_risk,
    "views_against_shop": _views_against_shop,
    "favourites_against_shop": _from_below(_against_shop),
}
