"""The ledger of several shops as one: one row = one order line × one event of any of them.

Every shop keeps its own days, customers, listings and SKUs: the same id or text in two shops is
two. Only what belongs to nothing is one, listing 0 and SKU `(none)`. Times are those of each shop's
own wall clock, so that orders follow each other as their days do.

Stock and favourites are left out. What was seen of a shop holds until it is looked at again, and
shops are not looked at on the same days, so that there is nothing which all of them would know.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from typing import Any

import numpy as np

from engine.ledger.amounts import Amounts
from engine.ledger.frames import (
    AMOUNTS,
    NO_LISTING,
    NO_SKU,
    Codes,
    Conversions,
    DayFacts,
    DayRows,
    Favourites,
    Ledger,
    Offers,
    OrderEntities,
    Orders,
    Reviews,
)
from engine.ledger.groupings import BASES
from engine.ledger.order_money import side_by_side
from engine.local_time import LocalClock
from engine.money import Int64Array
from engine.sources.frames import Int32Array, Shop

_NO_DAYS, _NO_AMOUNTS = np.empty(0, np.int32), np.empty(0, np.int64)
_NO_OFFERS = Offers(
    _NO_DAYS, _NO_DAYS, _NO_DAYS, _NO_AMOUNTS, np.empty(0, np.bool_), _NO_AMOUNTS, _NO_AMOUNTS
)
_NO_FAVOURITES = Favourites(_NO_DAYS, _NO_DAYS, _NO_AMOUNTS)
# In which order the values of an attribute of parcels are listed.
_LISTED: dict[str, Callable[[str], Any]] = {
    "zone": str,
    "tier": float,
    "carrier": str,
    "parcel_basis": BASES.index,
}


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """One of the shops: its ledger, in the currency of all, its clock and the days begun."""

    ledger: Ledger
    clock: LocalClock
    days_begun: int


def join_shops(parts: Sequence[Part], shop: Shop) -> Ledger:
    """Put ledgers of one currency together; `shop` is what stands for all of them.

    Days of ads, visits and expenses that have not begun in their own shop are left out.
    """
    ledgers = [part.ledger for part in parts]
    orders, rank = _orders(parts)
    listing = _Entities.of([ledger.listing_ids for ledger in ledgers])
    sku = _Entities.of([ledger.skus for ledger in ledgers])
    order = np.concatenate(
        [np.append(ranks, -1)[ledger.order] for ledger, ranks in zip(ledgers, rank, strict=True)]
    ).astype(np.int32)
    kind, line_id, source_id = (
        _together(ledgers, name) for name in ("kind", "line_id", "source_id")
    )
    by_key = np.lexsort((source_id, line_id, np.append(orders.order_id, 0)[order], kind))
    reasons = _joined([ledger.refund_reason for ledger in ledgers], str)
    flags = ("order_day", "event_day", "is_partial", "is_estimated", "has_no_ceiling", "fee_bases")
    return Ledger(
        shop=shop,
        orders=orders,
        uncounted=_uncounted(ledgers, rank, listing, sku),
        is_given_back=_together(ledgers, "is_given_back")[np.argsort(np.concatenate(rank))],
        listing_ids=np.array([*listing.names, NO_LISTING], np.int64),
        skus=(*sku.names, NO_SKU),
        listing_titles={},
        kind=kind[by_key],
        order=order[by_key],
        line_id=line_id[by_key],
        source_id=source_id[by_key],
        listing=listing.codes([ledger.listing for ledger in ledgers])[by_key],
        sku=sku.codes([ledger.sku for ledger in ledgers])[by_key],
        **{name: _together(ledgers, name)[by_key] for name in flags},
        **_parcels(ledgers, rank, by_key),
        cost_codes=_cost_codes(ledgers),
        refund_reason=Codes(reasons.code[by_key], reasons.values),
        amounts=Amounts(
            (name, np.concatenate([ledger.amounts[name] for ledger in ledgers])[by_key])
            for name in AMOUNTS
        ),
        ads=_days(parts, "ads", listing),
        visits=_days(parts, "visits", listing),
        expenses=_days(parts, "expenses", listing),
        reviews=_reviews(ledgers, listing, sku),
        offers=_NO_OFFERS,
        favourites=_NO_FAVOURITES,
        conversions=_conversions([ledger.conversions for ledger in ledgers]),
    )


@dataclass(frozen=True, slots=True)
class _Entities:
    """Codes of listings or SKUs: those of one shop after those of another, nothing last."""

    names: tuple[Any, ...]
    starts: tuple[int, ...]
    counts: tuple[int, ...]

    @classmethod
    def of(cls, names: Sequence[Sequence[Any] | Int64Array]) -> _Entities:
        """Number the entities of each shop; the last one of each is what belongs to nothing."""
        counts = [len(own) - 1 for own in names]
        starts = np.concatenate(([0], np.cumsum(counts)))[:-1]
        named = tuple(name for own in names for name in list(own)[:-1])
        return cls(named, tuple(starts.tolist()), tuple(counts))

    def codes(self, columns: Sequence[Int32Array]) -> Int32Array:
        """Return the codes of all shops, given each shop's own."""
        parts = zip(columns, self.starts, self.counts, strict=True)
        found = [
            np.where(own == count, len(self.names), own + start) for own, start, count in parts
        ]
        return np.concatenate(found).astype(np.int32)


