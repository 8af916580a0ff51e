"""Listings and Products: all of them in one table, or one of them in detail.

Both pages are this module with another level. What is open stands in the address.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from engine.dashboard import drill, pages, states
from engine.dashboard.bounds import partial_words
from engine.dashboard.bridge import bridge_of, without_empty
from engine.dashboard.charts.chart import draw as draw_chart
from engine.dashboard.charts.points import points
from engine.dashboard.charts.waterfall import bridge_chart
from engine.dashboard.content import entity_details, entity_trends, parts, product_groups
from engine.dashboard.content.order_list import draw_orders
from engine.dashboard.content.product_groups import Group
from engine.dashboard.data import Figures, entity_figures, entity_rows, order_rows
from engine.dashboard.filter_bar import choose, pick
from engine.dashboard.grids import Grid
from engine.dashboard.metric_names import at_level
from engine.dashboard.page_run import PageRun
from engine.dashboard.questions import COVERAGE, PROFIT
from engine.dashboard.wording import escape
from engine.metrics.model import LISTING, PRODUCT, SHOP, Level
from engine.metrics.registry import REGISTRY

REVENUE, UNITS = at_level(SHOP, "net_revenue", "units_sold")


class Show(StrEnum):
    """Which rows. The labels stand in addresses, so they never change."""

    ALL = "All"
    LOSING = "Losing"
    NO_SALES = "Without sales"
    NO_COST = "Without cost"


class Picture(StrEnum):
    """What is charted above the table. The labels stand in addresses, so they never change."""

    POINTS = "Profit against revenue"
    SHARE = "Cumulative share"
    PRICES = "Price and cost"


@dataclass(frozen=True, slots=True)
class EntityPage:
    """What differs between Listings and Products."""

    name: str
    level: Level
    one: str
    many: str
    columns: tuple[str, ...]
    cards: tuple[str, ...]
    measures: tuple[str, ...]
    traffic: tuple[str, ...]  # cards of a tab of their own; none at a level without visits


def draw(run: PageRun, page: EntityPage) -> None:
    """Draw the list, or the one that is chosen."""
    entity = drill.pick_entity(run, page.level, nothing=f"All {page.many}")
    if entity is None:
        _draw_list(run, page)
    else:
        _draw_one(run, page, entity)


def _draw_list(run: PageRun, page: EntityPage) -> None:
    if page.level is PRODUCT:
        group = Group(choose("Group by", list(Group), "group"))
        if group is not Group.SKU:
            product_groups.draw(run, group)
            return
    with st.container(horizontal=True):
        show = Show(choose("Show", list(Show), "show"))
        with st.container(width=260):
            by = pick("Sort by", page.columns, parts.label_of, key="sort")
    frame = rows_to_show(run, page, show)
    if frame.empty and show is Show.ALL:
        states.nothing_in_range(run)
        return
    if frame.empty:
        st.info(f"No {page.one} is “{show.lower()}” in this range.", title=f"No {page.one} matches")
        st.button(f"Show all {page.many}", on_click=_show_all)
        return
    if show is not Show.NO_SALES:
        _draw_picture(run, page, frame)
    order = dict.fromkeys((by, *page.columns))
    extras = entity_trends.extras(run, page.level)
    grid = Grid(
        page.name,
        page.one,
        page.many,
        tuple(order),
        by,
        ascending=show is Show.LOSING,
        extras=extras,
    )
    parts.draw_grid(run, page.name, page.level, grid, drill.here(page.level), frame)


def _show_all() -> None:
    st.session_state["show"] = str(Show.ALL)


def _draw_picture(run: PageRun, page: EntityPage, frame: pd.DataFrame) -> None:
    """Draw all of them as points, or how many make most of the revenue."""
    with st.container(border=True):
        chosen = choose("Chart", list(Picture), "chart")
        if chosen == Picture.SHARE:
            entity_trends.draw_concentration(run, page.many, frame)
            return
        if chosen == Picture.PRICES:
            entity_trends.draw_prices(run, run.figures)
            return
        across, up = REGISTRY[REVENUE], REGISTRY[PROFIT]
        name_of = drill.namer(run, page.level)
        draw_chart(points(across, up, frame, name_of, run.currency, page.many), "points")


def rows_to_show(run: PageRun, page: EntityPage, show: Show) -> pd.DataFrame:
    """Return the rows of the choice: one batch call."""
    metrics = tuple(dict.fromkeys((*page.columns, REVENUE, PROFIT, UNITS, COVERAGE)))
    everything = drill.known_ids(run, page.level) if show is Show.NO_SALES else None
    frame = entity_rows(
        run.analytics, run.view.period, page.level, metrics, run.view.dating, everything
    )
    keep: dict[Show, Callable[[], pd.Series[bool]]] = {
        Show.ALL: lambda: frame[UNITS].notna(),
        Show.LOSING: lambda: (frame[PROFIT] < 0).fillna(False),
        Show.NO_SALES: lambda: (frame[UNITS] == 0).fillna(False),
        Show.NO_COST: lambda: (frame[COVERAGE] < 1).fillna(False),
    }
    return frame[keep[show]()]


def _draw_one(run: PageRun, page: EntityPage, entity: Any) -> None:
    figures = entity_figures(run.analytics, page.level, entity, run.view.periods, run.view.dating)
    st.subheader(escape(drill.namer(run, page.level)(entity)))
    parts.draw_cards(run, page.cards, figures)
    said = partial_words(PROFIT, figures, run.view.period)
    if said:
        st.caption(said)
    draws: dict[str, Callable[[], None]] = {
        "Trend": partial(_trend, run, page, figures),
        **_of_its_level(run, page, entity, figures),
        "Bridge": partial(_bridge, run, figures),
        "Orders": partial(_orders, run, page, entity),
    }
    if page.traffic:
        draws["Traffic"] = partial(parts.draw_cards, run, page.traffic, figures)
    parts.draw_tabs(draws, key="tab")


def _of_its_level(
    run: PageRun, page: EntityPage, entity: Any, figures: Figures
) -> dict[str, Callable[[], None]]:
    """Return the tabs that one level alone has: the SKUs of a listing, the costs of a SKU."""
    if page.level is LISTING:
        return {"SKUs": partial(entity_details.draw_skus, run, entity)}
    return {
        "Costs": partial(entity_details.draw_costs, run, entity),
        "Countries": partial(product_groups.draw_countries, run, entity, figures),
        "Listings": partial(product_groups.draw_listings, run, entity, figures),
    }


def _trend(run: PageRun, page: EntityPage, figures: Figures) -> None:
    parts.draw_measure(run, page.name, page.measures, figures)
    with st.container(border=True):
        st.subheader("Price and cost of a unit")
        entity_trends.draw_prices(run, figures)
        said = entity_trends.elasticity_words(figures, run.view.period)
        if said:
            st.caption(said)


def _bridge(run: PageRun, figures: Figures) -> None:
    steps = bridge_of(figures, run.view.period)
    draw_chart(bridge_chart(without_empty(steps), run.currency), "bridge")


def _orders(run: PageRun, page: EntityPage, entity: Any) -> None:
    frame = order_rows(run.analytics, run.view.period, run.view.dating, page.level, entity)
    draw_orders(run, frame, page.name, drill.on_page(pages.ORDERS, "order"))
