from __future__ import annotations

from datetime import date

import pytest

from engine.ranges import Comparison, RangeName, resolve_range

TODAY = date(2026, 11, 24)
FIRST = date(2023, 11, 1)


@pytest.mark.parametrize(
    ("name", "days", "previous", "last_year"),
    [
        ("Today", "11-24 11-24", "11-23 11-23", "2025-11-24 2025-11-24"),
        ("Yesterday", "11-23 11-23", "11-22 11-22", "2025-11-23 2025-11-23"),
        ("Last 7 days", "11-17 11-23", "11-10 11-16", "2025-11-17 2025-11-23"),
        ("Last 30 days", "10-25 11-23", "09-25 10-24", "2025-10-25 2025-11-23"),
        ("Last 90 days", "08-26 11-23", "05-28 08-25", "2025-08-26 2025-11-23"),
        ("Month to date", "11-01 11-24", "10-01 10-24", "2025-11-01 2025-11-24"),
        ("Quarter to date", "10-01 11-24", "07-01 08-24", "2025-10-01 2025-11-24"),
        ("Year to date", "01-01 11-24", "2025-01-01 2025-11-24", "2025-01-01 2025-11-24"),
        ("Last month", "10-01 10-31", "09-01 09-30", "2025-10-01 2025-10-31"),
        ("Last quarter", "07-01 09-30", "04-01 06-30", "2025-07-01 2025-09-30"),
        ("Last year", "2025-01-01 2025-12-31", "2024-01-01 2024-12-31", "2024-01-01 2024-12-31"),
        ("12 months", "2025-11-01 2026-10-31", "2024-11-01 2025-10-31", "2024-11-01 2025-10-31"),
    ],
)
def test_a_range_and_what_it_is_compared_with(name, days, previous, last_year):
    found = resolve_range(RangeName(name), TODAY, FIRST)
    assert (found.period.start, found.period.end) == _days(days)
    assert found.previous is not None
    assert (found.previous.start, found.previous.end) == _days(previous)
    assert found.last_year is not None
    assert (found.last_year.start, found.last_year.end) == _days(last_year)


def _days(text):
    return tuple(date.fromisoformat(d if len(d) > 5 else f"2026-{d}") for d in text.split())


def test_all_time_has_nothing_before_it():
    found = resolve_range(RangeName.ALL_TIME, TODAY, FIRST)
    assert (found.period.start, found.period.end) == (FIRST, TODAY)
    assert found.compared_with(Comparison.PREVIOUS) is None


def test_a_month_to_date_never_passes_the_end_of_the_month_before():
    found = resolve_range(RangeName.MONTH_TO_DATE, date(2026, 3, 31), FIRST)
    assert found.previous is not None
    assert found.previous.end == date(2026, 2, 28)


def test_custom_takes_the_typed_days():
    typed = (date(2026, 1, 5), date(2026, 1, 9))
    found = resolve_range(RangeName.CUSTOM, TODAY, FIRST, typed)
    assert (found.period.start, found.period.end) == typed
    assert found.compared_with(Comparison.NONE) is None


def test_the_labels_in_page_addresses_never_change():
    assert [name.value for name in RangeName] == [
        "Last 30 days", "Today", "Yesterday", "Last 7 days", "Last 90 days", "Month to date",
        "Quarter to date", "Year to date", "Last month", "Last quarter", "Last year", "12 months",
        "All time", "Custom",
    ]  # fmt: skip
