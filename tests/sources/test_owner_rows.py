"""Cells of the owner's tables: numbers, dates, spans of days, currencies, and what they cost."""

from datetime import date

import pytest

from engine.errors import InputFileError
from engine.periods import day_number
from engine.sources.findings import Findings, Level
from engine.sources.owner_rows import (
    OPEN_END,
    OPEN_START,
    UNKNOWN,
    NumberKind,
    OwnerRows,
    read_month,
)
from engine.sources.records import Layout
from engine.sources.text_files import read_text

LAYOUT = Layout(
    "goods",
    {"sku": (), "weight": (), "price": (), "currency": (), "valid_from": (), "valid_to": ()},
    required=(("sku",),),
)
WEIGHT = NumberKind(3, "a weight such as 0.5", 100, above_zero=True)
SHARE = NumberKind(6, "a fraction such as 0.02", 1, is_fraction=True)


def read(text: str, findings: Findings | None = None) -> OwnerRows:
    found = Findings() if findings is None else findings
    records = read_text(text.encode(), "goods.csv", (LAYOUT,), found)
    return OwnerRows(records, found, numbers=("weight", "price"), dates=("valid_from", "valid_to"))


def test_numbers_are_held_as_integers_and_halves_round_away_from_zero() -> None:
    findings = Findings()
    rows = read('sku,weight\nA,"0,5"\nB,"1,25 kg"\nC,\nD,NAN\nE,"1,0005"\nF,"1,0004"\n', findings)
    assert rows.integers("weight", WEIGHT).tolist() == [500, 1250, UNKNOWN, UNKNOWN, 1001, 1000]
    assert [str(finding) for finding in findings] == [
        'goods.csv: column "weight": 2 number(s) have more decimals than are kept; '
        "they are rounded to 3 decimals"
    ]


def test_a_cell_that_is_not_understood_costs_itself_or_its_row() -> None:
    text = "sku,weight\nA,x\nB,0\nC,-1\nD,101\nE,\nF,2\n"
    findings = Findings()
    rows = read(text, findings)
    assert rows.integers("weight", WEIGHT).tolist() == [UNKNOWN] * 5 + [2000]
    assert rows.used.all()
    assert [(f.row, f.code, f.what, f.action) for f in findings][:2] == [
        (2, "NOT_A_NUMBER", "is not a number", "the cell is treated as missing"),
        (3, "NEGATIVE", "is not above zero", "the cell is treated as missing"),
    ]
    findings = Findings()
    rows = read(text, findings)
    rows.integers("weight", WEIGHT, needed=True)
    assert rows.used.tolist() == [False] * 5 + [True]
    assert [f.code for f in findings] == [
        "NOT_A_NUMBER", "NEGATIVE", "NEGATIVE", "NOT_A_NUMBER", "VALUE_MISSING",
    ]  # fmt: skip
    assert str(list(findings)[-1]) == (
        'goods.csv: row 6, column "weight": is empty; expected a weight such as 0.5; '
        "the row is not used"
    )


def test_a_rejected_row_is_not_complained_of_again() -> None:
    findings = Findings()
    rows = read("sku,weight,price\nA,x,y\n", findings)
    rows.integers("weight", WEIGHT, needed=True)
    rows.integers("price", WEIGHT)
    assert len(findings) == 1


def test_a_percent_sign_divides_a_fraction_by_a_hundred() -> None:
    rows = read('sku,price\nA,0.02\nB,2 %\nC,"2.5%"\nD,2\n')
    assert rows.integers("price", SHARE).tolist() == [20_000, 20_000, 25_000, UNKNOWN]


def test_an_amount_in_another_currency_than_asked_is_not_read() -> None:
    findings = Findings()
    rows = read("sku,price\nA,$7.5\nB,€7.5\nC,7.5\n", findings)
    assert rows.integers("price", WEIGHT, currency="USD").tolist() == [7500, UNKNOWN, 7500]
    assert [(f.row, f.code, f.expected) for f in findings] == [(3, "CURRENCY_CONFLICT", "USD")]


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("2026-03-29", date(2026, 3, 29)),
        ("2026-03-29 00:00:00", date(2026, 3, 29)),
        ("29.03.2026", date(2026, 3, 29)),
        ("9.3.2026", date(2026, 3, 9)),
        ("29/03/2026", date(2026, 3, 29)),
        ("29 Mart 2026", date(2026, 3, 29)),
        ("", None),
        ("--", None),
    ],
)
def test_dates(cell: str, day: date | None) -> None:
    rows = read(f"sku,valid_from\nA,{cell}\n")
    first, _ = rows.spans()
    assert first.tolist() == [OPEN_START if day is None else day_number(day)]


