"""What a page says when there is nothing to show, not yet, or not any more.

No state shows a zero for "no data", and each says what to do next.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import streamlit as st

from engine.dashboard.data import shop_figures
from engine.dashboard.filter_bar import show_dates, show_pick
from engine.dashboard.keeper import Keeper, Phase, State
from engine.dashboard.metric_names import at_level
from engine.dashboard.page_run import PageRun
from engine.dashboard.wording import bucket_words, escape, range_words
from engine.errors import ContractError, EngineError, ReconciliationError, SourceError
from engine.metrics.model import SHOP
from engine.periods import Period, PeriodKind, periods_between
from engine.sources.frames import Shop

FIRST_WAIT = 4.0  # seconds that a first visitor waits before the page looks again by itself
TRY_DEMO = "python -m engine demo"
IMPORT_OWN = (
    'python -m engine import sales.csv refunds.csv --shop "My shop" '
    "--time-zone Europe/Istanbul --currency USD"
)
DOCTOR = "python -m engine doctor"
(_ORDERS,) = at_level(SHOP, "orders")


def settled(keeper: Keeper) -> State:
    """Return the state for this page; a reader's first page waits a little for the first load."""
    if keeper.state.phase is not Phase.PREPARING:
        return keeper.state
    keeper.check()
    waited = f"waited for the figures of {keeper.shop}"
    if st.session_state.get(waited):
        return keeper.state
    st.session_state[waited] = True
    with st.skeleton(height=320):
        return keeper.wait(FIRST_WAIT)


def explain(state: State, keeper: Keeper) -> None:
    """Say why there are no figures, and what to do."""
    if state.phase is Phase.EMPTY:
        _empty(state)
    elif state.phase is Phase.FAILED:
        assert state.error is not None
        _failed(state.error, keeper)
    else:
        st.info(f"{state.step} …", title="Getting ready")


def _empty(state: State) -> None:
    whose = f"The shop {escape(state.analytics.shop.name)} has" if state.analytics else "There are"
    st.info(
        "Two ways on. This page shows the figures by itself as soon as there are orders.",
        title=f"{whose} no orders yet",
    )
    demo, own = st.columns(2, border=True)
    with demo:
        st.subheader("Try the demo shop")
        st.write("An invented shop with three years of orders. In the project folder:")
        st.code(TRY_DEMO, language="bash")
    with own:
        st.subheader("Import my shop")
        st.write("Files of sales and refunds, from any marketplace. In the project folder:")
        st.code(IMPORT_OWN, language="bash", wrap_lines=True)


def _failed(error: EngineError, keeper: Keeper) -> None:
    title = (
        "The database can't be reached"
        if isinstance(error, SourceError)
        else "The figures can't be shown"
    )
    st.error(_said(error), title=title)
    st.button("Retry", on_click=retry, args=(keeper,))
    st.write("What is installed, and what is missing, says:")
    st.code(DOCTOR, language="bash")


def retry(keeper: Keeper) -> None:
    """Ask again at once, and wait a little for the answer; for the callback of a button."""
    keeper.check(at_once=True)
    keeper.wait(FIRST_WAIT)


def stale_banner(state: State, zone: str, now: datetime) -> None:
    """Say that the figures on the page are the last good ones, and why."""
    assert state.error is not None
    assert state.failed_at is not None
    since = f"{state.failed_at.astimezone(ZoneInfo(zone)):%H:%M}"
    said = f"{next_try_words(state, now)} {_said(state.error)}"
    if isinstance(state.error, SourceError):
        title = f"The database is not reachable since {since}"
        st.warning(f"Numbers are those last read. {said}", title=title)
    elif isinstance(state.error, (ContractError, ReconciliationError)):
        title = f"Newer data were refused at {since}"
        st.error(f"The numbers stay those of the last good version. {said}", title=title)
    else:
        title = f"Newer data can't be read since {since}"
        st.error(f"Numbers are those last read. {said}", title=title)


def next_try_words(state: State, now: datetime) -> str:
    """Return `Next try in 10 s.`"""
    if state.next_try is None:
        return ""
    left = max(timedelta(0), state.next_try - now)
    return f"Next try in {round(left.total_seconds())} s." if left else "Trying again."


def of_one_shop_only(shops: Sequence[Shop]) -> None:
    """Say that the page can't be asked of all shops together, and offer each of them."""
    st.info(
        "It opens orders, files and shelves, which all shops together do not have.",
        title="This page is about one shop",
    )
    with st.container(horizontal=True):
        for shop in shops:
            st.button(
                escape(shop.name),
                on_click=show_pick,
                args=("shop", str(shop.shop_id)),
                key=f"shop {shop.shop_id}",
            )


def nothing_in_range(run: PageRun) -> None:
    """Say that the range is empty, and offer the nearest month that has orders."""
    st.info(
        f"No order and no refund from {range_words(run.view.period)}.",
        title="Nothing in this range",
    )
    offer_nearest(run, _ORDERS)


def offer_nearest(run: PageRun, metric: str) -> None:
    """Offer the nearest month in which a count or sum of the shop is not 0, if there is one."""
    month = nearest_month(run, metric)
    if month is not None:
        st.button(
            f"Show {bucket_words(PeriodKind.MONTHLY, month.start)}",
            on_click=show_dates,
            args=(max(month.start, run.first_day), min(month.end, run.analytics.today)),
        )


def nearest_month(run: PageRun, metric: str) -> Period | None:
    """Return the month nearest to the range in which a metric is not 0, None if there is none."""
    months = list(periods_between(PeriodKind.MONTHLY, run.first_day, run.analytics.today))
    figures = shop_figures(run.analytics, months, (metric,), run.view.dating)
    busy = [month for month in months if figures.value(metric, month)]

    def distance(month: Period) -> timedelta:
        period = run.view.period
        return max(month.start - period.end, period.start - month.end)

    return min(busy, key=distance, default=None)


def _said(error: EngineError) -> str:
    message = error.message if error.message.endswith((".", "!", "?")) else f"{error.message}."
    return escape(f"{message} {error.hint}".strip())
