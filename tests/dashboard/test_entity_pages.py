"""Listings and Products: the table is the engine's rows, and one of them opens in detail."""

from __future__ import annotations

import pandas as pd
import pytest

from engine.dashboard import pages
from engine.dashboard.content import listings, product_groups, products
from engine.dashboard.content.entity_page import Show
from engine.dashboard.content.entity_trends import elasticity_words
from engine.dashboard.content.product_groups import Group
from engine.dashboard.data import Figures
from engine.dashboard.filters import Filters
from engine.dashboard.grids import listing_name
from engine.metrics.formats import number, text
from engine.metrics.model import Level
from engine.metrics.registry import REGISTRY
from engine.periods import Period
from engine.ranges import RangeName
from tests.dashboard.reading import shown

BOTH = [(pages.LISTINGS, listings.PAGE, "listing"), (pages.PRODUCTS, products.PAGE, "sku")]
IDS = ["listings", "products"]


# Tabs that only the other page has: a SKU has no visits of its own.
OF_THE_OTHER = {"listing": ("Costs", "Countries", "Listings"), "sku": ("SKUs", "Traffic")}


@pytest.fixture
def period(view_of):
    return view_of(Filters(RangeName.LAST_90_DAYS)).period


def rows(at) -> pd.DataFrame:
    """The rows below the figures of the whole shop."""
    return at.dataframe[1].value


@pytest.mark.parametrize(("path", "page", "key"), BOTH, ids=IDS)
def test_the_table_is_the_engines_rows(path, page, key, shop_app, analytics, period) -> None:
    at = shop_app(path, range="Last 90 days")
    each = analytics.calculate_metrics_batch([period], level=page.level, metrics=page.columns)
    drawn = rows(at)
    assert len(drawn) == len(each)
    for name in page.columns:
        unit = REGISTRY[name].unit
        wanted = (number(unit, value, analytics.shop.currency) for value in each[name])
        assert sorted(drawn[name].dropna()) == sorted(v for v in wanted if v is not None), name
    assert "entity_id" not in drawn, "a grid sends only what it shows"
    if key == "sku":
        ways = analytics.cost_ways(period.end)
        said = [None if pd.isna(one) else one for one in drawn["cost_way"]]
        assert said == [ways.get(sku) for sku in drawn["name"]]
        assert len(set(said)) > 2, "its own, of another SKU, nobody's"
        assert drawn.columns[-1] == "cost_way"


@pytest.mark.parametrize(("path", "page", "key"), BOTH, ids=IDS)
@pytest.mark.parametrize("show", Show)
def test_every_choice_of_rows_is_what_it_says(
    path, page, key, show, shop_app, analytics, period
) -> None:
    at = shop_app(path, range="Last 90 days")
    at.get_by_key("show").set_value(show.value).run()
    assert not at.exception
    names = ["units_sold", "contribution_profit", "cost_coverage"]
    if show is Show.NO_SALES:
        frame = analytics.calculate_metrics_batch(
            [period],
            level=page.level,
            metrics=names,
            entities=analytics.calculate_metrics_batch(
                [view_all(analytics)], level=page.level, metrics=names
            )["entity_id"].tolist(),
        )
        assert len(rows(at)) >= (frame["units_sold"] == 0).sum() > 0
        return
    frame = analytics.calculate_metrics_batch([period], level=page.level, metrics=names)
    wanted = {
        Show.ALL: len(frame),
        Show.LOSING: int((frame["contribution_profit"] < 0).sum()),
        Show.NO_COST: int((frame["cost_coverage"] < 1).sum()),
    }[show]
    if wanted:
        assert len(rows(at)) == wanted
    else:
        assert at.info[0].value.startswith(f"No {page.one} is")


@pytest.mark.parametrize(("path", "page", "key"), BOTH, ids=IDS)
def test_days_without_facts_offer_the_nearest_month_with_orders(path, page, key, shop_app) -> None:
    at = shop_app(path, range="Custom", dates=["2022-01-01", "2022-01-31"])
    assert at.info[0].proto.title == "Nothing in this range"
    next(one for one in at.button if one.label.startswith("Show ")).click().run()
    assert len(rows(at)) > 0
    assert len(at.query_params["dates"]) == 2, "a link to it shows the same days"


def test_a_choice_that_leaves_nothing_leads_back_to_all(shop_app, analytics) -> None:
    day = analytics.orders_frame(view_all(analytics))["ordered_at"].iloc[0]
    at = shop_app(pages.LISTINGS, range="Custom", dates=[f"{day:%F}", f"{day:%F}"], show="Losing")
    if not at.info:  # the day has a listing that loses: those without a cost are fewer
        at = shop_app(
            pages.LISTINGS, range="Custom", dates=[f"{day:%F}", f"{day:%F}"], show="Without cost"
        )
    assert at.info[0].proto.title == "No listing matches"
    next(one for one in at.button if one.label == "Show all listings").click().run()
    assert at.get_by_key("show").value == "All"
    assert len(rows(at)) > 0


