"""Rows by key and day."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from engine.sources.dated_rows import NOT_FOUND, DatedIndex
from engine.sources.owner_rows import OPEN_END, OPEN_START


def index(rows: list[tuple[str, int, int]]) -> DatedIndex:
    first = np.array([row[1] for row in rows], np.int32)
    last = np.array([row[2] for row in rows], np.int32)
    return DatedIndex.of([row[0] for row in rows], first, last)


def find(rows: list[tuple[str, int, int]], asked: list[tuple[str, int]]) -> list[int]:
    names = tuple(dict.fromkeys(name for name, _ in asked))
    code = np.array([names.index(name) for name, _ in asked], np.int32)
    return index(rows).find(names, code, np.array([day for _, day in asked], np.int32)).tolist()


def test_a_row_holds_from_its_first_to_its_last_day() -> None:
    rows = [("B", 10, 20), ("A", OPEN_START, 14), ("A", 15, OPEN_END)]
    asked = [("A", -9_999), ("A", 14), ("A", 15), ("A", 99_999), ("B", 9), ("B", 10), ("B", 21)]
    assert find(rows, asked) == [1, 1, 2, 2, NOT_FOUND, 0, NOT_FOUND]


def test_a_gap_between_two_rows_of_a_key_has_no_answer() -> None:
    assert find([("A", 0, 4), ("A", 8, 9)], [("A", 5), ("A", 7), ("A", 8)]) == [-1, -1, 1]


def test_unknown_keys_and_askers_without_a_key_find_nothing() -> None:
    assert find([("A", 0, 9)], [("C", 5), ("", 5)]) == [NOT_FOUND, NOT_FOUND]
    none = np.array([-1], np.int32)
    assert index([("A", 0, 9)]).find(("A",), none, 5).tolist() == [NOT_FOUND]
    assert index([]).find(("A",), np.zeros(2, np.int32), 5).tolist() == [NOT_FOUND] * 2


@given(
    cuts=st.dictionaries(
        st.sampled_from("ABC"),
        st.lists(st.integers(-50, 50), unique=True, min_size=1, max_size=4),
        max_size=3,
    ),
    asked=st.lists(st.tuples(st.sampled_from("ABCD"), st.integers(-60, 60)), min_size=1),
)
def test_the_answer_is_the_one_row_that_a_search_by_hand_finds(
    cuts: dict[str, list[int]], asked: list[tuple[str, int]]
) -> None:
    rows = [
        (key, start, end - 1)
        for key, days in cuts.items()
        for start, end in zip(sorted(days), [*sorted(days)[1:], 55], strict=True)
    ]
    by_hand = [
        next((i for i, (k, a, b) in enumerate(rows) if k == key and a <= day <= b), NOT_FOUND)
        for key, day in asked
    ]
    assert find(rows, asked) == by_hand
