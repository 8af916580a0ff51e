"""Every number opens: the panel's tree starts with the card's value and ends in its rows."""

from __future__ import annotations

from datetime import date

import pytest

from engine.analytics import EcommerceAnalyticsOptimized
from engine.dashboard import pages
from engine.dashboard.explain_panel import MOST_LEAVES, leaves_table, node_table
from engine.dashboard.filters import Filters
from engine.dashboard.wording import escape
from engine.metrics.formats import text
from engine.metrics.registry import REGISTRY
from engine.ranges import RangeName

OPENED = ["net_revenue", "net_profit", "orders", "order_value_median", "roas", "new_customers"]

QUIET = date(2026, 10, 1)  # a day without an order


@pytest.fixture
def period(view_of):
    return view_of(Filters(RangeName.TWELVE_MONTHS)).period


@pytest.mark.parametrize("name", OPENED)
def test_a_link_opens_a_number_that_is_the_engines(name, shop_app, analytics, period) -> None:
    at = shop_app(range="12 months", explain=name)
    whole = analytics.calculate_metrics_batch([period], level="shop", metrics=[name])[name].iloc[0]
    shown = text(REGISTRY[name].unit, whole, analytics.shop.currency)
    assert f"{REGISTRY[name].label}: {shown}" in [one.value for one in at.subheader]
    assert any("equals the card" in one.value for one in at.caption)


@pytest.mark.parametrize("path", [pages.ORDERS, pages.REFUNDS, pages.ADS], ids=lambda p: p.stem)
def test_every_page_has_the_panel(path, shop_app) -> None:
    at = shop_app(path, range="12 months")
    at.selectbox(key="pick explain").select("orders").run()
    assert not at.exception
    assert at.query_params["explain"] == "orders"


def test_the_panel_explains_the_listing_that_the_page_shows(shop_app, analytics, period) -> None:
    each = analytics.calculate_metrics_batch([period], level="listing", metrics=["net_revenue"])
    listing = int(each["entity_id"].iloc[0])
    at = shop_app(pages.LISTINGS, range="12 months")
    at.selectbox(key="pick listing").select(str(listing)).run()
    at.selectbox(key="pick explain").select("net_revenue").run()
    shown = text(REGISTRY["net_revenue"].unit, each["net_revenue"].iloc[0], "USD")
    assert f"Net revenue: {shown}" in [one.value for one in at.subheader]


def test_the_tree_stands_from_the_top_down(analytics, period) -> None:
    node = analytics.explain("gross_profit", "shop", analytics.shop.shop_id, period)
    labels = [str(row[0]) for row in node_table(node, "USD").rows]
    assert labels[0] == "Gross profit"
    assert labels[1].strip() == "Net revenue"
    assert any(label.strip() == "− Cost of goods sold" for label in labels)
    assert len(labels) == len(list(node.walk()))


def test_the_rows_of_a_part_add_up_to_it(analytics, period) -> None:
    node = analytics.explain("gross_merchandise_sales", "shop", analytics.shop.shop_id, period)
    (part,) = [one for one in node.walk() if one.leaves is not None]
    table = leaves_table(part)
    amount = [heading.name for heading in table.headings].index("amount")
    assert sum(row[amount] for row in table.rows) == node.value


def test_the_first_rows_are_shown_and_all_are_exported(analytics, period) -> None:
    node = analytics.explain("orders", "shop", analytics.shop.shop_id, period)
    (part,) = [one for one in node.walk() if one.leaves is not None]
    whole, shown = leaves_table(part), leaves_table(part, MOST_LEAVES)
    assert len(whole.rows) == node.value > MOST_LEAVES
    assert shown.rows == whole.rows[:MOST_LEAVES]


def test_an_unknown_number_says_why(shop_app) -> None:
    at = shop_app(range="Custom", explain="average_order_value")
    at.date_input(key="dates").set_value((QUIET, QUIET)).run()
    assert not at.exception
    assert "Average order value: –" in [one.value for one in at.subheader]
    assert at.info[-1].proto.title == "Not known"
    why = "Orders is not above 0: there is nothing to divide by."
    assert at.info[-1].value == escape(why)


def test_an_open_number_is_computed_once_for_a_version(shop_app, monkeypatch) -> None:
    at = shop_app(range="12 months", explain="net_profit")
    asked: list[str] = []
    monkeypatch.setattr(
        EcommerceAnalyticsOptimized, "explain", lambda *names, **_: asked.append(str(names))
    )
    at.selectbox(key="pick rows").select_index(1).run()
    assert not at.exception
    assert not asked
