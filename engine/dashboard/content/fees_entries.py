"""Fees & payouts: the single entries behind one type of the payment account, each to its order."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import pandas as pd
import streamlit as st

from engine.dashboard import drill, pages, tables
from engine.dashboard.content import parts
from engine.dashboard.filter_bar import pick
from engine.dashboard.page_run import PageRun
from engine.dashboard.sheets import Sheet
from engine.dashboard.tables import Heading, Table
from engine.dashboard.turns import turn
from engine.ledger.fee_frames import Fate
from engine.metrics.account_statement import Statement, TypeRow
from engine.metrics.formats import known, text
from engine.metrics.model import Unit
from engine.metrics.registry import REGISTRY
from engine.sources.ledger_types import Bucket, bucket_of, plain_words

KEY = "entries"
MOST_SHOWN = 1_000
_PAGE = "fees"
_DESCRIPTION = "Its own text where it refers to nothing, else what its type is."
_NONE = ""  # the choice of no type
# Where the figures have an entry, or why none has it.
FATES = {
    Fate.SALE: "On its order's day",
    Fate.REFUND: "On the day of its order's refund",
    Fate.ADJUSTMENT: "By itself, on its own day",
    Fate.POOLED: "Shared out over the orders of its month",
    Fate.LABEL: "As postage of its order",
    Fate.AD_SPEND: "On its own day, where no statistics have it",
    Fate.PASS_THROUGH: "No cost",
    Fate.HELD: "Not booked: its order has no exchange rate",
    Fate.NO_RATE: "Not booked: no exchange rate for its day",
    Fate.LEDGER_GAP: "Not booked: too few of its kind in the month",
    Fate.LABEL_WITHOUT_ORDER: "Not booked: a label of no known order",
    Fate.LABEL_RETURNED: "Not booked: more was paid back than labels cost",
    Fate.RECOVERABLE_VAT: "Not booked: VAT on fees is recoverable",
}
_SAID = {fate.name.lower(): words for fate, words in FATES.items()}


def said(ledger_type: str) -> str:
    """Return what entries of a type are, in plain words."""
    bucket, _ = bucket_of(ledger_type)
    if bucket is Bucket.PASS_THROUGH:
        return plain_words(ledger_type)
    return REGISTRY[bucket.value].label


def id_of(statement: Statement, row: TypeRow) -> str:
    """Return what stands in the address for a type of one currency's account."""
    return f"{statement.currency}:{row.kind}"


def draw(run: PageRun, statements: Sequence[Statement]) -> None:
    """Draw the picker of a type and the entries of the one that is chosen."""
    of = {id_of(one, row): (one, row) for one in statements for row in one.types}
    if not of:
        return
    with st.container(width=400):
        chosen = pick(
            "Entries of one type",
            [_NONE, *of],
            lambda one: _label(*of[one]) if one != _NONE else "None",
            key=KEY,
        )
    if chosen == _NONE:
        return
    statement, row = of[chosen]
    frame = entries_of(run, statement, row.kind)
    title = f"{said(row.kind)}: entries"
    make = partial(entries_sheet, frame, statement)
    parts.heading(run, _PAGE, title, f"{row.kind or 'untyped'} entries", make)
    shown = frame.head(MOST_SHOWN)
    ids = [known(one) for one in shown["order_id"]]
    opens = drill.on_page(pages.ORDERS, "order")
    tables.draw(entries_table(shown), statement.currency, ids=ids, opens=opens)
    st.caption(_count(len(shown), row, statement.currency))


def entries_of(run: PageRun, statement: Statement, kind: str | None = None) -> pd.DataFrame:
    """Return the entries of a statement, or of one type of it."""
    with turn():
        return run.analytics.account_entries(run.view.period, statement.currency, kind)


def entries_table(frame: pd.DataFrame) -> Table:
    """Return one row an entry."""
    headings = (
        Heading("entered_at", "Entered"),
        Heading("description", "Description", None, _DESCRIPTION),
        Heading("amount", "Amount", Unit.MONEY, "Positive came in, negative went out."),
        Heading("order_id", "Order"),
        Heading("booked", "In the figures", is_wide=True),
        Heading("ledger_type", "Type of entry"),
        Heading("entry_id", "Entry"),
    )
    rows = tuple(
        (
            f"{row['entered_at']:%Y-%m-%d %H:%M}",
            known(row["description"]) or said(row["ledger_type"]),
            known(row["amount"]),
            None if known(row["order_id"]) is None else str(row["order_id"]),
            _SAID[row["fate"]],
            row["ledger_type"],
            str(row["entry_id"]),
        )
        for row in frame.to_dict("records")
    )
    return Table(KEY, headings, rows, f"{len(frame):,} entries of the payment account")


def entries_sheet(frame: pd.DataFrame, statement: Statement) -> Sheet:
    """Return all entries for a file."""
    return entries_table(frame).sheet(statement.currency)


def _label(statement: Statement, row: TypeRow) -> str:
    return f"{said(row.kind)} · {row.kind or 'no type'} · {statement.currency}"


def _count(shown: int, row: TypeRow, currency: str) -> str:
    come_to = f"All {row.entries:,} come to {text(Unit.MONEY, row.amount, currency)}, as above."
    if shown == row.entries:
        return come_to
    return f"The newest {shown:,} are shown; the export has them all. {come_to}"
