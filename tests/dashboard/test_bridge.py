"""The way from list price to contribution profit adds up to the cent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.analytics import EcommerceAnalyticsOptimized
from engine.dashboard.bridge import METRICS, Step, bridge_steps, from_subtotal, without_empty
from engine.dashboard.charts.waterfall import bridge_chart
from engine.errors import ReconciliationError
from engine.periods import Period

SMALL = {
    "gross_merchandise_sales": 27101,
    "discounts": 1000,
    "sales_after_discounts": 26101,
    "returns_value": 1170,
    "net_sales": 24931,
    "shipping_income": 1080,
    "gift_wrap_income": 300,
    "refund_excess": 0,
    "net_revenue": 26311,
    "cogs": 7021,
    "gross_profit": 19290,
    "postage": 5790,
    "duty": 109,
    "import_tax": 226,
    "carrier_fee": 450,
    "platform_fees": 5049,
    "contribution_profit": 7666,
    "ad_spend": 800,
    "offsite_ads_fees": 0,
    "profit_after_ads": 6866,
    "operating_expenses": 3100,
    "net_profit": 3766,
}


def answers(values: dict[str, int]) -> Callable[[str], int]:
    return values.__getitem__


def test_costs_go_down_and_subtotals_stand_on_zero() -> None:
    steps = bridge_steps(answers(SMALL))
    assert steps[0] == Step(
        "gross_merchandise_sales", "Gross merchandise sales", 27101, is_total=False
    )
    assert steps[1].amount == -1000
    totals = [step.amount for step in steps if step.is_total]
    assert totals == [26101, 24931, 26311, 19290, 7666, 6866, 3766]


def test_a_subtotal_that_its_steps_do_not_reach_is_refused() -> None:
    with pytest.raises(ReconciliationError, match=r"up to net_revenue add up to 26,311"):
        bridge_steps(answers({**SMALL, "net_revenue": 26312}))


def test_steps_of_nothing_are_left_out_and_subtotals_stay() -> None:
    names = [step.metric for step in without_empty(bridge_steps(answers(SMALL)))]
    assert "refund_excess" not in names
    assert {"net_sales", "gross_profit"} <= set(names)
    nothing = bridge_steps(answers(dict.fromkeys(SMALL, 0)))
    assert all(step.is_total for step in without_empty(nothing))


def test_the_chart_names_each_amount_and_says_where_it_leads() -> None:
    chart = bridge_chart(bridge_steps(answers(SMALL)), "USD")
    assert chart.alt == (
        "From gross merchandise sales of +271.01 USD to net profit of 37.66 USD, step by step."
    )
    assert "Discounts<br><b>−10.00 USD</b>" in chart.figure.layout.yaxis.ticktext
    (bars,) = chart.figure.data
    assert list(bars.measure)[:3] == ["relative", "relative", "total"]


@given(first=st.integers(0, 1000), days=st.integers(1, 400))
def test_the_engines_figures_add_up_for_any_days(
    analytics: EcommerceAnalyticsOptimized, first: int, days: int
) -> None:
    start = analytics.first_day + timedelta(days=first)
    period = Period.custom(start, start + timedelta(days=days - 1))
    frame = analytics.calculate_metrics_batch([period], level="shop", metrics=METRICS)
    steps = bridge_steps(lambda name: int(frame[name].iloc[0]))
    assert sum(step.amount for step in steps if not step.is_total) == steps[-1].amount


def test_from_a_subtotal_on_the_same_bars_follow() -> None:
    every = bridge_steps(answers(SMALL))
    rest = from_subtotal(every, "net_revenue")
    assert rest[0].metric == "net_revenue"
    assert rest[0].is_total
    assert rest == every[-len(rest) :]
    assert rest[0].amount + sum(one.amount for one in rest if not one.is_total) == rest[-1].amount
