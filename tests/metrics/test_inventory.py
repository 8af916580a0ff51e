"""Stock, favourites, visits and reviews of tests/stock_shop.py, each figure worked out by hand."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from engine.metrics.answers import as_records
from engine.metrics.compute import compute_block, entity_ids
from engine.metrics.model import Kind, Level
from engine.metrics.registry import REGISTRY
from engine.metrics.stockout_risk import RISK_UNIT, runs_out
from engine.periods import Period
from tests import stock_shop
from tests.oracle_states import poisson_above

SHOP = stock_shop.snapshot()
MARCH = Period.containing("MONTHLY", date(2026, 3, 1))


def figures(level, entity, names, period=MARCH):
    chosen = REGISTRY.choose(Level(level), names)
    block = compute_block(SHOP, [period], Level(level), chosen, entities=[entity])
    return [
        None if as_records(block, 2)[0][name] is None else float(as_records(block, 2)[0][name])
        for name in names
    ]


# On 31 March 3 + 5 RED and 3 + 1 BLUE are there. RED is worth 4.00 each; BLUE has no cost.
# Asking prices are 10.00, 12.50, 7.00 and 8.00. Sold in the 28 days to the 31st: 6 RED, 2 BLUE.
# Looks tell of 1 to 6 March (that of 27 February), of 12 to 19 (12), 24 to 30 (24) and the 31st:
# 22 of 31 days. RED was worth 60, 16, 36 and 32: 6 × 60 + 8 × 16 + 7 × 36 + 32 = 772.
# RED of product 2 was empty for the 8 days of the look of the 12th.
# 93 of listing 101's visits are known, 124 views; listing 102's only to the 10th.
FIGURES = [
    ("shop", 1, {"closing_stock": 12, "active_offers": 4, "stock_value": 32.00}),
    ("listing", 101, {"closing_stock": 11, "active_offers": 3, "stock_value": 32.00}),
    ("listing", 102, {"closing_stock": 1, "active_offers": 1, "stock_value": None}),
    ("product", "RED", {"closing_stock": 8, "active_offers": 2, "stock_value": 32.00}),
    ("product", "BLUE", {"closing_stock": 4, "active_offers": 2, "stock_value": None}),
    ("product", "(none)", {"closing_stock": None, "active_offers": None}),
    ("shop", 1, {"offer_price_average": 9.38, "offer_price_range": 5.50}),
    ("product", "BLUE", {"offer_price_average": 7.50, "offer_price_range": 1.00}),
    ("product", "RED", {"average_stock_value": 35.09, "stock_turnover": 0.683938}),
    ("product", "BLUE", {"average_stock_value": None, "stock_turnover": None}),
    ("product", "RED", {"sell_through": 0.428571, "days_of_stock": 37.33}),
    ("product", "BLUE", {"sell_through": 0.333333, "days_of_stock": 56.00}),
    ("shop", 1, {"sell_through": 0.4, "days_of_stock": 42.00}),
    # 6 RED in 56 days: in 14 days 1.5 are wanted, and 8 are there. BLUE is sold for 11 days.
    # P(X > 8) = 1 − e^−1.5 · (1 + 1.5 + 1.125 + … + 1.5⁸ ÷ 8!) = 0.0000275
    ("product", "RED", {"stockout_risk": 0.000028}),
    ("product", "BLUE", {"stockout_risk": None}),
    ("listing", 101, {"stockout_risk": 0.000028}),
    ("shop", 1, {"stockout_risk": 0.000028}),
    ("product", "RED", {"stockout_days": 8}),
    ("product", "BLUE", {"stockout_days": 0}),
    ("listing", 101, {"stockout_days": 8}),
    ("shop", 1, {"stockout_days": 8}),
    ("shop", 1, {"favourites": 54, "favourites_added": 4}),
    ("listing", 101, {"favourites": 46, "favourites_added": 6}),
    ("listing", 102, {"favourites": 8, "favourites_added": -2}),
    ("shop", 1, {"favourites_per_listing": 27.0, "favourite_to_order_rate": 0.037037}),
    ("listing", 101, {"favourites_vs_shop_average": 1.703704}),
    ("shop", 1, {"visits": 113, "views": 154, "views_per_listing": 77.0}),
    ("shop", 1, {"conversion_rate": 0.017699, "view_to_favourite_rate": 0.025974}),
    ("listing", 101, {"visits": 93, "conversion_rate": 0.010753}),
    ("listing", 101, {"views_vs_shop_average": 1.61039, "sales_per_view": 0.48}),
    ("listing", 102, {"visits": 20, "conversion_rate": None, "views_vs_shop_average": None}),
    ("shop", 1, {"reviews": 3, "review_average": 4.0}),
    ("listing", 101, {"reviews": 2, "review_average": 4.5}),
    ("product", "BLUE", {"reviews": 1, "review_average": 3.0}),
]


@pytest.mark.parametrize(("level", "entity", "expected"), FIGURES)
def test_march(level, entity, expected):
    assert figures(level, entity, list(expected)) == list(expected.values())


def one_day(day):
    return Period.custom(date(2026, 3, day), date(2026, 3, day))


def test_what_was_seen_holds_for_a_week_and_no_longer():
    found = [figures("product", "RED", ["closing_stock"], one_day(day)) for day in (6, 7, 11, 12)]
    assert found == [[15], [None], [None], [4]]


def test_a_look_that_did_not_find_an_entity_ends_what_was_known_of_it():
    found = [figures("listing", 102, ["closing_stock"], one_day(day)) for day in (19, 24, 30, 31)]
    assert found == [[2], [None], [None], [1]]


def test_an_offer_that_is_switched_off_has_no_stock():
    assert figures("product", "BLUE", ["closing_stock", "active_offers"], one_day(25)) == [0, 0]


def test_no_stock_lasts_no_day_even_where_nothing_was_sold():
    names = ["closing_stock", "days_of_stock"]
    assert figures("listing", 102, names, one_day(25)) == [None, None]
    assert figures("product", "BLUE", names, one_day(25)) == [0, 0]
    february = Period.custom(date(2026, 2, 27), date(2026, 2, 28))
    assert figures("product", "BLUE", names, february) == [5, None]


def chance(sold: int, stock: int, days: int) -> int:
    return int(runs_out(np.array([sold]), np.array([stock]), days)[0])


def test_an_empty_shelf_is_a_certainty_and_nobody_buying_is_none():
    assert chance(0, 0, 14) == chance(9, 0, 14) == RISK_UNIT
    assert chance(0, 1, 14) == 0


def test_the_risk_is_the_tail_of_the_poisson_distribution_on_either_side_of_its_mean():
    for sold, stock, days in ((4, 1, 14), (56, 3, 14), (800, 190, 14), (5_000, 1_300, 14)):
        exact = poisson_above(sold * days, 56, stock)
        assert abs(chance(sold, stock, days) - int(exact * RISK_UNIT)) <= 2


def test_a_day_without_orders_has_a_row_for_a_review_or_an_empty_shelf():
    chosen = REGISTRY.choose(Level.PRODUCT, ["reviews", "stockout_days"])
    days = [one_day(2), one_day(13), one_day(21)]
    block = compute_block(SHOP, days, Level.PRODUCT, chosen)
    names = [SHOP.ledger.skus[code] for code in block.entity]
    assert [(names[at], int(block.period[at])) for at in range(len(block))] == [
        ("RED", 0),
        ("RED", 1),
    ]


@pytest.mark.parametrize("level", [Level.LISTING, Level.PRODUCT])
def test_states_of_all_entities_sum_to_the_shop(level):
    for period in (MARCH, one_day(13), one_day(25)):
        chosen = [
            metric
            for metric in REGISTRY.at_level(level)
            if metric.kind is Kind.SNAPSHOT and metric.adds_over_entities
        ]
        parts = compute_block(SHOP, [period], level, chosen, entities=entity_ids(SHOP, level))
        shop = compute_block(SHOP, [period], Level.SHOP, chosen)
        assert len(chosen) >= 3
        for name, column in parts.columns.items():
            whole = shop.columns[name]
            assert column.values[column.known].sum() == whole.values[0] * whole.known[0], name
