"""The named date ranges of the dashboard, and what each is compared with.

Pure arithmetic on dates: today is an argument. The labels stand in the address of a page, so
they never change.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from engine.periods import Period, PeriodKind, add_months, same_date

_DAY = timedelta(days=1)


class RangeName(StrEnum):
    """A range that the reader can choose; the first is the default."""

    LAST_30_DAYS = "Last 30 days"
    TODAY = "Today"
    YESTERDAY = "Yesterday"
    LAST_7_DAYS = "Last 7 days"
    LAST_90_DAYS = "Last 90 days"
    MONTH_TO_DATE = "Month to date"
    QUARTER_TO_DATE = "Quarter to date"
    YEAR_TO_DATE = "Year to date"
    LAST_MONTH = "Last month"
    LAST_QUARTER = "Last quarter"
    LAST_YEAR = "Last year"
    TWELVE_MONTHS = "12 months"
    ALL_TIME = "All time"
    CUSTOM = "Custom"


class Comparison(StrEnum):
    """What a range is held against; the first is the default."""

    PREVIOUS = "Previous period"
    LAST_YEAR = "Last year"
    NONE = "None"


@dataclass(frozen=True, slots=True)
class DateRange:
    """A resolved range with its two possible comparisons."""

    period: Period
    previous: Period | None
    last_year: Period | None

    def compared_with(self, comparison: Comparison) -> Period | None:
        """Return the period to compare with, or None where there is none."""
        if comparison is Comparison.PREVIOUS:
            return self.previous
        return self.last_year if comparison is Comparison.LAST_YEAR else None


_ROLLING = {RangeName.LAST_7_DAYS: 7, RangeName.LAST_30_DAYS: 30, RangeName.LAST_90_DAYS: 90}
_TO_DATE = {
    RangeName.MONTH_TO_DATE: PeriodKind.MONTHLY,
    RangeName.QUARTER_TO_DATE: PeriodKind.QUARTERLY,
    RangeName.YEAR_TO_DATE: PeriodKind.YEARLY,
}
_LAST_UNIT = {
    RangeName.LAST_MONTH: PeriodKind.MONTHLY,
    RangeName.LAST_QUARTER: PeriodKind.QUARTERLY,
    RangeName.LAST_YEAR: PeriodKind.YEARLY,
}


def resolve_range(
    name: RangeName,
    today: date,
    first_fact: date,
    custom: tuple[date, date] | None = None,
) -> DateRange:
    """Return the days of a named range on `today`, with the days it is compared with.

    Rolling ranges hold complete days only; ranges "to date" run to today. `custom` is the pair of
    dates typed by the reader and is needed for CUSTOM alone.
    """
    if name in _TO_DATE:
        return _to_date(Period.containing(_TO_DATE[name], today), today)
    if name in _LAST_UNIT:
        unit = Period.containing(_LAST_UNIT[name], today).previous()
        return DateRange(unit, unit.previous(), unit.last_year())
    if name is RangeName.TWELVE_MONTHS:
        end = today.replace(day=1)
        year = Period.custom(add_months(end, -12), end - _DAY)
        before = Period.custom(add_months(end, -24), year.start - _DAY)
        return DateRange(year, before, before)
    if name is RangeName.ALL_TIME:
        return DateRange(Period.custom(min(first_fact, today), today), None, None)
    if name in _ROLLING:
        period = Period.custom(today - _ROLLING[name] * _DAY, today - _DAY)
    elif name is RangeName.TODAY:
        period = Period.custom(today, today)
    elif name is RangeName.YESTERDAY:
        period = Period.custom(today - _DAY, today - _DAY)
    else:
        assert custom is not None, "a custom range needs its two dates"
        period = Period.of_dates(*custom)
    return DateRange(period, period.previous(), period.last_year())


def _to_date(unit: Period, today: date) -> DateRange:
    period = Period.custom(unit.start, today)
    previous = unit.previous().first_days(period.days)
    last_year = Period.custom(same_date(unit.start, -1), same_date(today, -1))
    return DateRange(period, previous, last_year)
