"""A drawing with its words, and the one place that puts it on a page."""

from __future__ import annotations

from dataclasses import dataclass

import plotly.graph_objects as go
import streamlit as st

from engine.dashboard import theme
from engine.metrics.model import Metric, Unit


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


def axis_title(metric: Metric, currency: str) -> str:
    """Return what an axis of this metric is called."""
    return f"{metric.label}, {currency}" if metric.unit is Unit.MONEY else metric.label
