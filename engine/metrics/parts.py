"""Parts: what a level answers for a list of groups, a group being an entity and a range of days.

Additive parts are differences of running totals. Distinct counts and series go over the rows of
the groups, each computed once when a formula first asks for it.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from engine.metrics.ad_shares import SHARED, AdShares
from engine.metrics.calendar import Calendar
from engine.metrics.customer_value import ObservedValue
from engine.metrics.customers import Customers
from engine.metrics.day_tables import DayTable, Places
from engine.metrics.fact_columns import COVERED
from engine.metrics.groups import Groups, clipped
from engine.metrics.kernels import (
    CodeCounts,
    Ordered,
    Slices,
    count_codes,
    order_within,
    slices,
    spread,
)
from engine.metrics.levels import LevelTables
from engine.metrics.mark_tables import MarkTable
from engine.metrics.state_parts import state_part
from engine.money import Int64Array
from engine.sources.frames import BoolArray, Int32Array

_Integer = TypeVar("_Integer", bound=np.signedinteger)
COVERED_PARTS = tuple(f"f.{name}" for name in COVERED)
# Series in their own unit → the step in which their quantiles are given (n/d of a value).
STEPS = {"ship_seconds": (1, 36), "customer_gap_days": (100, 1)}
DOMAINS = {"hour": 24, "weekday": 8, "month": 13}


class Parts:
    """Answers of one level for one list of groups; holds what several metrics share."""

    def __init__(
        self,
        tables: LevelTables,
        calendar: Calendar,
        customers: Customers,
        observed: ObservedValue,
        groups: Groups,
        places: Places | None,
        dating: str,
        payment_methods: int,
        ads: AdShares | None,
        whole: LevelTables,
    ) -> None:
        self.tables = tables
        self._whole = whole  # of the shop
        self._dating = dating
        self.calendar = calendar
        self.groups = groups
        self.observed = observed
        self.day_table: DayTable = tables.day_tables[dating]
        self._customers = customers
        self._refunded: MarkTable = tables.refunded[dating]
        self._places = places or self._places_of(groups.first, groups.last)
        self._payment_methods = payment_methods
        self._ads = ads  # of SKUs, whose ads are no sum of days
        self._codes: dict[str, CodeCounts] = {}
        self._ordered: dict[str, Ordered] = {}

    def __len__(self) -> int:
        return len(self.groups)

    def part(self, name: str) -> Int64Array:
        """Return an additive part or a distinct count, int64[groups]; KeyError if there is none."""
        source, _, what = name.partition(".")
        if name == "elapsed_days":
            return self.groups.elapsed
        if source == "d":
            return self._distinct(what)
        if what in ("gaps", "span_seconds"):
            return self._gaps[what]
        if self._ads is not None and source == "f" and what in SHARED:
            shared = self._ads.of(what, self.groups.entity, self.groups.period)
            if what in self.day_table.columns:  # what is of no SKU stands in the day table
                shared += self.day_table.between(what, self._places)
            return shared
        return self.day_table.between(what, self._places)

    def known_part(self, name: str) -> tuple[Int64Array, BoolArray]:
        """Return a part that may be unknown: a state, a count of a source, one of the shop."""
        source, _, what = name.partition(".")
        if source == "w":
            shop, group = self._shop
            value, known = shop.known_part(what)
            return value[group], known[group]
        if source == "s":
            return state_part(self, what)
        if name in COVERED_PARTS:
            return self.part(name), self.covered_days(name) > 0
        return self.part(name), np.ones(len(self), np.bool_)

    @cached_property
    def _shop(self) -> tuple[Parts, Int64Array]:
        """The whole shop in each different period of the groups, and the period of each group."""
        _, first, group = np.unique(self.groups.period, return_index=True, return_inverse=True)
        groups = self.groups.some(first)
        groups = replace(groups, entity=np.zeros(len(first), np.int64))
        shop = Parts(
            self._whole,
            self.calendar,
            self._customers,
            self.observed,
            groups,
            None,
            self._dating,
            self._payment_methods,
            None,
            self._whole,
        )
        return shop, group.astype(np.int64)

    def over_days(self, column: str, first: Int64Array, last: Int64Array) -> Int64Array:
        """Sum a column over other days of the groups' entities, both ends inclusive."""
        return self.day_table.between(column, self._places_of(first, last))

    def _places_of(self, first: Int64Array, last: Int64Array) -> Places:
        return self.day_table.places(self.groups.entity, first, last)

    def covered_days(self, name: str) -> Int64Array:
        """Return how many days of each group a source covers; `name` is one of COVERED_PARTS."""
        keys = self.groups.entity * self.tables.days
        low, high = clipped(self.groups.first, self.groups.last, self.tables.days)
        covered = self.tables.covered[name.partition(".")[2]]
        return covered.between(keys + low, keys + high)

    def quantile(self, series: str, above: int, below: int) -> tuple[Int64Array, BoolArray]:
        """Return a quantile of a series and where there is one."""
        if series not in self._ordered:
            self._ordered[series] = order_within(*self._series(series))
        ordered = self._ordered[series]
        return ordered.quantile(above, below, STEPS.get(series, (1, 1))), ordered.size > 0

    def std(self, series: str) -> tuple[Int64Array, BoolArray]:
        """Return the spread of a series and where there is one."""
        values, rows = self._series(series)
        return spread(values, rows), rows.size > 0

    def codes(self, name: str) -> CodeCounts:
        """Return what the codes of the groups' orders are like."""
        if name not in self._codes:
            codes = self.tables.orders.codes[name][self._orders.row]
            domain = DOMAINS.get(name, self._payment_methods)
            self._codes[name] = count_codes(*_where(codes, codes >= 0, self._orders), domain)
        return self._codes[name]

    @cached_property
    def _orders(self) -> Slices:
        """The orders of each group; the days before say how many rows lie before, too."""
        low, high = self.day_table.orders(self._places)
        return slices(low, high)

    def _series(self, name: str) -> tuple[Int32Array | Int64Array, Slices]:
        """Return a series that quantiles ask about and its rows, without those of no value."""
        table, rows = self.tables.orders, self._orders
        if name == "ship_seconds":
            ship = table.ship_seconds[rows.row]
            return _where(ship, ship >= 0, rows)
        if name == "customer_gap_days":
            previous = table.previous[rows.row]
            return _where(table.day[rows.row] - table.day[previous], previous >= 0, rows)
        assert name == "order_value", name
        return table.value[rows.row], rows

    @cached_property
    def _gaps(self) -> dict[str, Int64Array]:
        """Gaps between orders whose clock time is known, and the seconds that they span."""
        table, rows = self.tables.orders, self._orders
        seconds, timed = _where(table.seconds[rows.row], table.has_clock[rows.row], rows)
        size, begin = timed.size, timed.begin
        if not len(seconds):
            return {"gaps": size, "span_seconds": np.zeros(len(size), np.int64)}
        last = seconds[np.clip(begin + size - 1, 0, len(seconds) - 1)].astype(np.int64)
        first = seconds[np.clip(begin, 0, len(seconds) - 1)]
        span = np.where(size > 0, last - first, 0)
        return {"gaps": np.maximum(size - 1, 0), "span_seconds": span}

    def _distinct(self, what: str) -> Int64Array:
        if what == "payment_methods":
            return self.codes("payment_method").different
        if what == "skus_sold":
            return self._first_marks(self.tables.skus)
        if what == "viewed_listings":
            return self._first_marks(self.tables.viewed)
        if what == "refunded_orders":
            return self._first_marks(self._refunded)
        if what == "previous_customers":
            return self._previous_customers()
        return self._customer_count(what)

    def _first_marks(self, table: MarkTable) -> Int64Array:
        """Count rows whose like does not occur earlier in the same group."""
        rows = slices(*self.groups.borders(table.key, self.tables.days))
        return rows.count(table.previous[rows.row] < rows.low[rows.group])

    @cached_property
    def _first_orders(self) -> tuple[Int32Array, Int32Array, Int64Array]:
        """Customer, order before and group of each row that is its customer's first in the group.

        That is where the customer's row before lies before the group: nothing has to be sorted.
        """
        table, rows = self.tables.orders, self._orders
        customer, previous = table.customer[rows.row], table.previous[rows.row]
        at = np.flatnonzero((customer >= 0) & (previous < rows.low[rows.group]))
        return customer[at], previous[at], rows.group[at]

    def _customer_count(self, what: str) -> Int64Array:
        """Distinct, new, repeat and retained customers: each compares days on the first orders."""
        customer, previous, group = self._first_orders
        groups, facts = self.groups, self._customers
        if what == "new_customers":
            group = group[facts.first_day[customer] >= groups.first[group]]
        elif what == "repeat_customers":
            group = group[facts.second_day[customer] <= groups.last[group]]
        elif what == "retained_customers":
            recent = self.tables.orders.day[previous] >= groups.previous_first[group]
            group = group[(previous >= 0) & recent]
        else:
            assert what == "customers", what
        return np.bincount(group, minlength=len(groups)).astype(np.int64)

    def _previous_customers(self) -> Int64Array:
        """Distinct customers of the whole period before each group's."""
        table, groups = self.tables.orders, self.groups
        before = Groups(
            groups.entity,
            groups.previous_first,
            groups.first - 1,
            groups.previous_first,
            groups.elapsed,
            groups.period,
            groups.is_year,
        )
        rows = slices(*before.borders(table.key, self.tables.days))
        here = (table.customer[rows.row] >= 0) & (table.previous[rows.row] < rows.low[rows.group])
        return rows.count(here)


def _where(
    values: npt.NDArray[_Integer], chosen: BoolArray, rows: Slices
) -> tuple[npt.NDArray[_Integer], Slices]:
    """Return the chosen values with their rows; all of them as they are."""
    return (values, rows) if chosen.all() else (values[chosen], rows.where(chosen))
