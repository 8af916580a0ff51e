"""Dates and clock times as files write them, as instants.

A date without a clock is known to the day only and stands at local noon; a clock is the shop's
own. Of an hour that occurs twice the first is meant, and one that a clock change skips is moved on
by the gap. Whether 3/4/2026 is in March or in April is decided for a whole file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from engine.local_time import DAY_SECONDS, LocalClock
from engine.money import Int64Array
from engine.periods import day_number
from engine.sources.cost_headers import MONTH_WORDS
from engine.sources.findings import Findings, refusal
from engine.sources.folding import fold
from engine.sources.landing.file_rows import Cells, FileRows, Problem
from engine.sources.numbers import is_missing

NOON = DAY_SECONDS // 2
_YEARS = range(1971, 2100)
EXPECTED = "a date such as 2026-03-29, or a date and a time such as 2026-03-29 23:30"

_CLOCK = re.compile(
    r"(?P<date>.+?)(?:T|\s+)(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,]\d+)?)?"
    r"\s*(?P<zone>Z|[+-]\d\d:?\d\d)?",
    re.ASCII,
)
_ISO = re.compile(r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})", re.ASCII)
_SLASHES = re.compile(r"(?P<first>\d{1,2})/(?P<second>\d{1,2})/(?P<year>\d{4}|\d\d)", re.ASCII)
_MONTH_FIRST = re.compile(r"(?P<name>[^\W\d]+\.?)\s+(?P<day>\d{1,2}),?\s+(?P<year>\d{4})")
_DAY_FIRST = re.compile(r"(?P<day>\d{1,2})\.?\s+(?P<name>[^\W\d]+\.?),?\s+(?P<year>\d{4})")


@dataclass(frozen=True, slots=True)
class Moment:
    """A date or a date and time as written.

    `seconds`: since 1970-01-01 00:00, of the local wall clock, or of UTC if `is_instant`.
    """

    seconds: int
    has_clock: bool
    is_instant: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Moments:
    """A column of dates as instants in unix seconds; where `known` is False the second is 0."""

    seconds: Int64Array
    has_clock: npt.NDArray[np.bool_]
    known: npt.NDArray[np.bool_]


def find_day_first(cells: Iterable[str], file: str, findings: Findings) -> bool:
    """Tell whether the slash dates of a file begin with the day.

    A first part over 12 proves it, a second one over 12 disproves it; a file with both is refused.
    Without a proof the month comes first, with DATE_ORDER_ASSUMED.
    """
    parts = [match for cell in cells if (match := _SLASHES.match(cell))]
    day_first = next((m.group() for m in parts if int(m["first"]) > 12), None)
    month_first = next((m.group() for m in parts if int(m["second"]) > 12), None)
    if day_first and month_first:
        raise refusal(
            "DATE_NOT_READ",
            file,
            f"writes dates in two ways: {day_first} begins with the day, {month_first} with "
            "the month",
            expected="one order of day and month in the whole file",
        )
    if parts and not day_first and not month_first:
        findings.add(
            "DATE_ORDER_ASSUMED",
            file=file,
            value=parts[0].group(),
            what="does not tell whether the day or the month comes first",
            expected="a date such as 2026-03-29",
            action="dates are read month first",
        )
    return day_first is not None


def read_moment(text: str, *, day_first: bool) -> Moment | Problem | None:
    """Read one cell; None for a missing one."""
    if is_missing(text):
        return None
    clock = _CLOCK.fullmatch(text)
    day = _read_day(clock["date"] if clock else text, day_first)
    if day is None or day.year not in _YEARS:
        return Problem("DATE_NOT_READ", "is not a date", EXPECTED)
    midnight = day_number(day) * DAY_SECONDS
    if clock is None:
        return Moment(midnight + NOON, has_clock=False)
    hour, minute, second = int(clock["hour"]), int(clock["minute"]), int(clock["second"] or 0)
    if hour > 23 or minute > 59 or second > 59:
        return Problem("DATE_NOT_READ", "is not a time of day", EXPECTED)
    wall = midnight + hour * 3600 + minute * 60 + second
    if clock["zone"] is None:
        return Moment(wall, has_clock=True)
    return Moment(wall - _zone_offset(clock["zone"]), has_clock=True, is_instant=True)


def read_moments(
    rows: FileRows, cells: Cells, clock: LocalClock, *, day_first: bool, needed: bool
) -> Moments:
    """Read a column of dates; cells that are no date reject their row if `needed`, else blank."""
    read = rows.read(cells, lambda text: read_moment(text, day_first=day_first), needed=needed)
    written = np.array([moment.seconds if moment else 0 for moment in read], np.int64)
    is_instant = np.array([bool(moment and moment.is_instant) for moment in read], np.bool_)
    seconds = np.where(is_instant, written, instants(clock, written))
    known = np.array([moment is not None for moment in read], np.bool_)
    has_clock = np.array([bool(moment and moment.has_clock) for moment in read], np.bool_)
    return Moments(
        np.where(known, seconds, 0)[cells.code], has_clock[cells.code], known[cells.code]
    )


def instants(clock: LocalClock, wall: Int64Array) -> Int64Array:
    """Return the unix seconds of wall-clock seconds; the reverse of `LocalClock.local_seconds`.

    Around a clock change the offset before it counts on: that makes the first of two equal hours,
    and moves a skipped one on by the gap.
    """
    before, after = clock.offset[:-1], clock.offset[1:]
    # The first wall-clock second that only the new offset can have shown.
    changes = clock.since[1:] + np.maximum(before, after)
    return wall - clock.offset[np.searchsorted(changes, wall, side="right")]


def _read_day(text: str, day_first: bool) -> date | None:
    if match := _ISO.fullmatch(text):
        return _date(int(match["year"]), int(match["month"]), int(match["day"]))
    if match := _SLASHES.fullmatch(text):
        year = int(match["year"]) if len(match["year"]) == 4 else 2000 + int(match["year"])
        first, second = int(match["first"]), int(match["second"])
        day, month = (first, second) if day_first else (second, first)
        return _date(year, month, day)
    if match := _MONTH_FIRST.fullmatch(text) or _DAY_FIRST.fullmatch(text):
        month = MONTH_WORDS.get(fold(match["name"]).removesuffix("."), 0)
        return _date(int(match["year"]), month, int(match["day"]))
    return None


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _zone_offset(text: str) -> int:
    if text == "Z":
        return 0
    size = int(text[1:3]) * 3600 + int(text[-2:]) * 60
    return -size if text.startswith("-") else size
