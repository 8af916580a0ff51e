"""Shipping & duties: where parcels earn or lose, and whether postage is priced right."""

from __future__ import annotations

from functools import partial
from typing import Any

import streamlit as st

from engine.dashboard import drill, pages, tables
from engine.dashboard.charts.chart import draw as draw_chart
from engine.dashboard.charts.ranked import MOST_BARS, ranked
from engine.dashboard.content import parts, shipping_losers
from engine.dashboard.content.orders import UNKNOWN_COUNTRY
from engine.dashboard.data import breakdown_rows
from engine.dashboard.downloads import export
from engine.dashboard.grids import Grid
from engine.dashboard.metric_names import at_level
from engine.dashboard.page_run import PageRun
from engine.dashboard.tables import Heading, Table, of_metric
from engine.metrics.formats import known, text
from engine.metrics.model import PRODUCT, SHOP, Unit
from engine.metrics.registry import REGISTRY

_PAGE = "shipping"
CARDS = at_level(
    SHOP,
    "shipping_income",
    "fulfilment_cost",
    "shipping_result",
    "duty",
    "import_tax",
    "carrier_fee",
    "fulfilment_cost_per_parcel",
    "parcels",
)
MEASURES = at_level(
    SHOP,
    "shipping_result",
    "shipping_income",
    "fulfilment_cost",
    "postage",
    "duty",
    "import_tax",
    "carrier_fee",
    "fulfilment_cost_per_parcel",
    "landed_cost_per_order",
    "parcels",
    "weight_coverage",
)
# Where parcels go and how: label in the address and dimension of the engine.
BY = {"Country": "country", "Zone": "zone", "Weight tier": "tier", "Carrier": "carrier"}
BY_COLUMNS = at_level(
    SHOP,
    "shipping_result",
    "orders",
    "parcels",
    "shipping_income",
    "postage",
    "duty",
    "import_tax",
    "carrier_fee",
    "landed_cost_per_order",
    "contribution_profit",
    "contribution_margin",
)
COLUMNS = at_level(PRODUCT, *BY_COLUMNS)
_WEIGHED, _PARCELS = at_level(SHOP, "weight_coverage", "parcels")
_SKUS = Grid("skus", "SKU", "SKUs", COLUMNS, COLUMNS[0], ascending=True)


def draw(run: PageRun) -> None:
    """Draw the page."""
    if not run.figures.value(_PARCELS, run.view.period):
        st.info("No order of this range has a parcel.", title="Nothing was shipped in this range")
        return
    parts.draw_cards(run, CARDS)
    covered = text(Unit.SHARE, run.figures.value(_WEIGHED, run.view.period), run.currency)
    st.caption(f"{REGISTRY[_WEIGHED].label}: {covered}. What is not known is not subtracted.")
    parts.draw_measure(run, _PAGE, MEASURES)
    parts.draw_tabs(
        {
            "Lanes": partial(_lanes, run),
            "Losing parcels": partial(shipping_losers.draw_parcels, run),
            "To the US": partial(shipping_losers.draw_to_duty_country, run),
            "By weight": partial(shipping_losers.draw_weights, run),
        },
        key="shipping",
    )


def _lanes(run: PageRun) -> None:
    _by_dimension(run)
    st.subheader("SKUs whose parcels cost more than buyers pay for them")
    parts.draw_grid(run, _PAGE, PRODUCT, _SKUS, drill.on_page(pages.PRODUCTS, "sku"))


def _by_dimension(run: PageRun) -> None:
    """Draw where parcels earn or lose, and the table behind it."""
    words = list(BY)
    by = st.segmented_control(
        "By", words, default=words[0], required=True, key="by", bind="query-params"
    )
    by = by if by in BY else words[0]
    table = by_table(run, by)
    with st.container(border=True):
        st.subheader(f"{REGISTRY[BY_COLUMNS[0]].label} by {by.lower()}")
        bars = [(str(row[0]), _number(row[1])) for row in table.rows]
        draw_chart(ranked(REGISTRY[BY_COLUMNS[0]], bars, run.currency), "by bars")
        if len(bars) > MOST_BARS:
            st.caption(f"The {MOST_BARS} of {len(bars)} that lose most or earn least.")
    export(run, _PAGE, f"by {by.lower()}", partial(table.sheet, run.currency))
    opens = _open_country if by == words[0] else None
    tables.draw(table, run.currency, ids=[row[0] for row in table.rows], opens=opens)


def by_table(run: PageRun, by: str) -> Table:
    """Return one row a country, zone, tier or carrier: those that lose most first."""
    dimension = BY[by]
    frame = breakdown_rows(
        run.analytics, run.view.period, dimension, BY_COLUMNS, run.view.dating
    ).sort_values(BY_COLUMNS[0], kind="stable")
    rows = tuple(
        (_said(row[dimension]), *(known(row[name]) for name in BY_COLUMNS))
        for row in frame.to_dict("records")
    )
    headings = (Heading(dimension, by), *(of_metric(name) for name in BY_COLUMNS))
    return Table("by rows", headings, rows, f"Parcels by {by.lower()}, those that lose most first")


def _said(value: Any) -> str:
    plain = known(value)
    return parts.WITHOUT if plain is None else str(plain)


def _number(cell: Any) -> int | None:
    return cell if isinstance(cell, int) else None


def _open_country(country: str) -> None:
    asked = UNKNOWN_COUNTRY if country == parts.WITHOUT else country
    drill.leave_for(pages.ORDERS, {"country": asked})
