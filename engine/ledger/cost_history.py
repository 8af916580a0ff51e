"""What a SKU has cost by region: one row = months in a row with one answer from one row of a file.

The questions are those of M36, asked for every month of the shop, so that the history is what
orders of these months were or would have been costed with.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from engine.ledger.cost_answers import CostAnswers, CostQuestions, answer_costs
from engine.ledger.cost_book import CostBook
from engine.ledger.cost_labels import LABELS, in_words
from engine.ledger.frames import CostBasis
from engine.sources.cost_regions import REGIONS


@dataclass(frozen=True, slots=True)
class CostSpell:
    """unit_cost: 1/10,000 of the major unit of `currency`; None where nothing is found.

    first, last: first days of months. source_region: of the row that answered. row: of `file`.
    """

    region: str
    first: date
    last: date
    unit_cost: int | None
    currency: str
    basis: str
    label: str
    source_region: str
    file: str
    row: int | None


def cost_history(book: CostBook, sku: str, first: date, last: date) -> tuple[CostSpell, ...]:
    """Return the costs of a SKU from one month to another, by region, the newest first.

    A SKU that the shop never sold or offered has none.
    """
    place = int(book.places([sku])[0]) if sku in book.names.skus else -1
    if place < 0:
        return ()
    months = np.arange(_month(first), _month(last) + 1, dtype=np.int32)
    count = len(months) * len(REGIONS)
    questions = CostQuestions(
        sku=np.full(count, place, np.int32),
        region=np.repeat(np.arange(len(REGIONS), dtype=np.int8), len(months)),
        month=np.tile(months, len(REGIONS)),
        is_assumed=np.zeros(count, np.bool_),
        of_line=np.arange(count, dtype=np.int32),
    )
    answers = answer_costs(book.groups, book.names, questions, book.currency)
    same = np.stack([answers.unit_cost, answers.label, answers.row_number, answers.region])
    differs = (same[:, 1:] != same[:, :-1]).any(axis=0)
    differs |= questions.region[1:] != questions.region[:-1]
    heads = np.flatnonzero(np.concatenate(([True], differs)))
    ends = np.append(heads[1:], count) - 1
    spells = [
        _spell(answers, head, end) for head, end in zip(heads.tolist(), ends.tolist(), strict=True)
    ]
    return tuple(
        sorted(spells, key=lambda spell: (REGIONS.index(spell.region), -spell.first.toordinal()))
    )


def cost_ways(book: CostBook, day: date) -> dict[str, str]:
    """Return how the cost of each SKU is found in the month of a day, in words.

    Of the regions the one where it is found by the longest way: on the last rung, or not at all.
    """
    skus, regions = len(book.names.skus), len(REGIONS)
    count = skus * regions
    questions = CostQuestions(
        sku=np.repeat(np.arange(skus, dtype=np.int32), regions),
        region=np.tile(np.arange(regions, dtype=np.int8), skus),
        month=np.full(count, _month(day), np.int32),
        is_assumed=np.zeros(count, np.bool_),
        of_line=np.arange(count, dtype=np.int32),
    )
    answers = answer_costs(book.groups, book.names, questions, book.currency)
    label, known = answers.label.astype(np.int64), answers.known
    way = np.where(known, label, len(LABELS)).reshape(skus, regions)
    longest = np.arange(skus) * regions + way.argmax(axis=1)
    region = np.where(known, answers.region, 0)[longest]
    words = np.array([[in_words(one, place) for place in REGIONS] for one in LABELS], object)
    return dict(zip(book.names.skus, words[label[longest], region].tolist(), strict=True))


def _spell(answers: CostAnswers, head: int, end: int) -> CostSpell:
    asked = answers.questions
    known = bool(answers.known[head])
    return CostSpell(
        region=REGIONS[int(asked.region[head])],
        first=_first_day(int(asked.month[head])),
        last=_first_day(int(asked.month[end])),
        unit_cost=int(answers.unit_cost[head]) if known else None,
        currency=answers.currencies[int(answers.currency[head])],
        basis=CostBasis(int(answers.basis[head])).name.lower(),
        label=LABELS[int(answers.label[head])],
        source_region=REGIONS[int(answers.region[head])] if known else "",
        file=("sku_map.csv" if answers.by_hand[head] else "cost.csv") if known else "",
        row=int(answers.row_number[head]) if known else None,
    )


def _month(day: date) -> int:
    return day.year * 12 + day.month - 1


def _first_day(month: int) -> date:
    return date(month // 12, month % 12 + 1, 1)
