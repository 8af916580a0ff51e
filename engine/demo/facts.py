"""What is known of listings beside their sales: advertising, visits, reviews, stock, favourites.

One row of `ListingStats` is one listing over one span of local days; one row of `Reviews` is the
review of one order line; `StockLevels` has one row a product and one column a day.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.demo.baskets import Lines, launch_days
from engine.demo.calendar_days import Days
from engine.demo.catalogue import Catalogue
from engine.demo.draws import BoolArray, Draws
from engine.demo.fulfilment import NOT_SHIPPED, Fulfilment
from engine.demo.sizes import ShopPlan
from engine.demo.timing import days_in_month
from engine.money import Int64Array

PERIOD_TYPES = ("DAILY", "WEEKLY", "MONTHLY", "CUSTOM")
_DAILY, _WEEKLY, _MONTHLY, _CUSTOM = range(4)
_ADVERTISED_PPM, _REVIEWED_PPM, _NOT_REPORTED_PPM = 400_000, 150_000, 5_000
_RATINGS = (3, 2, 5, 14, 76)  # one to five stars
MESSAGES = (
    "",
    "Lovely felt, neat seams.",
    "Exactly as pictured, arrived quickly.",
    "Sehr schön verarbeitet!",
    "The colour is a little darker than I thought.",
    "Second one I buy. Would buy again.",
)
_WEEKS_OF_STOCK = 52


@dataclass(frozen=True, slots=True)
class Spans:
    """Spans of days: type, first and last day, both included."""

    kind: Int64Array  # index into PERIOD_TYPES
    first: Int64Array
    last: Int64Array


@dataclass(frozen=True, slots=True)
class ListingStats:
    """One row = one listing × one span. `looks` are impressions of ads, or visits."""

    listing: Int64Array
    span: Int64Array  # index into `spans`
    spans: Spans
    looks: Int64Array
    follow_ups: Int64Array  # clicks of ads, or views
    orders: Int64Array
    revenue: Int64Array
    spend: Int64Array
    is_reported: BoolArray  # whether `looks` is known


@dataclass(frozen=True, slots=True)
class Reviews:
    """One row = the review of one line, 1 to 5."""

    line: Int64Array
    seconds: Int64Array
    rating: Int64Array
    message: Int64Array


@dataclass(frozen=True, slots=True)
class StockLevels:
    """`quantity[product, n]` is the stock at the end of day `day[n]`, ascending."""

    day: Int64Array
    quantity: Int64Array


def fact_spans(days: Days, grain: str) -> tuple[Spans, Spans]:
    """Return the spans of all listings, and monthly ones that overlap them for some.

    The grain `monthly` changes to weeks in the last year, where the months overlap.
    """
    every = np.arange(len(days), dtype=np.int64)
    months = np.flatnonzero(np.diff(days.month, prepend=-1))
    last_year = int(months[months >= len(days) - 366][0])
    weeks = every[days.weekday == 0]
    if grain == "daily":
        starts = every
    elif grain == "weekly":
        starts = weeks
    else:
        starts = np.concatenate((months[months < last_year], [last_year], weeks[weeks > last_year]))
    overlap = months[months > last_year] if grain == "monthly" else np.zeros(0, np.int64)
    return _spans(days, np.union1d(starts, [0])), _spans(days, overlap)


def _spans(days: Days, starts: Int64Array) -> Spans:
    first = starts.astype(np.int64)
    last = np.append(first[1:], len(days)) - 1 if len(first) else first
    length = last - first + 1
    whole = np.array([days_in_month(int(month)) for month in days.month[first]], np.int64)
    begins = (first == 0) | (days.month[first - 1] != days.month[first])
    kind = np.full(len(first), _CUSTOM, np.int64)
    kind[(length == 7) & (days.weekday[first] == 0)] = _WEEKLY
    kind[begins & (length == whole)] = _MONTHLY
    kind[length == 1] = _DAILY
    return Spans(kind, first, last)


def draw_ads(
    shop: ShopPlan,
    catalogue: Catalogue,
    days: Days,
    lines: Lines,
    day: Int64Array,
    grain: str,
    draws: Draws,
) -> tuple[list[ListingStats], tuple[Int64Array, Int64Array]]:
    """Return advertising rows, and day and sum of the bills for them."""
    spans, overlap = fact_spans(days, grain)
    advertised = draws.chance(_ADVERTISED_PPM, len(catalogue.listings))
    advertised &= np.array([not listing.role for listing in catalogue.listings])
    some = advertised & (np.arange(len(advertised)) % 3 == 0)
    parts = []
    for own_spans, listings in ((spans, advertised), (overlap, some)):
        rows = _rows(catalogue, days, lines, day, own_spans, listings)
        listing, span, sold, value = rows
        clicks = sold * 7 + draws.below(7, len(sold))
        orders = np.minimum((sold + draws.below(4, len(sold))) // 4, sold)
        cents = 25 + draws.below(30, len(sold))
        parts.append(
            ListingStats(
                listing,
                span,
                own_spans,
                clicks * 55 + draws.below(400, len(sold)),
                clicks,
                orders,
                value * orders // np.maximum(sold, 1),
                clicks * cents if shop.divisor == 100 else clicks * cents * 3 // 2,
                ~draws.chance(_NOT_REPORTED_PPM, len(sold)),
            )
        )
    bills = np.zeros(len(spans.first), np.int64)
    np.add.at(bills, parts[0].span, parts[0].spend)
    return parts, (spans.last + 1, bills)


def draw_visits(
    catalogue: Catalogue, days: Days, lines: Lines, day: Int64Array, grain: str, draws: Draws
) -> list[ListingStats]:
    """Return visit rows of every listing that was ever up for sale."""
    spans, _ = fact_spans(days, grain)
    shown = np.array([listing.role != "draft" for listing in catalogue.listings])
    listing, span, sold, value = _rows(catalogue, days, lines, day, spans, shown)
    length = (spans.last - spans.first + 1)[span]
    visits = sold * 32 + draws.below(3, len(sold)) * length
    nothing = np.zeros(len(sold), np.int64)
    return [
        ListingStats(
            listing,
            span,
            spans,
            visits,
            visits * 13 // 10 + draws.below(5, len(sold)),
            sold,
            value,
            nothing,
            np.ones(len(sold), np.bool_),
        )
    ]


def _rows(
    catalogue: Catalogue,
    days: Days,
    lines: Lines,
    day: Int64Array,
    spans: Spans,
    listings: BoolArray,
) -> tuple[Int64Array, Int64Array, Int64Array, Int64Array]:
    """Return listing, span, lines sold and their value for each listing that was up."""
    count, width = len(catalogue.listings), len(spans.first)
    line_day = day[lines.order]
    span = np.searchsorted(spans.first, line_day, side="right") - 1
    inside = (span >= 0) & (line_day <= spans.last[span]) if width else np.zeros(len(span), bool)
    cell = (catalogue.listing_of[lines.product] * width + span)[inside]
    sold = np.bincount(cell, minlength=count * width).astype(np.int64)
    value = np.zeros(count * width, np.int64)
    np.add.at(value, cell, lines.value[inside])
    was_up = launch_days(catalogue, days)[:, None] <= spans.last[None, :]
    chosen = np.flatnonzero((was_up & listings[:, None]).ravel())
    # One row is missing on purpose: a span that nobody reported.
    chosen = np.delete(chosen, len(chosen) // 2) if len(chosen) else chosen
    return chosen // max(width, 1), chosen % max(width, 1), sold[chosen], value[chosen]


def draw_reviews(days: Days, lines: Lines, fulfilment: Fulfilment, draws: Draws) -> Reviews:
    """Return reviews of lines that were shipped, some weeks later."""
    shipped = fulfilment.shipped_day[lines.order]
    written = draws.chance(_REVIEWED_PPM, len(lines)) & (shipped != NOT_SHIPPED)
    line = np.flatnonzero(written).astype(np.int64)
    day = shipped[line] + 4 + draws.below(35, len(line))
    line, day = line[day < len(days)], day[day < len(days)]
    rating = 1 + draws.weighted(_RATINGS, len(line))
    message = np.where(rating >= 4, draws.below(len(MESSAGES), len(line)), 4)
    return Reviews(line, days.seconds(day, draws.below(80_000, len(line))), rating, message)


def stock_levels(catalogue: Catalogue, days: Days, lines: Lines, day: Int64Array) -> StockLevels:
    """Return the stock a week apart over the last year, and at the end of the last day."""
    weeks = min(_WEEKS_OF_STOCK, (len(days) - 1) // 7)
    at = len(days) - 1 - 7 * np.arange(weeks, -1, -1, dtype=np.int64)
    column = np.searchsorted(at, day[lines.order])
    sold = np.zeros((len(catalogue.products), len(at)), np.int64)
    np.add.at(sold, (lines.product, column), lines.quantity)
    full = (40 + 10 * (np.arange(len(catalogue.products)) % 5))[:, None]
    return StockLevels(at, full - np.cumsum(sold, axis=1) % (full + 1))


def favourites(catalogue: Catalogue, days: Days, day: Int64Array) -> Int64Array:
    """Return the favourites of each listing at the end of some days; int64[listings, days]."""
    weight = np.zeros(len(catalogue.listings), np.int64)
    np.add.at(weight, catalogue.listing_of, catalogue.popularity)
    final = 5 + weight // 4_000
    launched = launch_days(catalogue, days)[:, None]
    known = np.clip(day[None, :] - launched, 0, len(days))
    liked: Int64Array = final[:, None] * known // len(days)
    return liked
