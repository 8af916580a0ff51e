"""Unit costs as read: one row is the one known cost of a SKU, in a region and month.

A sheet may state a cost twice, or once for all regions. Here each question gets one answer, the
same for every order of the rows' evidence: the lowest row of the file. What a look-up does when no
row answers is not decided here, and nothing is filled in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.money import UNIT_SCALE, Int64Array, to_decimal
from engine.sources.cost_headers import ALL_REGIONS
from engine.sources.cost_regions import REGIONS
from engine.sources.findings import Findings
from engine.sources.records import Records
from engine.sources.skus import sku_key

IntArray = npt.NDArray[np.int32]
ObjectArray = npt.NDArray[np.object_]


@dataclass(frozen=True, slots=True, eq=False)
class CostTable:
    """Unit costs; exactly one row for each SKU, region and month, sorted by them.

    sku_key: object[n] of text, '' for rows that only a cost code reaches; these are unique by code,
    region and month. cost_code: object[n] of text, '' if unknown. region: int8[n], index into
    REGIONS. month: int32[n], year × 12 + month − 1. unit_cost: int64[n], 1/10,000 of the major unit
    of `currency`. row_number: int32[n], the line of the file. conflict: bool[n], rows of this SKU
    name different cost codes.
    """

    sku_key: ObjectArray
    cost_code: ObjectArray
    region: npt.NDArray[np.int8]
    month: IntArray
    unit_cost: Int64Array
    row_number: IntArray
    conflict: npt.NDArray[np.bool_]
    currency: str

    def __len__(self) -> int:
        return len(self.month)


@dataclass(frozen=True, slots=True, eq=False)
class CostEntries:
    """Costs as stated: one entry is one filled cell, in the order of the file's rows.

    record: int32[n], position in the records. column: int32[n], position in the header. region:
    int8[n], ALL_REGIONS for a cost that holds everywhere. month, unit_cost: as in CostTable.
    """

    record: IntArray
    column: IntArray
    region: npt.NDArray[np.int8]
    month: IntArray
    unit_cost: Int64Array

    def take(self, rows: npt.NDArray[np.intp] | npt.NDArray[np.bool_]) -> CostEntries:
        """Return some of the entries."""
        return CostEntries(
            self.record[rows],
            self.column[rows],
            self.region[rows],
            self.month[rows],
            self.unit_cost[rows],
        )


def empty_costs(currency: str) -> CostTable:
    """Return a table without rows."""
    none = np.empty(0, object)
    month = np.empty(0, np.int32)
    cost = np.empty(0, np.int64)
    return CostTable(
        none, none, month.astype(np.int8), month, cost, month, np.empty(0, np.bool_), currency
    )


EMPTY_COSTS = empty_costs("USD")


def settle(
    entries: CostEntries,
    records: Records,
    sku_keys: Sequence[str],
    cost_codes: Sequence[str],
    currency: str,
    findings: Findings,
) -> CostTable:
    """Return one answer for each SKU, region and month, and note what contradicts it.

    `sku_keys`, `cost_codes`: of each record, '' if it has none. The lowest row wins, cell by cell;
    a cost of a region goes before one that holds for all regions.
    """
    owners, owner_of = _owners(sku_keys, cost_codes)
    codes, conflict = _codes(owner_of, len(owners), cost_codes, records, findings)
    owner = owner_of[entries.record]
    order = np.lexsort((entries.record, entries.month, entries.region, owner))
    entries, owner = entries.take(order), owner[order]
    last = _last_of_group(owner, entries.region, entries.month)
    _note_conflicts(entries, last, records, findings)
    entries, owner = _for_every_region(entries.take(last), owner[last])
    _note_jumps(entries, owner, records, findings)
    keys = np.array([key for key, _ in owners] or [""], object)
    return CostTable(
        sku_key=keys[owner],
        cost_code=codes[entries.record],
        region=entries.region,
        month=entries.month,
        unit_cost=entries.unit_cost,
        row_number=np.asarray(records.row_numbers, np.int32)[entries.record],
        conflict=conflict[owner],
        currency=currency,
    )


def _owners(
    sku_keys: Sequence[str], cost_codes: Sequence[str]
) -> tuple[list[tuple[str, str]], IntArray]:
    """Return what costs belong to, a SKU or else a code, and which of them each record is."""
    pairs = [
        (key, "" if key else sku_key(code)) for key, code in zip(sku_keys, cost_codes, strict=True)
    ]
    owners = sorted(set(pairs))
    place = {owner: index for index, owner in enumerate(owners)}
    return owners, np.array([place[pair] for pair in pairs], np.int32)


def _codes(
    owner_of: IntArray,
    owners: int,
    cost_codes: Sequence[str],
    records: Records,
    findings: Findings,
) -> tuple[ObjectArray, npt.NDArray[np.bool_]]:
    """Return each record's cost code, and which owners have rows of different codes.

    A record without a code takes that of the lowest row of its SKU that has one.
    """
    conflict = np.zeros(owners, np.bool_)
    lowest: dict[int, int] = {}
    for record, (owner, code) in enumerate(zip(owner_of.tolist(), cost_codes, strict=True)):
        earlier = lowest.get(owner)
        if not code:
            continue
        if earlier is not None and sku_key(cost_codes[earlier]) != sku_key(code):
            conflict[owner] = True
            findings.add(
                "DUPLICATE_CONFLICT",
                file=records.file,
                row=records.row_numbers[record],
                column=records.header_of("cost_code"),
                value=code,
                what=f"is another code than {cost_codes[earlier]!r}, which row "
                f"{records.row_numbers[earlier]} gives the same SKU",
                expected="one cost code for each SKU",
                action="the lowest row counts, and costs of this SKU are labelled a conflict",
            )
        lowest[owner] = record
    filled = [
        code or cost_codes[lowest.get(owner, record)]
        for record, (owner, code) in enumerate(zip(owner_of.tolist(), cost_codes, strict=True))
    ]
    codes = np.empty(len(filled), object)
    codes[:] = filled
    return codes, conflict


def _last_of_group(
    owner: IntArray, region: npt.NDArray[np.int8], month: IntArray
) -> npt.NDArray[np.bool_]:
    """Tell which entries, sorted by owner, region and month, are the last of their group."""
    last = np.ones(len(owner), np.bool_)
    last[:-1] = (owner[1:] != owner[:-1]) | (region[1:] != region[:-1]) | (month[1:] != month[:-1])
    return last


def _for_every_region(entries: CostEntries, owner: IntArray) -> tuple[CostEntries, IntArray]:
    """Return entries of one region each: what holds everywhere fills the regions that lack it."""
    general = entries.region == ALL_REGIONS
    if not general.any():
        return entries, owner
    copies = np.where(general, len(REGIONS), 1)
    source = np.repeat(np.arange(len(owner)), copies)
    first = np.repeat(np.cumsum(copies) - copies, copies)
    is_general = general[source]
    region = np.where(is_general, np.arange(len(source)) - first, entries.region[source])
    order = np.lexsort((~is_general, entries.month[source], region, owner[source]))
    source, region = source[order], region[order].astype(np.int8)
    owner = owner[source]
    last = _last_of_group(owner, region, entries.month[source])
    taken = entries.take(source[last])
    every = CostEntries(taken.record, taken.column, region[last], taken.month, taken.unit_cost)
    return every, owner[last]


def _note_conflicts(
    entries: CostEntries, last: npt.NDArray[np.bool_], records: Records, findings: Findings
) -> None:
    """Note each entry that says another cost than the one that wins its group."""
    rows = np.arange(len(last))
    winner = np.minimum.accumulate(np.where(last, rows, len(last))[::-1])[::-1]
    beaten = np.flatnonzero(entries.unit_cost != entries.unit_cost[winner])
    for loser in sorted(beaten.tolist(), key=lambda entry: int(entries.record[entry])):
        column = int(entries.column[loser])
        record, other = int(entries.record[loser]), int(entries.record[winner[loser]])
        findings.add(
            "DUPLICATE_CONFLICT",
            file=records.file,
            row=records.row_numbers[record],
            column=records.header[column],
            value=records.columns[column][record],
            what=f"is another cost than the {records.columns[column][other]} that row "
            f"{records.row_numbers[other]} gives the same SKU",
            expected="one cost for each SKU, region and month",
            action=f"row {records.row_numbers[other]} is used",
        )


def _note_jumps(
    entries: CostEntries, owner: IntArray, records: Records, findings: Findings
) -> None:
    """Note costs over twice or under half the month before, or another region's same month.

    `entries` are sorted by owner, region and month, one of each.
    """
    by_time = np.arange(len(owner))
    by_region = np.lexsort((entries.region, entries.month, owner))
    jumps: dict[tuple[int, int], tuple[int, int]] = {}
    for order, group, distances in (
        (by_time, (owner, entries.region), (1,)),
        (by_region, (owner, entries.month), range(1, len(REGIONS))),
    ):
        for distance in distances:
            for entry, other in _far_apart(entries.unit_cost, order, group, distance):
                cell = int(entries.record[entry]), int(entries.column[entry])
                jumps.setdefault(cell, (entry, other))
    for (record, column), (_, other) in sorted(jumps.items()):
        findings.add(
            "PRICE_JUMP",
            file=records.file,
            row=records.row_numbers[record],
            column=records.header[column],
            value=records.columns[column][record],
            what=f"is far from {_cost_text(entries, other)}",
            expected="between half and twice as much",
            action="the value is kept",
        )


def _far_apart(
    unit_cost: Int64Array,
    order: npt.NDArray[np.intp],
    group: Sequence[npt.NDArray[np.int8] | IntArray],
    distance: int,
) -> list[tuple[int, int]]:
    """Return the pairs (later, earlier) of a group whose costs differ by more than the factor 2.

    `distance`: how many places apart in `order`. A cost of nothing is far from no other.
    """
    later, earlier = order[distance:], order[:-distance]
    near = np.ones(len(later), np.bool_)
    for column in group:
        near &= column[later] == column[earlier]
    cost, other = unit_cost[later], unit_cost[earlier]
    far = near & (cost > 0) & (other > 0) & ((cost > 2 * other) | (2 * cost < other))
    return list(zip(later[far].tolist(), earlier[far].tolist(), strict=True))


def _cost_text(entries: CostEntries, entry: int) -> str:
    month = int(entries.month[entry])
    cost = to_decimal(int(entries.unit_cost[entry]), UNIT_SCALE).normalize()
    region = REGIONS[int(entries.region[entry])]
    return f"{cost:f} in {region} {month // 12}-{month % 12 + 1:02d}"
