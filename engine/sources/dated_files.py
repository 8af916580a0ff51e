"""Inputs of which there may be several files, each in force from its start day until the next one.

A file without a start day is in force from the beginning. A carrier's workbook may hold its prices
and its zones in two sheets; each sheet then counts as a file of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.periods import day_number
from engine.sources.csv_folder import InputFile, find_files, read_file
from engine.sources.findings import Findings, refusal
from engine.sources.owner_rows import OPEN_END, OPEN_START
from engine.sources.records import Layout, Records


@dataclass(frozen=True, slots=True, eq=False)
class DatedRecords:
    """The records of one file, and the first and last day on which they are in force."""

    records: Records
    first: int = OPEN_START
    last: int = OPEN_END


def read_dated(
    folder: Path, name: str, layout: Layout, findings: Findings, *, shop: str | None = None
) -> list[DatedRecords]:
    """Return the records of an input's files by start day; an empty list if there is no file.

    Raises InputFileError for a file that is there but refused, SourceError for one that can't be
    opened.
    """
    found = []
    for file in find_files(folder, name, findings, shop=shop):
        found += [(file, records) for records in read_file(file.path, (layout,), findings)]
    return _in_force(found)


def read_pair(
    folder: Path,
    inputs: tuple[tuple[str, Layout], tuple[str, Layout]],
    findings: Findings,
    *,
    shop: str | None = None,
) -> tuple[list[DatedRecords], list[DatedRecords]]:
    """Return the records of two inputs whose sheets may stand in one workbook of either name.

    An input counts as absent only if no sheet of the other's workbooks has it either.
    """
    layouts = tuple(layout for _, layout in inputs)
    found: dict[Layout, list[tuple[InputFile, Records]]] = {layout: [] for layout in layouts}
    absent: dict[Layout, Findings] = {}
    for name, layout in inputs:
        absent[layout] = Findings()
        for file in find_files(folder, name, absent[layout], shop=shop):
            wanted = layouts if file.path.suffix.casefold() == ".xlsx" else (layout,)
            for records in read_file(file.path, wanted, findings):
                found[records.layout].append((file, records))
    for layout in layouts:
        if not found[layout]:
            findings.extend(absent[layout])
    first, second = (_in_force(_of_shop(found[layout], folder)) for layout in layouts)
    return first, second


def _of_shop(
    found: Sequence[tuple[InputFile, Records]], folder: Path
) -> list[tuple[InputFile, Records]]:
    """Return the files of the shop's own folder if it has any, else all."""
    own = [item for item in found if item[0].path.parent != folder]
    return own or list(found)


def _in_force(found: Sequence[tuple[InputFile, Records]]) -> list[DatedRecords]:
    by_day: dict[int, Records] = {}
    for file, records in found:
        start = OPEN_START if file.valid_from is None else day_number(file.valid_from)
        other = by_day.setdefault(start, records)
        if other is not records:
            raise refusal(
                "TWO_FILES",
                records.file,
                f"and {other.file} both answer to the input {records.layout.kind!r}",
                expected="one file or sheet for each start day",
            )
    starts = sorted(by_day)
    ends = [*(start - 1 for start in starts[1:]), OPEN_END]
    return [
        DatedRecords(by_day[start], start, end) for start, end in zip(starts, ends, strict=False)
    ]
