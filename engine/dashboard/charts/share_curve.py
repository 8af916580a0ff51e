"""How a sum comes together from its largest part to its smallest: one point a part."""

from __future__ import annotations

import plotly.graph_objects as go

from engine.dashboard import theme
from engine.dashboard.charts.chart import Chart
from engine.metrics.concentration import MOST_OF_IT, Concentration
from engine.metrics.formats import number, text
from engine.metrics.model import Unit

_HEIGHT = 360


def share_curve(found: Concentration, many: str, of: str) -> Chart:
    """Draw the shares; a dashed line marks where most of the sum is reached."""
    places = list(range(1, len(found.shares) + 1))
    trace = go.Scatter(
        x=places,
        y=[number(Unit.SHARE, share, "") for share in found.shares],
        mode="lines" if len(places) > 1 else "markers",
        line={"color": theme.BLUE, "width": 2.5},
        customdata=[
            f"{place:,} {many}: {text(Unit.SHARE, share, '')}"
            for place, share in zip(places, found.shares, strict=True)
        ],
        hovertemplate="%{customdata}<extra></extra>",
    )
    dash = {"type": "line", "line": {"color": theme.COMPARED, "width": 1.5, "dash": "dash"}}
    most, enough = MOST_OF_IT, found.enough
    figure = theme.frame(
        [trace],
        height=_HEIGHT,
        across={"rangemode": "tozero", "title_text": f"How many {many}"},
        up={"rangemode": "tozero", "ticksuffix": " %", "title_text": f"Share of {of}"},
        shapes=[
            {**dash, "xref": "x domain", "yref": "y", "x0": 0, "x1": 1, "y0": most, "y1": most},
            {**dash, "xref": "x", "yref": "y domain", "y0": 0, "y1": 1, "x0": enough, "x1": enough},
        ],
        showlegend=False,
        hovermode="closest",
    )
    alt = f"{found.enough:,} of {len(places):,} {many} make {MOST_OF_IT} % of {of}."
    return Chart(figure, alt)
