"""Data health: how far to trust the figures, and what to fix first."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from engine.dashboard import cards, drill, pages, tables
from engine.dashboard.content import data_imports, data_signs, parts
from engine.dashboard.downloads import MIME, export
from engine.dashboard.grids import MOST_ROWS
from engine.dashboard.kept import kept
from engine.dashboard.metric_names import at_level
from engine.dashboard.page_run import PageRun, now
from engine.dashboard.tables import Heading, Table
from engine.dashboard.wording import moment_words
from engine.ledger.cost_labels import in_words
from engine.metrics.formats import known
from engine.metrics.model import PRODUCT, SHOP, Unit
from engine.metrics.registry import REGISTRY

_PAGE = "data-health"
CARDS = at_level(SHOP, "cost_coverage", "weight_coverage", "fee_measured_share", "held_orders")
TABS = ("Findings", "Missing costs", "Provenance", "Imports", "Identities", "Freshness")
# What was found and what to do come before where it stands: most screens are narrower than a row.
FINDING_ORDER = (
    "level",
    "what",
    "sales_at_stake",
    "remedy",
    "place",
    "row",
    "column",
    "value",
    "count",
    "sku",
    "order_id",
    "code",
)
_WIDE = ("what", "remedy", "tried", "why_not_used")
_MONEY = {"sales_at_stake", "sales", "amount"}
_COUNTS = {"count", "units", "lines", "row"}
_SHARES = {"share", "share_of_sales", "share_of_lines"}
# Columns of the engine's frames as people read them, where the name alone is not plain.
_LABELS = {
    "level": "Severity",
    "place": "Table or file",
    "what": "What was found",
    "remedy": "What to do",
    "order_id": "An order",
    "sku": "SKU",
    "listing_id": "Listing",
    "listing_title": "Title",
    "tried": "What was looked up",
    "why_not_used": "Why it is not used",
    "label": "Known as",
}


def draw(run: PageRun) -> None:
    """Draw the page."""
    shown = [cards.metric_card(name, run.figures, run.view) for name in CARDS]
    with st.grid(4, min_column_width=160):
        for card in (*shown, *data_signs.signs_of(run)):
            cards.draw(card)
    cards.appear_first()
    draws = (
        _findings,
        _missing,
        _provenance,
        data_imports.draw,
        _identities,
        data_imports.draw_freshness,
    )
    parts.draw_tabs(
        {label: partial(one, run) for label, one in zip(TABS, draws, strict=True)}, key="health"
    )


def _findings(run: PageRun) -> None:
    frame = kept(run.analytics.health)
    if frame.empty:
        checked = moment_words(run.local(run.analytics.loaded_at), run.local(now()).date())
        st.success(f"Checked when the data were read, {checked}.", title="Nothing to fix")
        return
    frame = frame[list(FINDING_ORDER)]
    table = frame_table("findings", frame, "Findings, the most sales at stake first")
    ways = [way_to_example(*pair) for pair in zip(frame["order_id"], frame["sku"], strict=True)]
    _draw(run, table, "findings", ids=ways, opens=lambda way: drill.leave_for(*way))
    st.caption(
        "Most sales at stake first. Open shows an order or a SKU as an example, where there is one."
    )


def _missing(run: PageRun) -> None:
    frame = kept(run.analytics.missing_costs)
    if frame.empty:
        st.success("Every SKU that was sold has a unit cost.", title="No cost is missing")
        return
    st.download_button(
        "Download the template of sku_map.csv",
        lambda: run.analytics.cost_template().encode("utf-8-sig"),
        file_name="sku_map.csv",
        mime=MIME,
        on_click="ignore",
        help="Your present rows first, then these SKUs with an empty unit_cost. Fill it in and "
        "save it into csv_inputs: it is taken as it is.",
    )
    table = frame_table("missing costs", frame, "SKUs without a cost, the most sales first")
    opens = drill.on_page(pages.PRODUCTS, "sku")
    _draw(run, table, "missing costs", ids=list(frame["sku"]), opens=opens)


def _provenance(run: PageRun) -> None:
    st.caption("How each kind of cost is known, over all time.")
    frame = in_plain_words(kept(run.analytics.provenance))
    _draw(run, frame_table("provenance", frame, "How each kind of cost is known"), "provenance")


def in_plain_words(provenance: pd.DataFrame) -> pd.DataFrame:
    """Return the frame with the costs and labels of the engine as people say them."""
    labels = [
        in_words(label, "another region") if "/" in label else label.capitalize()
        for label in provenance["label"]
    ]
    costs = [REGISTRY[cost].label for cost in provenance["cost"]]
    return provenance.assign(cost=costs, label=labels)


def _identities(run: PageRun) -> None:
    st.caption("Sums that must agree to the cent. One that does not stops the figures.")
    headings = (
        Heading("identity", "Identity"),
        Heading("left", "One side", Unit.MONEY),
        Heading("right", "The other", Unit.MONEY),
        Heading("difference", "Difference", Unit.MONEY),
    )
    rows = tuple((i.name, i.left, i.right, i.difference) for i in run.analytics.identities)
    _draw(run, Table("identities", headings, rows, f"{len(rows)} identities"), "identities")


def frame_table(key: str, frame: pd.DataFrame, alt: str) -> Table:
    """Return a frame of the engine as it is, under words for people."""
    names = list(frame.columns)
    headings = tuple(
        Heading(name, _label(name), _unit(name), is_wide=name in _WIDE) for name in names
    )
    rows = tuple(
        tuple(_cell(row[name], _unit(name)) for name in names) for row in frame.to_dict("records")
    )
    return Table(key, headings, rows, alt)


def _draw(
    run: PageRun,
    table: Table,
    what: str,
    *,
    ids: list[Any] | None = None,
    opens: Callable[[Any], None] | None = None,
) -> None:
    export(run, _PAGE, what, partial(table.sheet, run.currency))
    shown = Table(table.key, table.headings, table.rows[:MOST_ROWS], table.alt)
    tables.draw(shown, run.currency, ids=ids or [], opens=opens)
    if len(table.rows) > MOST_ROWS:
        st.caption(f"{MOST_ROWS:,} of {len(table.rows):,} shown; the export has all.")


def way_to_example(order: Any, sku: Any) -> tuple[Path, dict[str, str]] | None:
    """Return the page that shows an example of a finding, None where none is known."""
    if known(order) is not None:
        return pages.ORDERS, {"order": str(order)}
    if known(sku) is not None:
        return pages.PRODUCTS, {drill.KEYS[PRODUCT]: str(sku)}
    return None


def _label(name: str) -> str:
    return _LABELS.get(name) or name.replace("_", " ").capitalize()


def _unit(name: str) -> Unit | None:
    if name in _MONEY:
        return Unit.MONEY
    if name in _SHARES:
        return Unit.SHARE
    return Unit.COUNT if name in _COUNTS else None


def _cell(value: Any, unit: Unit | None) -> Any:
    if value is None or value is pd.NA or value is pd.NaT:
        return None
    return known(value) if unit else str(value)
