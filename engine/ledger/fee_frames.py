"""What the fees of a shop come to: the frames that their computation hands over.

All amounts are int64 minor units of the shop. A charge is > 0 and a credit < 0. One row of the sale
columns is one sale event, one row of the refund columns one refund event.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum, StrEnum

from engine.ledger.amounts import Amounts
from engine.money import Int64Array
from engine.sources.frames import Int8Array, Int32Array
from engine.sources.ledger_types import FEE_COLUMNS as FEE_COLUMNS

ADJUSTED = (*FEE_COLUMNS, "postage")  # columns of adjustments


class FeeBasis(IntEnum):
    """How a fee of a line is known; the first three are those of every cost."""

    UNKNOWN = 0
    MEASURED = 1
    ESTIMATED = 2
    POOLED = 3  # from the payment account, but shared out over the orders of a month


class Fate(IntEnum):
    """What became of a ledger entry; those from HELD on are not booked."""

    SALE = 0
    REFUND = 1
    ADJUSTMENT = 2
    POOLED = 3
    LABEL = 4
    AD_SPEND = 5
    PASS_THROUGH = 6
    HELD = 7  # its order is held for want of an exchange rate
    NO_RATE = 8  # it can't be converted itself
    LEDGER_GAP = 9  # too little of its kind and month to be believed
    LABEL_WITHOUT_ORDER = 10
    LABEL_RETURNED = 11  # more was paid back for labels of the order than they cost
    RECOVERABLE_VAT = 12
    AFTER_WATERMARK = 13


NOT_BOOKED = tuple(fate for fate in Fate if fate >= Fate.HELD)


class PoolOutcome(StrEnum):
    """What became of the entries of one kind and month that refer to nothing."""

    REPLACED = "replaced"  # they took the place of the estimates
    NO_ORDERS = "no orders"  # booked as adjustments
    GAP = "gap"  # not booked: the estimates stand


@dataclass(frozen=True, slots=True, eq=False)
class Adjustments:
    """Entries that belong to no sale and no refund; one row = one entry, or a line's share of it.

    order: index into Orders, −1 = none. line_id: 0 = none. listing_id: 0 = none. sku: code into the
    `skus` of the lines, −1 = (none). day: int32. amounts: one array for each of ADJUSTED.
    """

    entry_id: Int64Array
    order: Int64Array
    line_id: Int64Array
    listing_id: Int64Array
    sku: Int32Array
    day: Int32Array
    amounts: dict[str, Int64Array]

    def __len__(self) -> int:
        return len(self.entry_id)


@dataclass(frozen=True, slots=True, eq=False)
class OrderEntries:
    """Entries that refer to an order that is known, ascending by id, for explanations.

    row: int64, row of the table of entries. line_id: 0 = the whole order.
    """

    row: Int64Array
    order_id: Int64Array
    line_id: Int64Array


@dataclass(frozen=True, slots=True, eq=False)
class NotBookedEntries:
    """Entries that are in no figure, ascending by id; bucket: index into entries.BUCKETS.

    charge: minor units, 0 where no rate is known. reason: a Fate from HELD on.
    """

    entry_id: Int64Array
    bucket: Int8Array
    day: Int32Array
    charge: Int64Array
    reason: Int8Array


@dataclass(frozen=True, slots=True)
class Pool:
    """Entries of one kind and month that refer to nothing, against the orders' estimates.

    weights: what the orders' parts are taken of: the sum of their estimates, or, where an estimate
    is not known or none is above 0, of what their lines go by (`is_by_estimate` is False).
    """

    column: str
    month: int  # months since January 1970
    entries: int
    charged: int
    orders: int  # counted orders of the month without a measured fee of the kind
    estimated: int
    weights: int
    outcome: PoolOutcome
    is_by_estimate: bool


@dataclass(frozen=True, slots=True)
class Backtest:
    """What estimates would have said of measured orders: one kind and month of order days."""

    column: str
    month: int  # months since January 1970
    orders: int
    measured: int
    estimated: int
    unknown: int  # measured orders that no estimate can be made of; not in the sums


@dataclass(frozen=True, slots=True, eq=False)
class Fees:
    """All marketplace fees of a shop.

    sale: one array for each of FEE_COLUMNS, one row = one sale event. refund: the same and
    `fees_retained`, one row = one refund event. sale_basis: worst CostBasis of a line's fees.
    bases: FeeBasis of each line by column. fees_measured: charges of a line that are measured or
    pooled. labels: postage of each of Orders, −1 = no label. ad_spend_day, ad_spend: spend on the
    marketplace's own ads by day, ascending. unknown_types: name → how many entries.
    entries_booked: charges less credits of all entries in the figures; with the entries not booked
    it must come to entries_total, which leaves out what is no cost. of_orders: the entries that
    explanations of orders ask about. recoverable_vat: VAT on fees that is no cost as the shop gets
    it back.
    """

    sale: Amounts
    refund: dict[str, Int64Array]
    sale_basis: Int8Array
    bases: dict[str, Int8Array]
    fees_measured: Int64Array
    adjustments: Adjustments
    labels: Int64Array
    ad_spend_day: Int32Array
    ad_spend: Int64Array
    not_booked: NotBookedEntries
    pools: tuple[Pool, ...]
    unknown_types: dict[str, int]
    of_orders: OrderEntries
    entries_booked: int
    entries_total: int
    backtest: tuple[Backtest, ...] = ()
    recoverable_vat: int = 0
    notes: dict[str, int] = field(default_factory=dict)
