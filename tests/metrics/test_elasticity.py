"""Price elasticity: figures that can be worked out by hand, and the rule that says "unknown"."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import numpy as np
import pytest

from engine.metrics.compute import compute_block
from engine.metrics.model import Level
from engine.metrics.registry import REGISTRY
from engine.periods import Period, day_number
from tests.oracle import Oracle
from tests.oracle_estimates import elasticity
from tests.shop_builder import Line, Order, a_shop, snapshot_of, tables

MONDAY = datetime(2025, 1, 6, 12, 0)
# Each halving of the price brings four times the units: an elasticity of −2.
PRICES, UNITS = (400, 200, 100), (1, 4, 16)


def week(number, price, units, sku="A", weekday=0):
    at = MONDAY + timedelta(weeks=number, days=weekday)
    return (at, Line(number * 100 + weekday, sku, units, price, 101))


def shop_of(sales, **facts):
    orders = [Order(at, when, [line]) for at, (when, line) in enumerate(sales, 1)]
    return snapshot_of(tables(a_shop(**facts), orders))


def answer(snapshot, last=None, level=Level.PRODUCT, entity="A"):
    """The elasticity to a last day, by default the Sunday of the 52nd week."""
    last = last or (MONDAY + timedelta(weeks=52, days=-1)).date()
    chosen = REGISTRY.choose(level, ["price_elasticity"])
    block = compute_block(snapshot, [Period.custom(last, last)], level, chosen, entities=[entity])
    column = block.columns["price_elasticity"]
    return int(column.values[0]) if column.known[0] else None


def later(sales):
    """Sales, and one of another SKU long after them, so that the days asked about have begun."""
    return [*sales, week(60, 500, 1, "LATER")]


def cycle(weeks, **more):
    return [week(n, PRICES[n % 3], UNITS[n % 3], **more) for n in range(weeks)]


def test_a_constant_elasticity_is_found_exactly():
    assert answer(shop_of(later(cycle(52)))) == -2_000_000


def test_growth_over_the_weeks_is_not_taken_for_an_effect_of_the_price():
    # Units double every 13 weeks whatever the price, and halving the price doubles them.
    sales = [
        week(n, price, 2 ** (n // 13) * 400 // price)
        for n in range(52)
        for price in [PRICES[n % 3]]
    ]
    found = answer(shop_of(later(sales)))
    assert found is not None
    assert abs(found + 1_000_000) < 30_000


def test_a_week_without_sales_carries_no_price():
    sales = [pair for pair in cycle(52) if pair[1].line_id // 100 not in (7, 8, 20)]
    assert answer(shop_of(later(sales))) == -2_000_000


def test_days_of_a_week_are_added_up():
    sales = cycle(52)
    # Week 3 sold one piece at 4.00 on Monday; three more at 4.00 make it four at 4.00.
    double = [*sales, week(0, 400, 3, weekday=6)]
    assert answer(shop_of(later(double))) != answer(shop_of(later(sales)))
    split = [*sales[1:], week(0, 200, 1), week(0, 600, 1, weekday=6)]  # 2 for 8.00
    together = [*sales[1:], week(0, 400, 2)]
    assert answer(shop_of(later(split))) == answer(shop_of(later(together)))


@pytest.mark.parametrize(("weeks", "is_known"), [(19, False), (20, True)])
def test_it_takes_20_weeks_with_sales(weeks, is_known):
    assert (answer(shop_of(later(cycle(weeks)))) is not None) == is_known


def test_it_takes_three_different_prices():
    two = [week(n, PRICES[n % 2], UNITS[n % 2]) for n in range(52)]
    assert answer(shop_of(later(two))) is None
    third = [*two[:51], week(51, 100, 16)]
    assert answer(shop_of(later(third))) is not None


def test_prices_that_come_back_are_no_third_price():
    back = [week(n, (400, 200, 400, 200, 200)[n % 5], 1 + n % 3) for n in range(52)]
    assert answer(shop_of(later(back))) is None


def test_prices_that_hardly_move_say_nothing():
    quiet = [week(n, 1000 + 10 * (n % 3), 5 - n % 3) for n in range(52)]
    assert answer(shop_of(later(quiet))) is None


def test_a_price_that_only_follows_its_trend_says_nothing():
    steady = [week(n, round(1000 * 1.01**n), 40 - n % 3) for n in range(52)]
    assert answer(shop_of(later(steady))) is None


def test_only_whole_iso_weeks_of_the_364_days_count():
    sales = [*cycle(52), week(52, 1, 1000)]
    saturday = (MONDAY + timedelta(weeks=53, days=-2)).date()
    sunday = saturday + timedelta(days=1)
    assert answer(shop_of(later(sales)), last=saturday) == -2_000_000
    assert answer(shop_of(later(sales)), last=sunday) != -2_000_000


def test_a_shop_that_starts_its_weeks_on_sunday_still_has_iso_weeks():
    assert answer(shop_of(later(cycle(52)), week_start=7)) == -2_000_000


def test_53_iso_weeks_in_a_year_make_no_difference():
    start = datetime(2020, 1, 6, 12, 0) - MONDAY  # ISO year 2020 has 53 weeks
    sales = [(at + start, line) for at, line in later(cycle(52))]
    assert answer(shop_of(sales), last=date(2021, 1, 3)) == -2_000_000


def random_sales(seed, zone):
    draw = np.random.Generator(np.random.PCG64(seed))
    sales = []
    for n in range(700):
        at = MONDAY + timedelta(seconds=int(draw.integers(0, 500 * 86_400)))
        sku = ("A", "B", "C", None)[int(draw.integers(4))]
        price = int(draw.choice([0, 500, 650, 900, 1200, 1234]))
        sales.append(
            (at, Line(n + 1, sku, int(draw.integers(1, 9)), price, int(draw.choice([101, 102]))))
        )
    return shop_of(sales, time_zone=zone)


@pytest.mark.parametrize("zone", ["America/New_York", "Europe/Istanbul", "Asia/Tokyo"])
def test_every_window_is_the_one_of_the_oracle(zone):
    snapshot = random_sales(len(zone), zone)
    oracle = Oracle(snapshot.ledger, snapshot.days_begun)
    days = [MONDAY.date() + timedelta(days=day) for day in range(130, 495, 9)]
    known = 0
    for level, entities in ((Level.PRODUCT, ["A", "B", "(none)"]), (Level.LISTING, [101, 102])):
        chosen = REGISTRY.choose(level, ["price_elasticity"])
        periods = [Period.custom(day, day) for day in days]
        for entity in entities:
            block = compute_block(snapshot, periods, level, chosen, entities=[entity])
            column = block.columns["price_elasticity"]
            sales = oracle.of(oracle.events, level, entity)
            value = sales["value"] - sales["discount"]
            for row, period in enumerate(periods):
                expected = elasticity(sales, value, day_number(period.end))
                found = int(column.values[row]) if column.known[row] else None
                assert found == expected, (entity, period)
                known += found is not None
    assert known > 60


def test_an_entity_gets_the_same_answer_alone_and_among_others():
    snapshot = random_sales(1, "UTC")
    days = [MONDAY.date() + timedelta(days=day) for day in range(100, 500, 3)]
    periods = [Period.custom(day, day) for day in days]
    chosen = REGISTRY.choose(Level.PRODUCT, ["price_elasticity"])
    together = compute_block(snapshot, periods, Level.PRODUCT, chosen)
    found = together.columns["price_elasticity"]
    for code, sku in enumerate(together.entity_ids):
        alone = compute_block(snapshot, periods, Level.PRODUCT, chosen, entities=[sku])
        here = together.entity == code
        at = together.period[here]
        column = alone.columns["price_elasticity"]
        assert column.values[at].tolist() == found.values[here].tolist()
        assert column.known[at].tolist() == found.known[here].tolist()
