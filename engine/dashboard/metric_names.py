"""The one way in which a page names metrics, so that a wrong name fails when the page is read."""

from __future__ import annotations

from engine.metrics.model import Level
from engine.metrics.registry import REGISTRY


def at_level(level: Level, *names: str) -> tuple[str, ...]:
    """Return metric names as given, all of them declared at this level.

    Raises UnknownMetricError with the nearest names, LevelError with the levels that work.
    """
    return tuple(metric.name for metric in REGISTRY.choose(level, names))
