"""What the fees of a shop are put together from: entries placed, estimates made, kinds booked.

Rules M27 to M35 of docs/money-rules.md. It is worked out for a whole shop, or again for a few of
its orders when somebody asks where their fees come from.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from engine.ledger.entries import refer
from engine.ledger.estimated_fees import Estimator, Ordered
from engine.ledger.exchange import Exchange
from engine.ledger.fee_adjustments import ListingSkus, adjustments_of
from engine.ledger.fee_backtest import Trial
from engine.ledger.fee_books import Books, FeeBook, charges_held, charges_in, open_books
from engine.ledger.fee_frames import (
    Adjustments,
    Backtest,
    FeeBasis,
    OrderEntries,
)
from engine.ledger.frames import Orders, OrderState
from engine.ledger.measured_fees import (
    MeasuredOrders,
    PlacedEntries,
    leave_vat_out,
    place_entries,
)
from engine.ledger.pooled_fees import PooledBefore
from engine.ledger.postings import RefundRows, SaleRows
from engine.ledger.refund_cells import RefundEvents
from engine.ledger.refunds import Refunds
from engine.ledger.sales import Lines, SaleAmounts
from engine.local_time import LocalClock
from engine.sources.fee_schedule import FeeSchedule
from engine.sources.frames import BoolArray, EntryRows, PaymentRows, ProductRows
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


@dataclass(frozen=True, slots=True, eq=False)
class FeeWork:
    """Everything that the fees of a shop are put together from.

    refund_rows: how many refund events there are. named: the entries that refer to an order.
    recoverable_vat: what the VAT columns held before they were emptied.
    """

    sold: SaleRows
    given: RefundRows
    refund_rows: int
    placed: PlacedEntries
    named: OrderEntries
    account: MeasuredOrders
    estimator: Estimator
    books: Books
    adjustments: Adjustments
    backtest: tuple[Backtest, ...]
    recoverable_vat: int


def work_out_fees(
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
    pooled: PooledBefore | None = None,
) -> FeeWork:
    """Work out the fees of a shop, kind by kind.

    every_line: lines of all orders; those of counted ones, in their order, are the sale events.
    identity: turns a SKU as written into the one that reports group by. at_market: bool[orders],
    converted at a rate of the table; None = none was. known_until: unix seconds, entries from then
    on are left out. pooled: what pools gave these orders when the whole shop was worked out.
    """
    is_counted = orders.state[every_line.order] == OrderState.COUNTED
    sold = SaleRows.of_sales(orders, every_line.quantity[is_counted], sales)
    given = RefundRows.of_refunds(sold, refunds, back)
    placed = _placed(
        rows, payments, products, orders, every_line, sold, given, rules, clock, known_until
    )
    ordered = _ordered(orders, sold, rules.offsite, at_market)
    estimator = Estimator(rules.schedule, rules.exchange, sold, ordered)
    account = MeasuredOrders.of(placed, sold)
    trial = Trial(sold, account.is_measured)
    books = open_books(placed, account, sold, given, estimator, trial, pooled)
    tested = trial.results()
    recoverable_vat = _leave_vat_out(books, placed) if rules.vat_on_fees == RECOVERABLE else 0
    skus = _listing_skus(products, every_line.skus, identity)
    other_fees = charges_in(books, FEE_BUCKETS, sold) - books[Bucket.VAT].sale
    return FeeWork(
        sold=sold,
        given=given,
        refund_rows=len(back.line),
        placed=placed,
        named=_naming_orders(placed, orders, every_line),
        account=account,
        estimator=estimator,
        books=books,
        adjustments=adjustments_of(placed, every_line, skus, sold, other_fees),
        backtest=tested,
        recoverable_vat=recoverable_vat,
    )


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


def _naming_orders(placed: PlacedEntries, orders: Orders, every_line: Lines) -> OrderEntries:
    order, line = placed.entries.order, placed.entries.line
    row = np.flatnonzero(order >= 0)
    return OrderEntries(
        row, orders.order_id[order[row]], np.append(every_line.line_id, 0)[line[row]]
    )


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


def _leave_vat_out(books: Books, placed: PlacedEntries) -> int:
    """Empty the VAT columns, as the shop gets that VAT back; returns what they held."""
    book = books[Bucket.VAT]
    total = int(book.sale.sum()) + int(book.refund.sum()) + leave_vat_out(placed)
    none, no_credit = np.zeros(len(book.sale), np.int64), np.zeros_like(book.refund)
    basis = np.full_like(book.basis, FeeBasis.MEASURED)
    charges = charges_held(none, none)
    books[Bucket.VAT] = FeeBook(charges, no_credit, 0, basis, book.schedule_row, book.pools)
    return total
