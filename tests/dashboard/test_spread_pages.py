"""Refunds and Orders show how things are spread, each number as the engine has it."""

from __future__ import annotations

import pytest

from engine.dashboard import pages
from engine.dashboard.content.order_spread import SPREADS, bin_words
from engine.dashboard.content.refunds import REASON_COLUMNS, STEPS
from engine.dashboard.filters import Filters
from engine.metrics.formats import number
from engine.metrics.registry import REGISTRY
from engine.metrics.spreads import Bin, Spread
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
