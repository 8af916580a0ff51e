"""The rows of one import file while they are being checked: which are rejected, and why.

A cell is read once for each distinct text in its column, however many rows repeat it. A row that
can't be understood is rejected whole; a cell that is needed neither for money nor for identity
only blanks itself. Every rejection is a finding with row, column, value and reason. Buyers' cells
never reach a finding.
"""

from __future__ import annotations

import json
from bisect import bisect_left
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from engine.money import Int64Array
from engine.sources.findings import Finding, Findings, Level
from engine.sources.frames import BoolArray
from engine.sources.numbers import is_missing
from engine.sources.records import Records

Value = TypeVar("Value")

ROW_REJECTED = "the row is rejected"
CELL_BLANK = "the cell is treated as missing"


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a cell can't be used: the code of the finding, what is wrong, what was expected."""

    code: str
    what: str
    expected: str


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """One column of a file: row i holds the text `values[code[i]]`, without outer spaces."""

    name: str
    header: str
    code: Int64Array
    values: tuple[str, ...]

    @property
    def missing(self) -> BoolArray:
        """The rows in which the cell holds nothing."""
        return np.array([is_missing(text) for text in self.values], np.bool_)[self.code]

    @property
    def texts(self) -> tuple[str | None, ...]:
        """The distinct texts by code, None for those that hold nothing."""
        return tuple(None if is_missing(text) else text for text in self.values)

    def text(self, row: int) -> str:
        """Return the cell of one row."""
        return self.values[int(self.code[row])]


class FileRows:
    """The rows of a file below its header, by position; collects what is wrong with them."""

    def __init__(self, records: Records, findings: Findings, buyer_columns: frozenset[str]) -> None:
        self.records = records
        self.findings = findings
        self.rejected: BoolArray = np.zeros(len(records), dtype=np.bool_)
        self._buyer_columns = buyer_columns
        self._cells: dict[str, Cells] = {}

    def __len__(self) -> int:
        return len(self.records)

    @property
    def file(self) -> str:
        """The file's name, for messages."""
        return self.records.file

    @property
    def total(self) -> int:
        """Rows of the file, those included that are too long to have cells."""
        return len(self.records) + len(self.records.too_long)

    @property
    def rejected_count(self) -> int:
        """Rows of the file that do not land."""
        return int(self.rejected.sum()) + len(self.records.too_long)

    def number(self, row: int) -> int:
        """Return the line of the file on which a row starts."""
        return self.records.row_numbers[row]

    def cells(self, name: str) -> Cells:
        """Return a column of the layout; all blank if the file does not have it."""
        if name not in self._cells:
            texts: Any = pc.utf8_trim_whitespace(pa.array(self.records.column(name), pa.string()))
            encoded = texts.dictionary_encode()
            self._cells[name] = Cells(
                name,
                self.records.header_of(name),
                encoded.indices.to_numpy(zero_copy_only=False).astype(np.int64),
                tuple(encoded.dictionary.to_pylist()),
            )
        return self._cells[name]

    def read(
        self,
        cells: Cells,
        read: Callable[[str], Value | Problem],
        *,
        needed: bool = True,
    ) -> list[Value | None]:
        """Read each distinct text of a column; return the values, None where `read` saw a problem.

        `needed`: a problem rejects its rows; otherwise it only blanks the cell.
        """
        values: list[Value | None] = []
        problems: dict[int, Problem] = {}
        for code, text in enumerate(cells.values):
            value = read(text)
            if isinstance(value, Problem):
                problems[code] = value
                values.append(None)
            else:
                values.append(value)
        self.reject_values(cells, problems, needed=needed)
        return values

    def reject_values(
        self, cells: Cells, problems: Mapping[int, Problem], *, needed: bool = True
    ) -> None:
        """Reject the rows whose text of this column has a problem, by the text's code."""
        if not problems:
            return
        has_problem = np.zeros(len(cells.values), dtype=np.bool_)
        has_problem[list(problems)] = True
        for row in np.flatnonzero(has_problem[cells.code]):
            self.reject(int(row), problems[int(cells.code[row])], cells, needed=needed)

    def reject(self, row: int, problem: Problem, cells: Cells, *, needed: bool = True) -> None:
        """Reject one row, or only blank one cell of it, for a stated reason."""
        if needed:
            self.rejected[row] = True
        self.findings.add(
            problem.code,
            file=self.file,
            row=self.number(row),
            column=cells.header,
            value=None if self.is_buyer(cells) else cells.text(row) or None,
            what=problem.what,
            expected=problem.expected,
            action=ROW_REJECTED if needed else CELL_BLANK,
            level=Level.ERROR,
        )

    def reject_missing(self, cells: Cells, expected: str) -> None:
        """Reject the rows in which a needed cell holds nothing."""
        problem = Problem("VALUE_MISSING", "is empty", expected)
        for row in np.flatnonzero(cells.missing):
            self.reject(int(row), problem, cells)

    def is_buyer(self, cells: Cells) -> bool:
        """Tell whether a column says who the buyer is, so that its cells are never shown."""
        return cells.name in self._buyer_columns

    def raw_row(self, finding: Finding) -> str | None:
        """Return the row of a finding as JSON, buyers' and unknown columns blanked.

        None for a row that is too long: its cells may stand under the wrong headers.
        """
        numbers = self.records.row_numbers
        index = len(numbers) if finding.row is None else bisect_left(numbers, finding.row)
        if index == len(numbers) or numbers[index] != finding.row:
            return None
        shown = {
            place for name, place in self.records.places.items() if name not in self._buyer_columns
        }
        cells = self.records.row(index)
        return json.dumps(
            {h: cells[p] if p in shown else "" for p, h in enumerate(self.records.header)},
            ensure_ascii=False,
        )
