"""Data health, where the data come from: files imported, and the newest fact of each table."""

from __future__ import annotations

from datetime import datetime
from functools import partial

import streamlit as st

from engine.dashboard import states, tables
from engine.dashboard.content import parts
from engine.dashboard.page_run import PageRun
from engine.dashboard.tables import Heading, Table
from engine.dashboard.wording import day_words
from engine.metrics.model import Unit
from engine.sources.findings import CODES
from engine.sources.imports import ImportedFile

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
    )
    rows = []
    for name, counts in analytics.inputs.items():
        newest = analytics.newest.get(name)
        behind = None if newest is None else (analytics.today - run.local(newest).date()).days
        moment = None if newest is None else f"{run.local(newest):%Y-%m-%d %H:%M}"
        rows.append((name, counts[0], moment, behind))
    rows.sort(key=lambda row: (row[3] is None, -(row[3] or 0), row[0]))
    return Table("freshness", headings, tuple(rows), "The newest fact of each table")


def _local(run: PageRun, moment: datetime) -> str:
    return f"{run.local(moment):%Y-%m-%d %H:%M}"
