"""The way from the price tag to the profit, as bars that add up to the cent.

One row = one step: an amount added or taken away, or a subtotal. The amounts are the engine's
integers; a subtotal is the engine's own metric, and what stands before it must add up to it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from engine.dashboard.bounds import at_most, is_high_end
from engine.dashboard.data import Figures
from engine.dashboard.metric_names import at_level
from engine.errors import ReconciliationError
from engine.metrics.formats import text
from engine.metrics.model import SHOP, Unit
from engine.metrics.registry import REGISTRY
from engine.money import format_money, round_div
from engine.periods import Period

Ladder = tuple[tuple[str, tuple[tuple[int, str], ...]], ...]
# Each subtotal, with the signed steps that lead to it from the one before.
LADDER: Ladder = (
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
    ("profit_after_ads", ((-1, "ad_spend"), (-1, "offsite_ads_fees"))),
    ("net_profit", ((-1, "operating_expenses"),)),
)
FEE_KINDS = at_level(
    SHOP,
    "transaction_fees",
    "processing_fees",
    "listing_fees",
    "regulatory_fees",
    "currency_conversion_fees",
    "vat_on_fees",
    "other_fees",
)
_ALL_FEES = at_level(SHOP, "platform_fees")
METRICS = at_level(
    SHOP, *(name for total, steps in LADDER for name in (*(step for _, step in steps), total))
)


@dataclass(frozen=True, slots=True)
class Step:
    """One bar: `amount` is signed, in minor units; of a subtotal it is the height reached.

    is_high_end: a profit of which costs are missing; it is at most that.
    """

    metric: str
    label: str
    amount: int
    is_total: bool
    is_high_end: bool = False


def every_cost() -> Ladder:
    """Return the ladder with each kind of fee as a step of its own."""
    return tuple(
        (total, tuple(step for one in steps for step in _kinds_of(*one))) for total, steps in LADDER
    )


def _kinds_of(sign: int, name: str) -> tuple[tuple[int, str], ...]:
    return tuple((sign, kind) for kind in FEE_KINDS) if name in _ALL_FEES else ((sign, name),)


def bridge_steps(value: Callable[[str], int], ladder: Ladder = LADDER) -> list[Step]:
    """Return the bars from list value to net profit.

    `value` answers a metric in minor units.

    Raises ReconciliationError if a subtotal is not what its steps add up to.
    """
    steps: list[Step] = []
    reached = 0
    for total, parts in ladder:
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


def bridge_of(figures: Figures, period: Period, ladder: Ladder = LADDER) -> list[Step]:
    """Return the bars of one period; each profit says whether costs of it are missing."""
    return [
        replace(step, is_high_end=step.is_total and is_high_end(step.metric, figures, period))
        for step in bridge_steps(amounts_of(figures, period), ladder)
    ]


def amounts_of(figures: Figures, period: Period) -> Callable[[str], int]:
    """Return the answers of one period as the bars need them: sums, in minor units."""

    def amount(name: str) -> int:
        value = figures.value(name, period)
        assert isinstance(value, int), f"{name} is a sum and always known"
        return value

    return amount


def subtotals(steps: Sequence[Step]) -> list[Step]:
    """Return the first amount and the subtotals alone: where the money stands after each kind."""
    return [replace(steps[0], is_total=True), *(step for step in steps if step.is_total)]


def from_subtotal(steps: Sequence[Step], metric: str) -> list[Step]:
    """Return a subtotal and what follows it."""
    return list(steps[[step.metric for step in steps].index(metric) :])


def per(steps: Sequence[Step], parts: int, scale: int = 1) -> list[Step]:
    """Return every amount × scale ÷ parts, each rounded for itself."""
    return [replace(step, amount=round_div(step.amount * scale, parts)) for step in steps]


def without_empty(steps: list[Step]) -> list[Step]:
    """Leave out steps of nothing; subtotals stay."""
    return [step for step in steps if step.is_total or step.amount]


def amount_text(step: Step, currency: str) -> str:
    """Return the amount as it stands beside a bar: a step has its sign, a subtotal only a minus."""
    if not step.is_total:
        return format_money(step.amount, currency, sign=True)
    shown = text(Unit.MONEY, step.amount, currency)
    return at_most(shown) if step.is_high_end else shown
