"""Rows of cells as the bytes of a text file, in the dialects that spreadsheets write."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

Row = Sequence[str]


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a program writes its files."""

    delimiter: str = ","
    line_end: str = "\n"
    encoding: str = "utf-8"
    ends_with_line_end: bool = True


PLAIN = Dialect()
EXCEL = Dialect(delimiter=",", line_end="\r\n", ends_with_line_end=False)
EXCEL_TR = Dialect(delimiter=";", line_end="\r\n", encoding="utf-8-sig")


def text_file(rows: Iterable[Row], dialect: Dialect = PLAIN) -> bytes:
    """Return the bytes of a file with these rows."""
    out = io.StringIO()
    csv.writer(out, delimiter=dialect.delimiter, lineterminator=dialect.line_end).writerows(rows)
    text = out.getvalue()
    if not dialect.ends_with_line_end:
        text = text.removesuffix(dialect.line_end)
    return text.encode(dialect.encoding)


def decimal(value: int, digits: int, *, sign: str = ".", fewest: int = 0) -> str:
    """Return an integer of 10^-digits as text: (12500, 4) is 1.25; `fewest` decimals at least."""
    whole, rest = divmod(value, 10**digits)
    decimals = f"{rest:0{digits}}".rstrip("0").ljust(fewest, "0")
    return f"{whole}{sign}{decimals}" if decimals else str(whole)
