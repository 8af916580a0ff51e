"""Breakdowns: figures by country, hour, fee kind and the like, in groups that add up to the whole.

One group = one entity × one period × one value of each dimension that occurs there. Its rows are
those of the ledger; sums add them up, counts are made again within the group, and ratios divide
what the group holds. What has no value is the group `(none)`, so that nothing is left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np

from engine.ledger.frames import FEES, EventKind
from engine.metrics.breakdown_rows import Grouping, Scope
from engine.metrics.compute import MetricBlock, Snapshot, check_periods, codes_of, entity_ids
from engine.metrics.compute import complete as complete_periods
from engine.metrics.dimensions import Dimension
from engine.metrics.evaluate import evaluate
from engine.metrics.model import Level, Metric
from engine.metrics.order_tables import contribution_of
from engine.money import Int64Array
from engine.periods import Period
from engine.sorting import distinct
from engine.sources.frames import BoolArray, Int32Array

NONE = "(none)"
_FLAGS = {
    "rows_partial": "is_partial",
    "rows_estimated": "is_estimated",
    "rows_unbounded": "has_no_ceiling",
}


def compute_breakdown(
    snapshot: Snapshot,
    periods: Sequence[Period],
    level: Level,
    metrics: Sequence[Metric],
    dimensions: Sequence[Dimension],
    *,
    entities: Sequence[int] | Sequence[str] | None = None,
    refund_dating: str = "refund_day",
) -> MetricBlock:
    """Compute metrics for every entity × period × value of the dimensions that occurs.

    The metrics are ones that the dimensions can split. Rows come by entity (in the given order,
    else ascending), period and value, `(none)` last. Raises PeriodError and UnknownEntityError as
    `compute_block` does.
    """
    check_periods(periods)
    codes = None if entities is None else codes_of(snapshot, level, entities)
    grouping = Grouping(snapshot, periods, level, dimensions, codes)
    groups = Groups(snapshot, grouping, periods, refund_dating)
    order = np.lexsort(
        (
            *groups.codes[::-1],
            _rank([(period.start, period.end) for period in periods])[groups.period],
            groups.entity if codes is None else np.argsort(codes)[_place(codes, groups.entity)],
        )
    )
    columns = evaluate(groups, metrics, {})
    return MetricBlock(
        level=level,
        entity=groups.entity[order],
        entity_ids=entity_ids(snapshot, level),
        period=groups.period[order],
        periods=tuple(periods),
        elapsed_days=groups.elapsed[order],
        is_complete=complete_periods(snapshot, periods)[groups.period[order]],
        columns={name: column.taken(order) for name, column in columns.items()},
        breakdown={
            dimension.value: (code[order], (*grouping.values(dimension), NONE))
            for dimension, code in zip(dimensions, groups.codes, strict=True)
        },
    )


def _rank(keys: Sequence[object]) -> Int64Array:
    rank = np.empty(len(keys), np.int64)
    rank[sorted(range(len(keys)), key=keys.__getitem__)] = np.arange(len(keys))  # type: ignore[arg-type]
    return rank


def _place(codes: Int64Array, entity: Int64Array) -> Int64Array:
    """Position of each entity among the ascending codes."""
    return np.searchsorted(np.sort(codes), entity)


class Groups:
    """The groups of one breakdown, and the parts that metrics ask for; arrays are int64[groups]."""

    def __init__(
        self, snapshot: Snapshot, grouping: Grouping, periods: Sequence[Period], dating: str
    ) -> None:
        ledger = snapshot.ledger
        self._ledger = ledger
        self._is_guest = snapshot.customers.code_of_order < 0
        self._grouping = grouping
        events = grouping.rows_on(ledger.event_day if dating == "refund_day" else ledger.order_day)
        if grouping.by_refund:
            events = events.chosen(ledger.kind[events.row] == EventKind.REFUND)
        self._events = events
        self._parcels = grouping.parcels()
        self._key = distinct(np.concatenate((self._events.key, self._parcels.key)))
        self.entity, self.period, self.codes = grouping.unpacked(self._key)
        elapsed = [period.elapsed_days(snapshot.days_begun) for period in periods]
        self.elapsed = np.array(elapsed, np.int64)[self.period]

    def __len__(self) -> int:
        return len(self._key)

    def part(self, name: str) -> Int64Array:
        """Return a part of the groups, see `engine.metrics.model`."""
        source, _, what = name.partition(".")
        if name == "elapsed_days":
            return self.elapsed
        if source != "l":
            return self._count(what)
        if self._grouping.by_fee:
            return self._fee_part(what)
        if what == "returns_value_by_order_day":
            scope = self._grouping.rows_on(self._ledger.order_day)
            return self._sum(scope, self._ledger.amounts.of("returns_value", scope.row))
        if what == "rows":
            return self._sum(self._events, np.ones(len(self._events.row), np.int64))
        rows = self._events.row
        if what in _FLAGS:
            return self._sum(self._events, getattr(self._ledger, _FLAGS[what])[rows])
        return self._sum(self._events, self._ledger.amounts.of(what, rows))

    def _group(self, key: Int64Array) -> Int64Array:
        return np.searchsorted(self._key, key)

    def _sum(self, scope: Scope, values: Int64Array | BoolArray) -> Int64Array:
        return _sum_by(values, self._group(scope.key), len(self))

    def _fee_part(self, what: str) -> Int64Array:
        charged, credited = self._fees
        return credited if what == "fee_credits" else charged[FEES.index(what)]

    @cached_property
    def _fees(self) -> tuple[Int64Array, Int64Array]:
        """Sums of each fee, int64[FEES, groups], and of what was credited, int64[groups]."""
        scope, group = self._events, self._group(self._events.key)
        charged = np.zeros((len(FEES), len(self)), np.int64)
        credited = np.zeros(len(self), np.int64)
        for fee, name in enumerate(FEES):
            own = np.flatnonzero(scope.part == fee)
            amount = self._ledger.amounts.of(name, scope.row[own])
            np.add.at(charged[fee], group[own], amount)
            np.add.at(credited, group[own], np.maximum(-amount, 0))
        return charged, credited

    def _count(self, what: str) -> Int64Array:
        if what == "orders":
            return self._count_orders(np.ones(len(self._orders[0]), np.bool_))
        if what == "loss_orders":
            return self._count_orders(self._losses < 0)
        if what in ("refunds", "refunded_orders"):
            return self._refunds(what)
        if what == "parcels":
            return self._count_pairs(self._parcels.key, self._parcels.part)
        group, order = self._orders
        facts = self._ledger.orders
        if what == "guest_orders":
            return self._count_orders(self._is_guest[order])
        if what == "gift_orders":
            return self._count_orders(facts.is_gift[order])
        if what == "shipped_orders":
            return self._count_orders(facts.is_shipped[order])
        assert what == "refunded_so_far", what
        now = self._grouping.timeless(self._key[group], order)
        return self._count_orders(np.isin(now, self._grouping.refunded_ever()))

    @cached_property
    def _orders(self) -> tuple[Int64Array, Int64Array]:
        """Group and order of each counted order placed in a group, ascending."""
        return self._pairs(self._sales.key, self._ledger.order[self._sales.row])

    @cached_property
    def _sales(self) -> Scope:
        return self._events.chosen(self._ledger.kind[self._events.row] == EventKind.SALE)

    @cached_property
    def _losses(self) -> Int64Array:
        """Contribution of each of `_orders`, on the sale rows of the group."""
        group, order = self._orders
        width = max(len(self._ledger.orders), 1)
        rows = self._sales.row
        place = np.searchsorted(
            group * width + order, self._group(self._sales.key) * width + self._ledger.order[rows]
        )
        total = np.zeros(len(group), np.int64)
        np.add.at(total, place, contribution_of(self._ledger)[rows])
        return total

    def _pairs(
        self, key: Int64Array, what: Int32Array | Int64Array
    ) -> tuple[Int64Array, Int64Array]:
        """Return each group with each different thing in it once, ascending."""
        width = int(what.max(initial=0)) + 1
        group, thing = np.divmod(distinct(self._group(key) * width + what), width)
        return group, thing

    def _count_pairs(self, key: Int64Array, what: Int64Array) -> Int64Array:
        group, _ = self._pairs(key, what)
        return _sum_by(np.ones(len(group), np.int64), group, len(self))

    def _count_orders(self, flags: BoolArray) -> Int64Array:
        return _sum_by(flags, self._orders[0], len(self))

    def _refunds(self, what: str) -> Int64Array:
        """Refunds, or orders with one; two refunds of an order are two."""
        ledger = self._ledger
        scope = self._events.chosen(ledger.kind[self._events.row] == EventKind.REFUND)
        order = ledger.order[scope.row].astype(np.int64)
        if what == "refunded_orders":
            known = order >= 0
            return self._count_pairs(scope.key[known], order[known])
        both = np.stack((order, ledger.source_id[scope.row]))
        number = np.unique(both, axis=1, return_inverse=True)[1].reshape(-1)
        return self._count_pairs(scope.key, number)


def _sum_by(values: Int64Array | BoolArray, group: Int64Array, groups: int) -> Int64Array:
    """Sum values by ascending group number, exactly; int64[groups]."""
    running = np.concatenate((np.zeros(1, np.int64), np.cumsum(values, dtype=np.int64)))
    border = np.searchsorted(group, np.arange(groups + 1))
    return np.asarray(running[border[1:]] - running[border[:-1]])
