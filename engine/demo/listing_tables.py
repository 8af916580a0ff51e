"""Rows of the shop, of its listings and variations, and of the daily copies of stock."""

from __future__ import annotations

import hashlib

import numpy as np

from engine.demo.baskets import launch_days
from engine.demo.facts import PERIOD_TYPES, ListingStats, favourites
from engine.demo.shop import DemoShop
from engine.demo.sizes import Plan
from engine.demo.tables import (
    Column,
    Table,
    bigint,
    boolean,
    days,
    integer,
    same,
    text,
    texts,
    timestamp,
    word,
)
from engine.money import Int64Array

_DAY = 86_400
_STATES = {"deleted": "removed", "expired": "expired", "draft": "draft"}
_USER_IDS, _OFFERING_IDS, _ROW_IDS_A_SHOP = 610_000_000, 30_000_000, 100_000
_SIZE_PROPERTY, _COLOUR_PROPERTY = 100, 200
_ROUND_TRIP = 120 * _DAY  # a listing runs for four months


def shop_rows(plan: Plan, shop: DemoShop) -> Table:
    """Return the row of `shops`; all facts are in up to the end of the last local day."""
    own = shop.plan
    salt = hashlib.sha256(f"demo {plan.seed} {own.shop_id}".encode()).hexdigest()[:32]
    return Table(
        "shops",
        {
            "shop_id": bigint(same(own.shop_id, 1)),
            "name": word(own.name, 1),
            "time_zone": word(own.time_zone, 1),
            "currency": word(own.currency, 1),
            "country": word(own.country, 1),
            "week_start": integer(same(1, 1)),
            "buyer_salt": word(salt, 1),
            "synced_at": timestamp(same(shop.days.end, 1)),
            "is_demo": boolean(np.ones(1, np.bool_)),
        },
    )


def listing_rows(shop: DemoShop) -> Table:
    """Return the rows of `listings`."""
    catalogue, own, count = shop.catalogue, shop.plan, len(shop.catalogue.listings)
    listings = catalogue.listings
    launched = launch_days(catalogue, shop.days)
    created = shop.days.start[launched] - np.where(launched == 0, 400 * _DAY, 0)
    stock = np.zeros(count, np.int64)
    np.add.at(stock, catalogue.listing_of, shop.stock.quantity[:, -1])
    last = np.array([len(shop.days)], np.int64)
    liked = favourites(catalogue, shop.days, last)[:, 0]
    products = np.bincount(catalogue.listing_of, minlength=count)
    digital = np.array([one.kind.cost_permille == 0 for one in listings])
    columns: dict[str, Column] = {
        "listing_id": bigint(catalogue.listing_ids),
        "user_id": bigint(same(_USER_IDS + own.shop_id, count)),
        "shop_id": bigint(same(own.shop_id, count)),
        "title": texts([one.title for one in listings]),
        "description": texts([f"{one.title}. Made of wool felt, by hand." for one in listings]),
        "tags": texts([f"felt,{one.kind.title.lower()}" for one in listings]),
        "state": texts([_STATES.get(one.role, "active") for one in listings]),
        "url": texts([f"https://shop.example/listing/{one.listing_id}" for one in listings]),
        "price": bigint(_price_now(shop, catalogue.first_products)),
        "price_divisor": integer(same(own.divisor, count)),
        "currency_code": word(own.currency, count),
        "quantity": bigint(stock),
        "views": bigint(liked * 23),
        "num_favorers": bigint(liked),
        "creation_timestamp": bigint(created),
        "created_timestamp": bigint(created),
        "original_creation_timestamp": bigint(created),
        "ending_timestamp": bigint(same(shop.days.end + _ROUND_TRIP, count)),
        "last_modified_timestamp": bigint(same(shop.days.end - _DAY, count)),
        "updated_timestamp": bigint(same(shop.days.end - _DAY, count)),
        "is_personalizable": boolean(np.array([one.role == "custom" for one in listings])),
        "has_variations": boolean(products > 1),
        "should_auto_renew": boolean(np.array([not one.role for one in listings])),
        "listing_type": text(digital.astype(np.int64), ("physical", "download")),
        "who_made": word("i_did", count),
        "language": word("en", count),
    }
    return Table("listings", columns)


def _price_now(shop: DemoShop, product: Int64Array) -> Int64Array:
    last_year = np.full(len(product), int(shop.days.year[-1]), np.int64)
    return shop.catalogue.price_of(product, last_year)


def product_rows(shop: DemoShop) -> list[Table]:
    """Return the rows of `listing_products`, `product_offerings`, `product_property_values`."""
    catalogue, own = shop.catalogue, shop.plan
    products, count = catalogue.products, len(catalogue.products)
    base = (own.shop_id - 1) * _ROW_IDS_A_SHOP
    row_id = base + 1 + np.arange(count, dtype=np.int64)
    is_on = _is_on_sale(shop)
    deleted = np.array([catalogue.listings[p.listing].role == "deleted" for p in products])
    variations = Table(
        "listing_products",
        {
            "id": bigint(row_id),
            "listing_id": bigint(catalogue.listing_ids[catalogue.listing_of]),
            "product_id": bigint(catalogue.product_ids),
            "sku": texts([catalogue.raw_sku(product) for product in products]),
            "is_deleted": boolean(deleted),
        },
    )
    offerings = Table(
        "product_offerings",
        {
            "listing_product_id": bigint(row_id),
            "offering_id": bigint(_OFFERING_IDS + row_id),
            "price": bigint(_price_now(shop, np.arange(count, dtype=np.int64))),
            "price_divisor": integer(same(own.divisor, count)),
            "currency_code": word(own.currency, count),
            "quantity": integer(shop.stock.quantity[:, -1]),
            "is_enabled": boolean(is_on),
            "is_deleted": boolean(deleted),
        },
    )
    return [variations, offerings, _property_rows(shop, row_id)]


