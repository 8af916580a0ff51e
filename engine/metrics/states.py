"""States: figures that hold from the day they were seen until they are seen again, or for a week.

One row of `Steps` = one entity × one run of days with the same figure, as keys entity × days + day.
Where the shop was looked at and an entity was not there, its run ends: nobody's figure is carried
on past a look that did not find it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from engine.ledger.frames import Ledger
from engine.metrics.calendar import Calendar
from engine.metrics.coverage import Coverage
from engine.metrics.model import LISTING, PRODUCT, SHOP, Level
from engine.money import Int64Array
from engine.sorting import distinct, run_starts, stable_order
from engine.sources.frames import BoolArray, Int32Array
from engine.widths import Whole, halved, places_in

_NONE = np.empty(0, np.int64)
CARRIED_DAYS = 7  # a figure holds on the day it was seen and so many days after it


@dataclass(frozen=True, slots=True, eq=False)
class Steps:
    """Runs of days with a value; `before[i]` is the sum of value × days over the rows before i."""

    covered: Coverage
    value: Whole
    before: Whole

    @classmethod
    def of(cls, covered: Coverage, value: Int64Array) -> Steps:
        """Take the value of each run of covered days."""
        days = np.diff(covered.before).astype(np.int64) * value
        total = np.concatenate((np.zeros(1, np.int64), np.cumsum(days)))
        return cls(covered, halved(value), halved(total))

    def at(self, key: Int64Array) -> tuple[Int64Array, BoolArray]:
        """Return the value at each key, and where there is one."""
        if not len(self.value):
            return np.zeros(len(key), np.int64), np.zeros(len(key), np.bool_)
        place = places_in(self.covered.start, key + 1) - 1
        row = np.maximum(place, 0)
        known = (place >= 0) & (self.covered.stop[row] > key)
        return np.where(known, self.value[row], np.int64(0)), known

    def total(self, low: Int64Array, high: Int64Array) -> Int64Array:
        """Sum the values of all days from key low to before key high."""
        return self._until(high) - self._until(low)

    def _until(self, key: Int64Array) -> Int64Array:
        if not len(self.value):
            return np.zeros(len(key), np.int64)
        begun = places_in(self.covered.start, key)
        last = np.maximum(begun - 1, 0)
        ahead = np.where(begun > 0, np.maximum(self.covered.stop[last] - key, 0), 0)
        return np.asarray(self.before[begun] - ahead * self.value[last], np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class Looks:
    """The days on which the shop was looked at, as far as they reach into the calendar.

    Rows of sources come by day; `start` and `stop` are the days that each of them stands for.
    """

    days: int
    start: Int64Array
    stop: Int64Array
    row: Int64Array

    @classmethod
    def of(cls, day: Int32Array, calendar: Calendar) -> Looks:
        """Find how long each row of a source holds; rows before the calendar mostly do not."""
        at = calendar.index(day)
        seen = distinct(at)
        following = np.append(seen[1:], calendar.begun)
        stop = np.minimum(np.minimum(following, seen + CARRIED_DAYS + 1), calendar.begun)
        place = np.searchsorted(seen, at)
        start, stop = np.maximum(at, 0), stop[place]
        row = np.flatnonzero(start < stop)
        return cls(calendar.days, start[row], stop[row], row)

    def of_entities(self, entity: Int64Array) -> EntityLooks:
        """Sort the looks by entity; entity: of each row of the source."""
        key = entity[self.row] * self.days + self.start
        order = stable_order(key)
        length = (self.stop - self.start)[order]
        return EntityLooks(key[order], length, self.row[order])

    def days_of(self, entity: Int64Array, chosen: BoolArray) -> Int64Array:
        """Return the key of each day that chosen rows stand for, one for each row and day."""
        rows = np.flatnonzero(chosen[self.row])
        length = self.stop[rows] - self.start[rows]
        begin = np.repeat(np.cumsum(length) - length, length)
        first = np.repeat(entity[self.row[rows]] * self.days + self.start[rows], length)
        return np.asarray(first + np.arange(len(first)) - begin, np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class EntityLooks:
    """Looks of entities: one row = one row of a source, ascending by (entity, look).

    key: entity × days + first day. length: days that it stands for. row: of the source.
    """

    key: Int64Array
    length: Int64Array
    row: Int64Array

    def runs(self, chosen: BoolArray | None = None) -> Runs:
        """Bring the rows of each entity and look together.

        chosen: of each row of the source, whether its entity and look have a value at all.
        """
        key, length, row = self.key, self.length, self.row
        if chosen is not None:
            some = np.flatnonzero(chosen[row])
            key, length, row = key[some], length[some], row[some]
        heads = run_starts(key)
        start = key[heads]
        return Runs(Coverage.of_runs(start, start + length[heads]), row, heads)


@dataclass(frozen=True, slots=True, eq=False)
class Runs:
    """The days that looks of entities stand for, and the rows of each look.

    row: of the source, look by look. head: where those of each look begin.
    """

    covered: Coverage
    row: Int64Array
    head: Int64Array

    def steps(
        self,
        value: Int64Array,
        by: Callable[[Int64Array, Int64Array], Int64Array] = np.add.reduceat,
    ) -> Steps:
        """Bring the values of rows together by look; value: of each row of the source."""
        return Steps.of(self.covered, by(value[self.row], self.head) if len(self.head) else _NONE)


def build_states(level: Level, ledger: Ledger, calendar: Calendar) -> dict[str, Steps]:
    """Build the states that a level can be asked for, by name."""
    states = _offer_states(level, ledger, calendar)
    return states if level is PRODUCT else states | _favourite_states(level, ledger, calendar)


def offer_entity(level: Level, ledger: Ledger) -> Int64Array:
    """Return the entity of each offer."""
    offers = ledger.offers
    if level is SHOP:
        return np.zeros(len(offers.day), np.int64)
    return (offers.listing if level is LISTING else offers.sku).astype(np.int64)


def _offer_states(level: Level, ledger: Ledger, calendar: Calendar) -> dict[str, Steps]:
    offers, entity = ledger.offers, offer_entity(level, ledger)
    looks = Looks.of(offers.day, calendar).of_entities(entity)
    group = _groups_of(entity, offers.day)
    stocked, priced = offers.units > 0, offers.price >= 0
    # Stock whose cost is unknown is left out; where nothing has a cost the value is unknown.
    costed = _any(stocked & (offers.value >= 0), group)
    valued = costed | ~_any(stocked & (offers.value < 0), group)
    has_price = offers.is_enabled & ~_any(offers.is_enabled & ~priced, group)
    every, with_price = looks.runs(), looks.runs(has_price)
    return {
        "stock": every.steps(offers.units),
        "offers": every.steps(offers.is_enabled.astype(np.int64)),
        "stock_value": looks.runs(valued).steps(np.maximum(offers.value, 0)),
        "prices": with_price.steps(offers.price),
        "lowest_price": with_price.steps(offers.price, np.minimum.reduceat),
        "highest_price": with_price.steps(offers.price, np.maximum.reduceat),
    }


def _favourite_states(level: Level, ledger: Ledger, calendar: Calendar) -> dict[str, Steps]:
    rows = ledger.favourites
    listing = rows.listing.astype(np.int64)
    entity = listing if level is LISTING else np.zeros(len(listing), np.int64)
    looks = Looks.of(rows.day, calendar).of_entities(entity).runs()
    return {
        "favourites": looks.steps(rows.count),
        "liked_listings": looks.steps(np.ones(len(entity), np.int64)),
    }


def _groups_of(entity: Int64Array, day: Int32Array) -> Int64Array:
    """Number the pairs of entity and day."""
    width = int(day.max(initial=0)) + 1
    key = entity * width + day
    order = stable_order(key)
    begins = np.zeros(len(key), np.int64)
    begins[run_starts(key[order])[1:]] = 1
    group = np.empty(len(key), np.int64)
    group[order] = np.cumsum(begins)
    return group


def _any(rows: BoolArray, group: Int64Array) -> BoolArray:
    """Tell of each row whether any row of its group is marked."""
    marked = np.zeros(int(group.max(initial=-1)) + 1, np.bool_)
    marked[group[rows]] = True
    return np.asarray(marked[group])
