"""Refunds and Orders show how things are spread, each number as the engine has it."""

from __future__ import annotations

import pandas as pd
import pytest

from engine.dashboard import pages
from engine.dashboard.content.order_spread import SPREADS, bin_words
from engine.dashboard.content.refunds import DATINGS, REASON_COLUMNS
from engine.dashboard.content.refunds_list import STEPS
from engine.dashboard.filters import Filters
from engine.dashboard.wording import day_words
from engine.metrics.formats import number, text
from engine.metrics.model import Unit
from engine.metrics.registry import REGISTRY
from engine.metrics.spreads import Bin, Spread
from engine.periods import Period
from engine.ranges import RangeName


@pytest.fixture
def period(view_of):
    return view_of(Filters(RangeName.TWELVE_MONTHS)).period


def cents(column) -> list[int]:
    return [round(value * 100) for value in column]


def test_refunds_lead_from_one_dating_to_the_other_by_reason_and_by_days(
    shop_app, analytics, period
) -> None:
    at = shop_app(pages.REFUNDS, range="12 months")
    moved, reasons, delays = (
        next(table.value for table in at.dataframe if name in table.value)
        for name in ("step", "reason", "days")
    )
    metrics = ["returns_value", "returns_value_by_order_day", "refund_count", "refunds_total"]
    whole = analytics.calculate_metrics_batch([period], level="shop", metrics=metrics).iloc[0]
    assert list(moved["step"]) == list(STEPS.values())
    amounts = cents(moved["amount"])
    assert (amounts[0], amounts[-1]) == (whole[metrics[0]], whole[metrics[1]])
    assert sum(amounts[:-1]) == amounts[-1]
    groups = analytics.calculate_metrics_batch(
        [period], level="shop", metrics=REASON_COLUMNS, breakdown="refund_reason"
    )
    groups = groups[groups["refund_count"] > 0]
    for name in REASON_COLUMNS:
        wanted = [number(REGISTRY[name].unit, value, "USD") for value in groups[name]]
        assert sorted(reasons[name]) == sorted(wanted), name
    assert cents([reasons["returns_value"].sum()]) == [whole["returns_value"]]
    assert delays["refunds"].sum() <= whole["refund_count"]
    wanted = analytics.refund_delays(period)
    assert list(delays["refunds"]) == [one.refunds for one in wanted]
    assert cents(delays["returns_value"]) == [one.returns_value for one in wanted]


def test_both_datings_are_charted_together(shop_app, analytics, period) -> None:
    at = shop_app(pages.REFUNDS, range="12 months")
    whole = analytics.calculate_metrics_batch([period], level="shop", metrics=DATINGS).iloc[0]
    said = [f"{REGISTRY[n].label.lower()} {text(Unit.MONEY, whole[n], 'USD')}" for n in DATINGS]
    assert any(all(one in chart.proto.alt for one in said) for chart in at.get("plotly_chart"))


@pytest.mark.parametrize("moved", STEPS)
def test_a_step_lists_the_refunds_that_it_counts(moved, shop_app, analytics, period) -> None:
    at = shop_app(range="12 months")
    at.query_params["step"] = moved.name.lower()
    at.switch_page(str(pages.REFUNDS)).run()
    assert not at.exception
    step = next(one for one in analytics.returns_between_datings(period) if one.moved is moved)
    drawn = [table.value for table in at.dataframe if "refund_id" in table.value]
    if not step.refunds:
        assert not drawn
        assert any("No refund belongs to this step." in one.value for one in at.caption)
        return
    assert len(drawn[0]) == step.refunds
    assert cents([drawn[0]["returns_value"].sum()]) == [abs(step.amount)]


def test_single_refunds_come_to_the_cards_and_each_opens_its_order(
    shop_app, analytics, period
) -> None:
    at = shop_app(pages.REFUNDS, range="12 months")
    table = next(one.value for one in at.dataframe if "refund_id" in one.value)
    names = ["returns_value", "refund_excess", "refunds_total", "fee_credits", "refund_count"]
    whole = analytics.calculate_metrics_batch([period], level="shop", metrics=names).iloc[0]
    assert len(table) == whole["refund_count"] > 5
    for name in names[:-1]:
        assert sum(cents(table[name])) == whole[name], name
    wanted = analytics.refunds_frame(period)
    assert list(table["order_id"]) == [str(one) for one in wanted["order_id"]]
    assert (table["open"] == "Open").all()


def test_a_range_without_a_refund_says_when_the_last_one_was(shop_app, analytics) -> None:
    everything = analytics.refunds_frame(Period.custom(analytics.first_day, analytics.today))
    days = {one.date() for one in everything["refund_day"]}
    first, *others = sorted(days)
    quiet = next(day for day in pd.date_range(first, analytics.today) if day.date() not in days)
    before = max(day for day in days if day < quiet.date())
    at = shop_app(pages.REFUNDS, range="Custom", dates=[f"{quiet:%F}", f"{quiet:%F}"])
    assert any(f"The last one was on {day_words(before)}." in one.value for one in at.info)
    assert others


@pytest.mark.parametrize("label", SPREADS)
def test_orders_are_spread_as_the_engine_says(label: str, shop_app, analytics, period) -> None:
    at = shop_app(pages.ORDERS, range="12 months", spread=label)
    (alt,) = [chart.proto.alt for chart in at.get("plotly_chart")]
    spread, title = SPREADS[label]
    bins = analytics.order_spread(period, spread)
    most = max(bins, key=lambda one: one.count)
    assert alt.startswith(f"{title}, ")
    assert f"most orders {bin_words(most, spread, 'USD')}, {most.count:,}" in alt
    losing = analytics.calculate_metrics_batch([period], level="shop", metrics=["loss_orders"])
    if spread is Spread.CONTRIBUTION:
        assert alt.endswith(f"{losing['loss_orders'].iloc[0]:,} below zero.")


def test_a_bin_says_its_bounds_in_words() -> None:
    assert bin_words(Bin(None, -500, 3), Spread.CONTRIBUTION, "USD") == "below −5"
    assert bin_words(Bin(1050, 1100, 3), Spread.VALUE, "USD") == "from 10.50 to below 11"
    assert bin_words(Bin(18000, None, 3), Spread.VALUE, "USD") == "180 or more"
    assert bin_words(Bin(2, 3, 3), Spread.UNITS, "USD") == "2"
