"""The one door to all figures, on a real database filled by the demo."""

from __future__ import annotations

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from decimal import Decimal

import pandas as pd
import psycopg
import pytest

from engine import EcommerceAnalyticsOptimized, Level, Period, Settings
from engine.analytics import probe_version
from engine.database.url import DatabaseUrl
from engine.demo.load import load
from engine.demo.shop import generate
from engine.demo.sizes import make_plan
from engine.errors import (
    BreakdownError,
    ConfigurationError,
    ContractError,
    LevelError,
    PeriodError,
    ShopCurrencyError,
    SourceError,
    UnknownEntityError,
    UnknownMetricError,
    UnknownShopError,
    UsageError,
)
from engine.metrics.compute import entity_ids
from engine.metrics.registry import REGISTRY
from tests.conftest import new_database

OCTOBER = Period.containing("MONTHLY", date(2026, 10, 1))


def without_files(tmp_path) -> Settings:
    return Settings.load({"CSV_FOLDER": str(tmp_path)}, dotenv_file=tmp_path / ".env")


@pytest.fixture(scope="module")
def demo_template(server_url, template_database):
    with new_database(server_url, template_database) as url:
        load(url, generate(make_plan("demo", orders=400)))
        yield url


@pytest.fixture(scope="module")
def analytics(demo_template, tmp_path_factory):
    settings = without_files(tmp_path_factory.mktemp("no-files"))
    return EcommerceAnalyticsOptimized.load(settings=settings, url=demo_template)


@pytest.fixture
def demo_url(server_url, demo_template):
    with new_database(server_url, demo_template.database) as url:
        yield url


def test_an_answer_has_keys_types_and_its_circumstances(analytics):
    frame = analytics.calculate_metrics_batch([OCTOBER], level="shop")
    assert list(frame.columns[:7]) == [
        "entity_id",
        "period_type",
        "period_start",
        "period_end",
        "period_days",
        "elapsed_days",
        "is_complete",
    ]
    assert list(frame.columns[7:]) == [metric.name for metric in REGISTRY.at_level(Level.SHOP)]
    assert frame.dtypes["net_revenue"] == frame.dtypes["orders"] == "Int64"
    assert frame.dtypes["gross_margin"] == "Float64"
    assert frame.dtypes["profit_basis"] == "string"
    assert bool(frame.loc[0, "is_complete"])
    assert frame.attrs["currency"] == "USD"
    assert frame.attrs["time_zone"] == "Europe/Istanbul"
    assert frame.attrs["refund_dating"] == "refund_day"
    assert frame.attrs["registry_version"] == REGISTRY.version
    assert frame.attrs["source_fingerprint"] == analytics.version


def test_dicts_hold_money_as_decimal(analytics):
    (row,) = analytics.calculate_metrics_batch(
        [OCTOBER], level="shop", metrics=["net_revenue", "gms", "orders"], as_frame=False
    )
    assert isinstance(row["net_revenue"], Decimal)
    assert row["net_revenue"].as_tuple().exponent == -2
    assert isinstance(row["orders"], int)
    assert "gross_merchandise_sales" in row


def test_without_entities_the_rows_that_exist_come_in_order(analytics):
    always = [Period.custom(analytics.first_day, analytics.today)]
    frame = analytics.calculate_metrics_batch(always, level="product", metrics=["net_sales"])
    shop = analytics.calculate_metrics_batch(always, level="shop", metrics=["net_sales"])
    skus = frame["entity_id"].tolist()
    assert skus == [*sorted(sku for sku in skus if sku != "(none)"), "(none)"]
    assert int(frame["net_sales"].sum()) == int(shop["net_sales"].sum())


def test_entities_asked_for_come_as_asked_with_zeros_where_nothing_happened(analytics):
    before = Period.custom(date(2020, 1, 1), date(2020, 1, 31))
    skus = entity_ids(analytics.snapshot, Level.PRODUCT)[:3][::-1]
    frame = analytics.calculate_metrics_batch(
        [before], level="product", entities=skus, metrics=["net_sales", "gross_margin"]
    )
    assert frame["entity_id"].tolist() == skus
    assert frame["net_sales"].tolist() == [0, 0, 0]
    assert frame["gross_margin"].isna().all()


def test_a_period_after_the_watermark_has_no_elapsed_days(analytics):
    later = Period.containing("MONTHLY", date(2027, 5, 1))
    frame = analytics.calculate_metrics_batch([later], level="shop")
    assert frame.loc[0, ["elapsed_days", "net_sales"]].tolist() == [0, 0]
    assert pd.isna(frame.loc[0, "sales_per_day"])


def test_facts_after_a_given_watermark_are_left_out(demo_url, tmp_path):
    settings = without_files(tmp_path)
    watermark = datetime(2026, 1, 1, tzinfo=UTC)
    early = EcommerceAnalyticsOptimized.load(None, watermark, settings, demo_url)
    assert early.today == date(2026, 1, 1)
    late = Period.custom(date(2026, 2, 1), date(2026, 10, 31))
    frame = early.calculate_metrics_batch([late], level="shop", metrics=["orders", "refunds_total"])
    assert frame.loc[0, ["orders", "refunds_total"]].tolist() == [0, 0]


