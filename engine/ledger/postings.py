"""Amounts on their way to ledger rows: one row = one amount, to be split over one group of rows.

A target is a list of groups of ledger rows: the lines of each counted order, or the rows of each
refund. Fees and credits come to their rows here, by the one allocation of the program, and by what
the rows sold or gave back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self, TypeVar

import numpy as np
import numpy.typing as npt

from engine.ledger.allocation import allocate, sum_by_group
from engine.ledger.amounts import Amounts
from engine.ledger.frames import Orders
from engine.ledger.refund_cells import RefundEvents
from engine.ledger.refunds import Refunds
from engine.ledger.sales import SaleAmounts
from engine.money import Int64Array
from engine.sources.frames import Int32Array
from engine.widths import Whole

Base = frozenset[str]
_Scalar = TypeVar("_Scalar", bound=np.generic)
ITEMS, SHIPPING, GIFT_WRAP, TAX, UNIT = "items", "shipping", "gift_wrap", "tax", "unit"
ORDER_BASE = frozenset((ITEMS, SHIPPING, GIFT_WRAP))
PAID_BASE = ORDER_BASE | {TAX}
UNIT_BASE = frozenset((UNIT,))
_DAYS, _DAY_ZERO = 2**32, 2**31  # to pack an index and a day number into one number


@dataclass(frozen=True, slots=True, eq=False)
class Target:
    """Groups of ledger rows: those of group g are `starts[g]:starts[g + 1]`, ascending by line.

    parts: what each row sold or gave back, int64[rows] ≥ 0 by ITEMS, SHIPPING, GIFT_WRAP, TAX (with
    VAT and what no field explains) and UNIT.
    """

    starts: Int64Array
    parts: Mapping[str, Int64Array]

    @property
    def rows(self) -> int:
        """How many ledger rows there are."""
        return int(self.starts[-1])

    @property
    def groups(self) -> int:
        """How many groups there are."""
        return len(self.starts) - 1

    def of(self, base: Base) -> Int64Array:
        """Sum some parts of each row; a word that is no part adds nothing. int64[rows]."""
        total = np.zeros(self.rows, np.int64)
        for part in sorted(base & self.parts.keys()):
            total += self.parts[part]
        return total

    def to_rows(self, values: npt.NDArray[_Scalar]) -> npt.NDArray[_Scalar]:
        """Repeat a value of each group for its rows."""
        return np.repeat(values, np.diff(self.starts))

    def sums(self, values: Int64Array) -> Int64Array:
        """Sum a value of the rows by group; int64[groups]."""
        return sum_by_group(values, self.starts)

    def spread(self, group: Whole, amount: Int64Array, weight: Int64Array) -> Int64Array:
        """Split each amount over the rows of its group and sum what every row gets.

        group, amount: one row an amount; each is split by itself, so identical ones stay two.
        weight: int64[ledger rows] ≥ 0. Returns int64[ledger rows].
        """
        row, shares, _ = self.split(group, amount, weight)
        total = np.zeros(self.rows, np.int64)
        np.add.at(total, row, shares)
        return total

    def split(
        self, group: Whole, amount: Int64Array, weight: Int64Array
    ) -> tuple[Int64Array, Int64Array, Int64Array]:
        """Split each amount over the rows of its group; returns ledger row, share and amount of it.

        The third is the index of the amount that a share is of.
        """
        low = self.starts[group]
        sizes = self.starts[group + 1] - low
        starts = np.concatenate((np.zeros(1, np.int64), np.cumsum(sizes)))
        row = np.arange(int(starts[-1])) + np.repeat(low - starts[:-1], sizes)
        shares = allocate(amount, weight[row], starts)
        return row, shares, np.repeat(np.arange(len(group)), sizes)

    def share_out(self, amount: Int64Array, weight: Int64Array) -> Int64Array:
        """Split one amount for each group over its rows; int64[rows]."""
        return allocate(amount, weight, self.starts)


@dataclass(frozen=True, slots=True, eq=False)
class SaleRows(Target):
    """The sale events: one group = one counted order, ascending by order id.

    own: the same rows, their parts in each order's own currency, as those of its refunds are.
    """

    own: Target
    order: Int32Array  # index into Orders of each group
    group_of_order: Int64Array  # group of each of Orders, −1 = not counted
    day: Int32Array  # order day of each group

    @classmethod
    def of_sales(cls, orders: Orders, quantity: Int64Array, sales: SaleAmounts) -> Self:
        """Take the sale events as they were allocated; quantity: int64[sale rows]."""
        group_of_order = np.full(len(orders), -1, np.int64)
        group_of_order[sales.order] = np.arange(len(sales.order))
        parts = _sold(sales.lines, quantity)
        is_one = sales.own_lines is sales.lines
        own = parts if is_one else _sold(sales.own_lines, quantity)
        return cls(
            sales.starts,
            parts,
            Target(sales.starts, own),
            sales.order,
            group_of_order,
            orders.day[sales.order],
        )


def _sold(amounts: Amounts, quantity: Int64Array) -> Amounts:
    parts = {
        ITEMS: amounts["value"] - amounts["discount"],
        SHIPPING: amounts["shipping"],
        GIFT_WRAP: amounts["gift_wrap"],
        TAX: amounts["sales_tax"] + amounts["vat"] + amounts["unbooked"],
        UNIT: quantity,
    }
    return Amounts(parts.items())


@dataclass(frozen=True, slots=True, eq=False)
class RefundRows(Target):
    """Rows of refunds with an order: one group = one refund, ascending by (order, its rank).

    Its parts are in each order's own currency: what a refund is of its order no rate can change.
    """

    row: Int64Array  # of the refund events, for each row here
    line: Int64Array  # of the sale events, for each row here
    sale_group: Int64Array  # group of the sale events, for each refund
    day: Int32Array  # of each refund
    first: Int64Array  # the first refund of the same order, for each refund

    @classmethod
    def of_refunds(cls, sold: SaleRows, refunds: Refunds, back: RefundEvents) -> Self:
        """Take the refund events in the order of their orders and times."""
        chosen = np.flatnonzero(back.line >= 0)
        group_of_line = sold.to_rows(np.arange(sold.groups))
        group = group_of_line[back.line[chosen]]
        rank = refunds.rank[back.refund[chosen]]
        by_order = np.lexsort((back.line[chosen], rank, group))
        chosen, group, rank = chosen[by_order], group[by_order], rank[by_order]
        is_first = np.ones(len(chosen), np.bool_)
        is_first[1:] = (group[1:] != group[:-1]) | (rank[1:] != rank[:-1])
        first_row = np.flatnonzero(is_first)
        amounts = {name: column[chosen] for name, column in back.own.items()}
        taxes = ("sales_tax_refunded", "vat_refunded", "unbooked_refunded")
        sale_group = group[first_row]
        return cls(
            starts=np.append(first_row, len(chosen)).astype(np.int64),
            parts={
                ITEMS: amounts["returns_value"],
                SHIPPING: amounts["shipping_refunded"],
                GIFT_WRAP: amounts["gift_wrap_refunded"],
                TAX: np.asarray(sum((amounts[name] for name in taxes), np.int64(0))),
                UNIT: back.amounts["quantity_returned"][chosen],
            },
            row=chosen,
            line=back.line[chosen],
            sale_group=sale_group,
            day=refunds.day[back.refund[chosen[first_row]]],
            first=np.searchsorted(sale_group, sale_group).astype(np.int64),
        )

    def so_far(self, amount: Int64Array) -> Int64Array:
        """Sum an amount of each refund with those of the earlier refunds of its order."""
        running = np.cumsum(amount, dtype=np.int64)
        return running - (running - amount)[self.first]

    def steps(self, so_far: Int64Array) -> Int64Array:
        """Return what each refund adds to a running amount of its order."""
        before = np.concatenate((np.zeros(1, np.int64), so_far))[:-1]
        return so_far - np.where(self.first == np.arange(len(so_far)), 0, before)

    def refund_on(self, sale_group: Whole, day: Int32Array) -> Int64Array:
        """Return an order's latest refund on or before a day, else its earliest; −1 = none."""
        return _latest(self.sale_group, self.day, sale_group, day)

    def row_on(self, line: Whole, day: Int32Array) -> Int64Array:
        """Return the row of a line's latest refund on or before a day, else its earliest."""
        refund = self.to_rows(np.arange(self.groups))
        by_line = np.lexsort((refund, self.line))
        at = _latest(self.line[by_line], self.day[refund[by_line]], line, day)
        return np.where(at >= 0, by_line[at] if len(by_line) else -1, -1)


def _latest(key: Int64Array, key_day: Int32Array, wanted: Whole, day: Int32Array) -> Int64Array:
    """Find the last row of a key on or before a day, else its first row; rows ascend by both."""
    if not len(key):
        return np.full(len(wanted), -1, np.int64)
    at = np.searchsorted(_packed(key, key_day), _packed(wanted, day), side="right") - 1
    at = np.where((at >= 0) & (key[at] == wanted), at, np.searchsorted(key, wanted))
    at = np.minimum(at, len(key) - 1)
    return np.where(key[at] == wanted, at, -1).astype(np.int64)


def _packed(key: Whole, day: Int32Array) -> Int64Array:
    return key.astype(np.int64) * _DAYS + (day.astype(np.int64) + _DAY_ZERO)
