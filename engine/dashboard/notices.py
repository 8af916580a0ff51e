"""The notice below the header, where something of the range is in no figure for want of a rate."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from engine.dashboard.kept import kept
from engine.dashboard.page_run import PageRun
from engine.dashboard.wording import escape, listed, range_words
from engine.metrics.left_out import LeftOut
from engine.periods import Period


def notices(run: PageRun) -> None:
    """Draw what is left out of the range; nothing where all is in."""
    said = left_out_words(kept(run.analytics.left_out, run.view.period))
    if said:
        st.warning(said, title="Left out for want of an exchange rate")


def left_out_words(found: Sequence[LeftOut]) -> str:
    """Return what is in no figure, by currency, and the file to fill; nothing for nothing."""
    if not found:
        return ""
    said = f"{listed([_words(one) for one in found])}: in no figure of this page."
    lacking = [one for one in found if one.currency is not None]
    if lacking:
        days = Period.custom(min(one.first for one in lacking), max(one.last for one in lacking))
        said += f" Enter the rates of {range_words(days)} in {escape('fx_rates.csv')}."
    return said


def _words(one: LeftOut) -> str:
    """Return `2 orders and 1 refund in CHF`."""
    counts = [
        f"{count:,} {what if count == 1 else f'{what}s'}"
        for count, what in ((one.orders, "order"), (one.refunds, "refund"))
        if count
    ]
    where = escape(one.currency) if one.currency else "several currencies at once"
    return f"{listed(counts)} in {where}"
