"""Unit costs equal the plainest reading of the rule, in any order and in any batches."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.ledger.cost_answers import CostAnswers, CostQuestions, answer_costs
from engine.ledger.cost_groups import CostGroups, group_costs
from engine.ledger.cost_labels import LABELS, CostMatch
from engine.ledger.sku_names import CostOwners, SkuNames, name_skus
from engine.money import UNIT_SCALE, to_decimal
from engine.sources.cost_files import read_cost_file
from engine.sources.cost_regions import REGIONS
from engine.sources.duty_files import NO_DUTIES
from engine.sources.sku_map import SkuOverride
from engine.sources.sku_prefixes import SHIPPED_PREFIXES
from tests.cost_oracle import CostOracle, Row

SKUS = (
    "FELT-A-RED FELT-A-SKY FELT-A-BLUE FELT-A-S-RED FELT-A-S-BLUE FELT-A-M-RED OT-FELT-A-RED "
    "MG-FELT-A-RED ZSTK-FELT-A-RED ZTSK-FELT-A-RED OT-MG-FELT-A-RED FELT-B FELT-B-13IN "
    "FELT-B-15IN OT-FELT-B EU-FELT-B-13IN"
).split()
CODES = ("1", "2", "3")
FIRST = 2026 * 12


@st.composite
def shops(draw: st.DrawFn) -> CostOracle:
    """A few SKUs with costs, codes, listings and words of the owner."""
    cell = st.tuples(st.integers(0, 1), st.integers(FIRST, FIRST + 2))
    cost = st.sampled_from((80, 90, 100, 119, 120, 121, 150)).map(lambda cents: cents * 100)
    in_file = draw(st.lists(st.sampled_from(SKUS), min_size=3, max_size=9, unique=True))
    rows = [
        Row(
            sku,
            draw(st.sampled_from(CODES)),
            draw(st.dictionaries(cell, cost, min_size=1, max_size=5)),
        )
        for sku in in_file
    ]
    some = st.lists(st.sampled_from(SKUS), min_size=2, max_size=12, unique=True)
    codes = st.dictionaries(st.sampled_from(SKUS), st.sampled_from(CODES), max_size=4)
    return CostOracle(rows, {7: draw(some), 8: draw(some)}, draw(codes), draw(codes))


def prepare(shop: CostOracle) -> tuple[CostGroups, SkuNames]:
    """Read the rows as a file in the long form, and group them for all SKUs."""
    lines = [
        f"{row.sku},{row.code},{REGIONS[region]},{month // 12}-{month % 12 + 1:02},"
        f"{to_decimal(cost, UNIT_SCALE)}"
        for row in shop.rows
        for (region, month), cost in row.costs.items()
    ]
    text = "\n".join(["sku,cost_code,region,month,unit_cost", *lines]) + "\n"
    costs, _ = read_cost_file(Path("cost.csv"), content=text.encode())
    owners = CostOwners.of(costs, SHIPPED_PREFIXES)
    overrides = {
        sku: SkuOverride(
            cost_code=shop.by_hand.get(sku, ""), parent=shop.parents.get(sku, ""), row_number=2
        )
        for sku in {*shop.by_hand, *shop.parents}
    }
    names = name_skus(SKUS, NO_DUTIES, owners, SHIPPED_PREFIXES, overrides)
    pairs = [(listing, SKUS.index(sku)) for listing, skus in shop.listings.items() for sku in skus]
    listing, sku = np.array(pairs, np.int64).reshape(-1, 2).T
    return group_costs(costs, owners, names, listing, sku.astype(np.int32)), names


def ask(lines: list[tuple[int, int, int, bool]]) -> CostQuestions:
    sku, region, month, assumed = np.array(lines, np.int64).reshape(-1, 4).T
    return CostQuestions.of(
        sku.astype(np.int32), region.astype(np.int8), month.astype(np.int32), assumed == 1
    )


def told(answers: CostAnswers) -> list[tuple[int, str, int, int, bool, int]]:
    """The answers line by line."""
    at = answers.questions.of_line
    columns = (
        answers.unit_cost[at],
        np.array(LABELS)[answers.label[at]],
        answers.months[at],
        answers.row_number[at],
        answers.conflict[at],
        answers.basis[at],
    )
    return list(zip(*(column.tolist() for column in columns), strict=True))


LINES = st.lists(
    st.tuples(
        st.integers(0, len(SKUS) - 1),
        st.integers(0, 2),
        st.integers(FIRST - 1, FIRST + 4),
        st.booleans(),
    ),
    min_size=10,
    max_size=40,
)


@given(shops(), LINES)
def test_every_answer_is_that_of_the_plain_reading(
    shop: CostOracle, lines: list[tuple[int, int, int, bool]]
) -> None:
    groups, names = prepare(shop)
    answers = answer_costs(groups, names, ask(lines), "USD")
    for (sku, region, month, _), (cost, label, *_rest) in zip(lines, told(answers), strict=True):
        wanted, wanted_label = shop.answer(SKUS[sku], region, month)
        assert (cost, label) == (wanted or 0, wanted_label)


@given(shops(), LINES, st.randoms(use_true_random=False), st.integers(0, 30))
def test_answers_depend_neither_on_the_order_of_lines_nor_on_batches(
    shop: CostOracle, lines: list[tuple[int, int, int, bool]], random, cut: int
) -> None:
    groups, names = prepare(shop)
    whole = told(answer_costs(groups, names, ask(lines), "USD"))
    order = list(range(len(lines)))
    random.shuffle(order)
    shuffled = told(answer_costs(groups, names, ask([lines[at] for at in order]), "USD"))
    assert shuffled == [whole[at] for at in order]
    halves = [part for part in (lines[:cut], lines[cut:]) if part]
    batched = [
        row for half in halves for row in told(answer_costs(groups, names, ask(half), "USD"))
    ]
    assert batched == whole


@given(shops(), LINES, st.randoms(use_true_random=False))
def test_costs_do_not_depend_on_the_order_of_the_files_rows(
    shop: CostOracle, lines: list[tuple[int, int, int, bool]], random
) -> None:
    rows = list(shop.rows)
    random.shuffle(rows)
    listings = {number: list(skus)[::-1] for number, skus in reversed(shop.listings.items())}
    other = CostOracle(rows, listings, shop.by_hand, shop.parents)
    found = [
        [
            (row[0], row[1], row[2], row[4], row[5])
            for row in told(answer_costs(groups, names, ask(lines), "USD"))
        ]
        for groups, names in (prepare(shop), prepare(other))
    ]
    assert found[0] == found[1]


@pytest.mark.parametrize("match", list(CostMatch)[1:])
def test_every_label_has_its_place(match: CostMatch) -> None:
    name = match.name.lower()
    assert [label for label in LABELS if label.startswith(f"{name}/")] == [
        f"{name}/{time}/{place}"
        for time in ("same_month", "earlier_month", "later_month")
        for place in ("asked", "other_region")
    ]
