"""Fees as the payment account has them: one row = one entry, with the ledger rows it goes to.

Rules M27 to M30 of docs/money-rules.md. A charge of a counted order belongs to its sale, a credit
to a refund of it, and everything else is an adjustment on its own day. Each entry is split by
itself; one that names a line goes to that line as a whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from engine.ledger.entries import BUCKETS, Entries
from engine.ledger.exchange import Converted
from engine.ledger.fee_frames import (
    NOT_BOOKED,
    Fate,
    NotBookedEntries,
)
from engine.ledger.frames import Orders, OrderState
from engine.ledger.postings import ORDER_BASE, PAID_BASE, UNIT_BASE, Base, RefundRows, SaleRows
from engine.ledger.sales import Lines
from engine.money import Int64Array
from engine.sources.frames import BoolArray, Int8Array, Int32Array
from engine.sources.ledger_types import FEE_BUCKETS, Bucket

# By what an entry that names only its order is split over the lines; VAT goes by the other fees.
WEIGHTS: dict[Bucket, Base] = {
    **dict.fromkeys(FEE_BUCKETS, ORDER_BASE),
    Bucket.PROCESSING: PAID_BASE,
    Bucket.LISTING: UNIT_BASE,
}
_SHOWS_SALE = (Bucket.TRANSACTION, Bucket.PROCESSING)  # their charges make an order measured
POOLED = (
    Bucket.TRANSACTION,
    Bucket.PROCESSING,
    Bucket.REGULATORY,
    Bucket.OFFSITE_ADS,
    Bucket.VAT,
)


@dataclass(frozen=True, slots=True, eq=False)
class PlacedEntries:
    """Entries in minor units with their fate, ascending by entry id.

    group: sale group, −1 = no counted order. sale_row: of the sale events, −1 = the whole order.
    refund: group of the refund rows, −1 = none. refund_row: −1 = the whole refund. fate: written
    by those that decide on it.
    """

    entries: Entries
    charge: Int64Array
    is_known: BoolArray
    day: Int32Array
    fate: Int8Array
    group: Int32Array
    sale_row: Int32Array
    refund: Int32Array
    refund_row: Int32Array

    def of(self, bucket: Bucket, fate: Fate) -> Int64Array:
        """Return the entries of a bucket with a fate."""
        is_kind = self.entries.bucket == BUCKETS.index(bucket)
        return np.flatnonzero(is_kind & (self.fate == fate))


def place_entries(
    entries: Entries,
    amounts: Converted,
    day: Int32Array,
    is_late: BoolArray,
    orders: Orders,
    every_line: Lines,
    sold: SaleRows,
    given: RefundRows,
) -> PlacedEntries:
    """Decide what becomes of each entry, but for those that stand in for estimates.

    amounts: of the entries' charges. is_late: known only after the watermark.
    """
    group = np.append(sold.group_of_order, -1).astype(np.int32)[entries.order]
    is_counted_line = orders.state[every_line.order] == OrderState.COUNTED
    sale_row_of = np.where(is_counted_line, np.cumsum(is_counted_line) - 1, -1)
    sale_row = np.append(sale_row_of, -1).astype(np.int32)[entries.line]
    refund, refund_row = _refunds(entries, amounts.minor, day, group, sale_row, given)
    is_held = np.append(orders.state, OrderState.OPEN)[entries.order] == OrderState.HELD
    fate = _fates(entries, amounts, is_late, is_held & (entries.order >= 0), group, refund)
    return PlacedEntries(
        entries, amounts.minor, amounts.known, day, fate, group, sale_row, refund, refund_row
    )


def _fates(
    entries: Entries,
    amounts: Converted,
    is_late: BoolArray,
    is_held: BoolArray,
    group: Int32Array,
    refund: Int32Array,
) -> Int8Array:
    """Decide by the first condition that holds; what none holds for is an adjustment."""
    bucket, is_counted = entries.bucket, group >= 0
    is_fee = bucket < len(FEE_BUCKETS)
    is_label = bucket == BUCKETS.index(Bucket.POSTAGE)
    may_be_pooled = np.isin(bucket, [BUCKETS.index(kind) for kind in POOLED])
    conditions = (
        (bucket == BUCKETS.index(Bucket.PASS_THROUGH), Fate.PASS_THROUGH),
        (is_late, Fate.AFTER_WATERMARK),
        (~amounts.known, Fate.NO_RATE),
        (is_held, Fate.HELD),
        (bucket == BUCKETS.index(Bucket.ADS), Fate.AD_SPEND),
        (is_label & is_counted, Fate.LABEL),
        (is_label & (entries.order < 0), Fate.LABEL_WITHOUT_ORDER),
        (is_fee & is_counted & (amounts.minor >= 0), Fate.SALE),
        (is_fee & is_counted & (refund >= 0), Fate.REFUND),
        (may_be_pooled & ~entries.is_named, Fate.POOLED),
    )
    holds, fates = zip(*conditions, strict=True)
    found: Int8Array = np.select(holds, fates, Fate.ADJUSTMENT).astype(np.int8)
    return found


def _refunds(
    entries: Entries,
    charge: Int64Array,
    day: Int32Array,
    group: Int32Array,
    sale_row: Int32Array,
    given: RefundRows,
) -> tuple[Int32Array, Int32Array]:
    """Find the refund that each credit of a counted order belongs to, and its row for a line."""
    refund = np.full(len(entries), -1, np.int32)
    refund_row = np.full(len(entries), -1, np.int32)
    is_credit = (charge < 0) & (group >= 0)
    of_order = np.flatnonzero(is_credit & (sale_row < 0))
    refund[of_order] = given.refund_on(group[of_order], day[of_order])
    of_line = np.flatnonzero(is_credit & (sale_row >= 0))
    row = given.row_on(sale_row[of_line], day[of_line])
    refund_row[of_line] = row
    refund_of_row = np.append(given.to_rows(np.arange(given.groups)), -1)
    refund[of_line] = refund_of_row[row]
    return refund, refund_row


@dataclass(frozen=True, slots=True, eq=False)
class MeasuredOrders:
    """What the payment account says of each counted order; bool[orders], by bucket of fee.

    is_measured: it has a charge for the sale itself, so all its fees are in the account. charged:
    it has a charge of the kind; named: any entry of it; unknown: a charge without a rate.
    """

    is_measured: BoolArray
    charged: Mapping[Bucket, BoolArray]
    named: Mapping[Bucket, BoolArray]
    unknown: Mapping[Bucket, BoolArray]

    @classmethod
    def of(cls, placed: PlacedEntries, sold: SaleRows) -> MeasuredOrders:
        """Look through the entries of counted orders."""
        counts = (placed.group >= 0) & (placed.fate != Fate.AFTER_WATERMARK)
        # An amount without a rate still has a sign.
        is_charge = counts & (placed.entries.charge > 0)
        charged, named, unknown = {}, {}, {}
        for code, bucket in enumerate(FEE_BUCKETS):
            is_kind = placed.entries.bucket == code
            charged[bucket] = _marked(placed.group[is_kind & is_charge], sold.groups)
            named[bucket] = _marked(placed.group[is_kind & counts], sold.groups)
            missing = is_kind & is_charge & ~placed.is_known
            unknown[bucket] = _marked(placed.group[missing], sold.groups)
        is_measured = np.zeros(sold.groups, np.bool_)
        for bucket in _SHOWS_SALE:
            is_measured |= charged[bucket]
        return cls(is_measured, charged, named, unknown)


def _marked(group: Int32Array, groups: int) -> BoolArray:
    marked = np.zeros(groups, np.bool_)
    marked[group] = True
    return marked


def charges_of(
    placed: PlacedEntries, bucket: Bucket, sold: SaleRows, weight: Int64Array
) -> Int64Array:
    """Return the charges of one kind on the sale rows; weight: int64[sale rows]."""
    chosen = placed.of(bucket, Fate.SALE)
    whole = chosen[placed.sale_row[chosen] < 0]
    single = chosen[placed.sale_row[chosen] >= 0]
    total = sold.spread(placed.group[whole], placed.charge[whole], weight)
    np.add.at(total, placed.sale_row[single], placed.charge[single])
    return total


def credits_of(
    placed: PlacedEntries, bucket: Bucket, given: RefundRows, weight: Int64Array
) -> Int64Array:
    """Return the credits of one kind on the refund rows, ≤ 0; weight: int64[refund rows]."""
    chosen = placed.of(bucket, Fate.REFUND)
    whole = chosen[placed.refund_row[chosen] < 0]
    single = chosen[placed.refund_row[chosen] >= 0]
    total = given.spread(placed.refund[whole], placed.charge[whole], weight)
    np.add.at(total, placed.refund_row[single], placed.charge[single])
    return total


def labels_of(placed: PlacedEntries, sold: SaleRows) -> Int64Array:
    """Return the postage of each of Orders that has labels, −1 elsewhere.

    A label that was paid back as a whole was not used. Where more came back than was paid, nothing
    is booked.
    """
    chosen = placed.of(Bucket.POSTAGE, Fate.LABEL)
    total = np.zeros(sold.groups, np.int64)
    np.add.at(total, placed.group[chosen], placed.charge[chosen])
    returned = chosen[total[placed.group[chosen]] < 0]
    placed.fate[returned] = Fate.LABEL_RETURNED
    labels = np.full(len(sold.group_of_order), -1, np.int64)
    used = np.flatnonzero(total > 0)
    labels[sold.order[used]] = total[used]
    return labels


def ad_spend_of(placed: PlacedEntries) -> tuple[Int32Array, Int64Array]:
    """Return the days with entries for the marketplace's own ads, and their net amounts."""
    chosen = placed.of(Bucket.ADS, Fate.AD_SPEND)
    days, at = np.unique(placed.day[chosen], return_inverse=True)
    total = np.zeros(len(days), np.int64)
    np.add.at(total, at.ravel(), placed.charge[chosen])
    return days.astype(np.int32), total


def not_booked_of(placed: PlacedEntries) -> NotBookedEntries:
    """Return the entries that are in no figure."""
    chosen = np.flatnonzero(np.isin(placed.fate, NOT_BOOKED))
    return NotBookedEntries(
        entry_id=placed.entries.entry_id[chosen],
        bucket=placed.entries.bucket[chosen],
        day=placed.day[chosen],
        charge=placed.charge[chosen],
        reason=placed.fate[chosen],
    )


def leave_vat_out(placed: PlacedEntries) -> int:
    """Take the VAT on fees out of what is booked; returns what its adjustments came to."""
    is_vat = placed.entries.bucket == BUCKETS.index(Bucket.VAT)
    adjusted = int(placed.charge[is_vat & (placed.fate == Fate.ADJUSTMENT)].sum())
    placed.fate[is_vat & (placed.fate <= Fate.POOLED)] = Fate.RECOVERABLE_VAT
    return adjusted
