"""The local days of a shop: where each begins in UTC, and which day an instant belongs to.

One row is one local day of the plan, numbered from 0. A time is a day and the seconds elapsed since
its start, so that days of 23 and 25 hours need no special case.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from engine.local_time import local_clock
from engine.money import Int64Array

_EPOCH = date(1970, 1, 1).toordinal()


@dataclass(frozen=True, slots=True)
class Days:
    """`start` has one entry more than there are days: the instant at which the last one ends."""

    first: date
    start: Int64Array  # unix seconds
    month: Int64Array  # year × 12 + month − 1
    weekday: Int64Array  # 0 = Monday
    year: Int64Array  # whole years since the first day, of 365 days

    def __len__(self) -> int:
        return len(self.month)

    def index(self, day: date) -> int:
        """Return the number of a date, also of one outside the plan."""
        return day.toordinal() - self.first.toordinal()

    def date(self, index: int) -> date:
        """Return the date of a day's number."""
        return self.first + timedelta(days=index)

    def day_number(self, index: Int64Array) -> Int64Array:
        """Return days since 1970-01-01."""
        return index + (self.first.toordinal() - _EPOCH)

    def seconds(self, day: Int64Array, elapsed: Int64Array) -> Int64Array:
        """Return unix seconds; what is past the end of a short day is its last hour again."""
        length = self.start[day + 1] - self.start[day]
        return self.start[day] + np.where(elapsed >= length, elapsed - 3_600, elapsed)

    def day_of(self, seconds: Int64Array) -> Int64Array:
        """Return the day of each instant; −1 before the plan, len(self) after it."""
        return np.searchsorted(self.start, seconds, side="right").astype(np.int64) - 1

    @property
    def end(self) -> int:
        """The instant at which the last day ends, in unix seconds."""
        return int(self.start[-1])


def local_days(time_zone: str, first: date, last: date) -> Days:
    """Return the days from `first` to `last`; raises SettingError for an unknown zone."""
    clock = local_clock(time_zone)
    dates = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    starts = [int(clock.day_start(day).timestamp()) for day in [*dates, last + timedelta(days=1)]]
    return Days(
        first=first,
        start=np.array(starts, np.int64),
        month=np.array([day.year * 12 + day.month - 1 for day in dates], np.int64),
        weekday=np.array([day.weekday() for day in dates], np.int64),
        year=np.arange(len(dates), dtype=np.int64) // 365,
    )
