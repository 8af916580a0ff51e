"""What several pages draw alike: cards, one measure over time, a table of entities."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from engine.dashboard import cards, drill, grids, states
from engine.dashboard.charts.chart import draw
from engine.dashboard.charts.over_time import over_time
from engine.dashboard.data import Figures, entity_rows
from engine.dashboard.downloads import export
from engine.dashboard.filter_bar import pick
from engine.dashboard.grids import Grid
from engine.dashboard.page_run import PageRun
from engine.dashboard.questions import SIGNS_OF_LIFE
from engine.dashboard.sheets import Sheet, entity_sheet, series_sheet
from engine.metrics.model import Level
from engine.metrics.registry import REGISTRY

WITHOUT = "(none)"  # the group of what has no value of a dimension


def ends_here(run: PageRun, names: Sequence[str] = SIGNS_OF_LIFE) -> bool:
    """Whether nothing of this happened in the range; then the page has said so."""
    if any(run.figures.value(name, run.view.period) for name in names):
        return False
    states.nothing_in_range(run)
    return True


def draw_cards(run: PageRun, names: Sequence[str], figures: Figures | None = None) -> None:
    """Draw a card a metric, four in a row where there is room."""
    cards.draw_all(names, figures or run.figures, run.view)
    cards.appear_first()


def draw_tabs(draws: Mapping[str, Callable[[], None]], *, key: str) -> None:
    """Draw tabs, of which only the open one is computed; which one stands in the address."""
    labels = list(draws)
    for label, tab in zip(labels, st.tabs(labels, key=key, bind="query-params"), strict=True):
        if tab.open:
            with tab:
                draws[label]()


def heading(run: PageRun, page: str, title: str, what: str, make: Callable[[], Sheet]) -> None:
    """Draw what a table or chart is called, and beside it the buttons that export it."""
    with st.container(
        horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute"
    ):
        st.subheader(title)
        export(run, page, what, make)


def draw_measure(
    run: PageRun,
    page: str,
    measures: Sequence[str],
    figures: Figures | None = None,
    cards: Sequence[str] = (),
) -> None:
    """Draw one of these metrics over time; which one stands in the address.

    The export has all of them, and those of the `cards` before them.
    """
    asked = figures or run.figures
    exported = tuple(dict.fromkeys((*cards, *measures)))
    with st.container(border=True):
        with st.container(
            horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute"
        ):
            with st.container(width=280):
                name = pick("Measure", measures, label_of, key="metric")
            make = partial(series_sheet, asked, run.view, exported)
            export(run, page, "cards and series" if cards else "series", make)
        draw(over_time(REGISTRY[name], asked, run.view), "over time")


def draw_grid(
    run: PageRun,
    page: str,
    level: Level,
    grid: Grid,
    opens: Callable[[Any], None],
    frame: pd.DataFrame | None = None,
    entities: Sequence[Any] | None = None,
) -> None:
    """Draw the listings or SKUs of the range, below the shop's own figures; all can be exported.

    `entities`: all of them, where those without a fact in the range belong to the table.
    """
    rows = rows_of(run, level, grid.metrics, entities) if frame is None else frame
    name_of = drill.namer(run, level)
    ordered = grids.in_order(rows, grid, name_of)
    whole = {
        name: run.figures.value(name, run.view.period) if name in _shop_metrics() else None
        for name in grid.metrics
    }
    total = grids.total_row(grid, "Whole shop", whole, run.currency)
    metrics = [metric.name for metric in REGISTRY.at_level(level)]

    def sheet() -> Sheet:
        everything = rows_of(run, level, None, entities)
        return entity_sheet(level, everything, metrics, run.currency, name_of)

    grids.draw(
        grid, ordered, total, run.currency, partial(export, run, page, grid.many, sheet), opens
    )


def rows_of(
    run: PageRun,
    level: Level,
    metrics: Sequence[str] | None,
    entities: Sequence[Any] | None = None,
) -> pd.DataFrame:
    """Return the listings or SKUs with a fact in the range, or these: one batch call."""
    return entity_rows(run.analytics, run.view.period, level, metrics, run.view.dating, entities)


def label_of(name: str) -> str:
    """Return how people call a metric."""
    return REGISTRY[name].label


def _shop_metrics() -> set[str]:
    return {metric.name for metric in REGISTRY.at_level(Level.SHOP)}
