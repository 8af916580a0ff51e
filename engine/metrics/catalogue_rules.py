"""What every declaration of the catalogue must keep to, so that figures mean what they say.

A problem is one sentence; the registry collects all of them and refuses the catalogue.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from engine.metrics.model import (
    Basis,
    Formula,
    Kind,
    Level,
    Linear,
    Metric,
    Mode,
    Quantile,
    Ratio,
    Std,
    Unit,
)

_KINDS: tuple[tuple[type[Formula], tuple[Kind, ...]], ...] = (
    (Ratio, (Kind.RATIO,)),
    (Quantile, (Kind.QUANTILE,)),
    (Std, (Kind.STD,)),
    (Mode, (Kind.MODE,)),
    (Basis, (Kind.FLAG,)),
)
_NEVER_ADD = (Kind.RATIO, Kind.QUANTILE, Kind.STD, Kind.MODE, Kind.FLAG)
Known = Mapping[str, Metric]


def problems_of(metric: Metric, known: Known) -> list[str]:
    """Return what is wrong with a declaration, given all of them by name."""
    rules = (_inputs, _levels, _additivity, _kind, _units, _bounds, _words)
    found = [problem for rule in rules for problem in rule(metric, known)]
    if _reaches_itself(metric.name, known):
        found.append(f"{metric.name} is defined by itself")
    return found


def _metrics_in(metric: Metric, known: Known) -> list[Metric]:
    return [known[name] for name in metric.formula.inputs if name in known]


def _inputs(metric: Metric, known: Known) -> Iterator[str]:
    """A formula names metrics that exist, at every level that the metric has."""
    for name in metric.formula.inputs:
        if "." in name or name == "elapsed_days":
            continue
        if name not in known:
            yield f"{metric.name} names {name}, which is not declared"
        elif missing := set(metric.levels) - set(known[name].levels):
            yield f"{metric.name} needs {name}, which {min(missing)} does not have"


def _levels(metric: Metric, _: Known) -> Iterator[str]:
    in_order = [level for level in Level if level in metric.levels]
    if not metric.levels or list(metric.levels) != in_order:
        yield f"{metric.name} has to name its levels from the shop down, each once"
    if not set(metric.adds_over_time) <= set(metric.levels):
        yield f"{metric.name} adds over time at a level that it does not have"


def _additivity(metric: Metric, known: Known) -> Iterator[str]:
    """What is divided, ranked or chosen never adds up; a sum adds up if all of it does."""
    if metric.kind in _NEVER_ADD and (metric.adds_over_entities or metric.adds_over_time):
        yield f"{metric.name} is a {metric.kind}, which never adds up"
    if metric.kind is Kind.DISTINCT and metric.adds_over_entities:
        yield f"{metric.name} is a distinct count, which never adds up over entities"
    for part in _metrics_in(metric, known):
        if metric.adds_over_entities and not part.adds_over_entities:
            yield f"{metric.name} adds over entities, but its input {part.name} does not"
        if not set(metric.adds_over_time) <= set(part.adds_over_time):
            yield f"{metric.name} adds over time where its input {part.name} does not"


def _kind(metric: Metric, _: Known) -> Iterator[str]:
    for formula, kinds in _KINDS:
        if isinstance(metric.formula, formula) and metric.kind not in kinds:
            yield f"{metric.name} is declared a {metric.kind}, but its formula is a {kinds[0]}"


def _units(metric: Metric, known: Known) -> Iterator[str]:
    """Only like is added to like, and a share is like over like."""
    formula = metric.formula
    if isinstance(formula, Linear):
        units = {part.unit for part in _metrics_in(metric, known)}
        if units - {metric.unit}:
            yield f"{metric.name} is in {metric.unit}, but adds up {min(units - {metric.unit})}"
    if isinstance(formula, Ratio):
        over, under = ({known[n].unit for n in side.inputs if n in known} for side in
                       (formula.over, formula.under))  # fmt: skip
        if len(over) > 1 or len(under) > 1:
            yield f"{metric.name} adds up different units on one side"
        if metric.unit is Unit.MONEY and over - {Unit.MONEY}:
            yield f"{metric.name} is money, but divides {min(over)}"
        if metric.unit is Unit.SHARE and over and under and over != under:
            yield f"{metric.name} is a share of {min(under)}, but divides {min(over)}"


def _bounds(metric: Metric, _: Known) -> Iterator[str]:
    low, high = metric.lowest, metric.highest
    if low is not None and high is not None and low >= high:
        yield f"{metric.name} has no value between {low} and {high}"
    if metric.unit is Unit.TEXT and (low, high) != (None, None):
        yield f"{metric.name} is a text and has no bounds"
    if high is not None and metric.unit is not Unit.SHARE:
        yield f"{metric.name} has an upper bound, which only shares have"
    if metric.kind is Kind.DISTINCT and low != 0:
        yield f"{metric.name} is a count and is never below 0: say so"


def _words(metric: Metric, _: Known) -> Iterator[str]:
    if not metric.description.endswith("."):
        yield f"the description of {metric.name} is not a sentence"
    if not metric.label or metric.label[0].islower():
        yield f"the label of {metric.name} does not begin with a capital letter"
    if metric.since < 1:
        yield f"{metric.name} has to say since which version of the catalogue it exists"


def _reaches_itself(name: str, known: Known) -> bool:
    seen: set[str] = set()
    open_names = list(known[name].formula.inputs)
    while open_names:
        here = open_names.pop()
        if here == name:
            return True
        if here in known and here not in seen:
            seen.add(here)
            open_names.extend(known[here].formula.inputs)
    return False
