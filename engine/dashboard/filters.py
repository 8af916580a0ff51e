"""What the reader asks for, and what that means on a given day.

`Filters` holds the choices of the filter bar; `resolve` turns them into the days to ask the engine
about. Pure: the shop's current day and its first fact are arguments.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Literal

from engine.dashboard.buckets import Bucket, Grain, buckets, choose_grain, compared_buckets
from engine.dashboard.wording import day_words, days_words
from engine.periods import Period
from engine.ranges import Comparison, RangeName, resolve_range

Dating = Literal["refund_day", "order_day"]


class RefundDating(StrEnum):
    """Which day a refund counts on. The labels stand in addresses, so they never change."""

    REFUND_DAY = "Refund day"
    ORDER_DAY = "Order day"

    @property
    def engine_name(self) -> Dating:
        """The engine's word for it."""
        return "refund_day" if self is RefundDating.REFUND_DAY else "order_day"


@dataclass(frozen=True, slots=True)
class Filters:
    """The choices of the filter bar; `dates` are the complete pair of a custom range."""

    range_name: RangeName = RangeName.LAST_30_DAYS
    dates: tuple[date, date] | None = None
    comparison: Comparison = Comparison.PREVIOUS
    dating: RefundDating = RefundDating.REFUND_DAY
    grain: Grain = Grain.AUTO


@dataclass(frozen=True, slots=True)
class View:
    """The days that a page is about. `no_comparison` says why there is nothing to compare with."""

    filters: Filters
    period: Period
    compared: Period | None
    no_comparison: str
    grain: Grain
    buckets: tuple[Bucket, ...]
    compared_buckets: tuple[Bucket, ...]
    holds_today: bool
    notes: tuple[str, ...]

    @property
    def dating(self) -> Dating:
        """The engine's word for the day that refunds count on."""
        return self.filters.dating.engine_name

    @property
    def is_alone_by_choice(self) -> bool:
        """Whether the reader asked for no comparison, or for a range that can't have one."""
        filters = self.filters
        return filters.comparison is Comparison.NONE or filters.range_name is RangeName.ALL_TIME

    @property
    def periods(self) -> tuple[Period, ...]:
        """Every period that the page's totals and series need, each once."""
        parts = (*self.buckets, *self.compared_buckets)
        wanted = (self.period, self.compared, *(bucket.asked for bucket in parts))
        return tuple(dict.fromkeys(period for period in wanted if period is not None))


def resolve(filters: Filters, *, today: date, first_day: date, week_start: int) -> View:
    """Return the days that the filters mean on `today`; `first_day` is that of the first fact."""
    name = filters.range_name
    if name is RangeName.CUSTOM and filters.dates is None:
        name = RangeName.LAST_30_DAYS
    resolved = resolve_range(name, today, first_day, filters.dates)
    period = resolved.period
    compared = resolved.compared_with(filters.comparison)
    reason = _why_not(filters.comparison, compared, first_day)
    if reason:
        compared = None
    grain, grain_note = choose_grain(period, filters.grain)
    own = buckets(period, grain, week_start)
    return View(
        filters=filters,
        period=period,
        compared=compared,
        no_comparison=reason,
        grain=grain,
        buckets=tuple(own),
        compared_buckets=tuple(compared_buckets(own, period, compared)) if compared else (),
        holds_today=period.start <= today <= period.end,
        notes=(grain_note,) if grain_note else (),
    )


def compared_words(view: View) -> str:
    """Return in a few words what a card compares with, and the lengths where they differ."""
    if view.compared is None:
        # What the reader chose needs no words on every card.
        return "" if view.is_alone_by_choice else view.no_comparison
    if view.compared.days != view.period.days:
        return f"{view.period.days} vs {days_words(view.compared.days)}"
    return "vs before" if view.filters.comparison is Comparison.PREVIOUS else "vs last year"


def _why_not(comparison: Comparison, compared: Period | None, first_day: date) -> str:
    if comparison is Comparison.NONE:
        return "no comparison chosen"
    if compared is None:
        return "all time has nothing before it"
    if compared.start < first_day:
        return f"no data before {day_words(first_day)}"
    return ""
