"""One order: its lines, every amount with its rule and source row, and the sums printed again."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import streamlit as st

from engine.dashboard import drill, pages
from engine.dashboard.content import parts
from engine.dashboard.content.order_list import STATES
from engine.dashboard.content.order_parcels import parcels_table, pieces_table
from engine.dashboard.page_run import PageRun
from engine.dashboard.tables import Heading, Table
from engine.dashboard.tables import draw as draw_table
from engine.dashboard.wording import escape, price_words
from engine.ledger.explained import Cell, LedgerRow, OrderLine, Part
from engine.ledger.order_explanation import OrderExplanation
from engine.metrics.formats import text
from engine.metrics.model import LISTING, Unit
from engine.metrics.registry import REGISTRY

_MOST_WAYS = 6  # listings of an order that have a button
_PRICE_DIGITS = 6  # a unit price is in millionths

# Ledger columns shown for each row of the ledger, as the ladder takes them.
_COLUMNS = (
    ("value", "List value"),
    ("discount", "Discount"),
    ("shipping", "Shipping"),
    ("gift_wrap", "Gift wrap"),
    ("returns_value", "Returned"),
    ("refund_excess", "Beyond payment"),
    ("cogs", "Goods"),
    ("postage", "Postage"),
    ("duty", "Duty"),
    ("import_tax", "Import tax"),
    ("carrier_fee", "Carrier fee"),
    ("fee_charges", "Fees"),
    ("fee_credits", "Fee credits"),
)


def draw(run: PageRun, order: OrderExplanation) -> None:
    """Draw the whole order."""
    order.check()
    st.subheader(f"Order {order.order_id}")
    st.write(
        f"{order.ordered_at} · to {order.country or 'an unknown country'} · "
        f"{order.status or 'no status'} · in the figures: {STATES[order.state].lower()} · paid in "
        f"{order.currency}"
    )
    _draw_ways(run, order)
    _draw_lines(order)
    _draw(run, order, "What the order adds to the figures", "rows", ledger_table(order))
    if order.parcels:
        _draw(run, order, "Parcels", "parcels", parcels_table(order.parcels))
    if order.pieces:
        _draw(run, order, "What the parcels hold", "contents", pieces_table(order.pieces))
    if order.cells:
        _draw(run, order, "Refunds, cell by cell", "refunds", cells_table(order.cells))
        st.caption("What each step of a refund took from what had been paid for a line.")
    title = "Every amount, with its rule and its source row"
    _draw(run, order, title, "amounts", parts_table(order.parts))
    if order.left_out:
        st.subheader("Left out")
        for one in order.left_out:
            amount = "" if one.amount is None else f" ({_money(run, one.amount)})"
            st.write(f"{one.what}{amount}: {one.why}")
    st.caption("Added up again from the source rows: equals the ledger, amount by amount.")


def _draw_ways(run: PageRun, order: OrderExplanation) -> None:
    """Draw the ways to the listings of the order and to the parcels to its country."""
    name_of = drill.namer(run, LISTING)
    listings = list(dict.fromkeys(one.listing_id for one in order.lines))
    with st.container(horizontal=True):
        for listing in listings[:_MOST_WAYS]:
            if st.button(escape(name_of(listing)), key=f"listing {listing}"):
                drill.leave_for(pages.LISTINGS, {drill.KEYS[LISTING]: str(listing)})
        if order.country and st.button(f"Parcels to {escape(order.country)}", key="parcels to"):
            drill.leave_for(pages.SHIPPING, {"country": order.country})


def _draw_lines(order: OrderExplanation) -> None:
    st.subheader("Lines")
    opens = drill.on_page(pages.PRODUCTS, "sku")
    skus = [one.sku for one in order.lines]
    draw_table(lines_table(order.lines), order.currency, ids=skus, opens=opens)


def _draw(run: PageRun, order: OrderExplanation, title: str, what: str, table: Table) -> None:
    """Draw a table of the order under its heading; the export has the order's number."""
    make = partial(table.sheet, run.currency)
    parts.heading(run, "orders", title, f"{what} of {order.order_id}", make)
    draw_table(table, run.currency)


