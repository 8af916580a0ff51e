"""Reading a delimited text file: its encoding, its delimiter, its header row, its records.

Nothing has to be stated beforehand: the bytes tell the encoding, and the delimiter is the one under
which a header row is recognised. One record is one row with the line on which it starts, also when
a quoted cell holds line breaks.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from itertools import islice

from engine.sources.findings import Findings, refusal
from engine.sources.records import (
    HeaderRow,
    Layout,
    NumberedRow,
    Records,
    collect,
    describe_rows,
    find_header,
    first_rows,
)

DELIMITERS = (";", ",", "\t", "|")
_FALLBACK = "windows-1254"  # the Turkish code page: what older spreadsheets save


def read_text(content: bytes, file: str, layouts: Sequence[Layout], findings: Findings) -> Records:
    """Read a delimited text; `file` is its name for messages, `layouts` what it may be.

    Raises InputFileError for what is not text, has no header row that fits, or has a quote that is
    never closed. What is read with an assumption, or not read, is added to `findings`.
    """
    encoding = find_encoding(content, file, findings)
    delimiter, header = _find_delimiter(content, encoding, file, layouts)
    rows = _rows(content, encoding, delimiter, file)
    below = (row for row in rows if row[0] > header.row_number)
    return collect(
        file, header, below, findings, encoding=encoding.removesuffix("-sig"), delimiter=delimiter
    )


def find_encoding(content: bytes, file: str, findings: Findings) -> str:
    """Return the encoding of a text: by its byte order mark, else UTF-8, else Windows-1254.

    Raises InputFileError if the bytes are not text under it.
    """
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    elif content.startswith(b"\xef\xbb\xbf"):
        encoding = "utf-8-sig"
    else:
        encoding = "utf-8" if _decodes(content, "utf-8") else _FALLBACK
    if content.startswith(b"PK\x03\x04"):
        raise refusal(
            "NOT_TEXT",
            file,
            "is a workbook or an archive, not text",
            expected="a text file, or a workbook whose name ends in .xlsx",
        )
    if not _decodes(content, encoding):
        raise refusal(
            "NOT_TEXT",
            file,
            f"is not text: NUL bytes, or bytes that {encoding.removesuffix('-sig')} does not have",
            expected="a CSV file in UTF-8, UTF-16 with a byte order mark, or Windows-1254",
        )
    if encoding == _FALLBACK:
        findings.add(
            "ENCODING_GUESSED",
            file=file,
            what="is not UTF-8 and has no byte order mark",
            expected="UTF-8",
            action="it is read as Windows-1254 (Turkish)",
        )
    return encoding


def _decodes(content: bytes, encoding: str) -> bool:
    try:
        return "\0" not in content.decode(encoding)
    except UnicodeDecodeError:
        return False


def _lines(content: bytes, encoding: str) -> io.TextIOWrapper:
    # newline="" splits at CRLF, LF and CR, and leaves the breaks inside quotes as they are.
    return io.TextIOWrapper(io.BytesIO(content), encoding=encoding, newline="")


def _rows(content: bytes, encoding: str, delimiter: str, file: str) -> Iterator[NumberedRow]:
    """Yield every row with the line on which it starts, and refuse a quote left open."""
    reader = csv.reader(_lines(content, encoding), delimiter=delimiter)
    start, ended = 1, 0
    try:
        for row in reader:
            start, ended = ended + 1, reader.line_num
            yield start, row
    except csv.Error as error:
        raise _open_quote(file, ended + 1) from error
    if ended > start and _ends_in_quote(content, encoding, delimiter, start):
        raise _open_quote(file, start)


def _ends_in_quote(content: bytes, encoding: str, delimiter: str, start: int) -> bool:
    """Tell whether the last record, which spans several lines, lacks its closing quote."""
    last = islice(_lines(content, encoding), start - 1, None)
    try:
        list(csv.reader(last, delimiter=delimiter, strict=True))
    except csv.Error as error:
        return "unexpected end of data" in str(error)
    return False


def _open_quote(file: str, row: int) -> Exception:
    return refusal(
        "QUOTE_OPEN",
        file,
        "opens a quote that is never closed, so the rows after it can't be told apart",
        expected='a second " that closes the cell',
        row=row,
    )


def _find_delimiter(
    content: bytes, encoding: str, file: str, layouts: Sequence[Layout]
) -> tuple[str, HeaderRow]:
    """Return the delimiter that shows a header row; of several, the one with most cells."""
    best: tuple[str, HeaderRow] | None = None
    seen: list[NumberedRow] = []
    for delimiter in DELIMITERS:
        rows = _top(content, encoding, delimiter)
        header = find_header(rows, layouts)
        if header is not None and (best is None or header.filled > best[1].filled):
            best = delimiter, header
        if sum(len(row) for _, row in rows) > sum(len(row) for _, row in seen):
            seen = rows
    if best is None:
        raise refusal(
            "HEADER_NOT_FOUND",
            file,
            f"has no header row that fits among its first rows; found: {describe_rows(seen)}",
            expected=", or ".join(layout.described() for layout in layouts),
        )
    return best


def _top(content: bytes, encoding: str, delimiter: str) -> list[NumberedRow]:
    """Return the first rows under a delimiter, as far as its quotes can be followed."""
    reader = csv.reader(_lines(content, encoding), delimiter=delimiter)

    def numbered() -> Iterator[NumberedRow]:
        ended = 0
        try:
            for row in reader:
                yield ended + 1, row
                ended = reader.line_num
        except csv.Error:
            return  # an open quote; under the right delimiter the reading itself refuses it

    return first_rows(numbered())
