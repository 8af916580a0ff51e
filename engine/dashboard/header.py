"""The line below the title that says what the numbers are: whose, which days, how fresh, how sure.

No number stands without it: shop, range, comparison, zone, currency, age of the data and cost
coverage. The version of the definitions is for who compares two files: it stands in the notes of
every export, and on the Glossary page.
"""

from __future__ import annotations

from datetime import timedelta

import streamlit as st

from engine.dashboard.drill import leave_for
from engine.dashboard.filters import View
from engine.dashboard.page_run import PageRun, now
from engine.dashboard.pages import DATA_HEALTH
from engine.dashboard.questions import COVERAGE
from engine.dashboard.wording import days_words, escape, moment_words, range_words
from engine.metrics.formats import text
from engine.metrics.registry import REGISTRY
from engine.periods import Period


def header(run: PageRun) -> None:
    """Draw the strip; what the costs are known of leads to the page that says what is missing."""
    parts = " · ".join(header_words(run, st.context.timezone_offset))
    with st.container(horizontal=True, vertical_alignment="center", gap="xxsmall"):
        st.markdown(f":small[{parts}]", width="content")
        if st.button(coverage_badge(run), type="tertiary", key="cost coverage"):
            leave_for(DATA_HEALTH, {})


def header_words(run: PageRun, reader_offset: int | None) -> list[str]:
    """Return the parts of the strip, in Markdown; shop texts are escaped.

    `reader_offset` is what a browser says: minutes from its own clock to UTC, None for unknown.
    """
    shop, view = run.analytics.shop, run.view
    return [
        f"**{escape(shop.name)}**",
        _range(run),
        _compared(view),
        _zone(run, reader_offset),
        _currency(run),
        _freshness(run),
    ]


def _zone(run: PageRun, reader_offset: int | None) -> str:
    if run.analytics.holds_all_shops:
        return f"{run.days_of} days"
    zone = escape(run.days_of)
    is_elsewhere = (
        reader_offset is not None
        and timedelta(minutes=-reader_offset) != run.local(now()).utcoffset()
    )
    return f"{zone} (the shop's zone, not yours)" if is_elsewhere else zone


def _currency(run: PageRun) -> str:
    """Return the currency, and of all shops together the days of the rates behind it."""
    rates = run.analytics.rate_days if run.analytics.holds_all_shops else None
    if rates is None:
        return run.currency
    return (
        f"{run.currency}, each amount at the rate of its day, {range_words(Period.custom(*rates))}"
    )


def _range(run: PageRun) -> str:
    view = run.view
    said = f"**{range_words(view.period)}**, {days_words(view.period.days)}"
    if view.holds_today and not run.today_is_over:
        said += ", today not over"
    return said


def _compared(view: View) -> str:
    if view.compared is None:
        return view.no_comparison
    said = f"compared with {range_words(view.compared)}"
    return (
        said
        if view.compared.days == view.period.days
        else f"{said}, {days_words(view.compared.days)}"
    )


def _freshness(run: PageRun) -> str:
    today = run.local(now()).date()
    newest = moment_words(run.last_moment(), today)
    if run.analytics.holds_all_shops:
        newest += " UTC"
    return f"data to {newest}, read {moment_words(run.local(run.analytics.loaded_at), today)}"


def coverage_badge(run: PageRun) -> str:
    """Return how much of the sales has a known unit cost, in Markdown; less than all stands out."""
    metric, coverage = REGISTRY[COVERAGE], run.figures.value(COVERAGE, run.view.period)
    shown, whole = (text(metric.unit, value, "") for value in (coverage, 1))
    if coverage != 1 and shown == whole:  # it only rounds to all
        shown = f"nearly {shown}"
    colour = "blue" if coverage == 1 else "gray" if coverage is None else "orange"
    return f":{colour}-badge[{metric.label.lower()} {shown}]"
