"""What the lines of a shop sold, added up by whatever a finding groups them by.

One row of `Stakes` = one group with lines. Sales are after discounts, in minor units.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.ledger.facts import Facts
from engine.money import Int64Array
from engine.sources.frames import BoolArray, Int8Array, Int32Array


@dataclass(frozen=True, slots=True, eq=False)
class Stakes:
    """group: as asked, ascending. lines: how many. sales: their sum. best: the line of most sales.

    Of lines with equal sales the first one in the ledger is the best.
    """

    group: Int64Array
    lines: Int64Array
    sales: Int64Array
    best: Int64Array


def sales_of(facts: Facts) -> Int64Array:
    """Return the sales after discounts of each line."""
    amounts = facts.sales.lines
    return np.asarray(amounts["value"] - amounts["discount"], np.int64)


def add_up(
    group: Int64Array | Int32Array | Int8Array, sales: Int64Array, chosen: BoolArray
) -> Stakes:
    """Add up the chosen lines by group."""
    line = np.flatnonzero(chosen)
    order = np.lexsort((line, -sales[line], group[line]))
    line = line[order]
    of_line = np.asarray(group[line], np.int64)
    first = np.flatnonzero(np.append(True, of_line[1:] != of_line[:-1])[: len(line)])
    lines = np.diff(np.append(first, len(line)))
    total = np.add.reduceat(sales[line], first) if len(first) else np.zeros(0, np.int64)
    return Stakes(of_line[first], lines.astype(np.int64), total, line[first])
