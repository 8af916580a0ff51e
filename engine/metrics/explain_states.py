"""Leaves of stock, prices, favourites and reviews: what was seen on a day, one row an offer.

What holds on a day is what the shop's latest look at its shelves saw, at most a week before. It is
looked up here in the rows that were seen, not in the runs that figures come from.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from engine.ledger.explained import MEASURED
from engine.ledger.frames import EventKind
from engine.metrics.explain_formulas import leaves_below
from engine.metrics.explain_nodes import Leaves, Node, Value
from engine.metrics.explain_rows import Asked, row_leaves
from engine.metrics.model import LISTING, PRODUCT, SHOP, Unit
from engine.metrics.state_parts import STOCK_VALUE, WINDOWS
from engine.metrics.states import CARRIED_DAYS
from engine.money import Int64Array
from engine.sources.frames import BoolArray, Int32Array

_MONEY = (STOCK_VALUE, f"{STOCK_VALUE}_total", "prices", "lowest_price", "highest_price")


def state_unit(what: str) -> Unit:
    """Return what a state is measured in."""
    return Unit.MONEY if what in _MONEY else Unit.COUNT


def seen_again(node: Node) -> Value:
    """A state: the sum of its rows, unknown without one."""
    leaves = leaves_below(node)
    return leaves.total if len(leaves) else None


def whole_shop(asked: Asked) -> Asked:
    """Return the same question about the whole shop."""
    return replace(asked, level=SHOP, entity=0)


def state_leaves(asked: Asked, what: str) -> Leaves:
    """Return the rows behind a state; none where it is not known."""
    last = _last_begun(asked)
    if what in WINDOWS:
        days = WINDOWS[what] if asked.elapsed else 0
        return _sold(asked, last - days + 1, last)
    if what.startswith(f"{STOCK_VALUE}_"):
        return _value_by_day(asked, is_days=what.endswith("_days"))
    if what.endswith("_before"):
        what, last = what.removesuffix("_before"), asked.first - 1
    if asked.elapsed == 0:
        return _seen(asked, np.empty(0, np.int64), np.empty(0, np.int64))
    if what in ("favourites", "liked_listings"):
        return _liked(asked, what, last)
    return _offers(asked, what, last)


def stock_of_sku(asked: Asked, sku: int, day: int) -> int | None:
    """Return the stock of a SKU on a day, None where it is not known."""
    leaves = _offers(replace(asked, level=PRODUCT, entity=sku), "stock", day)
    return leaves.total if len(leaves) else None


def review_leaves(asked: Asked, what: str) -> Leaves:
    """Return the reviews of the period, each with 1 or its stars."""
    rows = asked.ledger.reviews
    inside = asked.holds(rows.day) & (rows.day < asked.snapshot.days_begun)
    at = np.flatnonzero(inside & _is_own(asked, rows.listing, rows.sku))
    amount = rows.rating[at] if what == "stars" else np.ones(len(at), np.int64)
    return _rows(asked, rows.listing[at], rows.sku[at], rows.day[at], amount, "reviews")


def stockout_leaves(asked: Asked) -> Leaves:
    """Return the offers that were empty, each once for every day of the period that it stands for.

    `times` is the number of those days.
    """
    offers = asked.ledger.offers
    empty = offers.is_enabled & (offers.units == 0)
    found, times = [], []
    for look, days in _looks(asked).items():
        at = np.flatnonzero(empty & _own_offers(asked) & (offers.day == look))
        found.append(at)
        times.append(np.full(len(at), days, np.int64))
    rows = np.concatenate([np.empty(0, np.int64), *found])
    return _seen(asked, rows, np.concatenate([np.empty(0, np.int64), *times]))


def stock_days(asked: Asked) -> Leaves:
    """Return the looks that tell of the entity's stock, each with the days that it stands for."""
    own = asked.ledger.offers.day[_own_offers(asked)]
    looks = {look: days for look, days in _looks(asked).items() if np.any(own == look)}
    return Leaves(
        {
            "day": np.array(list(looks), np.int64),
            "amount": np.array(list(looks.values()), np.int64),
        }
    )


def viewed_leaves(asked: Asked) -> Leaves:
    """Return the listings with a view in the period, each once."""
    rows = asked.ledger.visits.rows
    inside = asked.holds(rows.day) & (rows.day < asked.snapshot.days_begun)
    listing = np.unique(rows.listing[inside & (rows.amounts["views"] > 0)])
    ids = asked.ledger.listing_ids[listing]
    return Leaves({"listing_id": ids, "amount": np.ones(len(ids), np.int64)})


def _last_begun(asked: Asked) -> int:
    return asked.first + asked.elapsed - 1


def _look(asked: Asked, seen: Int32Array, day: int) -> int | None:
    """Return the day of the latest look that tells of a day."""
    calendar = asked.snapshot.calendar
    if not calendar.first_day <= day < asked.snapshot.days_begun:
        return None
    recent = seen[(seen <= day) & (seen >= day - CARRIED_DAYS)]
    return int(recent.max()) if len(recent) else None