def lines_table(lines: Sequence[OrderLine]) -> Table:
    """Return one row a line as received; a unit price is in its own currency."""
    headings = (
        Heading("line", "Line"),
        Heading("listing", "Listing"),
        Heading("sku", "SKU"),
        Heading("quantity", "Units", Unit.COUNT),
        Heading("price", "Unit price", is_amount=True),
    )
    rows = tuple(
        (str(one.line_id), str(one.listing_id), one.sku, one.quantity, _price(one)) for one in lines
    )
    return Table("lines", headings, rows, f"{len(lines)} lines of the order")


def ledger_table(order: OrderExplanation) -> Table:
    """Return one row a row of the ledger, and below them the sum of what is known."""
    told = {part.column for part in order.parts}
    columns = [pair for pair in _COLUMNS if order.total(pair[0]) or pair[0] in told]
    headings = (
        Heading("row", "Row"),
        Heading("sku", "SKU"),
        Heading("event_day", "Counts on", None, "By refund day."),
        Heading("order_day", "By order day"),
        *(Heading(name, label, Unit.MONEY) for name, label in columns),
    )
    unknown = {(part.row, part.column) for part in order.parts if part.amount is None}
    rows: list[tuple[Any, ...]] = [
        (
            _row_words(one),
            one.sku,
            one.event_day.isoformat(),
            one.order_day.isoformat(),
            *(None if (one.row, name) in unknown else one.amounts[name] for name, _ in columns),
        )
        for one in order.ledger
    ]
    rows.append(("Sum", None, None, None, *(order.total(name) for name, _ in columns)))
    return Table("ledger", headings, tuple(rows), "Rows of the ledger and their sum")


def cells_table(cells: Sequence[Cell]) -> Table:
    """Return one row a step of a refund and a cell of what was paid."""
    headings = (
        Heading("refund", "Refund"),
        Heading("step", "Step"),
        Heading("rule", "Rule"),
        Heading("line", "Line"),
        Heading("component", "Of"),
        Heading("paid", "Paid", Unit.MONEY),
        Heading("left", "Left before", Unit.MONEY),
        Heading("taken", "Taken", Unit.MONEY),
    )
    rows = tuple(
        (
            str(one.refund_id),
            one.step,
            one.rule,
            str(one.line_id),
            one.component,
            one.paid,
            one.left,
            one.taken,
        )
        for one in cells
    )
    return Table("cells", headings, rows, f"{len(cells)} steps of refunds")


def parts_table(amounts: Sequence[Part]) -> Table:
    """Return one row an amount of the ledger: how it was shared out, and where it comes from."""
    headings = (
        Heading("row", "Row"),
        Heading("column", "Amount of"),
        Heading("amount", "Amount", Unit.MONEY),
        Heading("whole", "Shared out", Unit.MONEY),
        Heading("weight", "Weight", is_amount=True),
        Heading("remainder", "Remainder", Unit.INT),
        Heading("basis", "Known by"),
        Heading("rule", "Rule"),
        Heading("formula", "Formula"),
        Heading("source", "Source"),
    )
    rows = tuple(
        (
            f"{one.row.event} of line {one.row.line_id}",
            _column_words(one.column),
            one.amount,
            one.whole,
            f"{one.weight:,} of {one.weights:,}",
            one.remainder,
            one.why.basis,
            one.why.rule,
            one.why.formula,
            f"{one.why.source} {one.why.source_row}".strip(),
        )
        for one in amounts
        if not one.column.startswith("quantity")
    )
    return Table("amounts", headings, rows, f"{len(rows)} amounts of the order")


def _row_words(row: LedgerRow) -> str:
    return f"{row.row.event} of line {row.row.line_id}"


def _column_words(column: str) -> str:
    """Return what an amount of the ledger is called: as its metric where there is one."""
    metric = REGISTRY.metrics.get(column)
    return metric.label if metric else column.replace("_", " ").capitalize()


def _price(line: OrderLine) -> str | None:
    if line.unit_price is None:
        return None
    return price_words(line.unit_price, _PRICE_DIGITS, line.currency)


def _money(run: PageRun, amount: int) -> str:
    return text(Unit.MONEY, amount, run.currency)
