"""The parts of the Overview: cards, a chart, the way to the profit, losers before winners."""

from __future__ import annotations

import streamlit as st

from engine.dashboard import drill, grids, pages
from engine.dashboard.bounds import partial_words
from engine.dashboard.bridge import bridge_of, from_subtotal, without_empty
from engine.dashboard.charts.chart import draw as draw_figure
from engine.dashboard.charts.waterfall import bridge_chart
from engine.dashboard.content import parts
from engine.dashboard.grids import Grid
from engine.dashboard.metric_names import at_level
from engine.dashboard.page_run import PageRun
from engine.dashboard.questions import NET_PROFIT, PROFIT
from engine.metrics.model import LISTING, PRODUCT, SHOP
from engine.metrics.registry import REGISTRY

_PAGE = "overview"
CARDS = at_level(
    SHOP,
    "net_revenue",
    "net_profit",
    "net_margin",
    "orders",
    "average_order_value",
    "new_customers",
    "refund_rate_value",
    "marketing_cost",
)
# What the chart can draw; the first is the default.
MEASURES = at_level(
    SHOP,
    "net_revenue",
    "net_profit",
    "net_margin",
    "contribution_profit",
    "contribution_margin",
    "gross_profit",
    "gross_margin",
    "orders",
    "average_order_value",
    "order_value_median",
    "units_sold",
    "customers",
    "new_customers",
    "returning_customers",
    "discounts",
    "returns_value",
    "refunds_total",
    "refund_rate_value",
    "cogs",
    "fulfilment_cost",
    "platform_fees",
    "marketing_cost",
    "shipping_result",
    "loss_orders",
    "cancelled_orders",
)
LISTING_COLUMNS = at_level(
    LISTING,
    "net_revenue",
    "contribution_profit",
    "contribution_margin",
    "orders",
    "units_sold",
    "refund_rate_value",
    "cost_coverage",
)
PRODUCT_COLUMNS = at_level(
    PRODUCT,
    "net_revenue",
    "contribution_profit",
    "contribution_margin",
    "units_sold",
    "average_unit_price",
    "average_unit_cost",
    "refund_rate_value",
    "cost_coverage",
)
(REVENUE,) = at_level(SHOP, "net_revenue")
_LISTINGS = Grid("listings", "listing", "listings", LISTING_COLUMNS, PROFIT)
_SKUS = Grid("skus", "SKU", "SKUs", PRODUCT_COLUMNS, PROFIT)
_LOSERS = Grid("losers", "SKU", "SKUs", PRODUCT_COLUMNS, PROFIT, ascending=True)


def draw_cards(run: PageRun) -> None:
    """Draw the cards, and below them how sure the profit is."""
    parts.draw_cards(run, CARDS)
    said = partial_words(NET_PROFIT, run.figures, run.view.period)
    if said:
        st.caption(said)


def draw_chart(run: PageRun) -> None:
    """Draw one measure over time, with the comparison."""
    parts.draw_measure(run, _PAGE, MEASURES, cards=CARDS)


def draw_bridge(run: PageRun) -> None:
    """Draw the way from net revenue to what is left; Profit bridge has all of it."""
    steps = from_subtotal(bridge_of(run.figures, run.view.period), REVENUE)
    with st.container(border=True):
        st.subheader(f"From {steps[0].label.lower()} to {steps[-1].label.lower()}")
        draw_figure(bridge_chart(without_empty(steps), run.currency), "bridge")


def draw_losers(run: PageRun) -> None:
    """Draw the SKUs that lose money, worst first."""
    st.subheader("Losing money")
    frame = parts.rows_of(run, PRODUCT, PRODUCT_COLUMNS)
    losing = frame[(frame[PROFIT] < 0).fillna(False)]
    if losing.empty:
        st.caption("No SKU has a negative contribution profit in this range.")
        return
    rows = grids.in_order(losing, _LOSERS, grids.sku_name)
    opens = drill.on_page(pages.PRODUCTS, drill.KEYS[PRODUCT])
    grids.draw(_LOSERS, rows, None, run.currency, opens=opens)


def draw_best(run: PageRun) -> None:
    """Draw the listings and the SKUs, those that earn most first."""
    for level, grid, page in (
        (LISTING, _LISTINGS, pages.LISTINGS),
        (PRODUCT, _SKUS, pages.PRODUCTS),
    ):
        st.subheader(f"{grid.heading} by {REGISTRY[PROFIT].label.lower()}")
        parts.draw_grid(run, _PAGE, level, grid, drill.on_page(page, drill.KEYS[level]))
