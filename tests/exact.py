"""Exact arithmetic for the oracle: fractions and Python integers, rounded once."""

from __future__ import annotations

import math
from fractions import Fraction

import pandas as pd


def half_away(value: Fraction) -> int:
    size = math.floor(abs(value) + Fraction(1, 2))
    return size if value >= 0 else -size


def over(number: int, by: int, scale: int = 1) -> int | None:
    return half_away(Fraction(number * scale, by)) if by > 0 else None


def quantile(values: list[int], at: Fraction, step: Fraction = Fraction(1)) -> int | None:
    if not values:
        return None
    place = (len(values) - 1) * at
    low = math.floor(place)
    high = min(low + 1, len(values) - 1)
    exact = Fraction(int(values[low])) + (place - low) * (int(values[high]) - int(values[low]))
    return half_away(exact * step)


def std(values: list[int]) -> int | None:
    if not values:
        return None
    n, total = len(values), sum(values)
    square = n * sum(value * value for value in values) - total * total
    return (math.isqrt(4 * square) + n) // (2 * n)


def mode(values: pd.Series) -> int | str | None:
    if not len(values):
        return None
    counts = values.value_counts()
    best = sorted(counts[counts == counts.max()].index)[0]
    return best if isinstance(best, str) else int(best)
