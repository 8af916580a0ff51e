"""What was seen of listings on single days: stock, prices, favourites, and the reviews written.

The tables know stock and favourites only as they are now, which is the watermark's own day; earlier
days come from the copies that were made then. A past day is never filled from today.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.ledger.cost_answers import CostQuestions
from engine.ledger.cost_book import CostBook
from engine.ledger.costs import find_unit_costs
from engine.ledger.entities import Entities
from engine.ledger.exchange import Exchange
from engine.ledger.facts import Facts, carrier_files, sold_in
from engine.ledger.frames import NO_LISTING, NO_SKU, Favourites, Offers, Reviews
from engine.ledger.positions import positions
from engine.money import Int64Array
from engine.sources.frames import BoolArray, Int32Array, OfferRows, Texts

UNKNOWN = -1


@dataclass(frozen=True, slots=True, eq=False)
class Sight:
    """Which days can be seen: copies of days before `today`, and the tables as that day itself.

    With a clock that was put back the tables tell nothing, and `today` is the day after its last.
    """

    today: int
    sees_tables: bool

    @classmethod
    def of(cls, facts: Facts) -> Sight:
        """Read the clock of a shop's facts."""
        terms = facts.terms
        if terms.known_until is not None:
            last = terms.clock.days(np.array([terms.known_until - 1]))
            return cls(int(last[0]) + 1, sees_tables=False)
        return cls(terms.clock.days_begun(facts.tables.newest_fact()) - 1, sees_tables=True)

    def before(self, day: Int64Array) -> Int64Array:
        """Return the rows of copies that count."""
        return np.flatnonzero(day < self.today)

    def now(self, count: int) -> Int64Array:
        """Return the rows of the tables that count."""
        return np.arange(count if self.sees_tables else 0)


def seen_offers(facts: Facts, entities: Entities) -> Offers:
    """Return the offers of each day that was seen, with the cost of their stock on that day."""
    sight, tables = Sight.of(facts), facts.tables
    before, now = tables.offers_before, tables.offers
    parts = (
        _offers(facts, entities, before, sight.before(before.day), before.day),
        _offers(facts, entities, now, sight.now(len(now.day)), np.full(len(now.day), sight.today)),
    )
    columns = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    value = _stock_value(facts, entities, columns["sku"], columns["units"], columns["day"])
    return Offers(**columns, value=value)


def _offers(
    facts: Facts, entities: Entities, rows: OfferRows, chosen: Int64Array, day: Int64Array
) -> dict[str, np.ndarray]:
    """Return some offers, but for the value of their stock."""
    shop, files = facts.tables.shop, facts.terms.files
    on = day[chosen].astype(np.int32)
    skus = entities.sku_codes(tuple(files.identity(text) or NO_SKU for text in rows.sku.values))
    none = np.zeros(len(chosen), np.int64)
    currency = Texts(rows.currency.code[chosen], rows.currency.values)
    price = Exchange(shop, files.rates).minor(rows.price[chosen], currency, on, none)
    return {
        "day": on,
        "listing": entities.listing_codes(_own(rows.listing_id[chosen], shop.shop_id)),
        "sku": skus[rows.sku.code[chosen]],
        "units": np.where(rows.is_enabled[chosen], rows.quantity[chosen], 0),
        "is_enabled": rows.is_enabled[chosen],
        "price": np.where(price.known, price.minor, UNKNOWN),
    }


def _stock_value(
    facts: Facts, entities: Entities, sku: Int32Array, units: Int64Array, day: Int32Array
) -> Int64Array:
    """Return units × unit cost on their day in minor units, UNKNOWN without a cost.

    The cost is that of the region where all other countries are.
    """
    files, shop = facts.terms.files, facts.tables.shop
    book = _book_of_all(facts, entities)
    months = day.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) + 1970 * 12
    region = files.cost_regions.region_of(None)[0]
    questions = CostQuestions.of(
        book.places(entities.skus[:-1])[np.where(sku == len(entities.skus) - 1, -1, sku)],
        np.full(len(sku), region, np.int8),
        months.astype(np.int32),
        is_assumed=np.zeros(len(sku), np.bool_),
    )
    costs = find_unit_costs(book, questions, shop=shop, rates=files.rates, day=day)
    value = costs.minor_of_all(units)
    return np.where(costs.known, value, UNKNOWN)


def _book_of_all(facts: Facts, entities: Entities) -> CostBook:
    """Return the look-up of the lines' costs; what only refunds or copies name is added to it."""
    files, book = facts.terms.files, facts.costs.book
    known = book.names.skus
    more = sorted(set(entities.skus[:-1]) - set(known))
    if not more:
        return book
    names = carrier_files(files).names_of((*known, *more), book.owners)
    pairs = sold_in(facts.tables, files, facts.every_line)
    return CostBook.of(files.costs, book.owners, names, *pairs)


def seen_favourites(facts: Facts, entities: Entities) -> Favourites:
    """Return the favourites of each listing and day that was seen."""
    sight, tables = Sight.of(facts), facts.tables
    before, now = tables.favourites_before, tables.favourites
    earlier, current = sight.before(before.day), sight.now(len(now.day))
    listing = np.concatenate((before.listing_id[earlier], now.listing_id[current]))
    day = np.concatenate((before.day[earlier], np.full(len(current), sight.today)))
    return Favourites(
        day.astype(np.int32),
        entities.listing_codes(_own(listing, tables.shop.shop_id)),
        np.concatenate((before.favourites[earlier], now.favourites[current])),
    )


def written_reviews(facts: Facts, entities: Entities) -> Reviews:
    """Return the reviews; listing and SKU are those of the reviewed line."""
    rows, lines, terms = facts.tables.reviews, facts.every_line, facts.terms
    chosen: BoolArray = np.ones(len(rows.line_id), np.bool_)
    if terms.known_until is not None:
        chosen = rows.seconds < terms.known_until
    line = positions(lines.line_id, rows.line_id[chosen])
    of_listing, of_sku = entities.of_lines(lines)
    said = entities.listing_codes(_own(rows.listing_id[chosen], facts.tables.shop.shop_id))
    has_line = line >= 0
    no_sku = np.int32(len(entities.skus) - 1)
    return Reviews(
        terms.clock.days(rows.seconds[chosen]),
        np.where(has_line, np.append(of_listing, np.int32(0))[line], said).astype(np.int32),
        np.where(has_line, np.append(of_sku, no_sku)[line], no_sku).astype(np.int32),
        rows.rating[chosen],
    )


def _own(listing_id: Int64Array, shop_id: int) -> Int64Array:
    """Return listing ids, with the stand-in of the shop as what belongs to no listing."""
    return np.where(listing_id == -shop_id, NO_LISTING, listing_id)
