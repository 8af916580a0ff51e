"""The last stage of a run: its alerts are evaluated and told, whatever then becomes of them."""

from __future__ import annotations

from typing import Any

import structlog

from engine.analytics import EcommerceAnalyticsOptimized
from engine.errors import EngineError
from engine.reports.alert_book import read_alerts, send
from engine.reports.alerts import evaluate
from engine.reports.desk import Desk
from engine.reports.run_book import RunBook

log = structlog.get_logger("reports")


def tell(
    desk: Desk, book: RunBook, run_id: int, analytics: EcommerceAnalyticsOptimized
) -> tuple[list[dict[str, Any]], dict[str, int]]:
    """Return the alerts with what became of each, and how often something could not be told.

    Nothing here changes the outcome of the run: the next one tries again.
    """
    shop, rules = analytics.shop, desk.call.rules
    try:
        known, superseded = desk.patience.read(
            lambda: read_alerts(desk.url, shop.shop_id, run_id, rules)
        )
        alerts = evaluate(rules, analytics, known=known, superseded=superseded)
        sent = send(alerts, known, shop, desk.call.channels)
        book.note_alerts(run_id, shop.shop_id, sent)
    except EngineError as error:
        log.warning("alerts could not be told; the next run tries", reason=str(error))
        return [], {"alerts_not_told": 1}
    failed = sum(isinstance(what, dict) for one in sent for what in one.delivered.values())
    told = [{**one.message, "delivered": dict(one.delivered)} for one in sent]
    if not failed:
        return told, {}
    log.warning("alerts could not be delivered; the next run tries", count=failed)
    return told, {"alerts_not_delivered": failed}
