"""The panel below every page that opens a number: its parts, its formula, and the rows behind it.

Which number is open stands in the address. A listing or SKU that the page shows is the one that is
explained; else it is the shop.
"""

from __future__ import annotations

from typing import Any

import streamlit as st

from engine.dashboard import drill, pages, tables
from engine.dashboard.customer_numbers import customer_number
from engine.dashboard.data import explained
from engine.dashboard.downloads import export
from engine.dashboard.filter_bar import pick
from engine.dashboard.page_run import PageRun
from engine.dashboard.sheets import Cell
from engine.dashboard.tables import Heading, Table
from engine.dashboard.wording import escape, range_words
from engine.metrics.explain_nodes import Node
from engine.metrics.explain_unknown import why_unknown
from engine.metrics.formats import known
from engine.metrics.model import LISTING, PRODUCT, SHOP, Level, Unit
from engine.metrics.registry import REGISTRY

MOST_LEAVES = 200
_KEY = "explain"
_NOTHING = ""
_INDENT = "\u2003"  # a wide space that a table keeps
_PAGE = "explain"
_LEAF_LABELS = {
    "order_id": "Order",
    "line_id": "Line",
    "source_id": "Source id",
    "listing_id": "Listing",
    "customer_id": "Customer",
    "sku": "SKU",
}


def draw(run: PageRun) -> None:
    """Draw the picker, and the chosen number down to its rows."""
    st.divider()
    level, entity = subject(run)
    names = [metric.name for metric in REGISTRY.at_level(level)]
    with st.container(width=320):
        chosen = pick(
            "Explain a number",
            [_NOTHING, *names],
            lambda one: "Choose a number" if one == _NOTHING else REGISTRY[one].label,
            key=_KEY,
            help="Opens a number of this range down to the orders, lines and rules behind it.",
        )
    if chosen != _NOTHING:
        _draw_number(run, chosen, level, entity)


def subject(run: PageRun) -> tuple[Level, int | str]:
    """Return whose numbers the page shows: what its address names, else the shop."""
    for level in (LISTING, PRODUCT):
        asked = st.query_params.get(drill.KEYS[level])
        for one in drill.known_ids(run, level) if asked else ():
            if str(one) == asked:
                return level, one
    return SHOP, run.analytics.shop.shop_id


def _draw_number(run: PageRun, name: str, level: Level, entity: int | str) -> None:
    node = explained(run.analytics, name, level, entity, run.view.period, run.view.dating)
    whose = "the shop" if level is SHOP else drill.namer(run, level)(entity)
    st.subheader(f"{node.label}: {node.said(run.currency)}")
    st.caption(
        f"Of {escape(whose)}, {range_words(run.view.period)}, refunds by "
        f"{run.view.filters.dating.lower()}, in {run.currency}. {REGISTRY[name].description}"
    )
    if node.value is None:
        st.info(escape(why_unknown(node)), title="Not known")
    tables.draw(node_table(node, run.currency), run.currency)
    st.caption("Added up again from the rows below: equals the card, to the smallest unit.")
    _draw_rows(run, node)
    _draw_left_out(run, node)


def node_table(node: Node, currency: str) -> Table:
    """Return one row a value of the tree, from the top down, each under what it belongs to."""
    headings = (
        Heading("value_of", "Number"),
        Heading("value", "Value"),
        Heading("formula", "Formula"),
        Heading("basis", "Known by"),
    )
    return Table("tree", headings, tuple(_tree_rows(node, 0, currency)), f"Parts of {node.label}")


def _tree_rows(node: Node, depth: int, currency: str) -> list[tuple[Cell, ...]]:
    sign = "− " if node.sign < 0 else ""
    own: tuple[Cell, ...] = (
        f"{_INDENT * depth}{sign}{node.label}",
        node.said(currency),
        node.formula,
        node.basis or None,
    )
    return [own, *(row for one in node.children for row in _tree_rows(one, depth + 1, currency))]


def _draw_rows(run: PageRun, node: Node) -> None:
    """Draw the rows of one part of the number; the reader picks which."""
    parts = {one.name: one for one in node.walk() if one.leaves is not None and len(one.leaves)}
    if not parts:
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        with st.container(width=320):
            name = pick("Rows of", list(parts), lambda one: parts[one].label, key="rows")
        export(run, _PAGE, "rows", lambda: leaves_table(parts[name]).sheet(run.currency))
    shown = leaves_table(parts[name], MOST_LEAVES)
    orders = [row[0] for row in shown.rows]
    has_orders = shown.headings[0].name == "order_id"
    opens = drill.on_page(pages.ORDERS, "order") if has_orders else None
    tables.draw(shown, run.currency, ids=orders, opens=opens)
    count = len(parts[name].leaves or ())
    more = (
        f"{MOST_LEAVES:,} of {count:,} rows shown; the export has all."
        if (count > MOST_LEAVES)
        else f"{count:,} rows."
    )
    st.caption(f"{more} Together {parts[name].said(run.currency)}.")


def leaves_table(node: Node, most: int | None = None) -> Table:
    """Return the rows behind one part: orders, lines and days, each with its amount and source.

    `most` cuts the table to the first rows; without it all are there.
    """
    assert node.leaves is not None
    frame = node.leaves.frame().head(len(node.leaves) if most is None else most)
    unit = node.unit if node.unit is Unit.MONEY else None
    headings = tuple(
        Heading(name, _LEAF_LABELS.get(name) or name.replace("_", " ").capitalize(), one)
        for name, one in ((name, unit if name == "amount" else None) for name in frame.columns)
    )
    rows = tuple(
        tuple(_leaf(row[name], name) for name in frame.columns) for row in frame.to_dict("records")
    )
    return Table("rows", headings, rows, f"Rows behind {node.label}")


def _leaf(value: Any, name: str) -> Cell:
    if hasattr(value, "strftime"):
        return f"{value:%Y-%m-%d}"
    plain = known(value)
    if name == "customer_id" and plain is not None:
        return customer_number(int(plain))
    return str(plain) if name.endswith("_id") and plain is not None else plain


def _draw_left_out(run: PageRun, node: Node) -> None:
    """Say what is in no part of the number, where there is any."""
    out = [one for one in node.left_out if one.value]
    if not out:
        return
    st.markdown("**Left out**")
    for one in out:
        st.write(f"{escape(one.label)}: {one.said(run.currency)}")
