"""How the cost of each SKU of a shop is looked up: one value per SKU of `names`.

The book is made once for a shop, from all that it sells: whose rows may stand in for a SKU depends
on its neighbours. A few orders that are worked out again take the book of the whole shop.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.ledger.cost_groups import CostGroups, group_costs, parent_in
from engine.ledger.sku_names import CostOwners, SkuNames
from engine.money import Int64Array
from engine.sources.cost_table import CostTable
from engine.sources.frames import Int32Array


@dataclass(frozen=True, slots=True, eq=False)
class CostBook:
    """The look-up of a shop's costs. currency: of cost.csv.

    cost_code: int32, one value per SKU and −1 for no SKU at the end; indexes `cost_codes`, the
    codes as the files spell them, ascending.
    """

    owners: CostOwners
    names: SkuNames
    groups: CostGroups
    currency: str
    cost_code: Int32Array
    cost_codes: tuple[str, ...]

    @classmethod
    def of(
        cls,
        costs: CostTable,
        owners: CostOwners,
        names: SkuNames,
        listing_id: Int64Array,
        listing_sku: Int32Array,
    ) -> CostBook:
        """Make the book of a shop; listing_id, listing_sku: pairs as in `group_costs`."""
        groups = group_costs(costs, owners, names, listing_id, listing_sku)
        codes, code_of = _cost_codes(owners, names)
        return cls(owners, names, groups, costs.currency, code_of, codes)

    def places(self, skus: Sequence[str]) -> Int32Array:
        """Return the place in `names` of each SKU, and −1 for no SKU at the end."""
        place = {sku: number for number, sku in enumerate(self.names.skus)}
        return np.array([*(place[sku] for sku in skus), -1], np.int32)


def _cost_codes(owners: CostOwners, names: SkuNames) -> tuple[tuple[str, ...], Int32Array]:
    """Return the cost codes, ascending, and that of each SKU: the owner's word, else the files'."""
    stated = zip(names.by_hand, names.cost_codes, strict=True)
    said = [
        by_hand.cost_code or cost_code or by_hand.parent or parent_in(owners, names, sku)
        for sku, (by_hand, cost_code) in enumerate(stated)
    ]
    texts = [owners.spelling.get(code, code) for code in said]
    codes = tuple(sorted(set(texts) - {""}))
    place = {code: number for number, code in enumerate(codes)}
    return codes, np.array([place.get(text, -1) for text in (*texts, "")], np.int32)
