"""Finding rows by a key and a day, for many askers at once.

Every row of a table holds for one key from its first to its last day. No two rows of one key hold
on the same day.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from engine.money import Int64Array
from engine.sources.frames import Int32Array
from engine.sources.owner_rows import OPEN_START

_DAYS = 2**33  # more than there are day numbers between two open ends
NOT_FOUND = -1


@dataclass(frozen=True, slots=True, eq=False)
class DatedIndex:
    """Rows of a table by key and first day.

    keys: distinct, ascending. place: int64, ascending; the key's code and the first day as one
    number. row, last: int32, the row of the table at each place and its last day.
    """

    keys: tuple[str, ...]
    place: Int64Array
    row: Int32Array
    last: Int32Array

    @classmethod
    def of(cls, keys: Iterable[str], first: Int32Array, last: Int32Array) -> DatedIndex:
        """Index a table by the key, the first and the last day of each row."""
        texts = list(keys)
        names = tuple(sorted(set(texts)))
        code = _codes(texts, names)
        place = _places(code, first)
        order = np.argsort(place, kind="stable")
        return cls(names, place[order], order.astype(np.int32), last[order])

    def find(self, names: Sequence[str], name: Int32Array, day: Int32Array | int) -> Int32Array:
        """Return the row that holds for each asker, NOT_FOUND where none does.

        name: int32[n], codes into `names`, below zero for an asker without a key. day: int32[n], or
        one day for all.
        """
        code = np.append(_codes(names, self.keys), NOT_FOUND)[np.maximum(name, -1)]
        if not len(self.place):
            return np.full(len(code), NOT_FOUND, np.int32)
        wanted = _places(code, np.asarray(day, np.int32))
        at = np.maximum(np.searchsorted(self.place, wanted, side="right") - 1, 0)
        holds = (code >= 0) & (self.place[at] // _DAYS == code) & (self.last[at] >= day)
        # The place on the left is of an earlier key when none of this key's rows has begun.
        return np.where(holds & (self.place[at] <= wanted), self.row[at], NOT_FOUND).astype(
            np.int32
        )


def _codes(texts: Iterable[str], names: Sequence[str]) -> Int64Array:
    index = {name: code for code, name in enumerate(names)}
    return np.array([index.get(text, NOT_FOUND) for text in texts], np.int64)


def _places(code: Int64Array, day: Int32Array) -> Int64Array:
    return code * _DAYS + (day.astype(np.int64) - OPEN_START)
