"""What one listing or one SKU alone has: the SKUs of a listing, the history of a SKU's costs."""

from __future__ import annotations

from functools import partial
from typing import Any

import streamlit as st

from engine.dashboard import drill, pages, tables
from engine.dashboard.content import parts
from engine.dashboard.data import breakdown_rows
from engine.dashboard.metric_names import at_level
from engine.dashboard.page_run import PageRun
from engine.dashboard.tables import Heading, Table, of_metric
from engine.dashboard.wording import bucket_words, price_words
from engine.ledger.cost_history import CostSpell
from engine.ledger.cost_labels import in_words
from engine.metrics.formats import known
from engine.metrics.model import LISTING
from engine.money import UNIT_SCALE
from engine.periods import PeriodKind

SKU_COLUMNS = at_level(
    LISTING,
    "contribution_profit",
    "net_revenue",
    "units_sold",
    "contribution_margin",
    "average_unit_price",
    "average_unit_cost",
    "refund_rate_value",
    "cost_coverage",
)


def draw_skus(run: PageRun, listing: int) -> None:
    """Draw the SKUs that were sold by a listing, those that earn most first."""
    table = skus_table(run, listing)
    parts.heading(
        run, "listings", "Its SKUs", "SKUs of a listing", partial(table.sheet, run.currency)
    )
    skus = [row[0] for row in table.rows]
    tables.draw(table, run.currency, ids=skus, opens=drill.on_page(pages.PRODUCTS, "sku"))
    st.caption("As sold by this listing alone; together they are the listing.")


def skus_table(run: PageRun, listing: int) -> Table:
    """Return one row a SKU with a fact of this listing in the range."""
    frame = breakdown_rows(
        run.analytics, run.view.period, "sku", SKU_COLUMNS, run.view.dating, LISTING, listing
    ).sort_values(SKU_COLUMNS[0], ascending=False, kind="stable")
    rows = tuple(
        (_sku(row["sku"]), *(known(row[name]) for name in SKU_COLUMNS))
        for row in frame.to_dict("records")
    )
    headings = (Heading("sku", "SKU"), *(of_metric(name) for name in SKU_COLUMNS))
    return Table("its skus", headings, rows, "The SKUs of this listing")


def _sku(value: Any) -> str:
    said = known(value)
    return parts.WITHOUT if said is None else str(said)


def draw_costs(run: PageRun, sku: str) -> None:
    """Draw what a SKU has cost in each region, and which row of which file says so."""
    spells = run.analytics.cost_history(sku)
    if not spells or all(spell.unit_cost is None for spell in spells):
        st.info(
            "No file tells what it costs. Data health has a template to fill in.",
            title="No unit cost",
        )
        if st.button("Open the missing costs"):
            drill.leave_for(pages.DATA_HEALTH, {"health": "Missing costs"})
        return
    table = costs_table(spells)
    parts.heading(
        run, "products", "Unit cost by region", "unit costs", partial(table.sheet, run.currency)
    )
    tables.draw(table, run.currency)
    st.caption(
        "The region is where the parcel goes, the month that of the order. A cost that is not the "
        "SKU's own of that month or one before is an estimate."
    )


def costs_table(spells: tuple[CostSpell, ...]) -> Table:
    """Return one row a region and stretch of months with the same answer."""
    headings = (
        Heading("region", "Region"),
        Heading("months", "Months of orders"),
        Heading("unit_cost", "Unit cost", is_amount=True),
        Heading("basis", "Basis"),
        Heading("whose", "Whose cost it is"),
        Heading("file", "File"),
        Heading("row", "Row"),
    )
    rows = tuple(
        (
            spell.region,
            _months(spell),
            _cost(spell),
            spell.basis,
            in_words(spell.label, spell.source_region),
            spell.file or None,
            None if spell.row is None else str(spell.row),
        )
        for spell in spells
    )
    return Table("costs", headings, rows, "Unit cost by region and month")


def _months(spell: CostSpell) -> str:
    first, last = (bucket_words(PeriodKind.MONTHLY, month) for month in (spell.first, spell.last))
    return first if first == last else f"{first} to {last}"


def _cost(spell: CostSpell) -> str | None:
    if spell.unit_cost is None:
        return None
    return price_words(spell.unit_cost, UNIT_SCALE, spell.currency)
