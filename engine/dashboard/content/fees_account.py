"""Fees & payouts, as the payment account has them: tie-out, drift of the estimates, deposits.

Every sum is the engine's. The account speaks its own currency; what reaches the profit is in the
shop's.
"""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import streamlit as st

from engine.dashboard import drill, tables
from engine.dashboard.charts.chart import draw as draw_chart
from engine.dashboard.charts.lines import Line, lines_by_month
from engine.dashboard.content import fees_entries, parts
from engine.dashboard.downloads import export
from engine.dashboard.filter_bar import show_dates
from engine.dashboard.kept import kept
from engine.dashboard.metric_names import at_level
from engine.dashboard.page_run import PageRun
from engine.dashboard.sheets import Cell, Sheet
from engine.dashboard.tables import Heading, Table
from engine.dashboard.wording import bucket_words, day_words
from engine.metrics.account_statement import SHIFT_MONTHS, SHIFT_PERCENT, Drift, Shift, Statement
from engine.metrics.formats import text
from engine.metrics.model import SHOP, Unit
from engine.metrics.registry import REGISTRY
from engine.periods import PeriodKind
from engine.sources.ledger_types import FEE_COLUMNS

_PAGE = "fees"
_FROM_ELSEWHERE = "Estimated, or known from elsewhere: price lists, statistics, a month's shares."
KINDS = at_level(SHOP, *FEE_COLUMNS)
_DUE = Heading("difference", "Difference", Unit.MONEY)


def say_balance(run: PageRun) -> None:
    """Say what the account holds at the end of the range, and what of it nothing explains."""
    period, days = run.view.period, run.analytics.account_days
    if days is None or days[0] > period.end or period.start > days[1]:
        return
    for one in kept(run.analytics.account_statements, period):
        closing, open_ = (
            text(Unit.MONEY, amount, one.currency) for amount in (one.closing, one.unexplained)
        )
        st.caption(
            f"Payment account at the end of {day_words(period.end)}: {closing}; not explained by "
            f"entries of these days: {open_}."
        )


def draw_tie_out(run: PageRun) -> None:
    """Draw the account from its opening to its closing balance, and how it reaches the profit."""
    if has_no_entry(run):
        return
    found = kept(run.analytics.account_statements, run.view.period)
    for statement in found:
        table = statement_table(run, statement)
        title = f"The payment account, in {statement.currency}"
        what = f"account in {statement.currency}"
        parts.heading(run, _PAGE, title, what, partial(table.sheet, statement.currency))
        ids = [None, *(fees_entries.id_of(statement, row) for row in statement.types), None]
        opens = drill.here_by(fees_entries.KEY)
        tables.draw(table, statement.currency, ids=ids, opens=opens)
        _say_whether_whole(statement)
        whole = f"all entries in {statement.currency}"
        export(run, _PAGE, whole, partial(_all_entries, run, statement))
    fees_entries.draw(run, found)
    table = booked_table(run)
    make = partial(table.sheet, run.currency)
    parts.heading(run, _PAGE, "From the account to the profit", "booked", make)
    tables.draw(table, run.currency)
    st.caption(
        "A fee counts on the day of its order, a credit on the day of its refund: what the account "
        "charged in these days for other days is taken out, and the reverse is added."
    )


def statement_table(run: PageRun, statement: Statement) -> Table:
    """Return the opening balance, one row a type of entry, and the closing balance."""
    period = run.view.period
    headings = (
        Heading("what", "What"),
        Heading("ledger_type", "Type of entry"),
        Heading("entries", "Entries", Unit.COUNT),
        Heading("amount", "Amount", Unit.MONEY, "What came in, less what went out."),
    )
    before = day_words(period.start - timedelta(days=1))
    rows: list[tuple[Cell, ...]] = [
        (f"Balance at the end of {before}", None, None, statement.opening)
    ]
    rows += [
        (fees_entries.said(row.kind), row.kind, row.entries, row.amount) for row in statement.types
    ]
    after = f"Balance at the end of {day_words(period.end)}"
    rows.append((after, None, None, statement.closing))
    alt = f"The payment account by type of entry: {statement.entries:,} entries"
    return Table(f"account {statement.currency}", headings, tuple(rows), alt)


def _all_entries(run: PageRun, statement: Statement) -> Sheet:
    return fees_entries.entries_sheet(fees_entries.entries_of(run, statement), statement)


def _say_whether_whole(statement: Statement) -> None:
    said = text(Unit.MONEY, statement.moved, statement.currency)
    if statement.unexplained is None:
        st.caption(f"{statement.entries:,} entries of {said}; the data do not tell the balance.")
    elif statement.unexplained:
        left = text(Unit.MONEY, statement.unexplained, statement.currency)
        st.warning(
            f"{statement.entries:,} entries come to {said}; the balance moved by {left} more. "
            "Entries are missing from the data, or stand in another order.",
            title="The account does not add up",
        )
    else:
        nothing = text(Unit.MONEY, 0, statement.currency)
        st.caption(
            f"{statement.entries:,} entries of {said} lead from one balance to the other: "
            f"{nothing} is unexplained."
        )


