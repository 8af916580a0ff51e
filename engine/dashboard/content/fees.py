"""Fees & payouts: what the marketplace takes, by kind, and how much of it is measured."""

from __future__ import annotations

from functools import partial

import streamlit as st

from engine.dashboard import drill, pages, tables
from engine.dashboard.bridge import FEE_KINDS
from engine.dashboard.charts.chart import draw as draw_chart
from engine.dashboard.charts.ranked import ranked
from engine.dashboard.content import fees_account, parts
from engine.dashboard.data import breakdown_rows
from engine.dashboard.grids import Grid
from engine.dashboard.metric_names import at_level
from engine.dashboard.page_run import PageRun
from engine.dashboard.tables import Heading, Table
from engine.metrics.model import PRODUCT, SHOP, Unit
from engine.metrics.registry import REGISTRY
from engine.money import round_div

_PAGE = "fees"
CARDS = at_level(
    SHOP,
    "platform_fees",
    "offsite_ads_fees",
    "fee_rate",
    "take_home_rate",
    "fee_measured_share",
    "vat_on_fees",
    "fee_credits",
    "fees_retained_on_refunds",
)
MEASURES = at_level(
    SHOP,
    "platform_fees",
    "fee_rate",
    "transaction_fees",
    "processing_fees",
    "listing_fees",
    "regulatory_fees",
    "currency_conversion_fees",
    "vat_on_fees",
    "other_fees",
    "offsite_ads_fees",
    "fee_credits",
    "fee_measured_share",
)
COLUMNS = at_level(
    PRODUCT,
    "platform_fees",
    "fee_rate",
    "transaction_fees",
    "processing_fees",
    "listing_fees",
    "vat_on_fees",
    "offsite_ads_fees",
    "fee_measured_share",
)
MEASURED, ORDERS, TOTAL, OFFSITE = at_level(
    SHOP, "fee_measured_share", "orders", "platform_fees", "offsite_ads_fees"
)
_KINDS = (*FEE_KINDS, OFFSITE)
# How a fee is known, by the engine's name.
BASES = {
    "measured": ("Measured", "As the payment account has it, by order."),
    "pooled": ("Shared out", "Of the account, but charged for a month and not for an order."),
    "estimated": ("Estimated", "By the dated rates of etsy_fees.csv."),
}
_SKUS = Grid("skus", "SKU", "SKUs", COLUMNS, COLUMNS[0])


def draw(run: PageRun) -> None:
    """Draw the page."""
    if not any(run.figures.value(name, run.view.period) for name in (TOTAL, OFFSITE, ORDERS)):
        parts.ends_here(run)
        return
    parts.draw_cards(run, CARDS)
    fees_account.say_balance(run)
    parts.draw_tabs(
        {
            "By kind": partial(_by_kind, run),
            "Tie-out": partial(fees_account.draw_tie_out, run),
            "Drift": partial(fees_account.draw_drift, run),
            "Deposits": partial(fees_account.draw_deposits, run),
        },
        key="fees",
    )


def _by_kind(run: PageRun) -> None:
    is_measured = run.figures.value(MEASURED, run.view.period) != 0
    if not is_measured and not fees_account.has_no_entry(run):
        st.info(
            "They are estimated from etsy_fees.csv: no entry of the payment account, of the table "
            "ledger_entries, belongs to a fee of these days.",
            title="No fee of this range is measured",
        )
    table = kinds_table(run)
    with st.container(border=True):
        parts.heading(run, _PAGE, "Fees by kind", "kinds", partial(table.sheet, run.currency))
        amounts = [(name, run.figures.value(name, run.view.period)) for name in _KINDS]
        known = [(name, amount) for name, amount in amounts if isinstance(amount, int) and amount]
        known.sort(key=lambda pair: pair[1], reverse=True)
        bars = [(parts.label_of(name), amount) for name, amount in known]
        draw_chart(ranked(REGISTRY[TOTAL], bars, run.currency), "kinds")
    tables.draw(table, run.currency)
    parts.draw_measure(run, _PAGE, MEASURES)
    st.subheader("Fees by SKU")
    parts.draw_grid(run, _PAGE, PRODUCT, _SKUS, drill.on_page(pages.PRODUCTS, "sku"))


def kinds_table(run: PageRun) -> Table:
    """Return one row a kind of fee: amount, for one order, how it is known, and before."""
    view = run.view
    orders = run.figures.value(ORDERS, view.period)
    known_by = _known_by(run)
    headings = [
        Heading("kind", "Kind"),
        Heading("amount", "Amount", Unit.MONEY),
        Heading("per_order", "Per order", Unit.MONEY),
        *(Heading(basis, label, Unit.MONEY, said) for basis, (label, said) in BASES.items()),
    ]
    if view.compared is not None:
        headings.append(Heading("before", "Compared with", Unit.MONEY))
    rows = []
    for name in _KINDS:
        amount = run.figures.value(name, view.period)
        assert isinstance(amount, int), f"{name} is a sum and always known"
        share = round_div(amount, orders) if isinstance(orders, int) and orders else None
        bases = [known_by.get((name, basis), 0) for basis in BASES]
        before = [run.figures.value(name, view.compared)] if view.compared else []
        rows.append((REGISTRY[name].label, amount, share, *bases, *before))
    return Table("kinds", tuple(headings), tuple(rows), "Fees by kind")


def _known_by(run: PageRun) -> dict[tuple[str, str], int]:
    """Return the amount of each kind of fee by how it is known: one batch call."""
    frame = breakdown_rows(
        run.analytics, run.view.period, ("fee_kind", "fee_basis"), (TOTAL, OFFSITE), run.view.dating
    )
    return {
        (kind, basis): int(offsite if kind == OFFSITE else amount)
        for kind, basis, amount, offsite in zip(
            frame["fee_kind"], frame["fee_basis"], frame[TOTAL], frame[OFFSITE], strict=True
        )
    }
