"""Refunds: the single ones of the range, each with what it gave back and the way to its order."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from engine.dashboard import drill, pages, states, tables
from engine.dashboard.downloads import export
from engine.dashboard.filter_bar import pick
from engine.dashboard.kept import kept
from engine.dashboard.metric_names import at_level
from engine.dashboard.page_run import PageRun
from engine.dashboard.sheets import Sheet
from engine.dashboard.tables import Heading, Table
from engine.dashboard.wording import day_words
from engine.metrics.formats import known, text
from engine.metrics.model import SHOP, Unit
from engine.metrics.spreads import Moved
from engine.periods import Period

MOST_SHOWN = 1_000
KEY = "step"
# What each step from one dating to the other says; its name in small letters is its id.
STEPS = {
    Moved.BY_REFUND_DAY: "Refunded in these days",
    Moved.EARLIER_ORDERS: "less: of orders from before",
    Moved.LATER_ORDERS: "less: of orders from after",
    Moved.REFUNDED_LATER: "plus: of these days' orders, refunded later",
    Moved.REFUNDED_BEFORE: "plus: of these days' orders, refunded before",
    Moved.BY_ORDER_DAY: "Refunded of these days' orders",
}
_MOVED = {moved.name.lower(): moved for moved in STEPS}
_ALL = ""  # the choice of no step
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
    """Draw the refunds of the range or of one step between the datings, the newest first."""
    st.subheader("Single refunds")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        with st.container(width=400):
            chosen = pick(
                "Refunds",
                [_ALL, *_MOVED],
                lambda one: STEPS[_MOVED[one]] if one != _ALL else "All of the range",
                key=KEY,
            )
        frame = frame_of(run, _MOVED.get(chosen))
        export(run, _PAGE, "refunds", partial(_sheet, run, frame))
    if frame.empty:
        st.caption("No refund belongs to this step.")
        return
    shown = frame.head(MOST_SHOWN)
    ids = [known(one) for one in shown["order_id"]]
    opens = drill.on_page(pages.ORDERS, "order")
    tables.draw(refunds_table(shown), run.currency, ids=ids, opens=opens)
    st.caption(_come_to(run, _MOVED.get(chosen), len(shown), len(frame)))


def frame_of(run: PageRun, moved: Moved | None) -> pd.DataFrame:
    """Return the refunds of the range, or those of a step; columns as `refunds_frame` has them."""
    period, dating = run.view.period, run.view.dating
    if moved in (Moved.BY_REFUND_DAY, Moved.EARLIER_ORDERS, Moved.LATER_ORDERS):
        dating = "refund_day"
    elif moved is not None:
        dating = "order_day"
    frame = kept(run.analytics.refunds_frame, period, refund_dating=dating)
    other = frame["order_day" if dating == "refund_day" else "refund_day"]
    if moved in (Moved.EARLIER_ORDERS, Moved.REFUNDED_BEFORE):
        return frame[other < pd.Timestamp(period.start)]
    if moved in (Moved.LATER_ORDERS, Moved.REFUNDED_LATER):
        return frame[other > pd.Timestamp(period.end)]
    return frame


def _come_to(run: PageRun, moved: Moved | None, shown: int, count: int) -> str:
    """Say what the refunds come to: that of the card, or of the row of the step."""
    if moved is None:
        total = text(Unit.MONEY, run.figures.value(TOTAL, run.view.period), run.currency)
        said = f"All {count:,} refunds come to {total}."
    else:
        steps = kept(run.analytics.returns_between_datings, run.view.period)
        amount = next(abs(step.amount) for step in steps if step.moved is moved)
        total = text(Unit.MONEY, amount, run.currency)
        said = f"The merchandise of all {count:,} refunds comes to {total}, as in the step."
    if shown < count:
        return f"The newest {shown:,} are shown; the export has them all. {said}"
    return said


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
            _reason(row["reason"]),
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
    earlier = kept(run.analytics.refunds_frame, until, refund_dating=run.view.dating)
    said = "None falls into it or any day before."
    if not earlier.empty:
        said = f"The last one was on {day_words(earlier['refund_day'].max().date())}."
    st.info(said, title="No refund in this range")
    states.offer_nearest(run, TOTAL)


def _id(value: Any) -> str | None:
    said = known(value)
    return None if said is None else str(said)


def _reason(value: Any) -> str | None:
    said = known(value)
    return None if said is None else str(said).capitalize()


def _sheet(run: PageRun, frame: pd.DataFrame) -> Sheet:
    return refunds_table(frame).sheet(run.currency)
