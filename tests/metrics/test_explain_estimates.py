"""Estimators open down to their rows, and come to the figure again from them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from engine.ledger.events import build_ledger
from engine.ledger.evidence import keep_evidence
from engine.local_time import local_clock
from engine.metrics.compute import build_snapshot, compute_block
from engine.metrics.explain import explain
from engine.metrics.model import Level
from engine.metrics.registry import REGISTRY
from engine.periods import Period
from tests.metrics import test_customer_value as customers
from tests.metrics import test_elasticity as prices


def loaded(source, files):
    clock = local_clock(source.shop.time_zone)
    ledger, facts = build_ledger(source, files, clock)
    known = source.newest_fact()
    snapshot = build_snapshot(ledger, clock.days_begun(known), clock.days_ended(known))
    return snapshot, keep_evidence(facts)


def opened(shop, metric, level, entity, period, dating="refund_day"):
    """The explanation, after it has added itself up and agreed with the batch."""
    snapshot, evidence = shop
    root = explain(snapshot, evidence, metric, level, entity, period, refund_dating=dating)
    root.check()
    chosen = REGISTRY.choose(level, [metric])
    column = compute_block(
        snapshot, [period], level, chosen, entities=[entity], refund_dating=dating
    ).columns[metric]
    assert root.value == (int(column.values[0]) if column.known[0] else None)
    return root


@pytest.mark.parametrize("dating", ["refund_day", "order_day"])
@pytest.mark.parametrize("metric", ["customer_lifetime_value", "payback_days", "seasonality_index"])
def test_customer_figures_open_down_to_the_rows_of_the_first_year(metric, dating):
    shop = loaded(*customers.random_source(5))
    known = 0
    for start in range(380, 880, 60):
        first, last = ((customers.FIRST + timedelta(days=start + n)).date() for n in (0, 99))
        root = opened(shop, metric, Level.SHOP, 1, Period.custom(first, last), dating)
        known += root.value is not None
        assert "order_id" in root.leaves.columns
    assert known > 3


def test_an_elasticity_opens_down_to_its_weeks():
    shop = loaded(*prices.random_source(4, "Europe/Istanbul"))
    known = 0
    for day in range(200, 490, 40):
        last = prices.MONDAY.date() + timedelta(days=day)
        for level, entity in ((Level.PRODUCT, "A"), (Level.LISTING, 101)):
            root = opened(shop, "price_elasticity", level, entity, Period.custom(last, last))
            known += root.value is not None
            assert set(root.leaves.columns) == {"day", "sales", "amount"}
    assert known > 8
