"""How the value of a node comes from what is below it, one function for each kind of formula.

These say a second time what `evaluate` computes for thousands of groups at once, for one value and
in plain integers, so that a tree can be checked against the batch answer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from engine.metrics.evaluate import BASES
from engine.metrics.explain_nodes import Leaves, Node, Value
from engine.metrics.explain_series import code_counts
from engine.metrics.model import SCALE, Unit
from engine.money import MILLION, round_div

_HOUR = 3600  # the parts of a ratio in hours are in seconds
Again = Callable[[Node], Value]


def leaves_below(node: Node) -> Leaves:
    """Return the leaves of a node that has some."""
    assert node.leaves is not None, node.name
    return node.leaves


def sum_of(terms: Sequence[Node]) -> int | None:
    """Add and subtract values; unknown as soon as one is."""
    total = 0
    for term in terms:
        if not isinstance(term.value, int):
            return None
        total += term.sign * term.value
    return total


def linear_again(node: Node) -> Value:
    """A sum: what is below it, added or subtracted."""
    return sum_of(node.children)


def part_again(node: Node) -> Value:
    """A part: the sum of its rows."""
    return leaves_below(node).total


def ceiling_again(node: Node) -> Value:
    """A ceiling: the sum of its rows, unless one of them has no bound."""
    return None if node.children[0].value else part_again(node)


def covered_again(node: Node) -> Value:
    """What is counted over days: the sum of its rows, unknown where there is no such day."""
    return part_again(node) if node.children[0].value else None


def ratio_again(node: Node) -> Value:
    """A quotient: one child over the other, rounded once; unknown where that is not above 0.

    Further children are days: those that sources cover, and last those that have begun. Where they
    are not the same the quotient is unknown.
    """
    over, under, *days = (child.value for child in node.children)
    if len(set(days)) > 1:
        return None
    if not isinstance(over, int) or not isinstance(under, int) or under <= 0:
        return None
    if node.unit is Unit.HOURS:
        under *= _HOUR
    return round_div(over * SCALE.get(node.unit, 1), under)


def mode_again(names: Sequence[str]) -> Again:
    """A mode: the code that most orders have, of equals the smallest; `names` of its texts."""

    def again(node: Node) -> Value:
        counts = code_counts(leaves_below(node))
        if not counts:
            return None
        code = min(counts, key=lambda code: (-counts[code], code))
        return names[code] if names else code

    return again


def diversity_again(node: Node) -> Value:
    """The chance that two orders differ: 1 − Σp² over the counts of the codes."""
    counts = code_counts(leaves_below(node)).values()
    whole = sum(counts) ** 2
    if not whole:
        return None
    return round_div((whole - sum(count * count for count in counts)) * MILLION, whole)


def basis_again(node: Node) -> Value:
    """The basis of a profit: partial, else estimated, else measured; unknown without rows."""
    rows, partial, estimated = (child.value for child in node.children)
    if not rows:
        return None
    found = "partial" if partial else "estimated" if estimated else "measured"
    assert found in BASES
    return found
