"""The checked collection of all metrics: look-up by name, and the version of their definitions."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from engine.errors import CatalogueError, LevelError, UnknownMetricError
from engine.metrics.catalogue import (
    customers,
    fees,
    fulfilment,
    inventory,
    orders,
    profit,
    quality,
    refunds,
    sales,
    traffic,
)
from engine.metrics.catalogue_rules import problems_of
from engine.metrics.model import Family, Level, Metric

# The order in which reports and docs show the families.
_ORDER = tuple(Family)
_MODULES = (
    sales,
    refunds,
    profit,
    fees,
    fulfilment,
    orders,
    customers,
    inventory,
    traffic,
    quality,
)


@dataclass(frozen=True)
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

    @cached_property
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
        *(problem for metric in listed for problem in problems_of(metric, by_name)),
    ]
    if problems:
        raise CatalogueError("The metric catalogue is wrong:\n  " + "\n  ".join(problems))
    return Registry(by_name, synonyms)


def _twice(metrics: list[Metric]) -> list[str]:
    names = [name for metric in metrics for name in (metric.name, *metric.synonyms)]
    return [
        f"{name} is declared twice" for name in sorted({n for n in names if names.count(n) > 1})
    ]


REGISTRY = build_registry(metric for module in _MODULES for metric in module.METRICS)
