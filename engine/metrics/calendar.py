"""The days that a shop's figures cover, counted from the first one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.money import Int64Array
from engine.sources.frames import Int32Array

NEVER = 2**31  # a day after every range that can be asked for


@dataclass(frozen=True, slots=True)
class Calendar:
    """The days that the figures cover: day 0 is `first_day`, a day number since 1970.

    `begun` counts those that have begun; later ones hold sales that are dated ahead, if any.
    """

    first_day: int
    days: int
    begun: int

    def index(self, day: Int32Array | Int64Array) -> Int64Array:
        """Return days counted from the first one."""
        return np.asarray(day, np.int64) - self.first_day
