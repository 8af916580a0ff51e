"""From parts to metrics: evaluates formulas for a list of groups, each metric once.

Values are integers in the smallest step of their unit: minor units, millionths of a share,
hundredths of an hour or day. A value that is not known is 0 with `known` False.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Protocol

import numpy as np

from engine.metrics.estimates import ESTIMATORS, quotients
from engine.metrics.model import (
    SCALE,
    Basis,
    Diversity,
    Estimate,
    Formula,
    Linear,
    Metric,
    Mode,
    Quantile,
    Ratio,
    Std,
    Unit,
)
from engine.metrics.parts import COVERED_PARTS, Parts
from engine.metrics.registry import REGISTRY
from engine.money import MILLION, Int64Array
from engine.sources.frames import BoolArray

# Parts that are unknown as soon as one row of theirs is, with the part that counts such rows.
CEILINGS = {
    "l.cogs_ceiling": "l.rows_unbounded",
    "l.fulfilment_ceiling": "l.rows_unbounded",
    "f.cost_ceiling": "f.unknown_costs",
}
BASES = ("estimated", "measured", "partial")
_HOUR = 3600


@dataclass(frozen=True, slots=True)
class Column:
    """One metric's values; for a text metric a value is an index into `texts`."""

    values: Int64Array
    known: BoolArray
    unit: Unit
    texts: tuple[str, ...] = ()

    def taken(self, rows: Int64Array) -> Column:
        """Return some rows, in that order."""
        return replace(self, values=self.values[rows], known=self.known[rows])


class Summable(Protocol):
    """Groups that can be summed and counted, and no more."""

    def __len__(self) -> int:
        """How many groups there are."""

    def part(self, name: str) -> Int64Array:
        """Return a part of the groups, int64[groups]."""


def evaluate(
    parts: Parts | Summable, metrics: Sequence[Metric], texts: Mapping[str, tuple[str, ...]]
) -> dict[str, Column]:
    """Evaluate metrics over the groups of `parts`; `texts` names the codes of text metrics.

    Groups that can only be summed answer sums, ratios and the basis; the caller asks no more.
    """
    evaluator = _Evaluator(parts, texts)
    return {metric.name: evaluator.metric(metric) for metric in metrics}


