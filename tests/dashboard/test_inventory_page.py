"""Inventory is read like a person reads it, and held against the engine's own answers."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd
import pytest

from engine.dashboard import pages
from engine.dashboard.content.inventory import CARDS, COLUMNS
from engine.dashboard.filters import Filters
from engine.dashboard.wording import day_words
from engine.metrics.formats import known, number, text
from engine.metrics.registry import REGISTRY
from engine.periods import Period
from engine.ranges import RangeName


def period_to(day: date, days: int) -> Period:
    return Period.custom(day - timedelta(days=days - 1), day)


@pytest.fixture
def now(analytics) -> Period:
    return period_to(analytics.today, 90)


def drawn(at, column: str) -> pd.DataFrame:
    """The first table of the page with this column."""
    return next(table.value for table in at.dataframe if column in table.value)


@pytest.mark.parametrize("stock", ["Now", "End of the range"])
def test_cards_say_what_the_engine_answers(stock: str, shop_app, analytics, view_of, now) -> None:
    at = shop_app(pages.INVENTORY, range="Last 90 days", stock=stock)
    at.get_by_key("stock").set_value(stock).run()
    ends = view_of(Filters(RangeName.LAST_90_DAYS)).period
    assert ends.end == now.end - timedelta(days=1)
    period = now if stock == "Now" else ends
    answer = analytics.calculate_metrics_batch([period], level="shop", metrics=CARDS).iloc[0]
    assert answer["closing_stock"] > 0
    for card, name in zip(at.metric, CARDS, strict=True):
        assert card.label == REGISTRY[name].label
        assert card.value == text(REGISTRY[name].unit, answer[name], "USD"), name


def test_what_to_order_and_what_lies_dead_are_the_engines_rows(shop_app, analytics) -> None:
    """On 13 June something of the small shop has to be ordered; at its end nothing has."""
    then = period_to(date(2026, 6, 13), 90)
    days = [then.start.isoformat(), then.end.isoformat()]
    at = shop_app(pages.INVENTORY, range="Custom", dates=days)
    assert not any("order_by" in table.value for table in at.dataframe)
    at.get_by_key("stock").set_value("End of the range").run()
    stock = analytics.stock_table(then.end).set_index("sku")
    due, dead = drawn(at, "order_by"), drawn(at, "days_since_sale")
    assert set(due["sku"]) == set(stock.index[stock["is_due"]]) != set()
    assert set(dead["sku"]) == set(stock.index[stock["is_dead"]]) != set()
    names = ["closing_stock", "days_of_stock", "stockout_risk", "contribution_per_unit"]
    answer = analytics.calculate_metrics_batch(
        [then], level="product", entities=list(due["sku"]), metrics=names
    ).set_index("entity_id")
    for row in due.to_dict("records"):
        for name in names:
            wanted = number(REGISTRY[name].unit, answer.loc[row["sku"], name], "USD")
            assert known(row[name]) == (wanted if wanted is None else pytest.approx(wanted)), name
        assert row["runs_out_from"] <= row["runs_out"] <= row["runs_out_by"]
    risks = [value for value in due["stockout_risk"] if not pd.isna(value)]
    assert risks == sorted(risks, reverse=True)
    value = dead["stock_value"].dropna()
    assert list(value) == sorted(value, reverse=True)


def test_every_sku_on_the_shelf_is_listed_with_the_engines_figures(
    shop_app, analytics, now
) -> None:
    at = shop_app(pages.INVENTORY, range="Last 90 days")
    tables = [table.value for table in at.dataframe]
    whole = next(
        i for i, t in enumerate(tables) if "name" in t and list(t["name"]) == ["Whole shop"]
    )
    rows = tables[whole + 1]
    skus = list(analytics.stock_table()["sku"])
    assert sorted(rows["name"]) == sorted(skus)
    wanted = analytics.calculate_metrics_batch(
        [now], level="product", entities=skus, metrics=COLUMNS
    ).set_index("entity_id")
    for name in COLUMNS:
        each = [number(REGISTRY[name].unit, wanted.loc[sku, name], "USD") for sku in rows["name"]]
        assert [known(value) for value in rows[name]] == each


def test_a_day_without_a_look_is_unknown_and_not_zero(shop_app, analytics) -> None:
    days = ["2024-03-01", "2024-03-31"]
    at = shop_app(pages.INVENTORY, range="Custom", dates=days, stock="End of the range")
    at.get_by_key("stock").set_value("End of the range").run()
    assert not at.metric
    first = day_words(analytics.first_stock_day)
    assert at.info[0].value.startswith(f"The first day of which stock is known is {first}.")
    assert not at.exception


def test_a_sku_has_its_stock_over_time_and_is_explained(shop_app, analytics) -> None:
    sku = analytics.stock_table().iloc[3]["sku"]
    at = shop_app(pages.INVENTORY, range="Last 90 days")
    before = len(at.get("plotly_chart"))
    at.get_by_key("pick sku").set_value(sku).run()
    assert not at.exception
    charts = at.get("plotly_chart")
    assert len(charts) == before + 1
    assert any("closing stock" in chart.proto.alt for chart in charts)
    at.get_by_key("pick explain").set_value("closing_stock").run()
    shown = analytics.calculate_metrics_batch(
        [Period.custom(analytics.today, analytics.today)],
        level="product",
        entities=[sku],
        metrics=["closing_stock"],
    )["closing_stock"].iloc[0]
    assert f"Closing stock: {shown}" in [heading.value for heading in at.subheader]
