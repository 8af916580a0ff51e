"""Marketplace fees of every sale and refund: puts together what is measured, pooled and estimated.

Rules M27 to M35 of docs/money-rules.md. One row of the sale columns is one sale event, one row of
the refund columns one refund event. A fee is either measured or estimated, never both: the estimate
of a kind gives way to any charge of that kind that the payment account has for the order.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from engine.ledger.entries import refer
from engine.ledger.estimated_fees import KINDS, Estimate, Estimator, Ordered
from engine.ledger.exchange import Exchange
from engine.ledger.fee_adjustments import ListingSkus, adjustments_of
from engine.ledger.fee_backtest import backtest
from engine.ledger.fee_books import Books, FeeBook, charges_in, credits_in, open_books
from engine.ledger.fee_frames import NOT_BOOKED, Adjustments, Fate, FeeBasis, Fees
from engine.ledger.frames import CostBasis, Orders, OrderState
from engine.ledger.measured_fees import (
    MeasuredOrders,
    PlacedEntries,
    ad_spend_of,
    labels_of,
    leave_vat_out,
    not_booked_of,
    place_entries,
)
from engine.ledger.owner_amounts import product_div
from engine.ledger.postings import PAID_BASE, RefundRows, SaleRows
from engine.ledger.refund_cells import RefundEvents
from engine.ledger.refunds import Refunds
from engine.ledger.sales import Lines, SaleAmounts
from engine.local_time import LocalClock
from engine.money import Int64Array
from engine.sources.fee_schedule import FeeSchedule
from engine.sources.frames import BoolArray, EntryRows, Int8Array, PaymentRows, ProductRows
from engine.sources.ledger_types import FEE_BUCKETS, Bucket
from engine.sources.offsite_orders import NO_OFFSITE, OffsiteOrders

_NEVER = 2**62  # seconds
COST, RECOVERABLE = "cost", "recoverable"  # what VAT on fees is to the shop


@dataclass(frozen=True, slots=True, eq=False)
class FeeRules:
    """What fees are computed by: rates of the marketplace, exchange rates and the owner's word."""

    schedule: FeeSchedule
    exchange: Exchange
    offsite: OffsiteOrders = NO_OFFSITE
    vat_on_fees: str = COST  # or RECOVERABLE


def book_fees(
    rows: EntryRows,
    payments: PaymentRows,
    products: ProductRows,
    orders: Orders,
    every_line: Lines,
    sales: SaleAmounts,
    refunds: Refunds,
    back: RefundEvents,
    rules: FeeRules,
    clock: LocalClock,
    identity: Callable[[str], str | None],
    *,
    at_market: BoolArray | None = None,
    known_until: int | None = None,
) -> Fees:
    """Book the fees of a shop.

    every_line: lines of all orders; those of counted ones, in their order, are the sale events.
    identity: turns a SKU as written into the one that reports group by. at_market: bool[orders],
    converted at a rate of the table; None = none was. known_until: unix seconds, entries from then
    on are left out.
    """
    lines = every_line.chosen(orders.state[every_line.order] == OrderState.COUNTED)
    sold = SaleRows.of_sales(orders, lines, sales)
    given = RefundRows.of_refunds(sold, refunds, back)
    placed = _placed(
        rows, payments, products, orders, every_line, sold, given, rules, clock, known_until
    )
    ordered = _ordered(orders, sold, rules.offsite, at_market)
    estimator = Estimator(rules.schedule, rules.exchange, sold, ordered)
    estimates = {bucket: estimator.estimate(bucket) for bucket in KINDS}
    account = MeasuredOrders.of(placed, sold)
    books = open_books(placed, account, sold, given, estimates, estimator)
    tested = backtest(
        {bucket: book.sale for bucket, book in books.items()},
        estimates | {Bucket.VAT: _vat_on_estimates(estimates, estimator)},
        sold,
        account.is_measured,
    )
    recoverable_vat = _leave_vat_out(books, placed) if rules.vat_on_fees == RECOVERABLE else 0
    skus = _listing_skus(products, lines.skus, identity)
    other_fees = charges_in(books, FEE_BUCKETS, sold) - books[Bucket.VAT].sale
    adjustments = adjustments_of(placed, every_line, skus, sold, other_fees)
    fees = _assembled(books, placed, sold, given, len(back.line), adjustments)
    notes = _notes(fees, account, books)
    return replace(fees, backtest=tested, recoverable_vat=recoverable_vat, notes=notes)


