"""Rates of duty in per cent, as parts per million; a cell may give two, such as `4.5 & 8.5`.

Two rates mean that the goods fall under one, the other or both. The duty amount beside them decides
if it lies within their bounds, else both are added: no mean is ever taken.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.money import MILLION, Int64Array, round_div
from engine.sources.frames import BoolArray
from engine.sources.landing.file_rows import Problem
from engine.sources.numbers import NotANumberError, NumberStyle, read_number
from engine.sources.owner_rows import UNKNOWN, NumberKind, OwnerRows

PERCENT = NumberKind(4, "a rate in per cent such as 4.5", 1_000)
_BY_ITSELF = NumberStyle(None, None)  # a sign before three digits stays in doubt


@dataclass(frozen=True, slots=True, eq=False)
class DutyRates:
    """The duty rates of rows, int64 in parts per million.

    ppm: the rate that is used, UNKNOWN where there is none. one, other: the two rates of a range,
    `other` is 0 where there is one rate. is_range: the cell gives two.
    """

    ppm: Int64Array
    one: Int64Array
    other: Int64Array

    @property
    def is_range(self) -> BoolArray:
        """Which rows give two rates."""
        return np.asarray(self.other > 0)


def read_duty_rates(rows: OwnerRows, declared: Int64Array, duty: Int64Array) -> DutyRates:
    """Return the rates of the column `duty_rate`.

    declared, duty: int64 per row, 1/10,000 of the major unit, UNKNOWN where there is none. Each row
    with two rates is noted, with the rate that is used.
    """
    cells = rows.texts("duty_rate")
    pairs = {cell: pair for cell in set(cells) if (pair := _pair(cell)) is not None}
    sums = {cell: one + other for cell, (one, other) in pairs.items()}
    highest = rows.integers("duty_rate", PERCENT, words=sums)
    other = np.array([pairs[cell][1] if cell in pairs else 0 for cell in cells], np.int64)
    one = np.where(highest == UNKNOWN, UNKNOWN, highest - other)
    has_base = (declared > 0) & (duty != UNKNOWN)
    proved = round_div(np.where(has_base, duty, 0) * MILLION, np.where(has_base, declared, 1))
    within = has_base & (proved >= np.minimum(one, other)) & (proved <= highest)
    rates = DutyRates(np.where((other > 0) & within, proved, highest), one, other)
    for index in np.flatnonzero(rates.is_range & rows.used).tolist():
        used = percent_text(int(rates.ppm[index]))
        why = "the duty beside them proves" if within[index] else "both together are"
        problem = Problem("RATE_RANGE", "gives two rates", "one rate")
        rows.note(index, "duty_rate", problem, action=f"{why} {used}, which is used")
    return rates


def percent_text(ppm: int) -> str:
    """Return parts per million as per cent, for messages."""
    return f"{ppm / 10_000:.4f}".rstrip("0").rstrip(".") + " %"


def _pair(cell: str) -> tuple[int, int] | None:
    """Return the two rates of a cell such as `4.5 & 8.5`, None if it is no such cell."""
    parts = cell.split("&")
    rates = [_ppm(part) for part in parts]
    if len(parts) != 2 or not rates[0] or not rates[1]:
        return None
    return rates[0], rates[1]


def _ppm(part: str) -> int | None:
    try:
        number = read_number(part.strip(), _BY_ITSELF)
    except NotANumberError:
        return None
    exact = None if number is None else PERCENT.exact(part, number)
    return None if exact is None or isinstance(exact, Problem) else int(exact)
