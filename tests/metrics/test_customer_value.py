"""The first year's value of a customer, and the season: small shops whose figures are known."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import numpy as np
import pytest

from engine.metrics.compute import compute_block
from engine.metrics.model import Level
from engine.metrics.registry import REGISTRY
from engine.periods import Period
from engine.sources.fee_schedule import FeeSchedule
from tests.oracle import Oracle
from tests.shop_builder import Line, Order, Refund, Span, a_shop, owner_files, snapshot_of, tables

FIRST = datetime(2024, 2, 29, 12, 0)  # the first day of all customers, in a leap year
YEAR = timedelta(days=365)


def sale(order_id, at, buyer, cents):
    return Order(order_id, at, [Line(order_id, "A", 1, cents, 101)], buyer=buyer)


def shop_of(orders, refunds=(), ads=()):
    """A shop without a fee schedule, so that a sale leaves what it was sold for."""
    files = replace(owner_files(), fees=FeeSchedule((), "none"))
    return snapshot_of(tables(a_shop(), orders, list(refunds), ads=list(ads)), files=files)


def figure(snapshot, metric, first, last=None, *, kind="CUSTOM", dating="refund_day"):
    period = Period(kind, first, last or first)
    chosen = REGISTRY.choose(Level.SHOP, [metric])
    block = compute_block(snapshot, [period], Level.SHOP, chosen, refund_dating=dating)
    column = block.columns[metric]
    return int(column.values[0]) if column.known[0] else None


def buyers(count, cents=1000):
    return [sale(n, FIRST, n, cents) for n in range(1, count + 1)]


def value(snapshot, day, **more):
    return figure(snapshot, "customer_lifetime_value", day.date(), **more)


def test_it_is_what_30_customers_left_within_364_days():
    later = [
        sale(101, FIRST + timedelta(days=364), 1, 3000),
        sale(102, FIRST + timedelta(days=365), 1, 9900),  # a day too late
        sale(103, FIRST + 3 * YEAR, 99, 100),
    ]
    # 30 × 10.00 + 30.00 = 330.00 over 30 customers.
    assert value(shop_of(buyers(30) + later), FIRST + YEAR) == 1100


def test_it_takes_30_customers():
    end = [sale(103, FIRST + 3 * YEAR, 99, 100)]
    assert value(shop_of(buyers(29) + end), FIRST + YEAR) is None


@pytest.mark.parametrize(
    ("days", "is_known"), [(364, False), (365, True), (729, True), (730, False)]
)
def test_their_first_order_is_365_to_729_days_ago(days, is_known):
    snapshot = shop_of([*buyers(30), sale(103, FIRST + 3 * YEAR, 99, 100)])
    assert (value(snapshot, FIRST + timedelta(days=days)) is not None) == is_known


def test_a_refund_counts_on_its_own_day_or_on_that_of_the_order():
    orders = [*buyers(30), sale(103, FIRST + 3 * YEAR, 99, 100)]
    snapshot = shop_of(orders, [Refund(1, 1, FIRST + YEAR, 600)])
    assert value(snapshot, FIRST + YEAR) == 1000
    assert value(snapshot, FIRST + YEAR, dating="order_day") == 980


def test_guests_are_no_customers():
    guests = [sale(200 + n, FIRST, None, 5000) for n in range(30)]
    assert value(shop_of([*guests, sale(103, FIRST + 3 * YEAR, 9, 1)]), FIRST + YEAR) is None


@pytest.mark.parametrize(
    ("spend", "days"),
    [
        (0, 0),
        (2000, 0),  # 10.00 each of two new customers, and 10.00 is left on the first day
        (2001, 200),  # a cent more than that: 10.005 each
        (2200, 200),
        (2201, None),  # nobody leaves more than 11.00 in the first year
    ],
)
def test_marketing_is_paid_back_when_a_customer_has_left_what_a_new_one_cost(spend, days):
    last = FIRST + timedelta(days=400)
    orders = [
        *buyers(30),
        sale(101, FIRST + timedelta(days=200), 1, 3000),
        sale(102, last, 98, 100),
        sale(103, last, 99, 100),
    ]
    ads = [Span(1, 101, last.date(), last.date(), spend=spend)]
    assert figure(shop_of(orders, ads=ads), "payback_days", last.date()) == days


def test_without_new_customers_nothing_is_paid_back():
    later = FIRST + timedelta(days=400)
    snapshot = shop_of([*buyers(30), sale(101, later, 1, 3000)])
    assert figure(snapshot, "payback_days", later.date()) is None


def random_customers(seed):
    """Sixty customers who come back and a hundred who come once, with refunds and ads."""
    draw = np.random.Generator(np.random.PCG64(seed))

    def day(upto):
        return FIRST + timedelta(days=int(draw.integers(0, upto)))

    back = [sale(n, day(500), int(draw.integers(1, 61)), 100 * n) for n in range(1, 160)]
    once = [sale(n, day(880), n, 2000) for n in range(200, 300)]
    refunds = [Refund(n, 10 * n, day(800), 900 * n) for n in range(1, 12)]
    spans = [(FIRST + timedelta(days=80 * n)).date() for n in range(11)]
    ads = [
        Span(n, 101, at, at + timedelta(days=60), spend=int(draw.integers(1000, 200_000)))
        for n, at in enumerate(spans)
    ]
    return shop_of([*back, *once, sale(400, FIRST + timedelta(days=900), 999, 100)], refunds, ads)


@pytest.mark.parametrize("dating", ["refund_day", "order_day"])
def test_value_and_payback_are_those_of_the_oracle(dating):
    snapshot = random_customers(5)
    oracle = Oracle(snapshot.ledger, snapshot.days_begun)
    names = ["customer_lifetime_value", "payback_days", "seasonality_index"]
    paid = set()
    for start in range(380, 880, 17):
        period = Period.custom(*((FIRST + timedelta(days=start + more)).date() for more in (0, 99)))
        expected = oracle.answer("shop", 1, period, dating)
        found = {n: figure(snapshot, n, period.start, period.end, dating=dating) for n in names}
        assert found == {name: expected[name] for name in names}
        paid.add(found["payback_days"])
    assert len(paid) > 3


def seasons():
    """A year at 10.00 a day but for a last week at 30.00."""
    start = datetime(2025, 1, 1, 12, 0)
    days = [start + timedelta(days=n) for n in range(366)]
    return shop_of([sale(n, at, n, 1000 if n <= 359 else 3000) for n, at in enumerate(days, 1)])


def test_a_week_is_held_against_its_year():
    # 210.00 in 7 days; the 365 days to 1 January hold 358 × 10.00 + 7 × 30.00 = 3,790.00.
    found = figure(seasons(), "seasonality_index", date(2025, 12, 26), date(2026, 1, 1))
    assert found == round(21000 * 365 * 10**6 / (7 * 379000))


def test_within_a_year_of_the_first_sale_there_is_no_season():
    assert figure(seasons(), "seasonality_index", date(2025, 12, 25), date(2025, 12, 31)) is None


def test_a_calendar_year_is_not_compared_with_itself():
    snapshot = seasons()
    year = (date(2026, 1, 1), date(2026, 12, 31))
    assert figure(snapshot, "seasonality_index", *year, kind="YEARLY") is None
    assert figure(snapshot, "seasonality_index", *year) is not None


def test_days_that_have_not_begun_do_not_thin_the_season():
    # The period has begun on 1 January only, a day at 30.00.
    found = figure(seasons(), "seasonality_index", date(2026, 1, 1), date(2026, 1, 31))
    assert found == round(3000 * 365 * 10**6 / 379000)
