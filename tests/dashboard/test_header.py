"""The strip that says what the numbers are."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import psycopg
import pytest

from engine.analytics import EcommerceAnalyticsOptimized
from engine.dashboard import page_run
from engine.dashboard.data import Figures
from engine.dashboard.filters import Filters
from engine.dashboard.header import coverage_badge, header_words
from engine.dashboard.notices import left_out_words
from engine.dashboard.page_run import PageRun
from engine.dashboard.questions import COVERAGE
from engine.database.url import DatabaseUrl
from engine.metrics.left_out import LeftOut
from engine.ranges import Comparison, RangeName
from engine.settings import Settings

DEFAULTS = Filters()
ISTANBUL = -180  # what a browser there says


def a_run(analytics, view_of, filters: Filters = DEFAULTS, coverage: float | None = 0.9) -> PageRun:
    view = view_of(filters)
    return PageRun(analytics, view, Figures({view.period: {COVERAGE: coverage}}, "USD"))


def test_shop_days_comparison_zone_currency_age_and_coverage(analytics, view_of) -> None:
    parts = header_words(a_run(analytics, view_of), ISTANBUL)
    assert parts[0] == "**Tuftmoor Felt**"
    assert parts[1] == "**1 Oct to 30 Oct 2026**, 30 days"
    assert parts[2] == "compared with 1 Sep to 30 Sep 2026"
    assert parts[3:5] == [r"Europe\/Istanbul", "USD"]
    assert parts[5].startswith("data to 31 Oct 2026 23:59, read ")
    assert len(parts) == 6, "the version of the definitions is for who compares two files"


def test_a_comparison_of_another_length_says_its_days(analytics, view_of) -> None:
    parts = header_words(a_run(analytics, view_of, Filters(RangeName.MONTH_TO_DATE)), None)
    assert parts[2] == "compared with 1 Sep to 30 Sep 2026, 30 days"


def test_what_has_no_rate_is_said_by_currency_with_the_file_to_fill() -> None:
    chf = LeftOut("CHF", 2, 1, date(2026, 10, 2), date(2026, 10, 9))
    several = LeftOut(None, 1, 0, date(2026, 10, 30), date(2026, 10, 30))
    assert left_out_words([chf, several]) == (
        "2 orders and 1 refund in CHF and 1 order in several currencies at once: in no figure of "
        r"this page. Enter the rates of 2 Oct to 9 Oct 2026 in fx\_rates\.csv."
    )
    assert left_out_words([several]).endswith("at once: in no figure of this page.")
    assert left_out_words([]) == ""


def test_a_page_says_what_of_its_range_is_left_out(
    point_at, shop_copy: DatabaseUrl, open_app
) -> None:
    with psycopg.connect(shop_copy.libpq()) as connection:
        row = connection.execute("SELECT max(order_id) FROM orders").fetchone()
        assert row
        connection.execute(
            "UPDATE orders SET grand_total_currency_code = 'CHF', subtotal_currency_code = 'CHF', "
            "total_price_currency_code = 'CHF', shipping_currency_code = 'CHF', "
            "tax_currency_code = 'CHF', vat_currency_code = 'CHF', discount_currency_code = 'CHF', "
            "gift_wrap_currency_code = 'CHF' WHERE order_id = %s",
            row,
        )
        connection.execute(
            "UPDATE order_transactions SET currency_code = 'CHF' WHERE order_id = %s", row
        )
    point_at(shop_copy)
    at = open_app(range="All time")
    assert any("1 order in CHF: in no figure of this page." in one.value for one in at.warning)


def test_a_missing_comparison_says_why(analytics, view_of) -> None:
    filters = Filters(RangeName.LAST_7_DAYS, comparison=Comparison.NONE)
    assert header_words(a_run(analytics, view_of, filters), None)[2] == "no comparison chosen"


@pytest.mark.parametrize(
    ("coverage", "badge"),
    [
        (1.0, ":blue-badge[cost coverage 100.0 %]"),
        (0.5, ":orange-badge[cost coverage 50.0 %]"),
        (0.9999, ":orange-badge[cost coverage nearly 100.0 %]"),
        (None, ":gray-badge[cost coverage –]"),
    ],
)
def test_incomplete_costs_stand_out(analytics, view_of, coverage: float | None, badge: str) -> None:
    assert coverage_badge(a_run(analytics, view_of, coverage=coverage)) == badge


def test_the_coverage_leads_to_what_is_missing(shop_app) -> None:
    at = shop_app(range="12 months")
    at.button(key="cost coverage").click().run()
    assert not at.exception
    assert at.title[0].value == "Data health"
    assert at.selectbox(key="range").value == "12 months"


def test_a_reader_in_another_zone_is_told(analytics, view_of) -> None:
    assert "not yours" not in header_words(a_run(analytics, view_of), None)[3]
    assert header_words(a_run(analytics, view_of), 0)[3].endswith("(the shop's zone, not yours)")


def test_today_is_not_over_until_the_data_reach_its_end(
    analytics: EcommerceAnalyticsOptimized,
    view_of,
    shop_template: DatabaseUrl,
    shop_files,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    filters = Filters(RangeName.MONTH_TO_DATE)
    assert "not over" not in header_words(a_run(analytics, view_of, filters), None)[1]
    at_noon = EcommerceAnalyticsOptimized.load(
        settings=Settings(csv_folder=str(shop_files)),
        url=shop_template,
        watermark=analytics.watermark - timedelta(hours=12),
    )
    monkeypatch.setattr(page_run, "now", lambda: analytics.watermark)
    run = replace(a_run(analytics, view_of, filters), analytics=at_noon)
    assert header_words(run, None)[1].endswith("31 days, today not over")
