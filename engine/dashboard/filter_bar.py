"""The controls in the sidebar. Their values live in the address of the page: a link is a view.

A control whose options are their own labels is bound to the address by Streamlit. Where the
address must hold an id and the reader sees a title, `pick` does it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import TypeVar

import streamlit as st

from engine.dashboard.buckets import Grain
from engine.dashboard.filters import Filters, RefundDating
from engine.dashboard.wording import escape
from engine.ranges import Comparison, RangeName

Id = TypeVar("Id", int, str)
SIDEBAR_WIDTH = 320  # pixels: two dates fit beside each other
_LAST_DATES = "last complete dates"  # of the session: what a half-chosen range falls back to
_EARLIEST = date(2000, 1, 1)


def filter_bar(today: date) -> Filters:
    """Draw the filters and return what the reader chose."""
    name = RangeName(_select("Range", list(RangeName), "range"))
    dates = _dates(today) if name is RangeName.CUSTOM else None
    comparison = choose(
        "Compare with", list(Comparison), "compare", disabled=name is RangeName.ALL_TIME
    )
    dating = choose(
        "Refunds dated by",
        list(RefundDating),
        "refunds",
        help="A refund counts on its own day, or on the day of the order that it belongs to.",
    )
    grain = choose("Grain", list(Grain), "grain", help="How the charts cut the range.")
    return Filters(name, dates, Comparison(comparison), RefundDating(dating), Grain(grain))


def remember(start: date, end: date) -> None:
    """Keep the days shown now, for a custom range of which only one end is chosen."""
    st.session_state[_LAST_DATES] = (start, end)


def show_dates(start: date, end: date) -> None:
    """Set the filters to these days; called before they are drawn, as the callback of a button is.

    Streamlit writes what a program sets into the address for a control that it has drawn before;
    the dates of the first custom range are ours to write.
    """
    if st.session_state.get("range") != RangeName.CUSTOM:
        st.query_params["dates"] = [start.isoformat(), end.isoformat()]
    st.session_state["range"] = RangeName.CUSTOM.value
    st.session_state["dates"] = (start, end)


def show_pick(key: str, one: str) -> None:
    """Set a picker to one of its ids; for the callback of a button."""
    st.query_params[key] = one


def pick(
    label: str,
    ids: Sequence[Id],
    title: Callable[[Id], str],
    *,
    key: str,
    help: str | None = None,
    others: Mapping[str, Id] | None = None,
) -> Id:
    """Draw a picker that shows titles and keeps the id in the address; the first is the default.

    `others`: ids that are too many to send to a browser, by their text; one of them can be typed or
    stand in the address. An unknown id in the address is answered by the default, a typed one too.
    Back and forward move the picker.
    """
    known = {str(one): one for one in ids}
    asked = st.query_params.get(key, str(ids[0]))
    if others and asked in others and asked not in known:
        known[asked] = others[asked]
    if asked not in known:
        asked = str(ids[0])
    widget, seen = f"pick {key}", f"pick {key} in the address"
    if st.session_state.get(seen) != asked:
        st.session_state[widget] = known[asked]
    drawn: object = st.selectbox(
        label,
        list(known.values()),
        format_func=title,
        key=widget,
        help=help,
        accept_new_options=others is not None,
    )
    chosen: Id = typed(label, drawn, known, others or {}, ids[0])
    st.session_state[seen] = str(chosen)
    if chosen == ids[0]:
        st.query_params.pop(key, None)
    elif str(chosen) != asked:
        st.query_params[key] = str(chosen)
    return chosen


def typed(
    label: str, drawn: object, known: Mapping[str, Id], others: Mapping[str, Id], default: Id
) -> Id:
    """Return the id that was chosen or typed; what is typed and is none, is said."""
    text = str(drawn).strip()
    if text in known:
        return known[text]
    if text in others:
        return others[text]
    st.caption(f"There is no {label} “{escape(text)}”.")
    return default


def _dates(today: date) -> tuple[date, date] | None:
    chosen = st.date_input(
        "Dates",
        value=[],
        min_value=_EARLIEST,
        max_value=today,
        key="dates",
        bind="query-params",
        format="YYYY-MM-DD",
        help="The first and the last day, both included, in the shop's time zone.",
    )
    if isinstance(chosen, tuple) and len(chosen) == 2:
        return chosen
    kept: tuple[date, date] | None = st.session_state.get(_LAST_DATES)
    if kept is None and chosen:  # an address holds a range of one day as one date
        return chosen[0], chosen[0]
    st.caption("Choose the first and the last day; until then the last range stays.")
    return kept


def _select(label: str, options: list[RangeName], key: str) -> str:
    words = [option.value for option in options]
    chosen = st.selectbox(label, words, key=key, bind="query-params")
    return chosen if chosen in words else words[0]


def choose(
    label: str,
    options: Sequence[str],
    key: str,
    *,
    disabled: bool = False,
    help: str | None = None,
) -> str:
    """Draw one choice of few words that stand in the address as they are; the first is the default.

    A word in the address that is none of them is answered by the default.
    """
    words = [str(option) for option in options]
    chosen = st.segmented_control(
        label,
        words,
        default=words[0],
        required=True,
        key=key,
        bind="query-params",
        disabled=disabled,
        help=help,
    )
    return chosen if chosen in words else words[0]
