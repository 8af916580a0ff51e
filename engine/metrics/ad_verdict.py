"""Whether the ads of a listing pay, as far as so few orders can tell: rule M49.

Orders that ads brought come as chance has it. A return on ad spend that rests on few of them could
as well have been another, so it is held against the break-even with room for that.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

SURE = 80  # per cent: the chance that the true number of orders lies within the room that is left
_ROOM = 1.2816  # standard deviations to either side that hold SURE of a normal distribution


class Pays(StrEnum):
    """What can be said of ads."""

    YES = "pays"
    NO = "loses"
    TOO_LITTLE = "too few orders"
    NO_ORDER = "no order yet"
    COSTS_MISSING = "costs are missing"


@dataclass(frozen=True, slots=True)
class Verdict:
    """orders_needed: so many in all would tell at this return; None where none or no number do."""

    pays: Pays
    orders_needed: int | None = None


def judge(
    orders: int, roas: float | None, break_even: float | None, profit: int, profit_low: int | None
) -> Verdict | None:
    """Return whether ads pay, None without ads or where nothing was sold.

    orders, roas: brought by ads, and sales of them per amount spent. break_even: the return from
    which ads pay, None where `profit` is not above 0. profit, profit_low: contribution profit and
    its low end, in minor units; where the two differ the break-even may be higher than it is.
    """
    if roas is None:
        return None
    if not orders:
        return Verdict(Pays.NO_ORDER)
    if break_even is None:
        return Verdict(Pays.NO) if profit < 0 else None
    needed = _orders_needed(roas, break_even)
    if needed is None or orders < needed:
        return Verdict(Pays.TOO_LITTLE, needed)
    if roas < break_even:
        return Verdict(Pays.NO)
    return Verdict(Pays.YES if profit == profit_low else Pays.COSTS_MISSING)


def _orders_needed(roas: float, break_even: float) -> int | None:
    """Return how many orders set a return apart from the break-even: √n ≥ room · r ÷ |r − b|."""
    if roas == break_even:
        return None
    return math.ceil((_ROOM * roas / abs(roas - break_even)) ** 2)
