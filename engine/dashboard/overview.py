"""The parts of the Overview: cards, a chart, the way to the profit, losers before winners."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from engine.dashboard import cards, downloads, grids, states, theme
from engine.dashboard.bridge import bridge_chart, bridge_steps, without_empty
from engine.dashboard.charts import over_time
from engine.dashboard.data import Value, entity_rows
from engine.dashboard.filter_bar import pick
from engine.dashboard.grids import Grid
from engine.dashboard.page_run import PageRun
from engine.dashboard.questions import (
    CARDS,
    COVERAGE,
    LISTING_COLUMNS,
    MEASURES,
    PRODUCT_COLUMNS,
    PROFIT,
    PROFIT_LOW,
    SIGNS_OF_LIFE,
)
from engine.metrics.formats import text
from engine.metrics.model import LISTING, PRODUCT, Level, Unit
from engine.metrics.registry import REGISTRY

_PAGE = "overview"
_LISTINGS = Grid("listings", "listing", "listings", LISTING_COLUMNS, PROFIT)
_SKUS = Grid("skus", "SKU", "SKUs", PRODUCT_COLUMNS, PROFIT)
_LOSERS = Grid("losers", "SKU", "SKUs", PRODUCT_COLUMNS, PROFIT, ascending=True)


def is_empty(run: PageRun) -> bool:
    """Whether nothing at all happened in the range."""
    return not any(run.figures.value(name, run.view.period) for name in SIGNS_OF_LIFE)


def draw_empty(run: PageRun) -> None:
    """Say so, and offer the nearest range that has orders."""
    states.nothing_in_range(run)


def draw_cards(run: PageRun) -> None:
    """Draw the cards, and below them how sure the profit is."""
    with st.grid(4, min_column_width=160):
        for name in CARDS:
            cards.draw(cards.metric_card(name, run.figures, run.view))
    said = basis_words(run)
    if said:
        st.caption(said)
    cards.appear_first()


def basis_words(run: PageRun) -> str:
    """Return how far the costs in the profit are known; nothing where all of them are."""
    coverage = run.figures.value(COVERAGE, run.view.period)
    profit, low = (run.figures.value(name, run.view.period) for name in (PROFIT, PROFIT_LOW))
    if profit == low and coverage in (None, 1):
        return ""
    label = REGISTRY[PROFIT].label
    known = text(Unit.SHARE, coverage, run.currency)
    said = f"{label} is **partial**: the unit cost is known for {known} of sales. "
    if low is None:
        return said + "What is unknown is not subtracted, so this is the high end."
    ends = (text(Unit.MONEY, end, run.currency) for end in (low, profit))
    return said + f"With what is unknown it lies **between {' and '.join(ends)}**."


def draw_chart(run: PageRun) -> None:
    """Draw one measure over time, with the comparison."""
    with st.container(border=True):
        with st.container(
            horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute"
        ):
            with st.container(width=280):
                name = pick("Measure", MEASURES, lambda one: REGISTRY[one].label, key="metric")
            _export(run, "Export cards and series", "series", partial(_series_file, run))
        chart = over_time(REGISTRY[name], run.figures, run.view)
        st.plotly_chart(chart.figure, key="over time", config=theme.PLAIN, alt=chart.alt)
        if chart.has_cut_bars:
            st.caption("Hatched: the range holds only a part of this bar's days.")


def draw_bridge(run: PageRun) -> None:
    """Draw the way from the list price to contribution profit."""

    def amount(name: str) -> int:
        value = run.figures.value(name, run.view.period)
        assert isinstance(value, int), f"{name} is a sum and always known"
        return value

    with st.container(border=True):
        st.subheader("From list price to contribution profit")
        chart = bridge_chart(without_empty(bridge_steps(amount)), run.currency)
        st.plotly_chart(chart.figure, key="bridge", config=theme.PLAIN, alt=chart.alt)


def draw_losers(run: PageRun) -> None:
    """Draw the SKUs that lose money, worst first."""
    st.subheader("Losing money")
    frame = _rows(run, PRODUCT, PRODUCT_COLUMNS)
    losing = frame[(frame[PROFIT] < 0).fillna(False)]
    if losing.empty:
        st.caption("No SKU has a negative contribution profit in this range.")
        return
    rows = grids.grid_rows(losing, _LOSERS, grids.sku_name, run.currency)
    grids.draw(_LOSERS, rows, None, run.currency)


def draw_best(run: PageRun) -> None:
    """Draw the listings and the SKUs, those that earn most first."""
    titles = grids.listing_name(run.analytics.titles)
    _ranking(run, LISTING, _LISTINGS, titles)
    _ranking(run, PRODUCT, _SKUS, grids.sku_name)


def _ranking(run: PageRun, level: Level, grid: Grid, name_of: Callable[[Any], str]) -> None:
    st.subheader(f"{grid.heading} by {REGISTRY[PROFIT].label.lower()}")
    frame = _rows(run, level, grid.metrics)
    rows = grids.grid_rows(frame, grid, name_of, run.currency)
    whole: dict[str, Value] = {
        name: run.figures.value(name, run.view.period) for name in grid.metrics
    }
    total = grids.total_row(grid, f"All {grid.many}", whole, run.currency)
    button = partial(
        _export, run, f"Export {grid.many}", grid.key, partial(_entity_file, run, level, name_of)
    )
    grids.draw(grid, rows, total, run.currency, button)


def _rows(run: PageRun, level: Level, metrics: tuple[str, ...] | None) -> pd.DataFrame:
    return entity_rows(run.analytics, run.view.period, level, metrics, run.view.dating)


def _export(run: PageRun, label: str, what: str, make: Callable[[], bytes]) -> None:
    period = run.view.period
    st.download_button(
        label,
        make,
        file_name=downloads.file_name(
            f"{_PAGE}-{what}", run.analytics.shop.name, period.start, period.end
        ),
        mime=downloads.MIME,
        on_click="ignore",
        key=f"export {what}",
    )


def _series_file(run: PageRun) -> bytes:
    names = tuple(dict.fromkeys((*CARDS, *MEASURES)))
    return downloads.series_file(run.figures, run.view, names)


def _entity_file(run: PageRun, level: Level, name_of: Callable[[Any], str]) -> bytes:
    metrics = [metric.name for metric in REGISTRY.at_level(level)]
    frame = _rows(run, level, None)
    return downloads.entity_file(frame, metrics, run.currency, name_of)
