"""What today's customers are expected to leave in the next year: a prediction, never a figure.

It stands beside the observed value and is never mixed with it. One answer is one shop as of a day.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.metrics.bg_nbd import (
    BgNbd,
    GammaGamma,
    Histories,
    fit_bg_nbd,
    fit_gamma_gamma,
)
from engine.metrics.compute import Snapshot, compute_block
from engine.metrics.customer_tables import last_known_day, purchases_until
from engine.metrics.customer_value import YEAR
from engine.metrics.model import SHOP
from engine.metrics.registry import REGISTRY
from engine.money import Int64Array
from engine.periods import Period, day_date

FEWEST_REPEAT_CUSTOMERS = 100
FEWEST_WEEKS = 52
HORIZON = YEAR / 7  # weeks
INTERVAL = (0.1, 0.9)  # of the bootstrap: 80 %
REPLICATES = 100
FEWEST_REPLICATES = 80  # that must converge


@dataclass(frozen=True, slots=True)
class PredictedValue:
    """A customer's mean contribution in the next 365 days, in minor units; None with a reason.

    `low` and `high` hold 80 % of the values found for customers drawn again and again.
    """

    customers: int
    repeat_customers: int
    weeks: int  # since the first order of all
    value: int | None = None
    low: int | None = None
    high: int | None = None
    purchases: float | None = None  # days on which one customer is expected to buy
    model: BgNbd | None = None
    spending: GammaGamma | None = None
    reason: str = ""


def predict_value(
    snapshot: Snapshot, as_of: int, seed: int, replicates: int = REPLICATES
) -> PredictedValue:
    """Predict from all that known customers bought up to a day; equal seeds give equal answers.

    Raises ConfigurationError if SciPy is not installed.
    """
    as_of = last_known_day(snapshot, as_of)
    histories, weeks = histories_of(snapshot, as_of)
    customers = len(histories.repeats)
    repeats = int((histories.repeats > 0).sum())
    nothing = PredictedValue(customers, repeats, weeks)
    if repeats < FEWEST_REPEAT_CUSTOMERS:
        return _without(nothing, f"it takes {FEWEST_REPEAT_CUSTOMERS} repeat customers")
    if weeks < FEWEST_WEEKS:
        return _without(nothing, f"it takes {FEWEST_WEEKS} weeks of orders")
    margin = _margin(snapshot, as_of)
    if margin is None:
        return _without(nothing, "the last 365 days have no contribution margin")
    model, spending = fit_bg_nbd(histories), fit_gamma_gamma(histories)
    if model is None or spending is None:
        return _without(nothing, "the model does not converge on these customers")
    value = _value(model, spending, histories, margin)
    values = []
    draw = np.random.Generator(np.random.PCG64(seed))
    for _ in range(replicates):
        drawn = histories.taken(draw.integers(0, customers, customers))
        again, spends = fit_bg_nbd(drawn, model), fit_gamma_gamma(drawn, spending)
        if again is not None and spends is not None:
            values.append(_value(again, spends, drawn, margin))
    if len(values) * REPLICATES < FEWEST_REPLICATES * replicates:
        return _without(nothing, "the model does not converge on customers drawn from these")
    low, high = (round(float(np.quantile(values, share))) for share in INTERVAL)
    return PredictedValue(
        customers,
        repeats,
        weeks,
        value=round(value),
        low=low,
        high=high,
        purchases=float(model.expected(histories, HORIZON).mean()),
        model=model,
        spending=spending,
    )


def _without(found: PredictedValue, reason: str) -> PredictedValue:
    return PredictedValue(found.customers, found.repeat_customers, found.weeks, reason=reason)


def _value(model: BgNbd, spending: GammaGamma, histories: Histories, margin: float) -> float:
    purchases = model.expected(histories, HORIZON)
    return float(np.mean(purchases * spending.expected(histories)) * margin)


def _margin(snapshot: Snapshot, as_of: int) -> float | None:
    """Contribution margin of the 365 days to a day."""
    year = Period.custom(day_date(as_of - YEAR + 1), day_date(as_of))
    chosen = REGISTRY.choose(SHOP, ["contribution_profit", "net_revenue"])
    profit, revenue = compute_block(snapshot, [year], SHOP, chosen).columns.values()
    if revenue.values[0] <= 0:
        return None
    return float(profit.values[0]) / float(revenue.values[0])


def histories_of(snapshot: Snapshot, as_of: int) -> tuple[Histories, int]:
    """Return what is known of each customer on a day, and the whole weeks since the first order.

    Several orders of a day are one purchase.
    """
    bought = purchases_until(snapshot, as_of)
    if not len(bought.day):
        none = np.zeros(0)
        return Histories(none, none, none, none), 0
    origin = int(bought.day.min())
    width = as_of - origin + 1
    pairs, at = np.unique(bought.customer * width + bought.day - origin, return_inverse=True)
    sales = np.zeros(len(pairs), np.int64)
    np.add.at(sales, at, bought.value)
    customer, day = np.divmod(pairs, width)
    _, start, days = np.unique(customer, return_index=True, return_counts=True)
    first, last = day[start], day[start + days - 1]
    repeats = days - 1
    later = np.add.reduceat(sales, start) - sales[start]
    spent = later / np.maximum(repeats, 1)
    return Histories(
        repeats.astype(np.float64), (last - first) / 7, (width - 1 - first) / 7, spent
    ), _weeks(first, width)


def _weeks(first: Int64Array, width: int) -> int:
    return (width - int(first.min())) // 7
