"""Says in words why a figure is not known, from its explanation.

What is not known is so because of something below it; the first such value names the reason.
"""

from __future__ import annotations

from engine.metrics.evaluate import CEILINGS
from engine.metrics.explain_facts import COVERED_PARTS
from engine.metrics.explain_nodes import Node
from engine.metrics.model import Ratio
from engine.metrics.registry import REGISTRY

_NO_ROWS = "Nothing in this range is what it is made of."


def why_unknown(node: Node) -> str:
    """Return one sentence on why a value is not known, '' where it is."""
    if node.value is not None:
        return ""
    for child in node.children:
        if child.value is None:
            return why_unknown(child)
    if node.name in CEILINGS:
        return f"It has no upper bound: {node.children[0].value:,} rows have no known ceiling."
    if node.name in COVERED_PARTS:
        return f"{node.children[0].label}: 0 in this range."
    if node.name in REGISTRY.metrics and isinstance(REGISTRY[node.name].formula, Ratio):
        return _why_no_quotient(node)
    if node.leaves is not None and len(node.leaves):
        return f"{len(node.leaves):,} rows are too few, or too alike, for it."
    return _NO_ROWS


def _why_no_quotient(node: Node) -> str:
    _, under, *days = node.children
    if not isinstance(under.value, int) or under.value <= 0:
        return f"{under.label} is not above 0: there is nothing to divide by."
    covered, begun = min(days, key=lambda day: day.value or 0), days[-1]
    return f"{covered.label}: {covered.value:,} of the {begun.value:,} days of this range."
