"""A small XLSX workbook with the same bytes on every machine: no clock, nothing compressed."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import xlsxwriter

_MADE_AT = datetime(2026, 1, 31)
_ZIP_DATE = (2026, 1, 31, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: rows of texts and numbers."""

    name: str
    rows: Sequence[Sequence[str | float]]


def workbook(sheets: Sequence[Sheet]) -> bytes:
    """Return the bytes of a workbook."""
    raw = io.BytesIO()
    with xlsxwriter.Workbook(raw, {"in_memory": True}) as book:
        book.set_properties({"created": _MADE_AT})
        for sheet in sheets:
            page = book.add_worksheet(sheet.name)
            for number, row in enumerate(sheet.rows):
                page.write_row(number, 0, row)
    return _repacked(raw.getvalue())


def _repacked(content: bytes) -> bytes:
    """Pack the parts anew without compression, whose output depends on the installed library."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            part = zipfile.ZipInfo(name, _ZIP_DATE)
            part.create_system = 3
            part.external_attr = 0o600 << 16
            new.writestr(part, old.read(name))
    return out.getvalue()
