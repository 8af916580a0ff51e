"""Orders: one order down to its source rows, or the orders behind the numbers of the range."""

from __future__ import annotations

from enum import StrEnum

import numpy as np
import pandas as pd
import streamlit as st

from engine.dashboard import drill
from engine.dashboard.content import buyers, order_detail, order_spread, parts
from engine.dashboard.content.order_list import STATES, draw_orders
from engine.dashboard.data import order_rows
from engine.dashboard.filter_bar import pick
from engine.dashboard.metric_names import at_level
from engine.dashboard.page_run import PageRun
from engine.dashboard.wording import escape
from engine.errors import UnknownEntityError
from engine.metrics.model import LISTING, PRODUCT, SHOP
from engine.money import Int64Array

_PAGE = "orders"
_KEY = "order"
CARDS = at_level(
    SHOP,
    "orders",
    "average_order_value",
    "order_value_p25",
    "order_value_median",
    "order_value_p75",
    "units_per_order",
    "loss_orders",
    "held_orders",
)
PROFIT, REVENUE = at_level(SHOP, "contribution_profit", "net_revenue")
_ALL_COUNTRIES = "All countries"
UNKNOWN_COUNTRY = "Unknown country"
_ALL_STATES = "All"


class Only(StrEnum):
    """Which orders. The labels stand in addresses, so they never change."""

    LOSING = "Losing"
    REFUNDED = "Refunded"
    ESTIMATED = "With estimates"
    HELD = "Held"


class Order(StrEnum):
    """How they are sorted. The labels stand in addresses, so they never change."""

    NEWEST = "Newest"
    WORST = "Lowest profit"
    BEST = "Highest profit"
    LARGEST = "Highest revenue"


FLAGS = {
    Only.LOSING: "is_loss",
    Only.REFUNDED: "is_refunded",
    Only.ESTIMATED: "is_estimated",
    Only.HELD: "is_held",
}


def draw(run: PageRun) -> None:
    """Draw the order that the address names, else the list."""
    asked = _order_box()
    if asked:
        _draw_one(run, asked)
        return
    if parts.ends_here(run):
        return
    parts.draw_cards(run, CARDS)
    order_spread.draw(run)
    frame, rows = _chosen(run)
    if not len(rows):
        st.info("The choices above leave no order of this range.", title="No order matches")
        st.button("Clear the choices", on_click=_clear)
        return
    draw_orders(run, frame, _PAGE, drill.here_by(_KEY), rows=rows)


def _order_box() -> str:
    """Draw the box for an order's number and return what the address names."""
    asked: str = st.query_params.get(_KEY, "")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        typed = st.text_input(
            "Order number",
            value=asked,
            key=f"order box {asked}",
            width=240,
            help="Any order of the shop, also one outside the range.",
        )
        if asked and st.button("All orders of the range"):
            typed = ""
    if typed.strip() != asked:
        if typed.strip():
            st.query_params[_KEY] = typed.strip()
        else:
            st.query_params.pop(_KEY, None)
        st.rerun()
    return asked


def _draw_one(run: PageRun, asked: str) -> None:
    try:
        explained = run.analytics.explain_order(int(asked))
    except (UnknownEntityError, ValueError):
        st.info(f"No order “{escape(asked[:40])}” in this shop.", title="Not found")
        return
    order_detail.draw(run, explained)


def _chosen(run: PageRun) -> tuple[pd.DataFrame, Int64Array]:
    """Draw the choices; return orders of the range, and which of them to show, in order."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        listing = drill.pick_entity(run, LISTING, nothing="All listings")
        sku = drill.pick_entity(run, PRODUCT, nothing="All SKUs")
        level, entity = (PRODUCT, sku) if sku is not None else (LISTING, listing)
        frame = order_rows(
            run.analytics,
            run.view.period,
            run.view.dating,
            SHOP if entity is None else level,
            entity,
        )
        with st.container(width=200):
            country = _country(frame)
        with st.container(width=200):
            frame = buyers.choose(run, frame)
        with st.container(width=200):
            frame = _of_state(frame)
    with st.container(horizontal=True):
        only = st.pills(
            "Only",
            [str(one) for one in Only],
            selection_mode="multi",
            key="only",
            bind="query-params",
        )
        words = [str(one) for one in Order]  # side by side they are wider than a phone
        order = st.selectbox("Sort by", words, key="order by", bind="query-params", width=200)
    rows = arranged(
        frame, country, [Only(one) for one in only], Order(order if order in words else words[0])
    )
    return frame, rows


def _of_state(frame: pd.DataFrame) -> pd.DataFrame:
    """Draw the picker of a status, and return the orders that have it."""
    chosen = pick("Status", [_ALL_STATES, *STATES], lambda one: STATES.get(one, one), key="status")
    return frame if chosen == _ALL_STATES else frame[(frame["state"] == chosen).astype(bool)]


def _country(frame: pd.DataFrame) -> str | None:
    known = sorted(frame["country"].dropna().unique())
    labels = [_ALL_COUNTRIES, *known]
    if frame["country"].isna().any():
        labels.append(UNKNOWN_COUNTRY)
    chosen = drill.pick_label("Country", labels, key="country")
    return None if chosen == _ALL_COUNTRIES else chosen


def arranged(
    frame: pd.DataFrame, country: str | None, only: list[Only], order: Order
) -> Int64Array:
    """Return which rows all choices leave, in the order asked for: places in the frame."""
    keep = np.ones(len(frame), np.bool_)
    if country is not None:
        own = frame["country"]
        is_it = own.isna() if country == UNKNOWN_COUNTRY else (own == country).fillna(value=False)
        keep &= is_it.to_numpy(np.bool_)
    for one in only:
        keep &= frame[FLAGS[one]].to_numpy(np.bool_)
    at = np.flatnonzero(keep)
    column, ascending = {
        Order.NEWEST: ("ordered_at", False),
        Order.WORST: (PROFIT, True),
        Order.BEST: (PROFIT, False),
        Order.LARGEST: (REVENUE, False),
    }[order]
    kept = frame[column].iloc[at].set_axis(at)
    in_order = kept.sort_values(ascending=ascending, kind="stable", na_position="last")
    return in_order.index.to_numpy(np.int64)


def _clear() -> None:
    st.session_state["only"] = []
    for key in ("country", "listing", "sku", buyers.BUYERS, "status"):
        st.query_params.pop(key, None)
