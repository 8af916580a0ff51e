"""Customers: whether buyers come back, and what one is worth."""

from __future__ import annotations

from functools import partial

import streamlit as st

from engine.dashboard import drill, pages, tables
from engine.dashboard.charts.chart import draw as draw_chart
from engine.dashboard.charts.value_curve import value_chart
from engine.dashboard.content import cohorts, parts, predicted_value
from engine.dashboard.content.buyers import BUYERS, SEGMENT
from engine.dashboard.downloads import export
from engine.dashboard.kept import kept
from engine.dashboard.metric_names import at_level
from engine.dashboard.page_run import PageRun
from engine.dashboard.questions import PROFIT
from engine.dashboard.tables import Heading, Table, of_metric
from engine.metrics.formats import known
from engine.metrics.model import SHOP, Unit

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
VALUE_CARDS = at_level(
    SHOP,
    "customer_lifetime_value",
    "payback_days",
    "customer_acquisition_cost",
    "contribution_per_customer",
)
# These stand in addresses, so they never change.
TABS = ("Trend", "Cohorts", "RFM", "Lifetime value")
RULES = {
    "best": "Bought lately and often: R 4 or 5, F 4 or 5",
    "recent": "Bought lately, not often yet: R 4 or 5, F 1 or 2",
    "steady": "All others",
    "slipping": "Bought often, not lately: R 1 or 2, F 4 or 5",
    "lost": "Neither lately nor often: R 1 or 2, F 1 or 2",
}
_OPENS = drill.on_page(pages.ORDERS, BUYERS)
_CUSTOMERS, _GUESTS, _ORDERS, SALES = at_level(
    SHOP, "customers", "guest_orders", "orders", "sales_after_discounts"
)


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
    draws = (_trend, cohorts.draw, _segments, _value)
    parts.draw_tabs(
        {label: partial(one, run) for label, one in zip(TABS, draws, strict=True)}, key="customers"
    )


def _trend(run: PageRun) -> None:
    parts.draw_measure(run, _PAGE, MEASURES)


def _segments(run: PageRun) -> None:
    """Draw who bought lately and often, and who did not, with the rule of each segment."""
    table = segment_table(run)
    if not table.rows:
        st.info("It takes five customers to tell them apart.", title="Too few customers")
        return
    export(run, _PAGE, "segments", partial(table.sheet, run.currency))
    ids = [f"{SEGMENT}{str(row[0]).lower()}" for row in table.rows]
    tables.draw(table, run.currency, ids=ids, opens=_OPENS)
    st.caption(
        "Every customer has a score from 1 to 5 for the days since the last order (R) and for the "
        "number of orders (F), against all others. Over all time, whatever the range; a segment "
        "opens the orders that its customers placed in the range."
    )


def segment_table(run: PageRun) -> Table:
    """Return one row a segment: its size, orders, sales and profit, and its rule."""
    headings = (
        Heading("segment", "Segment"),
        Heading("customers", "Customers", Unit.COUNT),
        Heading("share", "Share of customers", Unit.SHARE),
        Heading("orders", "Orders", Unit.COUNT),
        of_metric(SALES),
        of_metric(PROFIT),
        Heading("rule", "Rule", is_wide=True),
    )
    found = kept(run.analytics.rfm_segments, refund_dating=run.view.dating)
    rows = tuple(
        (
            str(row["segment"]).capitalize(),
            *(known(row[heading.name]) for heading in headings[1:-1]),
            RULES[str(row["segment"])],
        )
        for row in found.to_dict("records")
    )
    return Table("segments", headings, rows, "Customers by segment")


def _value(run: PageRun) -> None:
    """Draw what a customer has left, and apart from it what one is predicted to leave."""
    parts.draw_cards(run, VALUE_CARDS)
    _observed(run)
    predicted_value.draw(run)


def _observed(run: PageRun) -> None:
    """Draw what a customer of the year before last had left by each day of the first year."""
    curve = kept(run.analytics.customer_value_curve, refund_dating=run.view.dating)
    if curve["value"].isna().all():
        st.info(
            "It takes 30 customers whose first order is more than a year old.",
            title="Too few customers for a first year",
        )
        return
    with st.container(border=True):
        st.subheader("What one customer has left, by days since the first order")
        draw_chart(value_chart(curve, run.currency), "value curve")
    st.caption("Observed, not extrapolated: contribution profit of customers of the year before.")
