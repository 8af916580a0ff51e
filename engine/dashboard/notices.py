"""The notice below the header, where something of the range is in no figure for want of a rate.

Unlike currencies are never added up: what can't be converted is left out, and said.
"""

from __future__ import annotations

import pandas as pd
import streamlit as st

from engine.dashboard.page_run import PageRun
from engine.dashboard.wording import escape, listed, range_words
from engine.periods import Period


def notices(run: PageRun) -> None:
    """Draw what is left out of the range; nothing where all is in."""
    said = left_out_words(run.analytics.held, run.view.period)
    if said:
        st.warning(said, title="Left out for want of an exchange rate")


def left_out_words(held: pd.DataFrame, period: Period) -> str:
    """Return what of a range is in no figure, by currency, and the file to fill; or nothing.

    held: as `held_frame` gives it.
    """
    here = held[held["day"].between(period.start, period.end)] if len(held) else held
    if here.empty:
        return ""
    lacking, several = here[~here["is_in_several"]], here[here["is_in_several"]]
    parts = [
        f"{_counts(rows)} in {escape(str(currency))}"
        for currency, rows in lacking.groupby("currency", sort=True)
    ]
    if len(several):
        parts.append(f"{_counts(several)} whose amounts are in several currencies")
    said = f"{listed(parts)}: in no figure of this page."
    if len(lacking):
        days = Period.custom(lacking["day"].min(), lacking["day"].max())
        said += f" Enter the rates of {range_words(days)} in fx\\_rates\\.csv."
    return said


def _counts(rows: pd.DataFrame) -> str:
    """Return `2 orders and 1 refund`."""
    orders, refunds = int(rows["refund_id"].isna().sum()), int(rows["refund_id"].notna().sum())
    words = [
        f"{count:,} {one if count == 1 else f'{one}s'}"
        for count, one in ((orders, "order"), (refunds, "refund"))
        if count
    ]
    return listed(words)
