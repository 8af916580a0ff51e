"""The two lists of Inventory that ask for something to be done: what to order, what lies dead."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pandas as pd
import streamlit as st

from engine.dashboard import drill, pages, tables
from engine.dashboard.data import settings
from engine.dashboard.downloads import export
from engine.dashboard.grids import MOST_ROWS
from engine.dashboard.metric_names import at_level
from engine.dashboard.page_run import PageRun
from engine.dashboard.sheets import Cell
from engine.dashboard.tables import Heading, Table, of_metric
from engine.dashboard.wording import days_words
from engine.metrics.formats import known
from engine.metrics.model import PRODUCT, Unit
from engine.metrics.stock_list import DEAD_DAYS, EARLY, LATE

_PAGE = "inventory"
STOCK, VALUE, LASTS, RISK, EARNS = at_level(
    PRODUCT,
    "closing_stock",
    "stock_value",
    "days_of_stock",
    "stockout_risk",
    "contribution_per_unit",
)
_SURE = LATE - EARLY


def draw_due(run: PageRun, stock: pd.DataFrame, rows: pd.DataFrame) -> None:
    """Draw what to order now, the likeliest to run out first."""
    restock = days_words(settings().restock_days)
    due = stock[stock["is_due"]].sort_values([RISK, "daily_units"], ascending=False, kind="stable")
    st.subheader("Order now")
    if due.empty:
        st.caption(
            f"No SKU is likelier than {EARLY} % to run out before new stock comes ({restock}, "
            "RESTOCK_DAYS)."
        )
        return
    _draw(run, due, lambda some: due_table(some, rows), "order now")
    st.caption(
        f"Likelier than {EARLY} % to run out before new stock comes, which takes {restock} "
        f"(RESTOCK_DAYS). With a chance of {_SURE} % a SKU runs out between the two days, at the "
        "pace of the last eight weeks."
    )


def due_table(due: pd.DataFrame, rows: pd.DataFrame) -> Table:
    """Return one row a SKU to order; `rows` are the figures of the SKUs."""
    own = rows[rows["entity_id"].isin(due["sku"])][["entity_id", LASTS, EARNS]]
    figures = {row["entity_id"]: row for row in own.to_dict("records")}
    headings = (
        Heading("sku", "SKU"),
        of_metric(RISK),
        Heading("order_by", "Order by", help="So that new stock comes before the earliest day."),
        of_metric(STOCK),
        Heading("daily_units", "Sold a day", Unit.MULTIPLE, "Pieces, of the last eight weeks."),
        of_metric(LASTS),
        Heading("runs_out", "Runs out"),
        Heading("runs_out_from", "At the earliest", help=f"With a chance of {EARLY} % by then."),
        Heading("runs_out_by", "At the latest", help=f"With a chance of {LATE} % by then."),
        of_metric(EARNS),
    )
    drawn = [
        (
            str(row["sku"]),
            known(row[RISK]),
            _day(row["order_by"]),
            *(known(row[name]) for name in (STOCK, "daily_units")),
            known(figures[row["sku"]][LASTS]),
            *(_day(row[name]) for name in ("runs_out", "runs_out_from", "runs_out_by")),
            known(figures[row["sku"]][EARNS]),
        )
        for row in due.to_dict("records")
    ]
    return Table("order now", headings, tuple(drawn), "SKUs to order now")


def draw_dead(run: PageRun, stock: pd.DataFrame) -> None:
    """Draw what is there and was not sold for long, the most money first."""
    dead = stock[stock["is_dead"]].sort_values(
        [VALUE, STOCK], ascending=False, kind="stable", na_position="last"
    )
    st.subheader("Dead stock")
    if dead.empty:
        st.caption(f"Every SKU on the shelf was sold in the last {DEAD_DAYS} days, or is new.")
        return
    _draw(run, dead, dead_table, "dead stock")
    st.caption(
        f"On the shelf and not sold for {DEAD_DAYS} days or longer, the most money first; what was "
        "never sold counts from the day on which its stock was first recorded."
    )


def dead_table(dead: pd.DataFrame) -> Table:
    """Return one row a SKU that lies dead."""
    headings = (
        Heading("sku", "SKU"),
        of_metric(VALUE),
        of_metric(STOCK),
        Heading("last_sale", "Last sale"),
        Heading("days_since_sale", "Days since", Unit.COUNT),
    )
    rows = tuple(
        (
            str(row["sku"]),
            *(known(row[name]) for name in (VALUE, STOCK)),
            _day(row["last_sale"]),
            known(row["days_since_sale"]),
        )
        for row in dead.to_dict("records")
    )
    return Table("dead stock", headings, rows, "SKUs that lie dead")


def _draw(
    run: PageRun,
    stock: pd.DataFrame,
    table_of: Callable[[pd.DataFrame], Table],
    what: str,
) -> None:
    """Draw the first rows of a list of stock; the others are put together for the export alone."""
    export(run, _PAGE, what, lambda: table_of(stock).sheet(run.currency))
    shown = table_of(stock.head(MOST_ROWS))
    shown = replace(shown, alt=f"{len(stock):,} {shown.alt}")
    opens = drill.on_page(pages.PRODUCTS, drill.KEYS[PRODUCT])
    tables.draw(shown, run.currency, ids=[row[0] for row in shown.rows], opens=opens)


def _day(value: Any) -> Cell:
    return None if pd.isna(value) else value
