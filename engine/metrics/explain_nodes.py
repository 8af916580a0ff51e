"""What an explanation of a figure is made of: a tree of values that adds itself up again.

A node is a value with its formula. Below it stand the values that the formula names; at the end of
every branch stand leaves, one row a ledger row, an order, an id or a day. A node keeps how its
value comes from what is below it, so that checking a tree computes every figure a second time, from
the leaves up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from engine.errors import ReconciliationError
from engine.metrics.formats import text
from engine.metrics.model import SCALE, Unit
from engine.money import Int64Array

Value = int | str | None
_WORST = ("unknown", "estimated", "pooled", "measured")


@dataclass(frozen=True, slots=True, eq=False)
class Leaves:
    """Rows behind a value: columns by name, of equal length. `amount` is what is added up.

    Columns `day` and `order_day` hold day numbers.
    """

    columns: dict[str, np.ndarray]

    def __len__(self) -> int:
        return len(self.amount)

    @property
    def amount(self) -> Int64Array:
        """What each row adds: minor units, units, or 1 for something counted."""
        return self.columns["amount"]

    @property
    def total(self) -> int:
        """The sum of the rows."""
        return int(self.amount.sum())

    def frame(self) -> pd.DataFrame:
        """Return the rows as a frame, days as dates; an amount that is not known is null."""
        frame = pd.DataFrame(self.columns)
        for name in ("day", "order_day"):
            if name in frame:
                frame[name] = frame[name].to_numpy().astype("datetime64[D]")
        if "basis" in frame:
            frame["amount"] = frame["amount"].astype("Int64").mask(frame["basis"] == "unknown")
        return frame


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """One value of an explanation.

    value: an integer in the smallest step of its unit, a text for a text metric, None where it is
    not known. sign: how the node above takes it, +1 or −1. basis: the worst of all that is below,
    '' where nothing can be estimated. again: how the value comes from children and leaves.
    left_out: what is not in the value, at the root only.
    """

    name: str
    label: str
    value: Value
    unit: Unit
    kind: str
    formula: str
    again: Callable[[Node], Value]
    children: tuple[Node, ...] = ()
    leaves: Leaves | None = None
    sign: int = 1
    basis: str = ""
    left_out: tuple[Node, ...] = field(default=())

    def signed(self, sign: int) -> Node:
        """Return the node as one that is added or subtracted."""
        return replace(self, sign=sign)

    def walk(self) -> Iterator[Node]:
        """Yield the node and all below it, from the top down."""
        yield self
        for child in self.children:
            yield from child.walk()

    def check(self) -> None:
        """Compute every value again from what is below it; raises ReconciliationError."""
        for node in (*self.walk(), *(n for out in self.left_out for n in out.walk())):
            found = node.again(node)
            if found != node.value:
                raise ReconciliationError(
                    f"The explanation of {node.name} does not add up: it is {node.value} but what "
                    f"is behind it comes to {found} ({node.formula}).",
                    hint="Report this with the figure's name, entity and period: it is a fault of "
                    "the program.",
                )

    def said(self, currency: str) -> str:
        """Return the value as people read it."""
        if self.value is None or isinstance(self.value, str):
            return text(self.unit, self.value, currency)
        scale = SCALE.get(self.unit)
        return text(self.unit, self.value / scale if scale else self.value, currency)

    def as_dict(self, leaves: int | None = None) -> dict[str, Any]:
        """Return the tree as plain values, for JSON; at most `leaves` leaves of each node."""
        rows = None if self.leaves is None else self.leaves.frame().head(leaves or len(self.leaves))
        return {
            "name": self.name,
            "label": self.label,
            "value": self.value,
            "unit": self.unit.value,
            "kind": self.kind,
            "formula": self.formula,
            "sign": self.sign,
            "basis": self.basis,
            "children": [child.as_dict(leaves) for child in self.children],
            "leaves": [] if rows is None else rows.astype(str).to_dict("records"),
            "left_out": [child.as_dict(leaves) for child in self.left_out],
        }


def worst(bases: set[str]) -> str:
    """Return the worst of several bases, '' for none."""
    return next((basis for basis in _WORST if basis in bases), "")
