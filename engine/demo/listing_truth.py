"""What the listings of a demo shop truly cost and drew beside their orders, by entity and month.

Counted from the generator's own spans and reviews, one day at a time and never by the engine. One
row is the shop or a listing × one local month; amounts are minor units.
"""

from __future__ import annotations

import numpy as np

from engine.demo.csv_files.small_files import MONTHLY, ONCE, monthly_cost
from engine.demo.exchange import RATE_UNIT
from engine.demo.facts import ListingStats
from engine.demo.shop import Demo, DemoShop
from engine.money import Int64Array, round_div

FACTS = ("ad_spend", "ad_clicks", "visits", "views", "reviews")
Key = tuple[str, int, str]  # level, entity, month as 2026-03
Days = dict[tuple[int, int], int]  # listing and day, both by number


def listing_truth(shop: DemoShop) -> dict[Key, dict[str, int]]:
    """Return the facts of the shop and of each listing by month, where any of them is not 0."""
    ads = {"ad_spend": [part.spend for part in shop.ads]}
    ads["ad_clicks"] = [part.follow_ups for part in shop.ads]
    visits = {"visits": [_reported(part) for part in shop.visits]}
    visits["views"] = [part.follow_ups for part in shop.visits]
    by_day = {name: spread_by_hand(shop.ads, values) for name, values in ads.items()}
    by_day |= {name: spread_by_hand(shop.visits, values) for name, values in visits.items()}
    by_day["reviews"] = _reviews(shop)
    totals: dict[Key, dict[str, int]] = {}
    for name, days in by_day.items():
        for (listing, day), value in days.items():
            month = _month_text(int(shop.days.month[day]))
            listing_id = int(shop.catalogue.listing_ids[listing])
            for level, entity in (("shop", shop.plan.shop_id), ("listing", listing_id)):
                row = totals.setdefault((level, entity, month), dict.fromkeys(FACTS, 0))
                row[name] += value
    return {key: row for key, row in totals.items() if any(row.values())}


def _reported(part: ListingStats) -> Int64Array:
    looks: Int64Array = part.looks * part.is_reported
    return looks


def spread_by_hand(parts: list[ListingStats], values: list[Int64Array]) -> Days:
    """Spread each row over its days, its first days taking what does not divide.

    Of rows that cover the same day the one with the fewest days has the last word.
    """
    rows = [
        (last - first + 1, first, listing, value)
        for part, amounts in zip(parts, values, strict=True)
        for first, last, listing, value in zip(
            part.spans.first[part.span].tolist(),
            part.spans.last[part.span].tolist(),
            part.listing.tolist(),
            amounts.tolist(),
            strict=True,
        )
    ]
    found: Days = {}
    for length, first, listing, value in sorted(rows, reverse=True):
        for number in range(length):
            found[listing, first + number] = value // length + (number < value % length)
    return found


def _reviews(shop: DemoShop) -> Days:
    found: Days = {}
    line = shop.reviews.line
    listings = shop.catalogue.listing_of[shop.lines.product[line]].tolist()
    days = shop.days.day_of(shop.reviews.seconds).tolist()
    for listing, day in zip(listings, days, strict=True):
        found[listing, day] = found.get((listing, day), 0) + 1
    return found


def expense_truth(demo: Demo, shop: DemoShop) -> dict[str, int]:
    """Return the expenses by month of a shop that is kept in dollars."""
    assert shop.plan.currency == "USD", "only dollars and liras are spent"
    lira = demo.rates["USD", "TRY"]
    first = demo.plan.first.year * 12 + demo.plan.first.month - 1
    months = sorted(set(shop.days.month.tolist()))
    found: dict[str, int] = {}
    for month in months:
        number = month - first
        last = int((shop.days.month <= month).sum()) - 1
        total = sum(amount for _, _, at, amount in ONCE if at == number)
        for _, _, amount, currency, growth in MONTHLY:
            cost = monthly_cost(amount, growth, number)
            if currency == "TRY":
                cost = round_div(cost * RATE_UNIT, int(lira.at(np.array([last]))[0]))
            total += cost
        found[_month_text(month)] = total
    return found


def _month_text(month: int) -> str:
    return f"{month // 12}-{month % 12 + 1:02}"
