"""Brings newer data to an open page: asks now and then, and runs the page again when there are.

The question is answered in the background; a page is never held up by it. While the database is
away the same tick tries again and says when.
"""

from __future__ import annotations

import time
from zoneinfo import ZoneInfo

import streamlit as st

from engine.dashboard import states
from engine.dashboard.keeper import Keeper, Phase, State
from engine.dashboard.page_run import now
from engine.dashboard.session import has_ended, run_by_itself
from engine.dashboard.wording import day_words

_SEEN = "version seen"
_ASKS = "asks before newer data"
MISSING_INTERVAL = 2.0  # seconds between two looks while there is nothing to show
_FAILING_INTERVAL = 5.0
_SHORT = 1.5  # seconds: a small shop is asked about and read in one breath


def ask_first() -> None:
    """Offer newer data by a button: the page is work in progress, which must not move by itself."""
    st.session_state[_ASKS] = True


def watch(keeper: Keeper, state: State, *, every: float, automatic: bool) -> None:
    """Draw what the page must know about its data, and look again every so many seconds."""
    st.session_state[_ASKS] = False  # until the page says otherwise
    if state.analytics is None or state.phase is not Phase.READY:
        every = MISSING_INTERVAL
    elif state.error is not None:
        every = min(every, _FAILING_INTERVAL)
    elif not automatic:
        return
    tick = st.fragment(_tick, run_every=every)
    tick(keeper, state, time.monotonic() + every / 2)


def _tick(keeper: Keeper, shown: State, due: float) -> None:
    """Look for newer data, but not in the run that has just drawn the page."""
    if has_ended():
        st.rerun()
    is_due = time.monotonic() >= due
    if is_due:
        keeper.check()
        keeper.wait(_SHORT)
    if _differs(keeper.state, shown) and (is_due or _asks()):
        _bring("tick")
    state = keeper.state
    if state.error is not None and state.analytics is not None:
        states.stale_banner(state, state.analytics.shop.time_zone, now())
    if keeper.is_working and state.analytics is not None:
        st.fragment(_reading, run_every=_SHORT)(keeper, shown, time.monotonic() + _SHORT / 2)


def _reading(keeper: Keeper, shown: State, due: float) -> None:
    """Look often while newer data are being read."""
    if _differs(keeper.state, shown) and (time.monotonic() >= due or _asks()):
        _bring("reading")
    if keeper.is_working:
        st.caption("Reading newer data …")


def _differs(state: State, shown: State) -> bool:
    """Whether a page would look different; one in progress would by newer figures alone.

    What it is to know of a failure is drawn beside it, without moving it.
    """
    if not _asks():
        return state.version != shown.version
    now, then = (one.analytics and one.analytics.version for one in (state, shown))
    return now != then


def _asks() -> bool:
    return bool(st.session_state.get(_ASKS))


def _bring(key: str) -> None:
    """Run the page again with newer data, where it is in progress only once its reader says so."""
    if not _asks():
        run_by_itself()
    if st.button("Show the newer data", key=f"newer data, {key}"):
        st.rerun()


def refresh(keeper: Keeper) -> None:
    """Ask for newer data at once; for the callback of a button."""
    before = keeper.state.version
    states.retry(keeper)
    if keeper.state.version == before and not keeper.is_working:
        st.toast("There are no newer data.")


def announce(state: State) -> None:
    """Tell the reader once that the figures on the page are newer than those before."""
    assert state.analytics is not None
    version = (state.analytics.shop.shop_id, state.analytics.version)
    before = st.session_state.get(_SEEN)
    st.session_state[_SEEN] = version
    if before is not None and before != version and before[0] == version[0] and state.news:
        read = state.analytics.loaded_at.astimezone(ZoneInfo(state.analytics.shop.time_zone))
        st.toast(f"Updated {read:%H:%M}, {day_words(read.date())}: {state.news}.")
