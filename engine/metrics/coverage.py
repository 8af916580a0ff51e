"""Which days a source covers: what was not counted on a day is unknown there, and not zero.

One row = a run of covered days of one entity, as numbers entity × days + day, ascending.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.money import Int64Array
from engine.sorting import distinct
from engine.widths import Keys, Whole, halved, places_in


@dataclass(frozen=True, slots=True)
class Coverage:
    """Runs of covered days: the first, the one after the last, and the days of all runs before."""

    start: Keys
    stop: Keys
    before: Whole

    @classmethod
    def of(cls, keys: Int64Array) -> Coverage:
        """Make the runs of keys entity × days + day, which may repeat."""
        days = distinct(keys)
        heads = np.flatnonzero(np.diff(days, prepend=days[:1] - 2) != 1)
        start = days[heads]
        stop = days[np.append(heads[1:], len(days)) - 1] + 1 if len(days) else start
        return cls.of_runs(start, stop)

    @classmethod
    def of_runs(cls, start: Int64Array, stop: Int64Array) -> Coverage:
        """Take runs that ascend and do not overlap."""
        before = np.concatenate((np.zeros(1, np.int64), np.cumsum(stop - start)))
        return cls(halved(start), halved(stop), halved(before))

    def between(self, low: Int64Array, high: Int64Array) -> Int64Array:
        """Count the covered days from key low to before key high."""
        return self._until(high) - self._until(low)

    def _until(self, key: Int64Array) -> Int64Array:
        if not len(self.start):
            return np.zeros(len(key), np.int64)
        begun = places_in(self.start, key)
        last = np.maximum(begun - 1, 0)
        ahead = np.where(begun > 0, np.maximum(self.stop[last] - key, 0), 0)
        return np.asarray(self.before[begun] - ahead, np.int64)
