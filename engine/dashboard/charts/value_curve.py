"""What a customer has left by each day of the first year, as a curve."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from engine.dashboard import theme
from engine.dashboard.charts.chart import Chart
from engine.metrics.formats import known, number, text
from engine.metrics.model import Unit

_HEIGHT = 320


def value_chart(curve: pd.DataFrame, currency: str) -> Chart:
    """Draw the curve; `value` is in minor units, null where too few customers are known."""
    days = [int(day) for day in curve["days_since"]]
    values = [known(value) for value in curve["value"]]
    trace = go.Scatter(
        x=days,
        y=[number(Unit.MONEY, value, currency) for value in values],
        mode="lines",
        line={"color": theme.BLUE, "width": 2.5},
        customdata=[
            f"Day {day}: {text(Unit.MONEY, value, currency)}"
            for day, value in zip(days, values, strict=True)
        ],
        hovertemplate="%{customdata}<extra></extra>",
    )
    figure = theme.frame(
        [trace],
        height=_HEIGHT,
        across={"title_text": "Days since the first order", "nticks": 6},
        up={"rangemode": "tozero", "title_text": currency},
        showlegend=False,
    )
    first, last = text(Unit.MONEY, values[0], currency), text(Unit.MONEY, values[-1], currency)
    return Chart(figure, f"From {first} on the first day to {last} after a year.")
