"""How the orders placed in the range are spread: by value, by profit, by units."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import streamlit as st

from engine.dashboard.charts.chart import draw as draw_chart
from engine.dashboard.charts.histogram import Bar, histogram
from engine.dashboard.downloads import export
from engine.dashboard.filter_bar import choose
from engine.dashboard.kept import kept
from engine.dashboard.page_run import PageRun
from engine.dashboard.tables import Heading, Table
from engine.metrics.formats import text
from engine.metrics.model import Unit
from engine.metrics.spreads import Bin, Spread

_PAGE = "orders"
# What of the orders is spread, by its label in the address, and what the axis says.
SPREADS = {
    "Order value": (Spread.VALUE, "Goods after discounts"),
    "Profit": (Spread.CONTRIBUTION, "Contribution profit of the sale"),
    "Units": (Spread.UNITS, "Units"),
}


def draw(run: PageRun) -> None:
    """Draw how value, profit or units of the orders placed in the range are spread."""
    with st.container(border=True):
        with st.container(
            horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute"
        ):
            chosen = choose("Spread of", list(SPREADS), "spread")
            spread, title = SPREADS[chosen]
            bins = kept(run.analytics.order_spread, run.view.period, spread)
            table = spread_table(chosen, bins)
            export(run, _PAGE, "spread", partial(table.sheet, run.currency))
        if not table.rows:
            st.caption("No order was placed in this range; what is below are refunds of others.")
            return
        bars = [
            Bar(
                _edge(one.high if one.low is None else one.low, spread, run.currency),
                bin_words(one, spread, run.currency),
                one.count,
                is_loss=one.high is not None and one.high <= 0,
            )
            for one in bins
        ]
        draw_chart(
            histogram(bars, f"{title}, {_unit(spread, run.currency)}", "orders"), "spread chart"
        )
        st.caption("Orders placed in this range, each without its refunds; far ones are together.")


def spread_table(chosen: str, bins: Sequence[Bin]) -> Table:
    """Return one row a bin: from, to below, and how many orders."""
    spread, _ = SPREADS[chosen]
    unit = Unit.COUNT if spread is Spread.UNITS else Unit.MONEY
    headings = (
        Heading("from", "From", unit),
        Heading("to_below", "To below", unit),
        Heading("orders", "Orders", Unit.COUNT),
    )
    rows = tuple((one.low, one.high, one.count) for one in bins)
    return Table("spread", headings, rows, f"Orders by {chosen.lower()}")


def bin_words(one: Bin, spread: Spread, currency: str) -> str:
    """Return `from 10 to below 20`, `20 or more`, `below −5`, or `3` of units."""
    low, high = (_edge(end, spread, currency) for end in (one.low, one.high))
    if one.low is None:
        return f"below {high}"
    if one.high is None:
        return f"{low} or more"
    return low if spread is Spread.UNITS else f"from {low} to below {high}"


def _edge(value: int | None, spread: Spread, currency: str) -> str:
    """Return a bound without its unit, and without decimals that are all zero."""
    if value is None:
        return ""
    if spread is Spread.UNITS:
        return text(Unit.COUNT, value, currency)
    said = text(Unit.MONEY, value, currency).removesuffix(f" {currency}")
    return said.removesuffix(".00")


def _unit(spread: Spread, currency: str) -> str:
    return "units" if spread is Spread.UNITS else currency