def _is_on_sale(shop: DemoShop) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    listings = shop.catalogue.listings
    on = np.array([one.role not in _STATES for one in listings])
    return on[shop.catalogue.listing_of]


def _property_rows(shop: DemoShop, row_id: Int64Array) -> Table:
    catalogue = shop.catalogue
    found: list[tuple[int, int, str, str]] = []
    for row, product in zip(row_id.tolist(), catalogue.products, strict=True):
        if product.sku < 0:
            continue
        sku = catalogue.skus[product.sku]
        if sku.size:
            found.append((row, _SIZE_PROPERTY, "Size", sku.size))
        if sku.colour:
            found.append((row, _COLOUR_PROPERTY, "Primary colour", sku.colour.title()))
    return Table(
        "product_property_values",
        {
            "listing_product_id": bigint(np.array([row for row, *_ in found], np.int64)),
            "property_id": bigint(np.array([kind for _, kind, *_ in found], np.int64)),
            "property_name": texts([name for _, _, name, _ in found]),
            "values": texts([value for *_, value in found]),
        },
    )


def snapshot_rows(shop: DemoShop) -> list[Table]:
    """Return the rows of `stock_snapshots` and `listing_snapshots`, one day a week."""
    catalogue, own = shop.catalogue, shop.plan
    day = shop.stock.day[:-1]  # the last day is read from the tables themselves
    product = np.repeat(np.arange(len(catalogue.products), dtype=np.int64), len(day))
    at = np.tile(day, len(catalogue.products))
    count = len(product)
    skus = [catalogue.raw_sku(one) for one in catalogue.products]
    stock = Table(
        "stock_snapshots",
        {
            "shop_id": bigint(same(own.shop_id, count)),
            "day": days(shop.days.day_number(at)),
            "product_id": bigint(catalogue.product_ids[product]),
            "listing_id": bigint(catalogue.listing_ids[catalogue.listing_of[product]]),
            "sku": text(
                np.array([n if sku else -1 for n, sku in enumerate(skus)], np.int64)[product],
                [sku or "" for sku in skus],
            ),
            "quantity": integer(shop.stock.quantity[:, :-1].ravel()),
            "is_enabled": boolean(_is_on_sale(shop)[product]),
            "price": bigint(catalogue.price_of(product, shop.days.year[at])),
            "price_divisor": integer(same(own.divisor, count)),
            "currency_code": word(own.currency, count),
        },
    )
    listings = len(catalogue.listings)
    listing = np.repeat(np.arange(listings, dtype=np.int64), len(day))
    liked = favourites(catalogue, shop.days, day + 1).ravel()
    states = [_STATES.get(one.role, "active") for one in catalogue.listings]
    counters = Table(
        "listing_snapshots",
        {
            "shop_id": bigint(same(own.shop_id, len(listing))),
            "day": days(shop.days.day_number(np.tile(day, listings))),
            "listing_id": bigint(catalogue.listing_ids[listing]),
            "state": text(listing, states),
            "num_favorers": bigint(liked),
            "views": bigint(liked * 23),
        },
    )
    return [stock, counters]


def ad_rows(shop: DemoShop) -> list[Table]:
    """Return the rows of `listing_ad_stats`, part by part."""
    found = []
    for stats in shop.ads:
        columns = _stat_columns(shop, stats, ("impressions", "clicks"))
        count = len(stats.listing)
        columns |= {
            "spend": bigint(stats.spend),
            "spend_divisor": integer(same(shop.plan.divisor, count)),
            "spend_currency_code": word(shop.plan.currency, count),
        }
        found.append(Table("listing_ad_stats", columns))
    return found


def visit_rows(shop: DemoShop) -> list[Table]:
    """Return the rows of `listing_visit_stats`, part by part."""
    return [
        Table("listing_visit_stats", _stat_columns(shop, stats, ("visits", "views")))
        for stats in shop.visits
    ]


def _stat_columns(shop: DemoShop, stats: ListingStats, names: tuple[str, str]) -> dict[str, Column]:
    own, count = shop.plan, len(stats.listing)
    first = shop.days.day_number(stats.spans.first[stats.span])
    last = shop.days.day_number(stats.spans.last[stats.span])
    return {
        "shop_id": bigint(same(own.shop_id, count)),
        "listing_id": bigint(shop.catalogue.listing_ids[stats.listing]),
        "periodType": text(stats.spans.kind[stats.span], PERIOD_TYPES),
        "period_start": timestamp(first * _DAY),
        "period_end": timestamp(last * _DAY),
        names[0]: bigint(stats.looks, ~stats.is_reported),
        names[1]: bigint(stats.follow_ups),
        "orders": bigint(stats.orders),
        "revenue": bigint(stats.revenue),
        "revenue_divisor": integer(same(own.divisor, count)),
        "revenue_currency_code": word(own.currency, count),
    }
