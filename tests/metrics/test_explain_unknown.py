"""A figure that is not known says why, whatever its formula is."""

from __future__ import annotations

from datetime import date

import pytest

from engine.ledger.events import build_ledger
from engine.ledger.evidence import keep_evidence
from engine.local_time import local_clock
from engine.metrics.compute import build_snapshot
from engine.metrics.explain import explain
from engine.metrics.explain_nodes import Node
from engine.metrics.explain_unknown import why_unknown
from engine.metrics.model import SHOP
from engine.metrics.registry import REGISTRY
from engine.periods import Period
from tests import worked_shop

MARCH = Period.containing("MONTHLY", date(2026, 3, 1))
BEFORE_ALL = Period.custom(date(2025, 1, 1), date(2025, 1, 7))


@pytest.fixture(scope="module")
def opened():
    clock = local_clock("Europe/Istanbul")
    ledger, facts = build_ledger(worked_shop.source(), worked_shop.files(), clock)
    known = worked_shop.WATERMARK
    snapshot = build_snapshot(ledger, clock.days_begun(known), clock.days_ended(known))
    evidence = keep_evidence(facts)

    def open_(metric: str, period: Period = MARCH) -> Node:
        return explain(snapshot, evidence, metric, SHOP, 1, period)

    return open_


@pytest.mark.parametrize(
    ("metric", "why"),
    [
        ("average_order_value", "Orders is not above 0: there is nothing to divide by."),
        ("visits", "Days with visits: 0 in this range."),
        ("order_value_median", "Nothing in this range is what it is made of."),
    ],
)
def test_a_range_without_anything_says_what_is_missing(metric: str, why: str, opened) -> None:
    assert why_unknown(opened(metric, BEFORE_ALL)) == why


@pytest.mark.parametrize("period", [MARCH, BEFORE_ALL], ids=["March", "before all"])
def test_a_number_has_a_reason_exactly_where_it_is_unknown(period: Period, opened) -> None:
    for metric in REGISTRY.at_level(SHOP):
        node = opened(metric.name, period)
        assert (why_unknown(node) == "") is (node.value is not None), metric.name
