"""Orders as a table: when, where to, what each brought and cost. Pages of a hundred."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from engine.dashboard import tables
from engine.dashboard.downloads import export
from engine.dashboard.page_run import PageRun
from engine.dashboard.sheets import Sheet
from engine.dashboard.tables import Heading, Table, of_metric
from engine.metrics.formats import known
from engine.metrics.order_list import SHOWN
from engine.money import Int64Array

PAGE_ROWS = 100
_BASIS = "profit_basis"
# What an order's state is called.
STATES = {"counted": "Counts", "open": "Not paid", "cancelled": "Cancelled", "held": "Held back"}


def draw_orders(
    run: PageRun,
    frame: pd.DataFrame,
    page: str,
    opens: Callable[[Any], None],
    metrics: Sequence[str] = SHOWN,
    rows: Int64Array | None = None,
) -> None:
    """Draw the orders of a frame in its own order, or these rows in theirs, and their export."""
    count = len(frame) if rows is None else len(rows)
    if not count:
        st.info("No order and no refund of it falls into this range.", title="No orders")
        return
    # A year of a large shop has a million orders: only those of the page are taken together.
    chosen = slice(None) if rows is None else rows
    pages = -(-count // PAGE_ROWS)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        at = 1
        if pages > 1:
            at = int(
                st.number_input(
                    f"Page of {pages}", 1, pages, 1, key=f"{page}-page", width=160, format="%d"
                )
            )
        export(run, page, "orders", partial(_sheet, run, frame, chosen, metrics))
    here = slice((at - 1) * PAGE_ROWS, at * PAGE_ROWS)
    shown = frame.iloc[here if rows is None else rows[here]]
    table = order_table(shown, f"{page}-orders", metrics)
    ids = [one or None for one in shown["order_id"]]
    tables.draw(table, run.currency, ids=ids, opens=opens)
    st.caption(
        f"{count:,} rows. A refund of an earlier order stands here without its sale; what "
        "belongs to no order is order 0."
    )


def order_table(frame: pd.DataFrame, key: str, metrics: Sequence[str] = SHOWN) -> Table:
    """Return one row an order."""
    headings = (
        Heading("order_id", "Order"),
        Heading("ordered_at", "Ordered"),
        Heading("country", "Country"),
        Heading("state", "Status"),
        *(of_metric(name) for name in (*metrics, _BASIS)),
    )
    rows = tuple(
        (
            str(row["order_id"]),
            _moment(row),
            known(row["country"]),
            STATES.get(str(row["state"])),
            *(known(row[name]) for name in (*metrics, _BASIS)),
        )
        for row in frame.to_dict("records")
    )
    return Table(key, headings, rows, f"{len(frame):,} orders")


def _sheet(
    run: PageRun, frame: pd.DataFrame, rows: Int64Array | slice, metrics: Sequence[str]
) -> Sheet:
    return order_table(frame.iloc[rows], "orders", metrics).sheet(run.currency)


def _moment(row: Mapping[Any, Any]) -> str | None:
    if pd.isna(row["ordered_at"]):
        return None
    return f"{row['ordered_at']:{'%Y-%m-%d %H:%M' if row['has_clock'] else '%F'}}"
