"""Orders, distinct values and pairs of integer columns against Python's own sorting."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.sorting import distinct, distinct_pairs, run_starts, stable_order

# Keys of one counting pass, of two, packed ones, and such that row numbers don't fit beside.
WIDTHS = [(0, 90), (0, 2**16), (0, 2**32), (-5, 90), (-(2**40), 2**40), (-(2**62), 2**62)]
VALUES = st.sampled_from(WIDTHS).flatmap(lambda ends: st.lists(st.integers(*ends)))


@given(VALUES)
def test_equal_keys_keep_their_order_whatever_their_width(values: list[int]):
    order = stable_order(np.array(values, np.int64))
    assert order.tolist() == sorted(range(len(values)), key=lambda at: values[at])


@pytest.mark.parametrize("kind", [np.int8, np.int16, np.int32])
def test_narrow_columns_are_sorted_alike(kind: type):
    assert stable_order(np.array([2, 1, 2, 0, 1], kind)).tolist() == [3, 1, 4, 0, 2]


@given(VALUES)
def test_distinct_values_ascend_and_runs_begin_where_they_change(values: list[int]):
    ascending = np.sort(np.array(values, np.int64))
    assert distinct(np.array(values, np.int64)).tolist() == sorted(set(values))
    assert ascending[run_starts(ascending)].tolist() == sorted(set(values))


@given(VALUES, st.integers(1, 2**40))
def test_distinct_pairs_ascend_by_both(first: list[int], width: int):
    second = [(value * 7) % width for value in first]
    found = distinct_pairs(np.array(first, np.int64), np.array(second, np.int64))
    pairs = zip(*(column.tolist() for column in found), strict=True)
    assert list(pairs) == sorted(set(zip(first, second, strict=True)))
