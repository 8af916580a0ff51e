"""Listings and Products beside each other: change, a small line each, and how few make most."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from engine.dashboard.charts.chart import draw as draw_chart
from engine.dashboard.charts.share_curve import share_curve
from engine.dashboard.charts.steps import steps_over_time
from engine.dashboard.data import Figures, entity_series
from engine.dashboard.filters import compared_words
from engine.dashboard.grids import Extra
from engine.dashboard.kept import kept
from engine.dashboard.metric_names import at_level
from engine.dashboard.page_run import PageRun
from engine.metrics.concentration import MOST_OF_IT, concentration, growth
from engine.metrics.formats import known, number, numbers, pattern, text
from engine.metrics.model import PRODUCT, SHOP, Level, Unit
from engine.metrics.registry import REGISTRY
from engine.periods import Period

SALES, REVENUE = at_level(SHOP, "net_sales", "net_revenue")
PRICES = at_level(SHOP, "average_unit_price", "average_unit_cost")  # of listings and SKUs as well
(ELASTICITY,) = at_level(PRODUCT, "price_elasticity")  # of listings as well


def extras(run: PageRun, level: Level) -> tuple[Extra, ...]:
    """Return the change of net revenue and the line of net sales, of SKUs the way to their cost.

    Two batch calls at most.
    """
    found = [_line(run, level)]
    if run.view.compared is not None:
        found.insert(0, _change(run, level))
    if level is PRODUCT:
        found.append(_cost_way(run))
    return tuple(found)


def _cost_way(run: PageRun) -> Extra:
    ways = kept(run.analytics.cost_ways, run.view.period.end)
    return Extra(
        "cost_way",
        st.column_config.TextColumn(
            "Whose cost it is",
            help="How the unit cost of the last month of the range is found, in the region where "
            "that takes the longest way. A SKU opens to all its costs.",
            width="medium",
        ),
        ways.get,
        None,
        is_last=True,
    )


def _change(run: PageRun, level: Level) -> Extra:
    view = run.view
    assert view.compared is not None
    periods = (view.compared, view.period)
    series = entity_series(run.analytics, periods, level, REVENUE, view.dating)
    label = REGISTRY[REVENUE].label
    words = compared_words(view)
    return Extra(
        "change",
        st.column_config.NumberColumn(
            f"{label} {words}",
            help=f"Change of {label.lower()}; – where there was none before.",
            format=pattern(Unit.SHARE, run.currency),
        ),
        lambda entity: _change_of(series.get(entity), run.currency),
        _grown(
            run.figures.value(REVENUE, view.period),
            run.figures.value(REVENUE, view.compared),
            run.currency,
        ),
    )


def _grown(now: Any, before: Any, currency: str) -> Any:
    return number(Unit.SHARE, growth(now, before), currency)


def _line(run: PageRun, level: Level) -> Extra:
    view = run.view
    periods = tuple(bucket.asked for bucket in view.buckets)
    series = entity_series(run.analytics, periods, level, SALES, view.dating)
    label = REGISTRY[SALES].label
    return Extra(
        "line",
        st.column_config.LineChartColumn(
            label, help=f"{label} by {view.grain.lower()}; each line has its own height.", width=90
        ),
        lambda entity: _line_of(series.get(entity), run.currency),
        numbers(Unit.MONEY, run.figures.series(SALES, periods), run.currency),
    )


def _change_of(amounts: list[int] | None, currency: str) -> Any:
    if amounts is None:
        return None
    before, now = amounts
    return _grown(now, before, currency)


def _line_of(amounts: list[int] | None, currency: str) -> list[Any] | None:
    return None if amounts is None else numbers(Unit.MONEY, amounts, currency)


def _amount(value: Any) -> int | None:
    plain = known(value)
    return plain if isinstance(plain, int) else None


def draw_prices(run: PageRun, figures: Figures) -> None:
    """Draw what a unit sells for and what it costs, as steps over time."""
    draw_chart(steps_over_time([REGISTRY[name] for name in PRICES], figures, run.view), "prices")
    st.caption("The gap between the two is what a unit earns before parcel and fees.")


def elasticity_words(figures: Figures, period: Period) -> str:
    """Return the price elasticity and what it means; nothing where it is not known."""
    metric = REGISTRY[ELASTICITY]
    value = figures.value(ELASTICITY, period)
    if value is None:
        return ""
    said = text(metric.unit, value, figures.currency)
    return (
        f"{metric.label} **{said}**: by so many per cent units changed with each per cent of "
        "price, over a year of weeks."
    )


def draw_concentration(run: PageRun, many: str, frame: pd.DataFrame) -> None:
    """Draw how many of the rows make most of the net revenue."""
    found = concentration([_amount(value) for value in frame[REVENUE]])
    if found is None:
        st.caption("There is no net revenue to share out.")
        return
    label = REGISTRY[REVENUE].label.lower()
    draw_chart(share_curve(found, many, label), "concentration")
    st.caption(
        f"{found.enough:,} of {len(found.shares):,} {many} make {MOST_OF_IT} % of {label}; the "
        "largest stands first."
    )
