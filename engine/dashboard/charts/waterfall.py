"""Bars that lead from one amount to another: each stands where the one before it ended."""

from __future__ import annotations

import plotly.graph_objects as go

from engine.dashboard import theme
from engine.dashboard.bridge import Step, amount_text
from engine.dashboard.charts.chart import Chart
from engine.metrics.formats import number
from engine.metrics.model import Unit


def bridge_chart(steps: list[Step], currency: str) -> Chart:
    """Draw the bars from top to bottom, each with its amount beside it."""
    amounts = [amount_text(step, currency) for step in steps]
    labels = [step.label for step in steps]
    trace = go.Waterfall(
        orientation="h",
        y=labels,
        x=[number(Unit.MONEY, step.amount, currency) for step in steps],
        measure=[_measure(at, step) for at, step in enumerate(steps)],
        customdata=[f"{step.label}: {amount}" for step, amount in zip(steps, amounts, strict=True)],
        hovertemplate="%{customdata}<extra></extra>",
        increasing={"marker": {"color": theme.GAIN}},
        decreasing={"marker": {"color": theme.LOSS}},
        totals={"marker": {"color": theme.SUBTOTAL}},
        connector={"line": {"color": theme.GREY, "width": 1, "dash": "dot"}},
    )
    # The amount stands with the label, where it fits on a phone as well.
    names = [f"{label}<br><b>{amount}</b>" for label, amount in zip(labels, amounts, strict=True)]
    figure = theme.frame(
        [trace],
        height=max(260, 42 * len(steps) + 30),
        across={"showticklabels": False, "zeroline": True},
        up={"autorange": "reversed", "tickvals": labels, "ticktext": names},
        showlegend=False,
        hovermode="closest",
    )
    first, last = steps[0], steps[-1]
    alt = (
        f"From {_inside(first.label)} of {amount_text(first, currency)} "
        f"to {_inside(last.label)} of {amount_text(last, currency)}, step by step."
    )
    return Chart(figure, alt)


def _inside(label: str) -> str:
    """Return a label as it stands inside a sentence."""
    return label[0].lower() + label[1:]


def _measure(at: int, step: Step) -> str:
    """A total is where the bars have come to; as the first it is where they set out."""
    if step.is_total:
        return "absolute" if at == 0 else "total"
    return "relative"
