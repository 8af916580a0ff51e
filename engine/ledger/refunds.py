"""Which refunds count, in which order, and on which day: one row = one refund.

Rules M8, M15, M17 and M18 of docs/money-rules.md. How a refund is split over the lines of its
order stands in `refund_cells`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.ledger.amounts import Amounts
from engine.ledger.frames import INCOME, Orders, OrderState
from engine.ledger.order_money import RefundMoney
from engine.ledger.positions import positions
from engine.ledger.sales import SaleAmounts
from engine.local_time import LocalClock
from engine.money import Int64Array, round_div
from engine.sources.folding import fold
from engine.sources.frames import BoolArray, Int32Array, Maybe, RefundRows, SourceTables
from engine.sources.statuses import read_status

IGNORED_STATUSES = ("failed", "canceled", "cancelled", "declined", "reversed")


@dataclass(frozen=True, slots=True)
class Refunds:
    """One row = one refund that counts, ascending by (time, source id).

    amount: minor units of the shop. own_amount, tax: minor units of the order's own currency, in
    which a refund is split; of the refund's, if the order is not known.
    """

    order: Int32Array  # index into Orders, −1 = unknown order
    source_id: Int64Array  # refund id, else row id; 0 = assumed
    row: Int64Array  # of the table of refunds, −1 = assumed
    row_id: Int64Array
    amount: Int64Array
    own_amount: Int64Array
    tax: Maybe
    day: Int32Array
    rank: Int32Array  # 0, 1, … among the refunds of its order
    reason: Int32Array  # code of the source's reason, −1 = none given


@dataclass(frozen=True, slots=True, eq=False)
class RefundChoice:
    """One row = one row of the table of refunds.

    order: index into Orders, −1 = unknown. seconds: of the refund, else of its order. left_out:
    which rows don't count, by reason, each row under the first that holds. counts: the others.
    """

    order: Int64Array
    source_id: Int64Array
    seconds: Int64Array
    left_out: dict[str, BoolArray]
    counts: BoolArray


def choose_refunds(rows: RefundRows, orders: Orders, known_until: int | None) -> RefundChoice:
    """Tell which refunds count, whether they can be converted or not."""
    order = positions(orders.order_id, rows.order_id)
    known = order >= 0
    seconds = np.where(rows.seconds.known, rows.seconds.value, 0)
    seconds = np.where(~rows.seconds.known & known, np.append(orders.seconds, 0)[order], seconds)
    ignored = np.array([fold(s) in IGNORED_STATUSES for s in rows.status.values] + [False])
    state = np.where(known, np.append(orders.state, OrderState.OPEN)[order], OrderState.OPEN)
    later = seconds >= known_until if known_until is not None else np.zeros(len(seconds), np.bool_)
    reasons = {
        "refunds_of_nothing": rows.amount <= 0,
        "refunds_declined": ignored[rows.status.code],
        "refunds_of_held_orders": state == OrderState.HELD,
        "refunds_of_uncounted_orders": (rows.order_id != 0) & (state != OrderState.COUNTED),
        "refunds_after_watermark": later,
        "refunds_without_order_and_day": ~rows.seconds.known & ~known,
    }
    counts = np.ones(len(order), np.bool_)
    left_out = {}
    for reason, holds in reasons.items():
        left_out[reason] = counts & holds
        counts &= ~holds
    source_id = np.where(rows.refund_id != 0, rows.refund_id, rows.row_id)
    return RefundChoice(order, source_id, seconds, left_out, counts)


def select_refunds(
    tables: SourceTables,
    orders: Orders,
    sales: SaleAmounts,
    clock: LocalClock,
    notes: dict[str, int],
    known_until: int | None = None,
    money: RefundMoney | None = None,
) -> Refunds:
    """Return the refunds that count, with one assumed for each order that only its status refunds.

    `notes` counts the rows left out, by reason. money: None where all is in the shop's currency.
    """
    rows = tables.refunds
    choice = choose_refunds(rows, orders, known_until)
    notes |= {reason: int(left_out.sum()) for reason, left_out in choice.left_out.items()}
    # An order with such a refund is held; what is left is a refund of an order that is not known.
    no_rate = choice.counts & (~money.known if money is not None else False)
    notes["refunds_without_rate"] = int(no_rate.sum())
    keep = choice.counts & ~no_rate
    notes["refunds_without_day"] = int((keep & ~rows.seconds.known).sum())
    chosen = np.flatnonzero(keep)
    chosen = chosen[np.lexsort((choice.source_id[chosen], choice.seconds[chosen]))]
    amount, own_amount, tax = _amounts(rows, chosen, tables.shop.amounts_a_minor, money)
    refunds = Refunds(
        order=choice.order[chosen].astype(np.int32),
        source_id=choice.source_id[chosen],
        row=chosen,
        row_id=rows.row_id[chosen],
        amount=amount,
        own_amount=own_amount,
        tax=Maybe(tax, rows.tax.known[chosen]),
        day=clock.days(choice.seconds[chosen]),
        rank=np.zeros(len(chosen), np.int32),
        reason=rows.reason.code[chosen],
    )
    return _ranked(_with_assumed(tables, orders, sales, refunds, notes))


def _amounts(
    rows: RefundRows, chosen: Int64Array, shop_unit: int, money: RefundMoney | None
) -> tuple[Int64Array, Int64Array, Int64Array]:
    """Return amount in the shop's money, amount and tax in the order's own; each rounded once."""
    amount, tax = rows.amount[chosen], np.maximum(rows.tax.value[chosen], 0)
    if money is None:
        minor = round_div(amount, shop_unit)
        return minor, minor, round_div(tax, shop_unit)
    to_own, unit = money.to_own.chosen(chosen), money.unit[chosen]
    minor = money.to_shop.chosen(chosen).minor(amount, shop_unit)
    # What is worth something to the shop takes at least one minor unit from the order's cells.
    own = np.maximum(to_own.minor(amount, unit), np.minimum(minor, 1))
    return minor, own, to_own.minor(tax, unit)


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
    paid, own_paid = _paid(sales.orders), _paid(sales.own_orders)
    chosen = np.flatnonzero(wanted & ~has_one[sales.order] & (own_paid > 0))
    notes["refunds_assumed"] = len(chosen)
    order = sales.order[chosen]
    none = np.zeros(len(chosen), np.int64)
    return Refunds(
        np.concatenate((refunds.order, order)),
        np.concatenate((refunds.source_id, none)),
        np.concatenate((refunds.row, none - 1)),
        np.concatenate((refunds.row_id, none)),
        np.concatenate((refunds.amount, paid[chosen])),
        np.concatenate((refunds.own_amount, own_paid[chosen])),
        Maybe(
            np.concatenate((refunds.tax.value, none)),
            np.concatenate((refunds.tax.known, none.astype(np.bool_))),
        ),
        np.concatenate((refunds.day, orders.day[order])),
        np.concatenate((refunds.rank, none.astype(np.int32))),
        np.concatenate((refunds.reason, np.full(len(chosen), -1, np.int32))),
    )


def _paid(amounts: Amounts) -> Int64Array:
    """What the buyers paid; int64[orders]."""
    total = sum((amounts[name] for name in INCOME if name != "discount"), np.int64(0))
    return np.asarray(total - amounts["discount"])


def _ranked(refunds: Refunds) -> Refunds:
    by_order = np.argsort(refunds.order, kind="stable")
    order = refunds.order[by_order]
    first = np.searchsorted(order, order)
    refunds.rank[by_order] = (np.arange(len(order)) - first).astype(np.int32)
    return refunds
