"""Which refunds count, in which order, and on which day: one row = one refund.

Rules M8, M15, M17 and M18 of docs/money-rules.md. How a refund is split over the lines of its
order stands in `refund_cells`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.ledger.frames import INCOME, Orders, OrderState
from engine.ledger.positions import positions
from engine.ledger.sales import SaleAmounts
from engine.local_time import LocalClock
from engine.money import Int64Array, round_div
from engine.sources.folding import fold
from engine.sources.frames import Int32Array, Maybe, SourceTables
from engine.sources.statuses import read_status

IGNORED_STATUSES = ("failed", "canceled", "cancelled", "declined", "reversed")


@dataclass(frozen=True, slots=True)
class Refunds:
    """One row = one refund that counts, ascending by (time, source id); minor units."""

    order: Int32Array  # index into Orders, −1 = unknown order
    source_id: Int64Array  # refund id, else row id; 0 = assumed
    row_id: Int64Array
    amount: Int64Array
    tax: Maybe
    day: Int32Array
    rank: Int32Array  # 0, 1, … among the refunds of its order


def select_refunds(
    tables: SourceTables,
    orders: Orders,
    sales: SaleAmounts,
    clock: LocalClock,
    notes: dict[str, int],
    known_until: int | None = None,
) -> Refunds:
    """Return the refunds that count, with one assumed for each order that only its status refunds.

    `notes` counts the rows left out, by reason.
    """
    rows, unit = tables.refunds, tables.shop.amounts_a_minor
    order = positions(orders.order_id, rows.order_id)
    known = order >= 0
    seconds = np.where(rows.seconds.known, rows.seconds.value, 0)
    seconds = np.where(~rows.seconds.known & known, orders.seconds[order], seconds)
    ignored = np.array([fold(s) in IGNORED_STATUSES for s in rows.status.values] + [False])
    counted = known & (orders.state[order] == OrderState.COUNTED) if len(orders) else known
    foreign = np.array([c != tables.shop.currency for c in rows.currency.values] + [False])
    later = seconds >= known_until if known_until is not None else np.zeros(len(seconds), np.bool_)
    undated = ~rows.seconds.known & ~known
    reasons = {
        "refunds_declined": ignored[rows.status.code],
        "refunds_of_uncounted_orders": (rows.order_id != 0) & ~counted,
        "refunds_in_foreign_currency": foreign[rows.currency.code],
        "refunds_after_watermark": later,
        "refunds_without_order_and_day": undated,
    }
    keep = rows.amount > 0
    notes["refunds_of_nothing"] = int((~keep).sum())
    for reason, left_out in reasons.items():
        notes[reason] = int((keep & left_out).sum())
        keep &= ~left_out
    notes["refunds_without_day"] = int((keep & ~rows.seconds.known).sum())
    source = np.where(rows.refund_id != 0, rows.refund_id, rows.row_id)
    chosen = np.flatnonzero(keep)
    chosen = chosen[np.lexsort((source[chosen], seconds[chosen]))]
    refunds = Refunds(
        order=order[chosen].astype(np.int32),
        source_id=source[chosen],
        row_id=rows.row_id[chosen],
        amount=round_div(rows.amount[chosen], unit),
        tax=Maybe(round_div(np.maximum(rows.tax.value[chosen], 0), unit), rows.tax.known[chosen]),
        day=clock.days(seconds[chosen]),
        rank=np.zeros(len(chosen), np.int32),
    )
    return _ranked(_with_assumed(tables, orders, sales, refunds, notes))


def _with_assumed(
    tables: SourceTables,
    orders: Orders,
    sales: SaleAmounts,
    refunds: Refunds,
    notes: dict[str, int],
) -> Refunds:
    """Add a refund of all that was paid for orders whose status says so and that have none (M8)."""
    says_so = np.array(
        [
            read_status(text, is_paid=True, is_shipped=False).canonical == "fully_refunded"
            for text in tables.orders.status.values
        ]
        + [False]
    )
    row = np.searchsorted(tables.orders.order_id, orders.order_id[sales.order])
    wanted = says_so[tables.orders.status.code[row]]
    has_one = np.zeros(len(orders), np.bool_)
    has_one[refunds.order[refunds.order >= 0]] = True
    paid = sum((sales.orders[name] for name in INCOME if name != "discount"), np.int64(0))
    paid = np.asarray(paid - sales.orders["discount"])
    chosen = np.flatnonzero(wanted & ~has_one[sales.order] & (paid > 0))
    notes["refunds_assumed"] = len(chosen)
    order = sales.order[chosen]
    none = np.zeros(len(chosen), np.int64)
    return Refunds(
        np.concatenate((refunds.order, order)),
        np.concatenate((refunds.source_id, none)),
        np.concatenate((refunds.row_id, none)),
        np.concatenate((refunds.amount, paid[chosen])),
        Maybe(
            np.concatenate((refunds.tax.value, none)),
            np.concatenate((refunds.tax.known, none.astype(np.bool_))),
        ),
        np.concatenate((refunds.day, orders.day[order])),
        np.concatenate((refunds.rank, none.astype(np.int32))),
    )


def _ranked(refunds: Refunds) -> Refunds:
    by_order = np.argsort(refunds.order, kind="stable")
    order = refunds.order[by_order]
    first = np.searchsorted(order, order)
    refunds.rank[by_order] = (np.arange(len(order)) - first).astype(np.int32)
    return refunds
