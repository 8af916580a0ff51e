"""Leaves of facts without an order: ads, visits and expenses, one row a listing and a day.

A SKU's ads are no sum of days: each of its listings' spend in the period is shared out to what the
listing sold. There one row is one listing, with the weights behind the SKU's share.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from engine.ledger.allocation import traced
from engine.ledger.explained import MEASURED
from engine.ledger.frames import DayFact, DayFacts, EventKind, Ledger
from engine.metrics.ad_shares import SHARED
from engine.metrics.explain_nodes import Leaves
from engine.metrics.explain_rows import Asked
from engine.metrics.explain_states import stock_days
from engine.metrics.fact_columns import COVERED, STOCKOUTS
from engine.metrics.model import LISTING, PRODUCT, SHOP, Unit
from engine.money import Int64Array
from engine.sources.frames import BoolArray, Int32Array

MONEY = (DayFact.AD_SPEND, DayFact.AD_SALES, DayFact.EXPENSES)
COVERED_PARTS = tuple(f"f.{name}" for name in COVERED)
CEILING = "f.cost_ceiling"  # has no rows: it is 0, or unknown


def fact_unit(fact: str) -> Unit:
    """Return what a fact is measured in."""
    return Unit.MONEY if fact in MONEY else Unit.COUNT


def fact_leaves(asked: Asked, fact: DayFact) -> Leaves:
    """Return the days, and at a SKU the shares of listings, behind a fact."""
    parts = [_day_leaves(asked, fact, name) for name in _sources(asked, fact)]
    if asked.level is PRODUCT and fact in SHARED:
        parts.append(_shared_leaves(asked, fact))
    return _together(parts)


def covered_leaves(asked: Asked, fact: str) -> Leaves:
    """Return the days of the period that a source covers, once each."""
    if fact == STOCKOUTS:
        return stock_days(asked)
    rows = asked.ledger.visits.rows
    reported = rows.reported[DayFact(fact)]
    chosen = _is_inside(asked, rows.day) & _is_own(asked, rows.listing) & reported
    days = np.unique(rows.day[chosen])
    return Leaves({"day": days, "amount": np.ones(len(days), np.int64)})


def _sources(asked: Asked, fact: DayFact) -> Iterator[str]:
    """Yield the sources that give the level this fact by day."""
    for name in ("ads", "visits", "expenses"):
        if asked.level is PRODUCT and name != "expenses":
            continue
        if fact in _facts(asked.ledger, name).rows.amounts:
            yield name


def _facts(ledger: Ledger, name: str) -> DayFacts:
    found: DayFacts = getattr(ledger, name)
    return found


def _is_inside(asked: Asked, day: Int32Array) -> BoolArray:
    """Tell which days are in the period and have begun."""
    return asked.holds(day) & (day < asked.snapshot.days_begun)


def _is_own(asked: Asked, listing: Int32Array) -> BoolArray:
    """Tell which rows are the entity's; a SKU has none but those that belong to no SKU."""
    if asked.level is LISTING:
        return np.asarray(listing == asked.entity)
    is_all = asked.level is SHOP or asked.entity == asked.ledger.no_sku
    return np.full(len(listing), is_all)


def _day_leaves(asked: Asked, fact: DayFact, source: str) -> Leaves:
    rows = _facts(asked.ledger, source).rows
    amount = rows.amounts[fact]
    chosen = _is_inside(asked, rows.day) & _is_own(asked, rows.listing) & (amount != 0)
    at = np.flatnonzero(chosen)
    rule = {"ads": "M42", "visits": "M42", "expenses": "M45"}[source]
    listings = asked.ledger.listing_ids[rows.listing[at]]
    return _leaves(listings, rows.day[at], amount[at], rule, source)


def _leaves(
    listing_id: Int64Array, day: Int32Array, amount: Int64Array, rule: str, source: str
) -> Leaves:
    count = len(listing_id)
    one = np.ones(count, np.int64)
    return Leaves(
        {
            "listing_id": listing_id,
            "day": day,
            "amount": amount,
            "whole": amount,
            "weight": one,
            "weights": one,
            "rule": np.full(count, rule, dtype=object),
            "basis": np.full(count, MEASURED, dtype=object),
            "source": np.full(count, source, dtype=object),
        }
    )


def _shared_leaves(asked: Asked, fact: DayFact) -> Leaves:
    """Return the SKU's share of each listing's ads, on the last day of the period."""
    ledger, rows = asked.ledger, asked.ledger.ads.rows
    inside = _is_inside(asked, rows.day)
    whole = np.zeros(len(ledger.listing_ids), np.int64)
    np.add.at(whole, rows.listing[inside], rows.amounts[fact][inside])
    found = [
        _share(asked, listing, int(whole[listing]), fact)
        for listing in np.flatnonzero(whole).tolist()
    ]
    kept = [share for share in found if share is not None]
    listing, amount, total, weight, weights = (
        np.array(column, np.int64) for column in (zip(*kept, strict=True) if kept else [[]] * 5)
    )
    day = np.full(len(listing), asked.last, np.int32)
    shares = _leaves(ledger.listing_ids[listing], day, amount, "M44", "ads")
    return Leaves(shares.columns | {"whole": total, "weight": weight, "weights": weights})


def _share(
    asked: Asked, listing: int, whole: int, fact: DayFact
) -> tuple[int, int, int, int, int] | None:
    """Return listing, share, amount, weight and weights of the SKU; None where it has no part."""
    skus, sales = _sold_by(asked, listing)
    if not len(skus):  # what sold nothing belongs to no SKU
        return (listing, whole, whole, 1, 1) if asked.entity == asked.ledger.no_sku else None
    at = np.flatnonzero(skus == asked.entity)
    if not len(at):
        return None
    place = int(at[0])
    if fact not in MONEY:  # a count of what is unknown is everybody's
        return listing, whole, whole, 1, 1
    found = traced(whole, sales)
    return listing, int(found.shares[place]), whole, int(found.weights[place]), found.total


def _sold_by(asked: Asked, listing: int) -> tuple[Int64Array, Int64Array]:
    """Return the SKUs that a listing sold in the period, ascending, and for how much."""
    ledger = asked.ledger
    if listing == ledger.no_listing:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    sold = (ledger.kind == EventKind.SALE) & (ledger.listing == listing)
    rows = np.flatnonzero(sold & asked.holds(ledger.order_day))
    sales = ledger.amounts.of("value", rows) - ledger.amounts.of("discount", rows)
    rows, sales = rows[sales > 0], sales[sales > 0]
    skus, at = np.unique(ledger.sku[rows], return_inverse=True)
    total = np.zeros(len(skus), np.int64)
    np.add.at(total, at.ravel(), sales)
    return skus.astype(np.int64), total


def _together(parts: list[Leaves]) -> Leaves:
    nothing = np.empty(0, np.int64)
    none = _leaves(nothing, np.empty(0, np.int32), nothing, "", "")
    columns = [part.columns for part in (none, *parts)]
    return Leaves({name: np.concatenate([part[name] for part in columns]) for name in none.columns})
