"""Calendar periods in a shop's own days: what a period is, its neighbours, and its key.

A period is a first and a last local date, both inclusive. Its key never depends on the data, so
two runs meet the same rows. Days are numbered from 1970-01-01 = 0 wherever arrays hold them.
Clock and time zone live in `local_time`, the named ranges of the dashboard in `ranges`.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from engine.errors import PeriodError

_EPOCH = date(1970, 1, 1).toordinal()
_DAY = timedelta(days=1)


class PeriodKind(StrEnum):
    """The five stored grains, and CUSTOM for any other span of days."""

    DAILY = "DAILY"
    WEEKLY = "WEEKLY"
    MONTHLY = "MONTHLY"
    QUARTERLY = "QUARTERLY"
    YEARLY = "YEARLY"
    CUSTOM = "CUSTOM"


GRAINS = tuple(kind for kind in PeriodKind if kind is not PeriodKind.CUSTOM)
_MONTHS = {PeriodKind.MONTHLY: 1, PeriodKind.QUARTERLY: 3, PeriodKind.YEARLY: 12}


def day_number(day: date) -> int:
    """Return the number of days since 1970-01-01."""
    return day.toordinal() - _EPOCH


def day_date(number: int) -> date:
    """Return the date with this day number."""
    return date.fromordinal(int(number) + _EPOCH)


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A span of local days, both ends inclusive; raises PeriodError when it is reversed."""

    kind: PeriodKind
    start: date
    end: date

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise PeriodError(
                f"The period ends on {self.end}, before it starts on {self.start}.",
                hint="Give the first and the last day, both inclusive.",
            )

    def holds(self, day: npt.NDArray[np.integer]) -> npt.NDArray[np.bool_]:
        """Tell of each day number whether it is one of these days."""
        return np.asarray((day >= day_number(self.start)) & (day <= day_number(self.end)))

    @classmethod
    def containing(cls, kind: PeriodKind | str, day: date, week_start: int = 1) -> Period:
        """Return the period of a stored grain that holds a day; weeks begin on ISO `week_start`."""
        kind = PeriodKind(kind)
        if kind is PeriodKind.DAILY:
            return cls(kind, day, day)
        if kind is PeriodKind.WEEKLY:
            start = day - timedelta(days=(day.isoweekday() - week_start) % 7)
            return cls(kind, start, start + 6 * _DAY)
        if kind is PeriodKind.CUSTOM:
            raise PeriodError("A CUSTOM period has no calendar; give its first and last day.")
        months = _MONTHS[kind]
        start = date(day.year, (day.month - 1) // months * months + 1, 1)
        return cls(kind, start, add_months(start, months) - _DAY)

    @classmethod
    def custom(cls, start: date, end: date) -> Period:
        """Return a period of any days."""
        return cls(PeriodKind.CUSTOM, start, end)

    @classmethod
    def of_dates(cls, start: date, end: date) -> Period:
        """Return the month, quarter or year that these days are, or else a CUSTOM period.

        So that a figure which asks for the period before has one answer for the same days.
        """
        if end >= start:
            for kind in _MONTHS:
                unit = cls.containing(kind, start)
                if (unit.start, unit.end) == (start, end):
                    return unit
        return cls.custom(start, end)

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.end - self.start).days + 1

    def previous(self) -> Period:
        """Return the calendar period before, or as many days directly before a CUSTOM one."""
        if self.kind in _MONTHS:
            return Period.containing(self.kind, self.start - _DAY)
        return Period(self.kind, self.start - self.days * _DAY, self.start - _DAY)

    def last_year(self) -> Period:
        """Return the same period one year back; 29 February falls to the 28th, week 53 to 52."""
        if self.kind is PeriodKind.WEEKLY:
            return self._week_of_last_year()
        if self.kind in _MONTHS:
            return Period.containing(self.kind, same_date(self.start, -1))
        return Period(self.kind, same_date(self.start, -1), same_date(self.end, -1))

    def _week_of_last_year(self) -> Period:
        # A week belongs to the ISO year of its fourth day, whichever weekday it starts on.
        year, week, _ = (self.start + 3 * _DAY).isocalendar()
        last = date(year - 1, 12, 28).isocalendar().week
        monday_based = date.fromisocalendar(year - 1, min(week, last), 4)
        start = monday_based + timedelta(days=(self.start.isoweekday() - 4) % 7)
        if start > monday_based:
            start -= 7 * _DAY
        return Period(self.kind, start, start + 6 * _DAY)

    def first_days(self, count: int) -> Period:
        """Return its first `count` days as a CUSTOM period, for a comparison "to date"."""
        return Period.custom(self.start, self.start + (min(count, self.days) - 1) * _DAY)

    def elapsed_days(self, days_begun: int) -> int:
        """Return how many of its days have begun when `days_begun` is the first day not begun."""
        return max(0, min(self.days, days_begun - day_number(self.start)))


def add_months(first: date, months: int) -> date:
    """Return the first day of the month `months` after the month of `first`."""
    index = first.year * 12 + first.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)


def same_date(day: date, years: int) -> date:
    """Return the same date some years on; 29 February becomes the 28th where there is none."""
    year = day.year + years
    return date(year, day.month, min(day.day, monthrange(year, day.month)[1]))


def periods_between(
    kind: PeriodKind, first: date, last: date, week_start: int = 1
) -> Iterator[Period]:
    """Yield every whole period of a stored grain that overlaps the days from first to last."""
    period = Period.containing(kind, first, week_start)
    while period.start <= last:
        yield period
        period = Period.containing(kind, period.end + _DAY, week_start)


def period_of_days(periods: list[Period], first_day: int, count: int) -> npt.NDArray[np.int32]:
    """Return for each of `count` days from `first_day` the index of its period, −1 for none.

    The periods ascend and do not overlap, so the result never decreases over the days it covers.
    """
    out = np.full(count, -1, np.int32)
    for index, period in enumerate(periods):
        low = max(day_number(period.start) - first_day, 0)
        high = min(day_number(period.end) + 1 - first_day, count)
        if low < high:
            out[low:high] = index
    return out


def disjoint_layers(periods: list[Period]) -> list[list[int]]:
    """Split periods into as few lists of non-overlapping ones as possible; returns their indices.

    Each list ascends by start. Days of one grain, or a range and its comparison, are one list.
    """
    layers: list[list[int]] = []
    ends: list[date] = []
    for index in sorted(range(len(periods)), key=lambda i: (periods[i].start, periods[i].end)):
        for layer, end in enumerate(ends):
            if end < periods[index].start:
                layers[layer].append(index)
                ends[layer] = periods[index].end
                break
        else:
            layers.append([index])
            ends.append(periods[index].end)
    return layers
