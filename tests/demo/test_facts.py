from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from engine.demo.calendar_days import local_days
from engine.demo.facts import PERIOD_TYPES, Spans, fact_spans
from engine.demo.listing_tables import snapshot_rows
from engine.demo.shop import DemoShop

DAYS = local_days("Europe/Istanbul", date(2023, 11, 1), date(2026, 10, 31))


def listed(spans: Spans) -> list[tuple[str, date, date]]:
    return [
        (PERIOD_TYPES[kind], DAYS.date(first), DAYS.date(last))
        for kind, first, last in zip(
            spans.kind.tolist(), spans.first.tolist(), spans.last.tolist(), strict=True
        )
    ]


def test_spans_are_months_then_weeks_in_the_last_year() -> None:
    spans, overlap = fact_spans(DAYS, "monthly")
    found = listed(spans)
    assert found[0] == ("MONTHLY", date(2023, 11, 1), date(2023, 11, 30))
    assert found[24] == ("CUSTOM", date(2025, 11, 1), date(2025, 11, 2))
    assert found[25] == ("WEEKLY", date(2025, 11, 3), date(2025, 11, 9))
    assert found[-1] == ("CUSTOM", date(2026, 10, 26), date(2026, 10, 31))
    assert listed(overlap)[0] == ("MONTHLY", date(2025, 12, 1), date(2025, 12, 31))


def test_spans_cover_each_day_once() -> None:
    for grain in ("monthly", "weekly", "daily"):
        spans, _ = fact_spans(DAYS, grain)
        covered = np.concatenate(
            [np.arange(a, b + 1) for a, b in zip(spans.first, spans.last, strict=True)]
        )
        assert covered.tolist() == list(range(len(DAYS)))


def test_a_plan_that_begins_inside_a_month_begins_with_a_custom_span() -> None:
    days = local_days("Europe/Istanbul", date(2024, 1, 16), date(2026, 1, 15))
    spans, _ = fact_spans(days, "monthly")
    assert (PERIOD_TYPES[spans.kind[0]], int(spans.last[0])) == ("CUSTOM", 15)


def test_visits_know_how_many_lines_were_sold(default_shop: DemoShop) -> None:
    (visits,) = default_shop.visits
    sold = len(default_shop.lines)
    assert 0 < sold - visits.orders.sum() < 60  # all but the row that nobody reported
    assert (visits.looks >= visits.orders).all()


def test_advertising_brings_a_part_of_the_orders(default_shop: DemoShop) -> None:
    ads = default_shop.ads[0]
    assert (ads.follow_ups <= ads.looks).all()
    assert (ads.orders <= ads.follow_ups).all()
    assert (ads.spend == 0).any()
    assert not ads.is_reported.all()
    assert 0.005 < ads.spend.sum() / default_shop.lines.value.sum() < 0.1


def test_bills_of_advertising_are_in_the_ledger(default_shop: DemoShop) -> None:
    assert default_shop.accounts is not None
    _, ledger = default_shop.accounts
    assert (ledger.amount[ledger.kind == 14] < 0).sum() == 17  # months before the ledger's end


def test_reviews_come_after_the_parcel(default_shop: DemoShop) -> None:
    reviews = default_shop.reviews
    shipped = default_shop.fulfilment.shipped_at[default_shop.lines.order[reviews.line]]
    assert (reviews.seconds > shipped).all()
    assert (reviews.seconds < default_shop.days.end).all()
    assert set(np.unique(reviews.rating).tolist()) == {1, 2, 3, 4, 5}
    assert 0.12 < len(reviews.line) / len(default_shop.lines) < 0.16
    assert len(np.unique(reviews.line)) == len(reviews.line)


def test_stock_falls_by_what_was_sold(default_shop: DemoShop) -> None:
    stock, product = default_shop.stock, 0
    own = default_shop.lines.product == product
    day = default_shop.day[default_shop.lines.order]
    for before, after in ((0, 1), (10, 11)):
        inside = own & (day > stock.day[before]) & (day <= stock.day[after])
        sold = default_shop.lines.quantity[inside].sum()
        step = stock.quantity[product, before] - stock.quantity[product, after]
        assert step in (sold, sold - 41)  # 41: one more than the shelf holds, filled up again
    assert stock.quantity.min() == 0


def test_snapshots_are_a_week_apart_and_end_before_the_last_day(default_shop: DemoShop) -> None:
    for table in snapshot_rows(default_shop):
        days = sorted(set(table.columns["day"].values.tolist()))
        last = (date(2026, 10, 31) - timedelta(days=7)).toordinal() - date(1970, 1, 1).toordinal()
        assert len(days) == 52
        assert days[-1] == last
        assert set(np.diff(days).tolist()) == {7}
