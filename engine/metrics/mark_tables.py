"""What distinct counts go over: rows that know where the same thing stood before.

A thing is counted in a range of days where its row before lies outside the range.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.ledger.frames import DayFact, Ledger
from engine.metrics.calendar import Calendar
from engine.metrics.kernels import previous_same
from engine.metrics.model import SHOP, Level
from engine.money import Int64Array
from engine.sorting import distinct, stable_order
from engine.sources.frames import Int32Array
from engine.widths import Keys, held_keys


@dataclass(frozen=True, slots=True)
class MarkTable:
    """Rows of an entity that a distinct count asks about, with the row of the same thing before."""

    key: Keys
    previous: Int32Array


def sku_marks(
    ledger: Ledger, calendar: Calendar, entity: Int64Array, entities: int, sold: Int64Array
) -> MarkTable:
    """One row = one SKU sold by an entity on a day; `(none)` is no SKU. sold: the sale rows."""
    chosen = sold[ledger.sku[sold] != ledger.no_sku]
    skus = len(ledger.skus)
    key = entity[chosen] * calendar.days + calendar.index(ledger.event_day[chosen])
    pairs = distinct(key * skus + ledger.sku[chosen])
    key, sku = np.divmod(pairs, skus)
    previous = previous_same(key // calendar.days, sku)
    return MarkTable(held_keys(key, entities * calendar.days), previous)


def viewed_marks(level: Level, ledger: Ledger, calendar: Calendar) -> MarkTable:
    """One row = one listing that was viewed on a day, by the shop; other levels have none."""
    if level is not SHOP:
        return MarkTable(np.empty(0, np.int64), np.empty(0, np.int32))
    rows = ledger.visits.rows
    day = calendar.index(rows.day)
    chosen = np.flatnonzero((rows.amounts[DayFact.VIEWS] > 0) & (day < calendar.begun))
    order = stable_order(day[chosen])
    listing = rows.listing[chosen][order].astype(np.int64)
    previous = previous_same(np.zeros_like(listing), listing)
    return MarkTable(held_keys(day[chosen][order], calendar.days), previous)


@dataclass(frozen=True, slots=True)
class EntityRefunds:
    """One row = one refund of one entity."""

    entity: Int64Array
    order: Int64Array  # −1 = unknown order
    day: dict[str, Int64Array]  # by dating
    days: int

    @classmethod
    def of(
        cls, ledger: Ledger, calendar: Calendar, entity: Int64Array, rows: Int64Array
    ) -> EntityRefunds:
        """List the refunds of a level; `rows` are the refund rows of the ledger."""
        columns = np.stack(
            [
                entity[rows],
                ledger.order[rows].astype(np.int64),
                ledger.source_id[rows],
                calendar.index(ledger.event_day[rows]),
                calendar.index(ledger.order_day[rows]),
            ]
        )
        columns = columns[:, np.lexsort(columns[::-1])]
        is_new = np.any(np.diff(columns, prepend=columns[:, :1] - 1) != 0, axis=0)
        entity_, order, _, event_day, order_day = columns[:, is_new]
        return cls(entity_, order, {"refund_day": event_day, "order_day": order_day}, calendar.days)

    def marks(self, dating: str, entities: int) -> MarkTable:
        """Refunds of known orders by (entity, day), with the order's refund before."""
        known = np.flatnonzero(self.order >= 0)
        key = self.entity[known] * self.days + self.day[dating][known]
        by_day = stable_order(key)
        entity, order = self.entity[known][by_day], self.order[known][by_day]
        key = held_keys(key[by_day], entities * self.days)
        return MarkTable(key, previous_same(entity, order))
