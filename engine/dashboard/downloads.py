"""Files for spreadsheets: full precision, registry names as headings, no cell that can run.

CSV in UTF-8 with a byte order mark, so that every spreadsheet reads its letters; ISO dates, decimal
points, an empty cell for unknown. Excel with typed cells, and a sheet that says what they are.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from functools import partial

import streamlit as st

from engine.dashboard import workbook
from engine.dashboard.notes import notes_of
from engine.dashboard.page_run import PageRun
from engine.dashboard.sheets import Cell, Column, Sheet
from engine.metrics.model import Unit
from engine.money import currency_digits, to_decimal

MIME = "text/csv"
_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def export(run: PageRun, page: str, what: str, make: Callable[[], Sheet]) -> None:
    """Draw the two buttons of a table; a file is made when its button is pressed.

    `what` names the table for people: listings, steps, cards and series.
    """
    period = run.view.period
    stem = f"{page}-{_plain(what)}"
    with st.container(horizontal=True, width="content"):
        for label, kind, write, mime in (
            ("CSV", "csv", _csv, MIME),
            ("Excel", "xlsx", partial(_xlsx, run, page), workbook.MIME),
        ):
            st.download_button(
                f"{what[0].upper()}{what[1:]} as {label}",
                partial(write, make),
                file_name=file_name(stem, run.analytics.shop.name, period.start, period.end, kind),
                mime=mime,
                on_click="ignore",
                key=f"export {what} {kind}",
            )


def safe_text(cell: str) -> str:
    """Return a text that no spreadsheet takes for a formula: a leading apostrophe where needed."""
    return f"'{cell}" if cell.startswith(_STARTS_A_FORMULA) else cell


def csv_cell(column: Column, value: Cell, currency: str) -> str:
    """Return one value in full: money in major units, a share as a number, null as nothing."""
    if value is None:
        return ""
    if isinstance(value, str):
        return safe_text(value)
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if column.unit is Unit.MONEY:
        return str(to_decimal(int(value), currency_digits(currency)))
    return str(value)


def csv_of(sheet: Sheet) -> bytes:
    """Return a table as a CSV file."""
    return csv_file(
        [column.name for column in sheet.columns],
        (
            [
                csv_cell(column, value, sheet.currency)
                for column, value in zip(sheet.columns, row, strict=True)
            ]
            for row in sheet.rows
        ),
    )


def csv_file(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Return a CSV file of texts that are safe already."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(headings)
    writer.writerows(rows)
    return out.getvalue().encode("utf-8-sig")


def file_name(page: str, shop: str, start: date, end: date, kind: str = "csv") -> str:
    """Return `overview_tuftmoor-felt_2026-10-01_2026-10-30.csv`."""
    whose = _plain(shop) or "shop"
    return f"{page}_{whose}_{start.isoformat()}_{end.isoformat()}.{kind}"


def _csv(make: Callable[[], Sheet]) -> bytes:
    return csv_of(make())


def _xlsx(run: PageRun, page: str, make: Callable[[], Sheet]) -> bytes:
    sheet = make()
    return workbook.xlsx_of(sheet, notes_of(run, page, sheet))


def _plain(words: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", words.casefold()).strip("-")
