"""How often a table gets facts, on days that can be counted by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime

import numpy as np

from engine.periods import day_number
from engine.sources.rhythms import Rhythm

NEWEST = datetime(2026, 3, 31, 12, tzinfo=UTC)


def rhythm(*days: int) -> Rhythm:
    """The rhythm of facts on these days of March 2026."""
    first = day_number(date(2026, 3, 1))
    return Rhythm.of(NEWEST, np.array([first + day - 1 for day in days], np.int32))


def test_the_middle_step_is_usual_and_the_longest_is_named_with_its_day() -> None:
    found = rhythm(1, 2, 3, 8, 9)  # steps of 1, 1, 5 and 1 days
    assert (found.usual, found.longest, found.longest_from) == (1, 5, date(2026, 3, 3))
    assert found.newest == NEWEST


def test_neither_order_nor_many_facts_a_day_change_it() -> None:
    assert rhythm(8, 1, 1, 3, 8, 2, 9) == rhythm(1, 2, 3, 8, 9)


def test_a_weekly_table_is_usual_every_seven_days() -> None:
    found = rhythm(1, 8, 15, 22, 29)
    assert (found.usual, found.longest) == (7, 7)
    assert not found.is_late(7)
    assert found.is_late(8)


def test_one_day_has_no_rhythm_and_is_never_late() -> None:
    found = rhythm(5, 5)
    assert found == Rhythm(NEWEST)
    assert not found.is_late(400)
