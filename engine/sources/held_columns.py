"""What every typed frame stands on: columns held as narrow as they fit, given as they are declared.

What is read of a large shop stays for most of its load. What a row is, each frame says itself.
"""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import numpy.typing as npt

from engine.widths import narrowed


class Columns:
    """A frame whose numbers are held in the narrowest width that fits, and given as declared.

    Whoever computes gets full width, so that no sum or product can pass it, and gets it read-only,
    as what is written into it would be lost. Every look-up of a narrow column gives a new array.
    """

    __slots__ = ()
    _given: ClassVar[type[np.signedinteger[Any]]] = np.int64

    def __post_init__(self) -> None:
        """Narrow what was handed over."""
        for field in fields(self):  # type: ignore[arg-type]  # its classes are dataclasses
            object.__setattr__(self, field.name, _held(self.held(field.name)))

    def held(self, name: str) -> Any:
        """Return a column as it is held, for those who take a few of its rows."""
        return object.__getattribute__(self, name)

    if not TYPE_CHECKING:  # declared columns keep their types

        def __getattribute__(self, name: str) -> Any:
            column = object.__getattribute__(self, name)
            if isinstance(column, np.ndarray) and column.dtype.kind == "i":
                return _widened(column, object.__getattribute__(self, "_given"))
            return column


def _held(column: Any) -> Any:
    if not isinstance(column, np.ndarray):
        return column
    if column.dtype == np.bool_:
        is_one = len(column) > 0 and bool(column.all() or not column.any())
        return np.broadcast_to(column[:1], column.shape) if is_one else column
    return narrowed(column)


def _widened(column: npt.NDArray[np.integer[Any]], width: type[np.signedinteger[Any]]) -> Any:
    if column.dtype == width:
        return column
    wide = column.astype(width)
    wide.setflags(write=False)
    return wide
