"""Which rows of cost.csv may answer for which SKU: one row of `rungs` is one SKU.

A group is a set of the file's SKUs and codes whose rows answer as one: a SKU's own row, the rows of
a cost code in one size, the other SKUs of a listing in one size. Of several costs in one region and
month the lower median counts, never the largest and never a mean; where the largest is more than
half as much again as the smallest, none of them does. Goods of different sizes are never in one
group.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from engine.ledger.sku_names import CostOwners, SkuNames
from engine.money import Int64Array
from engine.sorting import stable_order
from engine.sources.cost_regions import REGIONS
from engine.sources.cost_table import CostTable
from engine.sources.desi_files import parent_code
from engine.sources.frames import BoolArray, Int8Array, Int32Array
from engine.sources.owner_rows import UNKNOWN
from engine.sources.sizes import size_of, without_colour
from engine.widths import Whole, halved

MONTHS = 1 << 16  # more than any month number, year × 12 + month − 1
NO_GROUP = -1
Members = tuple[int, ...]  # owners, ascending


@dataclass(frozen=True, slots=True, eq=False)
class CostCells:
    """What each group says in each region and month; sorted by `place`, one row of each.

    place: int64, group, region and month in one number. unit_cost: 1/10,000 of the file's currency.
    row_number: the line of cost.csv that it is from. conflict: the rows contradict each other, or
    name different codes. is_apart: they differ by so much that none is used.
    """

    place: Int64Array
    unit_cost: Whole
    row_number: Int32Array
    conflict: BoolArray
    is_apart: BoolArray


@dataclass(frozen=True, slots=True, eq=False)
class CostGroups:
    """The groups of each SKU, one value per SKU and a last one for no SKU; NO_GROUP = none.

    by_code: of the cost code in sku_map.csv. own: of the SKU, maybe without a prefix. parent: of
    its cost code. sibling: of its neighbours. doubtful: of the SKUs that it may be without a
    prefix, of several codes; never used but to suggest a cost. All int64.
    """

    by_code: Int64Array
    own: Int64Array
    parent: Int64Array
    sibling: Int64Array
    doubtful: Int64Array
    cells: CostCells


def place_of(group: Int64Array, region: Int8Array, month: Int32Array) -> Int64Array:
    """Return group, region and month as one number that sorts like them."""
    return np.asarray((group * len(REGIONS) + region) * MONTHS + month, np.int64)


@dataclass(slots=True)
class _Numbers:
    """Numbers the groups: one owner alone has its own number, several get the next free one."""

    owners: int
    pooled: dict[Members, int] = field(default_factory=dict)

    def of(self, members: Iterable[int]) -> int:
        chosen = tuple(sorted(set(members)))
        if len(chosen) < 2:
            return chosen[0] if chosen else NO_GROUP
        return self.pooled.setdefault(chosen, self.owners + len(self.pooled))


def group_costs(
    costs: CostTable,
    owners: CostOwners,
    names: SkuNames,
    listing_id: Int64Array,
    listing_sku: Int32Array,
) -> CostGroups:
    """Find the groups of each SKU.

    listing_id, listing_sku: pairs of a listing and a SKU (index into `names`) that it sells; int64
    and int32 of one length, each pair once.
    """
    numbers = _Numbers(len(owners.keys))
    sizes = _Sizes(owners)
    own = [_own(owners, match.key, match.steps, match.candidates) for match in names.matches]
    rungs = np.full((5, len(names.keys) + 1), NO_GROUP, np.int64)
    by_code, own_rung, parent, sibling, doubtful = rungs
    for sku, by_hand in enumerate(names.by_hand):
        if by_hand.unit_cost == UNKNOWN and by_hand.cost_code:
            by_code[sku] = numbers.of(sizes.by_hand(by_hand.cost_code, names.keys[sku]))
    own_rung[:-1] = [numbers.of(members) for members in own]
    # A SKU with rows of its own is always answered by them.
    open_skus = np.flatnonzero((own_rung[:-1] < 0) | (own_rung[:-1] >= len(owners.keys)))
    neighbours = (
        _Neighbours(owners, names, own, listing_id, listing_sku) if open_skus.size else None
    )
    for sku in open_skus.tolist():
        parent[sku] = numbers.of(sizes.same(parent_in(owners, names, sku), names.keys[sku]))
        if neighbours:
            sibling[sku] = numbers.of(neighbours.of(sku))
        if own_rung[sku] < 0:
            others = names.matches[sku].candidates
            doubtful[sku] = numbers.of(owners.by_key[name] for name in others)
    cells = _cells(costs, owners, numbers.pooled)
    return CostGroups(by_code, own_rung, parent, sibling, doubtful, cells)


def _own(owners: CostOwners, key: str | None, steps: int, candidates: Sequence[str]) -> Members:
    """Return the SKU's own row, or all those of one code that it is without a prefix."""
    if key is None:
        return ()
    return tuple(owners.by_key[name] for name in ((key,) if steps == 0 else candidates))


