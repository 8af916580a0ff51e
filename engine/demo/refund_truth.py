"""How each demo refund truly divides over the lines and parts of its order.

Written for reading, in plain integers, one refund after another: the engine does the same work on
whole columns, and the tests compare the two. One row of `Returned` is one line × one refund.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from engine.demo.exchange import Rates
from engine.demo.refunds import NO_LINE, NO_ORDER, SUCCESS, UNKNOWN
from engine.demo.second_currency import to_shop
from engine.demo.shop import DemoShop

GOODS, SHIPPING, WRAP, SALES_TAX, VAT, UNBOOKED = range(6)
_INCOME, _TAXES = (GOODS, SHIPPING, WRAP), (SALES_TAX, VAT, UNBOOKED)
_ASSUMED = "refunded_without_row"
Cell = tuple[int, int]  # line, part


@dataclass(frozen=True, slots=True)
class Returned:
    """What one refund gave back for one line; listing and SKU are indexes, −1 = unknown."""

    order: int  # −1 = unknown
    listing: int
    sku: int
    day: int
    order_day: int
    parts: tuple[int, ...]  # by GOODS … UNBOOKED
    excess: int

    @property
    def amount(self) -> int:
        """All of it, with tax."""
        return sum(self.parts) + self.excess


def share_out(amount: int, weights: dict[Cell, int]) -> dict[Cell, int]:
    """Split an amount by weights: largest remainder, ties to the smallest cell (M3)."""
    total = sum(weights.values())
    if not total:
        weights, total = dict.fromkeys(weights, 1), len(weights)
    shares = {cell: amount * weight // total for cell, weight in weights.items()}
    by_rest = sorted(weights, key=lambda cell: (-(amount * weights[cell] % total), cell))
    for cell in by_rest[: amount - sum(shares.values())]:
        shares[cell] += 1
    return shares


class _OpenOrder:
    """What is left of one order while its refunds are taken from it."""

    def __init__(self, left: dict[Cell, int]) -> None:
        self.left = left

    def take(self, amount: int, cells: list[Cell], taken: dict[Cell, int]) -> int:
        """Take as much as these cells hold; returns what found no room."""
        weights = {cell: self.left[cell] for cell in cells}
        given = min(amount, sum(weights.values()))
        if given:
            for cell, share in share_out(given, weights).items():
                self.left[cell] -= share
                taken[cell] += share
        return amount - given


def divide_refunds(
    shop: DemoShop, rates: Mapping[tuple[str, str], Rates] | None = None
) -> list[Returned]:
    """Return what every refund that counts gave back for every line, in the shop's currency.

    rates: of the demo; without them each refund stays in the currency of its order.
    """
    found: list[Returned] = []
    starts = np.searchsorted(shop.lines.order, np.arange(len(shop.order_id) + 1))
    orders: dict[int, _OpenOrder] = {}
    for row in _rows_in_time(shop):
        order = int(shop.refunds.order[row])
        if order == NO_ORDER:
            found.append(_of_unknown_order(shop, row))
            continue
        lines = range(int(starts[order]), int(starts[order + 1]))
        state = orders.setdefault(order, _OpenOrder(_paid_cells(shop, lines)))
        day = int(shop.refunds.day[row])
        amount = int(shop.refunds.amount[row])
        parts = _divided(shop, state, lines, amount, row, day)
        if rates is not None and shop.is_second[order]:
            rate = rates[shop.plan.second_currency, shop.plan.currency].at(np.array([day]))
            parts = _brought(parts, int(to_shop(shop.plan, np.array([amount]), rate)[0]))
        found += parts
    order = shop.roles[_ASSUMED]
    lines = range(int(starts[order]), int(starts[order + 1]))
    whole = _OpenOrder(_paid_cells(shop, lines))
    paid = int(shop.amounts.paid[order])
    found += _divided(shop, whole, lines, paid, None, int(shop.day[order]))
    return found


def _brought(parts: list[Returned], total: int) -> list[Returned]:
    """Split the refund's total in the shop's currency as it was split in its order's own."""
    cells = {
        (place, part): amount
        for place, one in enumerate(parts)
        for part, amount in enumerate((*one.parts, one.excess))
    }
    shares = share_out(total, cells)
    return [
        replace(
            one,
            parts=tuple(shares[place, part] for part in range(6)),
            excess=shares[place, 6],
        )
        for place, one in enumerate(parts)
    ]


