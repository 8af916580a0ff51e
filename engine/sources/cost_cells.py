"""The cells of a cost sheet as unit costs, in 1/10,000 of the major unit (M1).

A cell that can't be used becomes a missing one and is noted; unknown is never turned into 0. A cost
of nothing is written `free`, because a 0 in such sheets nearly always means "not known".
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from itertools import chain
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from engine.money import UNIT_SCALE, Int64Array
from engine.sources.currencies import currencies_in
from engine.sources.findings import Findings
from engine.sources.folding import fold
from engine.sources.frames import BoolArray
from engine.sources.numbers import find_style, note_style, read_numbers
from engine.sources.records import Records

MISSING = -1  # no usable cost in a cell
_ZERO, _NEGATIVE, _UNREAD, _TOO_LARGE, _OTHER_CURRENCY = -2, -3, -4, -5, -6

FREE = "free"
EXPECTED = "a unit cost such as 12.34"
_AS_MISSING = "the cell is treated as missing"
_PLAIN = r"^[0-9]{1,9}(\.([0-9]{1,2}|[0-9]{4}))?$"  # three decimals may be thousands
_LIMIT = 1_000_000_000  # major units; beyond it a number is an id or a mistake
_PROBLEMS = {
    _ZERO: ("ZERO_COST", "is zero", f"a cost, or the word {FREE} if it costs nothing"),
    _NEGATIVE: ("NEGATIVE", "is below zero", EXPECTED),
    _UNREAD: ("NOT_A_NUMBER", "", EXPECTED),
    _TOO_LARGE: ("NOT_A_NUMBER", "is too large for a unit cost", EXPECTED),
    _OTHER_CURRENCY: ("CURRENCY_CONFLICT", "is in another currency", ""),
}


def read_cost_cells(
    records: Records, places: list[int], currency: str, findings: Findings
) -> Int64Array:
    """Return the unit costs of some columns, MISSING where there is none.

    int64[records, places], 1/10,000 of the major unit of `currency`, rounded once, halves away
    from zero; how many had more decimals is noted.
    """
    cells = _Cells.of([records.columns[place] for place in places])
    typed = [records.typed_cells(place) for place in places] if records.numeric else []
    style = find_style(
        chain.from_iterable(typed) if typed else Counter(cells.counts), records.delimiter
    )
    note_style(style, records.file, findings)
    costs, is_plain = _plain_costs(cells.words)
    at = np.flatnonzero(~is_plain).tolist()
    others = {cells.words[number].as_py() or "": number for number in at}
    free = {cell for cell in others if is_free(cell)}
    numbers, unread = read_numbers(others.keys() - free, style)
    rounded = 0
    for cell in free:
        costs[others[cell]] = 0
    for cell in unread:
        costs[others[cell]] = _UNREAD
    for cell, number in numbers.items():
        costs[others[cell]], is_rounded = _unit_cost(cell, number, currency)
        rounded += cells.counts[cell] if is_rounded else 0
    table = costs[cells.code].reshape(len(places), len(records))
    _note_problems(table, records, places, unread, currency, findings)
    if rounded:
        findings.add(
            "ROUNDED",
            file=records.file,
            what=f"has {rounded} unit cost(s) with more than {UNIT_SCALE} decimals",
            action=f"they are rounded to {UNIT_SCALE}",
        )
    return np.maximum(table, MISSING).T


@dataclass(frozen=True, slots=True, eq=False)
class _Cells:
    """The cells of some columns, one after the other: `words[code]` of each, and how often."""

    words: pa.StringArray
    code: npt.NDArray[np.int32]
    counts: dict[str, int]

    @classmethod
    def of(cls, columns: list[list[str]]) -> _Cells:
        cells = pa.array(list(chain.from_iterable(columns)), pa.string())
        encoded: Any = cells.dictionary_encode()
        words, code = encoded.dictionary, encoded.indices.to_numpy()
        counts = np.bincount(code, minlength=len(words))
        return cls(words, code, dict(zip(words.to_pylist(), counts.tolist(), strict=True)))


def _plain_costs(words: pa.StringArray) -> tuple[Int64Array, BoolArray]:
    """Return the costs of words that are digits and a decimal point only, and which these are.

    Nearly all words of a sheet are; they can be read in one way, whatever the file's style.
    """
    is_plain = pc.match_substring_regex(words, _PLAIN).to_numpy(zero_copy_only=False)
    costs = np.full(len(words), _ZERO, np.int64)
    exact: Any = words.filter(is_plain).cast(pa.decimal128(9 + UNIT_SCALE, UNIT_SCALE))
    # A decimal of 128 bits is two words, the lower one first; these numbers fit into it.
    held = np.frombuffer(exact.buffers()[1] or b"", np.int64)[: 2 * len(exact) : 2]
    costs[is_plain] = np.where(held == 0, _ZERO, held)
    return costs, is_plain


def is_free(cell: str) -> bool:
    """Tell whether a cell says that the goods cost nothing."""
    return len(cell) < 16 and cell[:1].isalpha() and fold(cell) == FREE


def _unit_cost(cell: str, number: Decimal | None, currency: str) -> tuple[int, bool]:
    """Return a cell's cost, or what is wrong with it, and whether it had to be rounded."""
    if number is None:
        return MISSING, False
    if number == 0:
        return _ZERO, False
    if number < 0:
        return _NEGATIVE, False
    if number >= _LIMIT:
        return _TOO_LARGE, False
    if not cell.isascii() or not cell.strip().replace(".", "").replace(",", "").isdigit():
        named = currencies_in(cell)
        if named and currency not in named:
            return _OTHER_CURRENCY, False
    exact = number.scaleb(UNIT_SCALE)
    cost = int(exact.quantize(Decimal(1), ROUND_HALF_UP))
    return cost, cost != exact


def _note_problems(
    table: Int64Array,
    records: Records,
    places: list[int],
    unread: dict[str, str],
    currency: str,
    findings: Findings,
) -> None:
    """Note every cell that is neither a cost nor blank; `table` is int64[places, records]."""
    rows, indexes = np.nonzero(table.T < MISSING)
    for row, index in zip(rows.tolist(), indexes.tolist(), strict=True):
        code, what, expected = _PROBLEMS[int(table[index, row])]
        cell = records.columns[places[index]][row]
        findings.add(
            code,
            file=records.file,
            row=records.row_numbers[row],
            column=records.header[places[index]],
            value=cell,
            what=what or unread[cell],
            expected=expected or f"{currency}, or the setting COST_CURRENCY changed",
            action=_AS_MISSING,
        )
