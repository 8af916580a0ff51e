"""Amounts are held narrow and given wide: nothing is lost either way."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.ledger.amounts import Amounts

INT64 = st.integers(-(2**63), 2**63 - 1) | st.sampled_from([127, 128, -129, 2**31, -(2**31)])


@given(st.lists(INT64, max_size=6))
def test_what_comes_out_is_what_went_in(values: list[int]):
    amounts = Amounts([("a", np.array(values, np.int64))])
    assert amounts["a"].dtype == np.int64
    assert amounts["a"].tolist() == values
    assert amounts.of("a", slice(1, 3)).tolist() == values[1:3]
    assert amounts.is_nothing("a") == (not any(values))


def test_narrow_columns_do_not_overflow_in_a_sum():
    amounts = Amounts([("a", np.array([100], np.int64)), ("b", np.array([100], np.int64))])
    assert int((amounts["a"] + amounts["b"])[0]) == 200


def test_a_column_cannot_be_written_to():
    amounts = Amounts([("a", np.array([1], np.int64))])
    with pytest.raises(ValueError, match="read-only"):
        amounts["a"][0] = 2
