"""The rows of one of the owner's tables while they are read: which are used, and what cells hold.

A cell is read once for each distinct text of its column. A cell that can't be understood costs its
row if the row says nothing without it, else only itself; either way it is noted. No number is ever
a float, and what is not known is never 0.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from itertools import chain

import numpy as np

from engine.local_time import DAY_SECONDS
from engine.money import Int64Array
from engine.sources.currencies import currencies_in, currencies_of
from engine.sources.findings import Findings, Level
from engine.sources.folding import fold
from engine.sources.frames import BoolArray, Int32Array
from engine.sources.landing.dates import find_day_first, read_moment
from engine.sources.landing.file_rows import CELL_BLANK, Problem
from engine.sources.numbers import find_style, is_missing, note_style, read_numbers
from engine.sources.records import Records

UNKNOWN = -1  # where a column of numbers, none of them below zero, holds nothing that can be used
OPEN_START, OPEN_END = -(2**31), 2**31 - 1  # day numbers of a span without a first or last day
ROW_NOT_USED = "the row is not used"
EXPECTED_DAY = "a day such as 2026-03-29"

Column = str | int  # by its name in the layout, or by its place in the header
_DOTTED_DAY = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", re.ASCII)
_MONTH = re.compile(r"(\d{4})-(\d{1,2})(?:-0?1)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class NumberKind:
    """What a column of numbers states, and how it is held: as whole 10^-digits.

    expected: an example, for messages. most: the largest number of the file's own unit that makes
    sense. is_fraction: `5 %` means 0.05.
    """

    digits: int
    expected: str
    most: int
    above_zero: bool = False
    may_be_negative: bool = False
    is_fraction: bool = False

    def exact(self, cell: str, number: Decimal) -> Decimal | Problem:
        """Return a number in 10^-digits, not rounded yet, or why it can't be one of this kind."""
        if self.is_fraction and "%" in cell:
            number = number.scaleb(-2)
        if self.above_zero and number <= 0:
            return Problem("NEGATIVE", "is not above zero", self.expected)
        if number < 0 and not self.may_be_negative:
            return Problem("NEGATIVE", "is below zero", self.expected)
        if abs(number) > self.most:
            return Problem("NOT_A_NUMBER", "is too large", self.expected)
        return number.scaleb(self.digits)


