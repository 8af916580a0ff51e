"""Rows of what is known of listings beside their orders, as a person would write them; in cents."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from engine.periods import day_number
from engine.sources.frames import (
    AdRows,
    FavouriteRows,
    OfferRows,
    ReviewRows,
    Shop,
    VisitRows,
)
from tests.columns import CENT, flags, integers, maybe, texts, unix


@dataclass
class Span:
    """A row of ad or visit statistics; days are dates, both ends inclusive."""

    row_id: int
    listing_id: int
    first: date
    last: date
    kind: str = "CUSTOM"
    spend: int | None = None
    sales: int | None = None
    clicks: int | None = None
    orders: int | None = None
    visits: int | None = None
    views: int | None = None
    currency: str | None = None


@dataclass
class Review:
    line_id: int
    at: datetime
    rating: int
    listing_id: int | None = None


@dataclass
class Offer:
    """The offer of a variation on a day; None = what the tables hold now."""

    day: date | None
    product_id: int
    listing_id: int
    sku: str | None
    quantity: int
    price: int = 1000
    is_enabled: bool = True
    currency: str | None = None


def review_rows(shop: Shop, reviews: list[Review]) -> ReviewRows:
    return ReviewRows(
        line_id=integers([review.line_id for review in reviews]),
        listing_id=integers([review.listing_id for review in reviews]),
        seconds=integers([unix(shop, review.at) for review in reviews]),
        rating=integers([review.rating for review in reviews]),
    )


def offer_rows(shop: Shop, offers: list[Offer]) -> OfferRows:
    offers = sorted(offers, key=lambda offer: (offer.day or date.min, offer.product_id))
    return OfferRows(
        day=integers([offer.day and day_number(offer.day) for offer in offers]),
        product_id=integers([offer.product_id for offer in offers]),
        listing_id=integers([offer.listing_id for offer in offers]),
        sku=texts([offer.sku for offer in offers]),
        quantity=integers([offer.quantity for offer in offers]),
        is_enabled=flags([offer.is_enabled for offer in offers]),
        price=integers([offer.price * CENT for offer in offers]),
        currency=texts([offer.currency or shop.currency for offer in offers]),
    )


def like_rows(likes: list[tuple[date | None, int, int]]) -> FavouriteRows:
    likes = sorted(likes, key=lambda like: (like[0] or date.min, like[1]))
    return FavouriteRows(
        day=integers([day and day_number(day) for day, _, _ in likes]),
        listing_id=integers([listing for _, listing, _ in likes]),
        favourites=integers([count for _, _, count in likes]),
    )


def ad_rows(shop: Shop, spans: list[Span]) -> AdRows:
    return AdRows(
        **_spans(spans),
        clicks=maybe([span.clicks for span in spans]),
        orders=maybe([span.orders for span in spans]),
        sales=maybe([span.sales for span in spans], CENT),
        sales_currency=texts([span.currency or shop.currency for span in spans]),
        spend=maybe([span.spend for span in spans], CENT),
        spend_currency=texts([span.currency or shop.currency for span in spans]),
    )


def visit_rows(spans: list[Span]) -> VisitRows:
    return VisitRows(
        **_spans(spans),
        visits=maybe([span.visits for span in spans]),
        views=maybe([span.views for span in spans]),
    )


def _spans(spans: list[Span]) -> dict[str, Any]:
    return {
        "row_id": integers([span.row_id for span in spans]),
        "listing_id": integers([span.listing_id for span in spans]),
        "span": texts([span.kind for span in spans]),
        "start": integers([day_number(span.first) * 86_400 for span in spans]),
        "end": integers([day_number(span.last) * 86_400 for span in spans]),
    }
