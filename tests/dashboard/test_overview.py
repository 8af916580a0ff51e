"""The Overview page is read like a person reads it, and held against the engine's own answer."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pandas as pd
import psycopg
import pytest
from streamlit.testing.v1 import AppTest

from engine.analytics import EcommerceAnalyticsOptimized
from engine.dashboard.buckets import Grain
from engine.dashboard.content.overview import CARDS, LISTING_COLUMNS, MEASURES, PRODUCT_COLUMNS
from engine.dashboard.filters import Filters, RefundDating, View
from engine.dashboard.questions import LOW_ENDS
from engine.database.url import DatabaseUrl
from engine.metrics.formats import change, number, text
from engine.metrics.registry import REGISTRY
from engine.ranges import Comparison, RangeName
from tests.dashboard.reading import shown

ViewOf = Callable[[Filters], View]
QUESTIONS = {
    "last 30 days": Filters(),
    "today": Filters(RangeName.TODAY),
    "year to date, last year": Filters(RangeName.YEAR_TO_DATE, comparison=Comparison.LAST_YEAR),
    "all time": Filters(RangeName.ALL_TIME),
    "by order day": Filters(RangeName.TWELVE_MONTHS, dating=RefundDating.ORDER_DAY),
    "typed days": Filters(
        RangeName.CUSTOM, (date(2026, 2, 3), date(2026, 4, 17)), Comparison.NONE, grain=Grain.WEEK
    ),
}


def query(filters: Filters) -> dict[str, str | list[str]]:
    """The address of a view."""
    parameters: dict[str, str | list[str]] = {
        "range": filters.range_name.value,
        "compare": filters.comparison.value,
        "refunds": filters.dating.value,
        "grain": filters.grain.value,
    }
    if filters.dates:
        parameters["dates"] = [day.isoformat() for day in filters.dates]
    return parameters


@pytest.mark.parametrize("filters", QUESTIONS.values(), ids=QUESTIONS)
def test_cards_say_what_the_engine_answers(
    filters: Filters, shop_app, analytics: EcommerceAnalyticsOptimized, view_of: ViewOf
) -> None:
    view = view_of(filters)
    at = shop_app(**query(filters))

    assert [card.label for card in at.metric] == [REGISTRY[name].label for name in CARDS]
    periods = [view.period, *([view.compared] if view.compared else [])]
    answer = {
        period: analytics.calculate_metrics_batch(
            [period], level="shop", metrics=[*CARDS, *LOW_ENDS.values()], refund_dating=view.dating
        ).iloc[0]
        for period in periods
    }
    currency = analytics.shop.currency
    for card, name in zip(at.metric, CARDS, strict=True):
        unit = REGISTRY[name].unit
        assert card.value == shown(name, answer[view.period], currency), name
        if view.compared is None:
            assert card.delta == ""
            continue
        moved = change(unit, answer[view.period][name], answer[view.compared][name], currency)
        said = "" if moved is None else "0" if moved.sign == 0 else moved.text
        assert card.delta == said, name


def test_a_question_has_figures_to_compare(view_of: ViewOf) -> None:
    """The questions above are no test of deltas unless most of them have a comparison."""
    compared = [view_of(filters).compared for filters in QUESTIONS.values()]
    assert sum(period is not None for period in compared) >= 4


@pytest.mark.parametrize("name", RangeName)
def test_every_range_opens(name: RangeName, shop_app, view_of: ViewOf) -> None:
    at = shop_app(range=name.value, dates=["2026-01-01", "2026-01-31"])
    dates = (date(2026, 1, 1), date(2026, 1, 31)) if name is RangeName.CUSTOM else None
    days = view_of(Filters(name, dates)).period.days
    words = f"{days:,} days" if days != 1 else "1 day"
    assert f"**, {words}" in at.markdown[0].value


@pytest.mark.parametrize("grain", Grain)
def test_every_grain_opens(grain: Grain, shop_app) -> None:
    assert len(shop_app(grain=grain.value, range="Year to date").metric) == len(CARDS)


@pytest.mark.parametrize("name", MEASURES)
def test_every_measure_can_be_charted(name: str, shop_app) -> None:
    at = shop_app(metric=name)
    assert at.selectbox(key="pick metric").value == name
    over_time, _bridge = at.get("plotly_chart")
    assert over_time.proto.alt.startswith(REGISTRY[name].label)


def test_choosing_a_measure_puts_its_name_into_the_address(shop_app) -> None:
    at = shop_app()
    at.selectbox(key="pick metric").select("gross_margin").run()
    assert at.query_params["metric"] == "gross_margin"
    at.selectbox(key="pick metric").select("net_revenue").run()
    assert "metric" not in at.query_params


def test_an_unknown_measure_in_the_address_is_answered_by_the_first(shop_app) -> None:
    at = shop_app(metric="no_such_metric")
    assert at.selectbox(key="pick metric").value == MEASURES[0]


def test_controls_move_the_page(shop_app, analytics, view_of: ViewOf) -> None:
    at = shop_app()
    at.selectbox(key="range").select("Last year").run()
    at.get_by_key("compare").set_value("Last year").run()
    at.get_by_key("refunds").set_value("Order day").run()
    at.get_by_key("grain").set_value("Quarter").run()
    assert not at.exception
    view = view_of(Filters(RangeName.LAST_YEAR, dating=RefundDating.ORDER_DAY))
    frame = analytics.calculate_metrics_batch(
        [view.period], level="shop", metrics=["net_revenue"], refund_dating="order_day"
    )
    assert at.metric[0].value == text(
        REGISTRY["net_revenue"].unit, frame["net_revenue"].iloc[0], analytics.shop.currency
    )


def test_a_half_chosen_range_keeps_the_last_complete_one_and_says_so(shop_app) -> None:
    at = shop_app(range="Last month")
    before = at.metric[0].value
    at.selectbox(key="range").select("Custom").run()
    at.date_input(key="dates").set_value((date(2026, 2, 1),)).run()
    assert at.metric[0].value == before
    assert "until then the last range stays" in at.sidebar.caption[0].value
    at.date_input(key="dates").set_value((date(2026, 2, 1), date(2026, 2, 10))).run()
    assert "**1 Feb to 10 Feb 2026**, 10 days" in at.markdown[0].value


def test_an_address_with_one_date_is_a_range_of_one_day(shop_app) -> None:
    at = shop_app(range="Custom", dates=["2026-03-05", "2026-03-05"])
    assert "**5 Mar 2026**, 1 day" in at.markdown[0].value


def grid(at: AppTest, rows: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The total and the rows of one table of the page; the total stands right above."""
    tables = [table.value for table in at.dataframe]
    totals = [i for i, t in enumerate(tables) if "name" in t and list(t["name"]) == ["Whole shop"]]
    index = totals[("listings", "SKUs").index(rows)]
    return tables[index], tables[index + 1]


