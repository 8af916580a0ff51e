"""What the report tables hold: which rows exist, and which columns they have.

One row of a report table is one entity and one calendar period, as known now. The columns of a
table are those below and one for each metric of its level, so a metric is declared in the
catalogue and nowhere else. Nothing here computes or stores a value.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.database.blocks import Block, Field, Kind, ReportTable, Words
from engine.metrics.model import LISTING, PRODUCT, SHOP, Level, Metric, Unit
from engine.metrics.model import Kind as MetricKind
from engine.metrics.registry import REGISTRY
from engine.periods import GRAINS, Period, PeriodKind, periods_between
from engine.reports.retention import DailyRows

TABLE_NAMES = {SHOP: "shop_reports", LISTING: "listing_reports", PRODUCT: "product_reports"}
ENTITY_FIELDS = {
    LISTING: Field("listing_id", Kind.INTEGER),
    PRODUCT: Field("sku", Kind.TEXT),
}
# Columns that say which version of a row this is; they take no part in any comparison.
VERSION_COLUMNS = ("run_id", "computed_at", "row_hash")

_PERIOD_FIELDS = (
    Field("period_type", Kind.TEXT),
    Field("period_start", Kind.DATE),
    Field("period_end", Kind.DATE),
    Field("period_days", Kind.INTEGER),
    Field("elapsed_days", Kind.INTEGER),
    Field("is_complete", Kind.BOOLEAN),
    Field("currency", Kind.TEXT),
)
_KIND_OF_UNIT = {
    Unit.MONEY: Kind.MONEY,
    Unit.COUNT: Kind.INTEGER,
    Unit.INT: Kind.INTEGER,
    Unit.SHARE: Kind.DOUBLE,
    Unit.MULTIPLE: Kind.DOUBLE,
    Unit.HOURS: Kind.HUNDREDTHS,
    Unit.DAYS: Kind.HUNDREDTHS,
    Unit.TEXT: Kind.TEXT,
}


@dataclass(frozen=True, slots=True)
class Scope:
    """Which rows a call is about; a date that is None sets no limit on that side.

    `daily` says which rows of single days there are to be, call or not.
    `listings` and `skus` limit the rows of their level; only a call that writes nothing has them.
    """

    kinds: tuple[PeriodKind, ...] = GRAINS
    levels: tuple[Level, ...] = tuple(Level)
    first: date | None = None
    last: date | None = None
    listings: tuple[int, ...] = ()
    skus: tuple[str, ...] = ()
    daily: DailyRows = field(default_factory=DailyRows)

    def holds(self, period: Period) -> bool:
        """Whether a period overlaps the dates; one that does is meant as a whole."""
        return (self.first is None or period.end >= self.first) and (
            self.last is None or period.start <= self.last
        )

    def has(self, level: Level, period: Period) -> bool:
        """Whether the rows of a level and period are among those that are meant."""
        return level in self.levels and period.kind in self.kinds and self.holds(period)

    def periods(
        self, kind: PeriodKind, first_fact: date | None, today: date, week_start: int
    ) -> list[Period]:
        """Return the periods of one kind that have a row, ascending; none without a fact."""
        if first_fact is None:
            return []
        every = periods_between(kind, first_fact, today, week_start)
        return [period for period in every if self.holds(period)]

    def stored(self, level: Level, periods: Sequence[Period]) -> list[Period]:
        """Return the periods whose rows of a level the tables hold."""
        return [period for period in periods if self.daily.has(level, period)]

    def condition(
        self, shop_ids: Sequence[int], kinds: Sequence[PeriodKind], level: Level
    ) -> tuple[str, tuple[Any, ...]]:
        """Return the SQL condition, with its parameters, for the stored rows of a level in scope.

        It holds for exactly the rows of the shops that a run of this scope writes or removes.
        """
        shops = ", ".join(str(int(shop_id)) for shop_id in shop_ids)
        names = ", ".join(f"'{PeriodKind(kind)}'" for kind in kinds)
        parts = [f"shop_id IN ({shops})", f"period_type IN ({names})"]
        parameters: list[Any] = []
        for limit, comparison in ((self.first, "period_end >="), (self.last, "period_start <=")):
            if limit is not None:
                parameters.append(limit)
                parts.append(f"{comparison} ${len(parameters)}")
        if self.daily.condition(level):
            parts.append(self.daily.condition(level))
        entities = self.entities(level)
        if entities:
            marks = ", ".join(f"${len(parameters) + n}" for n in range(1, len(entities) + 1))
            parts.append(f"{ENTITY_FIELDS[level].name} IN ({marks})")
            parameters += entities
        return " AND ".join(parts), tuple(parameters)

    def entities(self, level: Level) -> tuple[int, ...] | tuple[str, ...]:
        """Return the listings or SKUs that the rows of a level are limited to; empty for none."""
        if level is SHOP:
            return ()
        return self.listings if level is LISTING else self.skus

    def rows(self, level: Level, block: Block) -> npt.NDArray[np.bool_] | None:
        """Return which rows of a block are in scope, None for all of them."""
        wanted = self.entities(level)
        if not wanted:
            return None
        values: Any = block[ENTITY_FIELDS[level].name]
        if isinstance(values, Words):
            return np.array([word in wanted for word in values.words], np.bool_)[values.codes]
        return np.isin(values, wanted)


def report_table(level: Level, digits: int) -> ReportTable:
    """Return the table of a level for a shop whose currency has `digits` decimals."""
    entity = (ENTITY_FIELDS[level],) if level in ENTITY_FIELDS else ()
    return ReportTable(
        name=TABLE_NAMES[level],
        key=("shop_id", "period_type", "period_start", *(field.name for field in entity)),
        fields=(
            Field("shop_id", Kind.INTEGER),
            *entity,
            *_PERIOD_FIELDS,
            *(Field(m.name, _KIND_OF_UNIT[m.unit]) for m in REGISTRY.at_level(level)),
        ),
        digits=digits,
    )


def metrics_over_entities(level: Level) -> list[Metric]:
    """Return the metrics of a level that add up over its listings or SKUs to the shop's."""
    return [m for m in REGISTRY.at_level(level) if m.adds_over_entities and not _is_state(m)]


def metrics_over_time(level: Level) -> list[Metric]:
    """Return the metrics of a level that add up over days to longer periods."""
    chosen = [metric for metric in REGISTRY.at_level(level) if level in metric.adds_over_time]
    return chosen if level is SHOP else [metric for metric in chosen if not _is_state(metric)]


def _is_state(metric: Metric) -> bool:
    """Tell a figure that an entity also has where it has no row, so that its rows do not sum."""
    return metric.kind is MetricKind.SNAPSHOT
