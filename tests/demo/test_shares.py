from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from engine.demo.refund_truth import share_out
from engine.demo.shares import first_lines, split, totals

weights = st.lists(st.integers(0, 10**6), min_size=1, max_size=5)
orders = st.lists(st.tuples(st.integers(0, 10**7), weights), min_size=1, max_size=6)


def test_the_cent_goes_to_the_largest_remainder() -> None:
    shares = split(np.array([1_000]), np.array([6_000, 4_501]), np.array([0, 0]))
    assert shares.tolist() == [571, 429]


def test_ties_go_to_the_first_line() -> None:
    assert split(np.array([5]), np.array([1, 1]), np.array([0, 0])).tolist() == [3, 2]


def test_lines_without_value_share_alike() -> None:
    assert split(np.array([4]), np.array([0, 0, 0]), np.array([0, 0, 0])).tolist() == [2, 1, 1]


@given(orders)
def test_shares_add_up_and_equal_the_plain_way(drawn: list[tuple[int, list[int]]]) -> None:
    amount = np.array([amount for amount, _ in drawn])
    order = np.repeat(np.arange(len(drawn)), [len(own) for _, own in drawn])
    shares = split(amount, np.array([w for _, own in drawn for w in own]), order)
    assert totals(shares, order, len(drawn)).tolist() == amount.tolist()
    plain = [
        share
        for total, own in drawn
        for share in share_out(total, {(n, 0): w for n, w in enumerate(own)}).values()
    ]
    assert shares.tolist() == plain


def test_first_lines_are_where_the_order_changes() -> None:
    assert first_lines(np.array([0, 0, 1, 2, 2])).tolist() == [0, 2, 3]
