"""The orders behind the figures of a period: one row = one order with a ledger row in it.

By refund day an order placed earlier has a row for what happened to it in the period; by order day
all of an order is on its own day. Orders that do not count stand with zeros. What belongs to no
order is the last row, order 0, so that every column adds up to the batch answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from engine.ledger.frames import EventKind, Ledger, OrderEntities, OrderState
from engine.local_time import LocalClock
from engine.metrics.compute import Snapshot, codes_of
from engine.metrics.evaluate import BASES
from engine.metrics.kernels import sum_runs
from engine.metrics.model import LISTING, SHOP, Level, Linear
from engine.metrics.registry import REGISTRY
from engine.money import Int64Array
from engine.periods import Period
from engine.sorting import run_starts, stable_order
from engine.sources.frames import BoolArray, Int32Array
from engine.widths import places_in

# What the list shows of each order, by the names of the registry.
SHOWN = (
    "units_sold",
    "net_revenue",
    "cogs",
    "fulfilment_cost",
    "platform_fees",
    "contribution_profit",
)


@dataclass(frozen=True, slots=True, eq=False)
class _Rows:
    """Ledger rows of the question, ascending by the place in the list of each one's order.

    head: where the rows of an order begin; `at` is the order's place. orders: index into the
    ledger's orders of each row of the list, −1 = none. place: the way back, −1 = not in the list;
    its last one is of what belongs to no order.
    """

    row: Int64Array
    head: Int64Array
    at: Int64Array
    orders: Int64Array
    place: Int32Array


def list_orders(
    snapshot: Snapshot,
    clock: LocalClock,
    period: Period,
    *,
    level: Level = SHOP,
    entity: int | str | None = None,
    refund_dating: str = "refund_day",
    metrics: Sequence[str] = SHOWN,
) -> pd.DataFrame:
    """List the orders of a period, in time order; of a listing or SKU, its own part of them.

    Columns: order_id, ordered_at (local time; midnight where only the day is known), has_clock,
    state, country (null = unknown), metrics (int64, minor units or units), profit_basis, and flags:
    is_placed (its own day is in the period), is_refunded (by now), is_held, is_estimated, is_loss
    (its sale rows cost more than they bring). Texts are categories: there may be millions of rows.

    Raises UnknownEntityError.
    """
    ledger = snapshot.ledger
    named: list[Any] = [entity]
    code = 0 if level is SHOP else int(codes_of(snapshot, level, named)[0])
    is_own = _is_own(ledger, level, code)
    day = ledger.event_day if refund_dating == "refund_day" else ledger.order_day
    row = np.flatnonzero(is_own & period.holds(day))
    rows = _rows(ledger, row, _uncounted(ledger, level, code, period))
    orders, facts = rows.orders, ledger.orders
    ordered = _local(clock, np.append(facts.seconds, 0)[orders])
    state = np.append(facts.state, np.int8(-1))[orders]
    country = np.append(facts.country, np.int32(-1))[orders]
    listed = _whole(ledger, rows, level, code)
    return pd.DataFrame(
        {
            "order_id": np.append(facts.order_id, 0)[orders],
            "ordered_at": np.where(orders < 0, np.datetime64("NaT", "s"), ordered),
            "has_clock": np.append(facts.has_clock, False)[orders],
            "state": _texts([state.name.lower() for state in OrderState], state),
            "country": _texts(facts.countries, country),
            **_amounts(ledger, rows, metrics),
            "profit_basis": _basis(ledger, listed),
            "is_placed": period.holds(np.append(facts.day, np.int32(-1))[orders]) & (orders >= 0),
            "is_refunded": listed.marked(ledger.kind[listed.row] == EventKind.REFUND),
            "is_held": state == OrderState.HELD,
            "is_estimated": listed.marked(listed.is_sale & ledger.is_estimated[listed.row]),
            "is_loss": _is_loss(snapshot, orders, level, code),
        }
    )


def _is_own(facts: Ledger | OrderEntities, level: Level, code: int) -> BoolArray:
    """Return which rows of the ledger, or lines of uncounted orders, are the entity's."""
    if level is SHOP:
        return np.broadcast_to(np.True_, len(facts.order))
    return np.asarray((facts.listing if level is LISTING else facts.sku) == code)


def _uncounted(ledger: Ledger, level: Level, code: int, period: Period) -> Int32Array:
    """Return the order of each line of the entity in an uncounted order of the period."""
    lines = ledger.uncounted
    in_period = period.holds(ledger.orders.day[lines.order])
    return lines.order[in_period & _is_own(lines, level, code)]


