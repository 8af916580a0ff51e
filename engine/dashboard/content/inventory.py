"""Inventory: what runs out, what lies dead, how much money stands on the shelf.

Stock is of the end of one day. Whatever the page counts over days it counts over as many days as
the range has, up to that one, so that its numbers belong together.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from enum import StrEnum

import streamlit as st

from engine.dashboard import drill, pages
from engine.dashboard.charts.chart import draw as draw_chart
from engine.dashboard.charts.ranked import ranked
from engine.dashboard.charts.steps import steps_over_time
from engine.dashboard.content import parts, stock_tables
from engine.dashboard.data import entity_figures, shop_figures
from engine.dashboard.filter_bar import choose
from engine.dashboard.filters import resolve
from engine.dashboard.grids import Grid
from engine.dashboard.kept import kept
from engine.dashboard.metric_names import at_level
from engine.dashboard.page_run import PageRun, open_run
from engine.dashboard.wording import day_words, days_words, range_words
from engine.metrics.formats import known
from engine.metrics.model import PRODUCT, SHOP
from engine.metrics.registry import REGISTRY
from engine.ranges import RangeName

PAGE = "inventory"
CARDS = at_level(
    SHOP,
    "closing_stock",
    "stock_value",
    "days_of_stock",
    "stockout_risk",
    "stock_turnover",
    "sell_through",
    "stockout_days",
    "active_offers",
)
COLUMNS = at_level(
    PRODUCT,
    "stock_value",
    "closing_stock",
    "units_sold",
    "days_of_stock",
    "stockout_risk",
    "sell_through",
    "stock_turnover",
    "stockout_days",
    "contribution_per_unit",
)
STOCK, VALUE, SOLD = at_level(PRODUCT, "closing_stock", "stock_value", "units_sold")
# All that the page draws of the shop: its cards, and the row above those of SKUs.
OF_SHOP = tuple(dict.fromkeys((*CARDS, *COLUMNS)))
_SKUS = Grid("stock", "SKU", "SKUs", COLUMNS, VALUE)


class AsOf(StrEnum):
    """Whose stock it is. The labels stand in addresses, so they never change."""

    NOW = "Now"
    RANGE_END = "End of the range"


def draw(run: PageRun) -> None:
    """Draw the page."""
    chosen = choose(
        "Stock as of",
        list(AsOf),
        "stock",
        help="Today, or the last day of the range that the filters choose.",
    )
    run = as_of(run, AsOf(chosen))
    open_run(run)  # the panel below explains the numbers of this page
    day = run.view.period.end
    if run.figures.value(STOCK, run.view.period) is None:
        _unknown(run, day)
        return
    st.caption(
        f"Stock at the end of {day_words(day)}; sales, turnover and stock-outs of the "
        f"{days_words(run.view.period.days)} up to it, {range_words(run.view.period)}."
    )
    parts.draw_cards(run, CARDS)
    stock = kept(run.analytics.stock_table, day)
    rows = parts.rows_of(run, PRODUCT, COLUMNS, tuple(stock["sku"]))
    stock_tables.draw_due(run, stock, rows)
    stock_tables.draw_dead(run, stock)
    _draw_ages(run, day)
    _draw_one(run)
    st.subheader("Every SKU whose stock is known")
    opens = drill.on_page(pages.PRODUCTS, drill.KEYS[PRODUCT])
    parts.draw_grid(run, PAGE, PRODUCT, _SKUS, opens, rows, tuple(stock["sku"]))


def as_of(run: PageRun, when: AsOf) -> PageRun:
    """Return the run whose days are as many as those of the range, and end on the day of stock."""
    today, period = run.analytics.today, run.view.period
    if when is AsOf.RANGE_END or period.end == today:
        return run
    first = today - timedelta(days=period.days - 1)
    view = resolve(
        replace(run.view.filters, range_name=RangeName.CUSTOM, dates=(first, today)),
        today=today,
        first_day=run.first_day,
        week_start=run.analytics.shop.week_start,
    )
    asked = (view.period, view.compared, *(bucket.asked for bucket in view.buckets))
    periods = dict.fromkeys(period for period in asked if period is not None)
    figures = shop_figures(run.analytics, tuple(periods), OF_SHOP, view.dating)
    return replace(run, view=view, figures=figures)


def _unknown(run: PageRun, day: date) -> None:
    """Say that today's stock does not stand in for that of another day."""
    first = run.analytics.first_stock_day
    known_from = "No stock was ever recorded"
    if first is not None:
        known_from = f"The first day of which stock is known is {day_words(first)}"
    st.info(
        f"{known_from}. It is recorded with every import and report run, and holds for a week; "
        "a day that nobody looked at stays unknown.",
        title=f"No stock is known of {day_words(day)}",
    )


def _draw_ages(run: PageRun, day: date) -> None:
    """Draw how much money lies how long."""
    ages = kept(run.analytics.stock_ages, day)
    metric = REGISTRY[VALUE]
    with st.container(border=True):
        st.subheader(f"{metric.label} by days since the last sale")
        bars = [(str(row["since_sale"]), known(row[VALUE])) for row in ages.to_dict("records")]
        draw_chart(ranked(metric, bars, run.currency), "ages")
        st.caption("Stock without a known cost has no value here, and is in no bar.")


def _draw_one(run: PageRun) -> None:
    """Draw the stock and the sales of one SKU over time."""
    with st.container(border=True):
        st.subheader("One SKU over time")
        sku = drill.pick_entity(run, PRODUCT, nothing="Choose a SKU")
        if sku is None:
            return
        figures = entity_figures(run.analytics, PRODUCT, sku, run.view.periods, run.view.dating)
        metrics = [REGISTRY[name] for name in (STOCK, SOLD)]
        draw_chart(steps_over_time(metrics, figures, run.view), "stock of one")
        st.caption(
            f"{metrics[0].label} is that of the last day of each step; where it is not known the "
            "line is broken."
        )
