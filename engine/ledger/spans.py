"""Amounts that cover spans of days, brought to single days: one row = one source row × one day.

Rules M41 and M42 of docs/money-rules.md. Of the rows that cover a day of a listing only the one
with the fewest days counts, so that a month and its weeks are never added up. Nothing is lost on
the way: the days of a row, counted or passed over, sum to what the row said.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.ledger.allocation import spread_evenly
from engine.local_time import LocalClock
from engine.money import Int64Array
from engine.sorting import stable_order
from engine.sources.frames import BoolArray, Int32Array, Texts
from engine.widths import Whole

_EPOCH_WEEKDAY = 3  # 1970-01-01 was a Thursday; Monday is 0
_MONTHS = {"MONTHLY": 1, "QUARTERLY": 3, "YEARLY": 12}


def span_borders(
    kind: Texts, start: Int64Array, end: Int64Array, clock: LocalClock, week_start: int
) -> tuple[Int32Array, Int32Array]:
    """Return the first and last local day of spans, both inclusive.

    kind: the period type as received. start, end: seconds of a clock without a zone. A span that
    starts a calendar unit of its kind has the days of that unit, any other ends on its end's day.
    """
    first, last = clock.span_days(start), clock.span_days(end)
    date = first.astype("datetime64[D]")
    month = date.astype("datetime64[M]")
    for code, name in enumerate(kind.values):
        is_kind = kind.code == code
        if name == "DAILY":
            last = np.where(is_kind, first, last)
        elif name == "WEEKLY":
            begins = (first + _EPOCH_WEEKDAY) % 7 == week_start - 1
            last = np.where(is_kind & begins, first + 6, last)
        elif name in _MONTHS:
            length = _MONTHS[name]
            begins = (date == month.astype("datetime64[D]")) & (month.astype(int) % length == 0)
            following = (month + length).astype("datetime64[D]").astype(np.int64)
            last = np.where(is_kind & begins, following - 1, last)
    return first, np.maximum(first, last).astype(np.int32)


@dataclass(frozen=True, slots=True, eq=False)
class SpanDays:
    """The days of rows that cover spans: one entry = one row × one of its days.

    row, listing, day: of each entry; the entries of row r are `starts[r]:starts[r + 1]`. counts:
    the row is the one that counts for its listing on that day. by_cell: the entries in the order of
    listing and day.
    """

    starts: Int64Array
    row: Int32Array
    listing: Int32Array
    day: Int32Array
    counts: BoolArray
    by_cell: Int32Array

    @classmethod
    def of(
        cls, listing: Int32Array, first: Int32Array, last: Int32Array, row_id: Int64Array
    ) -> SpanDays:
        """List the days of rows, and choose one row for each listing and day.

        The row with the fewest days counts; of equals the one that starts later, then the one with
        the smaller id.
        """
        length = (last.astype(np.int64) - first) + 1
        starts = np.concatenate((np.zeros(1, np.int64), np.cumsum(length)))
        row = np.repeat(np.arange(len(length), dtype=np.int32), length)
        day = np.arange(len(row), dtype=np.int32)
        day -= np.repeat((starts[:-1] - first).astype(np.int32), length)
        owner = np.repeat(listing, length)
        cell = _cells(owner, day)
        counts = np.ones(len(row), np.bool_)
        by_cell = stable_order(cell).astype(np.int32)
        shared = _shared(cell, by_cell)
        of_row = row[shared]
        ranked = (row_id[of_row], -first[of_row].astype(np.int64), length[of_row], cell[shared])
        ordered = shared[np.lexsort(ranked)]
        counts[ordered[1:][cell[ordered][1:] == cell[ordered][:-1]]] = False
        return cls(starts, row, owner, day, counts, by_cell)

    def spread(self, amounts: Int64Array) -> Int64Array:
        """Spread an amount of each row over its days; int64[entries]."""
        return spread_evenly(amounts, self.starts)


def _cells(listing: Int32Array, day: Int32Array) -> Whole:
    """Number the pairs of a listing and a day in their order, narrow where they fit."""
    lowest, highest = (int(day.min()), int(day.max())) if len(day) else (0, 0)
    days, since = highest - lowest + 1, day - np.int32(lowest)
    if (int(listing.max(initial=0)) + 1) * days < 2**31:
        return listing * np.int32(days) + since
    return listing * np.int64(days) + since


def _shared(cell: Whole, order: Int32Array) -> Int64Array:
    """Return the entries whose cell has another entry, too; mostly there is none."""
    ascending = cell[order]
    same = ascending[1:] == ascending[:-1]
    is_shared = np.zeros(len(cell), np.bool_)
    is_shared[order[1:][same]] = True
    is_shared[order[:-1][same]] = True
    return np.flatnonzero(is_shared)
