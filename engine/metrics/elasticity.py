"""Price elasticity: by how many per cent units change when the price changes by one per cent.

One row of the week table = one entity × one ISO week with units and sales above zero. The figure of
a group is b₁ of `ln units = b₀ + b₁ · ln price + b₂ · week` by least squares over the whole ISO
weeks of the 364 days to its last day; price is sales after discounts ÷ units, and the week carries
the trend. Logarithms are integers of 10⁻⁷, so running totals answer every window exactly, and
neither the other rows nor their order can move a digit.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations_with_replacement

import numpy as np
import numpy.typing as npt

from engine.metrics.day_tables import Sheet
from engine.money import MILLION, Int64Array, round_div
from engine.sorting import run_starts
from engine.sources.frames import BoolArray

WINDOW = 364  # days to the last one
FEWEST_WEEKS = 20
FEWEST_PRICES = 3
LOG_UNIT = 10**7  # 52 products of two logarithms of amounts below 10¹² stay below 2⁶³
LEAST_SPREAD = LOG_UNIT // 20  # of ln price about its trend: a population deviation of 0.05
_MONDAY = 3  # 1970-01-01 was a Thursday, so day −3 began a week
_VARIABLES = ("price", "week", "units")
_PAIRS = tuple(combinations_with_replacement(_VARIABLES, 2))
Float64Array = npt.NDArray[np.float64]


def price_elasticity(
    sales: Sheet, days: int, first_day: int, entity: Int64Array, last: Int64Array
) -> tuple[Int64Array, BoolArray]:
    """Return the elasticity of each group in millionths, and where it is known.

    sales: units, list value and discounts by entity × days + day. first_day: day number of day 0.
    last: the last day of each group, counted from day 0. It is unknown under 20 weeks or 3 prices,
    and where ln price departs from its own linear trend by less than 0.05.
    """
    values, known = np.zeros(len(entity), np.int64), np.zeros(len(entity), np.bool_)
    if not len(entity):
        return values, known
    begin = -(-(last + first_day - (WINDOW - 1) + _MONDAY) // 7)  # first Monday of the window
    end = (last + first_day + 1 + _MONDAY) // 7
    # Neighbours that ask for the same weeks of the same entity are answered once.
    change = [part[1:] != part[:-1] for part in (entity, begin, end)]
    heads = np.flatnonzero(np.concatenate(([True], np.any(change, axis=0))))
    weeks = _weeks(sales, days, first_day, entity, (int(begin.min()), int(end.max())))
    found = weeks.slope(entity[heads], begin[heads], end[heads])
    repeats = np.diff(np.append(heads, len(entity)))
    return np.repeat(found[0], repeats), np.repeat(found[1], repeats)


@dataclass(frozen=True, slots=True)
class _Weeks:
    """Weeks with sales, ascending by key = entity × span + week − first week."""

    key: Int64Array
    first: int
    span: int
    sums: dict[tuple[str, ...], Int64Array]  # running totals of variables and of their products
    third_price: Int64Array  # row of the third different price counted backwards, −1 = none

    def slope(
        self, entity: Int64Array, begin: Int64Array, end: Int64Array
    ) -> tuple[Int64Array, BoolArray]:
        """Return b₁ in millionths over the weeks from begin to before end, and where it is."""
        low = np.searchsorted(self.key, entity * self.span + begin - self.first)
        high = np.searchsorted(self.key, entity * self.span + end - self.first)
        count = high - low
        known = (count >= FEWEST_WEEKS) & (np.append(self.third_price, -1)[high - 1] >= low)
        at = np.flatnonzero(known)
        moments = self._moments(low[at], high[at])
        trend = moments["week", "week"]
        mixed = moments["price", "week"]
        own = moments["price", "price"] * trend - mixed * mixed
        least = float(LEAST_SPREAD) ** 2 * count[at].astype(np.float64) ** 2 * trend
        varied = own >= least
        shared = moments["price", "units"] * trend - mixed * moments["week", "units"]
        slope = shared[varied] / own[varied] * MILLION
        known[at[~varied]] = False
        values = np.zeros(len(entity), np.int64)
        nearest = np.floor(np.abs(slope) + 0.5)
        values[at[varied]] = (np.sign(slope) * nearest).astype(np.int64)
        return values, known

    def _moments(self, low: Int64Array, high: Int64Array) -> dict[tuple[str, str], Float64Array]:
        """n · Σ(x − x̄)(y − ȳ) of each pair of variables.

        About the mean rounded down all sums are exact: the running totals may wrap round 2⁶⁴, their
        differences do not.
        """
        count = high - low
        total = {(x,): self._between((x,), low, high) for x in _VARIABLES}
        mean = {x: total[x,] // np.maximum(count, 1) for x in _VARIABLES}
        rest = {x: total[x,] - count * mean[x] for x in _VARIABLES}
        moments = {}
        for x, y in _PAIRS:
            about = self._between((x, y), low, high)
            about = about - mean[x] * total[y,] - mean[y] * total[x,] + count * mean[x] * mean[y]
            moments[x, y] = count * about.astype(np.float64) - rest[x] * rest[y]
        return moments

    def _between(self, name: tuple[str, ...], low: Int64Array, high: Int64Array) -> Int64Array:
        return np.asarray(self.sums[name][high] - self.sums[name][low])


def _weeks(
    sales: Sheet, days: int, first_day: int, entity: Int64Array, bounds: tuple[int, int]
) -> _Weeks:
    """Sum the days of the entities from the first to the last one asked for into weeks."""
    rows = np.searchsorted(sales.key, [int(entity.min()) * days, (int(entity.max()) + 1) * days])
    place = np.arange(rows[0], rows[1])
    owner, day = np.divmod(sales.key[place].astype(np.int64), days)
    week = (day + first_day + _MONDAY) // 7
    inside = (week >= bounds[0]) & (week < bounds[1])
    place, owner, week = place[inside], owner[inside], week[inside]
    span = bounds[1] - bounds[0] + 1
    key = owner * span + week - bounds[0]
    heads = run_starts(key)
    # The days of a week are neighbours in the table, so a week is one difference.
    low, high = place[heads], place[np.append(heads[1:], len(place))[: len(heads)] - 1] + 1
    units = sales.between("quantity", low, high)
    income = sales.between("value", low, high) - sales.between("discount", low, high)
    sold = (units > 0) & (income > 0)
    key, units, income = key[heads][sold], units[sold], income[sold]
    variables = {
        "price": _logarithm(income) - _logarithm(units),
        "week": key % span,
        "units": _logarithm(units),
    }
    sums: dict[tuple[str, ...], Int64Array] = {}
    sums |= {(x,): _running(variables[x]) for x in _VARIABLES}
    sums |= {(x, y): _running(variables[x] * variables[y]) for x, y in _PAIRS}
    return _Weeks(key, bounds[0], span, sums, _third_prices(key // span, round_div(income, units)))


def _logarithm(values: Int64Array) -> Int64Array:
    exact = np.log(values.astype(np.float64)) * LOG_UNIT
    return np.asarray(np.rint(exact), dtype=np.int64)


def _running(values: Int64Array) -> Int64Array:
    return np.concatenate((np.zeros(1, np.int64), np.cumsum(values)))


def _third_prices(entity: Int64Array, price: Int64Array) -> Int64Array:
    """Row at which, going back from each row, the third different price is met.

    Runs of equal prices: two runs back the price is a third one, or the same as here; then the
    third one of the run before is also the third one of this. It may lie in another entity: that
    is before any window of this one.
    """
    if not len(price):
        return np.empty(0, np.int64)
    change = (entity[1:] != entity[:-1]) | (price[1:] != price[:-1])
    starts = np.flatnonzero(np.concatenate(([True], change)))
    run_price, run_entity = price[starts], entity[starts]
    third = np.full(len(starts), -1, np.int64)
    differs = (run_price[2:] != run_price[:-2]) | (run_entity[2:] != run_entity[:-2])
    third[2:] = np.where(differs, starts[1:-1] - 1, -1)
    third = np.maximum.accumulate(third)
    return np.repeat(third, np.diff(np.append(starts, len(price))))
