"""Marketplace fees of every sale and refund: puts together what is measured, pooled and estimated.

Rules M27 to M35 of docs/money-rules.md. One row of the sale columns is one sale event, one row of
the refund columns one refund event. A fee is either measured or estimated, never both: the estimate
of a kind gives way to any charge of that kind that the payment account has for the order.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from engine.ledger.amounts import Amounts
from engine.ledger.fee_books import Books, charges_in, credits_in
from engine.ledger.fee_frames import (
    NOT_BOOKED,
    Fate,
    FeeBasis,
    Fees,
)
from engine.ledger.fee_work import FeeWork
from engine.ledger.frames import CostBasis
from engine.ledger.measured_fees import (
    MeasuredOrders,
    ad_spend_of,
    labels_of,
    not_booked_of,
)
from engine.ledger.owner_amounts import product_div
from engine.ledger.postings import PAID_BASE, SaleRows
from engine.money import Int64Array
from engine.sources.frames import Int8Array
from engine.sources.ledger_types import FEE_BUCKETS


def book_fees(work: FeeWork) -> Fees:
    """Book the fees of a shop."""
    fees = _assembled(work)
    return replace(fees, notes=_notes(fees, work.account, work.books))


def _assembled(work: FeeWork) -> Fees:
    books, placed, sold, given = work.books, work.placed, work.sold, work.given
    labels = labels_of(placed, sold)
    spend_day, spend = ad_spend_of(placed)
    not_booked = not_booked_of(placed)
    is_cost = placed.fate != Fate.PASS_THROUGH
    booked = int(labels[labels > 0].sum()) + int(spend.sum())
    booked += sum(int(column.sum()) for column in work.adjustments.amounts.values())
    booked += sum(int(book.from_entries.sum()) + book.entry_credits for book in books.values())
    refund = {}
    part, given_back, credited = retained(work)
    columns = {bucket.value: books[bucket].refund for bucket in FEE_BUCKETS}
    columns["fees_retained"] = given.share_out(part, given_back) - credited
    for name, column in columns.items():
        refund[name] = np.zeros(work.refund_rows, np.int64)
        refund[name][given.row] = column
    return Fees(
        sale=Amounts((bucket.value, books[bucket].sale) for bucket in FEE_BUCKETS),
        refund=refund,
        sale_basis=_worst(books, sold),
        bases={bucket.value: sold.to_rows(books[bucket].basis) for bucket in FEE_BUCKETS},
        fees_measured=np.asarray(sum(book.from_entries for book in books.values())),
        adjustments=work.adjustments,
        labels=labels,
        ad_spend_day=spend_day,
        ad_spend=spend,
        not_booked=not_booked,
        pools=tuple(pool for book in books.values() for pool in book.pools),
        unknown_types=placed.entries.unknown_types,
        of_orders=work.named,
        entries_booked=booked,
        entries_total=int(placed.charge[is_cost].sum()),
        backtest=work.backtest,
        recoverable_vat=work.recoverable_vat,
    )


def _worst(books: Books, sold: SaleRows) -> Int8Array:
    """Return the worst CostBasis of each line's fees; a pooled one was measured, as a sum."""
    is_unknown = np.zeros(sold.rows, np.bool_)
    is_estimated = np.zeros(sold.rows, np.bool_)
    for book in books.values():
        basis = sold.to_rows(book.basis)
        is_unknown |= basis == FeeBasis.UNKNOWN
        is_estimated |= (basis == FeeBasis.ESTIMATED) & (book.sale != 0)
    worst = np.where(is_estimated, CostBasis.ESTIMATED, CostBasis.MEASURED)
    return np.where(is_unknown, CostBasis.UNKNOWN, worst).astype(np.int8)


def retained(work: FeeWork) -> tuple[Int64Array, Int64Array, Int64Array]:
    """Return what the marketplace kept of the fees on what was given back (M34).

    The part of the order's fees that belongs to each refund, int64[refunds]; then by refund row
    what it goes by, and what was credited.
    """
    books, sold, given = work.books, work.sold, work.given
    charges = sold.sums(charges_in(books, books, sold))[given.sale_group]
    paid = sold.sums(sold.own.of(PAID_BASE))[given.sale_group]
    given_back = given.of(PAID_BASE)
    so_far = given.so_far(given.sums(given_back))
    part = given.steps(product_div((charges, so_far), (np.maximum(paid, 1),)))
    return part, given_back, credits_in(books, books, given)


def _notes(fees: Fees, account: MeasuredOrders, books: Books) -> dict[str, int]:
    """Count orders by how their fees are known, and entries by what became of them."""
    bases = np.stack([book.basis for book in books.values()])
    is_unknown = (bases == FeeBasis.UNKNOWN).any(axis=0)
    notes = {
        "orders_with_measured_fees": int(account.is_measured.sum()),
        "orders_with_estimated_fees": int((~account.is_measured).sum()),
        "orders_with_an_unknown_fee": int(is_unknown.sum()),
        "ledger_entries_of_unknown_type": sum(fees.unknown_types.values()),
        "fee_adjustments": len(fees.adjustments),
    }
    reasons = np.bincount(fees.not_booked.reason, minlength=len(Fate))
    return notes | {
        f"ledger_entries_not_booked_{fate.name.lower()}": int(reasons[fate]) for fate in NOT_BOOKED
    }
