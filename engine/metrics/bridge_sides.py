"""The two sides of a variance bridge, asked of the engine: one side = one period and entity."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np

from engine.errors import UsageError, did_you_mean
from engine.metrics.bridge import (
    DRIVEN,
    MEASURES,
    UNDRIVEN,
    UNITS,
    Cause,
    Key,
    Side,
    VarianceBridge,
    build_bridge,
)
from engine.metrics.compute import MetricBlock
from engine.metrics.model import PRODUCT, SHOP, Level
from engine.money import Int64Array
from engine.periods import Period

Ask = Callable[..., MetricBlock]  # calculate_block of the analytics
Entities = Sequence[int] | Sequence[str]


def compare(
    ask: Ask, periods: tuple[Period, Period], measure: str, level: Level, entities: Entities | None
) -> VarianceBridge:
    """Explain the difference of a measure between two periods, or two entities, or both.

    entities: none for the shop, which is compared SKU by SKU; else that of the first period and
    that of the second, each compared as one unit. Raises UsageError.
    """
    if measure not in MEASURES:
        raise UsageError(
            f"There is no variance bridge of {measure!r}; there is one of {', '.join(MEASURES)}.",
            hint=did_you_mean(measure, MEASURES),
        )
    if (entities is None) != (level is SHOP) or (entities is not None and len(entities) != 2):
        raise UsageError(
            f"A variance bridge at the level {level} was asked for with {entities!r}.",
            hint="Compare the shop with itself, or name two listings or two SKUs.",
        )
    asked = partial(ask, metrics=_metrics_of(measure))
    if entities is None:
        before, after = (
            _side(
                asked([period], level=PRODUCT),
                ask([period], level=SHOP, metrics=[measure]),
                measure,
            )
            for period in periods
        )
        return build_bridge(before, after, measure)
    found = []
    for period, entity in zip(periods, entities, strict=True):
        block = asked([period], level=level, entities=[entity])
        found.append(_side(block, block, measure, entities[1]))
    return build_bridge(found[0], found[1], measure)


def _terms(measure: str) -> dict[Cause, tuple[tuple[int, str], ...]]:
    return {**DRIVEN, **{cause: UNDRIVEN[cause] for cause in MEASURES[measure]}}


def _metrics_of(measure: str) -> list[str]:
    """Return the metrics that both sides must have for a measure, itself the first."""
    names = [name for terms in _terms(measure).values() for _, name in terms]
    return [measure, UNITS, *names]


def _side(rows: MetricBlock, whole: MetricBlock, measure: str, key: Key | None = None) -> Side:
    """Take a side from its rows, and from one row of the profit of them all.

    key: what the one row of an entity is called, as both sides must share it.
    """

    def effect(terms: tuple[tuple[int, str], ...]) -> Int64Array:
        parts = [sign * rows.columns[name].values for sign, name in terms]
        return np.asarray(np.sum(parts, axis=0), np.int64)

    names = tuple(rows.entity_ids[code] for code in rows.entity.tolist())
    return Side(
        profit=int(whole.columns[measure].values.sum()),
        keys=names if key is None else (key,),
        units=rows.columns[UNITS].values,
        effects={cause: effect(terms) for cause, terms in _terms(measure).items()},
    )
