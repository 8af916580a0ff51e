"""A table of a page as an Excel file: registry names as headings, cells in registry formats."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence

from engine.dashboard.sheets import Cell, Column, Sheet
from engine.metrics.formats import excel_pattern
from engine.metrics.model import Unit
from engine.money import currency_digits, to_decimal
from engine.spreadsheet import Cell as PlainCell
from engine.spreadsheet import write_workbook

MIME = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def xlsx_of(sheet: Sheet, notes: Sequence[tuple[str, str]]) -> bytes:
    """Return a workbook with the table, and the notes beside it."""
    columns = [
        (column.name, excel_pattern(column.unit, sheet.currency) if column.unit else "")
        for column in sheet.columns
    ]
    out = io.BytesIO()
    write_workbook(out, sheet.name, columns, _rows(sheet), notes)
    return out.getvalue()


def _rows(sheet: Sheet) -> Iterator[list[PlainCell]]:
    digits = currency_digits(sheet.currency)
    for row in sheet.rows:
        yield [
            _plain(column, value, digits) for column, value in zip(sheet.columns, row, strict=True)
        ]


def _plain(column: Column, value: Cell, digits: int) -> PlainCell:
    """Return an amount in major units, any other value as it is."""
    if column.unit is Unit.MONEY and isinstance(value, int):
        return to_decimal(value, digits)
    return value
