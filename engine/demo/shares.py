"""Splits an order's amount over its lines for the truth, apart from the engine's own way to do it.

The rule is M3 (largest remainder, ties to the first line), written here a second time on purpose:
a truth that used the engine's allocation could not find a fault in it.
"""

from __future__ import annotations

import numpy as np

from engine.money import Int64Array


def totals(values: Int64Array, order: Int64Array, orders: int) -> Int64Array:
    """Sum the lines of each order; `order` ascends. int64[orders]."""
    ends = np.searchsorted(order, np.arange(orders), side="right")
    running = np.concatenate((np.zeros(1, np.int64), np.cumsum(values)))
    return np.diff(running[ends], prepend=0)


def split(amount: Int64Array, weight: Int64Array, order: Int64Array) -> Int64Array:
    """Split `amount[o] ≥ 0` over the lines with `order` = o by their weights; int64[lines].

    Lines ascend by order, then by id. Amount × weight must stay under 2⁶³.
    """
    orders = len(amount)
    total = totals(weight, order, orders)
    weight = np.where(total[order] == 0, 1, weight)
    total = totals(weight, order, orders)
    share, rest = np.divmod(amount[order] * weight, total[order])
    missing = amount - totals(share, order, orders)
    open_lines = np.flatnonzero(missing[order] > 0)
    ranked = open_lines[np.lexsort((open_lines, -rest[open_lines], order[open_lines]))]
    if len(ranked):
        groups = order[ranked]
        begins = np.flatnonzero(np.diff(groups, prepend=-1))
        place = np.arange(len(ranked)) - np.repeat(begins, np.diff(begins, append=len(ranked)))
        share[ranked[place < missing[groups]]] += 1
    return share


def first_lines(order: Int64Array) -> Int64Array:
    """Return the position of each order's first line; `order` ascends and has no gap."""
    return np.flatnonzero(np.diff(order, prepend=-1)).astype(np.int64)
