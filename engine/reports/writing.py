"""The write stage of a run: a whole transaction, tried again when the connection is lost."""

from __future__ import annotations

from collections.abc import Callable

from engine.analytics import EcommerceAnalyticsOptimized
from engine.database.blocks import Block
from engine.metrics.model import SHOP
from engine.periods import Period
from engine.progress import Progress
from engine.reports.changes import Change, Part, RowCounts
from engine.reports.desk import Desk
from engine.reports.plan import ShopPlan, StageClock, begin_rows
from engine.reports.store import Memory, Success, is_committed, write_changes


def write_shop(
    desk: Desk,
    run_id: int,
    analytics: EcommerceAnalyticsOptimized,
    plan: ShopPlan,
    success: Success,
    memory: Memory,
    *,
    clock: StageClock,
    progress: Progress,
    know_counts: Callable[[RowCounts], None],
) -> None:
    """Bring the tables of a shop to their new state; `know_counts` is told what became of the rows.

    A signal is heeded up to the commit, and held back from then on. Raises as `write_changes` does,
    once the deadline has passed.
    """

    def begun(change: Change, part: Part) -> Callable[[], Block]:
        desk.stop.check()
        progress.advance(rows=len(part.staged))
        return begin_rows(analytics, change, part, desk.pool)

    def before_commit(counts: RowCounts) -> None:
        desk.stop.hold_back()
        know_counts(counts)

    tried = False

    def write_once() -> None:
        nonlocal tried
        # A commit that was under way when the connection was lost may have got through.
        if tried and is_committed(desk.url, run_id):
            return
        tried = True
        write_changes(
            desk.url,
            run_id,
            analytics.shop.shop_id,
            plan.changes,
            begin_rows=begun,
            success=success,
            memory=memory,
            stage_seconds=lambda: clock.seconds,
            before_commit=before_commit,
        )

    try:
        desk.patience.do(write_once)
    finally:
        desk.stop.let_through()


def coverage_of(analytics: EcommerceAnalyticsOptimized) -> dict[str, float | None]:
    """Return the share of all sales whose cost is known; nothing for a shop without facts."""
    if analytics.first_day is None:
        return {}
    always = Period.custom(analytics.first_day, analytics.today)
    (row,) = analytics.calculate_metrics_batch(
        [always], level=SHOP, metrics=["cost_coverage"], as_frame=False
    )
    return {"cost_coverage": row["cost_coverage"]}
