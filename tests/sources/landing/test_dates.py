from datetime import UTC, datetime

import numpy as np
import pytest

from engine.errors import InputFileError
from engine.local_time import local_clock
from engine.sources.findings import Findings
from engine.sources.landing.dates import Moment, find_day_first, instants, read_moment
from engine.sources.landing.file_rows import Problem

BERLIN = local_clock("Europe/Berlin")


def seconds(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


def utc(wall: str) -> str:
    """Return the instant of a wall-clock time in Berlin."""
    instant = instants(BERLIN, np.array([seconds(wall)], np.int64))[0]
    return datetime.fromtimestamp(int(instant), UTC).strftime("%Y-%m-%d %H:%M")


@pytest.mark.parametrize(
    "text",
    [
        "2026-09-24",
        "9/24/26",
        "9/24/2026",
        "September 24, 2026",
        "24 September, 2026",
        "24 Sep 2026",
        "24 Eylül 2026",
        "EYLUL 24, 2026",
    ],
)
def test_each_written_form_of_a_date_is_read_as_the_same_day_at_noon(text: str) -> None:
    assert read_moment(text, day_first=False) == Moment(seconds("2026-09-24 12:00"), False)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-03-29 23:30", "2026-03-29 23:30:00"),
        ("2026-03-29T23:30:15", "2026-03-29 23:30:15"),
        ("2026-03-29 23:30:15.987", "2026-03-29 23:30:15"),
        ("3/29/26 7:05", "2026-03-29 07:05:00"),
    ],
)
def test_a_clock_is_read_to_the_second(text: str, expected: str) -> None:
    assert read_moment(text, day_first=False) == Moment(seconds(expected), True)


@pytest.mark.parametrize("text", ["2026-03-29T21:30:00Z", "2026-03-29 23:30:00+02:00"])
def test_a_time_with_a_zone_is_that_instant(text: str) -> None:
    expected = Moment(seconds("2026-03-29 21:30"), True, is_instant=True)
    assert read_moment(text, day_first=False) == expected


@pytest.mark.parametrize("text", ["", " ", "-", "N/A"])
def test_a_blank_cell_is_no_date(text: str) -> None:
    assert read_moment(text.strip(), day_first=False) is None


@pytest.mark.parametrize(
    "text", ["2026-02-30", "soon", "31.12.2026", "24 Foo 2026", "13/13/2026", "1969-12-31"]
)
def test_what_is_no_date_is_a_problem(text: str) -> None:
    problem = read_moment(text, day_first=False)
    assert isinstance(problem, Problem)
    assert (problem.code, problem.what) == ("DATE_NOT_READ", "is not a date")


def test_what_is_no_time_of_day_is_a_problem() -> None:
    problem = read_moment("2026-03-29 24:00", day_first=False)
    assert isinstance(problem, Problem)
    assert problem.what == "is not a time of day"


def test_day_first_turns_slash_dates_around() -> None:
    assert read_moment("3/4/2026", day_first=True) == Moment(seconds("2026-04-03 12:00"), False)
    assert read_moment("3/4/2026", day_first=False) == Moment(seconds("2026-03-04 12:00"), False)


def test_a_first_part_over_twelve_proves_that_the_day_comes_first() -> None:
    findings = Findings()
    assert find_day_first(["3/4/26", "13/4/26"], "sales.csv", findings)
    assert not len(findings)


def test_a_second_part_over_twelve_proves_that_the_month_comes_first() -> None:
    findings = Findings()
    assert not find_day_first(["3/4/26", "4/13/26"], "sales.csv", findings)
    assert not len(findings)


def test_dates_without_a_proof_are_read_month_first_with_a_warning() -> None:
    findings = Findings()
    assert not find_day_first(["3/4/26", "5/6/26"], "sales.csv", findings)
    assert [str(finding) for finding in findings] == [
        'sales.csv: value "3/4/26" does not tell whether the day or the month comes first; '
        "expected a date such as 2026-03-29; dates are read month first"
    ]


def test_dates_without_slashes_need_no_order() -> None:
    findings = Findings()
    find_day_first(["2026-03-29", "", "March 3, 2026"], "sales.csv", findings)
    assert not len(findings)


def test_dates_in_both_orders_refuse_the_file() -> None:
    with pytest.raises(
        InputFileError,
        match=r"sales\.csv: writes dates in two ways: 13/4/26 begins with the day, "
        "4/14/26 with the month; expected one order of day and month in the whole file; the file "
        "is refused",
    ):
        find_day_first(["13/4/26 10:00", "4/14/26"], "sales.csv", Findings())


def test_local_clocks_become_instants_in_winter_and_in_summer() -> None:
    assert utc("2026-01-15 12:00") == "2026-01-15 11:00"
    assert utc("2026-07-15 12:00") == "2026-07-15 10:00"


def test_an_hour_that_a_clock_change_skips_is_moved_on_by_the_gap() -> None:
    assert utc("2026-03-29 01:59") == "2026-03-29 00:59"
    assert utc("2026-03-29 02:30") == "2026-03-29 01:30"  # shows as 03:30
    assert utc("2026-03-29 03:00") == "2026-03-29 01:00"


def test_of_an_hour_that_occurs_twice_the_first_is_meant() -> None:
    assert utc("2026-10-25 02:30") == "2026-10-25 00:30"
    assert utc("2026-10-25 03:00") == "2026-10-25 02:00"


def test_instants_reverse_the_local_clock() -> None:
    every_hour = np.arange(seconds("2026-01-01"), seconds("2027-01-01"), 3600, dtype=np.int64)
    wall = BERLIN.local_seconds(every_hour)
    again = instants(BERLIN, wall)
    # Only the second of the two equal hours in October can't be told from the first.
    assert list(np.flatnonzero(again != every_hour)) == [
        (seconds("2026-10-25 01:00") - seconds("2026-01-01")) // 3600
    ]