def _looks(asked: Asked) -> dict[int, int]:
    """Return each look that tells of days of the period, with how many it tells of."""
    seen = np.unique(asked.ledger.offers.day)
    found: dict[int, int] = {}
    for day in range(asked.first, asked.first + asked.elapsed):
        look = _look(asked, seen, day)
        if look is not None:
            found[look] = found.get(look, 0) + 1
    return found


def _is_own(asked: Asked, listing: Int32Array, sku: Int32Array) -> BoolArray:
    if asked.level is SHOP:
        return np.ones(len(listing), np.bool_)
    return np.asarray((listing if asked.level is LISTING else sku) == asked.entity)


def _own_offers(asked: Asked) -> BoolArray:
    return _is_own(asked, asked.ledger.offers.listing, asked.ledger.offers.sku)


def _offers(asked: Asked, what: str, day: int) -> Leaves:
    offers = asked.ledger.offers
    look = _look(asked, offers.day, day)
    rows = np.flatnonzero(_own_offers(asked) & (offers.day == (-1 if look is None else look)))
    if what == "stock":
        return _seen(asked, rows, offers.units[rows])
    if what == "offers":
        return _seen(asked, rows, offers.is_enabled[rows].astype(np.int64))
    if what == STOCK_VALUE:
        rows = rows if _value(asked, rows) is not None else rows[:0]
        return _seen(asked, rows, np.maximum(offers.value[rows], 0))
    rows = rows[offers.is_enabled[rows]]
    if np.any(offers.price[rows] < 0):
        rows = rows[:0]
    if what != "prices" and len(rows):
        pick = {"lowest_price": np.argmin, "highest_price": np.argmax}[what]
        rows = rows[[int(pick(offers.price[rows]))]]
    return _seen(asked, rows, offers.price[rows])


def _value(asked: Asked, rows: Int64Array) -> int | None:
    """What some offers are worth; unknown where there is stock and none of it has a cost."""
    offers = asked.ledger.offers
    stocked = rows[offers.units[rows] > 0]
    costed = stocked[offers.value[stocked] >= 0]
    if not len(rows) or (len(stocked) and not len(costed)):
        return None
    return int(offers.value[costed].sum())


def _value_by_day(asked: Asked, *, is_days: bool) -> Leaves:
    """One row = one look with the days that it stands for; none where too few days are known."""
    own, day = _own_offers(asked), asked.ledger.offers.day
    found: list[tuple[int, int, int]] = []
    for look, days in _looks(asked).items():
        value = _value(asked, np.flatnonzero(own & (day == look)))
        if value is not None:
            found.append((look, days, days if is_days else value * days))
    known = sum(days for _, days, _ in found)
    if not known or 2 * known < asked.elapsed:
        found = []
    columns = np.array(found, np.int64).reshape(-1, 3).T
    return Leaves(dict(zip(("day", "days", "amount"), columns, strict=True)))


def _liked(asked: Asked, what: str, day: int) -> Leaves:
    rows = asked.ledger.favourites
    look = _look(asked, rows.day, day)
    nobody = np.full(len(rows.listing), -1, np.int32)
    own = _is_own(asked, rows.listing, nobody)
    at = np.flatnonzero(own & (rows.day == (-1 if look is None else look)))
    amount = rows.count[at] if what == "favourites" else np.ones(len(at), np.int64)
    no_sku = np.full(len(at), asked.ledger.no_sku, np.int32)
    return _rows(asked, rows.listing[at], no_sku, rows.day[at], amount, "listings")


def _sold(asked: Asked, first: int, last: int) -> Leaves:
    """The sale rows between two days, with their pieces."""
    ledger = asked.ledger
    day = ledger.order_day
    is_sale = asked.is_own & (ledger.kind == EventKind.SALE)
    rows = np.flatnonzero(is_sale & (day >= first) & (day <= last))
    return row_leaves(asked, rows, ledger.amounts.of("quantity", rows), "quantity")


def _seen(asked: Asked, rows: Int64Array, amount: Int64Array) -> Leaves:
    offers = asked.ledger.offers
    return _rows(
        asked, offers.listing[rows], offers.sku[rows], offers.day[rows], amount, "product_offerings"
    )


def _rows(
    asked: Asked,
    listing: Int32Array,
    sku: Int32Array,
    day: Int32Array,
    amount: Int64Array,
    source: str,
) -> Leaves:
    names = np.array(asked.ledger.skus, dtype=object)
    return Leaves(
        {
            "listing_id": asked.ledger.listing_ids[listing],
            "sku": names[sku],
            "day": day,
            "amount": amount,
            "basis": np.full(len(day), MEASURED, dtype=object),
            "source": np.full(len(day), source, dtype=object),
        }
    )


LEAVES: dict[str, Callable[[Asked], Leaves]] = {
    "f.reviews": lambda asked: review_leaves(asked, "reviews"),
    "f.stars": lambda asked: review_leaves(asked, "stars"),
    "f.stockouts": stockout_leaves,
    "d.viewed_listings": viewed_leaves,
}
