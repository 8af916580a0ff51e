"""Listings or SKUs as points: one metric across, another one up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from engine.dashboard import theme
from engine.dashboard.charts.chart import Chart, axis_title
from engine.metrics.formats import known, number, text
from engine.metrics.model import Metric

_HEIGHT = 360
MOST_POINTS = 10_000


def points(
    across: Metric,
    up: Metric,
    frame: pd.DataFrame,
    name_of: Callable[[Any], str],
    currency: str,
    many: str,
) -> Chart:
    """Draw one point a row; rows in which either metric is unknown are left out.

    `many` names the points for people: listings, SKUs.
    """
    rows = [
        (name_of(entity), known(x), known(y))
        for entity, x, y in zip(frame["entity_id"], frame[across.name], frame[up.name], strict=True)
    ]
    drawn = [row for row in rows if row[1] is not None and row[2] is not None][:MOST_POINTS]
    losing = [isinstance(y, (int, float)) and y < 0 for _, _, y in drawn]
    trace = go.Scatter(
        mode="markers",
        x=[number(across.unit, x, currency) for _, x, _ in drawn],
        y=[number(up.unit, y, currency) for _, _, y in drawn],
        customdata=[
            f"{_safe(name)}<br>{across.label}: {text(across.unit, x, currency)}"
            f"<br>{up.label}: {text(up.unit, y, currency)}"
            for name, x, y in drawn
        ],
        hovertemplate="%{customdata}<extra></extra>",
        marker={
            "size": 9,
            "opacity": 0.75,
            "color": [theme.LOSS if is_loss else theme.GAIN for is_loss in losing],
            "symbol": ["x" if is_loss else "circle" for is_loss in losing],
        },
    )
    figure = theme.frame(
        [trace],
        height=_HEIGHT,
        across={"title_text": axis_title(across, currency), "zeroline": True, "nticks": 6},
        up={"title_text": axis_title(up, currency), "zeroline": True},
        hovermode="closest",
        showlegend=False,
    )
    alt = (
        f"{up.label} against {across.label.lower()} of {len(drawn):,} {many}; "
        f"{sum(losing):,} below zero."
    )
    return Chart(figure, alt)


def _safe(name: str) -> str:
    return name.replace("&", "&amp;").replace("<", "&lt;")