def _placed(
    rows: EntryRows,
    payments: PaymentRows,
    products: ProductRows,
    orders: Orders,
    every_line: Lines,
    sold: SaleRows,
    given: RefundRows,
    rules: FeeRules,
    clock: LocalClock,
    known_until: int | None,
) -> PlacedEntries:
    exchange = rules.exchange
    listing_ids = np.unique(np.concatenate((every_line.listing_id, products.listing_id)))
    entries = refer(rows, payments, orders, every_line, listing_ids, exchange.shop.shop_id)
    day = clock.days(rows.seconds)
    order_id = np.append(orders.order_id, 0)[entries.order]
    amounts = exchange.minor(entries.charge, rows.currency, day, order_id)
    is_late = rows.seconds >= (_NEVER if known_until is None else known_until)
    return place_entries(entries, amounts, day, is_late, orders, every_line, sold, given)


def _ordered(
    orders: Orders, sold: SaleRows, offsite: OffsiteOrders, at_market: BoolArray | None
) -> Ordered:
    none = np.zeros(len(orders), np.bool_)
    order_id = orders.order_id[sold.order]
    return Ordered(
        order_id=order_id,
        day=sold.day,
        country=orders.country[sold.order],
        countries=orders.countries,
        offsite=offsite.kinds_of(order_id),
        at_market=(none if at_market is None else at_market)[sold.order],
    )


def _listing_skus(
    products: ProductRows, skus: tuple[str, ...], identity: Callable[[str], str | None]
) -> ListingSkus:
    index = {sku: code for code, sku in enumerate(skus)}
    code_of = np.array([index.get(identity(s) or "", -1) for s in products.sku.values] + [-1])
    return ListingSkus.of(products.listing_id, code_of[products.sku.code])


def _vat_on_estimates(estimates: dict[Bucket, Estimate], estimator: Estimator) -> Estimate:
    known = np.logical_and.reduce([estimate.known for estimate in estimates.values()])
    fees = np.sum([estimate.lines for estimate in estimates.values()], axis=0)
    return estimator.estimate_vat(fees, known)


def _leave_vat_out(books: Books, placed: PlacedEntries) -> int:
    """Empty the VAT columns, as the shop gets that VAT back; returns what they held."""
    book = books[Bucket.VAT]
    total = int(book.sale.sum()) + int(book.refund.sum()) + leave_vat_out(placed)
    none, no_credit = np.zeros_like(book.sale), np.zeros_like(book.refund)
    basis = np.full_like(book.basis, FeeBasis.MEASURED)
    books[Bucket.VAT] = FeeBook(none, none, no_credit, 0, basis, book.schedule_row, book.pools)
    return total


def _assembled(
    books: Books,
    placed: PlacedEntries,
    sold: SaleRows,
    given: RefundRows,
    refund_rows: int,
    adjustments: Adjustments,
) -> Fees:
    labels = labels_of(placed, sold)
    spend_day, spend = ad_spend_of(placed)
    not_booked = not_booked_of(placed)
    is_cost = placed.fate != Fate.PASS_THROUGH
    booked = int(labels[labels > 0].sum()) + int(spend.sum())
    booked += sum(int(column.sum()) for column in adjustments.amounts.values())
    booked += sum(int(book.from_entries.sum()) + book.entry_credits for book in books.values())
    refund = {}
    retained = _retained(books, sold, given)
    columns = {bucket.value: books[bucket].refund for bucket in FEE_BUCKETS}
    for name, column in (columns | {"fees_retained": retained}).items():
        refund[name] = np.zeros(refund_rows, np.int64)
        refund[name][given.row] = column
    return Fees(
        sale={bucket.value: books[bucket].sale for bucket in FEE_BUCKETS},
        refund=refund,
        sale_basis=_worst(books, sold),
        bases={bucket.value: sold.to_rows(books[bucket].basis) for bucket in FEE_BUCKETS},
        fees_measured=np.asarray(sum(book.from_entries for book in books.values())),
        adjustments=adjustments,
        labels=labels,
        ad_spend_day=spend_day,
        ad_spend=spend,
        not_booked=not_booked,
        pools=tuple(pool for book in books.values() for pool in book.pools),
        schedule_rows={
            bucket.value: sold.to_rows(books[bucket].schedule_row) for bucket in FEE_BUCKETS
        },
        unknown_types=placed.entries.unknown_types,
        entries_booked=booked,
        entries_total=int(placed.charge[is_cost].sum()),
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


def _retained(books: Books, sold: SaleRows, given: RefundRows) -> Int64Array:
    """What the marketplace kept of the fees on what was given back (M34); int64[refund rows]."""
    charges = sold.sums(charges_in(books, books, sold))[given.sale_group]
    paid = sold.sums(sold.of(PAID_BASE))[given.sale_group]
    given_back = given.of(PAID_BASE)
    so_far = given.so_far(given.sums(given_back))
    share = given.steps(product_div((charges, so_far), (np.maximum(paid, 1),)))
    return given.share_out(share, given_back) - credits_in(books, books, given)


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
