"""Orders by who bought: a segment of customers, or those whose first order fell into a month."""

from __future__ import annotations

from datetime import date

import pandas as pd

from engine.dashboard.filter_bar import pick
from engine.dashboard.kept import kept
from engine.dashboard.page_run import PageRun
from engine.dashboard.wording import bucket_words
from engine.metrics.customer_tables import SEGMENTS
from engine.periods import PeriodKind

BUYERS = "buyers"  # in the address
SEGMENT, COHORT = "segment-", "first-"
_EVERYBODY = ""


def choose(run: PageRun, frame: pd.DataFrame) -> pd.DataFrame:
    """Draw the picker of a group of customers, and return the orders of the one that is chosen."""
    ids = [_EVERYBODY, *(f"{SEGMENT}{name}" for name in SEGMENTS), *_cohorts(run)]
    chosen = pick("Customers", ids, words_of, key=BUYERS)
    if chosen == _EVERYBODY:
        return frame
    analytics = run.analytics
    if chosen.startswith(SEGMENT):
        own = kept(analytics.orders_of_segment, chosen.removeprefix(SEGMENT))
    else:
        own = kept(analytics.orders_of_cohort, _month(chosen))
    return frame[frame["order_id"].isin(own)]


def words_of(chosen: str) -> str:
    """Return what people call a group of customers."""
    if chosen == _EVERYBODY:
        return "All customers"
    if chosen.startswith(SEGMENT):
        return f"Segment: {chosen.removeprefix(SEGMENT)}"
    return f"First order in {bucket_words(PeriodKind.MONTHLY, _month(chosen))}"


def _cohorts(run: PageRun) -> list[str]:
    """Return the months since the shop's first day, the newest first."""
    first, last = (day.year * 12 + day.month - 1 for day in (run.first_day, run.analytics.today))
    return [f"{COHORT}{at // 12}-{at % 12 + 1:02d}" for at in range(last, first - 1, -1)]


def _month(chosen: str) -> date:
    year, month = chosen.removeprefix(COHORT).split("-")
    return date(int(year), int(month), 1)
