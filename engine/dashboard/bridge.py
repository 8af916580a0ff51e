"""The way from the price tag to the profit, as bars that add up to the cent.

One row = one step: an amount added or taken away, or a subtotal. The amounts are the engine's
integers; a subtotal is the engine's own metric, and what stands before it must add up to it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import plotly.graph_objects as go

from engine.dashboard import theme
from engine.dashboard.charts import Chart
from engine.dashboard.metric_names import at_level
from engine.errors import ReconciliationError
from engine.metrics.formats import number, text
from engine.metrics.model import SHOP, Unit
from engine.metrics.registry import REGISTRY
from engine.money import format_money

# Each subtotal, with the signed steps that lead to it from the one before.
LADDER: tuple[tuple[str, tuple[tuple[int, str], ...]], ...] = (
    ("sales_after_discounts", ((1, "gross_merchandise_sales"), (-1, "discounts"))),
    ("net_sales", ((-1, "returns_value"),)),
    (
        "net_revenue",
        ((1, "shipping_income"), (1, "gift_wrap_income"), (-1, "refund_excess")),
    ),
    ("gross_profit", ((-1, "cogs"),)),
    (
        "contribution_profit",
        (
            (-1, "postage"),
            (-1, "duty"),
            (-1, "import_tax"),
            (-1, "carrier_fee"),
            (-1, "platform_fees"),
        ),
    ),
)
METRICS = at_level(
    SHOP, *(name for total, steps in LADDER for name in (*(step for _, step in steps), total))
)


@dataclass(frozen=True, slots=True)
class Step:
    """One bar: `amount` is signed, in minor units; of a subtotal it is the height reached."""

    metric: str
    label: str
    amount: int
    is_total: bool


def bridge_steps(value: Callable[[str], int]) -> list[Step]:
    """Return the bars from list value to contribution profit.

    `value` answers a metric in minor units.

    Raises ReconciliationError if a subtotal is not what its steps add up to.
    """
    steps: list[Step] = []
    reached = 0
    for total, parts in LADDER:
        for sign, name in parts:
            amount = sign * value(name)
            reached += amount
            steps.append(Step(name, REGISTRY[name].label, amount, is_total=False))
        if reached != value(total):
            raise ReconciliationError(
                f"The steps up to {total} add up to {reached:,} minor units, "
                f"but the engine says {value(total):,}."
            )
        steps.append(Step(total, REGISTRY[total].label, reached, is_total=True))
    return steps


def without_empty(steps: list[Step]) -> list[Step]:
    """Leave out steps of nothing; subtotals stay."""
    return [step for step in steps if step.is_total or step.amount]


def bridge_chart(steps: list[Step], currency: str) -> Chart:
    """Draw the bars from top to bottom, each with its amount beside it."""
    amounts = [amount_text(step, currency) for step in steps]
    labels = [step.label for step in steps]
    figure = go.Figure(
        go.Waterfall(
            orientation="h",
            y=labels,
            x=[number(Unit.MONEY, step.amount, currency) for step in steps],
            measure=["total" if step.is_total else "relative" for step in steps],
            customdata=[
                f"{step.label}: {amount}" for step, amount in zip(steps, amounts, strict=True)
            ],
            hovertemplate="%{customdata}<extra></extra>",
            increasing={"marker": {"color": theme.GAIN}},
            decreasing={"marker": {"color": theme.LOSS}},
            totals={"marker": {"color": theme.SUBTOTAL}},
            connector={"line": {"color": theme.GREY, "width": 1, "dash": "dot"}},
        )
    )
    theme.frame(figure, height=max(260, 42 * len(steps) + 30))
    figure.update_layout(showlegend=False, hovermode="closest")
    # The amount stands with the label, where it fits on a phone as well.
    figure.update_yaxes(
        autorange="reversed",
        tickvals=labels,
        ticktext=[
            f"{label}<br><b>{amount}</b>" for label, amount in zip(labels, amounts, strict=True)
        ],
    )
    figure.update_xaxes(showticklabels=False, zeroline=True)
    first, last = steps[0], steps[-1]
    alt = (
        f"From {first.label.lower()} of {amount_text(first, currency)} "
        f"to {last.label.lower()} of {amount_text(last, currency)}, step by step."
    )
    return Chart(figure, alt)


def amount_text(step: Step, currency: str) -> str:
    """Return the amount as it stands beside a bar: a step has its sign, a subtotal only a minus."""
    if step.is_total:
        return text(Unit.MONEY, step.amount, currency)
    return format_money(step.amount, currency, sign=True)
