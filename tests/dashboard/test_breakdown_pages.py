"""Shipping by country and the customers' tabs: the engine's own groups, nothing added up here."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from engine.dashboard import pages
from engine.dashboard.content.cohorts import (
    COHORT_MEASURES,
    Cohorts,
    cell_of,
    cohort_table,
    shades,
)
from engine.dashboard.content.customers import TABS
from engine.dashboard.content.predicted_value import words_of
from engine.dashboard.content.shipping_lanes import BY, BY_COLUMNS
from engine.dashboard.filters import Filters
from engine.dashboard.tables import frame_of
from engine.dashboard.theme import shade
from engine.metrics.formats import number
from engine.metrics.model import Unit
from engine.metrics.predicted_value import PredictedValue
from engine.metrics.registry import REGISTRY
from engine.periods import Period
from engine.ranges import RangeName


@pytest.fixture
def period(view_of):
    return view_of(Filters(RangeName.TWELVE_MONTHS)).period


@pytest.mark.parametrize("by", BY)
def test_parcels_by_each_dimension_are_the_engines_groups(
    by: str, shop_app, analytics, period
) -> None:
    at = shop_app(pages.SHIPPING, range="12 months")
    at.get_by_key("by").set_value(by).run()
    assert not at.exception
    (drawn,) = [table.value for table in at.dataframe if BY[by] in table.value]
    wanted = analytics.calculate_metrics_batch(
        [period], level="shop", metrics=BY_COLUMNS, breakdown=BY[by]
    )
    assert len(drawn) == len(wanted)
    for name in BY_COLUMNS:
        values = (number(REGISTRY[name].unit, one, "USD") for one in wanted[name])
        assert sorted(drawn[name].dropna()) == sorted(v for v in values if v is not None)


@pytest.mark.parametrize("tab", TABS)
def test_every_tab_of_customers_opens(tab: str, shop_app) -> None:
    at = shop_app(pages.CUSTOMERS, range="12 months")
    at.session_state["customers"] = tab
    at.run()
    assert not at.exception
    assert at.dataframe or at.get("plotly_chart") or at.info


@pytest.mark.parametrize("measure", COHORT_MEASURES)
def test_a_cohort_has_its_size_and_a_value_for_each_month_begun(
    measure: str, shop_app, analytics
) -> None:
    at = shop_app(pages.CUSTOMERS, range="12 months")
    at.session_state["customers"] = "Cohorts"
    at.run()
    at.get_by_key("cohort").set_value(measure).run()
    drawn = at.dataframe[0].value.set_index("cohort")
    column, unit = COHORT_MEASURES[measure]
    frame = analytics.cohort_table()
    row = frame[frame["months_since"] == 1].iloc[-1]
    shown = drawn.loc[f"{row['cohort']:%Y-%m}"]
    assert shown["month_1"] == number(unit, row[column], "USD")
    assert shown["size"] == row["cohort_size"]


def test_a_month_of_a_cohort_opens_the_orders_that_it_counts(shop_app, analytics) -> None:
    frame = analytics.cohort_table()
    cell = frame[(frame["months_since"] > 0) & (frame["orders"] > 1)].iloc[-1]
    at = shop_app(pages.CUSTOMERS, range="12 months", customers="Cohorts")
    at.selectbox(key="first order in").select(cell["cohort"]).run()
    at.selectbox(key="orders of").select(int(cell["months_since"])).run()
    next(one for one in at.button if one.label == "Open the orders").click().run()
    assert not at.exception
    begin = pd.Timestamp(cell["cohort"]) + pd.DateOffset(months=cell["months_since"])
    month = Period.containing("MONTHLY", begin.date())
    assert at.selectbox(key="range").value == "Custom"
    assert at.date_input(key="dates").value == (month.start, month.end)
    assert at.query_params["dates"] == [month.start.isoformat(), month.end.isoformat()]
    assert at.selectbox(key="pick buyers").value == f"first-{cell['cohort']:%Y-%m}"
    drawn = next(table.value for table in at.dataframe if "ordered_at" in table.value)
    placed = drawn[drawn["ordered_at"].str.startswith(f"{month.start:%Y-%m}")]
    assert len(placed) == cell["orders"]


def test_a_cell_is_a_cohort_and_a_month_and_is_the_deeper_the_larger() -> None:
    newest, oldest = date(2026, 2, 1), date(2026, 1, 1)
    cells = {newest: {0: 1.0}, oldest: {0: 1.0, 1: 0.25}}
    found = Cohorts(
        (newest, oldest), dict.fromkeys(cells, 4), cells, frozenset({(newest, 0)}), Unit.SHARE
    )
    assert cell_of([(1, "month_1")], found) == (oldest, 1)
    assert cell_of([(0, "month_1")], found) is None, "a month that has not begun"
    assert cell_of([(0, "size")], found) is None
    assert cell_of([], found) is None
    drawn = frame_of(cohort_table(found, "Retention"), "USD")
    colours = shades(drawn, found)
    assert list(colours["month_0"]) == ["", f"background-color: {shade(True, 1)}"], "open, over"
    assert colours["month_1"].iloc[1] == f"background-color: {shade(True, 1)}"
    assert not colours[["cohort", "size"]].to_numpy().any()


def test_a_prediction_is_made_where_it_is_asked_for_and_says_what_it_lacks(
    shop_app, analytics
) -> None:
    at = shop_app(pages.CUSTOMERS, range="12 months", customers="Lifetime value")
    assert not any("predict" in one.value.lower() for one in (*at.markdown, *at.info))
    at.toggle(key="predict").set_value(True).run()
    assert not at.exception
    found = analytics.predict_customer_value()
    if found.value is None:
        said = next(one for one in at.info if one.proto.title == "No prediction")
        assert said.value.rstrip(".").lower() == found.reason.lower()
    else:
        assert words_of(found, "USD") in [one.value for one in at.markdown]


def test_a_prediction_stands_with_its_interval() -> None:
    found = PredictedValue(1_200, 300, 104, value=2_150, low=1_900, high=2_400)
    assert words_of(found, "USD") == (
        "Predicted: a customer leaves **21.50 USD** in the next 365 days, with 80 % certainty "
        "between 19.00 USD and 24.00 USD; from 1,200 customers, of whom 300 bought again."
    )


def test_segments_are_the_engines_with_a_rule_each(shop_app, analytics) -> None:
    at = shop_app(pages.CUSTOMERS, range="12 months")
    at.session_state["customers"] = "RFM"
    at.run()
    drawn = at.dataframe[0].value
    wanted = analytics.rfm_segments()
    assert list(drawn["customers"]) == list(wanted["customers"])
    assert [round(one * 100) for one in drawn["contribution_profit"]] == list(
        wanted["contribution_profit"]
    )
    assert [one.lower() for one in drawn["segment"]] == list(wanted["segment"])
    assert all(drawn["rule"])
