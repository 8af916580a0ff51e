"""Values as people read them."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from engine.metrics.formats import Change, change, column, known, number, numbers, pattern, text
from engine.metrics.model import Unit


@pytest.mark.parametrize(
    ("unit", "value", "shown"),
    [
        (Unit.MONEY, 123450, "1,234.50 USD"),
        (Unit.MONEY, -1230, "−12.30 USD"),
        (Unit.MONEY, 0, "0.00 USD"),
        (Unit.COUNT, 12345, "12,345"),
        (Unit.COUNT, -3, "−3"),
        (Unit.INT, 2026, "2026"),
        (Unit.SHARE, 0.1234, "12.3 %"),
        (Unit.SHARE, 0.00049, "0.0 %"),
        (Unit.SHARE, -0.25, "−25.0 %"),
        (Unit.SHARE, 12.5, "1,250.0 %"),
        (Unit.MULTIPLE, 1.845, "1.85"),
        (Unit.MULTIPLE, 1234.5, "1,234.50"),
        (Unit.HOURS, 26.0, "26.0 h"),
        (Unit.DAYS, 14.45, "14.5 days"),
        (Unit.TEXT, "partial", "partial"),
    ],
)
def test_each_unit_has_one_text(unit: Unit, value: object, shown: str) -> None:
    assert text(unit, value, "USD") == shown


def test_a_currency_without_decimals_has_none() -> None:
    assert text(Unit.MONEY, 1234, "JPY") == "1,234 JPY"


@pytest.mark.parametrize("nothing", [None, pd.NA, float("nan"), np.nan])
@pytest.mark.parametrize("unit", list(Unit))
def test_null_is_a_dash_in_every_unit_and_never_a_zero(unit: Unit, nothing: object) -> None:
    assert text(unit, nothing, "USD") == "–"
    assert number(unit, nothing, "USD") is None


def test_values_of_a_frame_become_plain_python_values() -> None:
    assert type(known(np.int64(7))) is int
    assert type(known(np.float64(0.5))) is float
    assert known("cc") == "cc"


def test_money_changes_by_percent_rounded_half_away_from_zero() -> None:
    assert change(Unit.MONEY, 10610, 10000, "USD") == Change("+6.1 %", 1)
    assert change(Unit.MONEY, 9390, 10000, "USD") == Change("−6.1 %", -1)


def test_a_change_too_small_for_a_decimal_is_not_called_nothing() -> None:
    assert change(Unit.COUNT, 20005, 20000, "USD") == Change("<0.1 %", 1)
    assert change(Unit.SHARE, 0.4, 0.4001, "USD") == Change("<0.1 pp", -1)


def test_a_share_changes_by_points() -> None:
    assert change(Unit.SHARE, 0.412, 0.4, "USD") == Change("+1.2 pp", 1)
    assert change(Unit.SHARE, 0.4, 0.412, "USD") == Change("−1.2 pp", -1)


def test_against_nothing_or_a_loss_the_difference_itself_is_said() -> None:
    assert change(Unit.MONEY, 500, 0, "USD") == Change("+5.00 USD", 1)
    assert change(Unit.MONEY, 500, -1000, "USD") == Change("+15.00 USD", 1)
    assert change(Unit.MONEY, -1500, -1000, "USD") == Change("−5.00 USD", -1)
    assert change(Unit.COUNT, 3, 0, "USD") == Change("+3", 1)
    assert change(Unit.MULTIPLE, 1.5, 0.0, "USD") == Change("+1.50", 1)


def test_equal_values_do_not_change() -> None:
    assert change(Unit.MONEY, 5, 5, "USD") == Change("0.0 %", 0)
    assert change(Unit.MONEY, 0, 0, "USD") == Change("0.00 USD", 0)


def test_an_unknown_side_has_no_change() -> None:
    assert change(Unit.MONEY, pd.NA, 5, "USD") is None
    assert change(Unit.SHARE, 0.5, None, "USD") is None


def test_a_text_and_a_clock_value_have_no_change() -> None:
    assert change(Unit.TEXT, "measured", "partial", "USD") is None
    assert change(Unit.INT, 10, 14, "USD") is None


def test_tables_draw_money_in_major_units_and_shares_in_percent() -> None:
    assert number(Unit.MONEY, 123450, "USD") == 1234.5
    assert number(Unit.MONEY, 1234, "JPY") == 1234
    assert number(Unit.SHARE, 0.125, "USD") == 12.5
    assert number(Unit.COUNT, 7, "USD") == 7


@pytest.mark.parametrize("currency", ["USD", "JPY"])
@pytest.mark.parametrize(
    ("unit", "values"),
    [
        (Unit.MONEY, pd.array([0, -1, 29, 1_999_999_999_999_999, None], "Int64")),
        (Unit.COUNT, pd.array([7, None], "Int64")),
        (Unit.SHARE, pd.array([0.125, -0.0001, -0.001, None], "Float64")),
        (Unit.DAYS, pd.array([3.25, None], "Float64")),
        (Unit.TEXT, pd.array(["a", None], "string")),
    ],
)
def test_a_column_is_drawn_as_each_of_its_values(unit: Unit, values: Any, currency: str) -> None:
    one_by_one = [number(unit, one, currency) for one in values]
    assert numbers(unit, values.tolist(), currency) == one_by_one
    assert [known(one) for one in column(unit, values, currency)] == one_by_one


@pytest.mark.parametrize("unit", [unit for unit in Unit if unit is not Unit.TEXT])
def test_every_number_has_a_column_pattern(unit: Unit) -> None:
    assert "%" in pattern(unit, "USD")


def test_the_money_pattern_has_the_decimals_of_the_currency() -> None:
    assert pattern(Unit.MONEY, "USD") == "%,.2f"
    assert pattern(Unit.MONEY, "JPY") == "%,.0f"
