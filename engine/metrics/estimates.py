"""Estimators: figures that are more than sums, quotients and ranks of the rows of a range.

Each takes the parts of a list of groups, and the values of the metrics that its formula names; it
returns int64[groups] in the smallest step of its unit, and where the figure is known.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from engine.metrics.customer_value import YEAR
from engine.metrics.elasticity import price_elasticity
from engine.metrics.model import SCALE, Unit
from engine.metrics.parts import Parts
from engine.metrics.state_parts import WINDOWS
from engine.money import MILLION, Int64Array, round_div
from engine.sources.frames import BoolArray
from engine.widths import places_in

Answer = tuple[Int64Array, BoolArray]
STOCK_WINDOW = WINDOWS["units_28"]
_INT64_SAFE = 2**62


def quotients(over: Int64Array, under: Int64Array, scale: int, known: BoolArray) -> Int64Array:
    """Divide `scale` times one integer by another where that is known, rounded once; else 0."""
    if not known.all():
        over, under = np.where(known, over, 0), np.where(known, under, 1)
    if len(over) and int(np.max(np.abs(over))) > _INT64_SAFE // scale:
        pairs = zip(over.tolist(), under.tolist(), strict=True)
        return np.array([round_div(n * scale, d) for n, d in pairs], np.int64)
    return round_div(over * scale, under)


def _seasonality(parts: Parts, sales: Answer) -> Answer:
    """Sales a day in the period over sales a day in the 365 days to its last one.

    Unknown for calendar years, which would be compared with themselves, and for an entity that has
    sold for less than a year.
    """
    groups, table = parts.groups, parts.tables.orders
    last = groups.last_begun
    year = parts.over_days("value", last - YEAR + 1, last)
    year = year - parts.over_days("discount", last - YEAR + 1, last)
    begin = places_in(table.key, groups.entity * parts.tables.days)
    end = places_in(table.key, (groups.entity + 1) * parts.tables.days)
    first_sale = np.append(table.day, 0)[begin]
    has_year = (end > begin) & (last - first_sale >= YEAR)
    known = has_year & ~groups.is_year & (groups.elapsed > 0) & (year > 0)
    return quotients(sales[0] * YEAR, year * groups.elapsed, MILLION, known), known


def _elasticity(parts: Parts) -> Answer:
    groups, days = parts.groups, parts.tables.days
    values, known = price_elasticity(
        parts.day_table.sheets[0], days, parts.calendar.first_day, groups.entity, groups.last_begun
    )
    known = known & (groups.elapsed > 0)
    return np.where(known, values, 0), known


def _first_year_value(parts: Parts) -> Answer:
    last = parts.groups.last_begun
    count, enough = parts.observed.count(last)
    known = enough & (parts.groups.elapsed > 0)
    return quotients(parts.observed.of_first_year(last), count, 1, known), known


def _payback(parts: Parts, marketing: Answer, new: Answer) -> Answer:
    """First day at which a customer has left what a new one cost, both as fractions.

    Contribution ÷ customers ≥ marketing ÷ new customers, so contribution has to reach the least
    integer that is not below marketing · customers ÷ new customers.
    """
    last = parts.groups.last_begun
    count, enough = parts.observed.count(last)
    known = enough & (parts.groups.elapsed > 0) & marketing[1] & (new[0] > 0)
    days = np.zeros(len(known), np.int64)
    low, high = parts.observed.window(last)
    for group in np.flatnonzero(known).tolist():
        wanted = -(-int(marketing[0][group]) * int(count[group]) // int(new[0][group]))
        total = parts.observed.contribution
        reached = total[high[group]] - total[low[group]] >= wanted
        known[group] = reached.any()
        days[group] = int(reached.argmax())
    return days, known


def _turnover(parts: Parts, cogs: Answer, value: Answer, days: Answer) -> Answer:
    """Cost of goods ÷ average stock value: cost × days of known value ÷ sum of daily values."""
    known = value[1] & days[1] & (value[0] > 0)
    return quotients(cogs[0] * days[0], value[0], MILLION, known), known


def _days_of_stock(parts: Parts, stock: Answer, sold: Answer) -> Answer:
    """Closing stock ÷ pieces a day; no stock lasts no day, whatever was sold."""
    known = stock[1] & sold[1] & ((sold[0] > 0) | (stock[0] == 0))
    pieces = np.maximum(sold[0], 1)
    return quotients(stock[0] * STOCK_WINDOW, pieces, SCALE[Unit.DAYS], known), known


def _stockout_risk(parts: Parts) -> Answer:
    has_begun = parts.groups.elapsed > 0
    risk, known = parts.tables.shelf.risk(parts.groups.entity, parts.groups.last_begun)
    known = known & has_begun
    return np.where(known, risk, 0), known


def _views_against_shop(parts: Parts, own: Answer, shop: Answer, listings: Answer) -> Answer:
    is_covered = parts.covered_days("f.views") == parts.groups.elapsed
    return _against_shop(parts, (own[0], own[1] & is_covered), shop, listings)


def _against_shop(parts: Parts, own: Answer, shop: Answer, listings: Answer) -> Answer:
    """A listing's own ÷ (the shop's ÷ its listings)."""
    known = own[1] & shop[1] & listings[1] & (shop[0] > 0)
    return quotients(own[0] * listings[0], shop[0], MILLION, known), known


ESTIMATORS: dict[str, Callable[..., Answer]] = {
    "seasonality": _seasonality,
    "price_elasticity": _elasticity,
    "first_year_value": _first_year_value,
    "payback": _payback,
    "stock_turnover": _turnover,
    "days_of_stock": _days_of_stock,
    "stockout_risk": _stockout_risk,
    "views_against_shop": _views_against_shop,
    "favourites_against_shop": _against_shop,
}
