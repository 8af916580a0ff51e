"""Which rows a breakdown is about, and the group that each of them is in.

A group is an entity × a period × one value of each dimension, packed into one key. A row of the
ledger stands in a scope once for every period that holds its day; where fees are broken down, once
for every fee of it that is not 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.ledger.fee_frames import FeeBasis
from engine.ledger.frames import FEES, EventKind
from engine.ledger.groupings import fee_basis
from engine.metrics.attributes import Attribute, attribute
from engine.metrics.compute import Snapshot
from engine.metrics.dimensions import OF_FEES, OF_REFUNDS, Dimension
from engine.metrics.levels import entity_codes
from engine.metrics.model import Level
from engine.money import Int64Array
from engine.periods import Period, day_number, disjoint_layers, period_of_days
from engine.sorting import distinct, stable_order
from engine.sources.frames import BoolArray, Int32Array

_FEE_BASES = (FeeBasis.MEASURED, FeeBasis.POOLED, FeeBasis.ESTIMATED)


@dataclass(frozen=True, slots=True)
class Scope:
    """Rows ascending by the key of their group."""

    key: Int64Array
    row: Int64Array  # of the ledger
    part: Int64Array  # what of the row: a fee by its number in FEES, or a parcel; else 0

    @classmethod
    def of(cls, key: Int64Array, row: Int64Array, part: Int64Array | None = None) -> Scope:
        """Sort rows by their keys."""
        by_key = stable_order(key)
        part = np.zeros(len(key), np.int64) if part is None else part
        return cls(key[by_key], row[by_key], part[by_key])

    def chosen(self, flags: BoolArray) -> Scope:
        """Return some of the rows, in the same order."""
        return Scope(self.key[flags], self.row[flags], self.part[flags])


class Grouping:
    """How rows of a shop come into the groups of one question."""

    def __init__(
        self,
        snapshot: Snapshot,
        periods: Sequence[Period],
        level: Level,
        dimensions: Sequence[Dimension],
        entities: Int64Array | None,
    ) -> None:
        self.ledger = snapshot.ledger
        self.dimensions = dimensions
        self.by_fee = any(dimension in OF_FEES for dimension in dimensions)
        self.by_refund = any(dimension in OF_REFUNDS for dimension in dimensions)
        self._calendar = snapshot.calendar
        self._periods = periods
        self._entity, _, count = entity_codes(level, snapshot.ledger)
        self._wanted = np.full(count, entities is None, np.bool_)
        self._wanted[entities if entities is not None else []] = True
        self._attributes: dict[Dimension, Attribute] = {
            dimension: attribute(dimension, snapshot.ledger, snapshot.customers)
            for dimension in dimensions
            if dimension not in OF_FEES
        }
        self._sizes = [len(self.values(dimension)) + 1 for dimension in dimensions]

    def values(self, dimension: Dimension) -> tuple[str, ...]:
        """Return the values of a dimension by code; the code after the last one is `(none)`."""
        if dimension is Dimension.FEE_KIND:
            return FEES
        if dimension is Dimension.FEE_BASIS:
            return tuple(basis.name.lower() for basis in _FEE_BASES)
        return self._attributes[dimension].values

    def unpacked(self, key: Int64Array) -> tuple[Int64Array, Int64Array, list[Int64Array]]:
        """Return entity, period and the code of each dimension of keys."""
        codes = []
        for size in reversed(self._sizes):
            key, code = np.divmod(key, size)
            codes.append(code)
        entity, period = np.divmod(key, len(self._periods))
        return entity, period, codes[::-1]

    def timeless(self, key: Int64Array, order: Int64Array) -> Int64Array:
        """Number entity, values and order of keys together, whatever the period."""
        entity, _, codes = self.unpacked(key)
        packed = self._packed(entity, 0, codes, periods=1)
        return packed * max(len(self.ledger.orders), 1) + order

    def rows_on(self, day: Int32Array) -> Scope:
        """Return the rows whose day lies in a period; day: int32[ledger]."""
        rows, period = self._in_periods(day, self._entity)
        part = None
        if self.by_fee:
            rows, period, part = self._fees_of(rows, period)
        codes = [self._row_codes(dimension, rows, part) for dimension in self.dimensions]
        return Scope.of(self._packed(self._entity[rows], period, codes), rows, part)

    def _in_periods(self, day: Int32Array, entity: Int64Array) -> tuple[Int64Array, Int64Array]:
        """Return the rows of the entities asked for in each period, and the period of each."""
        calendar = self._calendar
        rows, period = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
        for layer in disjoint_layers(list(self._periods)):
            layered = [self._periods[at] for at in layer]
            first = day_number(layered[0].start)
            last = day_number(layered[-1].end)
            here = np.flatnonzero((day >= first) & (day <= last) & self._wanted[entity])
            of_day = period_of_days(layered, calendar.first_day, calendar.days)
            at = of_day[calendar.index(day[here])]
            rows.append(here[at >= 0])
            period.append(np.asarray(layer, np.int64)[at[at >= 0]])
        return np.concatenate(rows), np.concatenate(period)

    def _fees_of(
        self, rows: Int64Array, period: Int64Array
    ) -> tuple[Int64Array, Int64Array, Int64Array]:
        """Return a row for each fee of the rows that is not 0."""
        columns = [np.flatnonzero(self.ledger.amounts.of(name, rows) != 0) for name in FEES]
        at = np.concatenate(columns)
        fee = np.repeat(np.arange(len(FEES)), [len(column) for column in columns])
        return rows[at], period[at], fee

    def _row_codes(
        self, dimension: Dimension, rows: Int64Array, fee: Int64Array | None
    ) -> Int64Array:
        if fee is None or dimension not in OF_FEES:
            return self._attributes[dimension].of_rows(rows)
        if dimension is Dimension.FEE_KIND:
            return fee
        basis = fee_basis(self.ledger.fee_bases[rows], fee)
        code = np.full(len(FeeBasis), -1, np.int64)
        code[list(_FEE_BASES)] = np.arange(len(_FEE_BASES))
        return np.asarray(code[basis])

    def _packed(
        self,
        entity: Int64Array,
        period: Int64Array | int,
        codes: Sequence[Int64Array],
        periods: int | None = None,
    ) -> Int64Array:
        key = entity * (periods or len(self._periods)) + period
        for code, size in zip(codes, self._sizes, strict=True):
            key = key * size + np.where(code < 0, size - 1, code)
        return key

    def parcels(self) -> Scope:
        """Return each line of each parcel, by the order day and the values of its first order."""
        ledger = self.ledger
        if self.by_fee or self.by_refund:
            return Scope.of(np.zeros(0, np.int64), np.zeros(0, np.int64))
        parcel = ledger.parcel_of_piece.astype(np.int64)
        row = ledger.parcel_row.astype(np.int64)
        day = ledger.orders.day[ledger.parcel_order[parcel]]
        piece, period = self._in_periods(day, self._entity[row])
        parcel, row = parcel[piece], row[piece]
        codes = [self._attributes[d].of_parcels(parcel, row) for d in self.dimensions]
        return Scope.of(self._packed(self._entity[row], period, codes), row, parcel)

    def refunded_ever(self) -> Int64Array:
        """Return the `timeless` numbers of all orders with a refund, of whichever day."""
        ledger = self.ledger
        rows = np.flatnonzero((ledger.kind == EventKind.REFUND) & (ledger.order >= 0))
        codes = [self._attributes[dimension].of_rows(rows) for dimension in self.dimensions]
        packed = self._packed(self._entity[rows], 0, codes, periods=1)
        return distinct(packed * max(len(ledger.orders), 1) + ledger.order[rows])
