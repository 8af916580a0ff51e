"""Numbers with either decimal sign: cells vote, and the vote decides the doubtful ones."""

from decimal import Decimal

import pytest

from engine.sources.findings import Findings
from engine.sources.numbers import (
    NotANumberError,
    NumberStyle,
    find_style,
    is_missing,
    note_style,
    read_number,
    read_numbers,
)

POINT = NumberStyle(dot_is_decimal=True, comma_is_decimal=False)
COMMA = NumberStyle(dot_is_decimal=False, comma_is_decimal=True)


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("12", "12"),
        ("12.5", "12.5"),
        ("1.234,56", "1234.56"),
        ("1,234.56", "1234.56"),
        ("1.234.567", "1234567"),
        ("1,234,567.8", "1234567.8"),
        ("9,2736", "9.2736"),
        ("0.123456789", "0.123456789"),
        ("(1,5)", "-1.5"),
        ("-3", "-3"),
        ("−3,25", "-3.25"),
        ("₺1.200,50", "1200.50"),
        ("1.200,50 TL", "1200.50"),
        ("CA$76.00", "76.00"),
        ("-$0.98", "-0.98"),
        ("-£4.80", "-4.80"),
        ("USD 12.34", "12.34"),
        ("4,5 %", "4.5"),
        ("%4,5", "4.5"),
        ("0,5 kg", "0.5"),
        ("2 KG", "2"),
        ("1 234,56", "1234.56"),
        ("1\u00a0234,56", "1234.56"),
        ("1'234.56", "1234.56"),
        (",5", "0.5"),
        ("007", "7"),
    ],
)
@pytest.mark.parametrize("style", [POINT, COMMA])
def test_a_cell_that_can_be_read_in_one_way_only(
    cell: str, number: str, style: NumberStyle
) -> None:
    assert read_number(cell, style) == Decimal(number)


@pytest.mark.parametrize(
    "cell",
    ["12,x", "abc", "1.2.3", "1,2,3", "1,23,456", "12/5", "1e5", "4.5 & 8.5", "--5", "1-2", "(-1)",
     "1.234,567.8", "0.123,45", "12 XYZ", "$", "٣"],
)  # fmt: skip
def test_what_is_not_a_number_is_said_so(cell: str) -> None:
    with pytest.raises(NotANumberError, match="is not a number"):
        read_number(cell, POINT)


@pytest.mark.parametrize(
    "cell",
    ["", " ", "NAN", "nan", "NaN", "#N/A", "n/a", "#YOK", "#DEĞER!", "#değer!", "#VALUE!", "#REF!",
     "#DIV/0!", "-", "--", "."],
)  # fmt: skip
def test_missing_cells_are_no_number_and_no_error(cell: str) -> None:
    assert is_missing(cell)
    assert read_number(cell, POINT) is None


def test_three_digits_after_the_only_sign_are_decided_by_the_file() -> None:
    assert read_number("1,234", POINT) == 1234
    assert read_number("1,234", COMMA) == Decimal("1.234")
    assert read_number("1.234", COMMA) == 1234
    assert read_number("1.234", POINT) == Decimal("1.234")


@pytest.mark.parametrize(
    ("cells", "delimiter", "one_comma_234"),
    [
        (["12,50"], ",", "1.234"),
        (["12.50"], ";", "1234"),
        (["1.234.567"], ",", "1.234"),
        (["1.234,5"], ",", "1.234"),
        (["1,234.5"], ";", "1234"),
        # Nothing votes: what programs that write such files do.
        (["7", "x", ""], ";", "1.234"),
        ([], "\t", "1.234"),
        ([], ",", "1234"),
        ([], "|", "1234"),
        ([], None, "1234"),
    ],
)
def test_the_vote_of_a_file(cells: list[str], delimiter: str | None, one_comma_234: str) -> None:
    assert read_number("1,234", find_style(cells, delimiter)) == Decimal(one_comma_234)


def test_a_point_stays_decimal_where_nothing_votes() -> None:
    assert read_number("1.234", find_style([], ";")) == Decimal("1.234")
    assert read_number("1.234", find_style([], ",")) == Decimal("1.234")


def test_a_number_that_begins_with_0_or_has_four_digits_in_front_has_no_thousands() -> None:
    # 0.065 must never be read as 65, whatever the rest of the file does.
    style = find_style(["12,50"], ";")
    assert read_number("0.065", style) == Decimal("0.065")
    assert read_number("1234,567", POINT) == Decimal("1234.567")


def test_cells_with_two_values_do_not_vote() -> None:
    assert not find_style(["4,5 & 8,5", "1.5"], ",").is_mixed


def test_both_signs_voted_for_is_said_and_each_cell_is_read_by_itself() -> None:
    style = find_style(["1,5", "2.5"], ";")
    findings = Findings()
    note_style(style, "goods.csv", findings)
    assert str(findings.of("DECIMAL_MIXED")[0]) == (
        "goods.csv: has 1 number(s) with a decimal point and 1 with a decimal comma; "
        "expected one decimal sign; each number is read by itself"
    )
    assert style.decimal_sign == "mixed"
    assert read_number("1,5", style) == Decimal("1.5")
    assert read_number("2.5", style) == Decimal("2.5")
    with pytest.raises(NotANumberError, match="may be a thousand or a fraction"):
        read_number("1,234", style)


@pytest.mark.parametrize(("points", "is_decided"), [(95, True), (94, False)])
def test_a_majority_of_95_per_cent_decides_doubtful_cells(points: int, is_decided: bool) -> None:
    style = find_style(["2.5"] * points + ["1,5"] * (100 - points), ";")
    if is_decided:
        assert read_number("1,234", style) == 1234
        assert read_number("1.234", style) == Decimal("1.234")
    else:
        with pytest.raises(NotANumberError, match="may be a thousand"):
            read_number("1.234", style)


def test_one_voted_sign_writes_no_finding() -> None:
    findings = Findings()
    note_style(find_style(["1,5"], ";"), "goods.csv", findings)
    assert len(findings) == 0
    assert find_style(["1,5"], ";").decimal_sign == ","
    assert find_style(["1.5"], ";").decimal_sign == "."


def test_each_distinct_cell_is_read_once() -> None:
    numbers, unread = read_numbers(["1.5", "1.5", "", "x"], POINT)
    assert numbers == {"1.5": Decimal("1.5"), "": None}
    assert unread == {"x": "is not a number"}
