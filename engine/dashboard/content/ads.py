"""Ads & traffic: whether advertising pays, and where visitors turn into orders."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import streamlit as st

from engine.dashboard import drill, pages, states
from engine.dashboard.charts.chart import draw as draw_chart
from engine.dashboard.charts.points import points
from engine.dashboard.charts.steps import steps_over_time
from engine.dashboard.content import parts
from engine.dashboard.filter_bar import choose
from engine.dashboard.grids import Extra, Grid
from engine.dashboard.metric_names import at_level
from engine.dashboard.page_run import PageRun
from engine.metrics.ad_verdict import SURE, judge
from engine.metrics.formats import known
from engine.metrics.model import LISTING, SHOP
from engine.metrics.registry import REGISTRY

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
    "views",
    "visits",
    "orders",
    "conversion_rate",
)
_SPEND, _FEES, _VISITS, _VIEWS, _ORDERS = at_level(
    SHOP, "ad_spend", "offsite_ads_fees", "visits", "views", "orders"
)
PROFIT, PROFIT_LOW, ORDERS, ROAS, BREAK_EVEN = at_level(
    LISTING,
    "contribution_profit",
    "contribution_profit_low",
    "ad_orders",
    "roas",
    "break_even_roas",
)
# What the chart holds against each other: label in the address and metrics.
CHARTS = {
    "Return on spend": at_level(SHOP, "roas", "break_even_roas"),
    "Spend and sales": at_level(SHOP, "ad_spend", "ad_sales"),
}
FUNNEL = "Visits and orders"
_LISTINGS = Grid("listings", "listing", "listings", COLUMNS, COLUMNS[0])
_VERDICT_HELP = (
    f"Whether the return is above or below the break-even with a chance of {SURE} %, as far as so "
    "few orders can tell; the number says how many would."
)


def draw(run: PageRun) -> None:
    """Draw the page."""
    names = (_SPEND, _FEES, _VISITS, _VIEWS)
    if not any(run.figures.value(name, run.view.period) for name in names):
        st.info(
            "Two tables bring this page: ad_statistics for spend, clicks and sales, and "
            "listing_statistics for views and visits.",
            title="No ads and no visits in this range",
        )
        states.offer_nearest(run, _VISITS)
        return
    parts.draw_cards(run, CARDS)
    st.caption("Ads pay where the return on ad spend is above the break-even of the same listing.")
    rows = parts.rows_of(run, LISTING, (*COLUMNS, PROFIT, PROFIT_LOW))
    _draw_chart(run, rows)
    parts.draw_measure(run, _PAGE, MEASURES)
    st.subheader("Ads and visits by listing")
    opens = drill.on_page(pages.LISTINGS, drill.KEYS[LISTING], tab="Traffic")
    grid = replace(_LISTINGS, extras=(_verdicts(run, rows),))
    parts.draw_grid(run, _PAGE, LISTING, grid, opens, rows)


def _draw_chart(run: PageRun, rows: pd.DataFrame) -> None:
    """Draw the return of ads beside the one that pays, spend beside sales, or visits and orders."""
    with st.container(border=True):
        chosen = choose("Chart", (*CHARTS, FUNNEL), "ads chart")
        if chosen == FUNNEL:
            visits, orders = (REGISTRY[name] for name in (_VISITS, _ORDERS))
            name_of = drill.namer(run, LISTING)
            draw_chart(points(visits, orders, rows, name_of, run.currency, "listings"), "funnel")
            return
        metrics = [REGISTRY[name] for name in CHARTS[chosen]]
        draw_chart(steps_over_time(metrics, run.figures, run.view), "pays")


def _verdicts(run: PageRun, rows: pd.DataFrame) -> Extra:
    """Return the column that says of each listing whether its ads pay."""
    names = (ORDERS, ROAS, BREAK_EVEN, PROFIT, PROFIT_LOW)
    columns = (rows[name].tolist() for name in ("entity_id", *names))
    said = {entity: verdict_words(*map(known, row)) for entity, *row in zip(*columns, strict=True)}
    whole = (run.figures.value(name, run.view.period) for name in names)
    config = st.column_config.TextColumn("Do ads pay", help=_VERDICT_HELP, width="medium")
    return Extra("verdict", config, said.get, verdict_words(*whole))


def verdict_words(orders: Any, roas: Any, break_even: Any, profit: Any, low: Any) -> str | None:
    """Return whether ads pay, and how many orders would tell where they can't."""
    verdict = judge(orders or 0, roas, break_even, profit, low)
    if verdict is None:
        return None
    if verdict.orders_needed is None:
        return verdict.pays
    return f"{verdict.pays}: {verdict.orders_needed:,} needed"
