"""Refunds: the single ones of the range, each with what it gave back and the way to its order."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from engine.dashboard import drill, pages, tables
from engine.dashboard.content import parts
from engine.dashboard.metric_names import at_level
from engine.dashboard.page_run import PageRun
from engine.dashboard.sheets import Sheet
from engine.dashboard.tables import Heading, Table
from engine.dashboard.wording import day_words
from engine.metrics.formats import known, text
from engine.metrics.model import SHOP, Unit
from engine.periods import Period

MOST_SHOWN = 1_000
_PAGE = "refunds"
(TOTAL,) = at_level(SHOP, "refunds_total")
# How the amounts of a refund read here, where there is no room for a metric's whole name.
AMOUNTS = {
    "returns_value": Heading("returns_value", "Merchandise", Unit.MONEY),
    "shipping_refunded": Heading("shipping_refunded", "Shipping", Unit.MONEY),
    "gift_wrap_refunded": Heading("gift_wrap_refunded", "Gift wrap", Unit.MONEY),
    "tax_refunded": Heading(
        "tax_refunded", "Tax", Unit.MONEY, "Sales tax, VAT and what no field explains."
    ),
    "refund_excess": Heading(
        "refund_excess", "Beyond payment", Unit.MONEY, "More than the buyer had paid."
    ),
    TOTAL: Heading(TOTAL, "Refunded", Unit.MONEY, "The sum of the five before it."),
    "fee_credits": Heading("fee_credits", "Fees given back", Unit.MONEY),
    "fees_retained_on_refunds": Heading("fees_retained_on_refunds", "Fees kept", Unit.MONEY),
    "units_returned": Heading("units_returned", "Units back", Unit.COUNT),
}
_GOODS = {
    "restocked": "Back in stock",
    "lost": "Lost",
}


def draw(run: PageRun) -> None:
    """Draw the refunds of the range, the newest first."""
    frame = run.analytics.refunds_frame(run.view.period, refund_dating=run.view.dating)
    make = partial(_sheet, run, frame)
    parts.heading(run, _PAGE, "Single refunds", "refunds", make)
    shown = frame.head(MOST_SHOWN)
    ids = [known(one) for one in shown["order_id"]]
    opens = drill.on_page(pages.ORDERS, "order")
    tables.draw(refunds_table(shown), run.currency, ids=ids, opens=opens)
    come_to = text(Unit.MONEY, run.figures.value(TOTAL, run.view.period), run.currency)
    said = f"All {len(frame):,} refunds come to {come_to}."
    if len(shown) < len(frame):
        said = f"The newest {len(shown):,} are shown; the export has them all. {said}"
    st.caption(said)


def refunds_table(frame: pd.DataFrame) -> Table:
    """Return one row a refund."""
    headings = (
        Heading("order_id", "Order"),
        Heading("refund_day", "Refunded on"),
        Heading("order_day", "Ordered on"),
        Heading("reason", "Reason"),
        *AMOUNTS.values(),
        Heading("goods", "Goods"),
        Heading("notes", "To note", is_wide=True),
        Heading("refund_id", "Refund"),
    )
    rows = tuple(
        (
            _id(row["order_id"]),
            row["refund_day"].date(),
            None if pd.isna(row["order_day"]) else row["order_day"].date(),
            known(row["reason"]),
            *(known(row[name]) for name in AMOUNTS),
            None if pd.isna(row["goods"]) else _GOODS[row["goods"]],
            notes(row),
            _id(row["refund_id"]),
        )
        for row in frame.to_dict("records")
    )
    return Table("refunds", headings, rows, f"{len(frame):,} refunds, the newest first")


def notes(row: Mapping[Any, Any]) -> str | None:
    """Return what is doubtful about a refund, None for nothing."""
    found = [
        words
        for words, holds in (
            ("assumed from the order's status", row["is_assumed"]),
            ("no day of its own, so on its order's", row["has_no_day"]),
            ("its order is not in the data", pd.isna(row["order_id"])),
        )
        if holds
    ]
    return "; ".join(found).capitalize() or None


def draw_none(run: PageRun) -> None:
    """Say that there is no refund in the range, and when the last one before its end was."""
    period = run.view.period
    until = Period.custom(min(run.first_day, period.start), period.end)
    earlier = run.analytics.refunds_frame(until, refund_dating=run.view.dating)
    if earlier.empty:
        st.info("None falls into it or any day before.", title="No refund in this range")
        return
    day = earlier["refund_day"].max().date()
    st.info(f"The last one was on {day_words(day)}.", title="No refund in this range")


def _id(value: Any) -> str | None:
    said = known(value)
    return None if said is None else str(said)


def _sheet(run: PageRun, frame: pd.DataFrame) -> Sheet:
    return refunds_table(frame).sheet(run.currency)
