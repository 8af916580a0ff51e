"""The checked collection of all metrics: look-up by name, and the version of their definitions."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from engine.errors import CatalogueError, LevelError, UnknownMetricError
from engine.metrics.catalogue import (
    customers,
    fees,
    fulfilment,
    orders,
    profit,
    refunds,
    sales,
    traffic,
)
from engine.metrics.model import Family, Level, Metric

# The order in which reports and docs show the families.
_ORDER = tuple(Family)
_MODULES = (sales, refunds, profit, fees, fulfilment, orders, customers, traffic)


@dataclass(frozen=True, slots=True)
class Registry:
    """All metrics by name, in catalogue order."""

    metrics: dict[str, Metric]
    synonyms: dict[str, str]

    def __getitem__(self, name: str) -> Metric:
        """Return a metric by name or synonym; raises UnknownMetricError with the nearest names."""
        found = self.metrics.get(self.synonyms.get(name, name))
        if found is None:
            raise UnknownMetricError.from_name(name, [*self.metrics, *self.synonyms])
        return found

    def at_level(self, level: Level) -> list[Metric]:
        """Return the metrics of a level, in catalogue order."""
        return [metric for metric in self.metrics.values() if level in metric.levels]

    def choose(self, level: Level, names: Sequence[str] | None) -> list[Metric]:
        """Return the named metrics in the given order, or all of the level.

        Raises UnknownMetricError, or LevelError for a metric that the level does not have.
        """
        if names is None:
            return self.at_level(level)
        chosen = [self[name] for name in names]
        for metric in chosen:
            if level not in metric.levels:
                raise LevelError.from_metric(metric.name, level, metric.levels)
        return chosen

    @property
    def version(self) -> int:
        """A number of 31 bits that changes when any definition does."""
        text = "\n".join(
            f"{m.name}|{m.unit}|{m.kind}|{m.formula}|{','.join(m.levels)}|{m.since}"
            for m in self.metrics.values()
        )
        return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big") >> 1


def build_registry(metrics: Iterable[Metric]) -> Registry:
    """Check metrics against each other; raises CatalogueError with every problem at once."""
    listed = sorted(metrics, key=lambda metric: _ORDER.index(metric.family))
    by_name = {metric.name: metric for metric in listed}
    synonyms = {word: metric.name for metric in listed for word in metric.synonyms}
    problems = [
        *_twice(listed),
        *(f"synonym {word} is a metric" for word in synonyms if word in by_name),
        *(problem for metric in listed for problem in _problems_of(metric, by_name)),
    ]
    if problems:
        raise CatalogueError("The metric catalogue is wrong:\n  " + "\n  ".join(problems))
    return Registry(by_name, synonyms)


def _twice(metrics: list[Metric]) -> list[str]:
    names = [name for metric in metrics for name in (metric.name, *metric.synonyms)]
    return [
        f"{name} is declared twice" for name in sorted({n for n in names if names.count(n) > 1})
    ]


def _problems_of(metric: Metric, known: dict[str, Metric]) -> list[str]:
    problems = []
    for name in metric.formula.inputs:
        if "." in name or name == "elapsed_days":
            continue
        if name not in known:
            problems.append(f"{metric.name} names {name}, which is not declared")
            continue
        missing = set(metric.levels) - set(known[name].levels)
        if missing:
            problems.append(f"{metric.name} needs {name}, which {min(missing)} does not have")
        if metric.adds_over_entities and not known[name].adds_over_entities:
            problems.append(f"{metric.name} adds over entities, but its input {name} does not")
    if not metric.description.endswith("."):
        problems.append(f"the description of {metric.name} is not a sentence")
    if _reaches_itself(metric.name, known):
        problems.append(f"{metric.name} is defined by itself")
    return problems


def _reaches_itself(name: str, known: dict[str, Metric]) -> bool:
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


REGISTRY = build_registry(metric for module in _MODULES for metric in module.METRICS)