@pytest.mark.parametrize(("path", "page", "key"), BOTH, ids=IDS)
def test_prices_and_costs_of_all_stand_above_the_table(
    path, page, key, shop_app, analytics, period
) -> None:
    at = shop_app(path, range="Last 90 days", chart="Price and cost")
    names = ["average_unit_price", "average_unit_cost"]
    whole = analytics.calculate_metrics_batch([period], level="shop", metrics=names).iloc[0]
    for name in names:
        assert text(REGISTRY[name].unit, whole[name], "USD") in at.get("plotly_chart")[0].proto.alt


def test_a_price_elasticity_is_said_where_it_is_known(period) -> None:
    figures = Figures({period: {"price_elasticity": -1.234}}, "USD", Level.PRODUCT)
    assert elasticity_words(figures, period).startswith("Price elasticity **−1.23**: by so many")
    nothing = Figures({period: {"price_elasticity": None}}, "USD", Level.PRODUCT)
    assert elasticity_words(nothing, period) == ""


def view_all(analytics):
    return Period.custom(analytics.first_day, analytics.today)


@pytest.mark.parametrize(("path", "page", "key"), BOTH, ids=IDS)
def test_sorting_orders_the_rows_and_stands_in_the_address(path, page, key, shop_app) -> None:
    at = shop_app(path, range="Last 90 days")
    at.selectbox(key="pick sort").select("units_sold").run()
    assert at.query_params["sort"] == "units_sold"
    drawn = list(rows(at)["units_sold"])
    assert drawn == sorted(drawn, reverse=True)


@pytest.mark.parametrize(("path", "page", "key"), BOTH, ids=IDS)
def test_one_of_them_opens_by_its_picker_with_its_own_cards(
    path, page, key, shop_app, analytics, period
) -> None:
    each = analytics.calculate_metrics_batch([period], level=page.level, metrics=["orders"])
    entity = each["entity_id"].iloc[1]
    at = shop_app(path, range="Last 90 days")
    at.selectbox(key=f"pick {key}").select(str(entity)).run()
    assert not at.exception
    assert at.query_params[key] == str(entity)
    answer = analytics.calculate_metrics_batch([period], level=page.level, entities=[entity]).iloc[
        0
    ]
    assert [card.label for card in at.metric] == [REGISTRY[name].label for name in page.cards]
    for card, name in zip(at.metric, page.cards, strict=True):
        assert card.value == shown(name, answer), name


@pytest.mark.parametrize(("path", "page", "key"), BOTH, ids=IDS)
@pytest.mark.parametrize("tab", ["Trend", "SKUs", "Costs", "Bridge", "Orders", "Traffic"])
def test_every_tab_of_the_detail_opens(path, page, key, tab, shop_app, analytics, period) -> None:
    if tab in OF_THE_OTHER[key]:
        return
    each = analytics.calculate_metrics_batch([period], level=page.level, metrics=["orders"])
    entity = each["entity_id"].iloc[0]
    at = shop_app(path, range="Last 90 days")
    at.selectbox(key=f"pick {key}").select(str(entity)).run()
    at.session_state["tab"] = tab
    at.run()
    assert not at.exception
    if tab == "Orders":
        drawn = at.dataframe[0].value
        whole = analytics.calculate_metrics_batch(
            [period], level=page.level, metrics=["net_revenue"], entities=[entity]
        )["net_revenue"].iloc[0]
        assert round(drawn["net_revenue"].sum() * 100) == whole


def test_an_unknown_listing_in_the_address_is_answered_by_all_of_them(shop_app) -> None:
    at = shop_app(pages.LISTINGS, range="Last 90 days", listing="12")
    assert at.selectbox(key="pick listing").value == ""


@pytest.mark.parametrize(("path", "page", "key"), BOTH, ids=IDS)
def test_change_and_line_of_each_row_are_the_engines(
    path, page, key, shop_app, analytics, view_of
) -> None:
    view = view_of(Filters(RangeName.LAST_90_DAYS))
    at = shop_app(path, range="Last 90 days")
    total, drawn = at.dataframe[0].value, rows(at)

    def answer(metric, periods, level):
        frame = analytics.calculate_metrics_batch(periods, level=level, metrics=[metric])
        return frame.set_index(["entity_id", "period_start", "period_end"])[metric]

    now, before = view.period, view.compared
    revenue = answer("net_revenue", [now, before], page.level)
    sales = answer("net_sales", [bucket.asked for bucket in view.buckets], page.level)
    named = str if key == "sku" else listing_name(analytics.titles)
    entities = {named(entity): entity for entity, *_ in revenue.index}
    checked = 0
    for row in drawn.head(30).to_dict("records"):
        entity = entities[row["name"]]
        old = revenue.get((entity, before.start, before.end), 0)
        new = revenue[entity, now.start, now.end]
        if old > 0:
            assert row["change"] == pytest.approx(100 * (new - old) / old, abs=0.0001)
            checked += 1
        else:
            assert pd.isna(row["change"])
        line = [
            sales.get((entity, one.asked.start, one.asked.end), 0) / 100 for one in view.buckets
        ]
        assert list(row["line"]) == line
    assert checked > 5
    whole = answer("net_revenue", [now, before], "shop").droplevel("entity_id")
    new, old = (whole[one.start, one.end] for one in (now, before))
    assert total["change"].iloc[0] == pytest.approx(100 * (new - old) / old, abs=0.0001)


