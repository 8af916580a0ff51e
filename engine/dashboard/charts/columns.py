"""One metric of groups that have an order of their own, as columns: weights, lengths, ages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from engine.dashboard import theme
from engine.dashboard.charts.chart import Chart, axis_title
from engine.metrics.formats import number, text
from engine.metrics.model import Metric

_HEIGHT = 300
_MOST_LABELS = 8  # so many fit below a chart on a phone


def columns_in_order(
    metric: Metric, bars: Sequence[tuple[str, Any]], currency: str, groups: str
) -> Chart:
    """Draw the columns as given; `groups` says what they are. Unknown values have none."""
    drawn = [(name, value) for name, value in bars if value is not None]
    trace = go.Bar(
        x=list(range(len(drawn))),
        y=[number(metric.unit, value, currency) for _, value in drawn],
        customdata=[
            f"{groups} {name}: {text(metric.unit, value, currency)}" for name, value in drawn
        ],
        hovertemplate="%{customdata}<extra></extra>",
        marker={"color": [theme.of_value(value) for _, value in drawn]},
    )
    shown = range(0, len(drawn), max(1, -(-len(drawn) // _MOST_LABELS)))
    names = [drawn[at][0] for at in shown]
    figure = theme.frame(
        [trace],
        height=_HEIGHT,
        across={"tickvals": list(shown), "ticktext": names, "title_text": groups},
        up={"title_text": axis_title(metric, currency), "rangemode": "tozero"},
        hovermode="closest",
        showlegend=False,
    )
    if not drawn:
        return Chart(figure, f"{metric.label}: nothing known.")
    ends = (drawn[0], drawn[-1])
    said = " to ".join(f"{text(metric.unit, value, currency)} at {name}" for name, value in ends)
    return Chart(figure, f"{metric.label} by {groups.lower()}: {said}.")
