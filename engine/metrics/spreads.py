"""How the orders and refunds of a range are spread: one row = one bin, its bounds and its count.

Orders are the counted ones placed in the range, each with what its sale rows hold, so that the
counts add up to the metric `orders`, and those below zero to `loss_orders`. Refunds are those of
known orders, by the days from the order to the refund.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from engine.ledger.frames import EventKind
from engine.metrics.compute import Snapshot
from engine.metrics.model import SHOP
from engine.money import Int64Array
from engine.periods import Period, day_number
from engine.sources.frames import Int32Array
from engine.widths import places_in

_MOST_BINS = 20
_STEPS = (1, 2, 5)
# Days from order to refund, the last day of each bin but the open one.
_DELAYS = (0, 3, 7, 14, 30, 60, 90)


class Spread(StrEnum):
    """What of an order is spread."""

    VALUE = "value"  # goods after discounts, minor units
    CONTRIBUTION = "contribution"  # of its sale, without refunds, minor units
    UNITS = "units"


@dataclass(frozen=True, slots=True)
class Bin:
    """Values from `low` to below `high`; None where the bin is open."""

    low: int | None
    high: int | None
    count: int


@dataclass(frozen=True, slots=True)
class Delay:
    """Refunds from `first` to `last` days after their order, None = and later; minor units."""

    first: int
    last: int | None
    refunds: int
    returns_value: int
    refund_amount: int


class Moved(StrEnum):
    """A step from the returns of a range by refund day to those by order day."""

    BY_REFUND_DAY = "by refund day"
    EARLIER_ORDERS = "of earlier orders"
    LATER_ORDERS = "of later orders"
    REFUNDED_LATER = "refunded later"
    REFUNDED_BEFORE = "refunded before"
    BY_ORDER_DAY = "by order day"


@dataclass(frozen=True, slots=True)
class ReturnsStep:
    """`amount`: signed, minor units; the first and the last step are sums."""

    moved: Moved
    amount: int
    refunds: int


def order_spread(snapshot: Snapshot, period: Period, spread: Spread) -> tuple[Bin, ...]:
    """Return how the orders of a range are spread; none for a range without orders."""
    table, calendar = snapshot.levels[SHOP].orders, snapshot.calendar
    ends = np.array([day_number(period.start), day_number(period.end) + 1]) - calendar.first_day
    low, high = places_in(table.key, np.clip(ends, 0, calendar.days))  # the shop's key is the day
    if spread is Spread.UNITS:
        return _bins(_units(snapshot, table.order[low:high]), 1)
    column = table.value if spread is Spread.VALUE else table.contribution
    values = column[low:high].astype(np.int64)
    return _bins(values, _step(values))


def _units(snapshot: Snapshot, orders: Int32Array) -> Int64Array:
    """Return the units that each of these orders sold."""
    ledger = snapshot.ledger
    place = np.full(len(ledger.orders) + 1, -1, np.int32)  # the last one: of no order
    place[orders] = np.arange(len(orders), dtype=np.int32)
    at = place[ledger.order]
    sales = np.flatnonzero((at >= 0) & (ledger.kind == EventKind.SALE))
    units = np.zeros(len(orders), np.int64)
    np.add.at(units, at[sales], ledger.amounts.of("quantity", sales))
    return units


def _step(values: Int64Array) -> int:
    """Return the narrowest of 1, 2, 5, 10, … with which the middle of the values fits the bins."""
    if not len(values):
        return 1
    low, high = _middle(values)
    power = 1
    while True:
        for step in _STEPS:
            if high // (step * power) - low // (step * power) < _MOST_BINS - 1:
                return step * power
        power *= 10


def _middle(values: Int64Array) -> tuple[int, int]:
    """Return two values between which all but one in fifty lie."""
    cut = len(values) // 100
    low, high = cut, len(values) - 1 - cut
    ordered = np.partition(values, (low, high))
    return int(ordered[low]), int(ordered[high])


def _bins(values: Int64Array, step: int) -> tuple[Bin, ...]:
    """Count values by steps from zero; what lies far out is in the open bins at the ends."""
    if not len(values):
        return ()
    low, high = _middle(values)
    first = low // step
    last = min(high // step, first + _MOST_BINS - 1)
    place = np.clip(values // step, first, last)
    counts = np.bincount(place - first, minlength=last - first + 1).tolist()
    least, most = int(values.min()), int(values.max())
    return tuple(
        Bin(
            None if number == first and least < first * step else number * step,
            None if number == last and most >= (last + 1) * step else (number + 1) * step,
            count,
        )
        for number, count in enumerate(counts, first)
    )


def returns_between_datings(snapshot: Snapshot, period: Period) -> tuple[ReturnsStep, ...]:
    """Return the steps from `returns_value` to `returns_value_by_order_day` (M15), row by row."""
    ledger = snapshot.ledger
    row = np.flatnonzero(ledger.kind == EventKind.REFUND)
    event, order = ledger.event_day[row], ledger.order_day[row]
    by_event, by_order = period.holds(event), period.holds(order)
    steps = (
        (Moved.BY_REFUND_DAY, 1, by_event),
        (Moved.EARLIER_ORDERS, -1, by_event & ~by_order & (order < event)),
        (Moved.LATER_ORDERS, -1, by_event & ~by_order & (order > event)),
        (Moved.REFUNDED_LATER, 1, by_order & ~by_event & (event > order)),
        (Moved.REFUNDED_BEFORE, 1, by_order & ~by_event & (event < order)),
        (Moved.BY_ORDER_DAY, 1, by_order),
    )
    return tuple(
        ReturnsStep(
            moved,
            sign * int(ledger.amounts.of("returns_value", row[chosen]).sum()),
            len(_heads(_refunds(snapshot, row[chosen]))),
        )
        for moved, sign, chosen in steps
    )


def _refunds(snapshot: Snapshot, row: Int64Array) -> Int64Array:
    """Return the refund of each row: order and source id, int64[2, rows]."""
    ledger = snapshot.ledger
    return np.stack([ledger.order[row].astype(np.int64), ledger.source_id[row]])


def refund_delays(snapshot: Snapshot, period: Period, refund_dating: str) -> tuple[Delay, ...]:
    """Return the refunds of a range by the days from the order to the refund."""
    ledger = snapshot.ledger
    day = ledger.event_day if refund_dating == "refund_day" else ledger.order_day
    row = np.flatnonzero((ledger.kind == EventKind.REFUND) & (ledger.order >= 0))
    row = row[period.holds(day[row])]
    waited = (ledger.event_day[row] - ledger.order_day[row]).astype(np.int64)
    place = np.searchsorted(np.array(_DELAYS), waited)
    is_first = np.zeros(len(row), np.bool_)  # a refund of several lines is one refund
    is_first[_heads(_refunds(snapshot, row))] = True
    found = []
    for number, last in enumerate((*_DELAYS, None)):
        own = place == number
        at = row[own]
        found.append(
            Delay(
                first=0 if number == 0 else _DELAYS[number - 1] + 1,
                last=last,
                refunds=int(is_first[own].sum()),
                returns_value=int(ledger.amounts.of("returns_value", at).sum()),
                refund_amount=int(ledger.amounts.of("refund_amount", at).sum()),
            )
        )
    return tuple(found)


def _heads(pairs: Int64Array) -> Int64Array:
    """Return the first place of each pair; int64[2, rows]."""
    _, first = np.unique(pairs, axis=1, return_index=True)
    return np.asarray(first, np.int64)
