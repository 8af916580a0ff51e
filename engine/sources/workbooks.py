"""Reading an XLSX workbook: every sheet whose header fits, as the same records as a text file.

Cells are the values that were stored last, never formulas. A number comes as decimal text that
can be read in one way only; an error value comes as a missing cell.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile
from zlib import error as zlib_error

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from engine.sources.findings import Findings, refusal
from engine.sources.records import (
    Layout,
    NumberedRow,
    Records,
    collect,
    describe_rows,
    find_header,
    first_rows,
)

# What openpyxl lets through of a file that is no workbook, or a damaged or locked one.
_DAMAGED = (
    BadZipFile,
    InvalidFileException,
    ParseError,
    zlib_error,
    KeyError,
    ValueError,
    OSError,
)
_DIGITS = 15  # what a spreadsheet shows and keeps of a number


def read_workbook(
    content: bytes, file: str, layouts: Sequence[Layout], findings: Findings
) -> list[Records]:
    """Return the records of each sheet that has a header row for one of the layouts.

    Raises InputFileError if it is no workbook, or no sheet fits.
    """
    found: list[Records] = []
    seen: list[NumberedRow] = []
    for name, values in _sheets(content, file):
        rows = [(number, list(map(cell_text, row))) for number, row in enumerate(values, 1)]
        top = first_rows(rows)
        header = find_header(top, layouts)
        if header is None:
            seen.extend(top)
            continue
        label = f'{file}, sheet "{name}"'
        records = collect(label, header, rows[header.row_number :], findings)
        found.append(replace(records, numeric=_numeric(values, records)))
    if not found:
        raise refusal(
            "HEADER_NOT_FOUND",
            file,
            f"has no sheet with a header row that fits; found: {describe_rows(seen)}",
            expected=", or ".join(layout.described() for layout in layouts),
        )
    return found


def cell_text(value: Any) -> str:
    """Return a workbook's value as the text that a text file would hold for it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float | Decimal):
        return _number_text(value)
    if isinstance(value, datetime):
        clock = value.time()
        return value.date().isoformat() if clock == time() else value.isoformat(" ", "seconds")
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value)


def _number_text(value: float | Decimal) -> str:
    """Return a number's shortest decimal text, so written that it can be read in one way only."""
    number = value if isinstance(value, Decimal) else Decimal(repr(value))
    if not number.is_finite():
        return ""
    if len(number.as_tuple().digits) > _DIGITS and isinstance(value, float):
        number = Decimal(f"{value:.{_DIGITS}g}")
    text = f"{number:f}"
    if "." not in text:
        return text
    text = text.rstrip("0").removesuffix(".")
    # Three digits after the point could be taken for thousands.
    return f"{text}0" if text[-4:-3] == "." else text


def _sheets(content: bytes, file: str) -> list[tuple[str, list[list[Any]]]]:
    """Return each sheet's name and its rows of values, all as wide as the widest."""
    try:
        with warnings.catch_warnings():
            # openpyxl warns of drawings and validations that it leaves out; only values are read.
            warnings.simplefilter("ignore", UserWarning)
            book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
            sheets = [(sheet.title, _values(sheet)) for sheet in book.worksheets]
            book.close()
    except _DAMAGED as error:
        raise refusal(
            "NOT_TEXT",
            file,
            f"can't be opened as a workbook ({type(error).__name__})",
            expected="an .xlsx file without a password",
        ) from error
    return sheets


def _values(sheet: Any) -> list[list[Any]]:
    """Return a sheet's rows of values; an error such as #N/A is a missing value."""
    # The size that a sheet states for itself is often wrong.
    sheet.reset_dimensions()
    rows = []
    for cells in sheet.iter_rows():
        values = [None if cell.data_type == "e" else cell.value for cell in cells]
        while values and values[-1] is None:
            values.pop()
        rows.append(values)
    width = max(map(len, rows), default=0)
    return [[*row, *[None] * (width - len(row))] for row in rows]


def _numeric(values: Sequence[Sequence[Any]], records: Records) -> tuple[frozenset[int], ...]:
    """Return per column the positions of records whose cell is a number in the workbook."""
    numeric: list[set[int]] = [set() for _ in records.header]
    for index, number in enumerate(records.row_numbers):
        for column, value in zip(numeric, values[number - 1], strict=True):
            if isinstance(value, int | float) and not isinstance(value, bool):
                column.add(index)
    return tuple(frozenset(column) for column in numeric)
