"""Unit costs of order lines: by SKU, cost region of the destination and month of the order (M36).

One row of the answer = one line. The look-up is for the SKU itself, in the region asked: the same
month, else the nearest earlier one, else unknown. An unknown cost is never zero: the line keeps
its sales and is counted as not costed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from engine.ledger.frames import CostBasis
from engine.money import UNIT_SCALE, Int64Array, round_div
from engine.sources.cost_table import CostTable
from engine.sources.frames import BoolArray, Int8Array, Int32Array

MONTHS = 1 << 16  # more than any month number, year × 12 + month − 1


@dataclass(frozen=True, slots=True)
class LineCosts:
    """Unit cost of each line in 1/10,000 of the major unit, 0 and UNKNOWN where none is found."""

    unit_cost: Int64Array
    basis: Int8Array

    @property
    def known(self) -> BoolArray:
        """Which lines have a cost."""
        return np.asarray(self.basis != CostBasis.UNKNOWN)


def find_unit_costs(
    costs: CostTable,
    shop_currency: str,
    skus: tuple[str, ...],
    sku_key: Callable[[str], str],
    sku: Int32Array,
    region: Int8Array,
    month: Int32Array,
    is_assumed: BoolArray,
) -> LineCosts:
    """Find the unit cost of each line.

    sku: codes into `skus`, −1 = none. region: index of the cost region asked. month: year × 12 +
    month − 1 of the order's local day. is_assumed: the destination is not known, so the cost is an
    estimate. Costs in a currency other than the shop's stay unknown.
    """
    count = len(sku)
    unknown = LineCosts(np.zeros(count, np.int64), np.zeros(count, np.int8))
    if not len(costs.month) or costs.currency != shop_currency:
        return unknown
    keys = {key: code for code, key in enumerate(sorted(set(costs.sku_key.tolist())))}
    file_sku = np.array([keys[key] for key in costs.sku_key.tolist()], np.int64)
    place = _packed(file_sku, costs.region, costs.month)
    order = np.argsort(place, kind="stable")
    place = place[order]
    line_sku = np.array([keys.get(sku_key(text), -1) for text in skus] + [-1], np.int64)[sku]
    wanted = _packed(line_sku, region, month)
    at = np.maximum(np.searchsorted(place, wanted, side="right") - 1, 0)
    found = (line_sku >= 0) & (place[at] // MONTHS == wanted // MONTHS) & (place[at] <= wanted)
    row = order[at]
    doubtful = found & (costs.conflict[row] | is_assumed)
    basis = np.where(doubtful, CostBasis.ESTIMATED, np.where(found, CostBasis.MEASURED, 0))
    return LineCosts(
        np.where(found, costs.unit_cost[row], 0),
        basis.astype(np.int8),
    )


def _packed(sku: Int64Array, region: Int8Array, month: Int32Array) -> Int64Array:
    return (sku * 8 + region) * MONTHS + month


def cost_of(unit_cost: Int64Array, quantity: Int64Array, digits: int) -> Int64Array:
    """Return unit cost × quantity in minor units, rounded once (M1)."""
    return round_div(unit_cost * quantity, 10 ** (UNIT_SCALE - digits))
