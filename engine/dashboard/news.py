"""What a newer version of the figures brought, in one sentence for the reader."""

from __future__ import annotations

from engine.analytics import EcommerceAnalyticsOptimized
from engine.dashboard.metric_names import at_level
from engine.dashboard.wording import listed
from engine.metrics.model import SHOP
from engine.periods import Period

_COUNTED = at_level(SHOP, "orders", "refund_count")
_WORDS = {"orders": ("order", "orders"), "refund_count": ("refund", "refunds")}


def what_is_new(
    before: EcommerceAnalyticsOptimized | None, after: EcommerceAnalyticsOptimized
) -> str:
    """Return `3 orders and 1 refund`, what else changed, or nothing for a first version."""
    if before is None or before.shop.shop_id != after.shop.shop_id:
        return ""
    then, now = _counts(before), _counts(after)
    changes = []
    for name in _COUNTED:
        more = now[name] - then[name]
        if more:
            one, many = _WORDS[name]
            words = f"{abs(more):,} {one if abs(more) == 1 else many}"
            changes.append(words if more > 0 else f"{words} fewer")
    return listed(changes) or "costs or details of orders changed"


def _counts(analytics: EcommerceAnalyticsOptimized) -> dict[str, int]:
    if analytics.first_day is None:
        return dict.fromkeys(_COUNTED, 0)
    every_day = Period.custom(analytics.first_day, analytics.today)
    frame = analytics.calculate_metrics_batch([every_day], level=SHOP, metrics=_COUNTED)
    return {name: int(frame[name].iloc[0]) for name in _COUNTED}
