"""Refund events: one row = one line × one refund, split over what the buyer had paid for.

Rules M17 and M19 to M25 of docs/money-rules.md. A cell is a line × a component of what was paid. A
refund empties cells: first what it states (tax, items), then the rest pro rata to what is left.
What exceeds everything paid is goodwill and goes to the lines by their value. All this happens in
the order's own currency; then the refund's total in the shop's is allocated over the same parts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from engine.ledger.allocation import allocate, group_starts, sum_by_group
from engine.ledger.frames import INCOME, REFUND, REFUNDED
from engine.ledger.order_money import RefundMoney
from engine.ledger.refund_items import RefundItems, match_items
from engine.ledger.refund_steps import (
    EXCESS,
    ITEM,
    REST,
    REST_OF_GOODS,
    STATED_TAX,
    Cells,
    RefundStep,
    Split,
)
from engine.ledger.refunds import Refunds
from engine.ledger.sales import Lines, SaleAmounts
from engine.money import Int64Array
from engine.sources.frames import BoolArray, Int32Array, SourceTables

_COLUMNS = (*REFUND, "quantity_returned")


@dataclass(frozen=True, slots=True)
class RefundEvents:
    """One row = one line × one refund that gave something back for it."""

    refund: Int32Array  # index into Refunds
    line: Int64Array  # row of the sale events, −1 = no order
    amounts: dict[str, Int64Array]  # the columns REFUND, and quantity_returned
    own: dict[str, Int64Array]  # the columns REFUND in the order's own currency
    emptied_order: BoolArray  # the row's order ends refunded in full


def split_refunds(
    refunds: Refunds,
    tables: SourceTables,
    lines: Lines,
    sales: SaleAmounts,
    identity: Callable[[str], str | None],
    money: RefundMoney | None = None,
    steps: list[RefundStep] | None = None,
) -> RefundEvents:
    """Split each refund over the lines and components of its order; sums stay exact.

    money: rates of the table of refunds, None where all is in the shop's currency. `steps`, if
    given, gets every step of it.
    """
    of_order = refunds.order >= 0
    groups = np.unique(refunds.order[of_order]).astype(np.int64)
    by_order = np.argsort(sales.order, kind="stable")
    sale = by_order[np.searchsorted(sales.order[by_order], groups)]
    sizes = sales.starts[sale + 1] - sales.starts[sale]
    starts = np.concatenate((np.zeros(1, np.int64), np.cumsum(sizes)))
    line = np.arange(int(starts[-1])) + np.repeat(sales.starts[sale] - starts[:-1], sizes)
    cells = Cells(_paid(sales, line), sales.own_lines["value"][line], starts)
    items = match_items(tables, refunds, lines, line, starts, groups, identity, money)
    units_left = lines.quantity[line].copy()
    parts = [_without_order(refunds, items)]
    ranks = int(refunds.rank[of_order].max()) + 1 if len(groups) else 0
    for rank in range(ranks):
        chosen = np.flatnonzero(of_order & (refunds.rank == rank))
        group = np.searchsorted(groups, refunds.order[chosen])
        parts.append(_split_one_each(refunds, chosen, group, cells, items, units_left, steps))
    if steps is not None:
        steps[:] = [replace(step, line=line[step.line]) for step in steps]
    emptied = np.repeat(sum_by_group(cells.left, cells.starts) == 0, sizes)
    whole = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    amounts = whole if money is None else whole | _in_shop_money(whole, refunds.amount)
    return _assembled(amounts, whole, emptied, line)


def _in_shop_money(whole: dict[str, Int64Array], amount: Int64Array) -> dict[str, Int64Array]:
    """Allocate each refund's amount in the shop's money over the parts it was split into.

    amount: int64[refunds]. Where both are in one currency each part stays what it is.
    """
    # The rows of a refund stand together and ascend by line; a stable sort keeps that.
    by_refund = np.argsort(whole["refund"], kind="stable")
    refund = whole["refund"][by_refund]
    parts = np.stack([whole[name][by_refund] for name in REFUND], axis=1)
    starts = group_starts(refund, len(amount)) * len(REFUND)
    has_rows = np.diff(starts) > 0
    shares = allocate(np.where(has_rows, amount, 0), parts.ravel(), starts)
    out = np.empty_like(parts)
    out[by_refund] = shares.reshape(parts.shape)
    return {name: out[:, at] for at, name in enumerate(REFUND)}


def _paid(sales: SaleAmounts, line: Int64Array) -> Int64Array:
    amounts = sales.own_lines
    merchandise = amounts["value"][line] - amounts["discount"][line]
    return np.stack([merchandise, *(amounts[name][line] for name in INCOME[2:])], axis=1)


def _split_one_each(
    refunds: Refunds,
    chosen: Int64Array,
    group: Int64Array,
    cells: Cells,
    items: RefundItems,
    units_left: Int64Array,
    steps: list[RefundStep] | None,
) -> dict[str, Int64Array]:
    """Split the refunds `chosen`, at most one an order; `group` is the order of each."""
    before = cells.left.copy()
    refund = np.full(cells.orders, -1, np.int64)
    refund[group] = chosen
    amounts = _scattered(refunds.own_amount[chosen], group, cells.orders)
    split = Split(cells, amounts, refund, steps)
    states_tax = np.zeros(cells.orders, np.bool_)
    states_tax[group] = refunds.tax.known[chosen]
    everything = np.ones(len(cells.left), np.bool_)
    # Where a refund states its tax, items and rest take goods and shipping before any tax.
    first = np.repeat(states_tax, np.diff(cells.starts)) & ~cells.is_tax
    tax = _scattered(refunds.tax.value[chosen], group, cells.orders)
    split.take(tax, cells.is_tax, STATED_TAX)
    named = _place_items(chosen, group, split, items, first)
    split.take(np.where(states_tax, split.open, 0), first, REST_OF_GOODS)
    split.take(split.open, everything, REST)
    excess = allocate(split.open, cells.value, cells.line_starts)
    split.note(EXCESS, cells.value, cells.value, excess, 1)
    units = _units_back(cells, before, named, units_left)
    touched = np.zeros(cells.orders, np.bool_)
    touched[group] = True
    rows = np.repeat(touched, np.diff(cells.line_starts))
    units_left -= np.where(rows, units, 0)
    taken = cells.per_line(split.taken)[rows]
    return {
        **{name: taken[:, at] for at, name in enumerate(REFUNDED)},
        "refund_excess": excess[rows],
        "quantity_returned": units[rows],
        "refund": np.repeat(refund, np.diff(cells.line_starts))[rows],
        "local_line": np.flatnonzero(rows),
    }


def _scattered(values: Int64Array, group: Int64Array, groups: int) -> Int64Array:
    out = np.zeros(groups, np.int64)
    out[group] = values
    return out


def _place_items(
    chosen: Int64Array, group: Int64Array, split: Split, items: RefundItems, first: BoolArray
) -> Int64Array:
    """Place what refunds say of single lines; returns the units each line is said to give back.

    −1 where no item names the line with a quantity.
    """
    cells = split.cells
    named = np.full(len(cells.value), -1, np.int64)
    ranks = items.rank[np.isin(items.refund, chosen)]
    by_refund = np.argsort(chosen)
    for rank in range(int(ranks.max()) + 1 if len(ranks) else 0):
        item = items.of_rank(chosen, rank)
        refund = by_refund[np.searchsorted(chosen[by_refund], items.refund[item])]
        own = np.zeros(len(cells.left), np.bool_)
        cells.per_line(own)[items.line[item]] = True  # type: ignore[arg-type]  # a view of bools
        amounts = _scattered(items.amount[item], group[refund], cells.orders)
        rest = split.take(amounts, own & first, ITEM)
        split.take(rest, own, ITEM)
        counted = item[items.quantity.known[item]]
        line = items.line[counted]
        named[line] = np.maximum(named[line], 0) + items.quantity.value[counted]
    return named


def _units_back(
    cells: Cells, before: Int64Array, named: Int64Array, units_left: Int64Array
) -> Int64Array:
    """Units returned by each line (M25): as named, else all when its goods are given back."""
    was, left = cells.per_line(before), cells.per_line(cells.left)
    goods_gone = (was[:, 0] > 0) & (left[:, 0] == 0)
    open_before = sum_by_group(before, cells.starts) > 0
    open_after = sum_by_group(cells.left, cells.starts) > 0
    order_gone = np.repeat(open_before & ~open_after, np.diff(cells.line_starts))
    gone = np.where(cells.paid[:, 0] > 0, goods_gone, order_gone)
    return np.minimum(np.where(named >= 0, named, np.where(gone, units_left, 0)), units_left)


def _without_order(refunds: Refunds, items: RefundItems) -> dict[str, Int64Array]:
    """A refund of an unknown order: its stated tax, the rest as returned goods (M24)."""
    chosen = np.flatnonzero(refunds.order < 0)
    tax = np.minimum(refunds.tax.value[chosen], refunds.own_amount[chosen])
    units = np.zeros(len(refunds.order), np.int64)
    np.add.at(units, items.refund, items.quantity.value)
    none = np.zeros(len(chosen), np.int64)
    return {
        **dict.fromkeys(_COLUMNS, none),
        "returns_value": refunds.own_amount[chosen] - tax,
        "sales_tax_refunded": tax,
        "quantity_returned": units[chosen],
        "refund": chosen.astype(np.int64),
        "local_line": np.full(len(chosen), -1, np.int64),
    }


def _assembled(
    amounts: dict[str, Int64Array],
    own: dict[str, Int64Array],
    emptied: BoolArray,
    line: Int64Array,
) -> RefundEvents:
    keep = np.any([column[name] != 0 for column in (amounts, own) for name in _COLUMNS], axis=0)
    at = own["local_line"][keep]
    known = at >= 0
    row = np.full(len(at), -1, np.int64)
    row[known] = line[at[known]]
    full = np.zeros(len(at), np.bool_)
    full[known] = emptied[at[known]]
    kept = {name: amounts[name][keep] for name in _COLUMNS}
    return RefundEvents(
        refund=own["refund"][keep].astype(np.int32),
        line=row,
        amounts=kept,
        own=kept if amounts is own else {name: own[name][keep] for name in REFUND},
        emptied_order=full,
    )
