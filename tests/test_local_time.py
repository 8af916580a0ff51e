from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import SettingError
from engine.local_time import local_clock
from engine.periods import day_date, day_number

ZONES = ["Europe/Istanbul", "America/New_York", "Asia/Tokyo", "Australia/Lord_Howe", "UTC"]


@given(st.sampled_from(ZONES), st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1)))
def test_days_and_hours_are_those_of_the_wall_clock(zone, moment):
    instant = moment.replace(microsecond=0, tzinfo=UTC)
    seconds = np.array([int(instant.timestamp())])
    local = instant.astimezone(ZoneInfo(zone))
    clock = local_clock(zone)
    assert day_date(clock.days(seconds)[0]) == local.date()
    assert clock.local_seconds(seconds)[0] // 3600 % 24 == local.hour


@pytest.mark.parametrize(
    ("zone", "day", "start"),
    [
        ("America/New_York", date(2026, 3, 8), "2026-03-08T05:00+00:00"),  # 23 hours
        ("America/New_York", date(2026, 3, 9), "2026-03-09T04:00+00:00"),
        ("America/Sao_Paulo", date(2018, 11, 4), "2018-11-04T03:00+00:00"),  # no midnight
        ("Asia/Tokyo", date(2026, 1, 1), "2025-12-31T15:00+00:00"),
    ],
)
def test_a_day_starts_at_its_first_instant(zone, day, start):
    assert local_clock(zone).day_start(day) == datetime.fromisoformat(start)


def test_a_watermark_at_midnight_ends_the_day_before_it():
    clock = local_clock("Europe/Istanbul")
    midnight = clock.day_start(date(2026, 11, 1))
    assert day_date(clock.days_begun(midnight)) == date(2026, 11, 1)
    later = midnight + timedelta(seconds=1)
    assert clock.days_begun(later) == day_number(date(2026, 11, 2))


def test_an_unknown_zone_is_named():
    with pytest.raises(SettingError, match="'Europe/Instanbul' is not a time zone"):
        local_clock("Europe/Instanbul")


def test_a_day_has_ended_when_the_next_one_begins():
    clock = local_clock("Europe/Istanbul")
    midnight = clock.day_start(date(2026, 11, 1))
    assert clock.days_ended(midnight) == day_number(date(2026, 11, 1))
    assert clock.days_ended(midnight - timedelta(seconds=1)) == day_number(date(2026, 10, 31))
