"""Money and quantities of an import file, as exact integers from cells.

Amounts are held in millionths of the major unit while they are added, so every divisor that a row
may have is exact. What goes into a table is an amount with the smallest divisor that holds it, at
least the currency's own.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

import numpy as np
import numpy.typing as npt

from engine.money import Int64Array, currency_digits
from engine.sources.currencies import CURRENCY_CODES, split_currency
from engine.sources.frames import BoolArray
from engine.sources.landing.file_rows import Cells, FileRows, Problem
from engine.sources.numbers import NotANumberError, NumberStyle, find_style, note_style, read_number
from engine.sources.records import Records

MOST_DECIMALS = 6
MOST_UNITS = 1_000_000
TOO_LARGE = 10**10  # major units; tables hold less than that
_UNIT = Decimal(1).scaleb(-MOST_DECIMALS)


@dataclass(frozen=True, slots=True, eq=False)
class Amounts:
    """A column of amounts.

    `millionths`: int64, of the major unit, 0 where unknown. `decimals`: how many decimals the
    value needs. `known`: False where the cell holds nothing.
    """

    millionths: Int64Array
    decimals: Int64Array
    known: BoolArray

    def divisor_digits(self, currency: npt.NDArray[np.str_]) -> Int64Array:
        """Return for each row the decimals of its divisor: its own or its currency's, if more."""
        return np.maximum(self.decimals, digits_of(currency))


def digits_of(currency: npt.NDArray[np.str_]) -> Int64Array:
    """Return the decimals of each row's currency."""
    codes, which = np.unique(currency, return_inverse=True)
    return np.array([currency_digits(str(code)) for code in codes], np.int64)[which]


def scale(millionths: Int64Array, digits: Int64Array) -> Int64Array:
    """Return millionths as amounts with a divisor of 10^digits; exact where digits suffice."""
    return millionths // 10 ** (MOST_DECIMALS - digits)


def decimals_of(millionths: Int64Array) -> Int64Array:
    """Return how many decimals each amount needs."""
    decimals = np.full(len(millionths), MOST_DECIMALS, np.int64)
    for fewer in range(MOST_DECIMALS - 1, -1, -1):
        decimals[millionths % 10 ** (MOST_DECIMALS - fewer) == 0] = fewer
    return decimals


def number_style(rows: FileRows, names: tuple[str, ...]) -> NumberStyle:
    """Let all number cells of the file vote on its decimal sign."""
    records: Records = rows.records
    typed = [records.typed_cells(records.places[name]) for name in names if records.has(name)]
    style = find_style((cell for cells in typed for cell in cells), records.delimiter)
    note_style(style, rows.file, rows.findings)
    return style


def read_currency(rows: FileRows, cells: Cells) -> npt.NDArray[np.str_]:
    """Return each row's currency; rows without one, or with no ISO 4217 code, are rejected."""

    def read(text: str) -> str | Problem:
        code = text.upper()
        if code in CURRENCY_CODES:
            return code
        if not text:
            return ""
        return Problem("CURRENCY_CONFLICT", "is not a currency", "an ISO 4217 code such as USD")

    codes = rows.read(cells, read)
    rows.reject_missing(cells, "an ISO 4217 code such as USD")
    return np.array([code or "" for code in codes], dtype="<U3")[cells.code]


def read_amounts(
    rows: FileRows,
    cells: Cells,
    currency: npt.NDArray[np.str_],
    style: NumberStyle,
    *,
    needed: bool = False,
    above_zero: bool = False,
) -> Amounts:
    """Read a column of money, never negative; a blank cell rejects its row only if `needed`.

    A sign such as € that contradicts the row's currency rejects the row. More than six decimals are
    rounded, halves away from zero, and counted.
    """
    expected = "an amount above zero such as 12.34" if above_zero else "an amount such as 12.34"

    def read(text: str) -> Decimal | Problem:
        try:
            number = read_number(text, style)
        except NotANumberError as error:
            return Problem("NOT_A_NUMBER", str(error), expected)
        if number is None:
            return Decimal(-1)
        if number < 0 or (above_zero and not number):
            what = "is not above zero" if above_zero else "is below zero"
            return Problem("NEGATIVE", what, expected)
        if number >= TOO_LARGE:
            return Problem("NOT_A_NUMBER", "is too large", "an amount under ten billion")
        return number

    numbers = [Decimal(-1) if number is None else number for number in rows.read(cells, read)]
    if needed:
        rows.reject_missing(cells, expected)
    _refuse_other_currency(rows, cells, currency)
    rounded = [number.quantize(_UNIT, ROUND_HALF_UP).normalize() for number in numbers]
    _count_rounded(rows, cells, [a != b for a, b in zip(rounded, numbers, strict=True)])
    known = np.array([number >= 0 for number in numbers], np.bool_)
    millionths = np.array([int(number.scaleb(MOST_DECIMALS)) for number in rounded], np.int64)
    return Amounts(
        np.where(known, millionths, 0)[cells.code],
        decimals_of(millionths)[cells.code],
        known[cells.code],
    )


def read_quantity(rows: FileRows, cells: Cells, style: NumberStyle, *, needed: bool) -> Int64Array:
    """Return each row's quantity, a whole number from 1; 0 where the cell holds nothing."""
    expected = "a whole number from 1"

    def read(text: str) -> int | Problem:
        try:
            number = read_number(text, style)
        except NotANumberError as error:
            return Problem("NOT_A_NUMBER", str(error), expected)
        if number is None:
            return 0
        if number < 0:
            return Problem("NEGATIVE", "is below zero", expected)
        if not number or number != number.to_integral_value():
            return Problem("NOT_A_NUMBER", "is not a whole number from 1", expected)
        if number > MOST_UNITS:
            return Problem("NOT_A_NUMBER", "is too large", f"at most {MOST_UNITS:,} pieces")
        return int(number)

    quantities = rows.read(cells, read)
    if needed:
        rows.reject_missing(cells, expected)
    return np.array([quantity or 0 for quantity in quantities], np.int64)[cells.code]


def canonical_text(millionths: int) -> str:
    """Return an amount in its one spelling, without trailing zeros: 2500000 is 2.5."""
    text = f"{Decimal(millionths).scaleb(-MOST_DECIMALS):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _refuse_other_currency(rows: FileRows, cells: Cells, currency: npt.NDArray[np.str_]) -> None:
    """Reject the rows whose amount carries the sign of another currency than the row's."""
    marks = [split_currency(text)[1] for text in cells.values]
    has_mark = np.array([bool(mark) for mark in marks], np.bool_)
    for row in np.flatnonzero(has_mark[cells.code] & (currency != "")):
        if str(currency[row]) not in marks[cells.code[row]]:
            problem = Problem(
                "CURRENCY_CONFLICT",
                f"is not in {currency[row]}, the row's currency",
                "one currency in a row",
            )
            rows.reject(int(row), problem, cells)


def _count_rounded(rows: FileRows, cells: Cells, by_value: list[bool]) -> None:
    count = int(np.array(by_value, np.bool_)[cells.code].sum())
    if count:
        rows.findings.add(
            "ROUNDED",
            file=rows.file,
            column=cells.header,
            what=f"{count} amount(s) have more than {MOST_DECIMALS} decimals",
            action=f"they are rounded to {MOST_DECIMALS} decimals",
        )
