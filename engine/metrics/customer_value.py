"""What a customer has been worth: contribution profit in the first year after the first order.

One row of the table = the customers whose first order was on one day; one column = one day of their
first year. Both are running totals, so the curve of the customers of any range of first days is the
difference of two rows. Observed, never extrapolated.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.ledger.frames import Ledger
from engine.metrics.calendar import Calendar
from engine.metrics.customers import Customers
from engine.money import Int64Array
from engine.sources.frames import BoolArray

YEAR = 365  # days that are observed, the first order's own day among them
FEWEST_CUSTOMERS = 30


@dataclass(frozen=True, slots=True)
class ObservedValue:
    """Running totals over the day of the first order, of one refund dating."""

    customers: Int64Array  # [days + 1]: customers whose first order lies before that day
    contribution: Int64Array  # [days + 1, YEAR]: theirs, up to so many days after their first order

    def window(self, last: Int64Array) -> tuple[Int64Array, Int64Array]:
        """Return the first days, from low to before high, of those whose year is over at `last`.

        They came from 729 to 365 days before it, so that every one has been seen for a whole year
        and none is older than two.
        """
        days = len(self.customers) - 1
        return np.clip(last - 2 * YEAR + 1, 0, days), np.clip(last - YEAR + 1, 0, days)

    def count(self, last: Int64Array) -> tuple[Int64Array, BoolArray]:
        """Return how many customers the value at `last` rests on, and whether they are enough."""
        low, high = self.window(last)
        count = self.customers[high] - self.customers[low]
        return count, count >= FEWEST_CUSTOMERS

    def of_first_year(self, last: Int64Array) -> Int64Array:
        """Return the contribution in the whole first year of those customers."""
        low, high = self.window(last)
        return np.asarray(self.contribution[high, -1] - self.contribution[low, -1])

    def curve(self, last: int) -> Int64Array:
        """Return the contribution of those customers by days since the first order; int64[YEAR]."""
        low, high = self.window(np.array([last]))
        return np.asarray(self.contribution[high[0]] - self.contribution[low[0]])


def observe_value(
    ledger: Ledger,
    calendar: Calendar,
    customers: Customers,
    contribution: Int64Array,
    event_day: Int64Array,
) -> ObservedValue:
    """Build the table from the contribution of each ledger row.

    event_day: int64[ledger], days of the calendar by one refund dating.

    What is dated before the first order counts on its day.
    """
    customer = np.append(customers.code_of_order, -1)[ledger.order]
    rows = np.flatnonzero(customer >= 0)
    first = customers.first_day[customer[rows]]
    age = np.maximum(event_day[rows] - first, 0)
    inside = age < YEAR
    total = np.zeros((calendar.days + 1, YEAR), np.int64)
    place = (first[inside] + 1, age[inside])
    np.add.at(total, place, contribution[rows[inside]])
    arrivals = np.bincount(customers.first_day + 1, minlength=calendar.days + 1)
    return ObservedValue(
        np.cumsum(arrivals).astype(np.int64), np.cumsum(np.cumsum(total, axis=1), axis=0)
    )
