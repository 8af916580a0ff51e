"""A shop's wall clock: which local day, hour and weekday an instant has, without row-by-row work.

Instants are seconds since 1970 in UTC. A zone changes its offset a few times a year, so a table of
those changes and one binary search answer for a whole column.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
import numpy.typing as npt

from engine.errors import SettingError
from engine.money import Int64Array

DAY_SECONDS = 86_400
# 1969 to 2100: every instant that a shop can name.
_FIRST, _LAST = -366 * DAY_SECONDS, 4_102_444_800


def open_zone(name: str) -> ZoneInfo:
    """Return the IANA zone, or raise SettingError naming what was asked."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise SettingError(
            f"{name!r} is not a time zone; expected an IANA name such as Europe/Istanbul."
        ) from error


@dataclass(frozen=True, slots=True)
class LocalClock:
    """Offset changes of one zone: from `since[i]` on, local time is UTC + `offset[i]` seconds."""

    zone: str
    since: Int64Array
    offset: Int64Array

    def local_seconds(self, seconds: Int64Array) -> Int64Array:
        """Return wall-clock seconds since 1970-01-01 00:00 local time."""
        index = np.searchsorted(self.since, seconds, side="right") - 1
        return seconds + self.offset[index]

    def days(self, seconds: Int64Array) -> npt.NDArray[np.int32]:
        """Return the local day number of each instant."""
        return np.floor_divide(self.local_seconds(seconds), DAY_SECONDS).astype(np.int32)

    def span_days(self, seconds: Int64Array) -> npt.NDArray[np.int32]:
        """Return the day that a border of a span names (M41).

        A border at exactly 00:00 names that date, whatever the zone; any other is an instant.
        """
        is_date = seconds % DAY_SECONDS == 0
        days = np.where(is_date, seconds // DAY_SECONDS, self.days(seconds))
        return days.astype(np.int32)

    def day_of(self, instant: datetime) -> date:
        """Return the local date of one instant with a zone."""
        return instant.astimezone(open_zone(self.zone)).date()

    def day_start(self, day: date) -> datetime:
        """Return the first instant of a local day, in UTC; a day may lack its midnight."""
        local = datetime(day.year, day.month, day.day, tzinfo=open_zone(self.zone))
        start = int(local.astimezone(UTC).timestamp())
        near = self.since[(self.since < start) & (self.since > start - DAY_SECONDS)]
        skipped = near[self.days(near) == day.toordinal() - date(1970, 1, 1).toordinal()]
        return datetime.fromtimestamp(int(skipped[0]) if len(skipped) else start, UTC)

    def days_ended(self, watermark: datetime) -> int:
        """Return the number of the first local day that has not ended at an instant."""
        return self.day_of(watermark).toordinal() - date(1970, 1, 1).toordinal()

    def days_begun(self, watermark: datetime) -> int:
        """Return the number of the first local day that has not begun just before an instant."""
        last_moment = watermark - timedelta(microseconds=1)
        return self.day_of(last_moment).toordinal() - date(1970, 1, 1).toordinal() + 1


@lru_cache(maxsize=64)
def local_clock(name: str) -> LocalClock:
    """Build the table of a zone's offset changes; raises SettingError for an unknown zone."""
    zone = open_zone(name)

    def offset_at(second: int) -> int:
        moment = datetime.fromtimestamp(second, UTC).astimezone(zone).utcoffset()
        assert moment is not None
        return int(moment.total_seconds())

    since, offsets = [_FIRST], [offset_at(_FIRST)]
    step = 7 * DAY_SECONDS
    for start in range(_FIRST, _LAST, step):
        low, high = start, start + step
        while offset_at(high) != offsets[-1]:
            left, right = low, high
            while right - left > 1:
                middle = (left + right) // 2
                if offset_at(middle) == offsets[-1]:
                    left = middle
                else:
                    right = middle
            since.append(right)
            offsets.append(offset_at(right))
            low = right
    return LocalClock(name, np.array(since, np.int64), np.array(offsets, np.int64))
