"""From answers to report rows: asks for all periods of one level and lays the rows out as stored.

A unit is one level and one kind of period; one position of its arrays is one report row, ascending
by entity, then by period. Every figure is an answer of `calculate_block` as it came; nothing is
added to it here. Units share nothing that is written, so threads may build them side by side.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.analytics import EcommerceAnalyticsOptimized
from engine.database.blocks import Kind, ReportTable, Values, Words, null_where
from engine.metrics.compute import MetricBlock
from engine.metrics.evaluate import Column
from engine.metrics.model import PRODUCT, SCALE, SHOP, Level, Unit
from engine.money import Int64Array
from engine.periods import Period, PeriodKind
from engine.reports.spec import ENTITY_FIELDS

PeriodsByKind = dict[PeriodKind, list[Period]]
_DTYPES: dict[Kind, str] = {
    Kind.MONEY: "int64",
    Kind.INTEGER: "int64",
    Kind.HUNDREDTHS: "float64",
    Kind.DOUBLE: "float64",
    Kind.DATE: "datetime64[D]",
    Kind.BOOLEAN: "bool",
}


@dataclass(frozen=True, slots=True)
class UnitRows:
    """The rows of one level and one kind of period.

    `entity` holds codes of `entity_ids`, `period` positions in `periods`, which ascend. `columns`
    has every field of the table, or only the metrics that were asked for.
    """

    level: Level
    kind: PeriodKind
    periods: Sequence[Period]
    entity_ids: Sequence[int] | Sequence[str]
    entity: Int64Array
    period: Int64Array
    columns: dict[str, Values]

    def __len__(self) -> int:
        return len(self.entity)

    def amount(self, metric: str) -> Int64Array:
        """Return a metric of money or of a count as int64, NULL_INT64 where it is unknown."""
        values = self.columns[metric]
        assert not isinstance(values, Words), metric
        return np.asarray(values, np.int64)


def build_unit(
    analytics: EcommerceAnalyticsOptimized,
    level: Level,
    kind: PeriodKind,
    periods: Sequence[Period],
    metrics: Sequence[str] | None = None,
) -> UnitRows:
    """Ask for one level and periods of one kind, and lay the answer out as report rows.

    Without `metrics` the unit has every column of its table; with them only these.
    """
    block = analytics.calculate_block(periods, level=level, metrics=metrics)
    columns = {} if metrics is not None else _header(analytics, block, kind)
    # One column at a time: an answer of many rows is not held in both forms.
    columns |= {name: _values(block.columns.pop(name)) for name in list(block.columns)}
    return UnitRows(
        level=level,
        kind=kind,
        periods=periods,
        entity_ids=block.entity_ids,
        entity=block.entity,
        period=block.period,
        columns=columns,
    )


def no_unit(table: ReportTable, level: Level, kind: PeriodKind) -> UnitRows:
    """Return the unit of a kind of which there is no period: every column, and no row."""
    nothing = np.empty(0, np.int64)
    columns: dict[str, Values] = {
        field.name: Words(nothing.astype(np.int32), ())
        if field.kind is Kind.TEXT
        else np.empty(0, _DTYPES[field.kind])
        for field in table.fields
    }
    return UnitRows(level, kind, (), (), nothing, nothing, columns)


def _header(
    analytics: EcommerceAnalyticsOptimized, block: MetricBlock, kind: PeriodKind
) -> dict[str, Values]:
    shop, level = analytics.shop, block.level
    same = np.zeros(len(block), np.int32)

    def of_period(values: list[Any], kind: Any) -> Any:
        return np.array(values, kind)[block.period]

    header: dict[str, Values] = {"shop_id": np.full(len(block), shop.shop_id, np.int64)}
    if level is not SHOP:
        header[ENTITY_FIELDS[level].name] = _entities(block)
    return header | {
        "period_type": Words(same, (kind.value,)),
        "period_start": of_period([period.start for period in block.periods], "datetime64[D]"),
        "period_end": of_period([period.end for period in block.periods], "datetime64[D]"),
        "period_days": of_period([period.days for period in block.periods], np.int64),
        "elapsed_days": block.elapsed_days,
        "is_complete": block.is_complete,
        "currency": Words(same, (shop.currency,)),
    }


def _entities(block: MetricBlock) -> Values:
    if block.level is PRODUCT:
        return Words(block.entity.astype(np.int32), [str(sku) for sku in block.entity_ids])
    return np.array(block.entity_ids, np.int64)[block.entity]


def _values(column: Column) -> Values:
    """Return a metric as a report table takes it, unknown values marked."""
    if column.unit is Unit.TEXT:
        return Words(np.where(column.known, column.values, -1).astype(np.int32), column.texts)
    if column.unit in SCALE:
        return np.where(column.known, column.values / SCALE[column.unit], np.nan)
    return null_where(column.values, ~column.known)
