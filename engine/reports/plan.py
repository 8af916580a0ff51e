"""What one run would change: computes every row of a shop, checks the sums, compares with before.

A plan keeps no rows, only which of them differ: a level's rows are computed, digested and dropped
before the next level begins, and computed a second time when they are to be written. That bounds
the memory by the largest level, and costs nothing on a night on which little has changed.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

import numpy as np

from engine.analytics import EcommerceAnalyticsOptimized
from engine.database.blocks import Block, take
from engine.ledger.reconcile import Identity
from engine.metrics.model import SHOP, Level
from engine.progress import Progress
from engine.reports.build import PeriodsByKind, UnitRows, build_unit, build_units, join_units
from engine.reports.changes import Change, RowCounts, plan_change
from engine.reports.earlier_runs import EarlierRun, new_metrics
from engine.reports.identities import (
    Checked,
    PeriodSums,
    check_entities,
    check_time,
    raise_broken,
    sums_by_period,
)
from engine.reports.moved_rows import MovedNow, moved_now
from engine.reports.spec import Scope, metrics_over_entities, metrics_over_time, report_table
from engine.reports.store import Before


@dataclass(frozen=True, slots=True)
class ShopPlan:
    """The changes of all tables of one shop, and the identities that were found to hold."""

    changes: tuple[Change, ...]
    identities: tuple[Identity, ...]
    periods: Mapping[Level, PeriodsByKind]
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
        every = [period for periods in self.periods[SHOP].values() for period in periods]
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
    stored = {
        level: {kind: scope.stored(level, periods[kind]) for kind in periods} for level in Level
    }
    changes: list[Change] = []
    moved: list[MovedNow] = []
    checked: list[Checked] = []
    sums: list[PeriodSums] = []
    for level in Level:
        with clock.stage("compute"):
            units = _build(analytics, level, stored[level], scope, pool, progress)
            whole = _with_left_out(analytics, level, periods, units)
            sums += [sums_by_period(unit) for unit in whole]
        if level in scope.levels:
            with clock.stage("compute"):
                checked += check_time(whole, analytics.first_day, analytics.today)
            del whole
            with clock.stage("diff"):
                table = report_table(level, analytics.shop.digits)
                block = rows_in_scope(scope, level, join_units(table, units))
                changes.append(plan_change(level, table, block, before.stored[level], full=full))
                if before.runs:
                    moved.append(moved_now(changes[-1], block))
                del block
    identities = raise_broken([*checked, *check_entities(sums)], analytics.shop.currency)
    known = next((run for run in before.runs if run.covered(scope)), None)
    return ShopPlan(
        tuple(changes), tuple(identities), stored, new_metrics(known), tuple(moved), before.runs
    )


def rows_in_scope(scope: Scope, level: Level, block: Block) -> Block:
    """Return the rows of a block that a scope with listings or SKUs is about, else all of them."""
    rows = scope.rows(level, block)
    return block if rows is None else take(block, np.flatnonzero(rows))


def begin_rows(
    analytics: EcommerceAnalyticsOptimized, change: Change, periods: PeriodsByKind, pool: Executor
) -> Callable[[], Block]:
    """Start to compute the rows that a change stages again; returns what waits for them.

    periods: those whose rows of the level are stored.
    """
    running = build_units(analytics, change.level, periods, pool)

    def rows() -> Block:
        block = join_units(change.table, [unit.result() for unit in running])
        # A first run stages every row; a copy of all of them would double its memory.
        return block if len(change.staged) == change.counts.computed else take(block, change.staged)

    return rows


def _with_left_out(
    analytics: EcommerceAnalyticsOptimized,
    level: Level,
    periods: PeriodsByKind,
    units: Sequence[UnitRows],
) -> list[UnitRows]:
    """Return the units with the days that are not stored, in the figures that add up alone."""
    built = {unit.kind: len(unit.periods) for unit in units}
    whole = [unit for unit in units if built[unit.kind] == len(periods[unit.kind])]
    names = {m.name for m in [*metrics_over_entities(level), *metrics_over_time(level)]}
    for kind, every in periods.items():
        if built.get(kind, 0) < len(every):
            whole.append(build_unit(analytics, level, kind, every, sorted(names)))
    return whole


def _build(
    analytics: EcommerceAnalyticsOptimized,
    level: Level,
    periods: PeriodsByKind,
    scope: Scope,
    pool: Executor,
    progress: Progress,
) -> list[UnitRows]:
    """Build the units of a level; one that the scope does not write has only what adds up."""
    metrics = None
    if level not in scope.levels:
        metrics = [metric.name for metric in metrics_over_entities(level)]
    running = build_units(analytics, level, periods, pool, metrics=metrics)
    for unit in as_completed(running):
        progress.advance(units=1, rows=len(unit.result()))
    return [unit.result() for unit in running]
