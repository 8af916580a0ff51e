"""Kernels against the plain definition, on groups of every size."""

from __future__ import annotations

import math
from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from engine.metrics.kernels import Slices, count_codes, order_within, spread

GROUPS = st.lists(st.lists(st.integers(-(10**6), 10**6), max_size=5), max_size=6)
LARGE = st.lists(st.lists(st.integers(-(2**40), 2**40), max_size=4), max_size=3)


def listed(groups: list[list[int]]) -> tuple[np.ndarray, Slices]:
    size = np.array([len(group) for group in groups], np.int64)
    low = np.cumsum(size) - size
    rows = Slices(low, size, slice(0, int(size.sum())), np.repeat(np.arange(len(groups)), size))
    return np.array([value for group in groups for value in group], np.int64), rows


@given(GROUPS | LARGE)
def test_a_spread_is_the_exact_root_rounded_half_up(groups: list[list[int]]):
    values, rows = listed(groups)
    for group, found in zip(groups, spread(values, rows).tolist(), strict=True):
        n, total = len(group), sum(group)
        square = n * sum(value * value for value in group) - total * total
        assert found == (math.isqrt(4 * square) + n) // (2 * max(n, 1))


@given(GROUPS | LARGE, st.sampled_from([(0, 1), (1, 4), (1, 2), (3, 4), (1, 1)]))
def test_a_quantile_lies_between_its_neighbours(groups: list[list[int]], at: tuple[int, int]):
    values, rows = listed(groups)
    found = order_within(values, rows).quantile(*at)
    for group, value in zip(groups, found.tolist(), strict=True):
        whole, rest = divmod((len(group) - 1) * at[0], at[1]) if group else (0, 0)
        pair = [*sorted(group), *sorted(group)[-1:]][whole : whole + 2] or [0, 0]
        exact = at[1] * pair[0] + rest * (pair[1] - pair[0])
        size = (2 * abs(exact) + at[1]) // (2 * at[1])
        assert value == (-size if exact < 0 else size)


@given(st.lists(st.integers(0, 3), min_size=1, max_size=3), st.integers(1, 10**9))
def test_few_groups_of_many_rows_are_ordered_each_by_itself(sizes: list[int], step: int):
    groups = [[at * step % 999_983 - 10**5 for at in range(size * 1000)] for size in sizes]
    values, rows = listed(groups)
    found = order_within(values, rows)
    for begin, group in zip(found.begin.tolist(), groups, strict=True):
        assert found.values[begin : begin + len(group)].tolist() == sorted(group)


@given(st.lists(st.lists(st.integers(0, 9), max_size=8), max_size=6), st.sampled_from([10, 90]))
def test_codes_are_counted_and_the_smallest_of_the_most_frequent_wins(
    groups: list[list[int]], domain: int
):
    values, rows = listed(groups)
    found = count_codes(values.astype(np.int8), rows, domain)
    for at, group in enumerate(groups):
        counts = Counter(group)
        most = min((-count, code) for code, count in counts.items())[1] if group else -1
        assert int(found.mode[at]) == most
        assert int(found.different[at]) == len(counts)
        assert int(found.total[at]) == len(group)
        assert int(found.squares[at]) == sum(count * count for count in counts.values())
