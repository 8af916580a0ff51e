"""What one run of a page works with: one version of the figures and one set of days.

`app.py` opens it before the page; the page takes it. It lives in the reader's session and is
replaced by the next run, so no page ever mixes two versions.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import streamlit as st

from engine.analytics import EcommerceAnalyticsOptimized
from engine.dashboard.access.passwords import Role
from engine.dashboard.data import Figures
from engine.dashboard.filters import View
from engine.dashboard.keeper import Keeper

_SESSION_KEY = "page run"


@dataclass(frozen=True, slots=True)
class PageRun:
    """The days of one run, and the shop's figures for all of them.

    keeper, role: who keeps what the reader may set, and whether this one may; None = nobody may.
    """

    analytics: EcommerceAnalyticsOptimized
    view: View
    figures: Figures
    keeper: Keeper | None = None
    role: Role | None = None

    @property
    def currency(self) -> str:
        """The shop's currency."""
        return self.analytics.shop.currency

    @property
    def first_day(self) -> date:
        """The day of the shop's first fact."""
        day = self.analytics.first_day
        assert day is not None, "a page runs on a shop with facts only"
        return day

    @property
    def days_of(self) -> str:
        """Whose days these are: the shop's time zone, or each shop's own."""
        analytics = self.analytics
        return "each shop's own" if analytics.holds_all_shops else analytics.shop.time_zone

    def local(self, moment: datetime) -> datetime:
        """Return a moment on the shop's clock."""
        return moment.astimezone(ZoneInfo(self.analytics.shop.time_zone))

    @property
    def today_is_over(self) -> bool:
        """Whether the data reach the end of the current day, in every shop that is asked."""
        snapshot = self.analytics.snapshot
        return snapshot.days_ended >= snapshot.days_begun

    def last_moment(self) -> datetime:
        """Return the local time up to which the data go; midnight is said as the day that ends."""
        return self.local(self.analytics.watermark - timedelta(microseconds=1))


def open_run(run: PageRun | None) -> None:
    """Hand a run to the page that follows; None where there are no figures to show."""
    st.session_state[_SESSION_KEY] = run


def run_or_none() -> PageRun | None:
    """Return the run of this page, None where there are no figures to show."""
    run: PageRun | None = st.session_state.get(_SESSION_KEY)
    return run


def current_run() -> PageRun:
    """Return the run of this page; without figures the page ends here, the reason is drawn."""
    run = run_or_none()
    if run is None:
        st.stop()
    return run


def now() -> datetime:
    """Return the current moment in UTC."""
    return datetime.now(UTC)
