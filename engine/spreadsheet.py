"""Excel files of typed cells, written row by row, so that a long table needs no more memory.

One row of a table = one line of its sheet. A text is always written as text, so no cell can run;
null is an empty cell.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import IO, Any

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

Cell = int | float | Decimal | str | date | datetime | None
MOST_LINES = 1_048_576  # of a sheet, its heading among them: more no spreadsheet opens
_WIDTH, _WIDE = 18, 60  # characters
_LONGEST_NAME = 31
_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}
_DAY, _MOMENT = "yyyy-mm-dd", "yyyy-mm-dd hh:mm:ss"


def write_workbook(
    target: Path | IO[bytes],
    name: str,
    columns: Sequence[tuple[str, str]],
    rows: Iterable[Sequence[Cell]],
    notes: Sequence[tuple[str, str]] = (),
) -> None:
    """Write a workbook of one table, with a sheet of notes beside it if there are any.

    columns: heading and number format, blank for none. Numbers are in the unit that their format
    shows; moments are in UTC. Raises OSError if the file can't be written, ValueError for more rows
    than a sheet has lines.
    """
    place: Any = str(target) if isinstance(target, Path) else target
    with xlsxwriter.Workbook(place, _OPTIONS) as book:
        heading = book.add_format({"bold": True})
        shapes = [book.add_format({"num_format": shape}) if shape else None for _, shape in columns]
        day, moment = (book.add_format({"num_format": shape}) for shape in (_DAY, _MOMENT))
        page = book.add_worksheet(name[:_LONGEST_NAME])
        page.freeze_panes(1, 0)
        page.set_column(0, len(columns) - 1, _WIDTH)
        for at, (title, _) in enumerate(columns):
            page.write_string(0, at, title, heading)
        for line, row in enumerate(rows, start=1):
            if line >= MOST_LINES:
                raise ValueError(f"a sheet has {MOST_LINES:,} lines and there are more rows")
            for at, value in enumerate(row):
                _write(page, line, at, value, shapes[at], day, moment)
        if notes:
            _write_notes(book.add_worksheet("Notes"), notes, heading)


def _write(
    page: Worksheet, line: int, at: int, value: Cell, shape: Any, day: Any, moment: Any
) -> None:
    if value is None:
        return
    if isinstance(value, str):
        page.write_string(line, at, value)
    elif isinstance(value, bool):
        page.write_boolean(line, at, value)
    elif isinstance(value, datetime):
        page.write_datetime(line, at, value.replace(tzinfo=None), moment)
    elif isinstance(value, date):
        page.write_datetime(line, at, value, day)
    else:
        page.write_number(line, at, float(value), shape)


def _write_notes(page: Worksheet, notes: Sequence[tuple[str, str]], heading: Any) -> None:
    page.set_column(0, 0, _WIDTH * 2)
    page.set_column(1, 1, _WIDE)
    for line, (name, said) in enumerate(notes):
        page.write_string(line, 0, name, heading)
        page.write_string(line, 1, said)
