"""What a careful reader finds in a demo owner's files: unit cost and label of each SKU.

One cell of `TrueCosts` is one SKU in one cost region and month. It is worked out from what the
generator wrote where, by a reading of the rule of its own and never by the engine, so that tests
can hold the engine to it.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from engine.demo.catalogue import LADDER_PREFIX, NO_SKU, Catalogue
from engine.demo.costs import UNKNOWN, UnitCosts
from engine.demo.csv_files.cost_sheet import prefixed_skus
from engine.demo.csv_files.duties import is_listed
from engine.demo.csv_files.small_files import COST_BY_HAND, mapped_skus
from engine.demo.csv_files.weights import weighed_codes
from engine.demo.draws import BoolArray
from engine.money import UNIT_SCALE, Int64Array

MISSING = "missing"
_TIMES = ("same_month", "earlier_month", "later_month")
_PLACES = ("asked", "other_region")


@dataclass(frozen=True, slots=True)
class TrueCosts:
    """By SKU (index into the catalogue's), region and month: cost in 1/10,000 USD, and label.

    unit: int64, UNKNOWN where nothing answers. label: object, text such as direct/same_month/asked.
    """

    first_month: int
    unit: Int64Array
    label: np.ndarray[tuple[int, ...], np.dtype[np.object_]]

    def of(
        self, sku: Int64Array, region: Int64Array, month: Int64Array
    ) -> tuple[Int64Array, np.ndarray[tuple[int, ...], np.dtype[np.object_]]]:
        """Return cost and label of each asker; a sku of NO_SKU has neither."""
        at = (sku, region, month - self.first_month)
        nothing = sku == NO_SKU
        return np.where(nothing, UNKNOWN, self.unit[at]), np.where(nothing, MISSING, self.label[at])


def true_costs(catalogue: Catalogue, costs: UnitCosts) -> TrueCosts:
    """Answer for every SKU of the brand, in the listings of one shop."""
    shape = costs.written.shape
    unit, label = np.full(shape, UNKNOWN, np.int64), np.full(shape, MISSING, object)
    by_code, by_hand = mapped_skus(costs)
    unit[by_hand] = int(Decimal(COST_BY_HAND).scaleb(UNIT_SCALE))
    label[by_hand] = "override/same_month/asked"
    has_prefix = np.array([sku.name.startswith(LADDER_PREFIX) for sku in catalogue.skus])
    is_named = (costs.has_row | has_prefix) & ~costs.is_absent
    by_name = _nearest(costs.written)
    for match, chosen in (("direct", costs.has_row), ("prefix", is_named & ~costs.has_row)):
        rows = np.flatnonzero(chosen & (np.arange(len(chosen)) != by_hand))
        unit[rows], label[rows] = by_name[0][rows], _labels(match, by_name, rows)
    for sku in np.flatnonzero(~is_named).tolist():
        if sku == by_hand:
            continue
        of_code = _of_code(catalogue, costs, sku)
        rungs = [("override", of_code)] if sku == by_code else []
        rungs += [("parent", of_code)] if is_listed(sku, catalogue.skus[sku]) else []
        for match, members in (*rungs, ("sibling", _siblings(catalogue, is_named, sku))):
            _fill(unit[sku], label[sku], match, costs.written[members])
    return TrueCosts(int(costs.months[0]), unit, label)


def weight_labels(catalogue: Catalogue, costs: UnitCosts) -> dict[str, str]:
    """Return by SKU which file its weight is from; a download has none."""
    by_code, _ = mapped_skus(costs)
    codes = weighed_codes(catalogue)
    parents = {code.partition("-")[0] for code in codes}
    found = {}
    for number, sku in enumerate(catalogue.skus):
        has_code = costs.has_row[number] or number == by_code
        has_code |= sku.name.startswith(LADDER_PREFIX) and not costs.is_absent[number]
        if number == by_code and sku.variant_code in codes:
            found[sku.name] = "sku_map"
        elif is_listed(number, sku):
            found[sku.name] = "duties"
        elif sku.kind.desi:
            found[sku.name] = "parent" if has_code and str(sku.code) in parents else "default"
    return found


def _of_code(catalogue: Catalogue, costs: UnitCosts, sku: int) -> list[int]:
    """The rows of a SKU's cost code; a SKU with a prefixed second row has two."""
    code = catalogue.skus[sku].code
    rows = [n for n, other in enumerate(catalogue.skus) if other.code == code]
    rows = [n for n in rows if not costs.is_absent[n]]
    return rows + [n for n in prefixed_skus(costs) if n in rows]


def _siblings(catalogue: Catalogue, is_named: BoolArray, sku: int) -> list[int]:
    """The other SKUs of its listings, of its size, that the sheet names."""
    listings = set(catalogue.listing_of[catalogue.sku_of == sku].tolist())
    near = {
        int(other)
        for other, listing in zip(catalogue.sku_of, catalogue.listing_of, strict=True)
        if listing in listings and other not in (sku, NO_SKU)
    }
    size = catalogue.skus[sku].size
    return [n for n in sorted(near) if is_named[n] and catalogue.skus[n].size == size]


def _fill(
    unit: Int64Array,
    label: np.ndarray[tuple[int, ...], np.dtype[np.object_]],
    match: str,
    rows: Int64Array,
) -> None:
    """Answer what is still open from several rows: their lower median, if they are near."""
    if not len(rows):
        return
    known = rows != UNKNOWN
    count = known.sum(axis=0)
    in_order = np.sort(np.where(known, rows, np.iinfo(np.int64).max), axis=0)
    middle = np.take_along_axis(in_order, np.maximum(count - 1, 0)[None] // 2, axis=0)[0]
    largest = np.where(known, rows, UNKNOWN).max(axis=0)
    is_apart = 2 * largest > 3 * in_order[0]
    found = _nearest(np.where(count > 0, middle, UNKNOWN)[None])
    apart_there = _nearest(np.where(count > 0, is_apart, UNKNOWN).astype(np.int64)[None])[0][0]
    usable = (unit == UNKNOWN) & (found[0][0] != UNKNOWN) & (apart_there == 0)
    unit[usable] = found[0][0][usable]
    label[usable] = _labels(match, found, np.array([0]))[0][usable]


def _nearest(cells: Int64Array) -> tuple[Int64Array, Int64Array, Int64Array]:
    """Return value, time and place of the answer to each cell; cells: int64[skus, 3, months]."""
    known = cells != UNKNOWN
    width = cells.shape[2]
    at = np.broadcast_to(np.arange(width), cells.shape)
    earlier = np.maximum.accumulate(np.where(known, at, -1), axis=2)
    later = np.minimum.accumulate(np.where(known, at, width)[:, :, ::-1], axis=2)[:, :, ::-1]
    source = np.where(earlier >= 0, earlier, later % width)
    value = np.take_along_axis(cells, source, axis=2)
    time = np.where(earlier == at, 0, np.where(earlier >= 0, 1, 2))
    place = np.zeros(cells.shape, np.int64)
    has_own = known.any(axis=2)
    for asked in range(3):
        for other in (n for n in (2, 1, 0) if n != asked):  # the first of them is written last
            borrowed = ~has_own[:, asked] & has_own[:, other]
            value[borrowed, asked] = value[borrowed, other]
            time[borrowed, asked] = time[borrowed, other]
            place[borrowed, asked] = 1
    return value, time.astype(np.int64), place


def _labels(
    match: str, found: tuple[Int64Array, Int64Array, Int64Array], rows: Int64Array
) -> np.ndarray[tuple[int, ...], np.dtype[np.object_]]:
    value, time, place = (part[rows] for part in found)
    texts = np.array([[f"{match}/{t}/{p}" for p in _PLACES] for t in _TIMES], object)
    return np.where(value == UNKNOWN, MISSING, texts[time, place])
