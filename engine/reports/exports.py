"""Copies of the report rows as files, one for each level and kind of period.

What a file holds is read back from the tables after the commit, so it equals them value by value;
money is an exact decimal. A file is written under another name first and then put in its place: a
reader never meets half of one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from engine.database.arrow import Snapshot
from engine.database.blocks import Field, Kind
from engine.database.url import DatabaseUrl
from engine.errors import SourceError
from engine.metrics.formats import excel_pattern
from engine.metrics.model import Level, Unit
from engine.metrics.registry import REGISTRY
from engine.periods import PeriodKind
from engine.reports.spec import TABLE_NAMES, Scope, report_table
from engine.reports.store import open_reports
from engine.spreadsheet import MOST_LINES, Cell, write_workbook

FORMATS = ("csv", "xlsx", "parquet")
_AT_ONCE = 4_096  # rows that are plain values at a time
_AMOUNT = "#,##0.00"  # of every currency: the tables hold two decimals
_SHEET = "Report rows"
_UNFINISHED = ".unfinished"
_MONEY_TYPE = pa.decimal128(18, 2)
_MONEY_KINDS = (Kind.MONEY, Kind.HUNDREDTHS)  # both are NUMERIC(18,2)


def make_folder(folder: Path) -> None:
    """Make the folder for the files, before any work is done; raises SourceError if it can't."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SourceError(
            f"The folder {folder} for --output can't be made: {error.strerror}.",
            hint="Name a folder that you may write to.",
        ) from error


def write_files(
    url: DatabaseUrl,
    shop_ids: Sequence[int],
    scope: Scope,
    folder: Path,
    formats: Sequence[str],
    timeout_ms: int,
) -> list[str]:
    """Write the stored rows of the scope, of all shops together, and return the files' names.

    A file without rows is written too, so that yesterday's does not pass for today's.
    """
    written = []
    with open_reports(url, timeout_ms) as snapshot:
        for level in scope.levels:
            for kind in scope.kinds:
                rows = _read(snapshot, shop_ids, scope, level, kind)
                for extension in formats:
                    file = folder / f"{level}_{kind.lower()}.{extension}"
                    _put_in_place(file, rows, _WRITERS[extension])
                    written.append(str(file))
    return written


def _read(
    snapshot: Snapshot, shop_ids: Sequence[int], scope: Scope, level: Level, kind: PeriodKind
) -> pa.Table:
    table = report_table(level, 2)
    condition, parameters = scope.condition(shop_ids, [kind], level)
    selected = ", ".join([*map(_selected, table.fields), "run_id", "computed_at"])
    rows = snapshot.read(
        f"SELECT {selected} FROM {TABLE_NAMES[level]} WHERE {condition} "
        f"ORDER BY {', '.join(table.key)}",
        parameters,
    )
    for at, field in enumerate(table.fields):
        if field.kind in _MONEY_KINDS:
            rows = rows.set_column(at, field.name, _decimals(rows[field.name]))
    return rows


def _selected(field: Field) -> str:
    if field.kind in _MONEY_KINDS:
        return f"({field.name} * 100)::int8 AS {field.name}"
    return f"{field.name}::text AS {field.name}" if field.kind is Kind.TEXT else field.name


def _decimals(hundredths: pa.ChunkedArray[Any]) -> pa.Array[Any]:
    """Return counts of hundredths as DECIMAL(18,2), bit by bit: no rounding can occur."""
    counts: Any = hundredths.combine_chunks()
    low = counts.fill_null(0).to_numpy(zero_copy_only=False).astype("<i8")
    wide = np.stack([low, low >> 63], axis=1)  # 128 bits, little end first, sign extended
    known = pa.array(counts.is_valid()).buffers()[1]
    return pa.Array.from_buffers(_MONEY_TYPE, len(low), [known, pa.py_buffer(wide.tobytes())])


def _put_in_place(file: Path, rows: pa.Table, write: Callable[[pa.Table, Path], None]) -> None:
    unfinished = file.with_name(f".{file.name}{_UNFINISHED}")
    try:
        write(rows, unfinished)
        unfinished.replace(file)
    except OSError as error:
        unfinished.unlink(missing_ok=True)
        raise SourceError(
            f"The file {file} can't be written: {error.strerror or error}.",
            hint="The tables are up to date; make room or name another folder with --output.",
        ) from error


def _write_csv(rows: pa.Table, path: Path) -> None:
    pyarrow.csv.write_csv(rows, path)


def _write_parquet(rows: pa.Table, path: Path) -> None:
    pyarrow.parquet.write_table(rows, path)


def _write_xlsx(rows: pa.Table, path: Path) -> None:
    if rows.num_rows >= MOST_LINES:
        raise SourceError(
            f"The file {path.name.removeprefix('.').removesuffix(_UNFINISHED)} would have "
            f"{rows.num_rows:,} rows; a spreadsheet has {MOST_LINES:,} with its heading.",
            hint="The tables are up to date; use --format parquet, or fewer rows with --from, "
            "--level and --period.",
        )
    columns = [(name, _pattern(name)) for name in rows.column_names]
    with path.open("wb") as file:
        write_workbook(file, _SHEET, columns, _plain_rows(rows))


def _pattern(column: str) -> str:
    """Return the number format of a column; blank for keys, days and texts."""
    if column not in REGISTRY.metrics:
        return ""
    unit = REGISTRY[column].unit
    return _AMOUNT if unit is Unit.MONEY else excel_pattern(unit, "")


def _plain_rows(rows: pa.Table) -> Iterator[Sequence[Cell]]:
    for batch in rows.to_batches(max_chunksize=_AT_ONCE):
        yield from zip(*batch.to_pydict().values(), strict=True)


_WRITERS: dict[str, Callable[[pa.Table, Path], None]] = {
    "csv": _write_csv,
    "xlsx": _write_xlsx,
    "parquet": _write_parquet,
}
