"""Contracts of what is known of listings without an order: ads, visits, reviews, offers.

Stock and favourites come twice: as the tables hold them now, and as they were copied once a day.
"""

from __future__ import annotations

from dataclasses import replace

from engine.sources.contracts import (
    BOOL,
    INT,
    OF_SHOP,
    TEXT,
    Column,
    Contract,
    amount,
    seconds,
)

# A row that covers a span of days; its borders are read as if they were UTC.
_SPAN = (
    Column("row_id", INT, "id", required=True),
    Column("listing_id", INT, required=True),
    Column("span", TEXT, '"periodType"::text', required=True),
    seconds("start", "floor(extract(epoch FROM period_start))::int8", required=True),
    Column(
        "end",
        INT,
        "CASE WHEN period_end >= period_start THEN floor(extract(epoch FROM period_end))::int8 END",
        required=True,
        expected="an end that is not before the start",
    ),
)


def _count(name: str) -> Column:
    return Column(name, INT, lowest=0, expected="a number from 0")


ADS = Contract(
    "listing_ad_stats",
    f"listing_ad_stats o WHERE {OF_SHOP}",
    "row_id",
    (
        *_SPAN,
        _count("clicks"),
        _count("orders"),
        amount("sales", "revenue", "revenue_divisor"),
        Column("sales_currency", TEXT, "coalesce(revenue_currency_code, $2)", required=True),
        amount("spend", "spend", "spend_divisor"),
        Column("spend_currency", TEXT, "coalesce(spend_currency_code, $2)", required=True),
    ),
)
VISITS = Contract(
    "listing_visit_stats",
    f"listing_visit_stats o WHERE {OF_SHOP}",
    "row_id",
    (*_SPAN, _count("visits"), _count("views")),
)
REVIEWS = Contract(
    "reviews",
    "reviews v JOIN order_transactions t USING (transaction_id) JOIN orders o USING (order_id) "
    f"WHERE {OF_SHOP} AND v.rating > 0 AND v.created_timestamp IS NOT NULL",
    "line_id",
    (
        Column("line_id", INT, "v.transaction_id", required=True),
        Column("listing_id", INT, "v.listing_id"),
        seconds("seconds", "v.created_timestamp", required=True),
        Column("rating", INT, "v.rating", True, 1, 5, "1 to 5 stars"),
    ),
    alone="reviews v WHERE v.rating > 0 AND v.created_timestamp IS NOT NULL",
)

_TODAY = Column("day", INT, "0::int8", required=True)
_DAY = Column("day", INT, "(o.day - date '1970-01-01')::int8", required=True)
# What of a variation is for sale: an offer that is enabled and not deleted.
FOR_SALE = "(f.is_enabled AND NOT f.is_deleted AND NOT p.is_deleted)"
OFFERS_FROM = (
    "product_offerings f JOIN listing_products p ON p.id = f.listing_product_id "
    "JOIN listings o USING (listing_id)"
)
_LIVE = f"FILTER (WHERE {FOR_SALE})"
_PRICE = amount("price", "f.price", "f.price_divisor")
OFFERS = Contract(
    "product_offerings",
    f"{OFFERS_FROM} WHERE {OF_SHOP} GROUP BY p.id",
    "product_id",
    (
        _TODAY,
        Column("product_id", INT, "p.product_id", required=True),
        Column("listing_id", INT, "p.listing_id", required=True),
        Column("sku", TEXT, "p.sku"),
        Column(
            "quantity",
            INT,
            f"coalesce(sum(f.quantity) {_LIVE}, 0)::int8",
            True,
            0,
            expected="a stock from 0",
        ),
        Column("is_enabled", BOOL, f"bool_or({FOR_SALE})", required=True),
        replace(
            _PRICE,
            sql=f"coalesce(min({_PRICE.sql}) {_LIVE}, min({_PRICE.sql}))",
            required=True,
        ),
        Column("currency", TEXT, "coalesce(min(f.currency_code), $2)", required=True),
    ),
)
OFFERS_BEFORE = Contract(
    "stock_snapshots",
    "stock_snapshots o WHERE o.shop_id = $1",
    "product_id",
    (
        _DAY,
        Column("product_id", INT, required=True),
        Column("listing_id", INT, required=True),
        Column("sku", TEXT),
        Column("quantity", INT, "quantity::int8", True, 0, expected="a stock from 0"),
        Column("is_enabled", BOOL, required=True),
        amount("price", "price", "price_divisor", required=True),
        Column("currency", TEXT, "coalesce(currency_code, $2)", required=True),
    ),
)
_LIKED = Column("favourites", INT, "num_favorers", True, 0, expected="a number from 0")
FAVOURITES = Contract(
    "listings (favourites)",
    f"listings o WHERE {OF_SHOP} AND num_favorers IS NOT NULL",
    "listing_id",
    (_TODAY, Column("listing_id", INT, required=True), _LIKED),
)
FAVOURITES_BEFORE = Contract(
    "listing_snapshots",
    "listing_snapshots o WHERE o.shop_id = $1 AND num_favorers IS NOT NULL",
    "listing_id",
    (_DAY, Column("listing_id", INT, required=True), _LIKED),
)
LISTING_CONTRACTS = (
    ADS,
    VISITS,
    REVIEWS,
    OFFERS,
    OFFERS_BEFORE,
    FAVOURITES,
    FAVOURITES_BEFORE,
)
