"""What has been alerted: one row of report_alerts is one alert for one period in one run.

The book decides what is sent. An alert goes out once a channel when it fires and once when it is
resolved; what could not be delivered is tried again by the next run that finds it still holding.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from engine.database.arrow import Snapshot, open_snapshot
from engine.database.url import DatabaseUrl
from engine.metrics.model import LISTING, PRODUCT, SHOP, Level
from engine.periods import PeriodKind
from engine.reports.alert_delivery import Channels, DeliveryError
from engine.reports.alert_message import message_of
from engine.reports.alert_rules import Condition, Rule
from engine.reports.alerts import Alert, Key, State, Superseded
from engine.reports.store import APPLICATION
from engine.sources.frames import Shop

TOLD_BEFORE = "before"
_OPEN = (State.FIRED.value, State.STILL.value)


@dataclass(frozen=True, slots=True)
class Sent:
    """An alert with its message, and what became of it on each channel."""

    alert: Alert
    message: Mapping[str, Any]
    delivered: Mapping[str, Any]


def read_alerts(
    url: DatabaseUrl, shop_id: int, run_id: int, rules: Sequence[Rule]
) -> tuple[dict[Key, frozenset[str]], Superseded]:
    """Read what the rules have to know of before: open alerts, and values that a run changed."""
    with open_snapshot(url, application_name=APPLICATION) as snapshot:
        return (
            _open_alerts(snapshot, shop_id),
            _superseded(snapshot, shop_id, run_id, rules),
        )


def _open_alerts(snapshot: Snapshot, shop_id: int) -> dict[Key, frozenset[str]]:
    """Return the alerts of a shop that are not resolved, with the channels that know of them."""
    rows = snapshot.read(
        "SELECT DISTINCT ON (name, listing_id, sku, period_type, period_start) name, "
        "coalesce(listing_id::text, sku, '') AS entity, period_type::text AS kind, "
        "period_start::text AS start, state::text AS state, "
        "coalesce(delivered, '{}')::text AS delivered FROM report_alerts WHERE shop_id = $1 "
        "ORDER BY name, listing_id, sku, period_type, period_start, alert_id DESC",
        (shop_id,),
    ).to_pylist()
    return {
        (row["name"], row["entity"], row["kind"], row["start"]): frozenset(
            channel
            for channel, what in json.loads(row["delivered"]).items()
            if not isinstance(what, dict)
        )
        for row in rows
        if row["state"] in _OPEN
    }


def _superseded(snapshot: Snapshot, shop_id: int, run_id: int, rules: Sequence[Rule]) -> Superseded:
    """Return what the rows that a run changed said before, for the rules that ask about it."""
    asked = {rule.metric.name for rule in rules if rule.condition is Condition.RESTATED_BY}
    found: dict[tuple[str, Level, PeriodKind, str, str], Decimal | None] = {}
    for name in sorted(asked):
        rows = snapshot.read(
            "SELECT level::text AS level, coalesce(listing_id::text, sku, shop_id::text) AS entity,"
            " period_type::text AS kind, period_start::text AS start, metrics ->> $3 AS value "
            "FROM report_revisions WHERE shop_id = $1 AND superseded_by = $2 AND is_complete "
            "AND kind = 'CHANGED'",
            (shop_id, run_id, name),
        ).to_pylist()
        for row in rows:
            value = None if row["value"] is None else Decimal(row["value"])
            key = (name, Level[row["level"]], PeriodKind(row["kind"]), row["start"], row["entity"])
            found[key] = value
    return found


def send(
    alerts: Sequence[Alert], known: Mapping[Key, frozenset[str]], shop: Shop, channels: Channels
) -> list[Sent]:
    """Deliver what has to be told and return all alerts with what became of them."""
    sent = []
    for alert in alerts:
        told = known.get(alert.key, frozenset())
        message = message_of(alert, shop, channels.dashboard_url)
        delivered: dict[str, Any] = {}
        for channel in alert.rule.notify:
            if alert.state is State.RESOLVED and channel not in told:
                continue  # nobody there knows of it
            if alert.state is State.STILL and channel in told:
                delivered[channel] = TOLD_BEFORE
                continue
            try:
                channels.send(channel, alert, message)
                delivered[channel] = datetime.now(UTC).isoformat(timespec="seconds")
            except DeliveryError as error:
                delivered[channel] = {"error": str(error)}
        sent.append(Sent(alert, message, delivered))
    return sent


def alert_row(
    run_id: int, shop_id: int, sent: Sent, as_json: Callable[[Any], Any]
) -> dict[str, Any]:
    """Return an alert as a row of report_alerts, for the typed client."""
    alert, period = sent.alert, sent.alert.period
    row: dict[str, Any] = {
        "run_id": run_id,
        "shop_id": shop_id,
        "name": alert.rule.name,
        "level": alert.rule.level.name,
        "period_type": period.kind.value,
        "period_start": datetime.combine(period.start, datetime.min.time(), UTC),
        "state": alert.state.value,
        "value": alert.value,
        "reference": alert.reference,
        "delivered": as_json(dict(sent.delivered)),
    }
    if alert.rule.level is not SHOP:
        row[{LISTING: "listing_id", PRODUCT: "sku"}[alert.rule.level]] = alert.entity
    if alert.bridge is not None:
        row["bridge"] = as_json(dict(alert.bridge))
    return row
