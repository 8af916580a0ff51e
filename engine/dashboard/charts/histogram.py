"""How often values occur: one bar a bin, in the order of the values; bins below zero stand out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from engine.dashboard import theme
from engine.dashboard.charts.chart import Chart, whole_ticks
from engine.metrics.formats import text
from engine.metrics.model import Unit

_HEIGHT = 280


@dataclass(frozen=True, slots=True)
class Bar:
    """One bin: what is written below it, said of it in full, and how many there are."""

    label: str
    words: str
    count: int
    is_loss: bool = False


def histogram(bars: Sequence[Bar], title: str, many: str) -> Chart:
    """Draw the bars; `title` names the values, `many` what is counted."""
    trace = go.Bar(
        x=list(range(len(bars))),
        y=[bar.count for bar in bars],
        customdata=[f"{bar.words}: {text(Unit.COUNT, bar.count, '')} {many}" for bar in bars],
        hovertemplate="%{customdata}<extra></extra>",
        marker={"color": [theme.LOSS if bar.is_loss else theme.GAIN for bar in bars]},
    )
    every = max(1, -(-len(bars) // 8))  # so many labels fit below a chart on a phone
    shown = range(0, len(bars), every)
    labels = [bars[at].label for at in shown]
    most = max(bars, key=lambda bar: bar.count)
    figure = theme.frame(
        [trace],
        height=_HEIGHT,
        across={"tickvals": list(shown), "ticktext": labels, "title_text": title},
        up={
            "title_text": many.capitalize(),
            "rangemode": "tozero",
            **whole_ticks([bar.count for bar in bars]),
        },
        hovermode="closest",
        showlegend=False,
        bargap=0.08,
    )
    alt = f"{title}: most {many} {most.words}, {text(Unit.COUNT, most.count, '')}"
    below = sum(bar.count for bar in bars if bar.is_loss)
    return Chart(figure, f"{alt}; {below:,} below zero." if below else f"{alt}.")
