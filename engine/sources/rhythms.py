"""How fresh each table is, and how often it gets facts: what is usual, and the longest gap.

One rhythm = one table that says of what time its rows are. Days are local to the shop.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import numpy as np

from engine.local_time import DAY_SECONDS, local_clock
from engine.periods import day_date
from engine.sources.frames import Int32Array, SourceTables

WINDOW = 365  # days up to the newest fact that say what is usual


@dataclass(frozen=True, slots=True)
class Rhythm:
    """The newest fact of a table, and the steps between its days with facts in the year before.

    usual: the middle step in days, 1 = every day; longest: the longest, with the day that it
    begins on. All None for a table with one day.
    """

    newest: datetime
    usual: int | None = None
    longest: int | None = None
    longest_from: date | None = None

    @classmethod
    def of(cls, newest: datetime, days: Int32Array) -> Rhythm:
        """Read the rhythm of facts on these days: int32 day numbers in any order, at least one."""
        first = int(days.min())
        used = np.flatnonzero(np.bincount(days - first))
        steps = np.diff(used)
        if not len(steps):
            return cls(newest)
        at = int(np.argmax(steps))
        middle = int(np.sort(steps)[(len(steps) - 1) // 2])
        return cls(newest, middle, int(steps[at]), day_date(first + int(used[at])))

    def is_late(self, behind: int) -> bool:
        """Whether so many days without a fact are more than in any gap of the year."""
        return self.longest is not None and behind > self.longest


def rhythms_of(tables: SourceTables) -> dict[str, Rhythm]:
    """Return the rhythm of each table that has facts with a time of their own."""
    clock = local_clock(tables.shop.time_zone)
    found = {}
    for name, seconds in (
        ("orders", tables.orders.seconds),
        ("order_refunds", tables.refunds.seconds.value[tables.refunds.seconds.known]),
        ("order_shipments", tables.tracking.seconds.value[tables.tracking.seconds.known]),
        ("ledger_entries", tables.entries.seconds),
        ("reviews", tables.reviews.seconds),
    ):
        if len(seconds):
            newest = int(seconds.max())
            recent = seconds[seconds > newest - WINDOW * DAY_SECONDS]
            found[name] = Rhythm.of(datetime.fromtimestamp(newest, UTC), clock.days(recent))
    for name, rows in (("listing_ad_stats", tables.ads), ("listing_visit_stats", tables.visits)):
        days = tables.own_days(rows)
        if len(days):
            last = int(days.max())
            end = clock.day_start(day_date(last + 1)) - timedelta(seconds=1)
            found[name] = Rhythm.of(end, days[days > last - WINDOW])
    return found
