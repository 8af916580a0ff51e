"""The listings and SKUs of a shop as codes: ascending, with what belongs to nothing last.

A code is an index, so that "smallest code" means "smallest id" wherever ties are broken.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from engine.ledger.frames import NO_LISTING, NO_SKU
from engine.ledger.refund_cells import RefundEvents
from engine.ledger.refunds import Refunds
from engine.ledger.sales import Lines
from engine.money import Int64Array
from engine.sources.frames import Int32Array, SourceTables


@dataclass(frozen=True, slots=True)
class Entities:
    """Listing ids and SKUs of the shop, ascending, what belongs to nothing last."""

    listing_ids: Int64Array
    skus: tuple[str, ...]
    item_listing: Int64Array  # of each refund, 0 = not said
    item_sku: Int32Array  # code into `skus`

    @classmethod
    def of(
        cls,
        tables: SourceTables,
        lines: Lines,
        refunds: Refunds,
        adjusted_listings: Int64Array,
        identity: Callable[[str], str | None],
    ) -> Entities:
        """Collect every listing and SKU that any row of the shop names."""
        rows = tables.refund_items
        known_ids = (tables.listings.listing_id, tables.products.listing_id, rows.listing_id)
        seen = (
            tables.ads,
            tables.visits,
            tables.reviews,
            tables.offers_before,
            tables.favourites_before,
        )
        ids = (lines.listing_id, *known_ids, *(r.listing_id for r in seen), adjusted_listings)
        listing_ids = np.unique(np.concatenate(ids))
        stand_in = -tables.shop.shop_id
        listing_ids = listing_ids[(listing_ids != NO_LISTING) & (listing_ids != stand_in)]
        item_skus = [identity(text) for text in rows.sku.values]
        offered = (tables.products, tables.offers, tables.offers_before)
        product_skus = (identity(text) for names in offered for text in names.sku.values)
        known = {sku for sku in (*lines.skus, *item_skus, *product_skus) if sku}
        skus = (*sorted(known - {NO_SKU}), NO_SKU)
        index = {sku: code for code, sku in enumerate(skus)}
        item_code = np.array([index.get(sku or "", -1) for sku in item_skus] + [-1], np.int32)
        listing = np.zeros(len(refunds.order), np.int64)
        sku = np.full(len(refunds.order), len(skus) - 1, np.int32)
        by_row = np.argsort(refunds.row_id, kind="stable")
        # Read backwards, so that the first item of a refund has the last word.
        at = np.searchsorted(refunds.row_id[by_row], rows.refund_row_id[::-1])
        at = np.minimum(at, max(len(by_row) - 1, 0))
        if len(by_row):
            known_row = refunds.row_id[by_row[at]] == rows.refund_row_id[::-1]
            target = by_row[at[known_row]]
            listing[target] = rows.listing_id[::-1][known_row]
            code = item_code[rows.sku.code[::-1][known_row]]
            sku[target] = np.where(code >= 0, code, len(skus) - 1)
        return cls(np.append(listing_ids, NO_LISTING), skus, listing, sku)

    def listing_codes(self, listing_id: Int64Array) -> Int32Array:
        """Return the codes of listing ids, 0 being what belongs to no listing."""
        known = self.listing_ids[:-1]
        at = np.searchsorted(known, listing_id)
        return np.where(listing_id == NO_LISTING, len(known), at).astype(np.int32)

    def of_lines(self, lines: Lines) -> tuple[Int32Array, Int32Array]:
        """Return the listing and SKU codes of each line."""
        return self.listing_codes(lines.listing_id), self.sku_codes(lines.skus)[lines.sku]

    def sku_codes(self, skus: tuple[str, ...]) -> Int32Array:
        """Return the code of each SKU, and at the end that of `(none)`, so that −1 finds it."""
        index = {sku: code for code, sku in enumerate(self.skus)}
        return np.array([*(index[sku] for sku in skus), len(self.skus) - 1], np.int32)

    def of_refunds(
        self, back: RefundEvents, listing: Int32Array, sku: Int32Array
    ) -> tuple[Int32Array, Int32Array]:
        """Entities of refund rows: those of their line, else what the refund itself says."""
        said = self.listing_codes(self.item_listing[back.refund])
        has_line = back.line >= 0
        line_listing = np.append(listing, np.int32(0))[back.line]
        line_sku = np.append(sku, np.int32(0))[back.line]
        return (
            np.where(has_line, line_listing, said).astype(np.int32),
            np.where(has_line, line_sku, self.item_sku[back.refund]).astype(np.int32),
        )