class _Evaluator:
    def __init__(self, parts: Parts | Summable, texts: Mapping[str, tuple[str, ...]]) -> None:
        self._parts = parts
        self._texts = texts
        self._done: dict[str, Column] = {}
        self._parts_done: dict[str, Int64Array] = {}
        self._states_done: dict[str, tuple[Int64Array, BoolArray]] = {}
        self._sums_done: dict[Linear, tuple[Int64Array, BoolArray]] = {}
        self._all_known = np.ones(len(parts), np.bool_)

    def metric(self, metric: Metric) -> Column:
        if metric.name not in self._done:
            self._done[metric.name] = self._formula(metric.formula, metric.unit)
        return self._done[metric.name]

    def _formula(self, formula: Formula, unit: Unit) -> Column:
        match formula:
            case Linear():
                values, known = self._sum(formula)
                return Column(values, known, unit)
            case Ratio():
                return self._ratio(formula, unit)
            case Basis():
                return self._basis(unit)
            case _:
                assert isinstance(self._parts, Parts), "groups that can only be summed"
                return self._of_rows(self._parts, formula, unit)

    def _of_rows(
        self, parts: Parts, formula: Quantile | Std | Mode | Diversity | Estimate, unit: Unit
    ) -> Column:
        """Evaluate what needs more of the rows than their sums."""
        match formula:
            case Quantile():
                values, known = parts.quantile(formula.series, formula.above, formula.below)
                return Column(values, known, unit)
            case Std():
                return Column(*parts.std(formula.series), unit)
            case Mode():
                mode = parts.codes(formula.code).mode
                names = self._texts.get(formula.code, ())
                return Column(np.maximum(mode, 0), mode >= 0, unit, names)
            case Diversity():
                counts = parts.codes(formula.code)
                whole = counts.total * counts.total
                return _quotient(whole - counts.squares, whole, MILLION, self._all_known, unit)
            case Estimate():
                inputs = [self._value(name) for name in formula.inputs]
                estimated, certain = ESTIMATORS[formula.estimator](parts, *inputs)
                return Column(estimated, certain, unit)

    def _part(self, name: str) -> Int64Array:
        """Return a part, asked for once; several metrics may hold the same array."""
        if name not in self._parts_done:
            self._parts_done[name] = self._parts.part(name)
        return self._parts_done[name]

    def _value(self, name: str) -> tuple[Int64Array, BoolArray]:
        if name in CEILINGS:
            known = self._part(CEILINGS[name]) == 0
            if name == "f.cost_ceiling":  # nobody knows one: it is 0 where nothing is unknown
                return np.zeros(len(known), np.int64), known
            return self._part(name), known
        if name in COVERED_PARTS or name.startswith(("s.", "w.")):
            return self._known_part(name)
        if "." in name or name == "elapsed_days":
            return self._part(name), self._all_known
        column = self.metric(REGISTRY[name])
        return column.values, column.known

    def _known_part(self, name: str) -> tuple[Int64Array, BoolArray]:
        if name not in self._states_done:
            assert isinstance(self._parts, Parts), "groups that can only be summed"
            self._states_done[name] = self._parts.known_part(name)
        return self._states_done[name]

    def _covered_days(self, name: str) -> Int64Array:
        assert isinstance(self._parts, Parts), "groups that can only be summed"
        return self._parts.covered_days(name)

    def _sum(self, formula: Linear) -> tuple[Int64Array, BoolArray]:
        """Return a sum, added up once; a metric and the ratios over it may hold the same array."""
        if formula not in self._sums_done:
            self._sums_done[formula] = self._added(formula.terms)
        return self._sums_done[formula]

    def _added(self, terms: tuple[tuple[int, str], ...]) -> tuple[Int64Array, BoolArray]:
        (sign, name), *others = terms
        values, known = self._value(name)
        is_own = sign < 0  # an array that nobody else holds may be added to
        values = values if sign > 0 else -values
        for sign, name in others:
            term, term_known = self._value(name)
            add = np.add if sign > 0 else np.subtract
            values = add(values, term, out=values if is_own else None)
            known, is_own = known if term_known is known else known & term_known, True
        return values, known

    def _ratio(self, formula: Ratio, unit: Unit) -> Column:
        over, over_known = self._sum(formula.over)
        under, under_known = self._sum(formula.under)
        if unit is Unit.HOURS:  # the parts are in seconds
            under = under * _HOUR
        known = over_known & under_known
        for name in covered_parts(formula.inputs):
            known = known & (self._covered_days(name) == self._parts.part("elapsed_days"))
        return _quotient(over, under, SCALE.get(unit, 1), known, unit)

    def _basis(self, unit: Unit) -> Column:
        rows = self._part("l.rows")
        unknown, estimated = (self._part(f"l.rows_{w}") for w in ("partial", "estimated"))
        code = np.where(
            unknown > 0,
            BASES.index("partial"),
            np.where(estimated > 0, BASES.index("estimated"), BASES.index("measured")),
        )
        return Column(code.astype(np.int64), rows > 0, unit, BASES)


@cache
def covered_parts(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the parts that need a source for each day, of those that metrics are made of."""
    found = {name for name in names if name in COVERED_PARTS}
    for name in names:
        if name in REGISTRY.metrics:
            found.update(covered_parts(REGISTRY[name].formula.inputs))
    return tuple(sorted(found))


def _quotient(
    over: Int64Array, under: Int64Array, scale: int, known: BoolArray, unit: Unit
) -> Column:
    known = known & (under > 0)
    return Column(quotients(over, under, scale, known), known, unit)
