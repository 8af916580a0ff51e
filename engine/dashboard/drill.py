"""From a row to what stands behind it: pickers of listings and SKUs, and the "Open" of a table.

What is open stands in the address under its id. The picker is the same way for a keyboard, a phone
and a test.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

import streamlit as st

from engine.analytics import EcommerceAnalyticsOptimized
from engine.dashboard.data import entity_rows
from engine.dashboard.filter_bar import pick, show_dates
from engine.dashboard.grids import listing_name, sku_name
from engine.dashboard.kept import version_of
from engine.dashboard.page_run import PageRun
from engine.dashboard.questions import REVENUE
from engine.metrics.compute import entity_ids
from engine.metrics.model import LISTING, Level

Opens = Callable[[Any], None]
KEYS = {Level.LISTING: "listing", Level.PRODUCT: "sku"}
_LABELS = {Level.LISTING: "Listing", Level.PRODUCT: "SKU"}
_WIDTH = 260  # pixels of a picker
MOST_CHOICES = 1_000  # more are a heavy page, and nobody scrolls through them
_LEAVING = "leaving for"  # of the session: the page that a click leads to
_DAYS = "days to leave for"  # of the session: what that page is to show
_NONE = ""  # the choice of no entity


def known_ids(run: PageRun, level: Level) -> list[Any]:
    """Return every listing or SKU that the shop ever had, those without a listing last.

    Shared by all readers: nobody changes it.
    """
    analytics = run.analytics
    return _kept_ids(f"{version_of(analytics)}|{level}", analytics, level)


@st.cache_resource(max_entries=16, show_spinner=False)
def _kept_ids(key: str, _analytics: EcommerceAnalyticsOptimized, _level: Level) -> list[Any]:
    return list(entity_ids(_analytics.snapshot, _level))


def namer(run: PageRun, level: Level) -> Callable[[Any], str]:
    """Return the function that names a listing or a SKU for people."""
    return listing_name(run.analytics.titles) if level is LISTING else sku_name


def pick_entity(run: PageRun, level: Level, *, nothing: str) -> Any | None:
    """Draw the picker of a listing or SKU; None where the reader chose `nothing` of them.

    Of very many those that sold most in the range are offered; any other is typed by its id.
    """
    ids = known_ids(run, level)
    are_few = len(ids) <= MOST_CHOICES
    offered = ids if are_few else best_sold(run, level)
    name_of = namer(run, level)
    with st.container(width=_WIDTH):
        chosen = pick(
            _LABELS[level],
            [_NONE, *map(str, offered)],
            lambda one: nothing if one == _NONE else name_of(one),
            key=KEYS[level],
            help=None
            if are_few
            else f"The {len(offered):,} that sold most; type the id of any other.",
            others=None if are_few else {str(one): str(one) for one in ids},
        )
    if chosen == _NONE:
        return None
    return int(chosen) if level is LISTING else chosen


def best_sold(run: PageRun, level: Level) -> list[Any]:
    """Return the listings or SKUs with most net revenue in the range, the most first."""
    frame = entity_rows(run.analytics, run.view.period, level, (REVENUE,), run.view.dating)
    ordered = frame.sort_values(REVENUE, ascending=False, kind="stable")
    return list(ordered["entity_id"].head(MOST_CHOICES))


def here(level: Level) -> Opens:
    """Return what opens a listing or SKU on the page that the reader is on."""
    return partial(_open_here, KEYS[level])


def here_by(key: str) -> Opens:
    """Return what opens one thing of this kind on the page that the reader is on."""
    return partial(_open_here, key)


def pick_label(label: str, labels: Sequence[str], *, key: str) -> str:
    """Draw a picker of words that are their own ids; the first is the default."""
    return pick(label, labels, str, key=key)


def on_page(page: Path, key: str, **more: str) -> Opens:
    """Return what opens one thing on another page, with the same filters."""
    return partial(_open_page, page, key, more)


def leave_for(
    page: Path, query: Mapping[str, str], days: tuple[date, date] | None = None
) -> NoReturn:
    """Open another page, with the same filters or for these days, in a run of the whole program.

    A table is a fragment, which draws no filters: to leave from there would lose them.
    """
    st.session_state[_LEAVING] = (page, dict(query))
    if days is not None:
        st.session_state[_DAYS] = days
    st.rerun()


def take_days() -> None:
    """Set the filters to the days of the reader's last click; called before they are drawn."""
    if _LEAVING not in st.session_state and _DAYS in st.session_state:
        show_dates(*st.session_state.pop(_DAYS))


def follow() -> None:
    """Go where the reader's last click leads; called when the filters are drawn."""
    leaving = st.session_state.pop(_LEAVING, None)
    if leaving is not None:
        page, query = leaving
        st.switch_page(str(page), query_params=query)


def _open_here(key: str, entity: Any) -> NoReturn:
    st.query_params[key] = str(entity)
    st.rerun()


def _open_page(page: Path, key: str, more: dict[str, str], entity: Any) -> NoReturn:
    leave_for(page, {key: str(entity), **more})
