"""expenses.csv: what the shop spends, of a day or of a month."""

from datetime import date

import numpy as np
import pytest

from engine.periods import day_date
from engine.sources.expense_files import EXPENSE_LAYOUT, NO_EXPENSES, Expenses, read_expenses
from engine.sources.findings import Findings
from engine.sources.text_files import read_text

HEADER = "date;month;name;amount;currency;category\n"


def read(text: str, findings: Findings | None = None) -> Expenses:
    found = Findings() if findings is None else findings
    records = read_text((HEADER + text).encode(), "expenses.csv", (EXPENSE_LAYOUT,), found)
    return read_expenses(records, found)


def spans(expenses: Expenses) -> list[tuple[date, date]]:
    return [
        (day_date(first), day_date(last))
        for first, last in zip(expenses.first, expenses.last, strict=True)
    ]


def test_an_expense_of_a_day_and_one_of_a_month() -> None:
    findings = Findings()
    expenses = read(
        "2024-02-14;;Repair;1.340,50;TRY;tools\n;2024-02;Rent;18000;USD;\n;2025-02-01;Rent;1;USD;\n",
        findings,
    )
    assert spans(expenses) == [
        (date(2024, 2, 14), date(2024, 2, 14)),
        (date(2024, 2, 1), date(2024, 2, 29)),
        (date(2025, 2, 1), date(2025, 2, 28)),
    ]
    assert expenses.amount.tolist() == [13_405_000, 180_000_000, 10_000]
    assert expenses.amount.dtype == np.int64
    assert expenses.currency == ("TRY", "USD", "USD")
    assert expenses.name == ("Repair", "Rent", "Rent")
    assert expenses.category == ("tools", "", "")
    assert expenses.row_number.tolist() == [2, 3, 4]
    assert len(findings) == 0


def test_money_that_came_back_is_below_zero() -> None:
    assert read(";2024-02;Rent;-100;USD;\n;2024-02;Rent;(1,5);USD;\n").amount.tolist() == [
        -1_000_000,
        -15_000,
    ]


def test_two_equal_rows_are_two_expenses() -> None:
    findings = Findings()
    assert len(read("2024-02-14;;Taxi;5;USD;\n2024-02-14;;Taxi;5;USD;\n", findings)) == 2
    assert len(findings) == 0


def test_rows_that_can_not_be_used_are_noted_and_left_out() -> None:
    findings = Findings()
    expenses = read(
        ";;Rent;1;USD;\n2024-02-14;2024-02;Rent;1;USD;\n;2024-13;Rent;1;USD;\n;0204-01;Rent;1;USD;\n"
        "soon;;Rent;1;USD;\n;2024-02;;1;USD;\n;2024-02;Rent;;USD;\n;2024-02;Rent;x;USD;\n"
        ";2024-02;Rent;1;;\n;2024-02;Rent;€1;USD;\n",
        findings,
    )
    assert len(expenses) == 0
    assert sorted((f.row, f.code) for f in findings) == [
        (2, "VALUE_MISSING"),
        (3, "DATE_NOT_READ"),
        (4, "DATE_NOT_READ"),
        (5, "DATE_NOT_READ"),
        (6, "DATE_NOT_READ"),
        (7, "VALUE_MISSING"),
        (8, "VALUE_MISSING"),
        (9, "NOT_A_NUMBER"),
        (10, "VALUE_MISSING"),
        (11, "CURRENCY_CONFLICT"),
    ]
    assert str(findings.of("DATE_NOT_READ")[1]) == (
        'expenses.csv: row 3, column "month": value "2024-02" stands beside a date; expected a '
        "date such as 2026-03-29 or a month such as 2026-03, not both; the row is not used"
    )
    assert str(findings.of("CURRENCY_CONFLICT")[0]) == (
        'expenses.csv: row 11, column "amount": value "€1" is in another currency; '
        "expected USD, the currency of the row; the row is not used"
    )


@pytest.mark.parametrize("header", ["date,name,amount,currency", "month,name,amount,currency"])
def test_one_of_date_and_month_is_enough(header: str) -> None:
    text = f"{header}\n2024-02-01,Rent,1,USD\n"
    records = read_text(text.encode(), "expenses.csv", (EXPENSE_LAYOUT,), Findings())
    assert len(read_expenses(records, Findings())) == 1


def test_without_a_file_there_are_none() -> None:
    assert len(NO_EXPENSES) == 0
