"""Leaves of every part that a formula may name, and what a part is measured in.

A part that is new to the engine gets its leaves here: a function from the question to its rows.
Columns of the ledger need none, their rows are found by name.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from engine.errors import CatalogueError
from engine.ledger.frames import AMOUNTS, UNITS, DayFact, OrderState
from engine.metrics.explain_counts import COUNTS
from engine.metrics.explain_facts import CEILING, fact_leaves, fact_unit
from engine.metrics.explain_nodes import Leaves
from engine.metrics.explain_rows import Asked, column_leaves, row_leaves
from engine.metrics.explain_states import LEAVES as STATES
from engine.metrics.explain_states import state_leaves, state_unit, whole_shop
from engine.metrics.model import Unit
from engine.metrics.order_tables import contribution_of
from engine.money import Int64Array
from engine.sources.frames import BoolArray

_MONEY = ("o.customer_sales",)
_PLAIN = ("o.span_seconds",)  # seconds


def _flagged(flag: Callable[[Asked], BoolArray]) -> Callable[[Asked], Leaves]:
    def explain(asked: Asked) -> Leaves:
        rows = asked.rows[flag(asked)[asked.rows]]
        return row_leaves(asked, rows, np.ones(len(rows), np.int64))

    return explain


def _customer_contribution(asked: Asked) -> Leaves:
    """Contribution of the rows of orders whose buyer is known."""
    orders = asked.ledger.orders
    is_known = (orders.customer_id != 0) & (orders.state == OrderState.COUNTED)
    ledger, rows = asked.ledger, asked.rows
    rows = rows[np.append(is_known, False)[ledger.order[rows]]]
    return row_leaves(asked, rows, contribution_of(ledger, rows))


def _returns_by_order_day(asked: Asked) -> Leaves:
    rows = asked.rows_by_order_day
    amounts: Int64Array = asked.ledger.amounts.of("returns_value", rows)
    return row_leaves(asked, rows[amounts != 0], amounts[amounts != 0], "returns_value")


def _elapsed(asked: Asked) -> Leaves:
    """One row = one day of the period that has begun."""
    days = np.arange(asked.first, min(asked.last + 1, asked.snapshot.days_begun))
    return Leaves({"day": days, "amount": np.ones(len(days), np.int64)})


PARTS: dict[str, Callable[[Asked], Leaves]] = {
    **COUNTS,
    **STATES,
    "l.rows": _flagged(lambda asked: np.ones(len(asked.ledger), np.bool_)),
    "l.rows_partial": _flagged(lambda asked: asked.ledger.is_partial),
    "l.rows_estimated": _flagged(lambda asked: asked.ledger.is_estimated),
    "l.rows_unbounded": _flagged(lambda asked: asked.ledger.has_no_ceiling),
    "l.customer_contribution": _customer_contribution,
    "l.returns_value_by_order_day": _returns_by_order_day,
    "elapsed_days": _elapsed,
    CEILING: lambda asked: Leaves({"amount": np.empty(0, np.int64)}),
}


def leaves_of(part: str, asked: Asked) -> Leaves:
    """Return the rows behind a part; raises CatalogueError for one that has none."""
    if part in PARTS:
        return PARTS[part](asked)
    source, _, column = part.partition(".")
    if source == "l" and column in AMOUNTS:
        return column_leaves(asked, column)
    if source == "s":
        return state_leaves(asked, column)
    if source == "w":
        return leaves_of(column, whole_shop(asked))
    if source == "f" and column in tuple(DayFact):
        return fact_leaves(asked, DayFact(column))
    raise CatalogueError(
        f"Nothing says which rows the part {part} is made of.",
        hint="Name its leaves in engine/metrics/explain_parts.py.",
    )


def unit_of(part: str) -> Unit:
    """Return what a part is measured in."""
    source, _, column = part.partition(".")
    if source == "w":
        return unit_of(column)
    if source == "s":
        return state_unit(column)
    if source == "f":
        return Unit.MONEY if part == CEILING else fact_unit(column)
    if part in _MONEY or (source == "l" and column not in UNITS and not column.startswith("rows")):
        return Unit.MONEY
    return Unit.INT if part in _PLAIN else Unit.COUNT
