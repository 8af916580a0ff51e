"""What is asked: groups, each an entity and a range of days, and their rows in a table."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from engine.money import Int64Array
from engine.sources.frames import BoolArray
from engine.widths import Keys, ranges_in


@dataclass(frozen=True, slots=True)
class Groups:
    """One row = one entity × one range of days, both ends inclusive, counted from day 0.

    A range outside the calendar is empty: its last day lies before its first.
    """

    entity: Int64Array
    first: Int64Array
    last: Int64Array
    previous_first: Int64Array  # first day of the period before
    elapsed: Int64Array  # days of the period that have begun
    period: Int64Array  # place of the range among those asked for
    is_year: BoolArray  # the period is a calendar year

    def __len__(self) -> int:
        return len(self.entity)

    def some(self, rows: slice | Int64Array) -> Groups:
        """Return some of the groups."""
        return Groups(*(getattr(self, field.name)[rows] for field in fields(self)))

    @property
    def last_begun(self) -> Int64Array:
        """The last day of each period that has begun; the day before it where none has."""
        return np.asarray(self.first + self.elapsed - 1)

    def borders(self, key: Keys, days: int) -> tuple[Int64Array, Int64Array]:
        """Return where the rows of each group lie in a table sorted by entity × days + day."""
        return borders(key, self.entity, self.first, self.last, days)


def borders(
    key: Keys, entity: Int64Array, first: Int64Array, last: Int64Array, days: int
) -> tuple[Int64Array, Int64Array]:
    """Return where the rows of entities from first to last day lie in a table sorted by `key`."""
    low, high = clipped(first, last, days)
    start, end = ranges_in(key, entity * days + low, entity * days + high)
    return start, np.maximum(start, end)


def clipped(first: Int64Array, last: Int64Array, days: int) -> tuple[Int64Array, Int64Array]:
    """Return ranges as half-open [low, high) inside the calendar."""
    low = np.clip(first, 0, days)
    return low, np.maximum(np.clip(last + 1, 0, days), low)
