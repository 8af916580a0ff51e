"""What came in against what it cost, as horizontal bars to the right and to the left of zero."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from engine.dashboard import theme
from engine.dashboard.charts.chart import Chart
from engine.dashboard.charts.ranked import MOST_BARS, short_name
from engine.metrics.formats import text
from engine.metrics.model import Metric, Unit
from engine.money import currency_digits


@dataclass(frozen=True, slots=True)
class Pair:
    """One row: its name, what came in, what it cost, and what is left; minor units."""

    name: str
    earned: int
    cost: int
    left: int


def both_ways(earned: Metric, cost: Metric, pairs: Sequence[Pair], currency: str) -> Chart:
    """Draw the first pairs from top to bottom as given; what is left stands beside the name."""
    drawn = list(pairs[:MOST_BARS])
    places = list(range(len(drawn)))
    figure = theme.frame(
        [
            _trace(earned, drawn, [pair.earned for pair in drawn], 1, theme.GAIN, currency),
            _trace(cost, drawn, [pair.cost for pair in drawn], -1, theme.LOSS, currency),
        ],
        height=max(280, 40 * len(drawn) + 90),
        across={"title_text": currency, "zeroline": True, "nticks": 5},
        up={
            "autorange": "reversed",
            "tickvals": places,
            "ticktext": [
                f"{short_name(pair.name)}<br><b>{text(Unit.MONEY, pair.left, currency)}</b>"
                for pair in drawn
            ],
        },
        barmode="overlay",  # both begin at zero and never meet
        hovermode="closest",
    )
    said = "; ".join(
        f"{pair.name} {text(Unit.MONEY, pair.earned, currency)} against "
        f"{text(Unit.MONEY, pair.cost, currency)}"
        for pair in (drawn[:1] + drawn[-1:] if len(drawn) > 1 else drawn)
    )
    title = f"{earned.label} against {cost.label.lower()}"
    return Chart(figure, f"{title}: {said}." if said else f"{title}: nothing known.")


def _trace(
    metric: Metric, pairs: Sequence[Pair], amounts: list[int], sign: int, colour: str, currency: str
) -> go.Bar:
    scale = 10 ** currency_digits(currency)
    return go.Bar(
        orientation="h",
        name=metric.label,
        x=[sign * amount / scale for amount in amounts],
        y=list(range(len(pairs))),
        customdata=[
            f"{pair.name}, {metric.label.lower()}: {text(Unit.MONEY, amount, currency)}"
            for pair, amount in zip(pairs, amounts, strict=True)
        ],
        hovertemplate="%{customdata}<extra></extra>",
        marker={"color": colour},
    )
