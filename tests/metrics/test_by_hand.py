"""Where the figure of each metric stands that somebody worked out by hand and that is not zero."""

from __future__ import annotations

import inspect
from datetime import date

import pytest

from engine.metrics.answers import as_records
from engine.metrics.compute import compute_block
from engine.metrics.model import Level
from engine.metrics.registry import REGISTRY
from engine.periods import Period
from tests import odd_shop
from tests.metrics import test_customer_value, test_elasticity, test_inventory
from tests.worked_figures import A_BLUE, A_RED, LISTING_101, SHOP

MARCH = Period.containing("MONTHLY", date(2026, 3, 1))
# Of tests/odd_shop.py: how it comes about, and what it comes to.
ODD = {
    "vat_collected": 1.00,  # 2.00 + 1.00, less the 2.00 that were given back
    "returns_value_by_order_day": 20.00,
    "refund_excess": 3.00,  # 25.00 less the 22.00 that were paid
    "order_refund_share": 0.333333,  # one of orders 1, 2 and 3
    "units_returned": 1,
    "unit_return_rate": 0.25,  # one of four pieces
    "currency_conversion_fees": 0.30,  # 2.5 % of 12.00
    "offsite_ads_fees": 4.50,  # 15 % of 30.00
    "other_fees": 1.25,
    "gift_orders": 1,
    "gift_rate": 0.333333,
    "held_orders": 1,
    # 20.00 + 30.00 + 12.00 − 20.00 − 3.00 = 39.00, less 0.30 and 1.25, over 31 views.
    "contribution_per_view": 1.21,
}
# Those that take a shop of years, each with the test that holds the figure.
OF_YEARS = {
    "customer_lifetime_value": (
        test_customer_value.test_it_is_what_30_customers_left_within_364_days
    ),
    "payback_days": (
        test_customer_value.test_marketing_is_paid_back_when_a_customer_has_left_what_a_new_one_cost
    ),
    "seasonality_index": test_customer_value.test_a_week_is_held_against_its_year,
    "price_elasticity": test_elasticity.test_a_constant_elasticity_is_found_exactly,
}


@pytest.mark.parametrize(("metric", "value"), ODD.items())
def test_march_of_the_odd_shop(metric, value):
    chosen = REGISTRY.choose(Level.SHOP, [metric])
    block = compute_block(odd_shop.snapshot(), [MARCH], Level.SHOP, chosen)
    assert float(as_records(block, 2)[0][metric]) == value


def test_every_metric_has_a_figure_by_hand_that_is_not_zero():
    tables = [SHOP, LISTING_101, A_RED, A_BLUE, ODD]
    tables += [figures for _, _, figures in test_inventory.FIGURES]
    by_hand = {metric for table in tables for metric, value in table.items() if value}
    assert by_hand.isdisjoint(OF_YEARS)
    assert by_hand | set(OF_YEARS) == set(REGISTRY.metrics)


@pytest.mark.parametrize(("metric", "test"), OF_YEARS.items())
def test_the_test_that_is_named_for_a_metric_asks_for_it(metric, test):
    assert f'"{metric}"' in inspect.getsource(inspect.getmodule(test))
