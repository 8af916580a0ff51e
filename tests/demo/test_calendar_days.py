from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import numpy as np

from engine.demo.calendar_days import local_days

NEW_YORK = local_days("America/New_York", date(2024, 3, 9), date(2024, 11, 4))


def wall_clock(second: int) -> str:
    return datetime.fromtimestamp(second, UTC).astimezone(ZoneInfo("America/New_York")).isoformat()


def test_days_have_23_24_or_25_hours() -> None:
    hours = np.diff(NEW_YORK.start) // 3_600
    assert hours[NEW_YORK.index(date(2024, 3, 10))] == 23
    assert hours[NEW_YORK.index(date(2024, 11, 3))] == 25
    assert sorted(set(hours.tolist())) == [23, 24, 25]


def test_elapsed_seconds_tell_the_two_half_past_ones_apart() -> None:
    day = np.full(2, NEW_YORK.index(date(2024, 11, 3)))
    first, second = NEW_YORK.seconds(day, np.array([5_400, 9_000])).tolist()
    assert wall_clock(first) == "2024-11-03T01:30:00-04:00"
    assert wall_clock(second) == "2024-11-03T01:30:00-05:00"


def test_a_time_past_the_end_of_a_short_day_stays_on_it() -> None:
    day = np.array([NEW_YORK.index(date(2024, 3, 10))])
    last = int(NEW_YORK.seconds(day, np.array([86_399]))[0])
    assert wall_clock(last) == "2024-03-10T23:59:59-04:00"


def test_day_of_answers_both_sides_of_a_midnight() -> None:
    midnight = int(NEW_YORK.start[5])
    assert NEW_YORK.day_of(np.array([midnight - 1, midnight])).tolist() == [4, 5]
    assert NEW_YORK.day_of(np.array([int(NEW_YORK.start[0]) - 1, NEW_YORK.end])).tolist() == [
        -1,
        len(NEW_YORK),
    ]
