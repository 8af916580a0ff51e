"""Customers: whether buyers come back, and what one is worth."""

from __future__ import annotations

import streamlit as st

from engine.dashboard.content import parts
from engine.dashboard.metric_names import at_level
from engine.dashboard.page_run import PageRun
from engine.metrics.model import SHOP

_PAGE = "customers"
CARDS = at_level(
    SHOP,
    "customers",
    "new_customers",
    "returning_customers",
    "repeat_customer_rate",
    "customer_retention_rate",
    "customer_acquisition_cost",
    "days_between_customer_orders",
    "guest_orders",
)
MEASURES = at_level(
    SHOP,
    "new_customers",
    "returning_customers",
    "customers",
    "repeat_customer_rate",
    "customer_retention_rate",
    "orders_per_customer",
    "sales_per_customer",
    "contribution_per_customer",
    "customer_acquisition_cost",
    "guest_orders",
)
_CUSTOMERS, _GUESTS, _ORDERS = at_level(SHOP, "customers", "guest_orders", "orders")


def draw(run: PageRun) -> None:
    """Draw the page."""
    if parts.ends_here(run, (_ORDERS,)):
        return
    if not run.figures.value(_CUSTOMERS, run.view.period):
        st.info(
            "No order of this range says who bought. The column of the buyer, buyer_user_id in "
            "the orders, brings this page.",
            title="No buyer ids in this data",
        )
        return
    parts.draw_cards(run, CARDS)
    guests = run.figures.value(_GUESTS, run.view.period)
    if guests:
        st.caption(f"{guests:,} orders without a customer are left out of all other numbers here.")
    parts.draw_measure(run, _PAGE, MEASURES)
