"""Cohorts: what became of the customers of each month, as a heat table that opens to the orders.

One row = the customers whose first order fell into a month; one column = a month since then.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from engine.dashboard import drill, grids, pages, tables, theme
from engine.dashboard.content.buyers import BUYERS, COHORT
from engine.dashboard.downloads import export
from engine.dashboard.filter_bar import choose
from engine.dashboard.kept import kept
from engine.dashboard.page_run import PageRun
from engine.dashboard.tables import Heading, Table
from engine.dashboard.wording import bucket_words
from engine.metrics.formats import NOTHING, known
from engine.metrics.model import Unit
from engine.periods import Period, PeriodKind, add_months

_PAGE = "customers"
_KEY = "cohorts"
# These stand in addresses, so they never change.
COHORT_MEASURES = {
    "Retention": ("retention", Unit.SHARE),
    "Customers": ("customers", Unit.COUNT),
    "Orders": ("orders", Unit.COUNT),
    "Contribution per customer": ("cumulative_contribution_per_customer", Unit.MONEY),
}
MOST_MONTHS = 24  # columns on the screen
_DEEP = 0.95  # share of the cells below which a colour is not the deepest


@dataclass(frozen=True, slots=True)
class Cohorts:
    """The engine's answer: `cells` by month of first order and months since, newest cohort first.

    is_open: the cells whose month is not over.
    """

    months: tuple[date, ...]
    sizes: dict[date, int]
    cells: dict[date, dict[int, Any]]
    is_open: frozenset[tuple[date, int]]
    unit: Unit

    @property
    def last(self) -> int:
        """The most months since a first order."""
        return max((since for row in self.cells.values() for since in row), default=0)


def draw(run: PageRun) -> None:
    """Draw what became of the customers of each month, months since along the top."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        label = choose("Measure", list(COHORT_MEASURES), "cohort")
        found = cohorts_of(run, label)
        everything = cohort_table(found, label, found.last)
        export(run, _PAGE, "cohorts", partial(everything.sheet, run.currency))
    _draw_table(run, found, label)
    _draw_pickers(run, found)


def cohorts_of(run: PageRun, label: str) -> Cohorts:
    """Return one measure of every cohort and month."""
    column, unit = COHORT_MEASURES[label]
    frame = kept(run.analytics.cohort_table, refund_dating=run.view.dating)
    cells: dict[date, dict[int, Any]] = {}
    sizes: dict[date, int] = {}
    is_open = set()
    for row in frame.to_dict("records"):
        cohort, since = row["cohort"], int(row["months_since"])
        cells.setdefault(cohort, {})[since] = known(row[column])
        sizes[cohort] = int(row["cohort_size"])
        if not row["is_complete"]:
            is_open.add((cohort, since))
    months = tuple(sorted(cells, reverse=True))
    return Cohorts(months, sizes, cells, frozenset(is_open), unit)


def cohort_table(found: Cohorts, label: str, most: int = MOST_MONTHS) -> Table:
    """Return one row a month of first orders, one column a month since then."""
    shown = range(min(found.last, most) + 1)
    headings = (
        Heading("cohort", "First order"),
        Heading("size", "Customers", Unit.COUNT),
        *(Heading(_column(month), f"+{month}", found.unit) for month in shown),
    )
    rows = tuple(
        (
            f"{cohort:%Y-%m}",
            found.sizes[cohort],
            *(found.cells[cohort].get(month) for month in shown),
        )
        for cohort in found.months
    )
    return Table(_KEY, headings, rows, f"{label} by month of first order and months since")


def _draw_table(run: PageRun, found: Cohorts, label: str) -> None:
    table = cohort_table(found, label)
    button = f"{_KEY}-open"
    drawn = tables.frame_of(table, run.currency)
    drawn.insert(1, "open", "Open")
    chosen: Any = st.dataframe(
        drawn.style.apply(lambda values: shades(values, found), axis=None),
        hide_index=True,
        column_config={
            **tables.config_of(table, run.currency),
            "open": grids.open_column(button),
        },
        placeholder=NOTHING,
        key=_KEY,
        alt=table.alt,
        on_select="rerun",
        selection_mode="single-cell",
    )
    is_cut = found.last > MOST_MONTHS
    more = f" The first {MOST_MONTHS} months; the export has all." if is_cut else ""
    st.caption(
        "One row: the customers whose first order fell into that month, over all time, whatever "
        "the range. Open shows their orders of the range, a click on a month those of that month. "
        f"A cell without colour is a month that is not over, – one that has not begun.{more}"
    )
    row = grids.clicked_row(button)
    if row is not None and row < len(found.months):
        drill.leave_for(pages.ORDERS, {BUYERS: _buyers(found.months[row])})
    cell = cell_of(chosen.selection.cells, found)
    if cell is not None:
        _open_cell(run, *cell)


def cell_of(selected: Sequence[tuple[int, str]], found: Cohorts) -> tuple[date, int] | None:
    """Return cohort and months since of the cell that is selected; None where it is no month."""
    for row, column in selected:
        cohort = found.months[row]
        for since in found.cells[cohort]:
            if column == _column(since):
                return cohort, since
    return None


def _draw_pickers(run: PageRun, found: Cohorts) -> None:
    """Draw the same way for a keyboard and a phone: a cohort, a month, and a button."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        cohort = st.selectbox(
            "First order in", found.months, format_func=_words, width=200, key="first order in"
        )
        since = st.selectbox(
            "Their orders of",
            sorted(found.cells[cohort]),
            format_func=lambda one: _words(month_of(cohort, one).start),
            width=200,
            key="orders of",
        )
        if st.button("Open the orders"):
            _open_cell(run, cohort, since)


def _open_cell(run: PageRun, cohort: date, since: int) -> None:
    month = month_of(cohort, since)
    days = (max(month.start, run.first_day), min(month.end, run.analytics.today))
    drill.leave_for(pages.ORDERS, {BUYERS: _buyers(cohort)}, days)


def month_of(cohort: date, since: int) -> Period:
    """Return the month that lies so many months after another."""
    return Period.containing(PeriodKind.MONTHLY, add_months(cohort, since))


def shades(drawn: pd.DataFrame, found: Cohorts) -> pd.DataFrame:
    """Return the colour of each cell: the deeper the larger; of a month that is over."""
    colours = pd.DataFrame("", index=drawn.index, columns=drawn.columns)
    months = [since for since in range(found.last + 1) if _column(since) in drawn]
    # The first month is everybody: it would leave no colour to the others.
    later = [_column(since) for since in months if since or found.unit is Unit.MONEY]
    largest = drawn[later].abs().stack().quantile(_DEEP)  # one far month would pale all others
    for place, cohort in enumerate(found.months):
        for since in months:
            value = drawn[_column(since)].iloc[place]
            if pd.isna(value) or not value or (cohort, since) in found.is_open:
                continue
            depth = min(abs(value) / largest, 1) if largest > 0 else 1
            shade = theme.shade(is_gain=value > 0, depth=depth)
            colours.loc[place, _column(since)] = f"background-color: {shade}"
    return colours


def _column(since: int) -> str:
    return f"month_{since}"


def _buyers(cohort: date) -> str:
    return f"{COHORT}{cohort:%Y-%m}"


def _words(month: date) -> str:
    return bucket_words(PeriodKind.MONTHLY, month)
