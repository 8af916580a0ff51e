"""What one run would change: computes every row of a shop, checks the sums, compares with before.

A plan keeps no rows, only which of them differ. The rows of one level and kind of period are
computed and compared in one go in a thread, and then dropped but for what has to add up; those that
are to be written are computed a second time, with the periods that they lie in and no others.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pandas as pd

from engine.analytics import EcommerceAnalyticsOptimized
from engine.database.blocks import Block, block_length, row_digests, take
from engine.errors import ReconciliationError
from engine.ledger.reconcile import Identity
from engine.metrics.model import Level
from engine.periods import Period, PeriodKind
from engine.progress import Progress
from engine.reports.build import PeriodsByKind, UnitRows, build_unit, no_unit
from engine.reports.changes import Change, Part, RowCounts, UnitChange, join_changes, plan_unit
from engine.reports.earlier_runs import EarlierRun, new_metrics
from engine.reports.identities import (
    Checked,
    PeriodSums,
    check_entities,
    check_time,
    raise_broken,
    sums_by_period,
)
from engine.reports.moved_rows import MovedNow, moved_frame, moved_now
from engine.reports.spec import Scope, metrics_over_entities, metrics_over_time, report_table
from engine.reports.store import Before


@dataclass(frozen=True, slots=True)
class ShopPlan:
    """The changes of all tables of one shop, and the identities that were found to hold."""

    changes: tuple[Change, ...]
    identities: tuple[Identity, ...]
    periods: PeriodsByKind
    new_metrics: frozenset[str] = frozenset()
    moved: tuple[MovedNow, ...] = ()
    runs: tuple[EarlierRun, ...] = ()

    @property
    def counts(self) -> RowCounts:
        """What is expected to become of the rows, over all tables."""
        total = RowCounts()
        for change in self.changes:
            total = total.plus(change.counts)
        return total

    @property
    def days(self) -> tuple[date | None, date | None]:
        """The first and the last day of any period."""
        every = [period for periods in self.periods.values() for period in periods]
        if not every:
            return None, None
        return min(period.start for period in every), max(period.end for period in every)


class StageClock:
    """Seconds by stage; a stage that is entered again goes on counting."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Count the time of a block."""
        begun = time.perf_counter()
        try:
            yield
        finally:
            spent = self.seconds.get(name, 0) + time.perf_counter() - begun
            self.seconds[name] = round(spent, 3)


def plan_shop(
    analytics: EcommerceAnalyticsOptimized,
    scope: Scope,
    before: Before,
    *,
    pool: Executor,
    full: bool,
    clock: StageClock,
    progress: Progress,
) -> ShopPlan:
    """Compute all rows of the scope and compare them with the stored ones.

    `before` is what the database knew; metrics that it did not are the plan's `new_metrics`. The
    sums are checked over all three levels, also where the scope writes fewer. Raises
    ReconciliationError with a table of what differs.
    """
    periods = {
        kind: scope.periods(kind, analytics.first_day, analytics.today, analytics.shop.week_start)
        for kind in scope.kinds
    }
    changes: list[Change] = []
    moved: list[MovedNow] = []
    checked: list[Checked] = []
    sums: list[PeriodSums] = []
    comparison = _Comparison(analytics, scope, before, full)
    for level in Level:
        with clock.stage("compute"):
            units = comparison.level(level, periods, pool, progress)
            sums += [unit.sums for unit in units if unit.sums.periods]
            if level not in scope.levels:
                continue
            rows = [unit.rows for unit in units if unit.rows.periods]
            checked += check_time(rows, analytics.first_day, analytics.today)
            found = [unit.change for unit in units if unit.change is not None]
            table, stored = report_table(level, analytics.shop.digits), before.stored[level]
            changes.append(join_changes(level, table, found, stored, full=full))
            if before.runs:
                frames = [unit.moved for unit in units if unit.moved is not None]
                moved.append(moved_now(changes[-1], frames))
    identities = raise_broken([*checked, *check_entities(sums)], analytics.shop.currency)
    known = next((run for run in before.runs if run.covered(scope)), None)
    return ShopPlan(
        tuple(changes), tuple(identities), periods, new_metrics(known), tuple(moved), before.runs
    )


