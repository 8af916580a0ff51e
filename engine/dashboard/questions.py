"""Metrics that every page needs: what is known, what is earned, whether anything happened.

What one page alone shows is named in its own module. A wrong name, or one of another level, fails
at import; a metric that is not declared is absent, never a zero.
"""

from __future__ import annotations

from engine.dashboard.metric_names import at_level
from engine.metrics.model import SHOP, Ratio
from engine.metrics.registry import REGISTRY

COVERAGE, GROSS_PROFIT, PROFIT, PROFIT_LOW, AFTER_ADS, NET_PROFIT, NET_PROFIT_LOW = at_level(
    SHOP,
    "cost_coverage",
    "gross_profit",
    "contribution_profit",
    "contribution_profit_low",
    "profit_after_ads",
    "net_profit",
    "net_profit_low",
)
# A profit and what it is if every unknown cost is as high as it can be.
LOW_ENDS = {PROFIT: PROFIT_LOW, NET_PROFIT: NET_PROFIT_LOW}
# The profit whose low end tells whether costs are missing in a profit too. Goods alone are missing
# in a gross profit, which the coverage tells.
WHOSE_LOW_END = {PROFIT: PROFIT, AFTER_ADS: PROFIT, NET_PROFIT: NET_PROFIT}

(REVENUE,) = at_level(SHOP, "net_revenue")  # of listings and SKUs as well
# A range in which all of these are 0 holds nothing at all.
SIGNS_OF_LIFE = at_level(SHOP, "orders", "refund_count", "cancelled_orders", "held_orders")


def profit_behind(name: str) -> str | None:
    """Return the profit that a metric is, or is divided from; None where there is no such."""
    formula = REGISTRY[name].formula
    if isinstance(formula, Ratio) and len(formula.over.terms) == 1:
        name = formula.over.terms[0][1]
    return name if name == GROSS_PROFIT or name in WHOSE_LOW_END else None
