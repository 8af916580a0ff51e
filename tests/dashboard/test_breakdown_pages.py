"""Shipping by country and the customers' tabs: the engine's own groups, nothing added up here."""

from __future__ import annotations

import pytest

from engine.dashboard import pages
from engine.dashboard.content.customers import COHORT_MEASURES, TABS
from engine.dashboard.content.shipping import BY, BY_COLUMNS
from engine.dashboard.filters import Filters
from engine.metrics.formats import number
from engine.metrics.registry import REGISTRY
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


def test_segments_are_the_engines_with_a_rule_each(shop_app, analytics) -> None:
    at = shop_app(pages.CUSTOMERS, range="12 months")
    at.session_state["customers"] = "RFM"
    at.run()
    drawn = at.dataframe[0].value
    wanted = analytics.rfm_segments()
    assert list(drawn["customers"]) == list(wanted["customers"])
    assert [one.lower() for one in drawn["segment"]] == list(wanted["segment"])
    assert all(drawn["rule"])
