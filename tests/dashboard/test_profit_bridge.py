"""The bridge's page: bars and table are the engine's amounts, for the shop and for one thing."""

from __future__ import annotations

from datetime import timedelta

import pytest

from engine.dashboard import pages
from engine.dashboard.bridge import FEE_KINDS, LADDER, bridge_steps, every_cost, per, subtotals
from engine.dashboard.content.profit_bridge import COST_PAGES, Detail, Per
from engine.dashboard.filters import Filters
from engine.metrics.formats import text
from engine.metrics.model import Unit
from engine.money import round_div
from engine.periods import Period
from engine.ranges import RangeName


def table(at):
    (found,) = [one.value for one in at.dataframe if "step" in one.value]
    return found


@pytest.mark.parametrize("detail", Detail)
def test_every_way_to_cut_ends_at_the_engines_profit(detail, shop_app, analytics, view_of) -> None:
    at = shop_app(pages.PROFIT_BRIDGE, range="Last 90 days")
    at.get_by_key("steps").set_value(detail.value).run()
    assert not at.exception
    rows = table(at)
    period = view_of(Filters(RangeName.LAST_90_DAYS)).period
    answer = analytics.calculate_metrics_batch([period], level="shop").iloc[0]
    assert rows["amount"].iloc[-1] == answer["net_profit"] / 100
    assert rows["step"].iloc[-1] == "= Net profit"
    costs = rows[~rows["step"].str.startswith("=")]["amount"]
    if detail is not Detail.SHORT:
        assert round(costs.sum(), 2) == rows["amount"].iloc[-1]


def test_the_full_bridge_has_each_kind_of_fee_as_its_own_step() -> None:
    named = [name for _, parts in every_cost() for _, name in parts]
    assert set(FEE_KINDS) <= set(named)
    assert "platform_fees" not in named
    assert len(every_cost()) == len(LADDER)


@pytest.mark.parametrize(("basis", "name"), [(Per.ORDER, "orders"), (Per.UNIT, "units_sold")])
def test_amounts_can_be_for_one_order_or_unit(basis, name, shop_app, analytics, view_of) -> None:
    at = shop_app(pages.PROFIT_BRIDGE, range="Last 90 days")
    at.get_by_key("per").set_value(basis.value).run()
    period = view_of(Filters(RangeName.LAST_90_DAYS)).period
    answer = analytics.calculate_metrics_batch([period], level="shop").iloc[0]
    wanted = round_div(int(answer["net_profit"]), int(answer[name])) / 100
    assert table(at)["amount"].iloc[-1] == wanted
    assert "before" not in table(at), "a total beside an amount for one order says nothing"


def test_of_a_hundred_net_revenue_is_a_hundred(shop_app) -> None:
    at = shop_app(pages.PROFIT_BRIDGE, range="Last 90 days")
    at.get_by_key("per").set_value(Per.HUNDRED.value).run()
    rows = table(at).set_index("step")
    assert rows.loc["= Net revenue", "amount"] == 100


def test_one_sku_has_a_bridge_of_its_own(shop_app, analytics, view_of) -> None:
    period = view_of(Filters(RangeName.LAST_90_DAYS)).period
    each = analytics.calculate_metrics_batch([period], level="product", metrics=["net_profit"])
    sku = each["entity_id"].iloc[0]
    at = shop_app(pages.PROFIT_BRIDGE, range="Last 90 days")
    at.get_by_key("level").set_value("SKU").run()
    at.selectbox(key="pick sku").select(sku).run()
    assert table(at)["amount"].iloc[-1] == each["net_profit"].iloc[0] / 100
    assert at.query_params["sku"] == sku


def test_shares_are_of_net_revenue(shop_app) -> None:
    rows = table(shop_app(pages.PROFIT_BRIDGE, range="Last 90 days")).set_index("step")
    assert rows.loc["= Net revenue", "share"] == 100


