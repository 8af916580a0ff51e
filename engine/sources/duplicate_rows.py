"""One answer for each key of a table that may state it twice: the lowest row counts.

Sheets grow downwards, so the lowest row is the newest. It counts cell by cell: a cell that holds
nothing leaves the answer to the row above. Rows that disagree are both named.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.sources.frames import Int32Array
from engine.sources.landing.file_rows import Problem
from engine.sources.owner_rows import UNKNOWN, Column, OwnerRows

ValueArray = npt.NDArray[Any]


@dataclass(frozen=True, slots=True, eq=False)
class Settled:
    """One row for each key, by where the key stands first.

    row: int32[n], position of the lowest used row of the key. source: of each column, the position
    of the lowest row that has a value, `row` if none has. values: of each column, that value.
    """

    row: Int32Array
    source: Mapping[Column, Int32Array]
    values: Mapping[Column, ValueArray]


def settle_rows(
    rows: OwnerRows,
    keys: Sequence[Hashable],
    columns: Mapping[Column, ValueArray],
    *,
    same: str,
) -> Settled:
    """Return one value of each column for each key, and note the rows that disagree.

    `keys`: of all rows. `columns`: integers, UNKNOWN where a row holds nothing, or objects, ''
    there. `same`: what rows of one key share, in words, as "SKU".
    """
    used = np.flatnonzero(rows.used)
    codes: dict[Hashable, int] = {}
    key = np.array([codes.setdefault(keys[i], len(codes)) for i in used.tolist()], np.int64)
    order = used[np.lexsort((used, key))]
    group = np.sort(key)
    first = np.searchsorted(group, np.arange(len(codes)))
    last = np.searchsorted(group, np.arange(len(codes)), side="right") - 1
    lowest = order[last].astype(np.int32)
    source: dict[Column, Int32Array] = {}
    values: dict[Column, ValueArray] = {}
    for column, of_rows in columns.items():
        stated = of_rows[order]
        missing = "" if stated.dtype == object else UNKNOWN
        known = np.asarray(stated != missing, np.bool_)
        place = np.where(known, np.arange(len(order)), -1)
        winner = np.maximum.reduceat(place, first) if len(first) else first
        source[column] = np.where(winner >= 0, order[winner], lowest).astype(np.int32)
        values[column] = of_rows[source[column]]
        beaten = np.flatnonzero(known & np.asarray(stated != stated[winner[group]], np.bool_))
        for at in sorted(beaten.tolist(), key=lambda at: int(order[at])):
            _note_conflict(rows, column, int(order[at]), int(order[winner[group[at]]]), same)
    return Settled(lowest, source, values)


def _note_conflict(rows: OwnerRows, column: Column, index: int, winner: int, same: str) -> None:
    number = rows.records.row_numbers[winner]
    other = rows.texts(column)[winner]
    problem = Problem(
        "DUPLICATE_CONFLICT",
        f"is not the {other} that row {number} gives the same {same}",
        f"one row for each {same}",
    )
    rows.note(index, column, problem, action=f"row {number} is used")
