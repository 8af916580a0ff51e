"""Parts that are no sum over the period: states on its last day, windows before it, the shop's own.

`s.x` is a state on the last day that has begun, or what is known of it over the period's days;
`w.x` is the part x of the whole shop in the same period. Each comes with where it is known.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.money import Int64Array
from engine.sources.frames import BoolArray

if TYPE_CHECKING:
    from engine.metrics.parts import Parts

Known = tuple[Int64Array, BoolArray]
STOCK_VALUE = "stock_value"
WINDOWS = {"units_28": 28}  # pieces sold in so many days up to the last one


def state_part(parts: Parts, what: str) -> Known:
    """Return a state of each group and where it is known; KeyError for one that no level has."""
    groups, days = parts.groups, parts.tables.days
    has_begun = groups.elapsed > 0
    last = groups.last_begun
    if what in WINDOWS:
        return parts.over_days("quantity", last - WINDOWS[what] + 1, last), has_begun
    if what in (f"{STOCK_VALUE}_total", f"{STOCK_VALUE}_days"):
        return _over_days(parts, what)
    if what.endswith("_before"):
        what, last = what.removesuffix("_before"), groups.first - 1
    inside = has_begun & (last >= 0) & (last < days)
    key = groups.entity * days + np.where(inside, last, 0)
    value, known = parts.tables.states[what].at(key)
    known = known & inside
    return np.where(known, value, 0), known


def _over_days(parts: Parts, what: str) -> Known:
    """Return the value of the stock, summed over the days on which it is known, or those days.

    Unknown unless it is known on half of the days that have begun.
    """
    groups, days = parts.groups, parts.tables.days
    steps = parts.tables.states[STOCK_VALUE]
    low = groups.entity * days + np.clip(groups.first, 0, days)
    high = groups.entity * days + np.clip(groups.last_begun + 1, 0, days)
    high = np.maximum(low, high)
    found = steps.covered.between(low, high)
    known = (found > 0) & (2 * found >= groups.elapsed)
    value = found if what.endswith("_days") else steps.total(low, high)
    return np.where(known, value, 0), known
