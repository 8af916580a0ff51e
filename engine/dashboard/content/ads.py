"""Ads & traffic: whether advertising pays, and where visitors turn into orders."""

from __future__ import annotations

import streamlit as st

from engine.dashboard import drill, pages
from engine.dashboard.content import parts
from engine.dashboard.grids import Grid
from engine.dashboard.metric_names import at_level
from engine.dashboard.page_run import PageRun
from engine.metrics.model import LISTING, SHOP

_PAGE = "ads"
CARDS = at_level(
    SHOP,
    "ad_spend",
    "offsite_ads_fees",
    "roas",
    "break_even_roas",
    "ad_spend_rate",
    "cost_per_ad_order",
    "visits",
    "conversion_rate",
)
MEASURES = at_level(
    SHOP,
    "ad_spend",
    "ad_sales",
    "roas",
    "break_even_roas",
    "ad_spend_rate",
    "ad_clicks",
    "ad_orders",
    "cost_per_click",
    "cost_per_ad_order",
    "customer_acquisition_cost",
    "views",
    "visits",
    "conversion_rate",
    "profit_after_ads",
)
COLUMNS = at_level(
    LISTING,
    "ad_spend",
    "ad_clicks",
    "cost_per_click",
    "ad_orders",
    "ad_sales",
    "roas",
    "break_even_roas",
    "profit_after_ads",
    "visits",
    "conversion_rate",
)
_SPEND, _FEES, _VISITS, _VIEWS = at_level(SHOP, "ad_spend", "offsite_ads_fees", "visits", "views")
_LISTINGS = Grid("listings", "listing", "listings", COLUMNS, COLUMNS[0])


def draw(run: PageRun) -> None:
    """Draw the page."""
    names = (_SPEND, _FEES, _VISITS, _VIEWS)
    if not any(run.figures.value(name, run.view.period) for name in names):
        st.info(
            "Two tables bring this page: ad_statistics for spend, clicks and sales, and "
            "listing_statistics for views and visits.",
            title="No ads and no visits in this range",
        )
        return
    parts.draw_cards(run, CARDS)
    st.caption("Ads pay where the return on ad spend is above the break-even of the same listing.")
    parts.draw_measure(run, _PAGE, MEASURES)
    st.subheader("Ads and visits by listing")
    opens = drill.on_page(pages.LISTINGS, "listing")
    parts.draw_grid(run, _PAGE, LISTING, _LISTINGS, opens)
