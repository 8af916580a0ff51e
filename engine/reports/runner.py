"""One shop in one call, from its lock to its commit.

Its run is a row of report_runs. Whatever happens before the commit leaves the report tables as
they were, and the row says how the run ended.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd
import structlog

from engine.analytics import EcommerceAnalyticsOptimized
from engine.errors import EngineError
from engine.metrics.model import SHOP, Level
from engine.metrics.registry import REGISTRY
from engine.periods import PeriodKind
from engine.progress import Progress
from engine.reports.causes import Cause
from engine.reports.changes import RowCounts
from engine.reports.desk import Desk
from engine.reports.earlier_runs import EarlierRun, inputs_record
from engine.reports.expiring import expiring_counts
from engine.reports.moved_rows import Past
from engine.reports.outcome import (
    DRIFT_CODE,
    DRY_RUN,
    FAILED,
    INTERRUPTED,
    SUCCEEDED,
    VERIFIED,
    ShopOutcome,
    error_record,
    restatement_records,
)
from engine.reports.plan import ShopPlan, StageClock, plan_shop
from engine.reports.restatements import restate
from engine.reports.run_book import RunBook
from engine.reports.shop_lock import refuse_backdating, shop_lock
from engine.reports.stopping import Stopped
from engine.reports.store import (
    Memory,
    Success,
    read_before,
    read_expiring,
    read_moves,
    read_runs,
)
from engine.reports.table_sizes import bytes_a_row, first_run_words, growth
from engine.reports.telling import tell
from engine.reports.tie_out import tie_out, tie_out_records
from engine.reports.verify import verify_shop
from engine.reports.writing import coverage_of, write_shop
from engine.sources.frames import Shop

_UNEXPECTED = 1

log = structlog.get_logger("reports")


class ShopRun:
    """One shop in one call: its stages, and what is known of it so far."""

    def __init__(self, desk: Desk, shop: Shop) -> None:
        self._desk = desk
        self._shop = shop
        self._clock = StageClock()
        call_id = desk.call.caller.call_id
        self._so_far = ShopOutcome(shop.shop_id, shop.name, FAILED, call_id=call_id)
        self._scope = desk.call.caller.scope
        units = len(self._scope.kinds) * len(Level)
        self._read_ms = desk.settings.reports_read_timeout * 1_000
        self._progress = Progress(f"shop {shop.shop_id}", units, stream=desk.stream)

    def outcome(self) -> ShopOutcome:
        """Do the whole work and return how it went; raises only what nobody foresaw."""
        call = self._desk.call
        begin = self._run_locked
        if call.dry_run or call.verify:
            begin = self._rehearse if call.dry_run else self._verify
        with structlog.contextvars.bound_contextvars(shop=self._shop.name):
            try:
                with self._progress:
                    begin()
            except Stopped as stopped:
                self._know(status=INTERRUPTED, exit_code=stopped.exit_code, counts=RowCounts())
            except EngineError as error:
                self._know(exit_code=error.exit_code, error=error, counts=RowCounts())
            self._know(stage_seconds=self._clock.seconds)
            self._log_end()
        return self._so_far

    def _run_locked(self) -> None:
        book = self._book
        call = self._desk.call
        self._progress.stage("lock")
        with shop_lock(self._desk, book, self._shop):
            refuse_backdating(book, self._shop, call.as_of)
            run_id = book.begin(self._shop.shop_id, call.caller)
            self._know(run_id=run_id)
            try:
                self._run(run_id)
            except BaseException as error:
                self._close_book(run_id, error)
                raise

    def _run(self, run_id: int) -> None:
        analytics = self._read()
        self._book.stage(run_id, "compute")
        plan = self._plan(analytics)
        if not plan.runs and plan.counts.inserted:
            self._announce(plan)
        months = plan.periods.get(PeriodKind.MONTHLY, ())
        with self._clock.stage("compute"):
            self._know(tie_out=tie_out(analytics, months))
        causes = self._explain(analytics, plan)
        self._book.stage(run_id, "write")
        self._write(run_id, analytics, plan, causes)
        self._know(status=SUCCEEDED)
        if self._desk.call.rules:
            with self._clock.stage("alerts"):
                alerts, troubles = tell(self._desk, self._book, run_id, analytics)
            self._know(alerts=alerts, warnings={**self._so_far.warnings, **troubles})

    def _announce(self, plan: ShopPlan) -> None:
        """Say how much a first run is about to write."""
        sizes = self._desk.patience.read(lambda: bytes_a_row(self._desk.url))
        size = growth(plan.changes, sizes)
        for line in first_run_words(self._shop.name, plan.counts.inserted, size):
            self._desk.say(line)

    def _rehearse(self) -> None:
        analytics = self._read()
        plan = self._plan(analytics)
        desk, daily = self._desk, self._scope.daily
        sizes = desk.patience.read(lambda: bytes_a_row(desk.url))
        expiring = desk.patience.read(
            lambda: read_expiring(
                desk.url, self._shop.shop_id, daily, desk.call.retention, self._read_ms
            )
        )
        self._know(
            status=DRY_RUN,
            counts=plan.counts.plus(expiring_counts(expiring)),
            expected={change.level: change.by_kind for change in plan.changes},
            expiring=expiring,
            growth_bytes=growth(plan.changes, sizes),
        )

    def _read(self) -> EcommerceAnalyticsOptimized:
        desk = self._desk
        self._progress.stage("read")
        with self._clock.stage("read"):
            analytics = desk.patience.read(
                lambda: EcommerceAnalyticsOptimized.load(
                    self._shop.shop_id,
                    desk.call.as_of,
                    desk.settings,
                    desk.url,
                    with_fingerprints=True,
                    statement_timeout_ms=self._read_ms,
                )
            )
        self._clock.seconds |= analytics.stage_seconds
        self._scope = replace(self._scope, daily=desk.call.retention.daily_rows(analytics.today))
        self._know(
            watermark=analytics.watermark,
            has_facts=analytics.first_day is not None,
            warnings=analytics.notes,
        )
        return analytics

    def _plan(self, analytics: EcommerceAnalyticsOptimized) -> ShopPlan:
        desk, scope = self._desk, self._scope
        self._progress.stage("compute")
        with self._clock.stage("diff"):
            before = desk.patience.read(
                lambda: read_before(desk.url, self._shop.shop_id, scope, self._read_ms)
            )
        plan = plan_shop(
            analytics,
            scope,
            before,
            pool=desk.pool,
            full=desk.call.full,
            clock=self._clock,
            progress=self._progress,
        )
        self._know(identities=(*analytics.identities, *plan.identities))
        return plan

    def _explain(
        self, analytics: EcommerceAnalyticsOptimized, plan: ShopPlan
    ) -> dict[Level, pd.DataFrame]:
        """Find out why complete periods changed, and warn of what has no cause."""
        desk = self._desk
        self._inputs = inputs_record(analytics, self._scope, desk.call.retention)
        with self._clock.stage("diff"):
            past = self._past(analytics, plan.runs)
            moves = desk.patience.read(
                lambda: read_moves(desk.url, self._shop.shop_id, plan.moved, past, self._read_ms)
            )
            causes = restate(moves, past.since)
        unexplained = sum(int((one["cause"] == Cause.UNEXPLAINED).sum()) for one in causes.values())
        warnings = dict(analytics.notes)
        if unexplained:
            warnings["changes_without_cause"] = unexplained
            log.warning("rows changed although nothing they depend on did", causes=unexplained)
        shown = causes.get(SHOP)
        self._know(
            warnings=warnings,
            restatements=[] if shown is None else restatement_records(shown, analytics.shop.digits),
        )
        return causes

    def _past(self, analytics: EcommerceAnalyticsOptimized, runs: Sequence[EarlierRun]) -> Past:
        caller = self._desk.call.caller
        return Past(
            runs,
            analytics.clock,
            analytics.watermark,
            self._inputs,
            (caller.code_version, REGISTRY.version),
            caller.settings_hash,
        )

    def _verify(self) -> None:
        """Compare the stored rows with what the sources say, and write nothing."""
        desk = self._desk
        analytics = self._read()
        scope = self._scope
        self._inputs = inputs_record(analytics, scope, desk.call.retention)
        self._progress.stage("compare")
        with self._clock.stage("compare"):
            runs = desk.patience.read(lambda: read_runs(desk.url, self._shop.shop_id))
            found = desk.patience.read(
                lambda: verify_shop(
                    analytics,
                    scope,
                    desk.url,
                    self._past(analytics, runs),
                    desk.pool,
                    self._read_ms,
                )
            )
        self._know(
            status=VERIFIED,
            exit_code=0 if found.is_sound else DRIFT_CODE,
            verification=found,
        )

    def _write(
        self,
        run_id: int,
        analytics: EcommerceAnalyticsOptimized,
        plan: ShopPlan,
        causes: Mapping[Level, pd.DataFrame],
    ) -> None:
        desk = self._desk
        self._progress.stage("write", rows=sum(change.staged for change in plan.changes))
        first_day, last_day = plan.days
        success = Success(
            watermark=analytics.watermark,
            newest_fact=None if desk.call.as_of else analytics.watermark,
            first_day=first_day,
            last_day=last_day,
            inputs=self._inputs,
            identities=self._so_far.identities,
            coverage=coverage_of(analytics),
            warnings=self._so_far.warnings,
            restatements=causes,
            tie_out=tie_out_records(self._so_far.tie_out),
        )
        memory = Memory(
            desk.settings.reports_keep_open,
            plan.new_metrics,
            desk.call.retention,
            self._scope.daily,
        )
        with self._clock.stage("write"):
            write_shop(
                desk,
                run_id,
                analytics,
                plan,
                success,
                memory,
                clock=self._clock,
                progress=self._progress,
                know_counts=lambda counts: self._know(counts=counts),
            )

    def _close_book(self, run_id: int, error: BaseException) -> None:
        """Note how the run ended; a book that can't be reached must not hide why."""
        status, code, record = FAILED, _UNEXPECTED, None
        if isinstance(error, Stopped):
            status, code = INTERRUPTED, error.exit_code
        elif isinstance(error, EngineError):
            code, record = error.exit_code, error_record(error)
        try:
            self._book.end(
                run_id,
                status,
                exit_code=code,
                stage_seconds=self._clock.seconds,
                error=record,
            )
        except EngineError as lost:
            log.warning("the end of the run could not be noted", run_id=run_id, reason=str(lost))

    @property
    def _book(self) -> RunBook:
        book = self._desk.book
        assert book is not None, "only a dry run has no run book"
        return book

    def _know(self, **facts: Any) -> None:
        self._so_far = replace(self._so_far, **facts)

    def _log_end(self) -> None:
        so_far = self._so_far
        log.info(
            "run ended",
            run_id=so_far.run_id,
            status=so_far.status,
            exit_code=so_far.exit_code,
            rows_computed=so_far.counts.computed,
            rows_written=so_far.counts.written,
            seconds=so_far.stage_seconds,
        )
