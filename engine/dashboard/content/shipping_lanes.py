"""Shipping & duties, by country, zone, weight tier or carrier: what was charged against the cost.

With a country in the address its own lanes and SKUs, else those of all.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from engine.dashboard import drill, grids, pages, tables
from engine.dashboard.charts.both_ways import Pair, both_ways
from engine.dashboard.charts.chart import draw as draw_chart
from engine.dashboard.charts.ranked import MOST_BARS, ranked
from engine.dashboard.content import parts
from engine.dashboard.content.orders import UNKNOWN_COUNTRY
from engine.dashboard.data import breakdown_rows
from engine.dashboard.downloads import export
from engine.dashboard.filter_bar import choose, pick
from engine.dashboard.grids import Grid
from engine.dashboard.metric_names import at_level
from engine.dashboard.page_run import PageRun
from engine.dashboard.sheets import entity_sheet
from engine.dashboard.tables import Heading, Table, of_metric
from engine.metrics.formats import known
from engine.metrics.model import PRODUCT, SHOP
from engine.metrics.registry import REGISTRY

_PAGE = "shipping"
KEY = "country"
_EVERYWHERE = ""  # the choice of no country
# Where parcels go and how: label in the address and dimension of the engine.
BY = {"Country": "country", "Zone": "zone", "Weight tier": "tier", "Carrier": "carrier"}
# How the cost of a parcel is known: label in the address and value of the dimension.
BASES = {"All": None, "Measured": "measured", "Estimated": "estimated"}
CHARTS = ("Charged against cost", "Contribution margin")
BY_COLUMNS = at_level(
    SHOP,
    "shipping_result",
    "orders",
    "parcels",
    "shipping_income",
    "fulfilment_cost",
    "postage",
    "duty",
    "import_tax",
    "carrier_fee",
    "landed_cost_per_order",
    "contribution_profit",
    "contribution_margin",
)
COLUMNS = at_level(PRODUCT, *BY_COLUMNS)
RESULT, CHARGED, COST, MARGIN = at_level(
    SHOP, "shipping_result", "shipping_income", "fulfilment_cost", "contribution_margin"
)
_SKUS = Grid("skus", "SKU", "SKUs", COLUMNS, COLUMNS[0], ascending=True)


def draw(run: PageRun) -> None:
    """Draw the lanes, and the SKUs whose parcels cost more than was paid for them."""
    with st.container(horizontal=True):
        country = _pick_country(run)
        by = choose("By", list(BY), "by")
        basis = choose(
            "Cost known as",
            list(BASES),
            "basis",
            disabled=country is not None,
            help="By a label or an invoice, or by a price list. Of all countries together.",
        )
    table = by_table(run, by, country, None if country else BASES[basis])
    if not table.rows:
        st.info("No parcel of this range is of that kind.", title="Nothing to show")
        return
    _draw_chart(run, table, by)
    export(run, _PAGE, f"by {by.lower()}", partial(table.sheet, run.currency))
    opens = _open_country if by == "Country" else None
    tables.draw(table, run.currency, ids=[row[0] for row in table.rows], opens=opens)
    if by == "Country" and any(row[0] == parts.WITHOUT for row in table.rows):
        st.caption(f"{parts.WITHOUT}: the country of the order is not known.")
        st.page_link(pages.DATA_HEALTH, label="Data health says which orders", width="content")
    st.subheader("By SKU, those whose parcels lose most first")
    _draw_skus(run, country)


def _pick_country(run: PageRun) -> str | None:
    """Draw the picker of a country of the range; None where the reader chose none."""
    frame = _frame(run, "country")
    countries = sorted(_said(value) for value in frame["country"] if _said(value) != parts.WITHOUT)
    if len(countries) < len(frame):
        countries.append(UNKNOWN_COUNTRY)
    with st.container(width=200):
        chosen = pick(
            "Country",
            [_EVERYWHERE, *countries],
            lambda one: "All countries" if one == _EVERYWHERE else one,
            key=KEY,
        )
    if chosen == _EVERYWHERE:
        return None
    return parts.WITHOUT if chosen == UNKNOWN_COUNTRY else chosen


def by_table(run: PageRun, by: str, country: str | None = None, basis: str | None = None) -> Table:
    """Return one row a country, zone, tier or carrier: those that lose most first.

    Of one country, or of the parcels whose cost is known in one way: never both.
    """
    dimension = BY[by]
    frame = _frame(run, dimension, country, basis).sort_values(RESULT, kind="stable")
    rows = tuple(
        (_said(row[dimension]), *(known(row[name]) for name in BY_COLUMNS))
        for row in frame.to_dict("records")
    )
    headings = (Heading(dimension, by), *(of_metric(name) for name in BY_COLUMNS))
    return Table("by rows", headings, rows, f"Parcels by {by.lower()}, those that lose most first")


def _frame(
    run: PageRun, dimension: str, country: str | None = None, basis: str | None = None
) -> pd.DataFrame:
    ask = partial(breakdown_rows, run.analytics, run.view.period)
    more = (BY_COLUMNS, run.view.dating)
    if basis is not None:
        frame = ask((dimension, "parcel_basis"), *more)
        return frame[frame["parcel_basis"] == basis]
    if country is None or dimension == "country":
        frame = ask(dimension, *more)
        return frame if country is None else frame[frame["country"] == country]
    frame = ask((dimension, "country"), *more)
    return frame[frame["country"] == country]


def _draw_chart(run: PageRun, table: Table, by: str) -> None:
    """Draw what was charged and what it cost on each lane, or what is left of its sales."""
    with st.container(border=True):
        chart = choose("Chart", list(CHARTS), "lanes")
        at = {name: 1 + number for number, name in enumerate(BY_COLUMNS)}
        if chart == CHARTS[0]:
            pairs = [
                Pair(str(row[0]), *(_money(row[at[name]]) for name in (CHARGED, COST, RESULT)))
                for row in table.rows
            ]
            draw_chart(both_ways(REGISTRY[CHARGED], REGISTRY[COST], pairs, run.currency), "by bars")
        else:
            cells = [(str(row[0]), row[at[MARGIN]]) for row in table.rows]
            bars = [(name, cell) for name, cell in cells if isinstance(cell, float)]
            bars.sort(key=lambda bar: bar[1])
            draw_chart(ranked(REGISTRY[MARGIN], bars, run.currency), "by bars")
        if len(table.rows) > MOST_BARS:
            st.caption(f"The lowest {MOST_BARS} of {len(table.rows)}; the table has all.")


def _draw_skus(run: PageRun, country: str | None) -> None:
    opens = drill.on_page(pages.PRODUCTS, drill.KEYS[PRODUCT])
    if country is None:
        parts.draw_grid(run, _PAGE, PRODUCT, _SKUS, opens)
        return
    frame = breakdown_rows(
        run.analytics,
        run.view.period,
        "country",
        COLUMNS,
        run.view.dating,
        PRODUCT,
        value=country,
    )
    whole = _frame(run, "country", country).iloc[0]
    name_of = drill.namer(run, PRODUCT)
    total = grids.total_row(
        _SKUS, f"All to {country}", {name: known(whole[name]) for name in COLUMNS}, run.currency
    )
    make = partial(entity_sheet, PRODUCT, frame, COLUMNS, run.currency, name_of)
    grids.draw(
        _SKUS,
        grids.in_order(frame, _SKUS, name_of),
        total,
        run.currency,
        partial(export, run, _PAGE, f"SKUs to {country}", make),
        opens,
    )


def _said(value: Any) -> str:
    plain = known(value)
    return parts.WITHOUT if plain is None else str(plain)


def _money(cell: Any) -> int:
    assert isinstance(cell, int), "what a parcel brought and cost is a sum, and always known"
    return cell


def _open_country(country: str) -> None:
    asked = UNKNOWN_COUNTRY if country == parts.WITHOUT else country
    drill.leave_for(pages.ORDERS, {"country": asked})
