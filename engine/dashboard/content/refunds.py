"""Refunds: what was given back, when, for what, and what it cost beyond the money."""

from __future__ import annotations

from functools import partial

import streamlit as st

from engine.dashboard import drill, pages, tables
from engine.dashboard.content import parts
from engine.dashboard.content.order_list import draw_orders
from engine.dashboard.data import order_rows
from engine.dashboard.downloads import export
from engine.dashboard.grids import Grid
from engine.dashboard.metric_names import at_level
from engine.dashboard.page_run import PageRun
from engine.dashboard.tables import Heading, Table
from engine.metrics.model import PRODUCT, SHOP, Unit
from engine.metrics.registry import REGISTRY

_PAGE = "refunds"
CARDS = at_level(
    SHOP,
    "refunds_total",
    "returns_value",
    "refund_excess",
    "refund_rate_value",
    "order_refund_share",
    "unit_return_rate",
    "fee_credits",
    "fees_retained_on_refunds",
)
MEASURES = at_level(
    SHOP,
    "returns_value",
    "returns_value_by_order_day",
    "refunds_total",
    "refund_excess",
    "refund_count",
    "refund_rate_value",
    "refund_rate_orders",
    "unit_return_rate",
    "fees_retained_on_refunds",
)
COLUMNS = at_level(
    PRODUCT,
    "returns_value",
    "refund_rate_value",
    "refund_count",
    "units_returned",
    "unit_return_rate",
    "refunds_total",
    "refund_excess",
    "fees_retained_on_refunds",
)
BY_REFUND_DAY, BY_ORDER_DAY = at_level(SHOP, "returns_value", "returns_value_by_order_day")
_SIGNS = at_level(SHOP, "refund_count", "returns_value_by_order_day")
_SKUS = Grid("skus", "SKU", "SKUs", COLUMNS, COLUMNS[0])


def draw(run: PageRun) -> None:
    """Draw the page."""
    if not any(run.figures.value(name, run.view.period) for name in _SIGNS):
        st.info("No refund falls into this range.", title="No refund in this range")
        return
    parts.draw_cards(run, CARDS)
    _datings(run)
    parts.draw_measure(run, _PAGE, MEASURES)
    st.subheader("Refunded SKUs")
    parts.draw_grid(run, _PAGE, PRODUCT, _SKUS, drill.on_page(pages.PRODUCTS, "sku"))
    st.subheader("Orders with a refund")
    frame = order_rows(run.analytics, run.view.period, run.view.dating)
    draw_orders(run, frame[frame["is_refunded"]], _PAGE, drill.on_page(pages.ORDERS, "order"))


def _datings(run: PageRun) -> None:
    table = datings_table(run)
    with st.container(horizontal=True, horizontal_alignment="distribute"):
        st.subheader("The two ways to date a refund")
        export(run, _PAGE, "datings", partial(table.sheet, run.currency))
    tables.draw(table, run.currency)
    st.caption(
        "A refund counts on its own day or on its order's. Over all time both give the same sum."
    )


def datings_table(run: PageRun) -> Table:
    """Return what the range's returns are on each dating, and before."""
    view = run.view
    headings = [Heading("dating", "Returns of the range"), Heading("amount", "Amount", Unit.MONEY)]
    names = (BY_REFUND_DAY, BY_ORDER_DAY)
    if view.compared is not None:
        headings.append(Heading("before", "Compared with", Unit.MONEY))
    rows = tuple(
        (
            REGISTRY[name].label,
            run.figures.value(name, view.period),
            *([run.figures.value(name, view.compared)] if view.compared else []),
        )
        for name in names
    )
    return Table("datings", tuple(headings), rows, "Returns by refund day and by order day")
