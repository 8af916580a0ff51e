"""The tables of Compare: the SKUs behind a bar, and every metric of both sides."""

from __future__ import annotations

from functools import partial

import streamlit as st

from engine.dashboard import drill, pages, tables
from engine.dashboard.bounds import value_text
from engine.dashboard.content.compare import PAGE, Comparison, cause_label
from engine.dashboard.downloads import export
from engine.dashboard.filter_bar import pick
from engine.dashboard.page_run import PageRun
from engine.dashboard.sheets import Cell, Column, Sheet, metric_columns
from engine.dashboard.tables import Heading, Table
from engine.metrics.bridge import Cause
from engine.metrics.formats import difference, relative
from engine.metrics.model import SHOP, Metric, Unit
from engine.metrics.registry import REGISTRY
from engine.money import format_money

_MOST_ROWS = 1_000


def draw_parts(run: PageRun, shown: Comparison) -> None:
    """Draw what each SKU gave to the bar that the reader chose, the largest first."""
    causes = [cause for cause in Cause if shown.bridge.parts(cause)]
    if shown.level is not SHOP or not causes:
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        with st.container(width=280):
            chosen = pick("Bar", causes, lambda one: cause_label(Cause(one)), key="bar")
        export(run, PAGE, "bridge by SKU", partial(parts_sheet, shown, run.currency))
    table = parts_table(shown, Cause(chosen))
    skus = [row[0] for row in table.rows]
    tables.draw(table, run.currency, ids=skus, opens=drill.on_page(pages.PRODUCTS, "sku"))
    parts = shown.bridge.parts(Cause(chosen))
    total = format_money(shown.bridge.bars[Cause(chosen)], run.currency, sign=True)
    more = "" if len(parts) <= _MOST_ROWS else f", of which {_MOST_ROWS:,} are shown"
    count = "1 SKU" if len(parts) == 1 else f"{len(parts):,} SKUs"
    st.caption(f"{count}, {total} together, the largest first{more}.")


def parts_table(shown: Comparison, cause: Cause) -> Table:
    """Return the SKUs of a bar, the largest first, as far as they are shown."""
    label = cause_label(cause)
    rows = tuple((str(key), amount) for key, amount in shown.bridge.parts(cause)[:_MOST_ROWS])
    headings = (Heading("sku", "SKU"), Heading("amount", label, Unit.MONEY))
    return Table("parts", headings, rows, f"SKUs behind {label.lower()}, the largest first")


def draw_metrics(run: PageRun, shown: Comparison) -> None:
    """Draw every metric of the level: A, B and the change."""
    st.subheader("Every metric")
    export(run, PAGE, "both sides", partial(sides_sheet, shown, run.currency))
    tables.draw(metrics_table(shown, run.currency), run.currency)


def metrics_table(shown: Comparison, currency: str) -> Table:
    """Return one row a metric, each value as the registry writes it; nothing is averaged."""
    before, after = (side.words for side in shown.sides)
    headings = (
        Heading("metric", "Metric"),
        *(
            Heading(name, side.short, help=side.words, is_amount=True)
            for name, side in zip(("before", "after"), shown.sides, strict=True)
        ),
        Heading("difference", "Difference", is_amount=True),
        Heading("relative", "Relative", is_amount=True),
    )
    rows = tuple(_metric_row(shown, metric, currency) for metric in REGISTRY.at_level(shown.level))
    return Table("both sides", headings, rows, f"Every metric of {before} and of {after}")


def _metric_row(shown: Comparison, metric: Metric, currency: str) -> tuple[Cell, ...]:
    old, new = shown.values(metric.name)
    values = (
        value_text(metric.name, figures, side.period)
        for figures, side in zip(shown.figures, shown.sides, strict=True)
    )
    moved = difference(metric.unit, new, old, currency)
    if moved is not None and not moved.sign:
        return (metric.label, *values, "unchanged", None)
    share = relative(metric.unit, new, old)
    said = (None if one is None else one.text for one in (moved, share))
    return (metric.label, *values, *said)


def sides_sheet(shown: Comparison, currency: str) -> Sheet:
    """Return both sides in full, one row a side."""
    names = [metric.name for metric in REGISTRY.at_level(shown.level)]
    rows = tuple(
        (
            side.letter,
            None if side.entity is None else str(side.entity),
            side.period.start,
            side.period.end,
            *(figures.value(name, side.period) for name in names),
        )
        for side, figures in zip(shown.sides, shown.figures, strict=True)
    )
    keys = map(Column, ("side", "entity_id", "period_start", "period_end"))
    return Sheet("Both sides", (*keys, *metric_columns(names)), rows, currency)


def parts_sheet(shown: Comparison, currency: str) -> Sheet:
    """Return what each SKU gave to each bar, one row a bar and SKU."""
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (cause_label(cause), str(key), amount)
        for cause in Cause
        for key, amount in shown.bridge.parts(cause)
    )
    columns = (Column("cause"), Column("sku"), Column("amount", Unit.MONEY))
    return Sheet("Bridge by SKU", columns, rows, currency)
