"""Short forms in which the families of the catalogue are written."""

from __future__ import annotations

from typing import Any

from engine.metrics.model import (
    ALL_LEVELS,
    Direction,
    Family,
    Formula,
    Kind,
    Linear,
    Metric,
    Ratio,
    Unit,
    linear,
)

UP, DOWN = Direction.UP, Direction.DOWN


class Declarations:
    """Collects the metrics of one family, in the order in which they are shown."""

    def __init__(self, family: Family) -> None:
        self.family = family
        self.metrics: list[Metric] = []

    def add(
        self, name: str, label: str, unit: Unit, kind: Kind, formula: Formula, **more: Any
    ) -> None:
        """Declare a metric of any kind."""
        self.metrics.append(Metric(name, label, unit, kind, formula, self.family, **more))

    def money(self, name: str, label: str, formula: str, about: str, **more: Any) -> None:
        """Declare an amount that adds over entities and time."""
        terms = linear(formula)
        kind: Kind = more.pop("kind", _kind(terms))
        more = {"adds_over_entities": True, "adds_over_time": ALL_LEVELS} | more
        self.add(name, label, Unit.MONEY, kind, terms, description=about, **more)

    def units(self, name: str, label: str, formula: str, about: str, **more: Any) -> None:
        """Declare a number of units that adds over entities and time."""
        more = {"adds_over_entities": True, "adds_over_time": ALL_LEVELS} | more
        terms = linear(formula)
        self.add(name, label, Unit.COUNT, _kind(terms), terms, description=about, **more)

    def count(self, name: str, label: str, formula: str, about: str, **more: Any) -> None:
        """Declare a distinct count; it never adds over entities."""
        more = {"lowest": 0} | more
        kind = more.pop("kind", Kind.DISTINCT)
        self.add(name, label, Unit.COUNT, kind, linear(formula), description=about, **more)

    def ratio(
        self, name: str, label: str, unit: Unit, over: str, under: str, about: str, **more: Any
    ) -> None:
        """Declare a quotient of sums."""
        formula = Ratio(linear(over), linear(under))
        self.add(name, label, unit, Kind.RATIO, formula, description=about, **more)


def _kind(formula: Linear) -> Kind:
    """A sum of parts alone is a sum; one that names metrics is derived from them."""
    return Kind.SUM if all("." in name for name in formula.inputs) else Kind.DERIVED
