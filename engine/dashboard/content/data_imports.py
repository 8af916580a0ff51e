"""Data health, where the data come from: files imported, and the newest fact of each table."""

from __future__ import annotations

from datetime import datetime
from functools import partial

import streamlit as st

from engine.dashboard import states, tables
from engine.dashboard.content import parts
from engine.dashboard.page_run import PageRun
from engine.dashboard.sheets import Cell
from engine.dashboard.tables import Heading, Table
from engine.dashboard.wording import day_words, days_words
from engine.metrics.model import Unit
from engine.sources.findings import CODES
from engine.sources.imports import ImportedFile
from engine.sources.rhythms import Rhythm

_PAGE = "data-health"


def draw(run: PageRun) -> None:
    """Draw the files that were imported, and below them what was not used of them."""
    imports = run.analytics.imports
    if not imports.files:
        st.info(
            "Files of sales and refunds, from any marketplace, come into the tables by",
            title="No file was imported",
        )
        st.code(states.IMPORT_OWN, language="bash", wrap_lines=True)
        return
    table = files_table(run)
    parts.heading(run, _PAGE, "Files", "imports", partial(table.sheet, run.currency))
    tables.draw(table, run.currency)
    if not imports.rejects:
        st.caption("Every row of every file was used.")
        return
    table = rejects_table(run)
    parts.heading(run, _PAGE, "Rows not used", "rejects", partial(table.sheet, run.currency))
    tables.draw(table, run.currency)
    if imports.left_out:
        st.caption(f"{imports.left_out:,} older ones are not listed.")


def files_table(run: PageRun) -> Table:
    """Return one row an import, the newest first."""
    headings = (
        Heading("file", "File"),
        Heading("imported", "Imported"),
        Heading("kind", "Kind"),
        Heading("status", "Status"),
        Heading("days", "Days of its rows"),
        Heading("rows", "Rows", Unit.COUNT),
        Heading("new", "New", Unit.COUNT),
        Heading("changed", "Changed", Unit.COUNT),
        Heading("unchanged", "As they were", Unit.COUNT),
        Heading("removed", "Removed", Unit.COUNT),
        Heading("rejected", "Not used", Unit.COUNT),
        Heading("message", "Message", is_wide=True),
    )
    rows = tuple(
        (
            one.file,
            _local(run, one.started_at),
            one.kind,
            one.status,
            _days(one),
            one.rows,
            one.new,
            one.changed,
            one.unchanged,
            one.removed,
            one.rejected,
            one.message,
        )
        for one in run.analytics.imports.files
    )
    return Table("imports", headings, rows, f"{len(rows)} imported files")


def _days(one: ImportedFile) -> str | None:
    if one.first is None or one.last is None:
        return None
    return f"{day_words(one.first.date())} to {day_words(one.last.date())}"


def rejects_table(run: PageRun) -> Table:
    """Return one row a reject, of the newest file first."""
    headings = (
        Heading("file", "File"),
        Heading("row", "Row"),
        Heading("column", "Column"),
        Heading("found", "Found"),
        Heading("why", "Why", is_wide=True),
        Heading("expected", "Expected", is_wide=True),
    )
    rows = tuple(
        (
            one.file,
            None if one.row is None else str(one.row),
            one.column,
            one.found,
            CODES[one.code][1] if one.code else "the file was refused",
            one.expected or None,
        )
        for one in run.analytics.imports.rejects
    )
    return Table("rejects", headings, rows, f"{len(rows)} rows that were not used")


def draw_freshness(run: PageRun) -> None:
    """Draw up to when each table goes."""
    st.write(
        f"Newest fact: {run.last_moment():%Y-%m-%d %H:%M}. Read: "
        f"{run.local(run.analytics.loaded_at):%Y-%m-%d %H:%M}, {run.analytics.shop.time_zone}."
    )
    table = freshness_table(run)
    parts.heading(run, _PAGE, "Tables", "freshness", partial(table.sheet, run.currency))
    tables.draw(table, run.currency)
    st.caption("A table without one holds what is so now, weeks or months, or a part of another.")


def freshness_table(run: PageRun) -> Table:
    """Return one row a table, those that lag most first, then those without a time of their own."""
    analytics = run.analytics
    headings = (
        Heading("source", "Table"),
        Heading("rows", "Rows", Unit.COUNT),
        Heading("newest", "Newest fact"),
        Heading("behind", "Days behind", Unit.COUNT, "Against the shop's current day."),
        Heading("usual", "Usually", help="In the year up to its newest fact."),
        Heading("gap", "Longest step", help="From one day with facts to the next, in that year."),
        Heading("late", "Now"),
    )
    rows: list[tuple[Cell, ...]] = []
    for name, counts in analytics.inputs.items():
        rhythm = analytics.rhythms.get(name)
        if rhythm is None:
            rows.append((name, counts[0], *[None] * 5))
            continue
        newest = run.local(rhythm.newest)
        behind = (analytics.today - newest.date()).days
        rows.append((name, counts[0], f"{newest:%Y-%m-%d %H:%M}", behind, *_rhythm(rhythm, behind)))
    rows.sort(key=_lag)
    return Table("freshness", headings, tuple(rows), "The newest fact of each table")


def _lag(row: tuple[Cell, ...]) -> tuple[bool, int, str]:
    """Return what sorts the tables: those that lag most first, those without a time last."""
    behind = row[3]
    return not isinstance(behind, int), -behind if isinstance(behind, int) else 0, str(row[0])


def _rhythm(rhythm: Rhythm, behind: int) -> tuple[Cell, Cell, Cell]:
    """Return how often a table gets facts, its longest step, and whether it is late now."""
    if rhythm.usual is None or rhythm.longest is None or rhythm.longest_from is None:
        return None, None, None
    usual = "every day" if rhythm.usual == 1 else f"every {rhythm.usual} days"
    gap = f"{days_words(rhythm.longest)} from {day_words(rhythm.longest_from)}"
    if rhythm.is_late(behind):
        return usual, gap, "late: longer than any step of the year"
    return usual, gap, "longer than usual" if behind > rhythm.usual else "as usual"


def _local(run: PageRun, moment: datetime) -> str:
    return f"{run.local(moment):%Y-%m-%d %H:%M}"
