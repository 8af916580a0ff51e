"""Which alerts fire: rules asked of complete periods, after a run has been committed.

One result is one rule × one entity × its newest complete period. It carries what a person needs to
judge it: the value, what it was compared with, the entities that moved it most, how much of the
costs is known, and the way from the one figure to the other. Nothing here sends anything.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from typing import Any

from engine.analytics import EcommerceAnalyticsOptimized
from engine.metrics.model import LISTING, SHOP, Level
from engine.money import to_decimal
from engine.periods import Period, PeriodKind, day_number
from engine.reports.alert_rules import Against, Condition, Rule

_MOVERS = 3
_COVERAGE = "cost_coverage"
_BRIDGED = "contribution_profit"  # which a SKU has by itself, without shares of ads

# Name, entity (blank for the shop), kind and start of the period: what makes two alerts the same.
Key = tuple[str, str, str, str]
# By metric, level, kind, start and entity: the value before the run, of the rows that it changed.
Superseded = Mapping[tuple[str, Level, PeriodKind, str, str], Decimal | None]


class State(StrEnum):
    """FIRED for the first time for its period, STILL the case, RESOLVED since."""

    FIRED = "FIRED"
    STILL = "STILL"
    RESOLVED = "RESOLVED"


@dataclass(frozen=True, slots=True)
class Alert:
    """One rule that holds for one entity and period; `entity` is None for the shop.

    before: the period that the present one is explained against.
    """

    rule: Rule
    entity: int | str | None
    period: Period
    before: Period
    state: State
    value: Decimal | None
    reference: Decimal | None
    movers: tuple[Mapping[str, Any], ...] = ()
    coverage: Decimal | None = None
    bridge: Mapping[str, Any] | None = None

    @property
    def key(self) -> Key:
        """What makes it the same alert as one of an earlier run."""
        return (
            self.rule.name,
            "" if self.entity is None else str(self.entity),
            self.period.kind.value,
            self.period.start.isoformat(),
        )


def newest_complete(
    analytics: EcommerceAnalyticsOptimized, kind: PeriodKind, count: int
) -> list[Period]:
    """Return the last complete periods of a kind, the newest first; fewer if there are fewer."""
    if analytics.first_day is None:
        return []
    ended = analytics.clock.days_ended(analytics.watermark)
    period = Period.containing(kind, analytics.today, analytics.shop.week_start)
    found: list[Period] = []
    while len(found) < count and period.end >= analytics.first_day:
        if day_number(period.end) < ended:
            found.append(period)
        period = period.previous()
        if kind is PeriodKind.WEEKLY:
            period = Period.containing(kind, period.start, analytics.shop.week_start)
    return found


def evaluate(
    rules: Sequence[Rule],
    analytics: EcommerceAnalyticsOptimized,
    *,
    known: Mapping[Key, frozenset[str]],
    superseded: Superseded,
) -> list[Alert]:
    """Return the alerts of a shop: those that hold, and those of `known` that hold no more.

    known: the alerts that fired before and have not been resolved, with the channels that were told
    of them; one that a channel has yet to tell of is explained again. superseded: what the changed
    rows said before, for rules about restatements.
    """
    alerts: list[Alert] = []
    for rule in rules:
        periods = newest_complete(analytics, rule.window, 1)
        if not periods:
            continue
        alerts += _evaluate(rule, periods[0], analytics, known, superseded)
    return alerts


def _evaluate(
    rule: Rule,
    period: Period,
    analytics: EcommerceAnalyticsOptimized,
    known: Mapping[Key, frozenset[str]],
    superseded: Superseded,
) -> list[Alert]:
    compared = _compared_with(rule, period)
    before = compared[0] if compared else period.previous()
    rows = _answers(rule, [period, *compared], analytics)
    found = []
    for entity, by_period in sorted(rows.items(), key=lambda item: str(item[0])):
        row = by_period.get(period)
        if row is None:
            continue
        value = _decimal(row[rule.metric.name])
        reference = _reference(rule, entity, period, compared, by_period, superseded)
        holds = _enough(rule, row) and _holds(rule, value, reference)
        alert = Alert(
            rule=rule,
            entity=None if rule.level is SHOP else entity,
            period=period,
            before=before,
            state=State.FIRED,
            value=value,
            reference=reference,
            coverage=_decimal(row[_COVERAGE]),
        )
        was_open = alert.key in known
        if not holds and not was_open:
            continue
        if not holds:
            alert = replace(alert, state=State.RESOLVED)
        elif was_open:
            alert = replace(alert, state=State.STILL)
        if holds and set(rule.notify) - known.get(alert.key, frozenset()):
            alert = replace(
                alert, movers=_movers(alert, analytics), bridge=_bridge(alert, analytics)
            )
        found.append(alert)
    return found


def _compared_with(rule: Rule, period: Period) -> list[Period]:
    """Return the periods that a moving value is compared with, the nearest first."""
    if rule.condition not in (Condition.FALLS_BY, Condition.RISES_BY):
        return []
    if rule.against is Against.LAST_YEAR:
        return [period.last_year()]
    before = [period.previous()]
    while rule.against is Against.MEAN_OF_4 and len(before) < 4:
        before.append(before[-1].previous())
    return before


def _answers(
    rule: Rule, periods: Sequence[Period], analytics: EcommerceAnalyticsOptimized
) -> dict[int | str, dict[Period, dict[str, Any]]]:
    """Return the figures by entity and period; none for a period before the first fact."""
    first = analytics.first_day
    periods = [period for period in periods if first is not None and period.end >= first]
    metrics = list(dict.fromkeys([rule.metric.name, *rule.minimum, _COVERAGE]))
    records = analytics.calculate_metrics_batch(
        periods, level=rule.level, metrics=metrics, as_frame=False
    )
    by_key = {(period.kind.value, period.start): period for period in periods}
    rows: dict[int | str, dict[Period, dict[str, Any]]] = {}
    for record in records:
        entity = record["entity_id"]
        if not rule.ids or entity in rule.ids:
            period = by_key[record["period_type"], record["period_start"]]
            rows.setdefault(entity, {})[period] = record
    return rows


def _reference(
    rule: Rule,
    entity: int | str,
    period: Period,
    compared: Sequence[Period],
    rows: Mapping[Period, Mapping[str, Any]],
    superseded: Superseded,
) -> Decimal | None:
    if rule.condition is Condition.RESTATED_BY:
        key = (rule.metric.name, rule.level, period.kind, period.start.isoformat(), str(entity))
        return superseded.get(key)
    values = [_decimal(rows.get(one, {}).get(rule.metric.name)) for one in compared]
    known = [value for value in values if value is not None]
    if not compared or len(known) < len(compared):
        return None
    return sum(known, Decimal(0)) / len(known)


def _enough(rule: Rule, row: Mapping[str, Any]) -> bool:
    amounts = {name: _decimal(row[name]) for name in rule.minimum}
    return all(value is not None and value >= rule.minimum[name] for name, value in amounts.items())


def _holds(rule: Rule, value: Decimal | None, reference: Decimal | None) -> bool:
    """Whether the condition is met; what is unknown meets none but MISSING."""
    if rule.condition is Condition.MISSING:
        return value is None
    threshold = rule.threshold
    assert threshold is not None, "the file was checked"
    if value is None:
        return False
    if rule.condition is Condition.BELOW:
        return value < threshold
    if rule.condition is Condition.ABOVE:
        return value > threshold
    if reference is None:
        return False
    change = value - reference
    if rule.condition is Condition.RESTATED_BY:
        return abs(change) >= threshold
    return (-change if rule.condition is Condition.FALLS_BY else change) >= threshold


def _movers(alert: Alert, analytics: EcommerceAnalyticsOptimized) -> tuple[Mapping[str, Any], ...]:
    """Return the listings that moved the shop's figure most since the period before.

    Where listings do not add up to the figure, those whose profit moved most: the share of a
    listing that hardly sells may leap without moving that of the shop.
    """
    if alert.rule.level is not SHOP:
        return ()
    asked = alert.rule.metric
    adds_up = asked.adds_over_entities and LISTING in asked.levels
    metric = asked.name if adds_up else _BRIDGED
    change: dict[Any, Decimal] = {}
    for period, sign in ((alert.before, -1), (alert.period, 1)):
        records = analytics.calculate_metrics_batch(
            [period], level=LISTING, metrics=[metric], as_frame=False
        )
        for record in records:
            value = _decimal(record[metric])
            if value is not None:
                entity = record["entity_id"]
                change[entity] = change.get(entity, Decimal(0)) + sign * value
    order = sorted(change.items(), key=lambda item: (-abs(item[1]), item[0]))
    return tuple(
        {
            "listing_id": entity,
            "title": analytics.titles.get(entity),
            "metric": metric,
            "change": f"{moved:f}",
        }
        for entity, moved in order[:_MOVERS]
        if moved
    )


def _bridge(alert: Alert, analytics: EcommerceAnalyticsOptimized) -> Mapping[str, Any]:
    """Return why profit differs from that of the period before, to the cent, in major units."""
    rule = alert.rule
    found = analytics.variance_bridge(
        alert.before,
        alert.period,
        measure=_BRIDGED,
        level=rule.level,
        entities=None if alert.entity is None else (alert.entity, alert.entity),  # type: ignore[arg-type]
    )

    def major(amount: int) -> str:
        return str(to_decimal(amount, analytics.shop.digits))

    return {
        "measure": found.measure,
        "period_before": alert.before.start.isoformat(),
        "before": major(found.before),
        "after": major(found.after),
        "causes": {cause.value: major(bar) for cause, bar in found.bars.items() if bar},
    }


def _decimal(value: Any) -> Decimal | None:
    if value is None or isinstance(value, str):
        return None if value is None else Decimal(0)  # a text is only asked whether it is there
    return value if isinstance(value, Decimal) else Decimal(str(value))
