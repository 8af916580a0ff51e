"""Compare explains the difference that the engine gives, bar by bar and SKU by SKU."""

from __future__ import annotations

import json
from datetime import date

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from engine.analytics import EcommerceAnalyticsOptimized
from engine.dashboard.bridge import Step
from engine.dashboard.charts.waterfall import bridge_chart
from engine.dashboard.pages import COMPARE
from engine.metrics.bridge import Cause
from engine.metrics.formats import difference
from engine.metrics.registry import REGISTRY
from engine.money import format_money
from engine.periods import Period
from tests.dashboard.reading import is_high_end, shown

# The shop sells little in a month; in half a year most SKUs come again.
EARLY = Period.custom(date(2025, 4, 1), date(2025, 9, 30))
LATE = Period.custom(date(2026, 4, 1), date(2026, 9, 30))


def days(period: Period) -> list[str]:
    return [period.start.isoformat(), period.end.isoformat()]


def open_sides(shop_app, **more: str) -> AppTest:
    at = shop_app(COMPARE, a=days(EARLY), b=days(LATE), **more)
    assert not at.exception
    return at


def table(at: AppTest, column: str):
    (found,) = [frame.value for frame in at.dataframe if column in frame.value.columns]
    return found


@pytest.mark.parametrize("measure", ["contribution_profit", "net_profit"])
def test_the_bars_are_the_engines_and_sum_to_the_difference(
    measure: str, shop_app, analytics: EcommerceAnalyticsOptimized
) -> None:
    at = open_sides(shop_app, measure=measure)
    bridge = analytics.variance_bridge(EARLY, LATE, measure=measure)
    moved = format_money(bridge.after - bridge.before, "USD", sign=True)
    assert f"{REGISTRY[measure].label}: {moved}" in [heading.value for heading in at.subheader]
    (chart,) = at.get("plotly_chart")
    assert format_money(bridge.after, "USD") in chart.proto.alt
    drawn = json.loads(chart.proto.spec)["data"][0]
    first, *causes, last = drawn["y"]
    assert (first, last) == (
        "Side A: 1 Apr to 30 Sep 2025",
        "Side B: 1 Apr to 30 Sep 2026",
    )
    amounts = [round(x * 100) for x in drawn["x"][1:-1]]
    moved = dict(zip([cause.lower() for cause in causes], amounts, strict=True))
    assert moved == {cause.value: amount for cause, amount in bridge.bars.items() if amount}
    assert {"volume", "mix", "price", "new", "stopped"} <= set(moved)


def test_a_bar_lists_its_skus_and_says_their_sum(shop_app, analytics) -> None:
    at = open_sides(shop_app, bar="price")
    bridge = analytics.variance_bridge(EARLY, LATE)
    rows = table(at, "sku")
    parts = bridge.parts(Cause.PRICE)
    assert len(parts) > 5
    assert rows["sku"].tolist() == [sku for sku, _ in parts]
    assert [round(amount * 100) for amount in rows["amount"]] == [amount for _, amount in parts]
    total = format_money(bridge.bars[Cause.PRICE], "USD", sign=True)
    assert f"{len(parts)} SKUs, {total} together, the largest first." in [
        caption.value for caption in at.caption
    ]


def test_the_table_holds_every_metric_of_both_sides(shop_app, analytics) -> None:
    rows = table(open_sides(shop_app), "metric").set_index("metric")
    metrics = REGISTRY.at_level("shop")
    assert len(rows) == len(metrics)
    answer = analytics.calculate_metrics_batch([EARLY, LATE], level="shop")
    sides = answer.to_dict("records")
    assert any(is_high_end("net_profit", side) for side in sides)
    for metric in metrics:
        row = rows.loc[metric.label]
        assert [row["before"], row["after"]] == [shown(metric.name, side) for side in sides]
        old, new = answer[metric.name]
        moved = difference(metric.unit, new, old, "USD")
        said = None if moved is None else moved.text if moved.sign else "unchanged"
        assert (None if pd.isna(row["difference"]) else row["difference"]) == said, metric.name
    revenue = [side["net_revenue"] for side in sides]
    grown = (revenue[1] - revenue[0]) / revenue[0]
    assert rows.loc["Net revenue", "relative"] == f"{grown:+.1%}".replace("%", " %")


