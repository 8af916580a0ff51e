"""What every typed frame stands on: columns held as narrow as they fit, given as they are declared.

What is read of a large shop, and the ledger made of it, stay in memory. What a row is, each frame
says itself.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from inspect import get_annotations
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import numpy.typing as npt

from engine.money import Int64Array
from engine.widths import narrowed

_WIDTHS: dict[str, type[np.signedinteger[Any]]] = {
    "Int64Array": np.int64,
    "Int32Array": np.int32,
    "Int16Array": np.int16,
    "Int8Array": np.int8,
}


class Columns:
    """A frame whose numbers are held in the narrowest width that fits, and given as declared.

    Whoever computes gets the declared width, so that no sum or product can pass it, and gets it
    read-only, as what is written into it would be lost. Every look-up of a column that is held
    narrower gives a new array.
    """

    __slots__ = ()
    _given: ClassVar[dict[str, type[np.signedinteger[Any]]]] = {}

    def __init_subclass__(cls) -> None:
        """Note how wide each column is declared, by the name of its type."""
        cls._given = {
            name: _WIDTHS[kind] for name, kind in get_annotations(cls).items() if kind in _WIDTHS
        }

    def __post_init__(self) -> None:
        """Narrow what was handed over."""
        for field in fields(self):  # type: ignore[arg-type]  # its classes are dataclasses
            object.__setattr__(self, field.name, _held(self.as_held(field.name)))

    def as_held(self, name: str) -> Any:
        """Return a column as it is held, for those who take a few of its rows."""
        return object.__getattribute__(self, name)

    if not TYPE_CHECKING:  # declared columns keep their types

        def __getattribute__(self, name: str) -> Any:
            column = object.__getattribute__(self, name)
            if isinstance(column, _Near):
                return column.given()
            if isinstance(column, np.ndarray) and column.dtype.kind == "i":
                return _widened(column, object.__getattribute__(self, "_given")[name])
            return column


@dataclass(frozen=True, slots=True, eq=False)
class _Near:
    """Numbers too large for int32 that lie near each other, as the ids of one shop do.

    above: the distance of each from the lowest.
    """

    lowest: int
    above: npt.NDArray[np.uint32]

    def __len__(self) -> int:
        return len(self.above)

    def __getitem__(self, rows: Any) -> _Near:
        return _Near(self.lowest, self.above[rows])

    def given(self) -> Int64Array:
        wide = self.above.astype(np.int64)
        wide += self.lowest
        wide.setflags(write=False)
        return wide


def _held(column: Any) -> Any:
    if not isinstance(column, np.ndarray):
        return column
    if column.dtype == np.bool_:
        is_one = len(column) > 0 and bool(column.all() or not column.any())
        return np.broadcast_to(column[:1], column.shape) if is_one else column
    if column.dtype.kind != "i":
        return column
    narrow = narrowed(column)
    is_wide = narrow.dtype == np.int64 and narrow.strides != (0,)
    return _near(narrow) if is_wide else narrow


def _near(column: npt.NDArray[np.integer]) -> npt.NDArray[np.integer] | _Near:
    lowest = int(column.min())
    if int(column.max()) - lowest > np.iinfo(np.uint32).max:
        return column
    return _Near(lowest, (column - lowest).astype(np.uint32))


def _widened(column: npt.NDArray[np.integer[Any]], width: type[np.signedinteger[Any]]) -> Any:
    if column.dtype == width:
        return column
    wide = column.astype(width)
    wide.setflags(write=False)
    return wide
