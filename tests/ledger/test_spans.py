from __future__ import annotations

from collections import Counter
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.ledger.allocation import allocate, spread_evenly
from engine.ledger.spans import SpanDays, span_borders
from engine.local_time import local_clock
from engine.periods import day_date, day_number
from tests.shop_builder import texts

ISTANBUL = local_clock("Europe/Istanbul")  # UTC+3
NOON = 12 * 3600


def seconds(text: str, clock: int = 0) -> int:
    return day_number(date.fromisoformat(text)) * 86_400 + clock


def borders(kind: str, start: int, end: int, week_start: int = 1) -> tuple[str, str]:
    first, last = span_borders(
        texts([kind]), np.array([start]), np.array([end]), ISTANBUL, week_start
    )
    return str(day_date(int(first[0]))), str(day_date(int(last[0])))


@pytest.mark.parametrize(
    ("kind", "start", "end", "expected"),
    [
        ("MONTHLY", "2026-02-01", "2026-02-01", "2026-02-28"),
        ("MONTHLY", "2026-03-16", "2026-04-14", "2026-04-14"),
        ("QUARTERLY", "2026-04-01", "2026-04-01", "2026-06-30"),
        ("QUARTERLY", "2026-05-01", "2026-07-31", "2026-07-31"),
        ("YEARLY", "2024-01-01", "2024-01-01", "2024-12-31"),
        ("WEEKLY", "2026-03-02", "2026-03-02", "2026-03-08"),
        ("WEEKLY", "2026-03-03", "2026-03-09", "2026-03-09"),
        ("DAILY", "2026-03-03", "2026-03-09", "2026-03-03"),
        ("CUSTOM", "2026-03-01", "2026-03-31", "2026-03-31"),
    ],
)
def test_a_span_that_starts_a_unit_of_its_kind_has_the_days_of_that_unit(
    kind: str, start: str, end: str, expected: str
) -> None:
    assert borders(kind, seconds(start), seconds(end)) == (start, expected)


def test_a_week_starts_on_the_shops_own_weekday() -> None:
    sunday = seconds("2026-03-01")
    assert borders("WEEKLY", sunday, sunday, week_start=7)[1] == "2026-03-07"
    assert borders("WEEKLY", sunday, sunday, week_start=1)[1] == "2026-03-01"


def test_midnight_names_a_date_and_any_other_clock_is_an_instant() -> None:
    late = seconds("2026-03-01", 22 * 3600)
    assert borders("CUSTOM", seconds("2026-03-01"), late) == ("2026-03-01", "2026-03-02")


def counted(rows: list[tuple[int, str, str]]) -> dict[tuple[int, str], int]:
    """Which row counts for each listing and day; a row is a listing and its first and last day."""
    days = SpanDays.of(
        np.array([listing for listing, _, _ in rows], np.int32),
        np.array([day_number(date.fromisoformat(first)) for _, first, _ in rows], np.int32),
        np.array([day_number(date.fromisoformat(last)) for _, _, last in rows], np.int32),
        np.arange(len(rows), dtype=np.int64),
    )
    chosen = np.flatnonzero(days.counts)
    return {
        (int(days.listing[at]), str(day_date(int(days.day[at])))): int(days.row[at])
        for at in chosen
    }


def test_the_row_with_the_fewest_days_counts() -> None:
    month, week = (1, "2026-03-01", "2026-03-31"), (1, "2026-03-02", "2026-03-08")
    found = counted([month, week, (2, "2026-03-01", "2026-03-31")])
    assert Counter(found.values()) == {0: 24, 1: 7, 2: 31}
    assert (found[1, "2026-03-08"], found[1, "2026-03-09"]) == (1, 0)


def test_of_equals_the_later_start_counts_and_then_the_smaller_id() -> None:
    early, late = (1, "2026-03-01", "2026-03-07"), (1, "2026-03-05", "2026-03-11")
    assert counted([early, late])[1, "2026-03-06"] == 1
    assert set(counted([late, late]).values()) == {0}


SPANS = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 40), st.integers(1, 20), st.integers(-999, 999)),
    min_size=1,
    max_size=12,
)


@given(SPANS)
def test_a_slow_reading_of_the_rule_chooses_the_same_rows(
    rows: list[tuple[int, int, int, int]],
) -> None:
    expected: dict[tuple[int, int], int] = {}
    for index, (listing, first, length, _) in enumerate(rows):
        for day in range(first, first + length):
            here = expected.get((listing, day))
            if here is None or (length, -first) < (rows[here][2], -rows[here][1]):
                expected[listing, day] = index
    listing, first, length, amount = np.array(rows, np.int64).T
    days = SpanDays.of(listing, first, first + length - 1, np.arange(len(rows)))
    kept = np.flatnonzero(days.counts)
    found = {(int(days.listing[at]), int(days.day[at])): int(days.row[at]) for at in kept.tolist()}
    assert found == expected
    share = days.spread(amount)
    by_row = [int(share[days.row == row].sum()) for row in range(len(rows))]
    assert by_row == amount.tolist()


@given(st.lists(st.tuples(st.integers(-(10**12), 10**12), st.integers(1, 40)), max_size=8))
def test_equal_parts_are_what_equal_weights_give(groups: list[tuple[int, int]]) -> None:
    amounts = np.array([amount for amount, _ in groups], np.int64)
    starts = np.concatenate(([0], np.cumsum([size for _, size in groups]))).astype(np.int64)
    ones = np.ones(starts[-1], np.int64)
    assert spread_evenly(amounts, starts).tolist() == allocate(amounts, ones, starts).tolist()


def test_no_rows_have_no_days() -> None:
    nothing = np.empty(0, np.int64)
    days = SpanDays.of(nothing, nothing, nothing, nothing)
    assert len(days.row) == len(days.spread(nothing)) == 0
