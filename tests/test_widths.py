from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.widths import halved, narrowed, places_in, ranges_in


@pytest.mark.parametrize(
    ("values", "width"),
    [([0, 0], np.int8), ([-128, 127], np.int8), ([0, 128], np.int16), ([-40_000, 1], np.int32)],
)
def test_a_column_is_held_in_the_narrowest_width_that_fits(values: list[int], width: type) -> None:
    column = np.array(values, np.int64)
    held = narrowed(column)
    assert held.dtype == width
    assert held.tolist() == values


def test_a_column_that_fits_nowhere_stays_as_it_is() -> None:
    column = np.array([0, 2**31], np.int64)
    assert narrowed(column).dtype == np.int64
    assert halved(column).dtype == np.int64


def test_a_column_of_zeros_takes_no_room() -> None:
    assert narrowed(np.zeros(5, np.int64)).strides == (0,)


def test_a_search_beyond_narrow_keys_ends_behind_them() -> None:
    keys = halved(np.array([3, 5, 5, 9], np.int64))
    assert keys.dtype == np.int32
    assert places_in(keys, np.array([0, 5, 6, 10])).tolist() == [0, 1, 3, 4]
    assert places_in(keys, np.array([5, 2**40])).tolist() == [1, 4]


_NUMBERS = st.integers(0, 20)


@given(st.lists(_NUMBERS), st.lists(st.tuples(_NUMBERS, _NUMBERS)), st.booleans())
def test_ranges_are_found_as_by_two_searches(
    keys: list[int], ranges: list[tuple[int, int]], ascend: bool
) -> None:
    held = halved(np.array(sorted(keys), np.int64))
    low, high = np.array(sorted(ranges) if ascend else ranges, np.int64).reshape(-1, 2).T
    start, end = ranges_in(held, low, high)
    assert start.tolist() == places_in(held, low).tolist()
    assert end.tolist() == places_in(held, high).tolist()
