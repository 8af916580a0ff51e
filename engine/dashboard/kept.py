"""What a loaded shop answers besides its metrics, worked out once for a version of its figures.

Pages draw themselves anew at every click: without this each click would ask again for all that the
page shows, as the cohorts when only their measure is turned. Answers are shared by all readers, so
nobody changes them.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, ParamSpec, TypeVar, cast

import streamlit as st

from engine.analytics import EcommerceAnalyticsOptimized
from engine.dashboard.turns import turn

Asked = ParamSpec("Asked")
Answer = TypeVar("Answer")
MOST_ANSWERS = 128  # tables of a page, with a row for a refund or a SKU at most


def kept(ask: Callable[Asked, Answer], *args: Asked.args, **kwargs: Asked.kwargs) -> Answer:
    """Return what a method of the loaded shop answers to these arguments, whose texts tell all.

    An answer that has a row for every order or entry is asked for in a turn of its own instead.
    """
    analytics = cast("EcommerceAnalyticsOptimized", ask.__self__)  # type: ignore[attr-defined]  # a method has it
    key = f"{version_of(analytics)}|{ask.__name__}|{args!r}|{kwargs!r}"
    answer: Answer = _kept(key, partial(ask, *args, **kwargs))
    return answer


def version_of(analytics: EcommerceAnalyticsOptimized) -> str:
    """Return a text that differs between any two loads that could answer differently."""
    return f"{analytics.version}|{analytics.shop.shop_id}"


@st.cache_resource(max_entries=MOST_ANSWERS, show_spinner=False)
def _kept(key: str, _ask: Callable[[], Any]) -> Any:
    with turn():
        return _ask()
