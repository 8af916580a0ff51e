"""Things in order of one metric, as horizontal bars that may go either way from zero."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from engine.dashboard import theme
from engine.dashboard.charts.chart import Chart, axis_title
from engine.dashboard.data import Value
from engine.metrics.formats import number, text
from engine.metrics.model import Metric

MOST_BARS = 15
_LONGEST_NAME = 28  # letters beside a bar on a phone


def ranked(metric: Metric, bars: Sequence[tuple[str, Value]], currency: str) -> Chart:
    """Draw the bars from top to bottom as given; unknown values have none."""
    drawn = [(name, value) for name, value in bars[:MOST_BARS] if value is not None]
    places = list(range(len(drawn)))
    trace = go.Bar(
        orientation="h",
        x=[number(metric.unit, value, currency) for _, value in drawn],
        y=places,
        customdata=[f"{name}: {text(metric.unit, value, currency)}" for name, value in drawn],
        hovertemplate="%{customdata}<extra></extra>",
        marker={"color": [theme.of_value(value) for _, value in drawn]},
    )
    names = [
        f"{short_name(name)}<br><b>{text(metric.unit, value, currency)}</b>"
        for name, value in drawn
    ]
    figure = theme.frame(
        [trace],
        height=max(260, 40 * len(drawn) + 60),
        across={"title_text": axis_title(metric, currency), "zeroline": True, "nticks": 5},
        up={"autorange": "reversed", "tickvals": places, "ticktext": names},
        hovermode="closest",
        showlegend=False,
    )
    if not drawn:
        return Chart(figure, f"{metric.label}: nothing known.")
    (first, most), (last, least) = drawn[0], drawn[-1]
    alt = f"{metric.label}: {first} with {text(metric.unit, most, currency)}"
    if len(drawn) > 1:
        alt += f" to {last} with {text(metric.unit, least, currency)}"
    return Chart(figure, f"{alt}.")


def short_name(name: str) -> str:
    """Return a name that fits beside a bar; a shop's own text can't be taken for markup."""
    plain = name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1]}…"
    return plain.replace("&", "&amp;").replace("<", "&lt;")
