"""`sku_map.csv`: what the owner says of a SKU by hand; it goes before everything that is looked up.

One row is one SKU: which other SKU it is the same as, and what answers for its cost and weight. A
blank cell says nothing. `same_as` is the one way in which two SKUs become one in reports.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import numpy as np

from engine.money import UNIT_SCALE, Int64Array
from engine.sources.cost_cells import FREE, is_free
from engine.sources.desi_files import parent_code
from engine.sources.duplicate_rows import ValueArray, settle_rows
from engine.sources.findings import Findings
from engine.sources.landing.file_rows import CELL_BLANK, Problem
from engine.sources.owner_rows import UNKNOWN, Column, NumberKind, OwnerRows
from engine.sources.records import Layout, Records
from engine.sources.sku_prefixes import SHIPPED_PREFIXES, SkuPrefixes
from engine.sources.skus import sku_identity, sku_key

MAP_LAYOUT = Layout(
    "sku_map",
    {
        "sku": (),
        "same_as": (),
        "cost_code": (),
        "desi_code": (),
        "parent": (),
        "unit_cost": (),
        "currency": (),
        "note": (),
    },
    required=(
        ("sku",),
        ("same_as", "cost_code", "desi_code", "parent", "unit_cost"),
    ),
    wanted="sku, same_as, cost_code, desi_code, parent, unit_cost, currency, note",
)
_COST = NumberKind(UNIT_SCALE, "a unit cost such as 12.34", 10**9)


@dataclass(frozen=True, slots=True)
class SkuOverride:
    """What the owner says of one SKU; codes in the letters of look-ups, '' = says nothing.

    unit_cost: 1/10,000 of the major unit of `currency`, UNKNOWN = says nothing. row_number: the
    line of the file.
    """

    cost_code: str = ""
    desi_code: str = ""
    parent: str = ""
    unit_cost: int = UNKNOWN
    currency: str = ""
    row_number: int = 0


@dataclass(frozen=True, slots=True)
class SkuMap:
    """same_as: identity → the identity it is one with. overrides: sku_key → what the owner says."""

    same_as: Mapping[str, str] = field(default_factory=dict)
    overrides: Mapping[str, SkuOverride] = field(default_factory=dict)

    def merged(self, identity: str | None) -> str | None:
        """Return the identity that a SKU counts under in reports; None stays None."""
        return None if identity is None else self.same_as.get(identity, identity)


NO_MAP = SkuMap()


def read_sku_map(
    records: Records,
    findings: Findings,
    *,
    cost_codes: Collection[str] = (),
    desi_codes: Collection[str] = (),
    cost_currency: str = "USD",
    prefixes: SkuPrefixes = SHIPPED_PREFIXES,
) -> SkuMap:
    """Return what a file says; a row that can't be used is noted and left out.

    cost_codes, desi_codes: the codes that the cost and weight files know, in the letters of
    look-ups; a row with another one is rejected. None at all = there is nothing to compare with.
    cost_currency: of a unit cost that names none. Rows whose `same_as` comes back to where it began
    are rejected, each naming the next.
    """
    rows = OwnerRows(records, findings, numbers=("unit_cost",))
    skus = [sku_identity(cell, prefixes) or "" for cell in rows.texts("sku")]
    rows.require("sku", np.array([not sku for sku in skus], np.bool_), "a SKU")
    codes = {
        "cost_code": _codes(rows, "cost_code", cost_codes),
        "desi_code": _codes(rows, "desi_code", desi_codes),
        "parent": _codes(rows, "parent", {*cost_codes, *map(parent_code, desi_codes)}),
    }
    currencies = rows.currencies("currency", default=cost_currency)
    unit_cost = _unit_costs(rows)
    rows.reject_foreign_marks("unit_cost", currencies)
    targets = [sku_identity(cell, prefixes) or "" for cell in rows.texts("same_as")]
    same_as = _same_as(rows, skus, targets)
    owners = [sku_key(same_as.get(sku, sku)) for sku in skus]
    columns: dict[Column, ValueArray] = {
        name: np.array(values, object) for name, values in codes.items()
    }
    settled = settle_rows(rows, owners, {**columns, "unit_cost": unit_cost}, same="SKU")
    overrides = {}
    for at, row in enumerate(settled.row.tolist()):
        said = {name: str(settled.values[name][at]) for name in codes}
        cost = int(settled.values["unit_cost"][at])
        if cost == UNKNOWN and not any(said.values()):
            continue
        overrides[owners[row]] = SkuOverride(
            **said,
            unit_cost=cost,
            currency=currencies[int(settled.source["unit_cost"][at])] if cost != UNKNOWN else "",
            row_number=records.row_numbers[row],
        )
    return SkuMap(same_as, overrides)


def _codes(rows: OwnerRows, column: str, known: Collection[str]) -> list[str]:
    """Return a column of codes; a row with one that no file has is rejected."""
    codes = {c: sku_key(sku_identity(c, SkuPrefixes()) or "") for c in set(rows.texts(column))}
    if known:
        problem = Problem("VALUE_UNKNOWN", "is a code that no file has", "a code of your files")
        unknown = {cell: problem for cell, code in codes.items() if code and code not in known}
        rows.note_cells(column, unknown, needed=True)
    return [codes[cell] for cell in rows.texts(column)]


def _unit_costs(rows: OwnerRows) -> Int64Array:
    """Return the unit costs; 0 is unknown and noted, `free` is a cost of nothing."""
    free = {cell: 0 for cell in set(rows.texts("unit_cost")) if is_free(cell)}
    costs = rows.integers("unit_cost", _COST, words=free)
    is_zero = np.array([cell not in free for cell in rows.texts("unit_cost")], np.bool_)
    is_zero &= costs == 0
    expected = f"a cost, or the word {FREE} if it costs nothing"
    for index in np.flatnonzero(is_zero & rows.used).tolist():
        problem = Problem("ZERO_COST", "is zero", expected)
        rows.note(index, "unit_cost", problem, action=CELL_BLANK)
    return np.where(is_zero, UNKNOWN, costs)


def _same_as(rows: OwnerRows, skus: list[str], targets: list[str]) -> dict[str, str]:
    """Return SKU → the SKU at the end of its chain of `same_as`; reject the rows of a ring."""
    lowest = {
        sku: index
        for index, (sku, target) in enumerate(zip(skus, targets, strict=True))
        if target and rows.used[index]
    }
    _note_two_targets(rows, skus, targets, lowest)
    for ring in _rings({sku: targets[index] for sku, index in lowest.items()}):
        for place, sku in enumerate(ring):
            index, other = lowest[sku], lowest[ring[(place + 1) % len(ring)]]
            number = rows.records.row_numbers[other]
            what = f"leads by row {number} back to this SKU" if other != index else "is this SKU"
            problem = Problem("SAME_AS_RING", what, "a SKU that stays as it is")
            rows.reject(index, "same_as", problem)
        for sku in ring:
            del lowest[sku]
    found = {}
    for sku in lowest:
        end = sku
        while end in lowest:
            end = targets[lowest[end]]
        found[sku] = end
    return found


def _note_two_targets(
    rows: OwnerRows, skus: list[str], targets: list[str], lowest: Mapping[str, int]
) -> None:
    for index, (sku, target) in enumerate(zip(skus, targets, strict=True)):
        winner = lowest.get(sku, index)
        if target and rows.used[index] and target != targets[winner]:
            number = rows.records.row_numbers[winner]
            what = f"is another SKU than the {targets[winner]} that row {number} gives the same SKU"
            problem = Problem("DUPLICATE_CONFLICT", what, "one row for each SKU")
            rows.note(index, "same_as", problem, action=f"row {number} is used")


def _rings(target_of: Mapping[str, str]) -> list[list[str]]:
    """Return the rings of a map in which every key leads to one other, each once."""
    rings = []
    done: set[str] = set()
    for start in target_of:
        chain: dict[str, None] = {}
        at = start
        while at in target_of and at not in done and at not in chain:
            chain[at] = None
            at = target_of[at]
        if at in chain:
            members = list(chain)
            rings.append(members[members.index(at) :])
        done.update(chain)
    return rings
