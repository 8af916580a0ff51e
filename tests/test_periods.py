from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import PeriodError
from engine.periods import (
    GRAINS,
    Period,
    PeriodKind,
    day_date,
    day_number,
    disjoint_layers,
    period_of_days,
    periods_between,
    same_date,
)

DAYS = st.dates(date(1999, 1, 1), date(2040, 12, 31))


@pytest.mark.parametrize(
    ("kind", "day", "first", "last"),
    [
        ("DAILY", "2026-03-29", "2026-03-29", "2026-03-29"),
        ("WEEKLY", "2027-01-01", "2026-12-28", "2027-01-03"),
        ("MONTHLY", "2024-02-10", "2024-02-01", "2024-02-29"),
        ("QUARTERLY", "2026-11-24", "2026-10-01", "2026-12-31"),
        ("YEARLY", "2026-11-24", "2026-01-01", "2026-12-31"),
    ],
)
def test_the_period_that_holds_a_day(kind, day, first, last):
    period = Period.containing(kind, date.fromisoformat(day))
    assert (period.start, period.end) == (date.fromisoformat(first), date.fromisoformat(last))


@given(st.sampled_from(GRAINS), DAYS, st.integers(1, 7))
def test_periods_of_a_grain_tile_the_days(kind, day, week_start):
    period = Period.containing(kind, day, week_start)
    assert period.start <= day <= period.end
    following = Period.containing(kind, period.end + timedelta(days=1), week_start)
    assert following.start == period.end + timedelta(days=1)
    assert following.previous() == period


def test_a_reversed_period_is_refused():
    with pytest.raises(PeriodError, match="ends on 2026-01-01, before it starts on 2026-01-02"):
        Period.custom(date(2026, 1, 2), date(2026, 1, 1))


@pytest.mark.parametrize(
    ("period", "first", "last"),
    [
        (Period.containing("DAILY", date(2024, 2, 29)), "2023-02-28", "2023-02-28"),
        # 2026-W53 has no namesake in 2025, which ends with week 52.
        (Period.containing("WEEKLY", date(2026, 12, 31)), "2025-12-22", "2025-12-28"),
        (Period.containing("WEEKLY", date(2026, 6, 3)), "2025-06-02", "2025-06-08"),
        (Period.containing("MONTHLY", date(2025, 2, 3)), "2024-02-01", "2024-02-29"),
        (Period.custom(date(2024, 2, 29), date(2024, 3, 5)), "2023-02-28", "2023-03-05"),
    ],
)
def test_the_same_period_a_year_before(period, first, last):
    before = period.last_year()
    assert (before.start.isoformat(), before.end.isoformat()) == (first, last)


@pytest.mark.parametrize(
    ("first", "last", "kind"),
    [
        ("2026-02-01", "2026-02-28", PeriodKind.MONTHLY),
        ("2026-01-01", "2026-03-31", PeriodKind.QUARTERLY),
        ("2026-01-01", "2026-12-31", PeriodKind.YEARLY),
        ("2026-03-01", "2026-03-30", PeriodKind.CUSTOM),
        ("2026-02-01", "2026-04-30", PeriodKind.CUSTOM),
        ("2026-03-05", "2026-03-05", PeriodKind.CUSTOM),
    ],
)
def test_dates_that_are_a_calendar_period_are_that_period(first, last, kind):
    days = date.fromisoformat(first), date.fromisoformat(last)
    assert Period.of_dates(*days) == Period(kind, *days)


def test_reversed_dates_are_refused():
    with pytest.raises(PeriodError, match="before it starts on 2026-01-02"):
        Period.of_dates(date(2026, 1, 2), date(2026, 1, 1))


def test_a_custom_period_is_preceded_by_as_many_days():
    period = Period.custom(date(2026, 3, 1), date(2026, 3, 10))
    assert period.previous() == Period.custom(date(2026, 2, 19), date(2026, 2, 28))


@pytest.mark.parametrize(
    ("begun", "elapsed"), [("2026-02-01", 0), ("2026-03-05", 4), ("2027-01-01", 31)]
)
def test_elapsed_days_never_leave_the_period(begun, elapsed):
    march = Period.containing("MONTHLY", date(2026, 3, 1))
    assert march.elapsed_days(day_number(date.fromisoformat(begun))) == elapsed


def test_every_overlapping_period_is_listed_whole():
    listed = list(periods_between(PeriodKind.MONTHLY, date(2026, 1, 31), date(2026, 3, 1)))
    assert [period.start.month for period in listed] == [1, 2, 3]
    assert listed[-1].end == date(2026, 3, 31)


@given(st.lists(st.tuples(DAYS, st.integers(0, 400)), min_size=1, max_size=20, unique=True))
def test_layers_hold_each_period_once_and_never_two_that_overlap(spans):
    periods = [Period.custom(first, first + timedelta(days=days)) for first, days in spans]
    layers = disjoint_layers(periods)
    assert sorted(index for layer in layers for index in layer) == list(range(len(periods)))
    for layer in layers:
        for one, other in pairwise(layer):
            assert periods[one].end < periods[other].start


def test_days_know_their_period_and_days_outside_have_none():
    periods = [Period.custom(date(1970, 1, 3), date(1970, 1, 4))]
    assert period_of_days(periods, 1, 4).tolist() == [-1, 0, 0, -1]


@given(DAYS)
def test_day_numbers_return_their_date(day):
    assert day_date(day_number(day)) == day


def test_the_29th_of_february_falls_to_the_28th():
    assert same_date(date(2024, 2, 29), -1) == date(2023, 2, 28)
