"""Workbooks give the same records as text files."""

import io
import zipfile
from datetime import date, datetime

import openpyxl
import pytest

from engine.errors import InputFileError
from engine.sources.findings import Findings
from engine.sources.numbers import find_style, read_number
from engine.sources.records import Layout, Records
from engine.sources.workbooks import cell_text, read_workbook

LAYOUT = Layout("prices", {"sku": (), "price": ("FİYAT",)}, required=(("sku",), ("price",)))


def workbook(**sheets: list[list[object]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def read(content: bytes, findings: Findings | None = None) -> list[Records]:
    found = Findings() if findings is None else findings
    return read_workbook(content, "prices.xlsx", (LAYOUT,), found)


def test_title_row_blank_row_and_row_numbers() -> None:
    findings = Findings()
    content = workbook(
        A=[["Prices of May"], ["SKU", "FİYAT", None], ["A", 1.5], [None, None], ["B", 2, "a note"]]
    )
    [records] = read(content, findings)
    assert records.file == 'prices.xlsx, sheet "A"'
    assert [records.row(0), records.row(1)] == [("A", "1.5", ""), ("B", "2", "a note")]
    assert records.row_numbers == [3, 5]
    assert [finding.code for finding in findings] == ["TITLE_ROWS", "BLANK_ROWS"]


def test_every_sheet_that_fits_is_read_and_others_are_passed_over() -> None:
    content = workbook(
        FİYAT=[["sku", "price"], ["A", 1]],
        BÖLGE=[["country", "zone"], ["DE", 3]],
        OLD=[["sku", "price"], ["A", 2]],
    )
    assert [records.file for records in read(content)] == [
        'prices.xlsx, sheet "FİYAT"',
        'prices.xlsx, sheet "OLD"',
    ]


def test_merged_cells_hold_their_value_once() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["CARRIER", None])
    sheet.merge_cells("A1:B1")
    sheet.append(["sku", "price"])
    sheet.append(["A", 1])
    sheet.append([None, 2])
    sheet.merge_cells("A3:A4")
    stream = io.BytesIO()
    book.save(stream)
    [records] = read(stream.getvalue())
    assert [records.row(0), records.row(1)] == [("A", "1"), ("", "2")]


def test_error_cells_are_missing() -> None:
    [records] = read(workbook(A=[["sku", "price"], ["A", "#N/A"], ["B", "#DIV/0!"], ["C", 1]]))
    assert records.column("price") == ["", "", "1"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (7301, "7301"),
        (7301.0, "7301"),
        (0.1 + 0.2, "0.3"),
        (12.34, "12.34"),
        (1.234, "1.2340"),
        (1e-7, "0.0000001"),
        (12345678901234.0, "12345678901234"),
        (True, "TRUE"),
        (date(2026, 3, 29), "2026-03-29"),
        (datetime(2026, 3, 29), "2026-03-29"),
        (datetime(2026, 3, 29, 23, 30), "2026-03-29 23:30:00"),
        ("  as typed ", "  as typed "),
    ],
)
def test_values_as_text(value: object, text: str) -> None:
    assert cell_text(value) == text


def test_numbers_of_a_workbook_do_not_vote_and_are_read_as_they_are() -> None:
    # Typed text with decimal commas beside true numbers: 1.234 must not become 1234.
    [records] = read(workbook(A=[["sku", "price"], ["A", 1.234], ["B", "12,50"], ["C", "1,750"]]))
    style = find_style(records.typed_cells(1), records.delimiter)
    assert not style.is_mixed
    assert [str(read_number(cell, style)) for cell in records.column("price")] == [
        "1.2340",
        "12.50",
        "1.750",
    ]


def test_no_sheet_that_fits_is_refused_with_what_was_found() -> None:
    with pytest.raises(InputFileError, match=r"no sheet.*found: name, cost; expected sku, price;"):
        read(workbook(A=[["name", "cost"]]))


def test_what_is_no_workbook_is_refused() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("notes.txt", "no workbook")
    for content in (b"SKU,price\nA,1\n", stream.getvalue(), workbook(A=[["x"]])[:-200]):
        with pytest.raises(InputFileError, match=r"can't be opened as a workbook.*NOT_TEXT"):
            read(content)
