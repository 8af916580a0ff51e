"""Products by cost code or by listing, and one SKU by country or by listing: the engine's groups.

A group of SKUs is what the engine says of it, never a sum of rows; above it stands the whole.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from engine.dashboard import drill, pages, tables
from engine.dashboard.content import parts
from engine.dashboard.data import Figures, breakdown_rows, entity_rows
from engine.dashboard.grids import MOST_ROWS
from engine.dashboard.metric_names import at_level
from engine.dashboard.page_run import PageRun
from engine.dashboard.sheets import Cell
from engine.dashboard.tables import Heading, Table, of_metric
from engine.metrics.formats import known
from engine.metrics.model import LISTING, PRODUCT, SHOP

_PAGE = "products"
_WHOLE = "Whole shop"
COLUMNS = at_level(
    SHOP,
    "contribution_profit",
    "net_revenue",
    "units_sold",
    "average_unit_price",
    "average_unit_cost",
    "cogs",
    "fulfilment_cost",
    "contribution_margin",
    "units_returned",
    "cost_coverage",
    "profit_basis",
)
_OF_ONE = at_level(PRODUCT, *COLUMNS)


class Group(StrEnum):
    """What the rows are. The labels stand in addresses, so they never change."""

    SKU = "SKU"
    COST_CODE = "Cost code"
    LISTING = "Listing"


def draw(run: PageRun, group: Group) -> None:
    """Draw all products by cost code or by listing, those that earn most first."""
    table, ids = groups_table(run, group)
    make = partial(table.sheet, run.currency)
    parts.heading(run, _PAGE, f"By {group.lower()}", f"by {group.lower()}", make)
    opens = drill.on_page(pages.LISTINGS, "listing") if group is Group.LISTING else None
    shown = Table(table.key, table.headings, table.rows[:MOST_ROWS], table.alt)
    tables.draw(shown, run.currency, ids=ids, opens=opens)
    said = f"{len(ids) - 1:,} rows, those that earn most first."
    if group is Group.COST_CODE:
        said += f" What has no cost code is {parts.WITHOUT}."
    st.caption(said)


def groups_table(run: PageRun, group: Group) -> tuple[Table, list[Any]]:
    """Return the whole shop and one row a group below it; and what each of them opens."""
    view = run.view
    if group is Group.LISTING:
        frame = entity_rows(run.analytics, view.period, LISTING, COLUMNS, view.dating)
        key, name_of = "entity_id", drill.namer(run, LISTING)
    else:
        frame = breakdown_rows(run.analytics, view.period, "cost_code", COLUMNS, view.dating)
        key, name_of = "cost_code", _said
    return _table(frame, key, group, name_of, run.figures, run, _WHOLE)


def draw_countries(run: PageRun, sku: str, figures: Figures) -> None:
    """Draw what one SKU earns by the country that it is sent to."""
    frame = breakdown_rows(
        run.analytics, run.view.period, "country", _OF_ONE, run.view.dating, PRODUCT, sku
    )
    table, ids = _table(frame, "country", "Country", _said, figures, run, sku)
    make = partial(table.sheet, run.currency)
    parts.heading(run, _PAGE, "By destination", "countries of a SKU", make)
    tables.draw(table, run.currency, ids=ids, opens=drill.on_page(pages.ORDERS, "country", sku=sku))


def draw_listings(run: PageRun, sku: str, figures: Figures) -> None:
    """Draw what one SKU earns in each of the listings that sold it."""
    frame = breakdown_rows(run.analytics, run.view.period, "sku", COLUMNS, run.view.dating, LISTING)
    own = frame[(frame["sku"] == sku).fillna(value=False)]
    name_of = drill.namer(run, LISTING)
    table, ids = _table(own, "entity_id", "Listing", name_of, figures, run, sku)
    make = partial(table.sheet, run.currency)
    parts.heading(run, _PAGE, "Its listings", "listings of a SKU", make)
    tables.draw(table, run.currency, ids=ids, opens=drill.on_page(pages.LISTINGS, "listing"))


def _table(
    frame: pd.DataFrame,
    key: str,
    label: str,
    name_of: Callable[[Any], str],
    whole: Figures,
    run: PageRun,
    of: str,
) -> tuple[Table, list[Any]]:
    period = run.view.period
    by_profit = frame.sort_values(COLUMNS[0], ascending=False, kind="stable")
    rows: list[tuple[Cell, ...]] = [(of, *(whole.value(name, period) for name in COLUMNS))]
    rows += [
        (name_of(row[key]), *(known(row[name]) for name in COLUMNS))
        for row in by_profit.to_dict("records")
    ]
    ids: Sequence[Any] = [None, *(known(one) for one in by_profit[key])]
    headings = (Heading(key, label), *(of_metric(name) for name in COLUMNS))
    alt = f"{len(frame):,} rows by {label.lower()}, those that earn most first"
    return Table(f"{_PAGE} by {label.lower()}", headings, tuple(rows), alt), list(ids)


def _said(value: Any) -> str:
    said = known(value)
    return parts.WITHOUT if said is None else str(said)