def _rows(ledger: Ledger, row: Int64Array, uncounted: Int32Array) -> _Rows:
    # Orders are in time order; what belongs to none, −1, is the last place of all.
    count = len(ledger.orders)
    is_listed = np.zeros(count + 1, np.bool_)
    is_listed[ledger.order[row]] = True
    is_listed[uncounted] = True
    orders = np.flatnonzero(is_listed)
    place = np.full(count + 1, -1, np.int32)
    place[orders] = np.arange(len(orders), dtype=np.int32)
    row = row[stable_order(place[ledger.order[row]])]
    at = place[ledger.order[row]].astype(np.int64)
    head = run_starts(at)
    return _Rows(row, head, at[head], np.where(orders < count, orders, -1), place)


def _local(clock: LocalClock, seconds: Int64Array) -> np.ndarray:
    return clock.local_seconds(seconds).astype("datetime64[s]")


def ledger_terms(name: str) -> list[tuple[int, str]]:
    """Return the ledger columns that a metric is the sum of, each with its sign."""
    formula = REGISTRY[name].formula
    assert isinstance(formula, Linear), name
    terms: list[tuple[int, str]] = []
    for sign, part in formula.terms:
        source, _, column = part.partition(".")
        if column:
            assert source == "l", part
            terms.append((sign, column))
        else:
            terms += [(sign * other, column) for other, column in ledger_terms(part)]
    return terms


def _amounts(ledger: Ledger, rows: _Rows, names: Sequence[str]) -> dict[str, Int64Array]:
    """Sum metrics by order; a column that several of them have is summed once."""
    terms = {name: ledger_terms(name) for name in names}
    sums = {
        column: sum_runs(ledger.amounts.narrow(column, rows.row), rows.head)
        for column in {column for own in terms.values() for _, column in own}
        if not ledger.amounts.is_nothing(column)
    }
    amounts: dict[str, Int64Array] = {}
    for name, own in terms.items():
        total = np.zeros(len(rows.orders), np.int64)
        for sign, column in own:
            if column in sums:
                total[rows.at] += sign * sums[column]
        amounts[name] = total
    return amounts


@dataclass(frozen=True, slots=True, eq=False)
class _Whole:
    """The entity's rows of the listed orders, in the period or not; `at`: place of the order."""

    row: Int64Array
    at: Int32Array
    is_sale: BoolArray
    orders: int

    def marked(self, flag: BoolArray) -> BoolArray:
        """Return which orders of the list have a row with this flag."""
        found = np.zeros(self.orders, np.bool_)
        found[self.at[flag]] = True
        return found


def _whole(ledger: Ledger, rows: _Rows, level: Level, code: int) -> _Whole:
    is_listed = rows.place >= 0
    is_listed[-1] = False
    row = np.flatnonzero(is_listed[ledger.order] & _is_own(ledger, level, code))
    is_sale = ledger.kind[row] == EventKind.SALE
    return _Whole(row, rows.place[ledger.order[row]], is_sale, len(rows.orders))


def _basis(ledger: Ledger, whole: _Whole) -> pd.Categorical[str]:
    """Return how each order's costs are known; null without a sale."""
    basis = np.full(whole.orders, -1, np.int8)
    for name, is_it in (
        ("measured", whole.is_sale),
        ("estimated", whole.is_sale & ledger.is_estimated[whole.row]),
        ("partial", whole.is_sale & ledger.is_partial[whole.row]),
    ):
        basis[whole.at[is_it]] = BASES.index(name)
    return _texts(BASES, basis)


def _is_loss(snapshot: Snapshot, orders: Int64Array, level: Level, code: int) -> BoolArray:
    """Return which orders cost more than they bring, by the sales of the entity."""
    table, days = snapshot.levels[level].orders, snapshot.calendar.days
    low, high = places_in(table.key, np.array([code * days, (code + 1) * days]))
    is_loss = np.zeros(len(snapshot.ledger.orders) + 1, np.bool_)
    is_loss[table.order[low:high]] = table.contribution[low:high] < 0
    return np.asarray(is_loss[orders])


def _texts(values: Sequence[str], code: np.ndarray) -> pd.Categorical[str]:
    """Return the text of each code; −1 is null."""
    return pd.Categorical.from_codes(code, categories=pd.Index(list(values)))
