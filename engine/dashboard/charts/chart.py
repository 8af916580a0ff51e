"""A drawing with its words, and the one place that puts it on a page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go
import streamlit as st

from engine.dashboard import theme
from engine.metrics.model import Metric, Unit

_FEW = 6


@dataclass(frozen=True, slots=True)
class Chart:
    """A figure with its words for those who do not see it."""

    figure: go.Figure
    alt: str
    has_cut_bars: bool = False


def draw(chart: Chart, key: str) -> None:
    """Draw a chart where the page stands."""
    st.plotly_chart(chart.figure, key=key, config=theme.PLAIN, alt=chart.alt)
    if chart.has_cut_bars:
        st.caption("Hatched: the range holds only a part of this bar's days.")


def whole_ticks(values: Iterable[object]) -> dict[str, Any]:
    """Return what keeps the axis of a few things counted from showing halves of them."""
    most = max((value for value in values if isinstance(value, int)), default=0)
    return {"dtick": 1} if most < _FEW else {}


def axis_title(metric: Metric, currency: str) -> str:
    """Return what an axis of this metric is called."""
    return f"{metric.label}, {currency}" if metric.unit is Unit.MONEY else metric.label