def _rows_in_time(shop: DemoShop) -> list[int]:
    """The refunds that count, in time; one without a time stands before all others."""
    refunds = shop.refunds
    known = refunds.order != NO_ORDER
    counts = shop.fulfilment.counts[np.maximum(refunds.order, 0)] | ~known
    good = counts & (refunds.status == SUCCESS) & (refunds.is_superseded == 0)
    rows = np.flatnonzero(good)
    at = np.where(refunds.seconds == UNKNOWN, 0, refunds.seconds)
    return [int(row) for row in rows[np.lexsort((rows, at[rows]))]]


def _paid_cells(shop: DemoShop, lines: range) -> dict[Cell, int]:
    amounts = shop.amounts
    columns = (
        amounts.line_shipping,
        amounts.line_gift_wrap,
        amounts.line_tax,
        amounts.line_vat,
        amounts.line_unbooked,
    )
    left: dict[Cell, int] = {}
    for line in lines:
        left[line, GOODS] = _value(shop, line) - int(amounts.line_discount[line])
        for part, column in enumerate(columns, start=SHIPPING):
            left[line, part] = int(column[line])
    return left


def _divided(
    shop: DemoShop, state: _OpenOrder, lines: range, amount: int, row: int | None, day: int
) -> list[Returned]:
    """Take one refund: stated tax first, then the line it names, then the rest pro rata."""
    cells = list(state.left)
    taken = dict.fromkeys(cells, 0)
    tax = UNKNOWN if row is None else int(shop.refunds.tax[row])
    rest = amount
    if tax != UNKNOWN:
        stated = min(tax, amount)
        rest -= stated - state.take(stated, [c for c in cells if c[1] in _TAXES], taken)
    income = [cell for cell in cells if cell[1] in _INCOME]
    named = NO_LINE if row is None else int(shop.refunds.line[row])
    if named != NO_LINE and row is not None:
        item = min(int(shop.refunds.item_amount[row]), rest)
        left = item
        if tax != UNKNOWN:
            left = state.take(left, [c for c in income if c[0] == named], taken)
        left = state.take(left, [c for c in cells if c[0] == named], taken)
        rest -= item - left
    if tax != UNKNOWN:
        rest = state.take(rest, income, taken)
    rest = state.take(rest, cells, taken)
    values = {(line, 0): _value(shop, line) for line in lines}
    excess = share_out(rest, values) if rest else dict.fromkeys(values, 0)
    return [_returned(shop, line, taken, excess[line, 0], day) for line in lines]


def _value(shop: DemoShop, line: int) -> int:
    return int(shop.lines.price[line]) * int(shop.lines.quantity[line])


def _returned(shop: DemoShop, line: int, taken: dict[Cell, int], excess: int, day: int) -> Returned:
    order = int(shop.lines.order[line])
    return Returned(
        order,
        int(shop.catalogue.listing_of[shop.lines.product[line]]),
        int(shop.lines.sku[line]),
        day,
        int(shop.day[order]),
        tuple(taken[line, part] for part in range(6)),
        excess,
    )


def _of_unknown_order(shop: DemoShop, row: int) -> Returned:
    """The stated tax is sales tax, all the rest counts as returned goods (M24)."""
    line = int(shop.refunds.line[row])
    tax = max(int(shop.refunds.tax[row]), 0)
    parts = (int(shop.refunds.amount[row]) - tax, 0, 0, tax, 0, 0)
    day = int(shop.refunds.day[row])
    if line == NO_LINE:
        return Returned(NO_ORDER, -1, -1, day, day, parts, 0)
    listing = int(shop.catalogue.listing_of[shop.lines.product[line]])
    return Returned(NO_ORDER, listing, int(shop.lines.sku[line]), day, day, parts, 0)
