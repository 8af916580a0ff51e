from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.money import currency_digits, format_money, round_div, to_decimal


@pytest.mark.parametrize(
    ("number", "by", "expected"),
    [(5, 2, 3), (-5, 2, -3), (4, 3, 1), (-4, 3, -1), (0, 7, 0), (7, 7, 1), (1, 2, 1), (-1, 2, -1)],
)
def test_halves_go_away_from_zero(number, by, expected):
    assert round_div(number, by) == expected
    assert round_div(np.array([number]), by).tolist() == [expected]


@given(st.lists(st.integers(-(2**62), 2**62), min_size=1), st.integers(1, 2**61))
def test_arrays_round_like_single_numbers_at_any_size(numbers, by):
    expected = [round_div(number, by) for number in numbers]
    assert round_div(np.array(numbers, np.int64), by).tolist() == expected


@given(st.integers(-(10**15), 10**15), st.integers(1, 10**6))
def test_the_result_is_the_nearest_integer(number, by):
    assert abs(Fraction(number, by) - round_div(number, by)) <= Fraction(1, 2)


@pytest.mark.parametrize(("currency", "digits"), [("USD", 2), ("JPY", 0), ("KWD", 3), ("TRY", 2)])
def test_decimals_of_a_currency(currency, digits):
    assert currency_digits(currency) == digits


def test_minor_units_become_an_exact_decimal():
    assert to_decimal(1234, 2) == Decimal("12.34")
    assert str(to_decimal(500, 0)) == "500"


@pytest.mark.parametrize(
    ("minor", "currency", "text"),
    [
        (123_456, "USD", "1,234.56 USD"),
        (-5, "USD", "−0.05 USD"),
        (7, "JPY", "7 JPY"),
        (None, "USD", "–"),
    ],
)
def test_money_for_people(minor, currency, text):
    assert format_money(minor, currency) == text


def test_a_difference_wears_its_sign():
    assert format_money(5, "USD", sign=True) == "+0.05 USD"
