"""The cells of refunds: what is left of what buyers paid, and how one refund empties them.

Rule M19 of docs/money-rules.md. One row = one line × one component of what was paid. A refund takes
from some cells in proportion to what is left in them; each such step can be written down.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.ledger.allocation import allocate, sum_by_group
from engine.ledger.frames import REFUNDED
from engine.money import Int64Array
from engine.sources.frames import BoolArray

COMPONENTS = len(REFUNDED)  # merchandise, shipping, gift wrap, sales tax, VAT, unbooked
_IS_TAX = np.array([False, False, False, True, True, True])
# What the steps of a refund place, in their order.
STATED_TAX, ITEM, REST_OF_GOODS, REST, EXCESS = (
    "stated tax",
    "refund item",
    "rest, goods and shipping first",
    "rest",
    "beyond all that was paid",
)


@dataclass(frozen=True, slots=True, eq=False)
class RefundStep:
    """One step of splitting one refund each of several orders, for explanations.

    what: what the step places. refund: index into Refunds of each cell's order, −1 = none. line:
    row of the sale events of each cell, component: index into REFUNDED. paid: what was paid into
    it, weights: what was left in it before the step, shares: what it gave.
    """

    what: str
    refund: Int64Array
    line: Int64Array
    component: Int64Array
    paid: Int64Array
    weights: Int64Array
    shares: Int64Array


class Cells:
    """What is left of the lines of refunded orders; orders and lines keep their order."""

    def __init__(self, paid: Int64Array, value: Int64Array, line_starts: Int64Array) -> None:
        self.paid = paid  # int64[lines, components]
        self.value = value
        self.line_starts = line_starts
        self.starts = line_starts * COMPONENTS
        self.left = paid.ravel().copy()
        self.is_tax = np.tile(_IS_TAX, len(paid))

    @property
    def orders(self) -> int:
        """How many orders there are."""
        return len(self.starts) - 1

    def per_line(self, cells: Int64Array) -> Int64Array:
        """Return the cells as a table of lines × components, a view."""
        return cells.reshape(-1, COMPONENTS)

    def take(self, amounts: Int64Array, cells: BoolArray) -> Int64Array:
        """Take up to `amounts` (one an order) from some cells; returns what each cell gave."""
        weights = np.where(cells, self.left, 0)
        given = np.minimum(amounts, sum_by_group(weights, self.starts))
        shares = allocate(given, weights, self.starts)
        self.left -= shares
        return shares


class Split:
    """One refund of each of several orders, on its way into the cells.

    refund: index into Refunds of each order, −1 = none. steps: where each step is written down.
    """

    def __init__(
        self,
        cells: Cells,
        amounts: Int64Array,
        refund: Int64Array,
        steps: list[RefundStep] | None,
    ) -> None:
        self.cells = cells
        self.open = amounts.copy()  # int64[orders], not yet placed
        self.taken = np.zeros(len(cells.left), np.int64)
        self._refund = refund
        self._steps = steps

    def take(self, amounts: Int64Array, cells: BoolArray, what: str) -> Int64Array:
        """Place up to `amounts`; returns per order what found no room in these cells."""
        wanted = np.minimum(amounts, self.open)
        before = None if self._steps is None else np.where(cells, self.cells.left, 0)
        shares = self.cells.take(wanted, cells)
        if before is not None:
            self.note(what, self.cells.paid.ravel(), before, shares, COMPONENTS)
        placed = sum_by_group(shares, self.cells.starts)
        self.taken += shares
        self.open -= placed
        return np.asarray(wanted - placed, dtype=np.int64)

    def note(
        self, what: str, paid: Int64Array, weights: Int64Array, shares: Int64Array, width: int
    ) -> None:
        """Write a step down; `width` cells are one line."""
        if self._steps is None:
            return
        lines = len(self.cells.value)
        line = np.repeat(np.arange(lines), width)
        refund = np.repeat(self._refund, np.diff(self.cells.line_starts) * width)
        component = np.tile(np.arange(width), lines)
        self._steps.append(RefundStep(what, refund, line, component, paid, weights, shares))