@pytest.mark.parametrize(
    ("rows", "level", "columns"),
    [("listings", "listing", LISTING_COLUMNS), ("SKUs", "product", PRODUCT_COLUMNS)],
)
def test_grids_show_the_engines_rows_below_its_total(
    rows: str, level: str, columns: tuple[str, ...], shop_app, analytics, view_of: ViewOf
) -> None:
    total, drawn = grid(shop_app(range="Last 90 days"), rows)
    period = view_of(Filters(RangeName.LAST_90_DAYS)).period
    whole = analytics.calculate_metrics_batch([period], level="shop", metrics=columns).iloc[0]
    each = analytics.calculate_metrics_batch([period], level=level, metrics=columns)
    assert len(drawn) == len(each)
    currency = analytics.shop.currency
    for name in columns:
        unit = REGISTRY[name].unit
        assert total[name].iloc[0] == number(unit, whole[name], currency)
        wanted = [number(unit, value, currency) for value in each[name]]
        assert sorted(drawn[name].dropna()) == sorted(v for v in wanted if v is not None)
    assert list(drawn["contribution_profit"]) == sorted(drawn["contribution_profit"], reverse=True)


def test_searching_a_grid_leaves_its_total_alone(shop_app) -> None:
    at = shop_app()
    total, drawn = grid(at, "SKUs")
    some = drawn["name"].iloc[0]
    at.text_input(key="skus-search").set_value(some.lower()).run()
    total_after, found = grid(at, "SKUs")
    assert some in list(found["name"])
    assert len(found) < len(drawn)
    assert total_after.equals(total)
    at.text_input(key="skus-search").set_value("nothing is called so").run()
    assert "No SKU matches “nothing is called so”." in [caption.value for caption in at.caption]


def test_an_empty_range_shows_no_zeros_and_leads_to_the_nearest_orders(shop_app) -> None:
    at = shop_app(range="Custom", dates=["2021-05-01", "2021-05-31"])
    assert not at.metric
    assert at.info[0].value == "No order and no refund from 1 May to 31 May 2021."
    (button,) = [button for button in at.button if button.label == "Show Nov 2023"]
    button.click().run()
    assert not at.exception
    assert "to 30 Nov 2023**" in at.markdown[0].value
    assert at.metric


def test_charts_say_the_profit_as_its_card_does(shop_app) -> None:
    at = shop_app(range="All time", metric="net_profit")
    card = next(card for card in at.metric if card.label == "Net profit")
    assert card.value.startswith("≤ ")
    over_time, bridge = (chart.proto for chart in at.get("plotly_chart"))
    assert f": {card.value}; highest in" in over_time.alt
    assert f"to net profit of {card.value}, step by step" in bridge.alt
    assert f"<b>{card.value}</b>" in json.loads(bridge.spec)["layout"]["yaxis"]["ticktext"][-1]


def test_a_missing_cost_makes_the_profit_partial_and_says_how_much_is_known(shop_app) -> None:
    at = shop_app(range="All time")
    words = [caption.value for caption in at.caption]
    assert any("**partial**" in word and "of sales" in word for word in words)
    assert "orange-badge[cost coverage" in at.button(key="cost coverage").label


def test_the_page_works_without_the_report_tables(point_at, shop_copy, open_app) -> None:
    with psycopg.connect(shop_copy.libpq(), autocommit=True) as connection:
        connection.execute("DROP TABLE shop_reports, listing_reports, product_reports CASCADE")
    point_at(shop_copy)
    assert len(open_app().metric) == len(CARDS)


def test_a_shops_name_is_shown_letter_by_letter(point_at, shop_copy: DatabaseUrl, open_app) -> None:
    with psycopg.connect(shop_copy.libpq(), autocommit=True) as connection:
        connection.execute("UPDATE shops SET name = '*Felt* <b>', updated_at = now()")
    point_at(shop_copy)
    assert r"**\*Felt\* \<b\>**" in open_app().markdown[0].value


def test_the_defaults_are_those_of_the_filters() -> None:
    assert replace(Filters()) == Filters(
        RangeName.LAST_30_DAYS, None, Comparison.PREVIOUS, RefundDating.REFUND_DAY, Grain.AUTO
    )
