"""The typed frames that the ledger is built from: arrays of equal length, one class a grain.

Amounts are millionths of the major unit (10⁻⁶), so that every divisor up to 1,000,000 is exact.
A missing id is 0, a missing text is code −1. Arrays are read-only by agreement. Columns are held
narrow and given as declared: see `held_columns`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
import numpy.typing as npt

from engine.local_time import local_clock
from engine.money import Int64Array, currency_digits
from engine.periods import day_date
from engine.sources.held_columns import Columns

BoolArray = npt.NDArray[np.bool_]
Int32Array = npt.NDArray[np.int32]
Int8Array = npt.NDArray[np.int8]

AMOUNT_DIGITS = 6  # an amount of 1 is 10⁻⁶ of the major unit


@dataclass(frozen=True, slots=True)
class Shop:
    """The shop itself; figures are in `currency`.

    kept_in: the shop's own currency, where its figures are asked for in another one.
    """

    shop_id: int
    name: str
    time_zone: str
    currency: str
    country: str | None
    week_start: int
    synced_at: datetime | None
    is_demo: bool
    kept_in: str = ""

    @property
    def own_currency(self) -> str:
        """The currency that the shop itself is kept in."""
        return self.kept_in or self.currency

    @property
    def digits(self) -> int:
        """Decimals of the shop's currency."""
        return currency_digits(self.currency)

    @property
    def amounts_a_minor(self) -> int:
        """How many units of a source amount make one minor unit."""
        return int(10 ** (AMOUNT_DIGITS - self.digits))


@dataclass(frozen=True, slots=True)
class Texts(Columns):
    """A text column as codes: `code[i]` indexes `values`, −1 where there is none."""

    code: Int32Array
    values: Sequence[str]

    def __len__(self) -> int:
        return len(self.code)

    def chosen(self, rows: BoolArray | Int64Array) -> Texts:
        """Return some of the rows, by mask or by position."""
        return Texts(self.as_held("code")[rows], self.values)


@dataclass(frozen=True, slots=True)
class Maybe(Columns):
    """An integer column in which some rows are unknown; an unknown value is held as 0."""

    value: Int64Array
    known: BoolArray


@dataclass(frozen=True, slots=True)
class OrderRows(Columns):
    """One row = one order as received, ascending by order id."""

    order_id: Int64Array
    seconds: Int64Array
    has_clock: BoolArray
    customer_id: Int64Array
    currency: Texts
    status: Texts
    payment_method: Texts
    country: Texts
    is_paid: BoolArray
    is_shipped: BoolArray
    is_gift: BoolArray
    item_count: Int64Array
    grand_total: Maybe
    subtotal: Maybe
    total_price: Maybe
    discount: Int64Array
    shipping: Int64Array
    gift_wrap: Int64Array
    sales_tax: Int64Array
    vat: Int64Array


@dataclass(frozen=True, slots=True)
class LineRows(Columns):
    """One row = one order line (transaction), ascending by order id, then line id."""

    order_id: Int64Array
    line_id: Int64Array
    listing_id: Int64Array
    product_id: Int64Array
    sku: Texts
    quantity: Int64Array
    price: Int64Array
    currency: Texts
    shipping: Maybe
    tax: Maybe
    coupon: Maybe
    is_digital: BoolArray
    shipped_seconds: Maybe


@dataclass(frozen=True, slots=True)
class RefundRows(Columns):
    """One row = one refund, ascending by row id."""

    row_id: Int64Array
    order_id: Int64Array
    refund_id: Int64Array
    amount: Int64Array
    tax: Maybe
    currency: Texts
    status: Texts
    reason: Texts
    seconds: Maybe


@dataclass(frozen=True, slots=True)
class RefundItemRows(Columns):
    """One row = what a refund says of one line, ascending by refund row, then by own id.

    An amount that is in another currency than its refund is 0: only the line is known then.
    """

    refund_row_id: Int64Array
    line_id: Int64Array
    listing_id: Int64Array
    sku: Texts
    quantity: Maybe
    amount: Int64Array


@dataclass(frozen=True, slots=True)
class ShipmentRows(Columns):
    """One row = an order's first shipment, ascending by order id."""

    order_id: Int64Array
    seconds: Int64Array


@dataclass(frozen=True, slots=True)
class ProductRows(Columns):
    """One row = one variation of a listing, ascending by product id."""

    product_id: Int64Array
    listing_id: Int64Array
    sku: Texts


@dataclass(frozen=True, slots=True)
class ListingRows(Columns):
    """One row = one listing, ascending by id; titles are for people only."""

    listing_id: Int64Array
    title: Texts


@dataclass(frozen=True, slots=True)
class EntryRows(Columns):
    """One row = one movement of the payment account, positive to the seller, ascending by id."""

    entry_id: Int64Array
    kind: Texts  # the ledger type as received
    amount: Int64Array
    currency: Texts
    seconds: Int64Array
    description: Texts
    payment_id: Int64Array
    parent_entry_id: Int64Array
    order_id: Int64Array
    listing_id: Int64Array
    line_id: Int64Array
    reference_type: Texts
    reference_id: Int64Array
    balance: Maybe  # of the account after the entry
    sequence: Int64Array  # its place in the account, 0 where that is not told


