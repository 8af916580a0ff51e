"""Several metrics of one unit over time as steps: a price holds until the next bucket."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from engine.dashboard import theme
from engine.dashboard.buckets import Bucket
from engine.dashboard.charts.chart import Chart
from engine.dashboard.charts.over_time import bucket_name, date_ticks
from engine.dashboard.data import Figures
from engine.dashboard.filters import View
from engine.dashboard.wording import listed, range_words
from engine.metrics.formats import number, text
from engine.metrics.model import Metric, Unit

_HEIGHT = 320
DASHES = ("solid", "dash", "dot", "dashdot", "longdash")


def steps_over_time(metrics: Sequence[Metric], figures: Figures, view: View) -> Chart:
    """Draw each metric as a line of steps; each has its colour and its dash."""
    is_money = metrics[0].unit is Unit.MONEY
    figure = theme.frame(
        [_trace(metric, figures, view.buckets, at) for at, metric in enumerate(metrics)],
        height=_HEIGHT,
        across=date_ticks(view.buckets),
        up={"rangemode": "tozero", "title_text": figures.currency if is_money else None},
    )
    values = [
        f"{metric.label.lower()} "
        f"{text(metric.unit, figures.value(metric.name, view.period), figures.currency)}"
        for metric in metrics
    ]
    alt = f"By {view.grain.lower()}, {range_words(view.period)}: {listed(values)} in all."
    return Chart(figure, alt)


def _trace(metric: Metric, figures: Figures, buckets: Sequence[Bucket], at: int) -> go.Scatter:
    values = figures.series(metric.name, [bucket.asked for bucket in buckets])
    return go.Scatter(
        x=[bucket.whole.start for bucket in buckets],
        y=[number(metric.unit, value, figures.currency) for value in values],
        name=metric.label,
        customdata=[
            f"{metric.label}, {bucket_name(bucket)}: {text(metric.unit, value, figures.currency)}"
            for bucket, value in zip(buckets, values, strict=True)
        ],
        hovertemplate="%{customdata}<extra></extra>",
        mode="lines+markers",
        marker={"size": 4},
        line={
            "shape": "hv",
            "width": 2.5,
            "color": theme.PALETTE[at % len(theme.PALETTE)],
            "dash": DASHES[at % len(DASHES)],
        },
    )