def test_a_side_with_missing_costs_is_the_high_end_of_its_bar(shop_app, analytics) -> None:
    at = open_sides(shop_app, measure="net_profit")
    sides = analytics.calculate_metrics_batch([EARLY, LATE], level="shop").to_dict("records")
    before, after = (shown("net_profit", side) for side in sides)
    assert f"of {before} to" in at.get("plotly_chart")[0].proto.alt
    assert f"of {after}, step by step" in at.get("plotly_chart")[0].proto.alt
    assert any(caption.value.startswith("≤: some costs are not known") for caption in at.caption)


def test_swapping_turns_the_difference_round(shop_app, analytics) -> None:
    at = open_sides(shop_app)
    (button,) = [button for button in at.button if button.label == "Swap"]
    button.click().run()
    assert not at.exception
    bridge = analytics.variance_bridge(LATE, EARLY)
    moved = format_money(bridge.after - bridge.before, "USD", sign=True)
    assert f"Contribution profit: {moved}" in [heading.value for heading in at.subheader]


def test_two_skus_are_compared_as_units(shop_app, analytics) -> None:
    frame = analytics.calculate_metrics_batch([LATE], level="product", metrics=["units_sold"])
    first, second = frame.sort_values("units_sold", ascending=False)["entity_id"].tolist()[:2]
    at = open_sides(shop_app, of="product", a_id=first, b_id=second)
    bridge = analytics.variance_bridge(
        EARLY, LATE, level="product", entities=(str(first), str(second))
    )
    moved = format_money(bridge.after - bridge.before, "USD", sign=True)
    assert f"Contribution profit: {moved}" in [heading.value for heading in at.subheader]
    assert bridge.bars[Cause.MIX] == 0
    assert not [frame for frame in at.dataframe if "sku" in frame.value.columns]


def test_two_listings_open(shop_app) -> None:
    at = open_sides(shop_app, of="listing")
    assert at.selectbox(key="pick a_id").value == at.selectbox(key="pick b_id").value
    assert len(table(at, "metric")) == len(REGISTRY.at_level("listing"))


def test_without_choices_the_filters_give_both_sides(shop_app, analytics) -> None:
    at = shop_app(COMPARE, range="Last month")
    bridge = analytics.variance_bridge(
        Period.containing("MONTHLY", analytics.today).previous().previous(),
        Period.containing("MONTHLY", analytics.today).previous(),
    )
    moved = format_money(bridge.after - bridge.before, "USD", sign=True)
    assert f"Contribution profit: {moved}" in [heading.value for heading in at.subheader]


def test_an_address_with_one_date_is_a_side_of_one_day(shop_app) -> None:
    at = shop_app(COMPARE, a=["2026-03-05", "2026-03-05"], b=days(LATE))
    assert "5 Mar 2026" in [caption.value for caption in at.caption]
    assert "A: 5 Mar 2026" in at.get("plotly_chart")[0].proto.alt


def test_a_side_that_is_missing_is_asked_for(shop_app) -> None:
    at = shop_app(COMPARE, range="All time")
    assert "Choose the days of A" in at.info[0].value
    assert not at.get("plotly_chart")


def test_a_side_without_sales_leaves_all_to_new(shop_app) -> None:
    at = shop_app(COMPARE, a=["2021-03-01", "2021-03-31"], b=days(LATE))
    said = [caption.value for caption in at.caption]
    assert "Nothing was sold in A, so all sales of the other side are “New”." in said


def test_two_sides_without_anything_show_no_zeros(shop_app) -> None:
    at = shop_app(COMPARE, a=["2021-03-01", "2021-03-31"], b=["2021-05-01", "2021-05-31"])
    assert at.info[0].value == "No order and no refund on the days of either side."
    assert not at.dataframe


def test_bars_set_out_from_the_first_total() -> None:
    steps = [
        Step("A", "A", 500, is_total=True),
        Step("volume", "Volume", -120, is_total=False),
        Step("B", "B", 380, is_total=True),
    ]
    (bars,) = bridge_chart(steps, "USD").figure.data
    assert list(bars.measure) == ["absolute", "relative", "total"]
    assert list(bars.x) == [5.0, -1.2, 3.8]
