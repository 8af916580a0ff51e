"""Alerts as code: what alerts.toml may say, checked as a whole before a run begins.

One rule = one question about one metric of complete periods: is it below, above, missing, or has it
moved by more than a threshold against an earlier period or against what was reported before.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Any

from engine.errors import SourceError, UsageError, did_you_mean
from engine.metrics.model import PRODUCT, SHOP, Level, Metric, Unit
from engine.metrics.registry import REGISTRY
from engine.periods import GRAINS, PeriodKind

DEFAULT_FILE = "alerts.toml"
CHANNELS = ("print", "webhook", "mail")


class Condition(StrEnum):
    """When a rule fires."""

    BELOW = "below"
    ABOVE = "above"
    FALLS_BY = "falls_by"
    RISES_BY = "rises_by"
    MISSING = "missing"
    RESTATED_BY = "restated_by"


class Against(StrEnum):
    """What a moving value is compared with."""

    PREVIOUS = "previous"
    LAST_YEAR = "last_year"
    MEAN_OF_4 = "mean_of_4"


_MOVING = (Condition.FALLS_BY, Condition.RISES_BY)
_KEYS = {
    *("name", "metric", "level", "ids", "window", "condition", "threshold", "against", "minimum"),
    "notify",
}


@dataclass(frozen=True, slots=True)
class Rule:
    """One alert; `threshold` and `minimum` are in the metrics' own units, money in major units."""

    name: str
    metric: Metric
    level: Level
    ids: tuple[int, ...] | tuple[str, ...]
    window: PeriodKind
    condition: Condition
    threshold: Decimal | None
    against: Against
    minimum: Mapping[str, Decimal]
    notify: tuple[str, ...]


def read_rules(file: Path) -> tuple[Rule, ...]:
    """Read and check a file of alerts.

    Raises SourceError if it can't be read, UsageError for what it says wrongly, naming the alert;
    an unknown metric comes with the nearest names.
    """
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise SourceError(
            f"The alerts file {file} can't be read: {error.strerror}.",
            hint="Name a file that exists with --alerts, or leave the option out.",
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"The alerts file {file} is no TOML: {error}.") from error
    unknown = sorted(content.keys() - {"alert"})
    if unknown:
        raise UsageError(
            f"{file} has {unknown[0]!r}; expected tables [[alert]] and nothing else.",
            hint=did_you_mean(unknown[0], ["alert"]),
        )
    rules = tuple(_rule(one, place) for place, one in enumerate(content.get("alert", []), 1))
    names = [rule.name for rule in rules]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise UsageError(f"Two alerts are called {twice[0]!r}; a name says which alert it is.")
    return rules


def _rule(given: Any, place: int) -> Rule:
    if not isinstance(given, dict) or not isinstance(given.get("name"), str):
        raise UsageError(f"Alert {place} has no name; expected a text.")
    where = f"The alert {given['name']!r}"
    for key in given:
        if key not in _KEYS:
            raise UsageError(f"{where} has no {key!r}.", hint=did_you_mean(key, _KEYS))
    level = _choice(given, "level", [one.value for one in Level], where, default=SHOP.value)
    metric = REGISTRY[_text(given, "metric", where)]
    (metric,) = REGISTRY.choose(Level(level), [metric.name])
    kinds = [kind.value.lower() for kind in GRAINS]
    window = _choice(given, "window", kinds, where, default="monthly")
    condition = Condition(_choice(given, "condition", list(Condition), where))
    if metric.unit is Unit.TEXT and condition is not Condition.MISSING:
        raise UsageError(f"{where}: {metric.name} is a text; it can only be missing.")
    threshold = given.get("threshold")
    if condition is not Condition.MISSING and threshold is None:
        raise UsageError(f"{where} has no threshold; expected a number.")
    return Rule(
        name=given["name"],
        metric=metric,
        level=Level(level),
        ids=_ids(given.get("ids", []), Level(level), where),
        window=PeriodKind(window.upper()),
        condition=condition,
        threshold=None if threshold is None else _number(threshold, "threshold", where),
        against=Against(
            _choice(given, "against", list(Against), where, default=Against.PREVIOUS.value)
        ),
        minimum=_minimum(given.get("minimum", {}), Level(level), where),
        notify=_channels(given.get("notify", ["print"]), where),
    )


def _text(given: Mapping[str, Any], key: str, where: str) -> str:
    value = given.get(key)
    if not isinstance(value, str):
        raise UsageError(f"{where} has no {key}; expected a text.")
    return value


def _choice(
    given: Mapping[str, Any], key: str, known: Sequence[str], where: str, default: str | None = None
) -> str:
    value = given.get(key, default)
    if value not in known:
        raise UsageError(
            f"{where}: {key} is {value!r}; expected one of {', '.join(known)}.",
            hint=did_you_mean(str(value), known),
        )
    return str(value)


def _number(value: Any, key: str, where: str) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise UsageError(f"{where}: {key} is {value!r}; expected a number.")
    return Decimal(str(value))


def _ids(given: Any, level: Level, where: str) -> tuple[int, ...] | tuple[str, ...]:
    kind = str if level is PRODUCT else int
    if not isinstance(given, list) or any(
        isinstance(one, bool) or not isinstance(one, kind) for one in given
    ):
        expected = "texts" if kind is str else "whole numbers"
        raise UsageError(f"{where}: ids are {given!r}; expected a list of {expected}.")
    if given and level is SHOP:
        raise UsageError(f"{where}: ids are for listings and SKUs, and its level is the shop.")
    return tuple(given)


def _minimum(given: Any, level: Level, where: str) -> dict[str, Decimal]:
    if not isinstance(given, dict):
        raise UsageError(f"{where}: minimum is {given!r}; expected one such as {{ orders = 9 }}.")
    found = {}
    for name, value in given.items():
        (metric,) = REGISTRY.choose(level, [name])
        if metric.unit is Unit.TEXT:
            raise UsageError(f"{where}: {metric.name} is a text and has no minimum.")
        found[metric.name] = _number(value, f"minimum of {metric.name}", where)
    return found


def _channels(given: Any, where: str) -> tuple[str, ...]:
    if not isinstance(given, list) or not given:
        raise UsageError(f"{where}: notify is {given!r}; expected a list of channels.")
    for channel in given:
        if channel not in CHANNELS:
            raise UsageError(
                f"{where} notifies by {channel!r}; expected {', '.join(CHANNELS)}.",
                hint=did_you_mean(str(channel), CHANNELS),
            )
    return tuple(dict.fromkeys(given))
