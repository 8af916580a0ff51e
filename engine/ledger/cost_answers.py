"""Answers to questions for a unit cost: a SKU, in a cost region, in a month (M36).

One row of `CostAnswers` = one distinct question. The first rung of the ladder that has rows
answers: what sku_map.csv says, the SKU's own rows, those of the SKU without its prefix, those of
its cost code, those of its neighbours; of a rung the same month, else the nearest earlier, else the
nearest later one, in the region asked and then in the others. Nothing is made up: a question that
no rung answers stays unanswered.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.ledger.cost_groups import MONTHS, CostCells, CostGroups, place_of
from engine.ledger.cost_labels import CostMatch, CostTime, is_measured, label_codes
from engine.ledger.frames import CostBasis
from engine.ledger.sku_names import SkuNames
from engine.money import Int64Array
from engine.sources.cost_regions import REGIONS
from engine.sources.frames import BoolArray, Int8Array, Int32Array
from engine.sources.owner_rows import UNKNOWN

OLD_MONTHS = 12  # a cost from longer ago is noted


@dataclass(frozen=True, slots=True, eq=False)
class CostQuestions:
    """What is asked: one row = one distinct SKU, region, month, and certainty of the destination.

    sku: int32, index into SkuNames, −1 = none. region: int8, index into REGIONS. month: int32, year
    × 12 + month − 1. is_assumed: the destination is not known, so the answer is an estimate.
    of_line: int32, the question of each line.
    """

    sku: Int32Array
    region: Int8Array
    month: Int32Array
    is_assumed: BoolArray
    of_line: Int32Array

    @classmethod
    def of(
        cls, sku: Int32Array, region: Int8Array, month: Int32Array, is_assumed: BoolArray
    ) -> CostQuestions:
        """Find the distinct questions of lines."""
        kind = (sku.astype(np.int64) + 1) * 2 + is_assumed
        asked, of_line = np.unique(place_of(kind, region, month), return_inverse=True)
        rest, month_asked = np.divmod(asked, MONTHS)
        kind_asked, region_asked = np.divmod(rest, len(REGIONS))
        return cls(
            (kind_asked // 2 - 1).astype(np.int32),
            region_asked.astype(np.int8),
            month_asked.astype(np.int32),
            kind_asked % 2 == 1,
            of_line.ravel().astype(np.int32),
        )


@dataclass(frozen=True, slots=True, eq=False)
class CostAnswers:
    """The answer to each question, and where it is from; 0 and −1 where there is none.

    unit_cost: int64, 1/10,000 of the major unit of `currencies[currency]`. match, time: a CostMatch
    and CostTime. region: int8, of the rows that answered. months: int32, how far they are from the
    month asked. conflict: they contradict each other, or name two cost codes. by_hand: the row is
    one of sku_map.csv, else of cost.csv. row_number: int32, the line of that file.
    """

    questions: CostQuestions
    unit_cost: Int64Array
    currency: Int8Array
    currencies: tuple[str, ...]
    match: Int8Array
    time: Int8Array
    region: Int8Array
    months: Int32Array
    conflict: BoolArray
    by_hand: BoolArray
    row_number: Int32Array

    @property
    def known(self) -> BoolArray:
        """Which questions have an answer."""
        return np.asarray(self.match != CostMatch.MISSING)

    @property
    def is_other_region(self) -> BoolArray:
        """Which answers are from another region than the one asked."""
        return np.asarray(self.known & (self.region != self.questions.region))

    @property
    def label(self) -> Int8Array:
        """How each answer was found, as a place in LABELS."""
        return label_codes(self.match, self.time, self.is_other_region)

    @property
    def basis(self) -> Int8Array:
        """A CostBasis each."""
        doubtful = self.conflict | self.questions.is_assumed
        measured = is_measured(self.match, self.time, self.is_other_region) & ~doubtful
        stated = np.where(measured, CostBasis.MEASURED, CostBasis.ESTIMATED)
        return np.where(self.known, stated, CostBasis.UNKNOWN).astype(np.int8)

    @property
    def is_old(self) -> BoolArray:
        """Which answers are from more than a year before the month asked."""
        return np.asarray((self.time == CostTime.EARLIER_MONTH) & (self.months > OLD_MONTHS))


def answer_costs(
    groups: CostGroups, names: SkuNames, questions: CostQuestions, cost_currency: str
) -> CostAnswers:
    """Answer each question from the first rung of the ladder that has rows."""
    count = len(questions.sku)
    found = _by_hand(names, questions, cost_currency)
    is_prefix = np.array([match.steps > 0 for match in names.matches] + [False], np.bool_)
    own = np.where(is_prefix, CostMatch.PREFIX, CostMatch.DIRECT)[questions.sku]
    for match, group in (
        (CostMatch.OVERRIDE, groups.by_code),
        (own, groups.own),
        (CostMatch.PARENT, groups.parent),
        (CostMatch.SIBLING, groups.sibling),
    ):
        is_open = np.flatnonzero((found.match == CostMatch.MISSING) & (group[questions.sku] >= 0))
        kinds = np.broadcast_to(np.asarray(match, np.int8), count)
        _fill(found, groups.cells, is_open, group[questions.sku[is_open]], kinds[is_open])
    return found


def _by_hand(names: SkuNames, questions: CostQuestions, cost_currency: str) -> CostAnswers:
    """Return the costs that the owner states in sku_map.csv, and no answer to the rest."""
    stated = [row.unit_cost for row in names.by_hand]
    currencies = tuple(
        dict.fromkeys((cost_currency, *(row.currency for row in names.by_hand if row.currency)))
    )
    place = {name: number for number, name in enumerate(currencies)}
    currency = [place.get(row.currency, 0) for row in names.by_hand]
    rows = [row.row_number for row in names.by_hand]
    cost = np.array([*stated, UNKNOWN], np.int64)[questions.sku]
    is_stated = cost != UNKNOWN
    count = len(cost)
    return CostAnswers(
        questions=questions,
        unit_cost=np.where(is_stated, cost, 0),
        currency=np.where(is_stated, np.array([*currency, 0])[questions.sku], 0).astype(np.int8),
        currencies=currencies,
        match=np.where(is_stated, CostMatch.OVERRIDE, CostMatch.MISSING).astype(np.int8),
        time=np.zeros(count, np.int8),
        region=np.where(is_stated, questions.region, -1).astype(np.int8),
        months=np.zeros(count, np.int32),
        conflict=np.zeros(count, np.bool_),
        by_hand=is_stated,
        row_number=np.where(is_stated, np.array([*rows, 0])[questions.sku], -1).astype(np.int32),
    )


def _fill(
    found: CostAnswers, cells: CostCells, at: Int64Array, group: Int64Array, match: Int8Array
) -> None:
    """Answer the questions `at` from their groups: the region asked first, then the others."""
    asked, month = found.questions.region[at], found.questions.month[at]
    row = np.full(len(at), -1, np.int64)
    time = np.zeros(len(at), np.int8)
    region = asked.copy()
    for other in (None, *range(len(REGIONS))):
        still = np.flatnonzero(row < 0)
        if other is not None:
            still = still[asked[still] != other]
            region[still] = other
        row[still], time[still] = _nearest(cells, group[still], region[still], month[still])
    used = (row >= 0) & ~np.append(cells.is_apart, False)[row]
    at, row = at[used], row[used]
    found.unit_cost[at] = cells.unit_cost[row]
    found.row_number[at] = cells.row_number[row]
    found.conflict[at] = cells.conflict[row]
    found.match[at], found.time[at], found.region[at] = match[used], time[used], region[used]
    found.months[at] = np.abs(cells.place[row] % MONTHS - month[used])


def _nearest(
    cells: CostCells, group: Int64Array, region: Int8Array, month: Int32Array
) -> tuple[Int64Array, Int8Array]:
    """Return the row of the same month, else the nearest earlier, else later one; −1 = none."""
    if not len(cells.place):
        return np.full(len(group), -1, np.int64), np.zeros(len(group), np.int8)
    wanted = place_of(group, region, month)
    later = np.searchsorted(cells.place, wanted, side="right")
    before, after = np.maximum(later - 1, 0), np.minimum(later, len(cells.place) - 1)
    has_before = (later > 0) & (cells.place[before] // MONTHS == wanted // MONTHS)
    has_after = (later < len(cells.place)) & (cells.place[after] // MONTHS == wanted // MONTHS)
    is_same = has_before & (cells.place[before] == wanted)
    time = np.where(has_before, CostTime.EARLIER_MONTH, CostTime.LATER_MONTH)
    time = np.where(is_same, CostTime.SAME_MONTH, time)
    row = np.where(has_before, before, np.where(has_after, after, -1))
    return row.astype(np.int64), time.astype(np.int8)