def _together(parts: Sequence[Any], name: str) -> Any:
    return np.concatenate([getattr(part, name) for part in parts])


def _orders(parts: Sequence[Part]) -> tuple[Orders, list[Int64Array]]:
    """Return the orders by (own day, own time, id), and where each shop's orders went."""
    own = [_on_the_wall(part) for part in parts]
    methods = [Codes(o.payment_method.astype(np.int16), o.payment_methods) for o in own]
    lands = [Codes(o.country.astype(np.int16), o.countries) for o in own]
    payment, country = _joined(methods, str), _joined(lands, str)
    columns = {
        name: _together(own, name)
        for name in Orders.__dataclass_fields__
        if name not in ("payment_methods", "countries", "customer_id")
    }
    columns |= {
        "payment_method": payment.code.astype(np.int32),
        "country": country.code.astype(np.int32),
        "customer_id": _customers(own),
    }
    order = np.lexsort((columns["order_id"], columns["seconds"], columns["day"]))
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    joined = {name: column[order] for name, column in columns.items()}
    ends = np.cumsum([len(orders) for orders in own])[:-1]
    return (
        Orders(**joined, payment_methods=payment.values, countries=country.values),
        np.split(place, ends),
    )


def _on_the_wall(part: Part) -> Orders:
    orders = part.ledger.orders
    seconds = part.clock.local_seconds(orders.seconds)
    shipped = orders.shipped_seconds
    moved = np.where(shipped >= 0, shipped + seconds - orders.seconds, -1)
    return replace(orders, seconds=seconds, shipped_seconds=moved)


def _customers(own: Sequence[Orders]) -> Int64Array:
    """A number from 1 on for each customer of each shop, 0 for guests."""
    ids = np.concatenate([orders.customer_id for orders in own])
    shop = np.repeat(np.arange(len(own)), [len(orders) for orders in own])
    _, number = np.unique(np.stack([shop, ids]), axis=1, return_inverse=True)
    return np.where(ids == 0, 0, number.ravel() + 1)


def _uncounted(
    ledgers: Sequence[Ledger], rank: Sequence[Int64Array], listing: _Entities, sku: _Entities
) -> OrderEntities:
    rows = [ledger.uncounted for ledger in ledgers]
    order = np.concatenate([at[own.order] for own, at in zip(rows, rank, strict=True)])
    return OrderEntities(
        order.astype(np.int32),
        listing.codes([own.listing for own in rows]),
        sku.codes([own.sku for own in rows]),
    )