@pytest.mark.parametrize(("path", "page", "key"), BOTH, ids=IDS)
def test_the_cumulative_share_says_how_few_make_most(
    path, page, key, shop_app, analytics, period
) -> None:
    at = shop_app(path, range="Last 90 days", chart="Cumulative share")
    (alt,) = [chart.proto.alt for chart in at.get("plotly_chart")]
    each = analytics.calculate_metrics_batch([period], level=page.level, metrics=["net_revenue"])
    ordered = each["net_revenue"].sort_values(ascending=False).cumsum()
    enough = int((ordered * 100 < 80 * each["net_revenue"].sum()).sum()) + 1
    assert alt == f"{enough:,} of {len(each):,} {page.many} make 80 % of net revenue."


def test_the_skus_of_a_listing_add_up_to_it(shop_app, analytics, period) -> None:
    each = analytics.calculate_metrics_batch(
        [period], level="listing", metrics=["net_revenue", "contribution_profit", "units_sold"]
    ).sort_values("units_sold", ascending=False)
    top = each.iloc[0]
    at = shop_app(pages.LISTINGS, range="Last 90 days", listing=str(top["entity_id"]), tab="SKUs")
    drawn = at.dataframe[0].value
    assert len(drawn) > 1
    assert drawn["units_sold"].sum() == top["units_sold"]
    for name in ("net_revenue", "contribution_profit"):
        assert round(drawn[name].sum() * 100) == top[name]


def test_the_costs_of_a_sku_name_their_rows(shop_app, analytics, period) -> None:
    each = analytics.calculate_metrics_batch(
        [period], level="product", metrics=["average_unit_cost"]
    ).dropna()
    sku = each["entity_id"].iloc[0]
    drawn = shop_app(pages.PRODUCTS, range="Last 90 days", sku=sku, tab="Costs").dataframe[0].value
    spells = analytics.cost_history(sku)
    assert list(drawn["region"]) == [spell.region for spell in spells]
    assert list(drawn["row"].dropna()) == [str(one.row) for one in spells if one.row is not None]
    assert set(drawn["file"].dropna()) <= {"cost.csv", "sku_map.csv"}


@pytest.mark.parametrize("group", [Group.COST_CODE, Group.LISTING])
def test_groups_of_products_are_the_engines_below_the_whole(
    group, shop_app, analytics, period
) -> None:
    at = shop_app(pages.PRODUCTS, range="Last 90 days", group=group.value)
    drawn = at.dataframe[0].value
    ask = {"metrics": product_groups.COLUMNS}
    each = (
        analytics.calculate_metrics_batch([period], level="listing", **ask)
        if group is Group.LISTING
        else analytics.calculate_metrics_batch([period], level="shop", breakdown="cost_code", **ask)
    ).sort_values("contribution_profit", ascending=False, kind="stable")
    whole = analytics.calculate_metrics_batch([period], level="shop", **ask)
    assert len(each) > 1
    wanted = pd.concat([whole, each])
    for name in product_groups.COLUMNS:
        unit, currency = REGISTRY[name].unit, analytics.shop.currency
        values = [number(unit, value, currency) for value in wanted[name]]
        shown = [None if pd.isna(value) else value for value in drawn[name]]
        assert shown == [None if pd.isna(value) else value for value in values], name


@pytest.mark.parametrize(("tab", "key"), [("Countries", "country"), ("Listings", "entity_id")])
def test_a_sku_opens_by_country_and_by_listing_which_come_to_it(
    tab, key, shop_app, analytics, period
) -> None:
    names = ["units_sold", "net_revenue", "contribution_profit"]
    each = analytics.calculate_metrics_batch([period], level="product", metrics=names)
    sku = each.sort_values("units_sold")["entity_id"].iloc[-1]
    at = shop_app(pages.PRODUCTS, range="Last 90 days", sku=sku, tab=tab)
    whole, *groups = at.dataframe[0].value.to_dict("records")
    assert groups
    for name in names:
        shown = number(REGISTRY[name].unit, each.set_index("entity_id").loc[sku, name], "USD")
        assert whole[name] == shown
        assert round(sum(row[name] for row in groups), 2) == whole[name]
