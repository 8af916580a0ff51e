"""When demo orders are placed: growth, season, weekday and hour, and the awkward instants.

One row is one order, ascending in time.
"""

from __future__ import annotations

from datetime import date

import numpy as np

from engine.demo.calendar_days import Days
from engine.demo.draws import Draws
from engine.money import Int64Array

# In thousandths of a middling month. December is 2.2 × the average of the twelve.
_MONTHS = (900, 700, 850, 900, 950, 850, 800, 850, 950, 1050, 1300, 2267)
_WEEKDAYS = (105, 100, 98, 97, 92, 96, 112)  # Monday to Sunday
# Most buyers live west of the shop, so that its evening and night are their day.
_HOURS = (
    *(62, 55, 47, 40, 31, 22, 16, 14, 17, 21, 25, 29),
    *(32, 34, 36, 40, 48, 55, 60, 64, 68, 71, 70, 67),
)
_GROWTH = (1_011_715, 1_000_000)  # 15 % a year, month by month
_HOUR = 3_600

# Local date and seconds after its start. Those outside the plan are left out.
AWKWARD_INSTANTS: tuple[tuple[date, int], ...] = (
    (date(2024, 2, 29), 0),
    (date(2024, 2, 29), 86_399),
    (date(2024, 3, 10), 2 * _HOUR - 1),  # New York: a day of 23 hours
    (date(2024, 3, 10), 23 * _HOUR - 1),
    (date(2024, 11, 3), _HOUR + 1_800),  # New York: half past one comes twice
    (date(2024, 11, 3), 2 * _HOUR + 1_800),
    (date(2024, 11, 3), 24 * _HOUR + 3_599),
    (date(2024, 12, 31), 86_399),
    (date(2025, 1, 1), 0),
    (date(2025, 12, 28), 86_399),  # the last second of an ISO week and the first of the next
    (date(2025, 12, 29), 0),
    (date(2026, 7, 31), 86_399),  # both sides of a change of fees
    (date(2026, 8, 1), 0),
    (date(2027, 1, 3), 86_399),  # the last second of 2026-W53
)


def order_times(days: Days, draws: Draws, count: int) -> tuple[Int64Array, Int64Array]:
    """Return the local day and the unix second of `count` orders, ascending."""
    planted = [
        (days.index(day), elapsed)
        for day, elapsed in AWKWARD_INSTANTS
        if 0 <= days.index(day) < len(days)
    ]
    drawn = count - len(planted)
    day = draws.weighted(day_weights(days), drawn)
    elapsed = draws.weighted(_HOURS, drawn) * _HOUR + draws.below(_HOUR, drawn)
    day = np.concatenate((day, np.array([day for day, _ in planted], np.int64)))
    elapsed = np.concatenate((elapsed, np.array([second for _, second in planted], np.int64)))
    seconds = days.seconds(day, elapsed)
    order = np.argsort(seconds, kind="stable")
    return day[order], seconds[order]


def day_weights(days: Days) -> Int64Array:
    """Return how busy each local day is, as integers."""
    months = np.unique(days.month)
    growth = np.zeros(len(months), np.int64)
    level = 1_000_000
    for number in range(len(months)):
        growth[number] = level
        level = level * _GROWTH[0] // _GROWTH[1]
    in_month = np.array([days_in_month(int(month)) for month in months], np.int64)
    of = np.searchsorted(months, days.month)
    season = np.array(_MONTHS, np.int64)[days.month % 12]
    weekday = np.array(_WEEKDAYS, np.int64)[days.weekday]
    return growth[of] * season * weekday // (in_month[of] * 1_000)


def days_in_month(month: int) -> int:
    """Return how many days a month (year × 12 + month − 1) has."""
    first = date(month // 12, month % 12 + 1, 1)
    after = date((month + 1) // 12, (month + 1) % 12 + 1, 1)
    return (after - first).days
