"""Amounts of ledger rows, held as narrow as they fit and given as int64.

A shop has dozens of columns and most amounts are small: held like this they take a quarter of the
memory. Whoever computes gets int64, so that no sum can pass the width of a column, and gets it
read-only, as what is written into it would be lost.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import numpy as np
import numpy.typing as npt

from engine.money import Int64Array
from engine.sources.frames import BoolArray
from engine.widths import narrowed


class Amounts(Mapping[str, Int64Array]):
    """Columns by name, of equal length; every look-up gives a new array."""

    def __init__(self, columns: Iterable[tuple[str, Int64Array]]) -> None:
        self._held = {name: narrowed(column) for name, column in columns}

    def __getitem__(self, name: str) -> Int64Array:
        return _given(self._held[name])

    def __iter__(self) -> Iterator[str]:
        return iter(self._held)

    def __len__(self) -> int:
        return len(self._held)

    def of(self, name: str, rows: Int64Array | BoolArray | slice) -> Int64Array:
        """Return some rows of a column, without giving all of them first."""
        return _given(self._held[name][rows])

    def narrow(self, name: str, rows: Int64Array) -> npt.NDArray[np.integer]:
        """Return some rows of a column as it is held, for those who sum into int64 themselves."""
        return self._held[name][rows]

    def is_something(self) -> BoolArray:
        """Tell which rows have any amount; bool[rows]."""
        columns = list(self._held.values())
        found = columns[0] != 0
        for column in columns[1:]:
            found |= column != 0
        return np.asarray(found)

    def is_nothing(self, name: str) -> bool:
        """Tell whether a column is 0 everywhere."""
        return self._held[name].strides == (0,)


def _given(column: np.ndarray) -> Int64Array:
    wide = column.astype(np.int64)
    wide.setflags(write=False)
    return wide
