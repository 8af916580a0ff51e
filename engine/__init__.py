"""Profit analytics of a shop: one engine for the dashboard and the nightly reports.

from engine import EcommerceAnalyticsOptimized, Period

async with EcommerceAnalyticsOptimized() as analytics:
    frame = analytics.calculate_metrics_batch([Period.containing("MONTHLY", day)], level="shop")
"""

from engine import errors
from engine.analytics import EcommerceAnalyticsOptimized
from engine.metrics.model import Level
from engine.periods import Period, PeriodKind
from engine.settings import Settings

__all__ = [
    "EcommerceAnalyticsOptimized",
    "Level",
    "Period",
    "PeriodKind",
    "Settings",
    "errors",
]