@pytest.mark.parametrize(
    ("question", "error", "message"),
    [
        ({"metrics": ["profitt"]}, UnknownMetricError, "There is no metric 'profitt'"),
        ({"level": "product", "metrics": ["skus_sold"]}, LevelError, "at level 'product'"),
        ({"level": "sku"}, UsageError, "There is no level 'sku'"),
        ({"level": "listing", "entities": [5]}, UnknownEntityError, "The shop has no listing 5"),
        ({"refund_dating": "today"}, UsageError, "There is no refund dating 'today'"),
        ({"periods": []}, PeriodError, "No period was asked for"),
        ({"periods": [OCTOBER, OCTOBER]}, PeriodError, "was asked for twice"),
        ({"breakdown": "land"}, BreakdownError, "There is no dimension 'land'"),
        ({"breakdown": "country", "metrics": ["customers"]}, BreakdownError, "by country"),
        ({"breakdown": "country", "metrics": ["custommers"]}, UnknownMetricError, "no metric"),
    ],
)
def test_a_wrong_question_is_an_error_and_never_a_zero(analytics, question, error, message):
    question = {"periods": [OCTOBER], "level": "shop"} | question
    periods = question.pop("periods")
    with pytest.raises(error, match=message) as caught:
        analytics.calculate_metrics_batch(periods, **question)
    assert caught.value.exit_code == 2


QUESTIONS = (
    {"level": "shop"},
    {"level": "listing"},
    {"level": "product", "refund_dating": "order_day"},
    {"level": "shop", "breakdown": ("country", "customer_kind")},
    {"level": "listing", "breakdown": "refund_reason"},
    {"level": "shop", "breakdown": ("fee_kind", "fee_basis"), "refund_dating": "order_day"},
)


def answered(analytics) -> list[tuple[str, str]]:
    """Answers to the questions, as text to the last digit, with their types."""
    months = [Period.containing("MONTHLY", date(2026, month, 1)) for month in range(1, 11)]
    frames = [analytics.calculate_metrics_batch(months, **question) for question in QUESTIONS]
    return [(frame.to_csv(), frame.dtypes.to_string()) for frame in frames]


def test_many_threads_get_the_answers_of_one(analytics):
    alone = answered(analytics)
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda _: answered(analytics), range(8)))
    assert all(found == alone for found in together)
    assert all(len(text.splitlines()) > 3 for text, _ in alone)


def test_neither_the_order_of_rows_nor_the_zone_of_the_machine_changes_a_byte(
    demo_url, tmp_path, analytics, monkeypatch
):
    before = answered(analytics)
    with psycopg.connect(demo_url.libpq()) as connection:
        for table, key in (
            ("orders", "order_id"),
            ("order_transactions", "transaction_id"),
            ("order_refunds", "id"),
            ("ledger_entries", "entry_id"),
        ):
            # A row that is written again moves to the end of its table.
            connection.execute(f"UPDATE {table} SET {key} = {key} WHERE {key} % 3 = 1".encode())
    monkeypatch.setenv("TZ", "Pacific/Kiritimati")
    time.tzset()
    try:
        moved = EcommerceAnalyticsOptimized.load(settings=without_files(tmp_path), url=demo_url)
        assert answered(moved) == before
    finally:
        monkeypatch.undo()
        time.tzset()


def test_a_breakdown_has_its_values_beside_the_keys_and_no_total(analytics):
    by_country = analytics.calculate_metrics_batch([OCTOBER], level="shop", breakdown="country")
    whole = analytics.calculate_metrics_batch([OCTOBER], level="shop")
    assert by_country.columns[7] == "country"
    assert "customers" not in by_country.columns
    assert by_country["country"].is_unique
    assert len(by_country) > 3
    for name in ("net_revenue", "contribution_profit", "orders", "parcels", "refund_count"):
        assert by_country[name].sum() == whole.loc[0, name], name
    assert by_country.attrs["currency"] == "USD"


def test_customers_beyond_one_period_are_answered_with_their_currency(analytics):
    cohorts, scores = analytics.cohort_table(), analytics.rfm_table(analytics.today)
    curve = analytics.customer_value_curve(refund_dating="order_day")
    assert cohorts.loc[cohorts.months_since == 0, "cohort_size"].sum() == len(scores) > 20
    assert len(curve) == 365
    for table in (cohorts, scores, curve):
        assert table.attrs == {"currency": "USD", "digits": 2}
    early = analytics.predict_customer_value(analytics.first_day)
    assert early.reason.startswith("it takes 100 repeat customers")


def test_it_is_an_async_context_manager(demo_url, tmp_path):
    async def ask() -> int:
        async with EcommerceAnalyticsOptimized(
            settings=without_files(tmp_path), url=demo_url
        ) as analytics:
            frame = analytics.calculate_metrics_batch([OCTOBER], level="shop")
            return int(frame.loc[0, "orders"])

    assert asyncio.run(ask()) > 0