def booked_table(run: PageRun) -> Table:
    """Return from what the account charged to what the figures hold, one row a kind of cost."""
    headings = (
        Heading("cost", "Cost"),
        Heading("charged", "Charged in these days", Unit.MONEY),
        Heading("to_other_days", "For other days", Unit.MONEY),
        Heading("from_other_days", "From other days", Unit.MONEY),
        Heading("not_booked", "Not booked", Unit.MONEY, "In no figure; data health says why."),
        Heading("booked", "From the account", Unit.MONEY),
        Heading("elsewhere", "From elsewhere", Unit.MONEY, _FROM_ELSEWHERE),
        Heading("figure", "In the figures", Unit.MONEY),
    )
    rows = []
    for row in kept(run.analytics.account_booked, run.view.period, run.view.dating):
        figure = run.figures.value(row.bucket.value, run.view.period)
        steps = (row.charged, -row.to_other_days, row.from_other_days, -row.not_booked)
        elsewhere = figure - row.booked if isinstance(figure, int) else None
        ends = (row.booked, elsewhere, figure)
        rows.append((REGISTRY[row.bucket.value].label, *steps, *ends))
    return Table("booked", headings, tuple(rows), "From the account to the profit, by kind of cost")


def draw_drift(run: PageRun) -> None:
    """Draw how far the estimates are from what was charged, by kind and month."""
    rows = kept(run.analytics.fee_drift, run.view.period)
    if not rows:
        if not has_no_entry(run):
            st.info("No order of these days has measured fees.", title="Nothing to compare")
        return
    for shift in kept(run.analytics.fee_shifts):
        _say_shift(shift, run.currency)
    table = drift_table(rows)
    with st.container(border=True):
        make = partial(table.sheet, run.currency)
        parts.heading(run, _PAGE, "How far the estimates are off", "drift", make)
        draw_chart(lines_by_month(_drift_lines(rows), "Estimate against measured"), "drift")
    tables.draw(table, run.currency)
    st.caption(
        "Orders whose fees the account has, estimated all the same: so good are the estimates of "
        "the others. Above zero too much is estimated."
    )


def drift_table(rows: tuple[Drift, ...]) -> Table:
    """Return one row a kind of fee and month, the newest month first."""
    headings = (
        Heading("month", "Month"),
        Heading("kind", "Kind"),
        Heading("orders", "Orders", Unit.COUNT),
        Heading("measured", "Measured", Unit.MONEY),
        Heading("estimated", "Estimated", Unit.MONEY),
        _DUE,
        Heading("off", "Off by", Unit.SHARE, "Of what is measured."),
    )
    cells = tuple(
        (
            bucket_words(PeriodKind.MONTHLY, row.month),
            REGISTRY[row.column].label,
            row.orders,
            row.measured,
            row.estimated,
            row.estimated - row.measured,
            row.off,
        )
        for row in sorted(rows, key=lambda row: row.month, reverse=True)
    )
    return Table("drift", headings, cells, "Estimated against measured fees by month and kind")


def _drift_lines(rows: tuple[Drift, ...]) -> list[Line]:
    return [
        Line(
            REGISTRY[kind].label,
            tuple((row.month, row.off) for row in rows if row.column == kind),
        )
        for kind in KINDS
        if any(row.column == kind and row.off is not None for row in rows)
    ]


def _say_shift(shift: Shift, currency: str) -> None:
    measured, estimated = (
        text(Unit.MONEY, amount, currency) for amount in (shift.measured, shift.estimated)
    )
    st.warning(
        f"Since {bucket_words(PeriodKind.MONTHLY, shift.since)} the account has charged "
        f"{measured} where {estimated} is estimated: more than {SHIFT_PERCENT} % off in each of "
        f"{SHIFT_MONTHS} months or more. A row of etsy_fees.csv that begins then, with the rate "
        "that is charged, brings the estimates of the orders after it into line.",
        title=f"{REGISTRY[shift.column].label}: the estimate no longer fits",
    )


def draw_deposits(run: PageRun) -> None:
    """Draw the payouts to the bank."""
    if has_no_entry(run):
        return
    found = kept(run.analytics.account_deposits, run.view.period)
    if not found:
        st.info("The account paid nothing out in these days.", title="No deposit in this range")
        return
    for currency in dict.fromkeys(one.currency for one in found):
        rows = tuple(
            (one.day, one.amount, one.entries, one.orders, one.after)
            for one in found
            if one.currency == currency
        )
        headings = (
            Heading("day", "Day"),
            Heading("amount", "Deposit", Unit.MONEY),
            Heading("entries", "Entries since the last one", Unit.COUNT),
            Heading("orders", "Orders in them", Unit.COUNT),
            Heading("after", "Left in the account", Unit.MONEY),
        )
        table = Table(f"deposits {currency}", headings, rows, f"{len(rows)} deposits")
        title, make = f"Deposits to the bank, in {currency}", partial(table.sheet, currency)
        parts.heading(run, _PAGE, title, f"deposits in {currency}", make)
        tables.draw(table, currency)


def has_no_entry(run: PageRun) -> bool:
    """Whether the account has nothing up to the end of the range; then the reason is drawn."""
    days = run.analytics.account_days
    if days is None:
        st.info(
            "All fees are estimated from etsy_fees.csv. The table ledger_entries brings what was "
            "really charged.",
            title="No payment account in the data",
        )
        return True
    first, last = days
    period = run.view.period
    if first <= period.end and period.start <= last:
        return False
    st.info(
        f"The account has entries from {day_words(first)} to {day_words(last)}. The fees of other "
        "days are estimated from etsy_fees.csv.",
        title="No entry of the payment account in this range",
    )
    begin = max(first, last.replace(day=1))
    st.button(
        f"Show {day_words(begin)} to {day_words(last)}", on_click=show_dates, args=(begin, last)
    )
    return True
