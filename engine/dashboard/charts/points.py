"""Listings or SKUs as points: one metric across, another one up."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from engine.dashboard import theme
from engine.dashboard.charts.chart import Chart, axis_title
from engine.dashboard.data import Value
from engine.metrics.formats import known, numbers, text
from engine.metrics.model import Metric

Row = tuple[str, Value, Value]  # the name of a point, its metric across and its metric up
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
    columns = ("entity_id", across.name, up.name)
    rows = [
        (name_of(entity), known(x), known(y))
        for entity, x, y in zip(*(frame[name].tolist() for name in columns), strict=True)
    ]
    drawn = [row for row in rows if row[1] is not None and row[2] is not None][:MOST_POINTS]
    losing = [row for row in drawn if _is_loss(row)]
    earning = [row for row in drawn if not _is_loss(row)]
    figure = theme.frame(
        [
            _trace(earning, across, up, currency, {"color": theme.GAIN, "symbol": "circle"}),
            _trace(losing, across, up, currency, {"color": theme.LOSS, "symbol": "x"}),
        ],
        height=_HEIGHT,
        across={"title_text": axis_title(across, currency), "zeroline": True, "nticks": 6},
        up={"title_text": axis_title(up, currency), "zeroline": True},
        hovermode="closest",
        showlegend=False,
    )
    alt = (
        f"{up.label} against {across.label.lower()} of {len(drawn):,} {many}; "
        f"{len(losing):,} below zero."
    )
    return Chart(figure, alt)


def _is_loss(row: Row) -> bool:
    return isinstance(row[2], (int, float)) and row[2] < 0


def _trace(
    rows: Sequence[Row], across: Metric, up: Metric, currency: str, marker: Mapping[str, Any]
) -> go.Scatter:
    """Return the points of one look; one look for each point would be checked point by point."""
    return go.Scatter(
        mode="markers",
        x=numbers(across.unit, [x for _, x, _ in rows], currency),
        y=numbers(up.unit, [y for _, _, y in rows], currency),
        text=[_safe(name) for name, _, _ in rows],
        customdata=np.array(  # a list in lists would be checked value by value
            [(text(across.unit, x, currency), text(up.unit, y, currency)) for _, x, y in rows],
            dtype=object,
        ),
        # What all points say stands once, here: a page has thousands of them.
        hovertemplate=f"%{{text}}<br>{across.label}: %{{customdata[0]}}"
        f"<br>{up.label}: %{{customdata[1]}}<extra></extra>",
        marker={"size": 9, "opacity": 0.75, **marker},
    )


def _safe(name: str) -> str:
    return name.replace("&", "&amp;").replace("<", "&lt;")