def test_a_needed_date_that_is_missing_rejects_its_row() -> None:
    findings = Findings()
    rows = read("sku,valid_from\nA,\nB,soon\nC,1971-01-02\n", findings)
    assert rows.days("valid_from").tolist()[2] == 366
    assert rows.used.tolist() == [False, False, True]
    assert [(f.row, f.code) for f in findings] == [(3, "DATE_NOT_READ"), (2, "VALUE_MISSING")]


def test_slash_dates_of_a_file_are_decided_together() -> None:
    rows = read("sku,valid_from,valid_to\nA,01/02/2026,13/02/2026\n")
    first, last = rows.spans()
    assert (first[0], last[0]) == (day_number(date(2026, 2, 1)), day_number(date(2026, 2, 13)))
    findings = Findings()
    rows = read("sku,valid_from\nA,01/02/2026\n", findings)
    assert rows.spans()[0].tolist() == [day_number(date(2026, 1, 2))]
    assert [f.code for f in findings] == ["DATE_ORDER_ASSUMED"]
    with pytest.raises(InputFileError, match="writes dates in two ways"):
        read("sku,valid_from\nA,13/02/2026\nB,02/13/2026\n")


def test_a_span_is_open_where_it_says_nothing_and_never_ends_before_it_begins() -> None:
    findings = Findings()
    rows = read("sku,valid_from,valid_to\nA,,\nB,2026-01-02,2026-01-01\nC,2026-01-01,2026-01-01\n")
    assert rows.spans()[0].tolist()[0] == OPEN_START
    assert rows.spans()[1].tolist()[0] == OPEN_END
    assert rows.used.tolist() == [True, False, True]
    rows = read("sku,valid_to\nA,2026-01-01\n", findings)
    assert rows.spans()[0].tolist() == [OPEN_START]
    assert len(findings) == 0


def test_words_in_the_place_of_a_first_day_leave_it_open() -> None:
    rows = read("sku,valid_from\nA,Unknown\nB,never\n")
    rows.spans(no_days=frozenset(("unknown",)))
    assert rows.used.tolist() == [True, False]


def test_currencies_by_code_or_by_a_mark_that_names_one() -> None:
    findings = Findings()
    rows = read("sku,currency\nA,usd\nB,₺\nC,\nD,$\nE,shells\n", findings)
    assert rows.currencies("currency", default="EUR") == ("USD", "TRY", "EUR", "EUR", "EUR")
    assert [(f.row, f.code) for f in findings] == [
        (5, "CURRENCY_CONFLICT"),
        (6, "CURRENCY_CONFLICT"),
    ]
    rows = read("sku,currency\nA,\n", findings)
    rows.currencies("currency")
    assert list(findings)[-1].code == "VALUE_MISSING"


def test_known_words() -> None:
    findings = Findings()
    rows = read("sku,price\nA,Yes\nB,no\nC,perhaps\nD,\n", findings)
    assert rows.words("price", {"yes": 1, "no": 0}, "yes or no").tolist() == [1, 0, -1, -1]
    assert [(f.row, f.code) for f in findings] == [(4, "VALUE_UNKNOWN"), (5, "VALUE_MISSING")]


def test_the_levels_of_notes() -> None:
    findings = Findings()
    rows = read("sku,weight\nA,x\nB,0\n", findings)
    rows.integers("weight", WEIGHT)
    assert {finding.level for finding in findings} == {Level.ERROR}


@pytest.mark.parametrize(
    ("cell", "month"),
    [("2025-04", 2025 * 12 + 3), ("2025-04-01", 2025 * 12 + 3), ("2025-12", 2025 * 12 + 11),
     ("2025-13", None), ("2025-04-02", None), ("04/2025", None), ("", None)],
)  # fmt: skip
def test_months(cell: str, month: int | None) -> None:
    assert read_month(cell) == month
