"""Every figure of the worked example that the catalogue has, at every level, to the cent."""

from __future__ import annotations

from datetime import date

import pytest

from engine.metrics.answers import as_records
from engine.metrics.compute import compute_block
from engine.metrics.model import Level
from engine.metrics.registry import REGISTRY
from engine.periods import Period
from tests import worked_shop
from tests.worked_figures import A_BLUE, A_RED, LISTING_101, SHOP

MARCH = Period.containing("MONTHLY", date(2026, 3, 1))
FEBRUARY = Period.containing("MONTHLY", date(2026, 2, 1))
TWO_MONTHS = (FEBRUARY, MARCH)

CASES = [
    (level, entity, metric, value)
    for level, entity, figures in (
        ("shop", 1, SHOP),
        ("listing", 101, LISTING_101),
        ("product", "A-RED", A_RED),
        ("product", "A-BLUE", A_BLUE),
    )
    for metric, value in figures.items()
]


def answers(period, level, entity, dating="refund_day"):
    snapshot = worked_shop.snapshot()
    metrics = REGISTRY.at_level(Level(level))
    block = compute_block(
        snapshot, [period], Level(level), metrics, entities=[entity], refund_dating=dating
    )
    return as_records(block, 2)[0]


@pytest.fixture(scope="module")
def march():
    return {
        (level, entity): answers(MARCH, level, entity)
        for level, entity in (
            ("shop", 1),
            ("listing", 101),
            ("product", "A-RED"),
            ("product", "A-BLUE"),
        )
    }


@pytest.mark.parametrize(("level", "entity", "metric", "value"), CASES)
def test_march_by_refund_day(march, level, entity, metric, value):
    found = march[level, entity][metric]
    exact = value is None or isinstance(value, str)
    assert found == value if exact else float(found) == value


def test_every_metric_of_the_catalogue_is_in_the_worked_example():
    assert set(SHOP) == {metric.name for metric in REGISTRY.at_level(Level.SHOP)}


def test_by_order_day_march_has_no_return_and_february_has_it():
    march = answers(MARCH, "shop", 1, "order_day")
    february = answers(FEBRUARY, "shop", 1, "order_day")
    assert (str(march["returns_value"]), str(march["net_revenue"])) == ("0.00", "277.00")
    assert (str(february["returns_value"]), str(february["net_revenue"])) == ("11.70", "24.11")


def test_both_datings_leave_the_same_net_profit_over_the_two_months():
    profits = {
        dating: [str(answers(month, "shop", 1, dating)["net_profit"]) for month in TWO_MONTHS]
        for dating in ("refund_day", "order_day")
    }
    assert profits == {"refund_day": ["13.36", "37.66"], "order_day": ["2.00", "49.02"]}


def test_the_rest_of_a_span_lies_in_the_days_of_april_that_have_begun():
    april = answers(Period.containing("MONTHLY", date(2026, 4, 1)), "shop", 1)
    assert (str(april["ad_spend"]), april["ad_clicks"]) == ("5.00", 20)


def test_listings_and_skus_add_up_to_the_shop_with_what_belongs_to_none():
    snapshot = worked_shop.snapshot()
    names = ["net_revenue", "net_profit"]
    for level, nothing in ((Level.LISTING, 0), (Level.PRODUCT, "(none)")):
        block = compute_block(snapshot, [MARCH], level, REGISTRY.choose(level, names))
        assert int(block.columns["net_revenue"].values.sum()) == 26311
        profit = dict(zip(block.entity.tolist(), block.columns["net_profit"].values, strict=True))
        assert sum(profit.values()) == 3766
        assert profit[block.entity_ids.index(nothing)] == -3100
