"""Facts without an order at a level: columns of its day table, and the days that a source covers.

Ads and visits are the shop's and its listings'; expenses are the shop's, and stand with what
belongs to no listing and no SKU; reviews and empty shelves are everybody's. Days that have not
begun are in no figure yet.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from engine.ledger.frames import DayFact, DayRows, Ledger
from engine.metrics.calendar import Calendar
from engine.metrics.coverage import Coverage
from engine.metrics.day_columns import Summable
from engine.metrics.model import LISTING, PRODUCT, SHOP, Level
from engine.metrics.states import Looks, offer_entity
from engine.money import Int64Array
from engine.sources.frames import BoolArray

STOCKOUTS = "stockouts"
_COUNTED = (DayFact.VISITS, DayFact.VIEWS)
COVERED = (*(name.value for name in _COUNTED), STOCKOUTS)  # unknown where no source covers a day
Facts = tuple[Int64Array, Mapping[str, Summable]]


def fact_columns(level: Level, ledger: Ledger, calendar: Calendar) -> list[Facts]:
    """Return keys entity × days + day with columns, only where one of them is not 0."""
    everywhere = (ledger.expenses.rows,)
    sources = everywhere if level is PRODUCT else (ledger.ads.rows, ledger.visits.rows, *everywhere)
    found = []
    for rows in sources:
        has_begun = _has_begun(rows, calendar)
        chosen = np.flatnonzero(has_begun & rows.amounts.is_something())
        key = _entity(level, ledger, rows)[chosen] * calendar.days + calendar.index(
            rows.day[chosen]
        )
        found.append((key, {str(name): rows.amounts.narrow(name, chosen) for name in rows.amounts}))
    return [*found, _reviews(level, ledger, calendar), _stockouts(level, ledger, calendar)]


def _reviews(level: Level, ledger: Ledger, calendar: Calendar) -> Facts:
    rows = ledger.reviews
    chosen = np.flatnonzero(calendar.index(rows.day) < calendar.begun)
    entity = {SHOP: np.zeros_like(rows.sku), LISTING: rows.listing, PRODUCT: rows.sku}[level]
    key = entity[chosen].astype(np.int64) * calendar.days + calendar.index(rows.day[chosen])
    return key, {"reviews": np.ones(len(chosen), np.bool_), "stars": rows.rating[chosen]}


def _stockouts(level: Level, ledger: Ledger, calendar: Calendar) -> Facts:
    """Each variation and day on which it was for sale with nothing on the shelf."""
    offers = ledger.offers
    empty = offers.is_enabled & (offers.units == 0)
    key = Looks.of(offers.day, calendar).days_of(offer_entity(level, ledger), empty)
    return key, {STOCKOUTS: np.ones(len(key), np.bool_)}


def coverage(
    level: Level, ledger: Ledger, calendar: Calendar, stock: Coverage
) -> dict[str, Coverage]:
    """Return which days of each entity a source covers, for each of COVERED that the level has.

    stock: the days on which its stock is known.
    """
    if level is PRODUCT:
        return {STOCKOUTS: stock}
    rows = ledger.visits.rows
    key = _entity(level, ledger, rows) * calendar.days + calendar.index(rows.day)
    has_begun = _has_begun(rows, calendar)
    counted = {name.value: Coverage.of(key[has_begun & rows.reported[name]]) for name in _COUNTED}
    return counted | {STOCKOUTS: stock}


def _has_begun(rows: DayRows, calendar: Calendar) -> BoolArray:
    return np.asarray(calendar.index(rows.day) < calendar.begun)


def _entity(level: Level, ledger: Ledger, rows: DayRows) -> Int64Array:
    if level is LISTING:
        return rows.listing.astype(np.int64)
    return np.full(len(rows.day), 0 if level is SHOP else ledger.no_sku, np.int64)
