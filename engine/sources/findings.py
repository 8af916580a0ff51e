"""What was noticed while reading a file: one finding is one cell, row, column or file.

Every message has the same form, a stable code, and one of three levels: an *error* is something
that is not used, a *warning* was read with a stated assumption, an *info* was counted. A finding
never holds a buyer's name, address or mail.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from engine.errors import InputFileError

SHOWN = 20  # findings of one code that a summary spells out
_LONGEST_VALUE = 80


class Level(StrEnum):
    """How much of the input a finding costs."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


# Code → what it means, by level. docs/input-files.md explains those that the owner's files give.
_ERRORS = {
    "HEADER_NOT_FOUND": "no row has the headers that the file must have",
    "TWO_FILES": "two files answer to one input",
    "NOT_TEXT": "the file is not text, or is damaged",
    "QUOTE_OPEN": "a quote is opened and never closed",
    "ORDER_INCOMPLETE": "another line of the same order was rejected",
    "VALUE_MISSING": "a cell that is needed is empty",
    "VALUE_UNKNOWN": "a word that is not one of the known ones",
    "DUPLICATE_ID": "an id that an earlier row of the file has",
    "ID_TAKEN": "an id that belongs to another shop",
    "YEAR_UNDECIDED": "a price column without a year, and its neighbours do not tell it",
    "ROW_TOO_LONG": "a row with more cells than the header",
    "NOT_A_NUMBER": "a cell that should be a number",
    "NEGATIVE": "a number below zero",
    "ID_DAMAGED": "an id that a spreadsheet has rounded",
    "DATE_NOT_READ": "a cell that should be a date or a month",
    "MONEY_MIXED": "amounts in major and in minor units",
    "CURRENCY_CONFLICT": "two currencies where there can be one",
    "OVERLAP": "dated rows that overlap",
    "SAME_AS_RING": "SKUs that are each called the same as the next, back to the first",
}
_WARNINGS = {
    "ENCODING_GUESSED": "neither a byte order mark nor UTF-8",
    "DECIMAL_MIXED": "both signs are used as the decimal sign",
    "DUPLICATE_CONFLICT": "the same thing is stated twice, differently",
    "SKU_AMBIGUOUS": "a SKU without its prefix belongs to several cost codes",
    "SKU_TWINS": "SKUs that differ in letter case only",
    "SKU_IS_TEXT": "a SKU that looks like a sentence",
    "ZERO_COST": "a unit cost or declared value of 0",
    "COST_OLD": "the newest known cost is more than a year old",
    "PRICE_JUMP": "a price that is far from its neighbour",
    "NOT_MONOTONE": "a heavier parcel that costs less",
    "RATE_RANGE": "a rate given as a range",
    "NOTE_NOT_READ": "a note in words that are not understood",
    "COUNTRY_UNKNOWN": "a country that is not known",
    "ZONE_MISSING": "a zone that one of two files lacks",
    "CODE_DISAGREES": "two files that contradict each other",
    "DATE_ORDER_ASSUMED": "day and month can't be told apart",
    "ORDER_UNKNOWN": "a refund of an order that is not known",
    "IDENTITY_BROKEN": "amounts that do not add up",
    "STATUS_UNKNOWN": "an order status that is not known",
    "LEDGER_TYPE_UNKNOWN": "a kind of ledger entry that is not known",
}
_INFOS = {
    "TITLE_ROWS": "rows above the header",
    "BLANK_ROWS": "rows without any content",
    "BLANK_SKU": "rows without a SKU",
    "MONTHS_MISSING": "months between the first and the last that have no column",
    "COLUMN_IGNORED": "a column that is not read",
    "YEAR_BY_POSITION": "a price column without a year that got it from its neighbours",
    "ROUNDED": "numbers with more decimals than are kept",
    "ALREADY_IMPORTED": "a file that was imported before",
    "HEADER_ONLY": "a file without rows",
    "FILE_ABSENT": "an input that is not there",
}
CODES: dict[str, tuple[Level, str]] = {
    **{code: (Level.ERROR, meaning) for code, meaning in _ERRORS.items()},
    **{code: (Level.WARNING, meaning) for code, meaning in _WARNINGS.items()},
    **{code: (Level.INFO, meaning) for code, meaning in _INFOS.items()},
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was noticed; as text it says where, what, what was expected, what follows."""

    code: str
    file: str
    what: str
    expected: str = ""
    action: str = ""
    row: int | None = None
    column: str | None = None
    value: str | None = None
    level: Level = Level.INFO

    def __str__(self) -> str:
        places = [] if self.row is None else [f"row {self.row}"]
        if self.column is not None:
            places.append(f'column "{_one_line(self.column)}"')
        fact = self.what if self.value is None else f'value "{_one_line(self.value)}" {self.what}'
        where = ": ".join([self.file, *([", ".join(places)] if places else []), fact])
        expected = f"expected {self.expected}" if self.expected else ""
        return "; ".join(part for part in (where, expected, self.action) if part)


@dataclass(frozen=True, slots=True)
class FindingGroup:
    """All findings of one code: how many, and the first of them."""

    code: str
    level: Level
    count: int
    first: tuple[Finding, ...]

    def __str__(self) -> str:
        title = f"{self.level} {self.code} ({CODES[self.code][1]}): {self.count}"
        lines = [title, *(f"  {finding}" for finding in self.first)]
        if self.count > len(self.first):
            lines.append(f"  and {self.count - len(self.first)} more")
        return "\n".join(lines)


class Findings:
    """The findings of one reading, in the order they were met."""

    __slots__ = ("_found",)

    def __init__(self, found: Iterable[Finding] = ()) -> None:
        self._found = list(found)

    def __iter__(self) -> Iterator[Finding]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)

    def add(
        self,
        code: str,
        *,
        file: str,
        what: str,
        expected: str = "",
        action: str = "",
        row: int | None = None,
        column: str | None = None,
        value: str | None = None,
        level: Level | None = None,
    ) -> Finding:
        """Note something; the level is the code's own unless another one is given."""
        level = level or CODES[code][0]
        finding = Finding(code, file, what, expected, action, row, column, value, level)
        self._found.append(finding)
        return finding

    def extend(self, others: Iterable[Finding]) -> None:
        """Append the findings of another reading."""
        self._found.extend(others)

    def of(self, code: str) -> list[Finding]:
        """Return the findings with this code."""
        return [finding for finding in self._found if finding.code == code]

    def count(self, level: Level) -> int:
        """Return how many findings have this level."""
        return sum(finding.level is level for finding in self._found)

    def groups(self) -> list[FindingGroup]:
        """Return the findings by level and code, errors first, each with its first few."""
        by_code: dict[tuple[Level, str], list[Finding]] = {}
        for finding in self._found:
            by_code.setdefault((finding.level, finding.code), []).append(finding)
        order = list(Level)
        return [
            FindingGroup(code, level, len(found), tuple(found[:SHOWN]))
            for (level, code), found in sorted(
                by_code.items(), key=lambda item: (order.index(item[0][0]), item[0][1])
            )
        ]


def refusal(
    code: str, file: str, what: str, *, expected: str = "", row: int | None = None
) -> InputFileError:
    """Return the error that refuses a whole file; raise it where the file can't be used."""
    level = CODES[code][0]
    finding = Finding(code, file, what, expected, f"the file is refused ({code})", row, level=level)
    return InputFileError(str(finding))


def _one_line(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST_VALUE else line[: _LONGEST_VALUE - 1] + "…"
