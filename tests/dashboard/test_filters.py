"""What the filters mean: the days, their comparison and the buckets of the chart."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.dashboard.buckets import MOST_BUCKETS, Grain, buckets, choose_grain, compared_buckets
from engine.dashboard.filters import Filters, RefundDating, View, compared_words, resolve
from engine.periods import Period
from engine.ranges import Comparison, RangeName

TODAY, FIRST = date(2026, 3, 31), date(2024, 3, 3)


def view(range_name: RangeName = RangeName.LAST_30_DAYS, **more: object) -> View:
    filters = Filters(range_name, **more)  # type: ignore[arg-type]
    return resolve(filters, today=TODAY, first_day=FIRST, week_start=1)


def test_the_labels_in_addresses_never_change() -> None:
    assert [name.value for name in RangeName] == [
        "Last 30 days",
        "Today",
        "Yesterday",
        "Last 7 days",
        "Last 90 days",
        "Month to date",
        "Quarter to date",
        "Year to date",
        "Last month",
        "Last quarter",
        "Last year",
        "12 months",
        "All time",
        "Custom",
    ]
    assert [name.value for name in Comparison] == ["Previous period", "Last year", "None"]
    assert [name.value for name in RefundDating] == ["Refund day", "Order day"]
    assert [name.value for name in Grain] == ["Auto", "Day", "Week", "Month", "Quarter", "Year"]


def test_rolling_ranges_hold_complete_days_and_compare_with_as_many() -> None:
    last = view(RangeName.LAST_7_DAYS)
    assert last.period == Period.custom(date(2026, 3, 24), date(2026, 3, 30))
    assert last.compared == Period.custom(date(2026, 3, 17), date(2026, 3, 23))
    assert not last.holds_today
    assert compared_words(last) == "vs before"


def test_unequal_lengths_are_said() -> None:
    month = view(RangeName.MONTH_TO_DATE)
    assert (month.period.days, month.compared and month.compared.days) == (31, 28)
    assert compared_words(month) == "31 vs 28 days"
    assert month.holds_today


@pytest.mark.parametrize(
    ("range_name", "comparison", "reason"),
    [
        (RangeName.LAST_30_DAYS, Comparison.NONE, "no comparison chosen"),
        (RangeName.ALL_TIME, Comparison.PREVIOUS, "all time has nothing before it"),
        (RangeName.LAST_YEAR, Comparison.LAST_YEAR, "no data before 3 Mar 2024"),
    ],
)
def test_a_missing_comparison_says_why(
    range_name: RangeName, comparison: Comparison, reason: str
) -> None:
    seen = view(range_name, comparison=comparison)
    assert seen.compared is None
    assert seen.compared_buckets == ()
    assert seen.no_comparison == reason
    assert compared_words(seen) == (reason if reason.startswith("no data") else "")


def test_a_custom_range_without_dates_is_the_default_one() -> None:
    assert view(RangeName.CUSTOM).period == view().period


@pytest.mark.parametrize(
    ("days", "grain"),
    [
        (1, Grain.DAY),
        (62, Grain.DAY),
        (63, Grain.WEEK),
        (420, Grain.WEEK),
        (421, Grain.MONTH),
        (1_900, Grain.MONTH),
        (1_901, Grain.QUARTER),
        (5_500, Grain.QUARTER),
        (5_501, Grain.YEAR),
    ],
)
def test_auto_grain_follows_the_length(days: int, grain: Grain) -> None:
    period = Period.custom(FIRST, FIRST + timedelta(days=days - 1))
    assert choose_grain(period, Grain.AUTO) == (grain, "")


def test_too_fine_a_grain_is_answered_by_the_next_and_says_so() -> None:
    period = Period.custom(FIRST, FIRST + timedelta(days=700))
    chosen, note = choose_grain(period, Grain.DAY)
    assert chosen is Grain.WEEK
    assert note == "By day would be more than 400 points, so the chart is by week."
    assert choose_grain(period, Grain.MONTH) == (Grain.MONTH, "")


def test_a_bucket_cut_by_the_range_keeps_its_whole_week() -> None:
    first, second = buckets(Period.custom(date(2026, 3, 4), date(2026, 3, 15)), Grain.WEEK, 1)
    assert (first.asked.days, first.whole.start, first.is_cut) == (5, date(2026, 3, 2), True)
    assert (second.asked.days, second.is_cut) == (7, False)


def test_weeks_begin_on_the_shops_day() -> None:
    period = Period.custom(date(2026, 3, 1), date(2026, 3, 14))
    assert [bucket.is_cut for bucket in buckets(period, Grain.WEEK, 7)] == [False, False]


def test_days_of_the_comparison_stand_below_the_same_day_of_the_range() -> None:
    seen = view(RangeName.MONTH_TO_DATE)
    assert len(seen.buckets) == 31
    assert [b.asked.start for b in seen.compared_buckets] == [
        date(2026, 2, 1) + timedelta(days=i) for i in range(28)
    ]


def test_months_of_the_comparison_are_calendar_months() -> None:
    seen = view(RangeName.LAST_QUARTER, grain=Grain.MONTH)
    assert [b.asked.start for b in seen.compared_buckets] == [
        date(2025, 7, 1),
        date(2025, 8, 1),
        date(2025, 9, 1),
    ]


def test_no_period_is_asked_for_twice_even_where_comparison_and_range_overlap() -> None:
    dates = (date(2025, 6, 1), date(2026, 3, 31))
    seen = view(RangeName.CUSTOM, dates=(date(2025, 3, 4), dates[1]), grain=Grain.MONTH)
    assert len(set(seen.periods)) == len(seen.periods)
    long = resolve(
        Filters(RangeName.CUSTOM, (date(2024, 6, 1), TODAY), Comparison.LAST_YEAR, grain=Grain.DAY),
        today=TODAY,
        first_day=date(2020, 1, 1),
        week_start=1,
    )
    assert len(set(long.periods)) == len(long.periods)


@given(
    start=st.dates(date(2024, 3, 3), date(2026, 3, 31)),
    days=st.integers(1, 900),
    grain=st.sampled_from(Grain),
    week_start=st.integers(1, 7),
)
def test_buckets_hold_each_day_of_the_range_once(
    start: date, days: int, grain: Grain, week_start: int
) -> None:
    period = Period.custom(start, start + timedelta(days=days - 1))
    chosen, _ = choose_grain(period, grain)
    own = buckets(period, chosen, week_start)
    assert own[0].asked.start == period.start
    assert own[-1].asked.end == period.end
    assert sum(bucket.asked.days for bucket in own) == days
    assert len(own) <= MOST_BUCKETS + 1
    before = period.previous()
    paired = compared_buckets(own, period, before)
    assert len(paired) <= len(own)
    assert all(before.start <= b.asked.start <= b.asked.end <= before.end for b in paired)
    if chosen in (Grain.DAY, Grain.WEEK):
        assert [b.asked.days for b in paired] == [b.asked.days for b in own]
