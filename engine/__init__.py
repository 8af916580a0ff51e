"""Profit analytics of a shop: one engine for the dashboard and the nightly reports.

from engine import EcommerceAnalyticsOptimized, Period

async with EcommerceAnalyticsOptimized() as analytics:
    frame = analytics.calculate_metrics_batch([Period.containing("MONTHLY", day)], level="shop")
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from engine import errors as errors
    from engine.analytics import EcommerceAnalyticsOptimized as EcommerceAnalyticsOptimized
    from engine.metrics.model import Level as Level
    from engine.periods import Period as Period
    from engine.periods import PeriodKind as PeriodKind
    from engine.settings import Settings as Settings

# A name is imported when it is first asked for: pandas takes a second that most commands can spare.
_PLACES = {
    "EcommerceAnalyticsOptimized": "engine.analytics",
    "Level": "engine.metrics.model",
    "Period": "engine.periods",
    "PeriodKind": "engine.periods",
    "Settings": "engine.settings",
}
__all__ = [*_PLACES, "errors"]


def __getattr__(name: str) -> Any:
    if name in _PLACES:
        return getattr(import_module(_PLACES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
