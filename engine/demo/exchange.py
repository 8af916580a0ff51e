"""Exchange rates of the demo: invented, one a working day, in hundred-millionths.

One row is one day; weekends have no rate of their own and take the last one before them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from engine.demo.draws import Draws
from engine.demo.sizes import Plan
from engine.money import Int64Array

RATE_UNIT = 10**8
_BEFORE = 10  # days before the plan that have rates too
# A rise of a tenth from one day to the next, in the middle of a month that has a payment ledger.
_JUMP_PERMILLE, _JUMP_DAY = 100, 16
# Pair: first rate, drift a day and noise a day, both in millionths.
_PAIRS = {
    ("USD", "TRY"): (28_00000000, 450, 2_500),
    ("EUR", "USD"): (1_08000000, 20, 3_000),
    ("USD", "JPY"): (148_00000000, -10, 3_500),
}


@dataclass(frozen=True, slots=True)
class Rates:
    """What one unit of a currency was worth in another, one entry a day from `first` on."""

    first: date
    rate: Int64Array

    def at(self, day: Int64Array) -> Int64Array:
        """Return the rate of days numbered from the first day of the plan."""
        return self.rate[day + _BEFORE]

    def working_days(self) -> list[tuple[date, int]]:
        """Return the days with a rate of their own, ascending."""
        every = [(self.first + timedelta(days=n), int(r)) for n, r in enumerate(self.rate)]
        return [(day, rate) for day, rate in every if day.weekday() < 5]


def draw_rates(plan: Plan) -> dict[tuple[str, str], Rates]:
    """Return the rates of every pair that the demo uses."""
    return {pair: _walk(plan, pair) for pair in _PAIRS}


def jump_day(plan: Plan) -> date:
    """Return the day on which the lira of the account jumps: halfway through its ledger."""
    months = plan.first.year * 12 + plan.first.month - 1 + plan.size.ledger_months // 2
    return date(months // 12, months % 12 + 1, _JUMP_DAY)


def _walk(plan: Plan, pair: tuple[str, str]) -> Rates:
    level, drift, noise = _PAIRS[pair]
    first = plan.first - timedelta(days=_BEFORE)
    while first.weekday() > 4:
        first -= timedelta(days=1)
    count = (plan.last - first).days + 1
    steps = Draws(plan.seed, 0, "-".join(pair)).between(-noise, noise, count).tolist()
    jump = (jump_day(plan) - first).days if pair[1] == "TRY" else -1
    rates: list[int] = []
    for number in range(count):
        level += level * drift // 1_000_000
        if number == jump:
            level += level * _JUMP_PERMILLE // 1_000
        if (first + timedelta(days=number)).weekday() < 5 or not rates:
            rates.append((level + level * steps[number] // 1_000_000) // 10_000 * 10_000)
        else:
            rates.append(rates[-1])
    offset = (plan.first - first).days - _BEFORE
    return Rates(first + timedelta(days=offset), np.array(rates[offset:], np.int64))
