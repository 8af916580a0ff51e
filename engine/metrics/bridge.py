"""Why a profit differs between two ranges, or two entities: one bar a cause, exact to the cent.

Rule M46 of docs/money-rules.md. One row of the main arrays is one SKU, or the one entity compared.
What was sold on both sides is measured against its former self at the new number of units, so that
the part of growth is told apart from that of prices and costs. Effects are exact fractions; they
are rounded once, the bars to the difference and then the SKUs of each bar to the bar.

Not to be taken for the ladder from sales down to profit within one range, which explains no change.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from math import lcm

import numpy as np

from engine.errors import ReconciliationError
from engine.ledger.allocation import ObjectArray, settle
from engine.ledger.frames import NO_LISTING, NO_SKU
from engine.money import Int64Array
from engine.sources.frames import BoolArray

Key = int | str  # a listing id or a SKU


class Cause(StrEnum):
    """What a difference of profit comes from, in the order of the bars."""

    VOLUME = "volume"
    MIX = "mix"
    PRICE = "price"
    DISCOUNTS = "discounts"
    SHIPPING = "shipping charged"
    GOODS = "goods"
    PARCEL = "parcel and duty"
    FEES = "fees"
    REFUNDS = "refunds"
    NEW = "new"
    STOPPED = "stopped"
    ADS = "ads"
    EXPENSES = "expenses"
    UNASSIGNED = "unassigned"


# The metrics behind a cause, each with the sign of its effect on profit: of what units drive, …
DRIVEN: dict[Cause, tuple[tuple[int, str], ...]] = {
    Cause.PRICE: ((1, "gross_merchandise_sales"),),
    Cause.DISCOUNTS: ((-1, "discounts"),),
    Cause.SHIPPING: ((1, "shipping_income"), (1, "gift_wrap_income")),
    Cause.GOODS: ((-1, "cogs"),),
    Cause.PARCEL: ((-1, "fulfilment_cost"),),
    Cause.FEES: ((-1, "platform_fees"),),
    Cause.REFUNDS: ((-1, "returns_value"), (-1, "refund_excess")),
}
# … and of what they do not drive.
UNDRIVEN: dict[Cause, tuple[tuple[int, str], ...]] = {
    Cause.ADS: ((-1, "marketing_cost"),),
    Cause.EXPENSES: ((-1, "operating_expenses"),),
}
UNITS = "units_sold"
# The profits that can be compared → the causes that they have beyond those that units drive.
MEASURES: dict[str, tuple[Cause, ...]] = {
    "contribution_profit": (),
    "profit_after_ads": (Cause.ADS,),
    "net_profit": (Cause.ADS, Cause.EXPENSES),
}


@dataclass(frozen=True, slots=True, eq=False)
class Side:
    """One side of a comparison; one row = one SKU, ascending, or the one entity.

    profit: of the whole side, minor units. effects: int64 by cause, signed by their effect on it.
    """

    profit: int
    keys: tuple[Key, ...]
    units: Int64Array
    effects: Mapping[Cause, Int64Array]


@dataclass(frozen=True, slots=True, eq=False)
class VarianceBridge:
    """From the profit of one side to that of the other; minor units, signed.

    amounts: int64[causes, keys], in the order of Cause. They sum to the bars, and these to the
    difference.
    """

    measure: str
    before: int
    after: int
    keys: tuple[Key, ...]
    amounts: Int64Array

    @property
    def bars(self) -> dict[Cause, int]:
        """The effect of each cause, those that a measure does not have among them as 0."""
        return dict(zip(Cause, self.amounts.sum(axis=1).tolist(), strict=True))

    def parts(self, cause: Cause) -> list[tuple[Key, int]]:
        """Return what each SKU contributed to a bar, the largest first; none that gave nothing."""
        row = self.amounts[list(Cause).index(cause)]
        chosen = np.flatnonzero(row)
        ranked = chosen[np.argsort(-np.abs(row[chosen]), kind="stable")]
        return [(self.keys[at], int(row[at])) for at in ranked.tolist()]


def build_bridge(before: Side, after: Side, measure: str) -> VarianceBridge:
    """Explain the difference of a measure between two sides.

    Raises ReconciliationError if the rows of a side do not sum to its profit.
    """
    for name, side in (("before", before), ("after", after)):
        _check(name, side, measure)
    keys = tuple(sorted({*before.keys, *after.keys}, key=_last_if_none))
    exact = _effects(_aligned(before, keys), _aligned(after, keys), keys)
    exact_bars = [_exact_sum(*fractions) for fractions in exact.values()]
    common = lcm(*(bar.denominator for bar in exact_bars))
    bars = settle(
        after.profit - before.profit,
        _objects([bar.numerator * (common // bar.denominator) for bar in exact_bars]),
        _objects([common] * len(exact_bars)),
    )
    amounts = [
        settle(bar, number, by)
        for bar, (number, by) in zip(bars.tolist(), exact.values(), strict=True)
    ]
    return VarianceBridge(measure, before.profit, after.profit, keys, np.stack(amounts))


def _check(name: str, side: Side, measure: str) -> None:
    total = sum(int(effect.sum()) for effect in side.effects.values())
    if total != side.profit:
        raise ReconciliationError(
            f"The {measure} of the side {name} is {side.profit:,} minor units, but its rows add up "
            f"to {total:,}."
        )


def _last_if_none(key: Key) -> tuple[bool, Key]:
    return _is_nothing(key), key


def _is_nothing(key: Key) -> bool:
    return key in (NO_SKU, NO_LISTING)


def _aligned(side: Side, keys: tuple[Key, ...]) -> tuple[ObjectArray, dict[Cause, ObjectArray]]:
    """Return units and effects of every key as Python integers, 0 where a side has no row."""
    place = {key: at for at, key in enumerate(keys)}
    at = np.array([place[key] for key in side.keys], np.int64)

    def spread(values: Int64Array) -> ObjectArray:
        column = np.zeros(len(keys), np.int64)
        column[at] = values
        return column.astype(np.object_)

    return spread(side.units), {cause: spread(effect) for cause, effect in side.effects.items()}


Exact = tuple[ObjectArray, ObjectArray]  # fractions: numbers and what divides them


def _effects(
    before: tuple[ObjectArray, dict[Cause, ObjectArray]],
    after: tuple[ObjectArray, dict[Cause, ObjectArray]],
    keys: tuple[Key, ...],
) -> dict[Cause, Exact]:
    """Return the effect of every cause on every key, as exact fractions, in the order of Cause."""
    (old_units, old), (new_units, new) = before, after
    is_nothing = np.array([_is_nothing(key) for key in keys], np.bool_)
    had, has = _above_zero(old_units), _above_zero(new_units)
    both = had & has & ~is_nothing
    one = _objects([1] * len(keys))
    units = np.where(both, old_units, 1)
    whole_old, whole_new = int(old_units[both].sum()), int(new_units[both].sum())
    profit = sum((old[cause] for cause in DRIVEN), one * 0)
    change = sum((new[cause] for cause in DRIVEN), one * 0) - profit
    found = dict.fromkeys(Cause, (one * 0, one))
    if both.any():
        growth = _only(both, profit * (whole_new - whole_old))
        found[Cause.VOLUME] = growth, one * whole_old
        shift = new_units * whole_old - old_units * whole_new
        found[Cause.MIX] = _only(both, profit * shift), units * whole_old
    # What has no units on either side is no product that came or went: its amounts just differ.
    plain = ~had & ~has & ~is_nothing
    for cause in DRIVEN:
        stretched = new[cause] * old_units - old[cause] * new_units
        own = np.where(both, stretched, np.where(plain, new[cause] - old[cause], 0))
        found[cause] = own, units
    found[Cause.NEW] = _only(has & ~had & ~is_nothing, change), one
    found[Cause.STOPPED] = _only(had & ~has & ~is_nothing, change), one
    found[Cause.UNASSIGNED] = _only(is_nothing, change), one
    for cause in UNDRIVEN:
        if cause in old:
            found[cause] = new[cause] - old[cause], one
    return found


def _only(rows: BoolArray, values: ObjectArray) -> ObjectArray:
    return np.where(rows, values, 0)


def _above_zero(values: ObjectArray) -> BoolArray:
    return np.asarray(values > 0, np.bool_)


def _objects(values: list[int]) -> ObjectArray:
    found = np.empty(len(values), np.object_)
    found[:] = values
    return found


def _exact_sum(number: ObjectArray, by: ObjectArray) -> Fraction:
    """Add fractions up; there are few different divisors, so each kind is summed as integers."""
    divisors, at = np.unique(by.astype(np.int64), return_inverse=True)
    sums = _objects([0] * len(divisors))
    np.add.at(sums, at.ravel(), number)
    return sum(
        (Fraction(n, d) for n, d in zip(sums.tolist(), divisors.tolist(), strict=True)), Fraction(0)
    )
