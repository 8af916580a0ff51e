"""An Excel file of one table: typed cells in registry formats, and a sheet of notes.

A text is always written as text, so no cell can run.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date
from typing import Any

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from engine.dashboard.sheets import Cell, Column, Sheet
from engine.metrics.formats import excel_pattern
from engine.metrics.model import Unit
from engine.money import currency_digits, to_decimal

MIME = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_WIDTH, _WIDE = 18, 60  # characters
_NO_GUESSING = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}


def xlsx_of(sheet: Sheet, notes: Sequence[tuple[str, str]]) -> bytes:
    """Return a workbook with the table, and the notes beside it."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, _NO_GUESSING) as book:
        heading = book.add_format({"bold": True})
        page = book.add_worksheet(sheet.name[:31])
        page.freeze_panes(1, 0)
        page.set_column(0, len(sheet.columns) - 1, _WIDTH)
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for at, column in enumerate(sheet.columns):
            page.write_string(0, at, column.name, heading)
            pattern = excel_pattern(column.unit, sheet.currency) if column.unit else ""
            shape = book.add_format({"num_format": pattern}) if pattern else None
            for line, row in enumerate(sheet.rows, start=1):
                _write(page, line, at, row[at], column, shape, day, sheet.currency)
        _write_notes(book.add_worksheet("Notes"), notes, heading)
    return out.getvalue()


def _write(
    page: Worksheet,
    line: int,
    at: int,
    value: Cell,
    column: Column,
    shape: Any,
    day: Any,
    currency: str,
) -> None:
    if value is None:
        return
    if isinstance(value, str):
        page.write_string(line, at, value)
    elif isinstance(value, date):
        page.write_datetime(line, at, value, day)
    elif column.unit is Unit.MONEY:
        page.write_number(line, at, float(to_decimal(int(value), currency_digits(currency))), shape)
    else:
        page.write_number(line, at, value, shape)


def _write_notes(page: Worksheet, notes: Sequence[tuple[str, str]], heading: Any) -> None:
    page.set_column(0, 0, _WIDTH * 2)
    page.set_column(1, 1, _WIDE)
    for line, (name, said) in enumerate(notes):
        page.write_string(line, 0, name, heading)
        page.write_string(line, 1, said)
