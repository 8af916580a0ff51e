"""A metric over the buckets of the range, with its comparison.

A sum is drawn as bars from zero, a rate as a line; the comparison is a dashed grey line. Money is
drawn in major units, which is for the eye only: every text beside it comes from the exact value.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from engine.dashboard import theme
from engine.dashboard.bounds import value_text
from engine.dashboard.buckets import Bucket
from engine.dashboard.charts.chart import Chart, axis_title, whole_ticks
from engine.dashboard.data import Figures, Value
from engine.dashboard.filters import View
from engine.dashboard.wording import bucket_words, range_words, tick_words
from engine.metrics.formats import change, number
from engine.metrics.model import Direction, Metric, Unit

_HEIGHT = 320
_ALONE_GAP = 0.7  # share of the width left beside a bar that is the only one
_BAR_DEPTH = 0.45
_MARK = {"color": theme.COMPARED, "width": 2}
_MOST_TICKS = 5  # as many dates as fit below a chart on a phone


def over_time(metric: Metric, figures: Figures, view: View) -> Chart:
    """Draw a metric over the buckets of the view, with its comparison where there is one."""
    own = figures.series(metric.name, [bucket.asked for bucket in view.buckets])
    traces = [_own_trace(metric, figures, view, own)]
    if view.compared is not None:
        traces.append(_compared_trace(metric, figures, view))
    is_sum = figures.level in metric.adds_over_time
    up = {"title_text": axis_title(metric, figures.currency)}
    if is_sum or metric.lowest == 0:
        up["rangemode"] = "tozero"
    if metric.unit is Unit.SHARE:
        up["ticksuffix"] = " %"
    if metric.unit is Unit.COUNT:
        others = [bucket.asked for bucket in view.compared_buckets]
        up |= whole_ticks([*own, *figures.series(metric.name, others)])
    more = {"bargap": _ALONE_GAP} if len(view.buckets) == 1 else {}
    figure = theme.frame(
        traces,
        height=_HEIGHT,
        across=date_ticks(view.buckets),
        up=up,
        showlegend=view.compared is not None,
        **more,
    )
    has_cut_bars = is_sum and any(bucket.is_cut for bucket in view.buckets)
    return Chart(figure, _sentence(metric, figures, view, own), has_cut_bars)


def _own_trace(metric: Metric, figures: Figures, view: View, values: list[Value]) -> Any:
    spot: dict[str, Any] = {
        "x": [bucket.whole.start for bucket in view.buckets],
        "y": [number(metric.unit, value, figures.currency) for value in values],
        "name": range_words(view.period),
        "customdata": [
            f"{bucket_name(bucket)}: {value_text(metric.name, figures, bucket.asked)}"
            for bucket in view.buckets
        ],
        "hovertemplate": "%{customdata}<extra></extra>",
    }
    if figures.level not in metric.adds_over_time:
        line = {"color": theme.BLUE, "width": 2.5}
        return go.Scatter(**spot, mode="lines+markers", marker={"size": 5}, line=line)
    hatch = ["/" if bucket.is_cut else "" for bucket in view.buckets]
    is_cost = metric.direction is Direction.DOWN  # which is no loss where it is below zero
    colours = [theme.GAIN if is_cost else theme.of_value(value) for value in values]
    marker = {
        # Bars let the dashed line of the comparison show through; the outline is in full colour.
        "color": [theme.see_through(colour, _BAR_DEPTH) for colour in colours],
        "line": {"color": colours, "width": 1.5},
        "pattern": {"shape": hatch, "fgcolor": colours, "fillmode": "overlay"},
    }
    return go.Bar(**spot, marker=marker)


def _compared_trace(metric: Metric, figures: Figures, view: View) -> Any:
    values = figures.series(metric.name, [bucket.asked for bucket in view.compared_buckets])
    assert view.compared is not None
    return go.Scatter(
        x=[bucket.whole.start for bucket in view.buckets][: len(values)],
        y=[number(metric.unit, value, figures.currency) for value in values],
        name=range_words(view.compared),
        customdata=[
            f"{range_words(bucket.asked)}: {value_text(metric.name, figures, bucket.asked)}"
            for bucket in view.compared_buckets
        ],
        hovertemplate="%{customdata}<extra></extra>",
        mode="lines" if len(values) > 1 else "markers",  # a line of one point is not to be seen
        line={"color": theme.COMPARED, "width": 2, "dash": "dash"},
        marker={"color": theme.COMPARED, "size": 60, "symbol": "line-ew", "line": _MARK},
    )


def bucket_name(bucket: Bucket) -> str:
    """Return what a bar is called; one that the range cuts says how many of its days it has."""
    words = bucket_words(bucket.whole.kind, bucket.whole.start)
    if not bucket.is_cut:
        return words
    return f"{words} ({bucket.asked.days} of {bucket.whole.days} days)"


def date_ticks(buckets: Sequence[Bucket]) -> dict[str, Any]:
    """Return the dates to write below the chart: a few bars' first days, a new year in full."""
    every = -(-len(buckets) // _MOST_TICKS)
    starts = [bucket.whole.start for bucket in buckets[::every]]
    kind = buckets[0].whole.kind
    texts, year = [], None
    for start in starts:
        texts.append(tick_words(kind, start, with_year=start.year != year))
        year = start.year
    return {"tickvals": starts, "ticktext": texts}


def _sentence(metric: Metric, figures: Figures, view: View, values: list[Value]) -> str:
    now = figures.value(metric.name, view.period)
    words = [
        f"{metric.label} by {view.grain.lower()}, {range_words(view.period)}: "
        f"{value_text(metric.name, figures, view.period)}"
    ]
    if view.compared is not None:
        before = figures.value(metric.name, view.compared)
        moved = change(metric.unit, now, before, figures.currency)
        if moved is not None:
            direction = {1: "up", 0: "unchanged", -1: "down"}[moved.sign]
            size = moved.text.lstrip("+−")
            words.append(f"{direction} {size}" if moved.sign else direction)
    sentence = ", ".join(words)
    known = [
        (value, bucket)
        for value, bucket in zip(values, view.buckets, strict=True)
        if isinstance(value, (int, float))
    ]
    if not known:
        return f"{sentence}."
    _, best = max(known, key=lambda pair: pair[0])
    return f"{sentence}; highest in {bucket_name(best)}."
