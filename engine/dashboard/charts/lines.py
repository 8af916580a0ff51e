"""Several rates by month, one line each, around zero."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import plotly.graph_objects as go

from engine.dashboard import theme
from engine.dashboard.charts.chart import Chart
from engine.dashboard.charts.steps import DASHES
from engine.dashboard.wording import bucket_words, tick_words
from engine.metrics.formats import number, text
from engine.metrics.model import Unit
from engine.periods import PeriodKind

_HEIGHT = 320
_MOST_TICKS = 5
MOST_LINES = len(theme.PALETTE)


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its name, and a share for the first day of each month; None is a gap."""

    name: str
    points: tuple[tuple[date, float | None], ...]


def lines_by_month(lines: Sequence[Line], title: str) -> Chart:
    """Draw the first lines, as many as there are colours; the table beside it has them all."""
    drawn = lines[:MOST_LINES]
    months = sorted({month for line in drawn for month, _ in line.points})
    shown = months[:: -(-len(months) // _MOST_TICKS) or 1]
    words = [tick_words(PeriodKind.MONTHLY, month, with_year=True) for month in shown]
    figure = theme.frame(
        [_trace(line, at) for at, line in enumerate(drawn)],
        height=_HEIGHT,
        across={"tickvals": shown, "ticktext": words},
        up={"title_text": title, "ticksuffix": " %", "zeroline": True},
    )
    last = [(line.name, line.points[-1][1]) for line in drawn]
    said = "; ".join(f"{name} {text(Unit.SHARE, value, '')}" for name, value in last)
    return Chart(figure, f"{title} by month, in the last one: {said}.")


def _trace(line: Line, at: int) -> go.Scatter:
    return go.Scatter(
        x=[month for month, _ in line.points],
        y=[number(Unit.SHARE, value, "") for _, value in line.points],
        name=line.name,
        mode="lines+markers",
        marker={"size": 5},
        line={"width": 2.5, "color": theme.PALETTE[at], "dash": DASHES[at]},
        customdata=[
            f"{line.name}, {bucket_words(PeriodKind.MONTHLY, month)}: {text(Unit.SHARE, value, '')}"
            for month, value in line.points
        ],
        hovertemplate="%{customdata}<extra></extra>",
    )
