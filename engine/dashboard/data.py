"""Questions of the pages to the engine, each answered once for a version of the figures.

An answer is kept under the version of the data, the shop and the whole question; changing a sort,
a tab or the measure of a chart asks nothing new. Answers are shared by all readers: nobody changes
them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from engine.analytics import EcommerceAnalyticsOptimized
from engine.dashboard.filters import Dating
from engine.dashboard.keeper import Keeper
from engine.metrics.formats import known
from engine.metrics.model import SHOP, Level
from engine.periods import Period
from engine.settings import Settings

Value = int | float | str | None
MOST_ANSWERS = 512


@st.cache_resource(max_entries=8, show_spinner=False)
def figures_of(shop: int | None = None) -> Keeper:
    """Return this process's keeper of a shop, None for the one with the lowest id."""
    return Keeper(settings(), shop)


@st.cache_resource(max_entries=1, show_spinner=False)
def settings() -> Settings:
    """Return the settings as they were when the process began."""
    return Settings.load()


@dataclass(frozen=True, slots=True)
class Figures:
    """The shop's metrics by period; `value` gives plain Python values, None for unknown."""

    rows: dict[Period, dict[str, Value]]
    currency: str

    def value(self, metric: str, period: Period) -> Value:
        """Return one number."""
        return self.rows[period][metric]

    def series(self, metric: str, periods: Iterable[Period]) -> list[Value]:
        """Return one metric over several periods."""
        return [self.rows[period][metric] for period in periods]


def shop_figures(
    analytics: EcommerceAnalyticsOptimized,
    periods: Sequence[Period],
    metrics: Sequence[str],
    dating: Dating,
) -> Figures:
    """Answer metrics of the shop for many periods: one batch call."""
    return _shop_figures(
        _key(analytics, periods, SHOP, metrics, dating), analytics, periods, metrics, dating
    )


def entity_rows(
    analytics: EcommerceAnalyticsOptimized,
    period: Period,
    level: Level,
    metrics: Sequence[str] | None,
    dating: Dating,
) -> pd.DataFrame:
    """Answer metrics of every listing or SKU with a fact in the period: one batch call.

    One row = one entity; columns as `calculate_metrics_batch` gives them.
    """
    key = _key(analytics, [period], level, metrics, dating)
    return _entity_rows(key, analytics, period, level, metrics, dating)


@st.cache_resource(max_entries=MOST_ANSWERS, show_spinner=False)
def _shop_figures(
    key: str,
    _analytics: EcommerceAnalyticsOptimized,
    _periods: Sequence[Period],
    _metrics: Sequence[str],
    _dating: Dating,
) -> Figures:
    frame = _analytics.calculate_metrics_batch(
        _periods, level=SHOP, metrics=_metrics, refund_dating=_dating
    )
    asked = {(p.kind.value, p.start, p.end): p for p in _periods}
    rows = {}
    for row in frame.to_dict("records"):
        period = asked[row["period_type"], row["period_start"], row["period_end"]]
        rows[period] = {name: known(row[name]) for name in _metrics}
    return Figures(rows, _analytics.shop.currency)


@st.cache_resource(max_entries=MOST_ANSWERS, show_spinner=False)
def _entity_rows(
    key: str,
    _analytics: EcommerceAnalyticsOptimized,
    _period: Period,
    _level: Level,
    _metrics: Sequence[str] | None,
    _dating: Dating,
) -> pd.DataFrame:
    return _analytics.calculate_metrics_batch(
        [_period], level=_level, metrics=_metrics, refund_dating=_dating
    )


def _key(
    analytics: EcommerceAnalyticsOptimized,
    periods: Sequence[Period],
    level: Level,
    metrics: Sequence[str] | None,
    dating: Dating,
) -> str:
    asked = ",".join(f"{p.kind}:{p.start}:{p.end}" for p in periods)
    named = "*" if metrics is None else ",".join(metrics)
    return f"{analytics.version}|{analytics.shop.shop_id}|{level}|{dating}|{named}|{asked}"
