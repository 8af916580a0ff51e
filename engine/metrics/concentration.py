"""How much of a sum the largest parts make: one row = one part, the largest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.money import MILLION, round_div

MOST_OF_IT = 80  # percent


@dataclass(frozen=True, slots=True)
class Concentration:
    """shares: of each place, what it and those before it make of the whole, 0..1.

    enough: how many of them make MOST_OF_IT. Both are of the whole with its parts below zero, so
    that a share can pass 1 before it comes back.
    """

    shares: tuple[float, ...]
    enough: int


def concentration(parts: Sequence[int | None]) -> Concentration | None:
    """Return how a sum comes together, unknown parts left out; None if it is not above 0."""
    ordered = sorted((part for part in parts if part is not None), reverse=True)
    whole = sum(ordered)
    if whole <= 0:
        return None
    reached, shares, enough = 0, [], 0
    for part in ordered:
        if reached * 100 < MOST_OF_IT * whole:
            enough += 1
        reached += part
        shares.append(round_div(reached * MILLION, whole) / MILLION)
    return Concentration(tuple(shares), enough)


def growth(now: int | None, before: int | None) -> float | None:
    """Return the change of a sum as a share of what it was; None where that is unknown or ≤ 0."""
    if now is None or before is None or before <= 0:
        return None
    return round_div((now - before) * MILLION, before) / MILLION
