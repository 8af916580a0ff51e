"""What an alert says: as plain values for a webhook, as a line, and as the lines of a mail.

It carries all that is needed to judge it: value and reference, the listings that moved it most, the
bridge from the one profit to the other, the share of known costs, and an address that opens both
periods side by side.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from engine.reports.alerts import Alert, State
from engine.sources.frames import Shop

COMPARE_PATH = "compare"  # of the dashboard's page of two sides


def message_of(alert: Alert, shop: Shop, dashboard_url: str) -> dict[str, Any]:
    """Return an alert as plain values, as the webhook gets it; amounts are texts and exact."""
    rule = alert.rule
    return {
        "alert": rule.name,
        "state": alert.state.value,
        "shop": shop.name,
        "metric": rule.metric.name,
        "unit": shop.currency if rule.metric.unit.value == "money" else rule.metric.unit.value,
        "level": rule.level.value,
        "entity": alert.entity,
        "period_type": alert.period.kind.value,
        "period_start": alert.period.start.isoformat(),
        "period_end": alert.period.end.isoformat(),
        "condition": rule.condition.value,
        "threshold": _plain(rule.threshold),
        "value": _plain(alert.value),
        "reference": _plain(alert.reference),
        "cost_coverage": _plain(alert.coverage),
        "movers": list(alert.movers),
        "bridge": alert.bridge,
        "dashboard": _link(alert, shop.shop_id, dashboard_url) if dashboard_url else None,
    }


def _link(alert: Alert, shop_id: int, dashboard_url: str) -> str:
    """Return the address of the page that explains the change from the period before to this."""
    sides = (("a", alert.before), ("b", alert.period))
    asked: list[tuple[str, Any]] = [("shop", shop_id), ("of", alert.rule.level.value)]
    for letter, period in sides:
        asked += [(letter, period.start), (letter, period.end)]
        if alert.entity is not None:
            asked.append((f"{letter}_id", alert.entity))
    return f"{dashboard_url.rstrip('/')}/{COMPARE_PATH}?{urlencode(asked)}"


def headline(message: Mapping[str, Any]) -> str:
    """Return an alert as one line."""
    who = "" if message["entity"] is None else f" of {message['level']} {message['entity']}"
    what = {
        State.FIRED.value: "fired",
        State.STILL.value: "still holds",
        State.RESOLVED.value: "is resolved",
    }[message["state"]]
    value = "unknown" if message["value"] is None else message["value"]
    against = "" if message["reference"] is None else f", compared with {message['reference']}"
    return (
        f"{message['shop']}: alert {message['alert']!r} {what}: {message['metric']}{who} is {value}"
        f" [{message['unit']}] in {message['period_start']} to {message['period_end']}{against}"
    )


def details(message: Mapping[str, Any]) -> list[str]:
    """Return an alert as the lines of a mail."""
    lines = [headline(message), ""]
    if message["threshold"] is not None:
        lines.append(f"Condition: {message['condition']} {message['threshold']}")
    if message["cost_coverage"] is not None:
        lines.append(f"Share of sales with known cost: {message['cost_coverage']}")
    lines += [
        f"Moved most: listing {one['listing_id']} {one['title'] or ''}, {one['metric']} "
        f"{one['change']}"
        for one in message["movers"]
    ]
    bridge = message["bridge"]
    if bridge is not None:
        lines.append(
            f"Why {bridge['measure']} went from {bridge['before']} in the period from "
            f"{bridge['period_before']} to {bridge['after']}:"
        )
        lines += [f"  {cause}: {amount}" for cause, amount in bridge["causes"].items()]
    if message["dashboard"]:
        lines.append(message["dashboard"])
    return lines


def _plain(value: Any) -> str | None:
    return None if value is None else f"{value.normalize():f}"