@dataclass(frozen=True, slots=True)
class PaymentRows(Columns):
    """One row = one payment of an order, ascending by payment id.

    rank: of the row's origin, the lowest is to be trusted most. listing_currency, account_currency:
    what the buyer was charged in, and the account. rate: 10⁻⁸, account money for one of listing.
    """

    payment_id: Int64Array
    order_id: Int64Array
    rank: Int64Array
    listing_currency: Texts
    account_currency: Texts
    rate: Maybe


@dataclass(frozen=True, slots=True)
class TrackingRows(Columns):
    """One row = one parcel handed over: an order and a tracking code, ascending by order id."""

    order_id: Int64Array
    tracking_code: Texts
    carrier: Texts
    seconds: Maybe


@dataclass(frozen=True, slots=True)
class AdRows(Columns):
    """One row = the marketplace's ads for one listing over a span, ascending by row id.

    `start` and `end` are seconds of a clock without a zone, `span` the kind of period as received.
    A null is not reported, 0 is a reported zero. The stand-in listing −shop_id is the whole shop.
    """

    row_id: Int64Array
    listing_id: Int64Array
    span: Texts
    start: Int64Array
    end: Int64Array
    clicks: Maybe
    orders: Maybe
    sales: Maybe
    sales_currency: Texts
    spend: Maybe
    spend_currency: Texts


@dataclass(frozen=True, slots=True)
class VisitRows(Columns):
    """One row = visits of one listing over a span, ascending by row id; otherwise as AdRows."""

    row_id: Int64Array
    listing_id: Int64Array
    span: Texts
    start: Int64Array
    end: Int64Array
    visits: Maybe
    views: Maybe


@dataclass(frozen=True, slots=True)
class ReviewRows(Columns):
    """One row = one review with a rating from 1 to 5, ascending by line id."""

    line_id: Int64Array
    listing_id: Int64Array
    seconds: Int64Array
    rating: Int64Array


@dataclass(frozen=True, slots=True)
class OfferRows(Columns):
    """One row = the offer of one variation on one day, ascending by day, then by product.

    quantity: of what is for sale. is_enabled: any of it is. price: the lowest. `day` is a day
    number, 0 for the offers that the tables hold now.
    """

    day: Int64Array
    product_id: Int64Array
    listing_id: Int64Array
    sku: Texts
    quantity: Int64Array
    is_enabled: BoolArray
    price: Int64Array
    currency: Texts


@dataclass(frozen=True, slots=True)
class FavouriteRows(Columns):
    """One row = how many people had a listing among their favourites on one day.

    Ascending by day, then by listing; `day` as in OfferRows.
    """

    day: Int64Array
    listing_id: Int64Array
    favourites: Int64Array


@dataclass(frozen=True, slots=True)
class SourceTables:
    """Everything that one load of one shop has read, from one instant of the database."""

    shop: Shop
    orders: OrderRows
    lines: LineRows
    refunds: RefundRows
    refund_items: RefundItemRows
    shipments: ShipmentRows
    products: ProductRows
    listings: ListingRows
    entries: EntryRows
    payments: PaymentRows
    tracking: TrackingRows
    ads: AdRows
    visits: VisitRows
    reviews: ReviewRows
    offers: OfferRows
    offers_before: OfferRows
    favourites: FavouriteRows
    favourites_before: FavouriteRows

    def newest_fact(self) -> datetime:
        """Return the instant before which every fact here lies: the default watermark.

        Of spans only those of a single day say how far the facts reach.
        """
        newest = [
            datetime.fromtimestamp(int(seconds.max()) + 1, UTC)
            for seconds in (self.orders.seconds, self.refunds.seconds.value, self.entries.seconds)
            if len(seconds)
        ]
        newest += [end for rows in (self.ads, self.visits) if (end := self._end_of_days(rows))]
        if self.shop.synced_at is not None:
            newest.append(self.shop.synced_at)
        return max(newest, default=datetime(1970, 1, 2, tzinfo=UTC))

    def own_days(self, rows: AdRows | VisitRows) -> Int32Array:
        """Return the local day of each row that is of a single day; int32 day numbers."""
        daily = np.array([name.upper() == "DAILY" for name in rows.span.values] + [False])
        clock = local_clock(self.shop.time_zone)
        return clock.span_days(rows.start[daily[rows.span.code]])

    def _end_of_days(self, rows: AdRows | VisitRows) -> datetime | None:
        """Return the end of the last local day that has a row of its own."""
        days = self.own_days(rows)
        if not len(days):
            return None
        return local_clock(self.shop.time_zone).day_start(day_date(int(days.max()) + 1))