def test_each_cost_of_the_ladder_knows_its_page() -> None:
    assert COST_PAGES["returns_value"] == pages.REFUNDS
    assert COST_PAGES["duty"] == pages.SHIPPING
    assert COST_PAGES["processing_fees"] == pages.FEES
    assert COST_PAGES["ad_spend"] == pages.ADS


def test_a_profit_with_missing_costs_says_its_bounds(shop_app, analytics, view_of) -> None:
    at = shop_app(pages.PROFIT_BRIDGE, range="All time")
    rows = table(at).set_index("step")
    period = view_of(Filters(RangeName.ALL_TIME)).period
    answer = analytics.calculate_metrics_batch([period], level="shop").iloc[0]
    low, high, gross = (
        text(Unit.MONEY, answer[name], "USD")
        for name in ("net_profit_low", "net_profit", "gross_profit")
    )
    assert answer["net_profit_low"] < answer["net_profit"]
    assert rows.loc["= Net profit", "bounds"] == f"between {low} and {high}"
    assert rows.loc["= Gross profit", "bounds"] == f"≤ {gross}"
    assert rows["bounds"].notna().sum() == 4, "sales and single costs have none"
    chart = at.get("plotly_chart")[0].proto
    assert f"to net profit of ≤ {high}" in chart.alt
    assert any(f"**between {low} and {high}**" in one.value for one in at.caption)


def test_each_step_can_say_how_it_is_known_and_by_how_many_rows(
    shop_app, analytics, view_of
) -> None:
    at = shop_app(pages.PROFIT_BRIDGE, range="Last 90 days")
    assert "basis" not in table(at)
    at.toggle(key="traced").set_value(True).run()
    rows = table(at).set_index("step")
    period = view_of(Filters(RangeName.LAST_90_DAYS)).period
    node = analytics.explain("net_profit", "shop", analytics.shop.shop_id, period)
    cogs = next(one for one in node.walk() if one.name == "cogs")
    assert rows.loc["Cost of goods sold", "basis"] == cogs.basis
    assert rows.loc["Cost of goods sold", "rows"] == sum(
        len(one.leaves) for one in cogs.walk() if one.leaves is not None
    )
    assert rows.loc["Cost of goods sold", "rows"] > 10


def test_days_without_sales_show_the_costs_that_fell_into_them(shop_app, analytics) -> None:
    days = [
        Period.custom(day, day)
        for day in (analytics.first_day + timedelta(days=n) for n in range(1000))
    ]
    answer = analytics.calculate_metrics_batch(
        days, level="shop", metrics=["orders", "operating_expenses", "ad_spend"]
    )
    quiet = answer[(answer["orders"] == 0) & (answer["operating_expenses"] > 0)].iloc[0]
    day = f"{quiet['period_start']:%Y-%m-%d}"
    at = shop_app(pages.PROFIT_BRIDGE, range="Custom", dates=[day, day])
    assert "No sales in this range" in [one.proto.title for one in at.info]
    assert (
        round(-100 * table(at).set_index("step").loc["Operating expenses", "amount"])
        == quiet["operating_expenses"]
    )


def test_subtotals_alone_start_with_the_first_amount() -> None:
    amounts = {name: 0 for total, parts in LADDER for name in (total, *(p for _, p in parts))}
    amounts["gross_merchandise_sales"] = 100
    for total, _ in LADDER:
        amounts[total] = 100
    short = subtotals(bridge_steps(amounts.__getitem__))
    assert [step.metric for step in short] == [
        "gross_merchandise_sales",
        *(total for total, _ in LADDER),
    ]
    assert all(step.is_total for step in short)


def test_sharing_rounds_each_amount_for_itself() -> None:
    amounts = {name: 0 for total, parts in LADDER for name in (total, *(p for _, p in parts))}
    amounts["gross_merchandise_sales"] = 100
    for total, _ in LADDER:
        amounts[total] = 100
    assert per(bridge_steps(amounts.__getitem__), 3)[0].amount == 33
