"""SKUs that were sold without a known cost: one row = one SKU, the most sales at stake first.

What the look-up tried and what it would suggest is worked out when it is asked for.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from engine.ledger.cost_answers import CostQuestions, answer_costs
from engine.ledger.cost_book import CostBook
from engine.ledger.cost_groups import NO_GROUP, parent_in
from engine.ledger.cost_labels import LABELS, CostMatch
from engine.ledger.facts import Facts
from engine.ledger.frames import NO_SKU
from engine.ledger.health.stakes import Stakes, add_up, sales_of
from engine.money import Int64Array
from engine.sources.frames import Int8Array, Int32Array
from engine.sources.sizes import size_of

_PREFIX = "prefix"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A cost that a missing one may be: 1/10,000 of the major unit of `currency`.

    label: how it was found. row_number: the line of cost.csv. why_not: why the look-up itself does
    not take it.
    """

    unit_cost: int
    currency: str
    label: str
    row_number: int
    why_not: str


@dataclass(frozen=True, slots=True, eq=False)
class MissingCosts:
    """One value per SKU without a cost; days are day numbers in the shop's zone.

    sku: int32, place in the book's names, −1 = (none). listing_id, region: of the most sales.
    month: of the last sale, year × 12 + month − 1.
    """

    book: CostBook
    sku: Int32Array
    sales: Int64Array
    lines: Int64Array
    units: Int64Array
    listing_id: Int64Array
    region: Int8Array
    first_day: Int32Array
    last_day: Int32Array
    month: Int32Array

    def __len__(self) -> int:
        return len(self.sku)

    @property
    def names(self) -> list[str]:
        """The SKUs as reports call them."""
        skus = (*self.book.names.skus, NO_SKU)
        return [skus[sku] for sku in self.sku.tolist()]

    def tried(self) -> list[str]:
        """Say for each SKU what the look-up tried, in its order."""
        return ["; ".join(_tried(self.book, sku)) for sku in self.sku.tolist()]

    def suggestions(self) -> list[Suggestion | None]:
        """Return for each SKU the cost that its doubtful relatives have, None if it has none."""
        groups, names = self.book.groups, self.book.names
        lenient = replace(
            groups,
            own=groups.doubtful,
            cells=replace(groups.cells, is_apart=np.zeros_like(groups.cells.is_apart)),
        )
        certain = np.zeros(len(self), np.bool_)
        asked = CostQuestions.of(self.sku, self.region, self.month, certain)
        found = answer_costs(lenient, names, asked, self.book.currency)
        label = found.label
        return [
            Suggestion(
                int(found.unit_cost[at]),
                found.currencies[found.currency[at]],
                LABELS[label[at]],
                int(found.row_number[at]),
                "other cost codes" if found.match[at] <= CostMatch.PREFIX else "too far apart",
            )
            if label[at]
            else None
            for at in asked.of_line.tolist()
        ]


def missing_costs(facts: Facts) -> MissingCosts:
    """Find the SKUs whose sales have no cost, for want of one and not of an exchange rate."""
    costs, lines = facts.costs, facts.lines
    sales = sales_of(facts)
    chosen = ~costs.known & ~costs.lacks_rate
    questions = costs.answers.questions
    stakes = add_up(lines.sku, sales, chosen)
    order = np.lexsort((stakes.group, -stakes.sales))
    at = np.flatnonzero(chosen)
    row = np.searchsorted(stakes.group, lines.sku[at])
    day = facts.orders.day[lines.order[at]]
    first = np.full(len(stakes.group), np.iinfo(np.int32).max, np.int32)
    last = np.full(len(stakes.group), np.iinfo(np.int32).min, np.int32)
    np.minimum.at(first, row, day)
    np.maximum.at(last, row, day)
    units = np.zeros(len(stakes.group), np.int64)
    np.add.at(units, row, lines.quantity[at])
    month = np.zeros(len(stakes.group), np.int32)
    np.maximum.at(month, row, questions.month[costs.question[at]])
    listing = _main(lines.sku, lines.listing_id, sales, chosen, stakes)
    region = _main(lines.sku, questions.region[costs.question], sales, chosen, stakes)
    return MissingCosts(
        book=costs.book,
        sku=costs.book.places(lines.skus)[stakes.group[order]],
        sales=stakes.sales[order],
        lines=stakes.lines[order],
        units=units[order],
        listing_id=listing[order],
        region=region[order].astype(np.int8),
        first_day=first[order],
        last_day=last[order],
        month=month[order],
    )


def _main(
    sku: Int32Array,
    column: Int64Array | Int8Array,
    sales: Int64Array,
    chosen: np.ndarray[tuple[int], np.dtype[np.bool_]],
    stakes: Stakes,
) -> Int64Array:
    """Return the value of a column that most sales of each SKU have, of equal ones the smallest."""
    values, place = np.unique(column, return_inverse=True)
    pairs = add_up(sku.astype(np.int64) * len(values) + place.ravel(), sales, chosen)
    of_sku = pairs.group // max(len(values), 1)
    order = np.lexsort((pairs.group, -pairs.sales, of_sku))
    first = order[np.searchsorted(of_sku[order], stakes.group)]
    return np.asarray(values[pairs.group[first] % max(len(values), 1)], np.int64)


def _tried(book: CostBook, sku: int) -> Iterator[str]:
    """Yield the rungs of the ladder, each with what stands there for a SKU."""
    if sku < 0:
        yield "the lines have no SKU"
        return
    names, groups = book.names, book.groups
    by_hand, match = names.by_hand[sku], names.matches[sku]
    size = size_of(names.keys[sku])
    of_size = f" of size {size}" if size else " without a size"
    if by_hand.cost_code:
        why = "rows too far apart" if groups.by_code[sku] != NO_GROUP else f"no row{of_size}"
        yield f"override: code {by_hand.cost_code} has {why}"
    else:
        yield "override: no cost in sku_map.csv"
    yield "direct: not in cost.csv"
    if match.is_ambiguous:
        yield f"prefix: {' and '.join(match.candidates)} have different codes"
    else:
        yield "prefix: rows too far apart" if match.key else "prefix: no such SKU without prefixes"
    code = parent_in(book.owners, names, sku)
    if not code:
        yield "parent: no cost code"
    else:
        why = "rows too far apart" if groups.parent[sku] != NO_GROUP else f"no row{of_size}"
        yield f"parent: code {code} has {why}"
    is_near = groups.sibling[sku] != NO_GROUP
    yield f"sibling: {'costs too far apart' if is_near else f'none{of_size} has a cost'}"
