"""The ledger: one row = one order line × one event, every amount in minor units of the shop.

All arrays are int64 unless said. Days are day numbers in the shop's zone. Entities are codes in
ascending order of id or text, with what belongs to nothing (listing 0, SKU `(none)`) last.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum, StrEnum

import numpy as np
import numpy.typing as npt

from engine.ledger.amounts import Amounts
from engine.money import Int64Array
from engine.sources.frames import BoolArray, Int8Array, Int32Array, Shop, Texts
from engine.sources.held_columns import Columns
from engine.sources.ledger_types import FEE_BUCKETS
from engine.sources.skus import NO_SKU as NO_SKU

NO_LISTING = 0
SEVERAL = "XXX"  # ISO 4217's own code for no currency: the order's amounts are in several
Int16Array = npt.NDArray[np.int16]


class EventKind(IntEnum):
    """What happened to a line."""

    SALE = 0
    REFUND = 1
    ADJUSTMENT = 2  # a ledger entry that is neither


class OrderState(IntEnum):
    """Whether an order is in the figures."""

    COUNTED = 0
    CANCELLED = 1
    HELD = 2  # its currency can't be converted
    OPEN = 3  # not paid yet


class CostBasis(IntEnum):
    """How the cost of a line is known."""

    UNKNOWN = 0
    MEASURED = 1
    ESTIMATED = 2


# Ledger columns that hold money or units and are summed by metrics (rule M5: a column is positive
# when there is more of what its name says).
INCOME = ("value", "discount", "shipping", "gift_wrap", "sales_tax", "vat", "unbooked")
REFUNDED = (
    "returns_value",
    "shipping_refunded",
    "gift_wrap_refunded",
    "sales_tax_refunded",
    "vat_refunded",
    "unbooked_refunded",
)
REFUND = (*REFUNDED, "refund_excess")
GOODS = ("cogs", "cogs_recovered", "cogs_ceiling", "sales_costed", "net_revenue_costed")
FULFILMENT = ("postage", "duty", "import_tax", "carrier_fee")
FEES = tuple(bucket.value for bucket in FEE_BUCKETS)
FEE_MEMOS = ("fee_charges", "fee_credits", "fees_measured", "fees_retained")
UNITS = ("quantity", "quantity_costed", "quantity_returned")
TOTALS = ("base", "paid", "refund_amount")
AMOUNTS = (
    *INCOME,
    *REFUND,
    *GOODS,
    *FULFILMENT,
    "fulfilment_ceiling",
    "sales_weighed",
    *FEES,
    *FEE_MEMOS,
    *UNITS,
    *TOTALS,
)


class DayFact(StrEnum):
    """What is known of a listing and a day without an order, as metrics name it."""

    AD_SPEND = "ad_spend"
    AD_SALES = "ad_sales"
    AD_CLICKS = "ad_clicks"
    AD_ORDERS = "ad_orders"
    VISITS = "visits"
    VIEWS = "views"
    EXPENSES = "expenses"
    UNKNOWN_COSTS = "unknown_costs"  # spends and expenses that can't be converted


@dataclass(frozen=True, slots=True)
class DayRows(Columns):
    """One row = one listing × one day, ascending; what belongs to no listing is on listing 0.

    amounts: minor units or counts, 0 where nothing is known. reported: where a source said so much.
    """

    listing: Int32Array
    day: Int32Array
    amounts: Amounts  # by DayFact
    reported: dict[DayFact, BoolArray] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DayFacts:
    """The days of one source, and what must come of it.

    totals: by column, the sum of all that its rows said, and the part of it that other rows took
    the place of. The days sum to the difference.
    """

    rows: DayRows
    totals: dict[DayFact, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Offers(Columns):
    """One row = the offer of one variation as seen on one day, ascending by day.

    units: for sale, 0 where it is not enabled. price: minor units, −1 where it has no exchange
    rate. value: of the units at their cost, minor units, −1 where that is unknown.
    """

    day: Int32Array
    listing: Int32Array
    sku: Int32Array
    units: Int64Array
    is_enabled: BoolArray
    price: Int64Array
    value: Int64Array


@dataclass(frozen=True, slots=True)
class Favourites(Columns):
    """One row = how many people had a listing among their favourites on one day."""

    day: Int32Array
    listing: Int32Array
    count: Int64Array


@dataclass(frozen=True, slots=True)
class Reviews(Columns):
    """One row = one review, rated 1 to 5, on the day that it was written."""

    day: Int32Array
    listing: Int32Array
    sku: Int32Array
    rating: Int64Array


@dataclass(frozen=True, slots=True)
class Orders(Columns):
    """One row = one order as the figures see it, ascending by (time, order id)."""

    order_id: Int64Array
    state: Int8Array
    seconds: Int64Array
    day: Int32Array
    hour: Int8Array  # of the shop's wall clock
    has_clock: BoolArray  # False: only the day is known
    customer_id: Int64Array  # 0 = guest
    payment_method: Int32Array  # code, −1 = not named
    country: Int32Array  # code into `countries`, −1 = unknown
    is_gift: BoolArray
    is_shipped: BoolArray
    shipped_seconds: Int64Array  # of the first shipment, −1 = unknown
    payment_methods: tuple[str, ...]
    countries: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.order_id)


@dataclass(frozen=True, slots=True, eq=False)
class Held(Columns):
    """One row = one order's income or one refund that can't be converted, ascending by ids.

    order_id: 0 = the order is not known. refund_id: 0 = the order itself. day: int32, day number of
    the rate that is missing. currency: code −1 or SEVERAL where the amounts of the order name more
    than one.
    """

    order_id: Int64Array
    refund_id: Int64Array
    day: Int32Array
    currency: Texts

    def __len__(self) -> int:
        return len(self.order_id)

    @property
    def is_in_several(self) -> BoolArray:
        """Which rows no rate can help, as their amounts are in several currencies."""
        named = [value == SEVERAL for value in self.currency.values]
        return np.array([*named, True], np.bool_)[self.currency.code]

    def in_order(self) -> Held:
        """Return the rows ascending by ids."""
        by_id = np.lexsort((self.refund_id, self.order_id))
        return Held(
            self.order_id[by_id],
            self.refund_id[by_id],
            self.day[by_id],
            self.currency.chosen(by_id),
        )


_NO_IDS, _NO_TEXTS = np.empty(0, np.int64), Texts(np.empty(0, np.int32), ())
NOTHING_HELD = Held(_NO_IDS, _NO_IDS, np.empty(0, np.int32), _NO_TEXTS)


@dataclass(frozen=True, slots=True, eq=False)
class Conversions(Columns):
    """At which rates orders and refunds were converted; those in the shop's currency have no row.

    One row = one order (refund_id 0) or one refund, ascending by (order id, refund id). An amount ×
    numerator ÷ denominator is in the shop's currency. day: int32, day number of the rate. source:
    int8, a RateSource.
    """

    order_id: Int64Array
    refund_id: Int64Array
    currency: Texts
    numerator: Int64Array
    denominator: Int64Array
    day: Int32Array
    source: Int8Array

    def __len__(self) -> int:
        return len(self.order_id)


NOTHING_CONVERTED = Conversions(
    _NO_IDS, _NO_IDS, _NO_TEXTS, _NO_IDS, _NO_IDS, np.empty(0, np.int32), np.empty(0, np.int8)
)


@dataclass(frozen=True, slots=True)
class Codes(Columns):
    """What rows are grouped by, as small codes: `code[i]` indexes `values`, −1 where there is none.

    Codes ascend with the values, which are texts in the order in which people list them.
    """

    code: Int16Array
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OrderEntities(Columns):
    """One row = one line of an order that is not counted: which entities it would have sold."""

    order: Int32Array
    listing: Int32Array
    sku: Int32Array


@dataclass(frozen=True, slots=True)
class Ledger(Columns):
    """Order line events, ascending by (event kind, order id, line id, source id)."""

    shop: Shop
    orders: Orders
    uncounted: OrderEntities
    is_given_back: BoolArray  # of each order: refunds have given back all that was paid
    listing_ids: Int64Array
    skus: tuple[str, ...]
    listing_titles: dict[int, str]

    kind: Int8Array
    order: Int32Array  # index into orders, −1 = unknown order
    line_id: Int64Array
    source_id: Int64Array
    listing: Int32Array
    sku: Int32Array
    order_day: Int32Array
    event_day: Int32Array
    is_partial: BoolArray  # a sale row with an unknown cost amount
    is_estimated: BoolArray  # a sale row with an estimated cost amount that is not 0
    has_no_ceiling: BoolArray  # a sale row whose unknown costs can't be bounded
    parcel_order: Int32Array  # of each parcel, the order that dates it
    parcel_row: Int32Array  # row of the ledger of each piece of a parcel
    parcel_of_piece: Int32Array
    order_parcels: dict[str, Codes]  # of each order's first parcel: zone, tier, carrier, basis
    cost_codes: Codes  # of each SKU
    refund_reason: Codes
    fee_bases: Int16Array  # a FeeBasis of two bits for each of FEES, the first one lowest
    amounts: Amounts
    ads: DayFacts
    visits: DayFacts
    expenses: DayFacts
    reviews: Reviews
    offers: Offers
    favourites: Favourites
    held: Held = NOTHING_HELD
    conversions: Conversions = NOTHING_CONVERTED
    notes: dict[str, int] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.kind)

    @property
    def no_listing(self) -> int:
        """Code of listing 0, what belongs to no listing."""
        return len(self.listing_ids) - 1

    @property
    def no_sku(self) -> int:
        """Code of the SKU `(none)`."""
        return len(self.skus) - 1

    @property
    def day_facts(self) -> tuple[DayFacts, ...]:
        """Everything that is known of days without an order."""
        return self.ads, self.visits, self.expenses
