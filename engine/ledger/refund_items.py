"""What refunds say of single lines: one row = one refund item, matched to a line where it can be.

An item names a transaction, or a listing or SKU that is unique in the order (M20). One that fits
no line, or several, says nothing: its amount is part of the refund's rest.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from engine.ledger.order_money import RefundMoney
from engine.ledger.positions import positions
from engine.ledger.refunds import Refunds
from engine.ledger.sales import Lines
from engine.money import Int64Array, round_div
from engine.sources.frames import Maybe, SourceTables


@dataclass(frozen=True, slots=True)
class RefundItems:
    """Items of refunds that count, ascending by (refund, item)."""

    refund: Int64Array  # index into Refunds
    rank: Int64Array  # 0, 1, … within its refund
    line: Int64Array  # position among the lines of refunded orders, −1 = no single line
    amount: Int64Array  # minor units of the order's own currency
    quantity: Maybe

    def of_rank(self, refunds: Int64Array, rank: int) -> Int64Array:
        """Return the items with this rank of the given refunds that name a line."""
        return np.flatnonzero(
            (self.rank == rank) & (self.line >= 0) & np.isin(self.refund, refunds)
        )


def match_items(
    tables: SourceTables,
    refunds: Refunds,
    lines: Lines,
    line: Int64Array,
    line_starts: Int64Array,
    groups: Int64Array,
    identity: Callable[[str], str | None],
    money: RefundMoney | None = None,
) -> RefundItems:
    """Match each refund item to one of the lines `line` of its order.

    `line` holds the rows of refunded orders, those of order `groups[g]` at
    `line_starts[g]:line_starts[g + 1]`. money: of the table of refunds, as of `split_refunds`.
    """
    rows = tables.refund_items
    refund = positions(refunds.row_id, rows.refund_row_id)
    known = refund >= 0
    kept = np.flatnonzero(known)
    kept = kept[np.argsort(refund[kept], kind="stable")]
    refund = refund[kept]
    index = {sku: code for code, sku in enumerate(lines.skus)}
    code_of = np.array([index.get(identity(s) or "", -2) for s in rows.sku.values] + [-1])
    sku = code_of[rows.sku.code[kept]]
    named = _single_lines(
        np.searchsorted(groups, refunds.order[refund]),
        refunds.order[refund] >= 0,
        (rows.line_id[kept], rows.listing_id[kept], sku),
        (lines.line_id[line], lines.listing_id[line], lines.sku[line].astype(np.int64)),
        line_starts,
    )
    return RefundItems(
        refund=refund,
        rank=np.arange(len(refund)) - np.searchsorted(refund, refund),
        line=named,
        amount=np.maximum(_own_amounts(tables, refunds.row[refund], rows.amount[kept], money), 0),
        quantity=Maybe(rows.quantity.value[kept], rows.quantity.known[kept]),
    )


def _own_amounts(
    tables: SourceTables, row: Int64Array, amount: Int64Array, money: RefundMoney | None
) -> Int64Array:
    """Return amounts of refunds in minor units of their orders' currencies; row: of the refund."""
    if money is None:
        return round_div(amount, tables.shop.amounts_a_minor)
    return money.to_own.chosen(row).minor(amount, money.unit[row])


def _single_lines(
    group: Int64Array,
    has_order: np.ndarray[tuple[int], np.dtype[np.bool_]],
    wanted: tuple[Int64Array, Int64Array, Int64Array],
    offered: tuple[Int64Array, Int64Array, Int64Array],
    starts: Int64Array,
) -> Int64Array:
    """Compare each item with every line of its order; −1 unless exactly one line fits."""
    named = np.full(len(group), -1, np.int64)
    items = np.flatnonzero(has_order)
    sizes = starts[group[items] + 1] - starts[group[items]]
    ends = np.cumsum(sizes)
    item = np.repeat(np.arange(len(items)), sizes)
    line = np.arange(len(item)) - np.repeat(ends - sizes, sizes) + starts[group[items]][item]
    line_id, listing_id, sku = (column[items][item] for column in wanted)
    fits_line = line_id == offered[0][line]
    fits_listing = (listing_id == 0) | (listing_id == offered[1][line])
    fits_sku = (sku == -1) | (sku == offered[2][line])
    says_more = (listing_id != 0) | (sku != -1)
    fits = np.where(line_id != 0, fits_line, says_more & fits_listing & fits_sku)
    count = np.bincount(item[fits], minlength=len(items))
    last = np.full(len(items), -1, np.int64)
    last[item[fits]] = line[fits]
    named[items] = np.where(count == 1, last, -1)
    return named
