"""A range cut into days, weeks, months, quarters or years for a chart.

A bucket is a calendar period, cut at the ends of the range. The comparison has its own buckets, in
step with those of the range: the k-th of one stands below the k-th of the other.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from engine.periods import Period, PeriodKind, periods_between

MOST_BUCKETS = 400


class Grain(StrEnum):
    """How a chart cuts its range. The labels stand in addresses, so they never change."""

    AUTO = "Auto"
    DAY = "Day"
    WEEK = "Week"
    MONTH = "Month"
    QUARTER = "Quarter"
    YEAR = "Year"


_KINDS = {
    Grain.DAY: PeriodKind.DAILY,
    Grain.WEEK: PeriodKind.WEEKLY,
    Grain.MONTH: PeriodKind.MONTHLY,
    Grain.QUARTER: PeriodKind.QUARTERLY,
    Grain.YEAR: PeriodKind.YEARLY,
}
# The longest range, in days, that a grain draws when the reader leaves the choice to the page.
_AUTO = ((62, Grain.DAY), (420, Grain.WEEK), (1_900, Grain.MONTH), (5_500, Grain.QUARTER))
_STEPPED_BY_DAYS = (PeriodKind.DAILY, PeriodKind.WEEKLY)


@dataclass(frozen=True, slots=True)
class Bucket:
    """One bar: the days asked for, and the calendar period that they are a part of."""

    asked: Period
    whole: Period

    @property
    def is_cut(self) -> bool:
        """Whether the ends of the range leave out some of its days."""
        return self.asked.days < self.whole.days


def choose_grain(period: Period, wanted: Grain) -> tuple[Grain, str]:
    """Return the grain to draw and a note where it is not the wanted one."""
    if wanted is Grain.AUTO:
        return next((grain for days, grain in _AUTO if period.days <= days), Grain.YEAR), ""
    order = list(_KINDS)
    chosen: Grain = wanted
    while _count(period, chosen) > MOST_BUCKETS and chosen is not Grain.YEAR:
        chosen = order[order.index(chosen) + 1]
    if chosen is wanted:
        return wanted, ""
    many = f"By {wanted.lower()} would be more than {MOST_BUCKETS} points"
    return chosen, f"{many}, so the chart is by {chosen.lower()}."


def _count(period: Period, grain: Grain) -> int:
    shortest = {Grain.DAY: 1, Grain.WEEK: 7, Grain.MONTH: 28, Grain.QUARTER: 90, Grain.YEAR: 365}
    return period.days // shortest[grain]


def buckets(period: Period, grain: Grain, week_start: int) -> list[Bucket]:
    """Cut a range into buckets, ascending; together they hold each of its days once."""
    return [
        Bucket(_cut(whole, period), whole)
        for whole in periods_between(_KINDS[grain], period.start, period.end, week_start)
    ]


def compared_buckets(own: list[Bucket], period: Period, compared: Period) -> list[Bucket]:
    """Return the comparison's buckets in step with the range's own, at most as many.

    Days and weeks keep their distance from the first day, so that each pair has as many days;
    months and longer follow the calendar of the comparison.
    """
    kind = own[0].whole.kind
    if kind in _STEPPED_BY_DAYS:
        shift = compared.start - period.start
        moved = [_moved(bucket, shift) for bucket in own]
        return [
            Bucket(_cut(bucket.asked, compared), bucket.whole)
            for bucket in moved
            if bucket.asked.start <= compared.end
        ]
    grain = next(grain for grain, known in _KINDS.items() if known is kind)
    return buckets(compared, grain, 1)[: len(own)]


def _moved(bucket: Bucket, shift: timedelta) -> Bucket:
    def move(span: Period) -> Period:
        return Period.custom(span.start + shift, span.end + shift)

    return Bucket(move(bucket.asked), move(bucket.whole))


def _cut(whole: Period, period: Period) -> Period:
    start: date = max(whole.start, period.start)
    end: date = min(whole.end, period.end)
    return whole if (start, end) == (whole.start, whole.end) else Period.custom(start, end)
