"""Refunds: what was given back, when, for what, and what it cost beyond the money."""

from __future__ import annotations

from functools import partial
from typing import Any

import streamlit as st

from engine.dashboard import drill, pages, tables
from engine.dashboard.charts.chart import draw as draw_chart
from engine.dashboard.charts.histogram import Bar, histogram
from engine.dashboard.charts.ranked import ranked
from engine.dashboard.charts.steps import steps_over_time
from engine.dashboard.content import parts, refunds_list
from engine.dashboard.content.refunds_list import STEPS
from engine.dashboard.data import breakdown_rows
from engine.dashboard.grids import Grid
from engine.dashboard.kept import kept
from engine.dashboard.metric_names import at_level
from engine.dashboard.page_run import PageRun
from engine.dashboard.tables import Heading, Table, of_metric
from engine.metrics.formats import known
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
DATINGS = at_level(SHOP, "returns_value", "returns_value_by_order_day")
BY_REFUND_DAY = DATINGS[0]
_SIGNS = at_level(SHOP, "refund_count", "returns_value_by_order_day")
REASON_COLUMNS = at_level(
    SHOP,
    "returns_value",
    "refund_count",
    "units_returned",
    "refunds_total",
    "refund_excess",
    "fees_retained_on_refunds",
)
_COUNT, _REFUNDED = at_level(SHOP, "refund_count", "refunds_total")
_SKUS = Grid("skus", "SKU", "SKUs", COLUMNS, COLUMNS[0])


def draw(run: PageRun) -> None:
    """Draw the page."""
    if not any(run.figures.value(name, run.view.period) for name in _SIGNS):
        refunds_list.draw_none(run)
        return
    parts.draw_cards(run, CARDS)
    parts.draw_measure(run, _PAGE, MEASURES)
    _datings(run)
    _reasons(run)
    _delays(run)
    st.subheader("Refunds by SKU")
    parts.draw_grid(run, _PAGE, PRODUCT, _SKUS, drill.on_page(pages.PRODUCTS, "sku"))
    refunds_list.draw(run)


def _datings(run: PageRun) -> None:
    table = datings_table(run)
    with st.container(border=True):
        title = "From refund day to order day"
        parts.heading(run, _PAGE, title, "steps", partial(table.sheet, run.currency))
        metrics = [REGISTRY[name] for name in DATINGS]
        draw_chart(steps_over_time(metrics, run.figures, run.view), "datings chart")
    opens = drill.here_by(refunds_list.KEY)
    ids = [
        moved.name.lower() if row[-1] else None
        for moved, row in zip(STEPS, table.rows, strict=True)
    ]
    tables.draw(table, run.currency, ids=ids, opens=opens)
    st.caption(
        "A refund counts on its own day or on its order's; over all time both give the same sum. "
        "Open lists the refunds of a step at the end of the page."
    )


def datings_table(run: PageRun) -> Table:
    """Return the steps from the range's returns by refund day to those by order day."""
    headings = (
        Heading("step", "Step"),
        Heading("amount", "Returns", Unit.MONEY, REGISTRY[BY_REFUND_DAY].description),
        Heading("refunds", "Refunds", Unit.COUNT),
    )
    steps = kept(run.analytics.returns_between_datings, run.view.period)
    rows = tuple((STEPS[step.moved], step.amount, step.refunds) for step in steps)
    return Table("datings", headings, rows, "Returns from refund day to order day, step by step")


def _reasons(run: PageRun) -> None:
    table = reasons_table(run)
    with st.container(border=True):
        parts.heading(run, _PAGE, "By reason", "reasons", partial(table.sheet, run.currency))
        bars = [(str(row[0]), row[1]) for row in table.rows if isinstance(row[1], int) and row[1]]
        draw_chart(ranked(REGISTRY[BY_REFUND_DAY], bars, run.currency), "reasons")
    tables.draw(table, run.currency)


def reasons_table(run: PageRun) -> Table:
    """Return one row a reason of the refunds of the range, the largest returns first."""
    frame = breakdown_rows(
        run.analytics, run.view.period, "refund_reason", REASON_COLUMNS, run.view.dating
    ).sort_values(REASON_COLUMNS[0], ascending=False, kind="stable")
    frame = frame[frame[_COUNT] > 0]
    rows = tuple(
        (
            _reason(row["refund_reason"]),
            *(known(row[name]) for name in REASON_COLUMNS),
        )
        for row in frame.to_dict("records")
    )
    headings = (Heading("reason", "Reason"), *(of_metric(name) for name in REASON_COLUMNS))
    return Table("reasons", headings, rows, "Refunds by reason")


def _reason(value: Any) -> str:
    said = known(value)
    return "No reason given" if said in (None, parts.WITHOUT) else str(said).capitalize()


def _delays(run: PageRun) -> None:
    table = delays_table(run)
    with st.container(border=True):
        title = "Days from order to refund"
        parts.heading(run, _PAGE, title, "days to refund", partial(table.sheet, run.currency))
        bars = [Bar(str(row[0]), f"{row[0]} days", int(str(row[1]))) for row in table.rows]
        draw_chart(histogram(bars, title, "refunds"), "delays")
    tables.draw(table, run.currency)


def delays_table(run: PageRun) -> Table:
    """Return one row a stretch of days between order and refund; refunds of known orders."""
    headings = (
        Heading("days", "Days"),
        Heading("refunds", "Refunds", Unit.COUNT),
        of_metric(BY_REFUND_DAY),
        of_metric(_REFUNDED),
    )
    found = kept(run.analytics.refund_delays, run.view.period, refund_dating=run.view.dating)
    rows = tuple(
        (days_between(one.first, one.last), one.refunds, one.returns_value, one.refund_amount)
        for one in found
    )
    return Table("delays", headings, rows, "Refunds by the days since their order")


def days_between(first: int, last: int | None) -> str:
    """Return `0`, `4 to 7` or `over 90`."""
    if last is None:
        return f"over {first - 1}"
    return str(first) if first == last else f"{first} to {last}"
