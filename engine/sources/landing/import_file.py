"""One file that is to be imported: its bytes' fingerprint, its kind, its rows as text cells.

CSV and the like are read as any text of the owner's. A Parquet file gives the same records: its
values become the text that a CSV would hold, so that both land as the same rows.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from engine.errors import SourceError
from engine.sources.findings import Findings, refusal
from engine.sources.landing.kinds import LAYOUTS
from engine.sources.records import Records, collect, describe_rows, find_header
from engine.sources.text_files import read_text
from engine.sources.workbooks import cell_text, read_workbook

SUFFIXES = (".csv", ".tsv", ".parquet", ".xlsx")
_PARQUET = b"PAR1"
_EXACT_FLOAT = 2.0**53  # beyond it a float has lost digits, as an id must show


@dataclass(frozen=True, slots=True, eq=False)
class ImportFile:
    """A file with its content; `name` is without folders."""

    path: Path
    content: bytes
    sha256: str

    @property
    def name(self) -> str:
        """The file's name, as messages and the record of the import give it."""
        return self.path.name


def find_files(paths: Iterable[Path]) -> list[Path]:
    """Return the files that are meant: a file itself, of a folder those that can be imported.

    Raises SourceError for a path where nothing is, and for a folder without such a file.
    """
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = [p for p in sorted(path.iterdir()) if p.suffix.lower() in SUFFIXES]
            if not inside:
                raise SourceError(
                    f"The folder {path} has no file to import.",
                    hint=f"Expected are files that end in {', '.join(SUFFIXES)}.",
                )
            found.extend(inside)
        elif path.exists():
            found.append(path)
        else:
            raise SourceError(f"There is no file {path}.", hint="Check the path.")
    return list(dict.fromkeys(found))


def open_file(path: Path) -> ImportFile:
    """Read a file's bytes; raises SourceError if it can't be read."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise SourceError(
            f"The file {path} can't be read: {error.strerror}.", hint="Check its permissions."
        ) from error
    return ImportFile(path, content, hashlib.sha256(content).hexdigest())


def read_records(file: ImportFile, findings: Findings) -> Records:
    """Return the rows of a file; its kind is `records.layout.kind`.

    Raises InputFileError if the file can't be read or is of no known kind.
    """
    if file.content.startswith(_PARQUET):
        records = _read_parquet(file, findings)
    elif file.path.suffix.lower() == ".xlsx":
        sheets = read_workbook(file.content, file.name, LAYOUTS, findings)
        if len(sheets) > 1:
            names = " and ".join(sheet.file for sheet in sheets)
            raise refusal(
                "TWO_FILES",
                file.name,
                f"has {len(sheets)} sheets to import: {names}",
                expected="one sheet to import in a workbook",
            )
        (records,) = sheets
    else:
        records = read_text(file.content, file.name, LAYOUTS, findings)
    for place, header in enumerate(records.header):
        if header and place not in records.places.values():
            findings.add(
                "COLUMN_IGNORED",
                file=records.file,
                column=header,
                what=f"is no column of a {records.layout.kind} file",
                action="it is not read",
            )
    return records


def _read_parquet(file: ImportFile, findings: Findings) -> Records:
    """Return a Parquet file as records; its rows are numbered from 1."""
    try:
        table = pq.read_table(io.BytesIO(file.content))
    except (pa.ArrowException, OSError) as error:
        raise refusal(
            "NOT_TEXT",
            file.name,
            f"can't be read as Parquet ({type(error).__name__})",
            expected="a whole Parquet file",
        ) from error
    names = [str(name) for name in table.column_names]
    header = find_header([(0, names)], LAYOUTS)
    if header is None:
        raise refusal(
            "HEADER_NOT_FOUND",
            file.name,
            f"does not have the columns of any kind; found: {describe_rows([(0, names)])}",
            expected=", or ".join(layout.described() for layout in LAYOUTS),
        )
    columns = [column_texts(table.column(place)) for place in range(len(names))]
    # Rows without any content are dropped by the same code that drops them from a text file.
    rows = enumerate(map(list, zip(*columns, strict=True)), start=1)
    records = collect(file.name, header, rows, findings)
    every, none = frozenset(range(len(records))), frozenset[int]()
    return replace(
        records,
        numeric=tuple(every if _is_number(field.type) else none for field in table.schema),
    )


def column_texts(column: Any) -> list[str]:
    """Return a Parquet column as the texts that a CSV file would hold; a null is blank.

    A column of clock times that are all midnight holds dates. Lists and records are no cells.
    """
    array = column.combine_chunks()
    if pa.types.is_dictionary(array.type):
        array = array.dictionary_decode()
    if pa.types.is_nested(array.type):
        return [""] * len(array)
    if pa.types.is_timestamp(array.type):
        array = array.cast(pa.timestamp("us", array.type.tz), safe=False)
    encoded = array.dictionary_encode()
    values = encoded.dictionary.to_pylist()
    moments = [value for value in values if isinstance(value, datetime)]
    keep_midnight = any(moment.tzinfo or moment.time() != datetime.min.time() for moment in moments)
    texts = [_text(value, keep_midnight) for value in values]
    spread: Any = pc.take(pa.array(texts, pa.string()), encoded.indices)
    filled: list[str] = pc.fill_null(spread, "").to_pylist()
    return filled


def _text(value: Any, keep_midnight: bool) -> str:
    if isinstance(value, datetime) and keep_midnight:
        return value.isoformat(" ", "seconds")
    if isinstance(value, float) and abs(value) > _EXACT_FLOAT:
        return repr(value)
    # No text of a table can hold a NUL; a CSV file with one is refused as no text.
    return cell_text(value).replace("\x00", "")


def _is_number(kind: pa.DataType) -> bool:
    return bool(
        pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)
    )
