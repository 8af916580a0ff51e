"""How a profit is said of which some costs are not known: at most what is shown, between two ends.

The one place that words it, for cards, bars, tables and captions.
"""

from __future__ import annotations

from engine.dashboard.data import Figures, Value
from engine.dashboard.questions import (
    COVERAGE,
    GROSS_PROFIT,
    LOW_ENDS,
    WHOSE_LOW_END,
    profit_behind,
)
from engine.metrics.formats import known, text
from engine.metrics.model import Unit
from engine.metrics.registry import REGISTRY
from engine.periods import Period


def at_most(shown: str) -> str:
    """Return the text of an amount that is a high end."""
    return f"≤ {shown}"


def value_text(name: str, figures: Figures, period: Period) -> str:
    """Return a figure as people read it; one that is a high end says so."""
    shown = text(REGISTRY[name].unit, figures.value(name, period), figures.currency)
    return at_most(shown) if is_high_end(name, figures, period) else shown


def is_high_end(name: str, figures: Figures, period: Period) -> bool:
    """Whether a profit, or what is divided from one, is at most what is shown: costs are missing.

    What it is divided by is above 0, else there is no figure.
    """
    profit = profit_behind(name)
    if profit is None or known(figures.value(name, period)) is None:
        return False
    if profit == GROSS_PROFIT:
        coverage = figures.value(COVERAGE, period)
        return isinstance(coverage, (int, float)) and coverage < 1
    bounded = WHOSE_LOW_END[profit]
    return figures.value(LOW_ENDS[bounded], period) != figures.value(bounded, period)


def partial_words(profit: str, figures: Figures, period: Period) -> str:
    """Return how far the costs in a profit are known; nothing where all of them are."""
    if not is_high_end(profit, figures, period):
        return ""
    why = _what_is_missing(figures.value(COVERAGE, period), figures.currency)
    said = f"{REGISTRY[profit].label} is **partial**: {why}. "
    ends = between(profit, figures, period)
    if not ends:
        return said + "What is unknown is not subtracted, so this is the high end."
    return said + f"With what is unknown it lies **{ends}**."


def _what_is_missing(coverage: Value, currency: str) -> str:
    """Return which costs are not known; a share that rounds to all of it is not said as all."""
    if coverage in (None, 1):
        return "some of its costs are not known"
    share, whole = (text(Unit.SHARE, one, currency) for one in (coverage, 1))
    said = "nearly all sales" if share == whole else f"{share} of sales"
    return f"the unit cost is known for {said}"


def between(profit: str, figures: Figures, period: Period) -> str:
    """Return `between 1.00 USD and 2.00 USD`; nothing where the low end is not known."""
    values = [figures.value(name, period) for name in (LOW_ENDS[profit], profit)]
    if None in values:
        return ""
    low, high = (text(Unit.MONEY, value, figures.currency) for value in values)
    return f"between {low} and {high}"
