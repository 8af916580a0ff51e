"""What a page must say of a figure: the registry's text, and whether it is only a high end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.metrics.formats import known, text
from engine.metrics.registry import REGISTRY

# Each profit, and what is divided from one, with the profit whose low end shows what is missing.
HIGH_ENDS = {
    "contribution_profit": "contribution_profit",
    "contribution_margin": "contribution_profit",
    "contribution_per_order": "contribution_profit",
    "contribution_per_unit": "contribution_profit",
    "contribution_per_view": "contribution_profit",
    "profit_after_ads": "contribution_profit",
    "net_profit": "net_profit",
    "net_margin": "net_profit",
    "net_profit_per_unit": "net_profit",
}
OF_GOODS = ("gross_profit", "gross_margin", "markup")  # what is missing in them is unit costs


def is_high_end(name: str, row: Mapping[str, Any]) -> bool:
    """Whether costs are missing in a figure of an answer of the engine."""
    if known(row[name]) is None:
        return False
    if name in OF_GOODS:
        return known(row["cost_coverage"]) is not None and row["cost_coverage"] < 1
    profit = HIGH_ENDS.get(name)
    return profit is not None and known(row[f"{profit}_low"]) != known(row[profit])


def shown(name: str, row: Mapping[str, Any], currency: str = "USD") -> str:
    """Return the text of a figure of an answer of the engine."""
    said = text(REGISTRY[name].unit, row[name], currency)
    return f"≤ {said}" if is_high_end(name, row) else said