def begin_rows(
    analytics: EcommerceAnalyticsOptimized, change: Change, part: Part, pool: Executor
) -> Callable[[], Block]:
    """Start to compute the rows of a part of a change again; returns what waits for them.

    It raises ReconciliationError if they are not those that were compared.
    """
    return pool.submit(_rows_again, analytics, change, part).result


def _rows_again(analytics: EcommerceAnalyticsOptimized, change: Change, part: Part) -> Block:
    block: Block = build_unit(analytics, change.level, part.kind, part.periods).columns
    # A first run stages every row; a copy of all of them would double its memory.
    if len(part.staged) != block_length(block):
        block = take(block, part.staged)
    if not np.array_equal(row_digests(change.table, block), part.digests):
        raise ReconciliationError(
            f"{part.kind} rows of {change.table.name} are others when they are computed with "
            f"{len(part.periods)} periods than when they are with all.",
            hint="Nothing was written. This is a fault of the program; please report it.",
        )
    return block


@dataclass(frozen=True, slots=True)
class _Compared:
    """What is left of the rows of one level and kind of period when they have been compared.

    `rows` has only what adds up over time. There is no `change` where the level is not written,
    and no `moved` where there is no earlier run.
    """

    rows: UnitRows
    sums: PeriodSums
    change: UnitChange | None = None
    moved: pd.DataFrame | None = None


@dataclass(frozen=True, slots=True)
class _Comparison:
    """Compares what a shop has to report with what the database knew."""

    analytics: EcommerceAnalyticsOptimized
    scope: Scope
    before: Before
    full: bool

    def level(
        self, level: Level, periods: PeriodsByKind, pool: Executor, progress: Progress
    ) -> list[_Compared]:
        """Compute and compare the rows of a level, each kind of period in a thread."""
        compare = self._unit if level in self.scope.levels else self._sums
        running = [pool.submit(compare, level, kind, periods[kind]) for kind in periods]
        for one in as_completed(running):
            rows = one.result().rows
            if rows.periods:
                progress.advance(units=1, rows=len(rows))
        return [one.result() for one in running]

    def _sums(self, level: Level, kind: PeriodKind, periods: Sequence[Period]) -> _Compared:
        """Compute what adds up over entities: of a level that is not written, it is all we need."""
        names = [metric.name for metric in metrics_over_entities(level)]
        unit = self._rows(level, kind, periods, names)
        return _Compared(replace(unit, columns={}), sums_by_period(unit))

    def _unit(self, level: Level, kind: PeriodKind, periods: Sequence[Period]) -> _Compared:
        stored = self.scope.stored(level, periods)
        unit = self._rows(level, kind, stored, None)
        table = report_table(level, self.analytics.shop.digits)
        block, period = unit.columns, unit.period
        wanted = self.scope.rows(level, block)
        if wanted is not None:
            block, period = take(block, np.flatnonzero(wanted)), period[wanted]
        change = plan_unit(
            table, block, stored, period, self.before.stored[level], kind, full=self.full
        )
        moved = moved_frame(level, table, block, change.moved) if self.before.runs else None
        over_time = [metric.name for metric in metrics_over_time(level)]
        if len(stored) < len(periods):
            # Days that are not stored are needed all the same, in the figures that add up.
            names = {*over_time, *(metric.name for metric in metrics_over_entities(level))}
            unit = self._rows(level, kind, periods, sorted(names))
        added_up = {name: unit.columns[name] for name in over_time}
        return _Compared(replace(unit, columns=added_up), sums_by_period(unit), change, moved)

    def _rows(
        self,
        level: Level,
        kind: PeriodKind,
        periods: Sequence[Period],
        metrics: Sequence[str] | None,
    ) -> UnitRows:
        if periods:
            return build_unit(self.analytics, level, kind, periods, metrics)
        return no_unit(report_table(level, self.analytics.shop.digits), level, kind)