def _parcels(
    ledgers: Sequence[Ledger], rank: Sequence[Int64Array], by_key: Int64Array
) -> dict[str, Any]:
    """Parcels one shop after another, their pieces at the rows where these have gone."""
    of_order = [at[ledger.parcel_order] for ledger, at in zip(ledgers, rank, strict=True)]
    place = np.empty(len(by_key), np.int64)
    place[by_key] = np.arange(len(by_key))
    rows = np.cumsum([0, *map(len, ledgers)]).tolist()
    parcels = np.cumsum([0, *map(len, of_order)]).tolist()
    row, parcel = [], []
    for ledger, first_row, first_parcel in zip(ledgers, rows[:-1], parcels[:-1], strict=True):
        row.append(place[first_row + ledger.parcel_row])
        parcel.append(first_parcel + ledger.parcel_of_piece)
    back = np.argsort(np.concatenate(rank))
    attributes = {
        name: _joined([ledger.order_parcels[name] for ledger in ledgers], listed)
        for name, listed in _LISTED.items()
    }
    return {
        "parcel_order": np.concatenate(of_order).astype(np.int32),
        "parcel_row": np.concatenate(row).astype(np.int32),
        "parcel_of_piece": np.concatenate(parcel).astype(np.int32),
        "order_parcels": {n: Codes(c.code[back], c.values) for n, c in attributes.items()},
    }


def _joined(codes: Sequence[Codes], listed: Callable[[str], Any]) -> Codes:
    """Return codes one after another, each text under one code, in the order of `listed`."""
    values = tuple(sorted({value for own in codes for value in own.values}, key=listed))
    index = {value: code for code, value in enumerate(values)}
    recoded = [
        np.array([*(index[value] for value in own.values), -1], np.int16)[own.code] for own in codes
    ]
    return Codes(np.concatenate(recoded), values)


def _cost_codes(ledgers: Sequence[Ledger]) -> Codes:
    of_skus = [Codes(led.cost_codes.code[:-1], led.cost_codes.values) for led in ledgers]
    joined = _joined(of_skus, str)
    return Codes(np.append(joined.code, np.int16(-1)), joined.values)


def _conversions(rows: Sequence[Conversions]) -> Conversions:
    columns = {
        name: _together(rows, name)
        for name in Conversions.__dataclass_fields__
        if name != "currency"
    }
    currency = reduce(side_by_side, [own.currency for own in rows])
    by_id = np.lexsort((columns["refund_id"], columns["order_id"]))
    return Conversions(
        currency=currency.chosen(by_id), **{name: c[by_id] for name, c in columns.items()}
    )


def _days(parts: Sequence[Part], name: str, listing: _Entities) -> DayFacts:
    sources: Iterable[DayFacts] = (getattr(part.ledger, name) for part in parts)
    rows = [source.rows for source in sources]
    begun = np.concatenate(
        [own.day < part.days_begun for own, part in zip(rows, parts, strict=True)]
    )
    of_listing = listing.codes([own.listing for own in rows])
    day = _together(rows, "day")
    order = np.lexsort((day, of_listing))
    order = order[begun[order]]
    joined = DayRows(
        of_listing[order],
        day[order],
        Amounts(
            (fact, np.concatenate([own.amounts[fact] for own in rows])[order])
            for fact in rows[0].amounts
        ),
        {
            fact: np.concatenate([own.reported[fact] for own in rows])[order]
            for fact in rows[0].reported
        },
    )
    return DayFacts(joined, {})


def _reviews(ledgers: Sequence[Ledger], listing: _Entities, sku: _Entities) -> Reviews:
    rows = [ledger.reviews for ledger in ledgers]
    day = _together(rows, "day")
    order = np.argsort(day, kind="stable")
    return Reviews(
        day[order],
        listing.codes([own.listing for own in rows])[order],
        sku.codes([own.sku for own in rows])[order],
        _together(rows, "rating")[order],
    )
