"""The history of a SKU's cost says what its lines were costed with, and which row says so."""

from __future__ import annotations

from datetime import date

import numpy as np

from engine.ledger.cost_history import cost_history, cost_ways
from engine.ledger.cost_labels import LABELS, in_words
from engine.ledger.events import build_ledger
from engine.local_time import local_clock
from engine.periods import day_date
from engine.sources.cost_regions import REGIONS
from tests import worked_shop

FIRST, LAST = date(2025, 12, 1), date(2026, 4, 30)


def facts():
    source = worked_shop.source()
    clock = local_clock(source.shop.time_zone)
    return build_ledger(source, worked_shop.files(), clock)[1]


def test_every_line_was_costed_as_the_history_of_its_sku_says() -> None:
    found = facts()
    costs, lines = found.costs, found.lines
    asked = costs.answers.questions
    for line in range(len(lines.order)):
        sku = lines.skus[lines.sku[line]]
        region = REGIONS[int(asked.region[costs.question[line]])]
        month = day_date(int(found.orders.day[lines.order[line]])).replace(day=1)
        (spell,) = [
            one
            for one in cost_history(costs.book, sku, FIRST, LAST)
            if one.region == region and one.first <= month <= one.last
        ]
        assert spell.unit_cost == (int(costs.unit_cost[line]) if costs.known[line] else None), sku
        assert spell.label == LABELS[int(costs.answers.label[costs.question[line]])]


def test_months_with_one_answer_are_one_row_and_each_region_has_all_months() -> None:
    spells = cost_history(facts().costs.book, "A-RED", FIRST, LAST)
    assert [spell.region for spell in spells if spell.first == FIRST] == list(REGIONS)
    of_us = [spell for spell in spells if spell.region == "US"]
    assert [(spell.first.month, spell.last.month, spell.label) for spell in of_us] == [
        (3, 4, "direct/earlier_month/asked"),
        (2, 2, "direct/same_month/asked"),
        (12, 1, "direct/later_month/asked"),
    ]
    assert [spell.basis for spell in of_us] == ["measured", "measured", "estimated"]
    assert {(spell.unit_cost, spell.currency, spell.file) for spell in of_us} == {
        (82_350, "USD", "cost.csv")
    }


def test_an_unknown_cost_and_an_unknown_sku_make_nothing_up() -> None:
    book = facts().costs.book
    assert {spell.unit_cost for spell in cost_history(book, "C", FIRST, LAST)} == {None}
    assert cost_history(book, "no such SKU", FIRST, LAST) == ()


def test_labels_are_said_in_words() -> None:
    assert in_words("direct/earlier_month/other_region", "EU") == (
        "its own, of an earlier month, for EU"
    )
    assert in_words(LABELS[0], "") == "nobody's"
    words = [in_words(label, "EU") for label in LABELS]
    assert len(set(words)) == len(np.unique(LABELS))


def test_the_way_to_a_cost_is_the_longest_of_its_regions() -> None:
    book = facts().costs.book
    ways = cost_ways(book, LAST)
    assert set(ways) == set(book.names.skus)
    for sku, way in ways.items():
        last = [one for one in cost_history(book, sku, FIRST, LAST) if one.last.month == LAST.month]
        assert len(last) == len(REGIONS)
        of_all = {in_words(one.label, one.source_region) for one in last}
        longest = max(last, key=lambda one: LABELS.index(one.label) or len(LABELS))
        assert way == in_words(longest.label, longest.source_region)
        assert way in of_all
    assert ways["C"] == in_words("missing", ""), "nothing is found for it"
    assert len(set(ways.values())) > 1