def test_the_version_moves_when_an_order_or_a_file_does(demo_url, tmp_path, analytics):
    settings = without_files(tmp_path)
    assert probe_version(settings, demo_url) == analytics.version
    with psycopg.connect(demo_url.libpq()) as connection:
        connection.execute(
            "UPDATE orders SET discount_amt = discount_amt + 1, updated_at = now() "
            "WHERE order_id = (SELECT max(order_id) FROM orders)"
        )
    changed = probe_version(settings, demo_url)
    assert changed != analytics.version
    (tmp_path / "cost.csv").write_text("SKU,US MAY 2025\nA,1\n")
    assert probe_version(settings, demo_url) != changed


def test_no_shop_and_an_unknown_shop_are_said(database_url, tmp_path):
    settings = without_files(tmp_path)
    with pytest.raises(UnknownShopError, match="There is no shop in the database yet"):
        EcommerceAnalyticsOptimized.load(settings=settings, url=database_url)
    load(database_url, generate(make_plan("demo", orders=300)))
    with pytest.raises(UnknownShopError, match="There is no shop 'Nobody'; there are: 1 "):
        EcommerceAnalyticsOptimized.load("Nobody", settings=settings, url=database_url)


def test_a_currency_with_three_decimals_is_refused(demo_url, tmp_path):
    with psycopg.connect(demo_url.libpq()) as connection:
        connection.execute("UPDATE shops SET currency = 'KWD'")
    with pytest.raises(ShopCurrencyError, match="reports hold two decimals") as caught:
        EcommerceAnalyticsOptimized.load(settings=without_files(tmp_path), url=demo_url)
    assert caught.value.exit_code == 3


def test_an_order_in_another_currency_is_held(demo_url, tmp_path, analytics):
    with psycopg.connect(demo_url.libpq()) as connection:
        connection.execute(
            "UPDATE order_transactions SET currency_code = 'GBP' WHERE order_id = "
            "(SELECT order_id FROM orders WHERE status = 'Paid' OR is_paid ORDER BY "
            "created_timestamp DESC LIMIT 1)"
        )
    held = EcommerceAnalyticsOptimized.load(settings=without_files(tmp_path), url=demo_url)
    always = [Period.custom(analytics.first_day, analytics.today)]
    before = analytics.calculate_metrics_batch(always, level="shop")
    after = held.calculate_metrics_batch(always, level="shop")
    assert int(after.loc[0, "held_orders"]) == int(before.loc[0, "held_orders"]) + 1
    assert int(after.loc[0, "orders"]) == int(before.loc[0, "orders"]) - 1


def test_a_row_that_breaks_the_contract_stops_the_load(demo_url, tmp_path):
    with psycopg.connect(demo_url.libpq()) as connection:
        connection.execute("UPDATE orders SET created_timestamp = created_timestamp * 1000")
    with pytest.raises(ContractError, match="column seconds is above 99999999999"):
        EcommerceAnalyticsOptimized.load(settings=without_files(tmp_path), url=demo_url)


def test_a_missing_column_is_named_with_what_to_do(demo_url, tmp_path):
    with psycopg.connect(demo_url.libpq()) as connection:
        connection.execute("ALTER TABLE orders DROP COLUMN gift_wrap_price")
    with pytest.raises(ContractError, match="gift_wrap_price") as caught:
        EcommerceAnalyticsOptimized.load(settings=without_files(tmp_path), url=demo_url)
    assert "python -m engine migrate" in str(caught.value)


def test_a_missing_database_is_a_configuration_error(demo_url, tmp_path):
    nowhere = demo_url.with_database("no_such_database")
    with pytest.raises(ConfigurationError, match=r"refuses: .*does not exist") as caught:
        EcommerceAnalyticsOptimized.load(settings=without_files(tmp_path), url=nowhere)
    assert caught.value.exit_code == 3


def test_a_server_out_of_reach_is_a_source_error(tmp_path):
    closed = DatabaseUrl.parse("postgresql://app@127.0.0.1:1/shop")
    with pytest.raises(SourceError, match="out of reach") as caught:
        EcommerceAnalyticsOptimized.load(settings=without_files(tmp_path), url=closed)
    assert caught.value.exit_code == 4


def test_the_bridge_of_two_months_is_the_difference_of_their_profits(analytics):
    last = Period.containing("MONTHLY", analytics.today)
    before = last.previous()
    frame = analytics.calculate_metrics_batch([before, last], level="shop", metrics=["net_profit"])
    bridge = analytics.variance_bridge(before, last, measure="net_profit")
    assert [bridge.before, bridge.after] == frame["net_profit"].tolist()
    assert sum(bridge.bars.values()) == bridge.after - bridge.before != 0
    for cause, amount in bridge.bars.items():
        assert sum(part for _, part in bridge.parts(cause)) == amount
