"""Ads, visits, reviews and expenses of the loaded demo are what the generator did, to the cent."""

from __future__ import annotations

from engine import EcommerceAnalyticsOptimized
from engine.demo.listing_truth import FACTS, expense_truth, listing_truth, spread_by_hand
from engine.demo.shop import Demo
from engine.ledger.frames import DayFact
from engine.metrics.model import Level
from engine.periods import PeriodKind, periods_between


def test_every_month_of_every_listing_is_equal(
    small_demo: Demo, small_shops: list[EcommerceAnalyticsOptimized]
) -> None:
    for shop, analytics in zip(small_demo.shops, small_shops, strict=True):
        found = {}
        months = list(periods_between(PeriodKind.MONTHLY, shop.days.first, analytics.today))
        for level in (Level.SHOP, Level.LISTING):
            frame = analytics.calculate_metrics_batch(months, level=level, metrics=list(FACTS))
            for row in frame.to_dict("records"):
                values = {name: 0 if row[name] is None else int(row[name]) for name in FACTS}
                if any(values.values()):
                    key = (level.value, int(row["entity_id"]), f"{row['period_start']:%Y-%m}")
                    found[key] = values
        expected = listing_truth(shop)
        assert len(expected) > 100
        assert found == expected


def test_expenses_of_every_month_are_equal(
    small_demo: Demo, small_shops: list[EcommerceAnalyticsOptimized]
) -> None:
    shop, analytics = small_demo.shops[0], small_shops[0]
    months = list(periods_between(PeriodKind.MONTHLY, shop.days.first, analytics.today))
    frame = analytics.calculate_metrics_batch(
        months, level="shop", metrics=["operating_expenses", "net_profit_low"]
    )
    found = dict(
        zip((f"{month.start:%Y-%m}" for month in months), frame["operating_expenses"], strict=True)
    )
    assert found == expense_truth(small_demo, shop)


def test_an_expense_in_liras_is_unknown_to_a_shop_that_has_no_rate_for_them(
    small_shops: list[EcommerceAnalyticsOptimized],
) -> None:
    analytics = small_shops[1]
    assert analytics.shop.currency == "JPY"
    months = list(periods_between(PeriodKind.MONTHLY, analytics.today, analytics.today))
    frame = analytics.calculate_metrics_batch(
        months, level="shop", metrics=["operating_expenses", "net_profit", "net_profit_low"]
    )
    assert frame["operating_expenses"][0] > 0, "what is in dollars has a rate"
    assert frame["net_profit_low"].isna().all()


def test_the_demo_has_spans_that_overlap_and_a_span_that_nobody_reported(
    small_demo: Demo, small_shops: list[EcommerceAnalyticsOptimized]
) -> None:
    said, passed_over = small_shops[0].snapshot.ledger.ads.totals[DayFact.AD_SPEND]
    assert 0 < passed_over < said
    for shop in small_demo.shops:
        days = spread_by_hand(shop.visits, [part.looks for part in shop.visits])
        listings = {listing for listing, _ in days}
        first = {one: min(day for listing, day in days if listing == one) for one in listings}
        holes = sum(len(shop.days) - first[one] for one in listings) - len(days)
        assert 0 < holes <= 31
