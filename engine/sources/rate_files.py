"""`fx_rates.csv`: exchange rates by day; one row = one pair of currencies on one day.

A rate that is not on file is unknown, never 1. Two rates are never chained through a third
currency, and a rate older than a week answers nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from engine.money import Int64Array, round_div
from engine.sources.duplicate_rows import settle_rows
from engine.sources.findings import Findings
from engine.sources.frames import BoolArray, Int32Array
from engine.sources.landing.file_rows import Problem
from engine.sources.owner_rows import NumberKind, OwnerRows
from engine.sources.records import Layout, Records

RATE_LAYOUT = Layout(
    "fx_rates",
    {"date": (), "from": (), "to": (), "rate": ()},
    required=(("date",), ("from",), ("to",), ("rate",)),
    wanted="date, from, to, rate",
)
RATE_SCALE = 10**8  # a rate of 1 is held as this
OLDEST = 7  # days that a rate may be old
_RATE = NumberKind(
    8, "how much of `to` one of `from` is worth, such as 1.0812", 10**6, above_zero=True
)


@dataclass(frozen=True, slots=True, eq=False)
class FoundRates:
    """The exchange rate of each asker, as a fraction that one division applies exactly.

    An amount in the first currency is amount × numerator ÷ denominator in the second; int64, 0 and
    RATE_SCALE where no rate is known. known: bool. day: int32, day number of the rate that answers.
    is_inverse: bool, it is that of the pair the other way round.
    """

    numerator: Int64Array
    denominator: Int64Array
    known: BoolArray
    day: Int32Array
    is_inverse: BoolArray

    @property
    def rate(self) -> Int64Array:
        """The rates in 10⁻⁸ to be shown, those of an inverse pair rounded; 0 where unknown."""
        square = np.full(len(self.known), RATE_SCALE * RATE_SCALE, np.int64)
        return np.where(self.is_inverse, round_div(square, self.denominator), self.numerator)


@dataclass(frozen=True, slots=True, eq=False)
class PairRates:
    """The rates of one pair; one row = one day, ascending.

    day: int32, day number. rate: int64, 10⁻⁸. row_number: int32, the line of the file.
    """

    day: Int32Array
    rate: Int64Array
    row_number: Int32Array

    def latest(self, days: Int32Array) -> tuple[Int32Array, BoolArray]:
        """Return the row on or before each day, and whether it is at most OLDEST days old."""
        row = np.searchsorted(self.day, days, side="right") - 1
        near = (row >= 0) & (days.astype(np.int64) - self.day[np.maximum(row, 0)] <= OLDEST)
        return np.where(near, row, 0).astype(np.int32), near


@dataclass(frozen=True, slots=True, eq=False)
class Rates:
    """The rates of a file by pair of currency codes, from first to second."""

    by_pair: Mapping[tuple[str, str], PairRates] = field(default_factory=dict)

    def on(self, source: str, target: str, days: Int32Array) -> FoundRates:
        """Return the rate from one currency to another on each day; days: int32 day numbers.

        The latest rate of the pair that is at most a week old, else that of the inverse pair. The
        same currency twice has the rate 1 on every day.
        """
        count = len(days)
        found = FoundRates(
            numerator=np.full(count, RATE_SCALE if source == target else 0, np.int64),
            denominator=np.full(count, RATE_SCALE, np.int64),
            known=np.full(count, source == target, np.bool_),
            day=days.astype(np.int32),
            is_inverse=np.zeros(count, np.bool_),
        )
        for pair, is_inverse in (((source, target), False), ((target, source), True)):
            rates = self.by_pair.get(pair)
            if rates is None or source == target:
                continue
            row, near = rates.latest(days)
            used = near & ~found.known
            side = found.denominator if is_inverse else found.numerator
            side[used] = rates.rate[row[used]]
            if is_inverse:
                found.numerator[used] = RATE_SCALE
            found.day[used] = rates.day[row[used]]
            found.is_inverse[used] = is_inverse
            found.known[used] = True
        return found


NO_RATES = Rates()


def read_rates(records: Records, findings: Findings) -> Rates:
    """Return the exchange rates of a file; a row that can't be used is noted and left out.

    Of two rows for one day and pair the lower one counts.
    """
    rows = OwnerRows(records, findings, numbers=("rate",), dates=("date",))
    days = rows.days("date")
    sources, targets = rows.currencies("from"), rows.currencies("to")
    problem = Problem("VALUE_UNKNOWN", "is the currency of both sides", "another currency")
    for index, (source, target) in enumerate(zip(sources, targets, strict=True)):
        if rows.used[index] and source == target:
            rows.reject(index, "to", problem)
    rate = rows.integers("rate", _RATE, needed=True)
    keys = list(zip(sources, targets, days.tolist(), strict=True))
    settled = settle_rows(rows, keys, {"rate": rate}, same="day and pair")
    by_pair: dict[tuple[str, str], list[int]] = {}
    for row in settled.row.tolist():
        by_pair.setdefault((sources[row], targets[row]), []).append(row)
    numbers = rows.row_numbers()
    found = {}
    for pair, of_pair in sorted(by_pair.items()):
        chosen = np.array(of_pair, np.int64)
        chosen = chosen[np.argsort(days[chosen], kind="stable")]
        found[pair] = PairRates(days[chosen], rate[chosen], numbers[chosen])
    return Rates(found)
