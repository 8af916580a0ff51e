"""Questions of the pages to the engine, each answered once for a version of the figures.

An answer is kept under the version of the data, the shop and the whole question; changing a sort,
a tab or the measure of a chart asks nothing new. Answers are shared by all readers: nobody changes
them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from engine.analytics import EcommerceAnalyticsOptimized
from engine.dashboard.filters import Dating
from engine.dashboard.keeper import Keeper
from engine.dashboard.kept import version_of
from engine.dashboard.turns import turn
from engine.metrics.dimensions import Breakdown
from engine.metrics.explain_nodes import Node
from engine.metrics.formats import known
from engine.metrics.model import SHOP, Level
from engine.metrics.order_list import SHOWN
from engine.metrics.registry import REGISTRY
from engine.periods import Period
from engine.settings import Settings
from engine.widths import narrowed

Value = int | float | str | None
MOST_ANSWERS = 512
MOST_TABLES = 64  # each may have a row for every SKU
MOST_ORDER_LISTS = 3  # each may have a row for every order
MOST_EXPLANATIONS = 16  # each holds the rows behind a figure


@st.cache_resource(max_entries=8, show_spinner=False)
def figures_of(shop: int | str | None = None) -> Keeper:
    """Return this process's keeper of a shop, None for the one with the lowest id, or of `ALL`."""
    return Keeper(settings(), shop)


@st.cache_resource(max_entries=1, show_spinner=False)
def settings() -> Settings:
    """Return the settings as they were when the process began."""
    return Settings.load()


@dataclass(frozen=True, slots=True)
class Figures:
    """Metrics of the shop, of one listing or of one SKU by period.

    `value` gives plain Python values, None for unknown.
    """

    rows: dict[Period, dict[str, Value]]
    currency: str
    level: Level = SHOP

    def value(self, metric: str, period: Period) -> Value:
        """Return one number."""
        return self.rows[period][metric]

    def series(self, metric: str, periods: Iterable[Period]) -> list[Value]:
        """Return one metric over several periods."""
        return [self.rows[period][metric] for period in periods]


def shop_figures(
    analytics: EcommerceAnalyticsOptimized,
    periods: Sequence[Period],
    metrics: Sequence[str] | None,
    dating: Dating,
) -> Figures:
    """Answer metrics of the shop, None for all of them, for many periods: one batch call."""
    return _figures(Question(SHOP, None, tuple(periods), _names(metrics), dating), analytics)


def entity_figures(
    analytics: EcommerceAnalyticsOptimized,
    level: Level,
    entity: int | str,
    periods: Sequence[Period],
    dating: Dating,
) -> Figures:
    """Answer all metrics of one listing or SKU for many periods: one batch call."""
    return _figures(Question(level, (entity,), tuple(periods), None, dating), analytics)


def entity_rows(
    analytics: EcommerceAnalyticsOptimized,
    period: Period,
    level: Level,
    metrics: Sequence[str] | None,
    dating: Dating,
    entities: Sequence[int] | Sequence[str] | None = None,
) -> pd.DataFrame:
    """Answer metrics of listings or SKUs, None for all metrics: one batch call.

    Without `entities` those that have a fact in the period. One row = one entity; columns as
    `calculate_metrics_batch` gives them.
    """
    asked: tuple[int | str, ...] | None = None if entities is None else tuple(entities)
    return _frame(Question(level, asked, (period,), _names(metrics), dating), analytics)


def entity_series(
    analytics: EcommerceAnalyticsOptimized,
    periods: Sequence[Period],
    level: Level,
    metric: str,
    dating: Dating,
) -> dict[Any, list[int]]:
    """Answer a sum of every listing or SKU over several periods, by its id: one batch call.

    No two periods begin on one day. Where an entity has no fact in a period, its sum there is 0.
    """
    question = Question(level, None, tuple(periods), (metric,), dating)
    return _kept_series(_key(question, analytics), question, analytics)


@st.cache_resource(max_entries=64, show_spinner=False)
def _kept_series(
    key: str, _question: Question, _analytics: EcommerceAnalyticsOptimized
) -> dict[Any, list[int]]:
    assert _question.metrics is not None, "one sum is asked for by name"
    frame = _question.ask(_analytics)
    starts = np.array([period.start for period in _question.periods], "datetime64[D]")
    in_time = np.argsort(starts)
    begins = np.array(frame["period_start"], "datetime64[D]")
    place = in_time[np.searchsorted(starts[in_time], begins)]
    row, entities = pd.factorize(frame["entity_id"])
    sums = np.zeros((len(entities), len(starts)), np.int64)
    sums[row, place] = frame[_question.metrics[0]].to_numpy(np.int64)
    return dict(zip(entities.tolist(), sums.tolist(), strict=True))


