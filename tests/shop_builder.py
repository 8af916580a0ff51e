"""Builds the typed source frames of a small shop from plain rows, without a database.

One row of the input is one order, line or refund as a person would write it; amounts are in cents.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime

import numpy as np

from engine.ledger.events import build_ledger
from engine.ledger.facts import Policies
from engine.ledger.reconcile import reconcile
from engine.local_time import local_clock
from engine.metrics.compute import Snapshot, build_snapshot
from engine.sources.cost_regions import shipped_regions
from engine.sources.cost_table import CostTable, empty_costs
from engine.sources.frames import (
    EntryRows,
    LineRows,
    ListingRows,
    OrderRows,
    PaymentRows,
    ProductRows,
    RefundItemRows,
    RefundRows,
    ShipmentRows,
    Shop,
    SourceTables,
    TrackingRows,
)
from engine.sources.owner_files import OwnerFiles
from engine.sources.skus import sku_key
from tests.columns import CENT, flags, integers, maybe, texts, unix
from tests.listing_builder import (
    Offer,
    Review,
    Span,
    ad_rows,
    like_rows,
    offer_rows,
    review_rows,
    visit_rows,
)


@dataclass
class Line:
    line_id: int
    sku: str | None
    quantity: int
    price: int
    listing_id: int | None = None
    coupon: int | None = None
    shipping: int | None = None
    tax: int | None = None
    product_id: int | None = None
    is_digital: bool = False


@dataclass
class Order:
    order_id: int
    at: datetime  # local wall clock
    lines: list[Line]
    buyer: int | None = None
    country: str | None = "DE"
    payment: str | None = "cc"
    status: str | None = "paid"
    is_paid: bool = True
    is_shipped: bool = False
    is_gift: bool = False
    discount: int = 0
    shipping: int = 0
    gift_wrap: int = 0
    tax: int = 0
    vat: int = 0
    grand_total: int | None = None
    currency: str | None = None
    ship_hours: float | None = None
    has_clock: bool = True


@dataclass
class Item:
    amount: int
    line_id: int | None = None
    listing_id: int | None = None
    sku: str | None = None
    quantity: int | None = None


@dataclass
class Refund:
    refund_id: int
    order_id: int | None
    at: datetime | None
    amount: int
    tax: int | None = None
    status: str | None = None
    reason: str | None = None
    items: list[Item] = field(default_factory=list)
    currency: str | None = None  # of its order, else of the shop


@dataclass
class Entry:
    entry_id: int
    kind: str
    amount: int  # cents, positive to the seller
    at: datetime
    order_id: int | None = None
    line_id: int | None = None
    listing_id: int | None = None
    currency: str | None = None
    balance: int | None = None  # cents, after the entry


@dataclass
class Payment:
    payment_id: int
    order_id: int
    listing: str | None = None
    account: str = "TRY"
    rate: int | None = None  # 10⁻⁸
    rank: int = 0


def payment_rows(payments: list[Payment]) -> PaymentRows:
    payments = sorted(payments, key=lambda payment: payment.payment_id)
    return PaymentRows(
        payment_id=integers([payment.payment_id for payment in payments]),
        order_id=integers([payment.order_id for payment in payments]),
        rank=integers([payment.rank for payment in payments]),
        listing_currency=texts([payment.listing for payment in payments]),
        account_currency=texts([payment.account for payment in payments]),
        rate=maybe([payment.rate for payment in payments]),
    )


def a_shop(**changes: object) -> Shop:
    facts = {
        "shop_id": 1,
        "name": "Worked",
        "time_zone": "Europe/Istanbul",
        "currency": "USD",
        "country": "TR",
        "week_start": 1,
        "synced_at": None,
        "is_demo": False,
    }
    return Shop(**(facts | changes))


def tables(
    shop: Shop,
    orders: list[Order],
    refunds: list[Refund] = (),  # type: ignore[assignment]
    products: list[tuple[int, int, str | None]] = (),  # type: ignore[assignment]
    entries: list[Entry] = (),  # type: ignore[assignment]
    ads: list[Span] = (),  # type: ignore[assignment]
    visits: list[Span] = (),  # type: ignore[assignment]
    payments: list[Payment] = (),  # type: ignore[assignment]
    reviews: list[Review] = (),  # type: ignore[assignment]
    offers: list[Offer] = (),  # type: ignore[assignment]
    likes: list[tuple[date | None, int, int]] = (),  # type: ignore[assignment]
) -> SourceTables:
    """Return the frames of a shop; the rows may come in any order."""
    orders = sorted(orders, key=lambda order: order.order_id)
    lines = sorted(
        ((order, line) for order in orders for line in order.lines),
        key=lambda pair: (pair[0].order_id, pair[1].line_id),
    )
    refunds = sorted(refunds, key=lambda refund: refund.refund_id)
    shipped = [order for order in orders if order.ship_hours is not None]
    items = [(refund, item) for refund in refunds for item in refund.items]
    own = {order.order_id: order.currency or shop.currency for order in orders}
    own |= {r.order_id: shop.currency for r in refunds if r.order_id not in own}
    return SourceTables(
        shop=shop,
        orders=_orders(shop, orders),
        lines=_lines(shop, lines),
        refunds=RefundRows(
            row_id=integers([100_000 + refund.refund_id for refund in refunds]),
            order_id=integers([refund.order_id for refund in refunds]),
            refund_id=integers([refund.refund_id for refund in refunds]),
            amount=integers([refund.amount * CENT for refund in refunds]),
            tax=maybe([refund.tax for refund in refunds], CENT),
            currency=texts([refund.currency or own.get(refund.order_id) for refund in refunds]),
            status=texts([refund.status for refund in refunds]),
            reason=texts([refund.reason for refund in refunds]),
            seconds=maybe([refund.at and unix(shop, refund.at) for refund in refunds]),
        ),
        refund_items=RefundItemRows(
            refund_row_id=integers([100_000 + refund.refund_id for refund, _ in items]),
            line_id=integers([item.line_id for _, item in items]),
            listing_id=integers([item.listing_id for _, item in items]),
            sku=texts([item.sku for _, item in items]),
            quantity=maybe([item.quantity for _, item in items]),
            amount=integers([item.amount * CENT for _, item in items]),
        ),
        shipments=ShipmentRows(
            integers([order.order_id for order in shipped]),
            integers([unix(shop, o.at) + int((o.ship_hours or 0) * 3600) for o in shipped]),
        ),
        products=ProductRows(
            integers([product for product, _, _ in sorted(products)]),
            integers([listing for _, listing, _ in sorted(products)]),
            texts([sku for _, _, sku in sorted(products)]),
        ),
        listings=ListingRows(integers([]), texts([])),
        entries=_entries(shop, sorted(entries, key=lambda entry: entry.entry_id)),
        payments=payment_rows(payments),
        tracking=TrackingRows(integers([]), texts([]), texts([]), maybe([])),
        ads=ad_rows(shop, sorted(ads, key=lambda span: span.row_id)),
        visits=visit_rows(sorted(visits, key=lambda span: span.row_id)),
        reviews=review_rows(shop, sorted(reviews, key=lambda review: review.line_id)),
        offers=offer_rows(shop, [offer for offer in offers if offer.day is None]),
        offers_before=offer_rows(shop, [offer for offer in offers if offer.day is not None]),
        favourites=like_rows([like for like in likes if like[0] is None]),
        favourites_before=like_rows([like for like in likes if like[0] is not None]),
    )


def _entries(shop: Shop, entries: list[Entry]) -> EntryRows:
    nothing = integers([None for _ in entries])
    return EntryRows(
        entry_id=integers([entry.entry_id for entry in entries]),
        kind=texts([entry.kind for entry in entries]),
        amount=integers([entry.amount * CENT for entry in entries]),
        currency=texts([entry.currency or shop.currency for entry in entries]),
        seconds=integers([unix(shop, entry.at) for entry in entries]),
        description=texts(["" for _ in entries]),
        payment_id=nothing,
        parent_entry_id=nothing,
        order_id=integers([entry.order_id for entry in entries]),
        listing_id=integers([entry.listing_id for entry in entries]),
        line_id=integers([entry.line_id for entry in entries]),
        reference_type=texts([None for _ in entries]),
        reference_id=nothing,
        balance=maybe(
            [None if entry.balance is None else entry.balance * CENT for entry in entries]
        ),
        sequence=nothing,
    )


def _orders(shop: Shop, orders: list[Order]) -> OrderRows:
    return OrderRows(
        order_id=integers([order.order_id for order in orders]),
        seconds=integers([unix(shop, order.at) for order in orders]),
        has_clock=flags([order.has_clock for order in orders]),
        customer_id=integers([order.buyer for order in orders]),
        currency=texts([order.currency or shop.currency for order in orders]),
        status=texts([order.status for order in orders]),
        payment_method=texts([order.payment for order in orders]),
        country=texts([order.country for order in orders]),
        is_paid=flags([order.is_paid for order in orders]),
        is_shipped=flags([order.is_shipped for order in orders]),
        is_gift=flags([order.is_gift for order in orders]),
        item_count=integers([sum(line.quantity for line in o.lines) or 1 for o in orders]),
        grand_total=maybe([order.grand_total for order in orders], CENT),
        subtotal=maybe([None for _ in orders]),
        total_price=maybe([None for _ in orders]),
        discount=integers([order.discount * CENT for order in orders]),
        shipping=integers([order.shipping * CENT for order in orders]),
        gift_wrap=integers([order.gift_wrap * CENT for order in orders]),
        sales_tax=integers([order.tax * CENT for order in orders]),
        vat=integers([order.vat * CENT for order in orders]),
    )


def _lines(shop: Shop, lines: list[tuple[Order, Line]]) -> LineRows:
    return LineRows(
        order_id=integers([order.order_id for order, _ in lines]),
        line_id=integers([line.line_id for _, line in lines]),
        listing_id=integers([line.listing_id for _, line in lines]),
        product_id=integers([line.product_id for _, line in lines]),
        sku=texts([line.sku for _, line in lines]),
        quantity=integers([line.quantity for _, line in lines]),
        price=integers([line.price * CENT for _, line in lines]),
        currency=texts([order.currency or shop.currency for order, _ in lines]),
        shipping=maybe([line.shipping for _, line in lines], CENT),
        tax=maybe([line.tax for _, line in lines], CENT),
        coupon=maybe([line.coupon for _, line in lines], CENT),
        is_digital=flags([line.is_digital for _, line in lines]),
        shipped_seconds=maybe([None for _ in lines]),
    )


def costs(entries: dict[tuple[str, int, int], int], currency: str = "USD") -> CostTable:
    """Unit costs in 1/10,000 by (SKU, region, month number); month = year × 12 + month − 1."""
    if not entries:
        return empty_costs(currency)
    rows = sorted((sku_key(sku), region, month) for sku, region, month in entries)
    by_key = {(sku_key(s), r, m): cost for (s, r, m), cost in entries.items()}
    keys = np.empty(len(rows), object)
    keys[:] = [sku for sku, _, _ in rows]
    return CostTable(
        sku_key=keys,
        cost_code=keys,
        region=np.array([region for _, region, _ in rows], np.int8),
        month=np.array([month for _, _, month in rows], np.int32),
        unit_cost=np.array([by_key[row] for row in rows], np.int64),
        row_number=np.arange(len(rows), dtype=np.int32),
        conflict=np.zeros(len(rows), np.bool_),
        currency=currency,
    )


def owner_files(cost_table: CostTable | None = None) -> OwnerFiles:
    return OwnerFiles(
        empty_costs("USD") if cost_table is None else cost_table,
        shipped_regions(),
    )


def snapshot_of(
    source: SourceTables,
    cost_table: CostTable | None = None,
    *,
    files: OwnerFiles | None = None,
    watermark: datetime | None = None,
    returned_goods: str = "lost",
) -> Snapshot:
    """Build, reconcile and sort the ledger of the frames."""
    clock = local_clock(source.shop.time_zone)
    files = files or owner_files(cost_table)
    ledger, facts = build_ledger(source, files, clock, policies=Policies(returned_goods))
    reconcile(ledger, facts)
    known = watermark or source.newest_fact()
    return build_snapshot(ledger, clock.days_begun(known), clock.days_ended(known))


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
