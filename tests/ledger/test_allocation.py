from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.ledger.allocation import allocate, group_starts, settle, sum_by_group

GROUP = st.tuples(
    st.integers(-(10**12), 10**12), st.lists(st.integers(0, 10**12), min_size=1, max_size=12)
)


def split(amount, weights):
    starts = np.array([0, len(weights)], np.int64)
    return allocate(np.array([amount], np.int64), np.array(weights, np.int64), starts).tolist()


def test_discount_cents_go_to_the_largest_remainder():
    assert split(1000, [6000, 4501]) == [571, 429]


def test_of_equal_remainders_the_smallest_key_wins():
    assert split(100, [1, 1, 1]) == [34, 33, 33]


def test_weights_of_zero_share_alike():
    assert split(5, [0, 0]) == [3, 2]


def test_a_row_without_weight_gets_nothing_beside_one_with():
    assert split(7, [0, 3]) == [0, 7]


def test_a_refund_takes_the_sign_of_its_amount():
    assert split(-100, [1, 1, 1]) == [-34, -33, -33]


@given(st.lists(GROUP, min_size=1, max_size=8))
def test_shares_add_up_and_lie_within_one_of_their_part(groups):
    amounts = np.array([amount for amount, _ in groups], np.int64)
    weights = np.array([w for _, column in groups for w in column], np.int64)
    sizes = [len(column) for _, column in groups]
    starts = np.concatenate(([0], np.cumsum(sizes)))
    shares = allocate(amounts, weights, starts)
    assert sum_by_group(shares, starts).tolist() == amounts.tolist()
    for index, (amount, column) in enumerate(groups):
        total = sum(column)
        for share, weight in zip(shares[starts[index] :].tolist(), column, strict=False):
            if total:
                assert abs(share * total - amount * weight) < total


@given(GROUP)
def test_doubling_the_amount_of_whole_shares_doubles_them(group):
    _, weights = group
    whole = sum(weights)
    assert split(whole, weights) == (weights if whole else [0] * len(weights))
    assert split(2 * whole, weights) == ([2 * w for w in weights] if whole else [0] * len(weights))


def test_products_beyond_64_bits_stay_exact():
    assert split(10**15, [2 * 10**17, 10**17]) == [666666666666667, 333333333333333]


def test_a_negative_weight_is_a_bug():
    with pytest.raises(ValueError, match="negative weight"):
        split(1, [2, -1])


def test_an_amount_without_a_row_is_a_bug():
    with pytest.raises(ValueError, match="has no row to go to"):
        allocate(np.array([1]), np.zeros(0, np.int64), np.array([0, 0]))


def test_groups_begin_where_their_number_does():
    assert group_starts(np.array([0, 0, 2]), 4).tolist() == [0, 2, 2, 3, 3]


def fractions(*pairs: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    number, by = np.empty(len(pairs), object), np.empty(len(pairs), object)
    number[:], by[:] = [n for n, _ in pairs], [d for _, d in pairs]
    return number, by


def test_fractions_are_rounded_to_a_total_by_the_largest_remainders() -> None:
    # 3⅓, 1⅙, −1⅙ and 1⅔ are 5; down they are 3, 1, −2 and 1, so that the last two go up.
    thirds = fractions((10, 3), (7, 6), (-7, 6), (5, 3))
    assert settle(5, *thirds).tolist() == [3, 1, -1, 2]
    assert settle(0, *fractions((1, 2), (-1, 2))).tolist() == [1, -1]
    assert settle(7, *fractions((7, 1))).tolist() == [7]
    assert settle(0, *fractions()).tolist() == []


def test_remainders_that_hardly_differ_are_told_apart() -> None:
    large = 10**25
    almost = fractions((large // 2 - 1, large), (large // 2 + 1, large + 2), (1, 2 * large))
    assert settle(1, *almost).tolist() == [0, 1, 0]


def test_a_total_that_rounding_can_not_reach_is_an_error() -> None:
    with pytest.raises(ValueError, match="2 fractions can't be rounded to a sum of 3"):
        settle(3, *fractions((1, 2), (1, 2)))


@given(st.lists(st.tuples(st.integers(-(10**20), 10**20), st.integers(1, 10**12)), max_size=9))
def test_settled_fractions_are_less_than_one_from_their_own(pairs: list[tuple[int, int]]) -> None:
    exact = [Fraction(*pair) for pair in pairs]
    total = math.floor(sum(exact))
    if max((abs(pair[0]) for pair in pairs), default=0) >= 2**62:
        return
    found = settle(total, *fractions(*pairs)).tolist()
    assert sum(found) == total
    assert all(abs(one - own) < 1 for one, own in zip(found, exact, strict=True))
