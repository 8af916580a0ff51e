"""The owner's amounts in minor units of the shop: one rounding, the day's rate, or unknown."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from math import floor

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from engine.ledger.owner_amounts import OwnerAmounts, product_div, share_of
from engine.periods import day_number
from engine.sources.parcel_settings import DatedSetting, SettingRow
from engine.sources.rate_files import NO_RATES, PairRates, Rates
from tests.shop_builder import a_shop

MONDAY = day_number(date(2026, 3, 2))
EURO = Rates(
    {("USD", "EUR"): PairRates(np.array([MONDAY], np.int32), np.array([90_000_000]), np.array([2]))}
)


def minor(amounts, values, currency="USD", day=MONDAY, quantity=1):
    days = np.full(len(values), day, np.int32)
    return amounts.minor(np.array(values, np.int64), currency, days, quantity).tolist()


def test_unit_amounts_are_rounded_once_after_the_quantity():
    dollars = OwnerAmounts(a_shop(), NO_RATES)
    assert minor(dollars, [82_350, 82_350, -1, 0], quantity=np.array([1, 2, 3, 4])) == [
        824,
        1647,
        -1,
        0,
    ]


def test_the_rate_is_part_of_the_one_rounding():
    euros = OwnerAmounts(a_shop(currency="EUR"), EURO)
    # 0.0055 × 0.9 = 0.00495 and 0.0056 × 0.9 = 0.00504
    assert minor(euros, [55, 56, 32_000]) == [0, 1, 288]


def test_without_a_rate_an_amount_is_unknown_but_nothing_is_nothing():
    euros = OwnerAmounts(a_shop(currency="EUR"), EURO)
    assert minor(euros, [100, 0, -1], day=MONDAY + 8) == [-1, 0, -1]


def test_a_setting_of_money_has_the_currency_and_days_of_its_rows():
    setting = DatedSetting((SettingRow(-1), SettingRow(45_000, first=MONDAY, currency="EUR")))
    days = np.array([MONDAY - 1, MONDAY], np.int32)
    assert OwnerAmounts(a_shop(), EURO).setting(setting, days).tolist() == [-1, 500]


@given(
    st.lists(
        st.tuples(st.integers(0, 10**13), st.integers(0, 10**6), st.integers(1, 10**13)),
        min_size=1,
        max_size=5,
    )
)
def test_products_beyond_64_bits_stay_exact(rows):
    number, by, under = (np.array(column, np.int64) for column in zip(*rows, strict=True))
    expected = [floor(Fraction(n * b, d * 100) + Fraction(1, 2)) for n, b, d in rows]
    if max(expected) < 2**62:
        assert product_div((number, by), (under, 100)).tolist() == expected


def test_a_share_is_rounded_half_up():
    assert share_of(np.array([100, 100]), np.array([45_000, 44_999])).tolist() == [5, 4]


def test_of_no_rows_there_is_no_product():
    none = np.zeros(0, np.int64)
    assert product_div((none, none), (none, 100)).tolist() == []
