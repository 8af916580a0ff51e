"""Which SKUs to order and which lie dead: the stock of a day, its pace and how long it lasts.

One row of `stock_table` = one SKU whose stock is known on that day. The forecast is that of
`stockout_risk` read the other way round: the first day by whose end the chance of having run out
reaches a tenth, a half and nine tenths. Nothing is restocked in it, and the pace stays as it was.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from engine.metrics.compute import Snapshot
from engine.metrics.model import PRODUCT
from engine.metrics.states import Steps
from engine.metrics.stockout_risk import RISK_UNIT, WINDOW, Pace, runs_out
from engine.money import Int64Array
from engine.periods import day_date
from engine.sources.frames import BoolArray
from engine.widths import places_in

DEAD_DAYS = 90  # without a sale, or on the shelf without a first one
EARLY, MIDDLE, LATE = 10, 50, 90  # per cent: the interval of 80 % and what lies in its middle
FARTHEST = 730  # days that a forecast looks ahead
_NEVER = -1
# The last day of each group by days since the last sale; beyond them a group of its own.
_AGES = (30, 90, 180, 365)
AGE_WORDS = (
    "30 days or less",
    "31 to 90 days",
    "91 to 180 days",
    "181 to 365 days",
    "more than a year",
    "never sold",
    "without a SKU",
)


@dataclass(frozen=True, slots=True, eq=False)
class Stock:
    """What stands on the shelf at the end of a day; one row = one SKU with a known stock.

    value: minor units, 0 where `has_value` is not. sold: pieces of the WINDOW days to the day.
    last_sale, first_seen: days of the calendar, −1 = never.
    """

    sku: Int64Array
    units: Int64Array
    offers: Int64Array
    value: Int64Array
    has_value: BoolArray
    sold: Int64Array
    last_sale: Int64Array
    first_seen: Int64Array
    risk: Int64Array  # parts of RISK_UNIT
    has_risk: BoolArray


def stock_table(snapshot: Snapshot, as_of: int) -> pd.DataFrame:
    """Return the SKUs whose stock is known on a day number, ascending, `(none)` last.

    Columns: sku, closing_stock, active_offers (Int64), stock_value (Int64 minor units), daily_units
    (Float64, of the 56 days to that day), last_sale (date), days_since_sale (Int64), stockout_risk
    (Float64), runs_out_from, runs_out, runs_out_by (dates: chances of 10, 50 and 90 %), order_by
    (date: so that new stock comes before runs_out_from, at the earliest that day), is_due (for
    sale, selling, and as likely as 10 % to run out before new stock comes) and is_dead (there, and
    not sold for DEAD_DAYS). Null is unknown, or beyond FARTHEST days.
    """
    stock = _stock(snapshot, _day(snapshot, as_of))
    day, skus = as_of, snapshot.ledger.skus
    ahead = {chance: _days_ahead(stock, chance) for chance in (EARLY, MIDDLE, LATE)}
    restock = snapshot.levels[PRODUCT].shelf.skus.restock_days
    early = ahead[EARLY]
    order_by = np.where(early == _NEVER, _NEVER, np.maximum(early - restock, 0))
    since = _since_sale(snapshot, stock, as_of)
    is_due = stock.has_risk & (stock.offers > 0) & (stock.sold > 0)
    is_due &= stock.risk * 100 >= EARLY * RISK_UNIT
    return pd.DataFrame(
        {
            "sku": pd.Series([skus[code] for code in stock.sku.tolist()], dtype="string"),
            "closing_stock": pd.array(stock.units, dtype="Int64"),
            "active_offers": pd.array(stock.offers, dtype="Int64"),
            "stock_value": _nullable(stock.value, stock.has_value),
            "daily_units": pd.array(stock.sold / WINDOW, dtype="Float64"),
            "last_sale": _dates(stock.last_sale, snapshot.calendar.first_day),
            "days_since_sale": _nullable(since, stock.last_sale != _NEVER),
            "stockout_risk": pd.Series(_nullable(stock.risk, stock.has_risk)) / RISK_UNIT,
            "runs_out_from": _dates(early, day),
            "runs_out": _dates(ahead[MIDDLE], day),
            "runs_out_by": _dates(ahead[LATE], day),
            "order_by": _dates(order_by, day),
            "is_due": is_due,
            "is_dead": _is_dead(snapshot, stock, as_of),
        }
    )


def age_table(snapshot: Snapshot, as_of: int) -> pd.DataFrame:
    """Return the stock of a day by the time since its last sale, in the order of AGE_WORDS.

    Columns: since_sale, skus, closing_stock (Int64), stock_value (Int64 minor units, null where no
    cost is known). A group without stock has no row; the rows add up to the shop's figures.
    """
    stock = _stock(snapshot, _day(snapshot, as_of))
    age = np.searchsorted(_AGES, _since_sale(snapshot, stock, as_of))
    age[stock.last_sale == _NEVER] = len(_AGES) + 1
    age[stock.sku == snapshot.ledger.no_sku] = len(_AGES) + 2
    count = np.zeros((4, len(AGE_WORDS)), np.int64)
    there = stock.units > 0
    for row, amount in enumerate((there, stock.units, stock.value, there & stock.has_value)):
        np.add.at(count[row], age, amount)
    rows = np.flatnonzero(count[0])
    return pd.DataFrame(
        {
            "since_sale": pd.Series([AGE_WORDS[row] for row in rows.tolist()], dtype="string"),
            "skus": pd.array(count[0][rows], dtype="Int64"),
            "closing_stock": pd.array(count[1][rows], dtype="Int64"),
            "stock_value": _nullable(count[2][rows], count[3][rows] > 0),
        }
    )


def first_look(snapshot: Snapshot) -> date | None:
    """Return the first day on which any stock is known, None if none ever was."""
    seen = np.flatnonzero(snapshot.levels[PRODUCT].shelf.skus.seen[: snapshot.calendar.begun])
    return day_date(snapshot.calendar.first_day + int(seen[0])) if len(seen) else None


def _day(snapshot: Snapshot, as_of: int) -> int:
    """Return the day of the calendar; one that it does not have is answered by one before it."""
    day = as_of - snapshot.calendar.first_day
    return day if 0 <= day < snapshot.calendar.begun else _NEVER


def _stock(snapshot: Snapshot, day: int) -> Stock:
    tables = snapshot.levels[PRODUCT]
    days = snapshot.calendar.days
    every = np.arange(tables.entities)

    def at(name: str, sku: Int64Array) -> tuple[Int64Array, BoolArray]:
        values, known = tables.states[name].at(sku * days + max(day, 0))
        return values, known & (day != _NEVER)

    sku = every[at("stock", every)[1]]
    value, has_value = at("stock_value", sku)
    shelf = tables.shelf.skus
    last = np.full(len(sku), day, np.int64)
    risk, has_risk = shelf.at(sku, last)
    place = np.searchsorted(shelf.pace.sku, sku)
    has_sold = np.append(shelf.pace.sku, -1)[place] == sku
    pair = np.where(has_sold, place, 0)
    sold = np.where(has_sold, shelf.pace.sold(pair, last), 0) if len(shelf.pace.sku) else last * 0
    return Stock(
        sku=sku,
        units=at("stock", sku)[0],
        offers=at("offers", sku)[0],
        value=value,
        has_value=has_value,
        sold=sold,
        last_sale=np.where(has_sold, _last_sale(shelf.pace, pair, day), _NEVER),
        first_seen=_first_seen(tables.states["stock"], sku, days),
        risk=risk,
        has_risk=has_risk,
    )


def _last_sale(pace: Pace, pair: Int64Array, day: int) -> Int64Array:
    """Return the last day with a sale of each pair up to a day, −1 where there is none."""
    if not len(pace.key):
        return np.full(len(pair), _NEVER, np.int64)
    place = places_in(pace.key, pair * pace.days + day + 1) - 1
    found = pace.key[np.maximum(place, 0)].astype(np.int64)
    is_own = (place >= 0) & (found // pace.days == pair)
    return np.where(is_own, found % pace.days, _NEVER)


def _first_seen(stock: Steps, sku: Int64Array, days: int) -> Int64Array:
    start = stock.covered.start
    if not len(start):
        return np.zeros(len(sku), np.int64)
    return np.asarray(start[places_in(start, sku * days)] - sku * days)


def _since_sale(snapshot: Snapshot, stock: Stock, as_of: int) -> Int64Array:
    return np.asarray(as_of - snapshot.calendar.first_day - stock.last_sale)


def _is_dead(snapshot: Snapshot, stock: Stock, as_of: int) -> BoolArray:
    """Tell what lies there unsold; what was never sold counts from the first look at it."""
    day = as_of - snapshot.calendar.first_day
    begin = np.where(stock.last_sale == _NEVER, stock.first_seen, stock.last_sale)
    has_name = stock.sku != snapshot.ledger.no_sku
    return np.asarray((stock.units > 0) & (day - begin >= DEAD_DAYS) & has_name)


def _days_ahead(stock: Stock, chance: int) -> Int64Array:
    """Return in how many days the chance of having run out reaches so many per cent, −1 = never.

    The chance grows with the days, so they are found by halving; equal SKUs are asked once.
    """
    rows = np.flatnonzero(stock.has_risk & (stock.sold > 0))
    wide = int(stock.units[rows].max(initial=0)) + 1
    questions, at = np.unique(stock.sold[rows] * wide + stock.units[rows], return_inverse=True)
    ahead = np.full(len(stock.sku), _NEVER, np.int64)
    ahead[rows] = _first_days(*np.divmod(questions, wide), chance)[at.ravel()]
    return ahead


def _first_days(sold: Int64Array, stock: Int64Array, chance: int) -> Int64Array:
    def reached(days: Int64Array) -> BoolArray:
        return np.asarray(runs_out(sold, stock, days) * 100 >= chance * RISK_UNIT)

    low, high = np.zeros(len(sold), np.int64), np.full(len(sold), FARTHEST)
    is_ever = reached(high)
    for _ in range(FARTHEST.bit_length()):  # not reached after low days, reached after high
        middle = (low + high) // 2
        is_reached = reached(middle)
        low, high = np.where(is_reached, low, middle), np.where(is_reached, middle, high)
    return np.where(stock == 0, 0, np.where(is_ever, high, _NEVER))


def _nullable(values: Int64Array, known: BoolArray) -> pd.arrays.IntegerArray:
    return pd.arrays.IntegerArray(values.astype(np.int64), ~known)


def _dates(day: Int64Array, origin: int) -> list[date | None]:
    return [None if one == _NEVER else day_date(origin + one) for one in day.tolist()]
