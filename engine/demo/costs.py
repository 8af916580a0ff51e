"""What each SKU truly costs, by month and cost region, and which of it the owner has written down.

`UnitCosts.written[sku, region, month]` is the cost that a careful reader of cost.csv finds in that
cell, in 1/10,000 of a US dollar; UNKNOWN where the sheet has none. What is missing or wrong in the
sheet is decided here, so that file and truth cannot disagree; csv_files/cost_sheet.py writes it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.demo.catalogue import LADDER_PREFIX, NO_SKU, Catalogue
from engine.demo.draws import BoolArray, Draws
from engine.demo.sizes import Plan
from engine.money import Int64Array

UNKNOWN = -1
_US_CENT = 100  # in 1/10,000 of a dollar
_REGION_PERMILLE = (1_000, 970, 1_050)  # of US, EU, AU
_DRIFT_PERMILLE = 4  # dearer each month
_BAD_CELL_PPM = 15_000
_EARLIER_MONTHS = 2  # the sheet begins before the first order
_WITHOUT_ROW_EVERY = 23  # one SKU in so many has no row, or one that only its code reaches
_LATE_EVERY = 37  # and one in so many is costed from the middle of the span only
_UNCOSTED_LISTINGS = (21, 33, 64)  # new goods: none of their SKUs is in the sheet yet
_WITHOUT_EU_SKU = 100  # its owner never filled the columns for Europe
# Places in the list of months, oldest first, in per cent of its length.
_MISSING_AT = (20, 38, 57, 83)
_REGIONLESS_AT = (12, 47, 71)
_DOUBLED_SKU = 17


@dataclass(frozen=True, slots=True)
class UnitCosts:
    """Costs by SKU (index into the catalogue's), region (US, EU, AU) and month, oldest first."""

    months: Int64Array  # year × 12 + month − 1
    written: Int64Array  # int64[skus, 3, months], 1/10,000 USD
    has_column: BoolArray  # of each month
    is_regionless: BoolArray  # of each month: one column for all regions
    has_row: BoolArray  # of each SKU: reachable by its own name
    is_absent: BoolArray  # of each SKU: nowhere in the sheet
    doubled: tuple[int, int]  # SKU and month at which the price was typed twice as high
    is_free: BoolArray  # of each SKU: a download, written `free`

    @property
    def stated(self) -> Int64Array:
        """The costs that a SKU's own row states: those that only a code reaches are UNKNOWN."""
        return np.where(self.has_row[:, None, None], self.written, UNKNOWN)


def draw_costs(plan: Plan, catalogue: Catalogue) -> UnitCosts:
    """Return the unit costs of the whole brand."""
    draws = Draws(plan.seed, 0, "costs")
    first = plan.first.year * 12 + plan.first.month - 1 - _EARLIER_MONTHS
    last = plan.last.year * 12 + plan.last.month - 1
    months = np.arange(first, last + 1, dtype=np.int64)
    count, width = len(catalogue.skus), len(months)
    has_column, is_regionless = np.ones(width, np.bool_), np.zeros(width, np.bool_)
    has_column[[width * at // 100 for at in _MISSING_AT]] = False
    is_regionless[[width * at // 100 for at in _REGIONLESS_AT]] = True
    is_free = np.array([sku.kind.cost_permille == 0 for sku in catalogue.skus])
    true = _true_costs(catalogue, width, draws)
    doubled = (_DOUBLED_SKU, width // 2 + 1)
    true[doubled[0], 0, doubled[1]] *= 2
    true[:, :, is_regionless] = true[:, :1, is_regionless]
    is_absent = _absent(catalogue)
    has_row = _rows(catalogue) & ~is_absent
    bad = draws.chance(_BAD_CELL_PPM, count * 3 * width).reshape(count, 3, width)
    bad[:, 1:, is_regionless] = bad[:, :1, is_regionless]
    late = np.flatnonzero(np.arange(count) % _LATE_EVERY == _LATE_EVERY - 1)
    bad[late, :, : width // 2] = True
    bad[_WITHOUT_EU_SKU, 1] = True
    bad[_WITHOUT_EU_SKU, :, is_regionless] = True
    bad[doubled[0], 0, doubled[1]] = False
    bad[is_free] = False
    bad[is_absent] = True
    known = ~bad & has_column
    return UnitCosts(
        months,
        np.where(known, true, UNKNOWN),
        has_column,
        is_regionless,
        has_row,
        is_absent,
        doubled,
        is_free,
    )


def _true_costs(catalogue: Catalogue, width: int, draws: Draws) -> Int64Array:
    """Costs that rise slowly, differ by region and jitter; every other SKU has four decimals."""
    count = len(catalogue.skus)
    base = np.array([sku.cents * sku.kind.cost_permille for sku in catalogue.skus], np.int64)
    base = base * _US_CENT // 1_000
    trend = 1_000 + _DRIFT_PERMILLE * np.arange(width, dtype=np.int64)
    region = np.array(_REGION_PERMILLE, np.int64)
    jitter = draws.between(985, 1_015, count * width).reshape(count, 1, width)
    raw = base[:, None, None] * region[None, :, None] * trend[None, None, :] // 1_000_000
    raw = raw * jitter // 1_000
    step = np.where(np.arange(count) % 2, 1, _US_CENT)[:, None, None]
    return raw // step * step


def _absent(catalogue: Catalogue) -> BoolArray:
    """Which SKUs are sold in the listings of new goods."""
    skus = catalogue.sku_of[np.isin(catalogue.listing_of, _UNCOSTED_LISTINGS)]
    absent = np.zeros(len(catalogue.skus), np.bool_)
    absent[skus[skus != NO_SKU]] = True
    return absent


def _rows(catalogue: Catalogue) -> BoolArray:
    """Which SKUs have a row of their own: not every 23rd, and none sold under the ladder prefix."""
    number = np.arange(len(catalogue.skus))
    names = np.array([sku.name.startswith(LADDER_PREFIX) for sku in catalogue.skus])
    has_row: BoolArray = (number % _WITHOUT_ROW_EVERY != _WITHOUT_ROW_EVERY - 1) & ~names
    return has_row
