"""The ladder of profit is checked on every load: one cent on any rung ends it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.errors import ReconciliationError
from engine.ledger.amounts import Amounts
from engine.metrics import ladder
from engine.metrics.compute import compute_block
from engine.metrics.ladder import RUNGS, check_ladder
from engine.metrics.model import Level
from tests import worked_shop

SNAPSHOT = worked_shop.snapshot()
BY_ROWS = "contribution_profit = sum over the rows of the ledger"


def test_the_worked_shop_keeps_to_it_and_the_sums_are_kept():
    found = {identity.name: identity for identity in check_ladder(SNAPSHOT)}
    assert all(identity.difference == 0 for identity in found.values())
    assert len(found) == (len(RUNGS) + 1) * len(Level)
    # March and February by refund day, and the 5.00 for ads of April.
    assert found["shop: net_profit = net_revenue − total_costs"].left == 3766 + 1336 - 500


def a_cent_more(metric, level):
    def computed(snapshot, periods, asked, metrics, **question):
        block = compute_block(snapshot, periods, asked, metrics, **question)
        if asked is level:
            block.columns[metric].values[0] += 1
        return block

    return computed


@pytest.mark.parametrize(("metric", "formula"), RUNGS)
@pytest.mark.parametrize("level", Level)
def test_one_cent_on_a_rung_names_the_entity(metric, formula, level, monkeypatch):
    monkeypatch.setattr(ladder, "compute_block", a_cent_more(metric, level))
    with pytest.raises(ReconciliationError, match="of the ladder of profit") as caught:
        check_ladder(SNAPSHOT)
    assert f"  {level} " in str(caught.value)
    assert f": {metric} = {formula}: " in str(caught.value)
    assert caught.value.exit_code == 6


def test_total_costs_are_held_against_the_steps_of_the_ladder(monkeypatch):
    monkeypatch.setattr(ladder, "compute_block", a_cent_more("total_costs", Level.SHOP))
    with pytest.raises(ReconciliationError) as caught:
        check_ladder(SNAPSHOT)
    assert str(caught.value).splitlines()[:2] == [
        "1 rung(s) of the ladder of profit do not add up:",
        "  shop 1: net_profit = net_revenue − total_costs: 46.02 USD ≠ 46.01 USD",
    ]


def test_a_cent_that_the_tables_of_a_level_do_not_have_is_noticed():
    ledger = SNAPSHOT.ledger
    more = ledger.amounts["value"].copy()
    more[0] += 1
    changed = replace(ledger, amounts=Amounts({**ledger.amounts, "value": more}.items()))
    with pytest.raises(ReconciliationError, match=BY_ROWS) as caught:
        check_ladder(replace(SNAPSHOT, ledger=changed))
    assert [line.split(":")[0] for line in str(caught.value).splitlines()[1:4]] == [
        "  shop 1",
        "  listing 101",
        "  product A-RED",
    ]
