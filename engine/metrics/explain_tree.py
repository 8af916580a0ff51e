"""The nodes of an explanation, one for each metric and part that the formulas of the registry name.

A formula of a new class gets its node in `_of_formula`; a new part gets its leaves in
`explain_parts`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from engine.metrics.evaluate import CEILINGS, Column, covered_parts
from engine.metrics.explain_estimates import behind_estimate
from engine.metrics.explain_facts import COVERED_PARTS, covered_leaves
from engine.metrics.explain_formulas import (
    Again,
    basis_again,
    ceiling_again,
    covered_again,
    diversity_again,
    leaves_below,
    linear_again,
    mode_again,
    part_again,
    ratio_again,
    sum_of,
)
from engine.metrics.explain_nodes import Leaves, Node, Value, worst
from engine.metrics.explain_parts import leaves_of, unit_of
from engine.metrics.explain_rows import Asked
from engine.metrics.explain_series import (
    code_counts,
    code_leaves,
    neighbours,
    quantile_of,
    series_leaves,
    spread_of,
)
from engine.metrics.explain_states import seen_again, whole_shop
from engine.metrics.model import (
    Basis,
    Diversity,
    Estimate,
    Kind,
    Linear,
    Metric,
    Mode,
    Quantile,
    Ratio,
    Std,
    Unit,
)
from engine.metrics.registry import REGISTRY
from engine.metrics.state_parts import WINDOWS


def is_part(name: str) -> bool:
    """Tell a part from a metric."""
    return name not in REGISTRY.metrics


class Tree:
    """Nodes of one question, each made once."""

    def __init__(self, asked: Asked, columns: dict[str, Column]) -> None:
        self._asked = asked
        self._columns = columns
        self._done: dict[str, Node] = {}

    def _value(self, name: str) -> Value:
        column = self._columns[name]
        if not column.known[0]:
            return None
        value = int(column.values[0])
        return column.texts[value] if column.unit is Unit.TEXT else value

    def node(self, name: str) -> Node:
        """Return the node of a metric or part."""
        return self.part(name) if is_part(name) else self.metric(REGISTRY[name])

    def part(self, name: str) -> Node:
        """Return the node of a part: its leaves are its rows."""
        if name not in self._done:
            leaves = leaves_of(name, self._asked)
            again, below = self._known_by(name)
            self._done[name] = Node(
                name=name,
                label=name.rpartition(".")[2].replace("_", " ").capitalize(),
                value=self._value(name),
                unit=unit_of(name),
                kind="part",
                formula=f"sum of {len(leaves)} rows",
                again=again,
                children=below,
                leaves=leaves,
                basis=worst(set(leaves.columns.get("basis", ())) - {""}),
            )
        return self._done[name]

    def _known_by(self, name: str) -> tuple[Again, tuple[Node, ...]]:
        """Return how a part comes from its rows, and what says whether it is known."""
        if name in CEILINGS:
            return ceiling_again, (self.part(CEILINGS[name]),)
        if name in COVERED_PARTS:
            return covered_again, (self._covered(name),)
        source, _, what = name.partition(".")
        if source == "w" and what in COVERED_PARTS:
            return covered_again, (self._covered(what, whole_shop(self._asked)),)
        source, _, what = (what if source == "w" else name).partition(".")
        if source == "s" and what in WINDOWS:
            return covered_again, (self.part("elapsed_days"),)
        return seen_again if source == "s" else part_again, ()

    def _covered(self, name: str, asked: Asked | None = None) -> Node:
        """Return the days that a source covers, as a node."""
        fact = name.rpartition(".")[2]
        leaves = covered_leaves(asked or self._asked, fact)
        return Node(
            name=f"days with {fact}",
            label=f"Days with {fact}",
            value=leaves.total,
            unit=Unit.COUNT,
            kind="part",
            formula=f"sum of {len(leaves)} rows",
            again=part_again,
            leaves=leaves,
        )

    def metric(self, metric: Metric) -> Node:
        """Return the node of a metric, by its formula."""
        if metric.name not in self._done:
            self._done[metric.name] = self._of_formula(metric)
        return self._done[metric.name]

    def _of_formula(self, metric: Metric) -> Node:
        match metric.formula:
            case Linear() as formula:
                return self._made(metric, linear_again, self._terms(formula))
            case Ratio() as formula:
                sides = (self._side(formula.over), self._side(formula.under))
                return self._made(metric, ratio_again, (*sides, *self._days_of(formula)))
            case Quantile() as formula:
                leaves = series_leaves(self._asked, formula.series)
                below = neighbours(leaves, formula, metric.unit)
                return self._made(metric, _quantile_again(formula), below, leaves)
            case Std() as formula:
                leaves = series_leaves(self._asked, formula.series)
                return self._made(metric, _spread_again, (), leaves)
            case Mode() as formula:
                leaves = code_leaves(self._asked, formula.code)
                names = self._columns[metric.name].texts
                return self._made(metric, mode_again(names), _table(leaves, names), leaves)
            case Diversity() as formula:
                leaves = code_leaves(self._asked, formula.code)
                names = self._asked.ledger.orders.payment_methods
                return self._made(metric, diversity_again, _table(leaves, names), leaves)
            case Basis() as formula:
                below = tuple(self.part(name) for name in formula.inputs)
                return self._made(metric, basis_again, below)
            case Estimate() as formula:
                leaves, again = behind_estimate(formula.estimator, self._asked)
                below = tuple(self.node(name) for name in formula.inputs)
                return self._made(metric, again, below, leaves)

    def _made(
        self,
        metric: Metric,
        again: Again,
        children: tuple[Node, ...],
        leaves: Leaves | None = None,
    ) -> Node:
        return Node(
            name=metric.name,
            label=metric.label,
            value=self._value(metric.name),
            unit=metric.unit,
            kind=metric.kind.value,
            formula=str(metric.formula),
            again=again,
            children=children,
            leaves=leaves,
            basis=worst({child.basis for child in children}),
        )

    def _terms(self, formula: Linear) -> tuple[Node, ...]:
        return tuple(self.node(name).signed(sign) for sign, name in formula.terms)

    def _days_of(self, formula: Ratio) -> Iterator[Node]:
        """Yield the days of each source that has to cover all days begun, and last those."""
        needed = covered_parts(formula.inputs)
        yield from (self._covered(name) for name in needed)
        if needed:
            yield self.part("elapsed_days")

    def _side(self, formula: Linear) -> Node:
        """Return one side of a ratio: the node of its one term, or a node of its sum."""
        terms = self._terms(formula)
        if len(terms) == 1 and terms[0].sign > 0:
            return terms[0]
        return Node(
            name=str(formula),
            label=" ".join(f"{'+' if t.sign > 0 else '−'} {t.label}" for t in terms)[2:],
            value=sum_of(terms),
            unit=terms[0].unit,
            kind=Kind.DERIVED.value,
            formula=str(formula),
            again=linear_again,
            children=terms,
            basis=worst({term.basis for term in terms}),
        )


def _quantile_again(formula: Quantile) -> Again:
    return lambda node: quantile_of(leaves_below(node).amount, formula)


def _spread_again(node: Node) -> Value:
    return spread_of(leaves_below(node).amount)


def _table(leaves: Leaves, names: Sequence[str]) -> tuple[Node, ...]:
    """Return the table of a mode: how many orders have each code, the most frequent first."""
    counts = code_counts(leaves)
    return tuple(
        Node(
            name=names[code] if names else str(code),
            label=names[code] if names else str(code),
            value=count,
            unit=Unit.COUNT,
            kind="value",
            formula=f"{count} of {len(leaves)} orders",
            again=_counted_again(leaves, code),
        )
        for code, count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    )


def _counted_again(leaves: Leaves, code: int) -> Again:
    return lambda _: code_counts(leaves).get(code)