class OwnerRows:
    """The rows of a table below its header, by position; `used` tells which are not rejected."""

    def __init__(
        self,
        records: Records,
        findings: Findings,
        *,
        numbers: Iterable[Column] = (),
        dates: Iterable[str] = (),
    ) -> None:
        """Let the cells of `numbers` and `dates` decide how the file writes them.

        Raises InputFileError if dates are written in two orders.
        """
        self.records = records
        self.findings = findings
        self.used: BoolArray = np.ones(len(records), np.bool_)
        self._texts: dict[int, list[str]] = {}
        places = [place for place in map(self.place, numbers) if place is not None]
        typed = chain.from_iterable(map(records.typed_cells, places))
        self.style = find_style(typed, records.delimiter)
        note_style(self.style, records.file, findings)
        days = (cell for name in dates for cell in self.texts(name))
        self._day_first = find_day_first(days, records.file, findings)

    def __len__(self) -> int:
        return len(self.records)

    @property
    def file(self) -> str:
        """The file's name, for messages."""
        return self.records.file

    def place(self, column: Column) -> int | None:
        """Return a column's position in the header, None if the file does not have it."""
        return column if isinstance(column, int) else self.records.places.get(column)

    def header(self, column: Column) -> str:
        """Return a column's header as the file writes it, for messages."""
        place = self.place(column)
        if place is None:
            return str(column)
        return self.records.header[place] or f"number {place + 1}, without a header"

    def texts(self, column: Column) -> list[str]:
        """Return a column's cells with single spaces, blank ones if the file does not have it."""
        place = self.place(column)
        if place is None:
            return [""] * len(self)
        if place not in self._texts:
            cells = self.records.columns[place]
            tidy = {cell: " ".join(cell.split()) for cell in set(cells)}
            self._texts[place] = [tidy[cell] for cell in cells]
        return self._texts[place]

    def row_numbers(self) -> Int32Array:
        """Return the line of the file on which each row starts."""
        return np.asarray(self.records.row_numbers, np.int32)

    def reject(self, index: int, column: Column, problem: Problem) -> None:
        """Leave a row out and say why; the value is shown unless it is blank."""
        self.used[index] = False
        self.note(index, column, problem, action=ROW_NOT_USED, level=Level.ERROR)

    def note(
        self,
        index: int,
        column: Column,
        problem: Problem,
        *,
        action: str,
        level: Level | None = None,
    ) -> None:
        """Say something about a cell that does not cost its row."""
        self.findings.add(
            problem.code,
            file=self.file,
            row=self.records.row_numbers[index],
            column=self.header(column),
            value=self.texts(column)[index] or None,
            what=problem.what,
            expected=problem.expected,
            action=action,
            level=level,
        )

    def note_cells(self, column: Column, problems: Mapping[str, Problem], *, needed: bool) -> None:
        """Note each used row whose cell has a problem, and reject it if the cell is needed."""
        if not problems:
            return
        for index, cell in enumerate(self.texts(column)):
            if cell not in problems or not self.used[index]:
                continue
            if needed:
                self.reject(index, column, problems[cell])
            else:
                self.note(index, column, problems[cell], action=CELL_BLANK, level=Level.ERROR)

    def require(self, column: Column, missing: BoolArray, expected: str) -> None:
        """Reject the used rows in which a needed cell holds nothing."""
        problem = Problem("VALUE_MISSING", "is empty", expected)
        for index in np.flatnonzero(missing & self.used).tolist():
            self.reject(index, column, problem)

    def integers(
        self,
        column: Column,
        kind: NumberKind,
        *,
        needed: bool = False,
        currency: str = "",
        missing: int = UNKNOWN,
        words: Mapping[str, int] | None = None,
    ) -> Int64Array:
        """Return a column of numbers as `kind` holds them, `missing` where there is none.

        `currency`: a cell with the mark of another one is not read. `words`: cells that stand for
        an integer by themselves. How many numbers had to be rounded is noted.
        """
        counts = Counter(self.texts(column))
        meanings = dict(words or {})
        numbers, unread = read_numbers(counts.keys() - meanings.keys(), self.style)
        problems = {
            cell: Problem("NOT_A_NUMBER", why, kind.expected) for cell, why in unread.items()
        }
        held = dict.fromkeys(counts, missing) | meanings
        rounded = 0
        for cell, number in numbers.items():
            if number is None:
                continue
            exact = kind.exact(cell, number)
            if currency and (marks := currencies_in(cell)) and currency not in marks:
                exact = Problem("CURRENCY_CONFLICT", "is in another currency", currency)
            if isinstance(exact, Problem):
                problems[cell] = exact
                continue
            held[cell] = int(exact.quantize(Decimal(1), ROUND_HALF_UP))
            rounded += counts[cell] if held[cell] != exact else 0
        self.note_cells(column, problems, needed=needed)
        if rounded:
            self._note_rounded(column, rounded, kind)
        cells = self.texts(column)
        values = np.fromiter(map(held.__getitem__, cells), np.int64, len(cells))
        if needed:
            self.require(column, values == missing, kind.expected)
        return values

    def words(
        self, column: Column, meaning: Mapping[str, int], expected: str, *, needed: bool = True
    ) -> Int64Array:
        """Return a column of known words as the integers they stand for, UNKNOWN for others."""
        found = {cell: meaning.get(fold(cell), UNKNOWN) for cell in set(self.texts(column))}
        problem = Problem("VALUE_UNKNOWN", "is not one of the known words", expected)
        unknown = [cell for cell, value in found.items() if value == UNKNOWN and cell]
        self.note_cells(column, dict.fromkeys(unknown, problem), needed=needed)
        values = np.array([found[cell] for cell in self.texts(column)], np.int64)
        if needed:
            self.require(column, values == UNKNOWN, expected)
        return values

    def days(
        self, column: Column, *, blank: int | None = None, no_days: frozenset[str] = frozenset()
    ) -> Int32Array:
        """Return a column of dates as day numbers; a cell that is no date rejects its row.

        `blank`: the day of an empty cell; without it such a row is rejected too. `no_days`: folded
        words that count as empty.
        """
        cells = set(self.texts(column))
        empty = {cell for cell in cells if is_missing(cell) or fold(cell) in no_days}
        found = {cell: None if cell in empty else self._day(cell) for cell in cells}
        problem = Problem("DATE_NOT_READ", "is not a date", EXPECTED_DAY)
        unread = [cell for cell in cells - empty if found[cell] is None]
        self.note_cells(column, dict.fromkeys(unread, problem), needed=True)
        if blank is None:
            is_empty = np.array([cell in empty for cell in self.texts(column)], np.bool_)
            self.require(column, is_empty, EXPECTED_DAY)
        default = 0 if blank is None else blank
        days = [found[cell] for cell in self.texts(column)]
        return np.array([default if day is None else day for day in days], np.int32)

    def spans(self, *, no_days: frozenset[str] = frozenset()) -> tuple[Int32Array, Int32Array]:
        """Return the first and last day of each row, by `valid_from` and `valid_to`.

        A blank cell is open, and so are the folded words `no_days` in `valid_from`.
        """
        first = self.days("valid_from", blank=OPEN_START, no_days=no_days)
        last = self.days("valid_to", blank=OPEN_END)
        problem = Problem("DATE_NOT_READ", "is before the first day of the row", "a later day")
        for index in np.flatnonzero((last < first) & self.used).tolist():
            self.reject(index, "valid_to", problem)
        return first, last

    def currencies(self, column: Column, default: str = "") -> tuple[str, ...]:
        """Return each row's currency code; a row without a known one is rejected.

        `default`: the currency of a row that names none.
        """
        expected = "an ISO 4217 code such as USD"
        marks = {cell: currencies_of(cell) for cell in set(self.texts(column))}
        codes = {cell: next(iter(m)) if len(m) == 1 else "" for cell, m in marks.items()}
        problem = Problem("CURRENCY_CONFLICT", "is not a currency", expected)
        unknown = [cell for cell, code in codes.items() if cell and not code]
        self.note_cells(column, dict.fromkeys(unknown, problem), needed=True)
        found = tuple(codes[cell] or default for cell in self.texts(column))
        self.require(column, np.array([not code for code in found], np.bool_), expected)
        return found

    def reject_foreign_marks(self, column: Column, currencies: Sequence[str]) -> None:
        """Reject the rows whose amount carries the mark of another currency than the row's."""
        marks = {cell: currencies_in(cell) for cell in set(self.texts(column))}
        for index, cell in enumerate(self.texts(column)):
            if self.used[index] and marks[cell] and currencies[index] not in marks[cell]:
                expected = f"{currencies[index]}, the currency of the row"
                problem = Problem("CURRENCY_CONFLICT", "is in another currency", expected)
                self.reject(index, column, problem)

    def _day(self, cell: str) -> int | None:
        if dotted := _DOTTED_DAY.fullmatch(cell):
            cell = f"{dotted[3]}-{dotted[2]}-{dotted[1]}"
        moment = read_moment(cell, day_first=self._day_first)
        if moment is None or isinstance(moment, Problem):
            return None
        return moment.seconds // DAY_SECONDS

    def _note_rounded(self, column: Column, count: int, kind: NumberKind) -> None:
        self.findings.add(
            "ROUNDED",
            file=self.file,
            column=self.header(column),
            what=f"{count} number(s) have more decimals than are kept",
            action=f"they are rounded to {kind.digits} decimals",
        )


def read_month(cell: str) -> int | None:
    """Return `2025-04`, or a spreadsheet's 2025-04-01, as year × 12 + month − 1; else None."""
    match = _MONTH.fullmatch(cell)
    if match is None or not 1 <= int(match[2]) <= 12:
        return None
    return int(match[1]) * 12 + int(match[2]) - 1