def parent_in(owners: CostOwners, names: SkuNames, sku: int) -> str:
    """Return the cost code that a SKU is of, '' if no file tells one that cost.csv has."""
    by_hand, variant = names.by_hand[sku].parent, parent_code(names.variants[sku])
    codes = (by_hand, variant, names.keys[sku])
    return next((code for code in codes if code and code in owners.by_code), "")


@dataclass(slots=True)
class _Sizes:
    """The rows of a cost code, by size.

    A row without a SKU states no size: it is of the size of its code's other rows if these are all
    of one, and fits every size if its code has no other rows.
    """

    owners: CostOwners
    _by_code: dict[str, dict[str | None, Members]] = field(default_factory=dict)

    def _split(self, code: str) -> dict[str | None, Members]:
        if code not in self._by_code:
            found: dict[str | None, Members] = {}
            for owner in self.owners.by_code.get(code, ()):
                key = self.owners.keys[owner]
                size = size_of(key) if key else None
                found[size] = (*found.get(size, ()), owner)
            self._by_code[code] = found
        return self._by_code[code]

    def same(self, code: str, key: str) -> Members:
        """Return the rows of a code that are of the size of a SKU."""
        split = self._split(code)
        size = size_of(key)
        is_clear = all(other in (size, None) for other in split)
        return (*split.get(size, ()), *(split.get(None, ()) if is_clear else ()))

    def by_hand(self, code: str, key: str) -> Members:
        """Return the rows of a code that the owner names: of the SKU's size, else of any one."""
        if same := self.same(code, key):
            return same
        split = self._split(code)
        is_one = len([size for size in split if size is not None]) <= 1
        return tuple(owner for members in split.values() for owner in members) if is_one else ()


class _Neighbours:
    """The SKUs that may lend a cost: those of the same listings, else the SKU in other colours."""

    def __init__(
        self,
        owners: CostOwners,
        names: SkuNames,
        own: Sequence[Members],
        listing_id: Int64Array,
        listing_sku: Int32Array,
    ) -> None:
        self._names, self._own = names, own
        by_listing, by_sku = stable_order(listing_id), stable_order(listing_sku)
        self._listing_ids, self._skus = listing_id[by_listing], listing_sku[by_listing]
        self._sku_codes, self._listings = listing_sku[by_sku], listing_id[by_sku]
        self._colours: dict[str, list[int]] = {}
        for owner, key in enumerate(owners.keys):
            if stem := without_colour(key):
                self._colours.setdefault(stem, []).append(owner)

    def of(self, sku: int) -> set[int]:
        """Return the rows that may lend a cost to a SKU."""
        size = size_of(self._names.keys[sku])
        others = {
            other
            for listing in _slice(self._sku_codes, sku, self._listings)
            for other in _slice(self._listing_ids, listing, self._skus)
        }
        near = {
            owner
            for other in others - {sku}
            if size_of(self._names.keys[other]) == size
            for owner in self._own[other]
        }
        return near or set(self._colours.get(without_colour(self._names.keys[sku]) or "", ()))


def _slice(ascending: np.ndarray, wanted: int, values: np.ndarray) -> list[int]:
    """Return the values of the rows of a key; `ascending`: the key of each row."""
    low, high = np.searchsorted(ascending, (wanted, wanted + 1))
    found: list[int] = values[low:high].tolist()
    return found


def _cells(costs: CostTable, owners: CostOwners, pooled: dict[Members, int]) -> CostCells:
    """Return what each owner says, and what those say together that are pooled."""
    owner = np.repeat(np.arange(len(owners.keys)), np.diff(owners.starts))
    nothing = np.zeros(len(costs), np.bool_)
    alone = CostCells(
        place_of(owner, costs.region, costs.month),
        costs.unit_cost,
        costs.row_number,
        costs.conflict,
        nothing,
    )
    parts = [alone, _pooled(costs, owners, pooled)] if pooled else [alone]
    names = ("place", "unit_cost", "row_number", "conflict", "is_apart")
    columns = {name: np.concatenate([getattr(part, name) for part in parts]) for name in names}
    return CostCells(**columns | {"unit_cost": halved(columns["unit_cost"])})


def _pooled(costs: CostTable, owners: CostOwners, pooled: dict[Members, int]) -> CostCells:
    members = np.array([owner for group in pooled for owner in group], np.int64)
    group = np.repeat(list(pooled.values()), [len(group) for group in pooled])
    sizes = owners.starts[members + 1] - owners.starts[members]
    before = np.repeat(np.cumsum(sizes) - sizes, sizes)
    row = np.repeat(owners.starts[members], sizes) + np.arange(int(sizes.sum())) - before
    place = place_of(np.repeat(group, sizes), costs.region[row], costs.month[row])
    order = np.lexsort((costs.row_number[row], costs.unit_cost[row], place))
    row, place = row[order], place[order]
    first = np.flatnonzero(np.append(True, place[1:] != place[:-1]))
    end = np.append(first[1:], len(place))
    smallest, largest = costs.unit_cost[row[first]], costs.unit_cost[row[end - 1]]
    median = row[first + (end - first - 1) // 2]
    return CostCells(
        place[first],
        costs.unit_cost[median],
        costs.row_number[median],
        np.logical_or.reduceat(costs.conflict[row], first) | (smallest != largest),
        2 * largest > 3 * smallest,
    )
