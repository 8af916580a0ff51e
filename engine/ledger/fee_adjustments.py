"""Ledger entries that are no sale and no refund: one row = one entry, or a line's share of it.

Rule M30 of docs/money-rules.md. An adjustment is on its entry's own day. What names a listing only
gets that listing's SKU only if there is no doubt which; what names nothing belongs to no listing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.ledger.entries import BUCKETS
from engine.ledger.fee_frames import ADJUSTED, Adjustments, Fate
from engine.ledger.frames import NO_LISTING
from engine.ledger.measured_fees import WEIGHTS, PlacedEntries
from engine.ledger.postings import SaleRows
from engine.ledger.sales import Lines
from engine.money import Int64Array
from engine.sources.ledger_types import FEE_BUCKETS, Bucket


@dataclass(frozen=True, slots=True, eq=False)
class ListingSkus:
    """The SKU of each listing all of whose products carry the same one, ascending by listing.

    sku: code into the `skus` of the lines, −1 = they differ, or one has none.
    """

    listing_id: Int64Array
    sku: Int64Array

    @classmethod
    def of(cls, listing_id: Int64Array, sku: Int64Array) -> ListingSkus:
        """Compare the SKUs of products; both int64[products]."""
        by_listing = np.argsort(listing_id, kind="stable")
        ids, first = np.unique(listing_id[by_listing], return_index=True)
        if not len(ids):
            return cls(ids, np.empty(0, np.int64))
        lowest = np.minimum.reduceat(sku[by_listing], first)
        highest = np.maximum.reduceat(sku[by_listing], first)
        return cls(ids, np.where(lowest == highest, lowest, -1))

    def find(self, listing_id: Int64Array) -> Int64Array:
        """Return the SKU of each listing, −1 where there is no single one."""
        if not len(self.listing_id):
            return np.full(len(listing_id), -1, np.int64)
        at = np.minimum(np.searchsorted(self.listing_id, listing_id), len(self.listing_id) - 1)
        return np.where(self.listing_id[at] == listing_id, self.sku[at], -1)


def adjustments_of(
    placed: PlacedEntries,
    every_line: Lines,
    listing_skus: ListingSkus,
    sold: SaleRows,
    other_fees: Int64Array,
) -> Adjustments:
    """Return the entries of no sale and no refund; a counted order's go to its lines.

    other_fees: int64[sale rows], by which VAT that names only its order is split.
    """
    entries = placed.entries
    chosen = np.flatnonzero((placed.fate == Fate.ADJUSTMENT) & (placed.charge != 0))
    of_order = (placed.group[chosen] >= 0) & (entries.line[chosen] < 0)
    alone = chosen[~of_order]
    entry, line, amount = [alone], [entries.line[alone]], [placed.charge[alone]]
    is_counted = sold.group_of_order[every_line.order] >= 0
    row_of_sale = np.flatnonzero(is_counted)
    for code, bucket in enumerate(FEE_BUCKETS):
        whole = chosen[of_order & (entries.bucket[chosen] == code)]
        weight = other_fees if bucket is Bucket.VAT else sold.of(WEIGHTS[bucket])
        row, share, of = sold.split(placed.group[whole], placed.charge[whole], weight)
        row, share, of = row[share != 0], share[share != 0], of[share != 0]
        entry.append(whole[of])
        line.append(row_of_sale[row])
        amount.append(share)
    return _as_rows(
        placed,
        every_line,
        listing_skus,
        np.concatenate(entry),
        np.concatenate(line),
        np.concatenate(amount),
    )


def _as_rows(
    placed: PlacedEntries,
    every_line: Lines,
    listing_skus: ListingSkus,
    entry: Int64Array,
    line: Int64Array,
    amount: Int64Array,
) -> Adjustments:
    line_id = np.append(every_line.line_id, 0)[line]
    by_id = np.lexsort((line_id, placed.entries.entry_id[entry]))
    entry, line, line_id, amount = entry[by_id], line[by_id], line_id[by_id], amount[by_id]
    has_line = line >= 0
    named = placed.entries.listing_id[entry]
    listing_id = np.where(has_line, np.append(every_line.listing_id, NO_LISTING)[line], named)
    sku_of_listing = listing_skus.find(named)
    sku = np.where(has_line, np.append(every_line.sku, np.int32(-1))[line], sku_of_listing)
    bucket = placed.entries.bucket[entry]
    return Adjustments(
        entry_id=placed.entries.entry_id[entry],
        order=placed.entries.order[entry].astype(np.int64),
        line_id=line_id,
        listing_id=listing_id,
        sku=sku.astype(np.int32),
        day=placed.day[entry],
        amounts={
            column: np.where(bucket == BUCKETS.index(Bucket(column)), amount, 0)
            for column in ADJUSTED
        },
    )
