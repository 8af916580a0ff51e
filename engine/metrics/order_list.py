"""The orders behind the figures of a period: one row = one order with a ledger row in it.

By refund day an order placed earlier has a row for what happened to it in the period; by order day
all of an order is on its own day. Orders that do not count stand with zeros. What belongs to no
order is the last row, order 0, so that every column adds up to the batch answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from engine.errors import UnknownEntityError
from engine.ledger.frames import EventKind, Ledger, OrderState
from engine.local_time import LocalClock
from engine.metrics.compute import Snapshot, entity_ids
from engine.metrics.evaluate import BASES
from engine.metrics.model import LISTING, SHOP, Level, Linear
from engine.metrics.order_tables import contribution_of
from engine.metrics.registry import REGISTRY
from engine.money import Int64Array
from engine.periods import Period
from engine.sources.frames import BoolArray

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
    """Ledger rows of the question, and the place in the list of each one's order."""

    row: Int64Array
    at: Int64Array
    orders: Int64Array  # index into the ledger's orders of each row of the list, −1 = none


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

    Columns: order_id, ordered_at (local time; midnight where only the day is known), order_day,
    has_clock, state, country (null = unknown), metrics (Int64, minor units or units), profit_basis,
    and flags: is_placed (its own day is in the period), is_refunded (by now), is_held,
    is_estimated, is_loss (its sale rows cost more than they bring).

    Raises UnknownEntityError.
    """
    ledger = snapshot.ledger
    is_own, is_own_line = _own(snapshot, level, entity)
    by_event = refund_dating == "refund_day"
    day = ledger.event_day if by_event else ledger.order_day
    rows = _rows(ledger, is_own & period.holds(day), _uncounted(ledger, is_own_line, period))
    orders, facts = rows.orders, ledger.orders
    ordered = _local(clock, np.append(facts.seconds, 0)[orders])
    country = np.append(facts.country, np.int32(-1))[orders]
    states = np.array([*(state.name.lower() for state in OrderState), ""], dtype=object)
    state = np.append(facts.state, np.int8(-1))[orders]
    placed = period.holds(np.append(facts.day, np.int32(-1))[orders]) & (orders >= 0)
    frame = pd.DataFrame(
        {
            "order_id": np.append(facts.order_id, 0)[orders],
            "ordered_at": pd.Series(ordered).mask(orders < 0),
            "order_day": pd.Series(ordered).dt.normalize().mask(orders < 0),
            "has_clock": np.append(facts.has_clock, False)[orders],
            "state": pd.array(states[state], dtype="string"),
            "country": pd.array(
                np.array([*facts.countries, None], dtype=object)[country], dtype="string"
            ),
            **{name: _money(ledger, rows, name) for name in metrics},
        }
    )
    return frame.assign(**_flags(ledger, rows, is_own, placed))


def _own(snapshot: Snapshot, level: Level, entity: int | str | None) -> tuple[BoolArray, BoolArray]:
    """Return which ledger rows, and which lines of uncounted orders, are the entity's."""
    ledger = snapshot.ledger
    if level is SHOP:
        return np.ones(len(ledger), np.bool_), np.ones(len(ledger.uncounted.order), np.bool_)
    known = {name: code for code, name in enumerate(entity_ids(snapshot, level))}
    if entity not in known:
        raise UnknownEntityError.from_entity(level, entity, known)
    is_listing = level is LISTING
    column = ledger.listing if is_listing else ledger.sku
    lines = ledger.uncounted.listing if is_listing else ledger.uncounted.sku
    return column == known[entity], lines == known[entity]


def _uncounted(ledger: Ledger, is_own_line: BoolArray, period: Period) -> Int64Array:
    """Return the orders of the period that do not count, with a line of the entity."""
    order = np.unique(ledger.uncounted.order[is_own_line]).astype(np.int64)
    return order[period.holds(ledger.orders.day[order])]


def _rows(ledger: Ledger, chosen: BoolArray, uncounted: Int64Array) -> _Rows:
    row = np.flatnonzero(chosen)
    order = ledger.order[row].astype(np.int64)
    orders = np.unique(np.concatenate((order, uncounted)))
    # Orders are in time order; what belongs to none, −1, goes to the end.
    orders = np.concatenate((orders[orders >= 0], orders[orders < 0]))
    known = len(orders) - int(len(orders) and orders[-1] < 0)
    at = np.where(order >= 0, np.searchsorted(orders[:known], order), known)
    return _Rows(row, at, orders)


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


def _money(ledger: Ledger, rows: _Rows, name: str) -> pd.api.extensions.ExtensionArray:
    total = np.zeros(len(rows.orders), np.int64)
    for sign, column in ledger_terms(name):
        np.add.at(total, rows.at, sign * ledger.amounts.of(column, rows.row))
    return pd.array(total, dtype="Int64")


def _flags(
    ledger: Ledger, rows: _Rows, is_own: BoolArray, placed: BoolArray
) -> dict[str, np.ndarray | pd.api.extensions.ExtensionArray]:
    orders, count = rows.orders, len(ledger.orders)

    def marked(chosen: Int64Array) -> BoolArray:
        """Return which orders of the list have one of these ledger rows."""
        found = np.zeros(count + 1, np.bool_)
        found[ledger.order[chosen]] = True
        found[-1] = False
        return np.asarray(found[orders])

    sales = np.flatnonzero(is_own & (ledger.kind == EventKind.SALE))
    partial, estimated = (
        marked(sales[flag[sales]]) for flag in (ledger.is_partial, ledger.is_estimated)
    )
    is_sale = marked(sales)
    code = np.where(partial, BASES.index("partial"), BASES.index("measured"))
    code = np.where(estimated & ~partial, BASES.index("estimated"), code)
    names = np.array([*BASES, None], dtype=object)
    contribution = np.zeros(count + 1, np.int64)
    np.add.at(contribution, ledger.order[sales], contribution_of(ledger, sales))
    return {
        "profit_basis": pd.array(names[np.where(is_sale, code, -1)], dtype="string"),
        "is_placed": placed,
        "is_refunded": marked(np.flatnonzero(is_own & (ledger.kind == EventKind.REFUND))),
        "is_held": np.append(ledger.orders.state, -1)[orders] == OrderState.HELD,
        "is_estimated": estimated,
        "is_loss": is_sale & (contribution[orders] < 0),
    }