def breakdown_rows(
    analytics: EcommerceAnalyticsOptimized,
    period: Period,
    dimension: Breakdown,
    metrics: Sequence[str],
    dating: Dating,
    level: Level = SHOP,
    entity: int | str | None = None,
    value: str | None = None,
) -> pd.DataFrame:
    """Answer metrics for each value of a dimension, or pair of them: one batch call.

    Of the shop, of one listing or SKU, or of each of them. With `value` that of the dimension only:
    every SKU in every country is much to keep.

    One row = one value that occurs, in a column named like the dimension; `(none)` = without one.
    """
    entities = None if entity is None else (entity,)
    question = Question(level, entities, (period,), tuple(metrics), dating, dimension, value)
    return _frame(question, analytics)


def order_rows(
    analytics: EcommerceAnalyticsOptimized,
    period: Period,
    dating: Dating,
    level: Level = SHOP,
    entity: int | str | None = None,
    metrics: Sequence[str] = SHOWN,
) -> pd.DataFrame:
    """List the orders behind the figures of a period; columns as `orders_frame` gives them."""
    asked = None if entity is None else (entity,)
    question = Question(level, asked, (period,), tuple(metrics), dating)
    return _kept_orders(_key(question, analytics), question, analytics)


def explained(
    analytics: EcommerceAnalyticsOptimized,
    metric: str,
    level: Level,
    entity: int | str,
    period: Period,
    dating: Dating,
) -> Node:
    """Explain one figure; computed a second time from its rows before anybody sees it.

    Raises ReconciliationError where the two differ.
    """
    question = Question(level, (entity,), (period,), (metric,), dating)
    return _kept_explanation(_key(question, analytics), question, analytics)


@st.cache_resource(max_entries=MOST_EXPLANATIONS, show_spinner=False)
def _kept_explanation(
    key: str, _question: Question, _analytics: EcommerceAnalyticsOptimized
) -> Node:
    assert _question.metrics is not None, "one figure is asked for by name"
    assert _question.entities is not None, "one figure is of one entity"
    with turn():
        node = _analytics.explain(
            _question.metrics[0],
            _question.level,
            _question.entities[0],
            _question.periods[0],
            refund_dating=_question.dating,
        )
    node.check()
    return node


@st.cache_resource(max_entries=MOST_ORDER_LISTS, show_spinner=False)
def _kept_orders(
    key: str, _question: Question, _analytics: EcommerceAnalyticsOptimized
) -> pd.DataFrame:
    with turn():
        names = list(_question.metrics or SHOWN)
        frame = _analytics.orders_frame(
            _question.periods[0],
            level=_question.level,
            entity=_question.entities[0] if _question.entities else None,
            refund_dating=_question.dating,
            metrics=names,
        )
        # Kept as narrow as the amounts fit: nobody but `sum`, which widens, computes with them.
        return frame.assign(**{name: narrowed(frame[name].to_numpy()) for name in names})


@dataclass(frozen=True, slots=True)
class Question:
    """All that an answer depends on besides the data."""

    level: Level
    entities: tuple[int | str, ...] | None
    periods: tuple[Period, ...]
    metrics: tuple[str, ...] | None
    dating: Dating
    breakdown: Breakdown | None = None
    value: str | None = None  # the one of the breakdown that is kept, None = every one

    def ask(self, analytics: EcommerceAnalyticsOptimized) -> pd.DataFrame:
        """Return the engine's answer."""
        entities: Any = None if self.entities is None else list(self.entities)
        with turn():
            frame = analytics.calculate_metrics_batch(
                self.periods,
                level=self.level,
                entities=entities,
                metrics=self.metrics,
                refund_dating=self.dating,
                breakdown=self.breakdown,
            )
            return frame if self.value is None else frame[frame[self.breakdown] == self.value]


def _figures(question: Question, analytics: EcommerceAnalyticsOptimized) -> Figures:
    return _kept_figures(_key(question, analytics), question, analytics)


def _frame(question: Question, analytics: EcommerceAnalyticsOptimized) -> pd.DataFrame:
    return _kept_frame(_key(question, analytics), question, analytics)


@st.cache_resource(max_entries=MOST_ANSWERS, show_spinner=False)
def _kept_figures(
    key: str, _question: Question, _analytics: EcommerceAnalyticsOptimized
) -> Figures:
    frame = _question.ask(_analytics)
    names = [name for name in frame.columns if name in REGISTRY.metrics]
    asked = {(p.kind.value, p.start, p.end): p for p in _question.periods}
    rows = {}
    for row in frame.to_dict("records"):
        period = asked[row["period_type"], row["period_start"], row["period_end"]]
        rows[period] = {name: known(row[name]) for name in names}
    return Figures(rows, _analytics.shop.currency, _question.level)


@st.cache_resource(max_entries=MOST_TABLES, show_spinner=False)
def _kept_frame(
    key: str, _question: Question, _analytics: EcommerceAnalyticsOptimized
) -> pd.DataFrame:
    return _question.ask(_analytics)


def _names(metrics: Sequence[str] | None) -> tuple[str, ...] | None:
    return None if metrics is None else tuple(metrics)


def _key(question: Question, analytics: EcommerceAnalyticsOptimized) -> str:
    return f"{version_of(analytics)}|{question!r}"
