"""Orders and refunds fall into bins that add up to the metrics of the same range."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.ledger.frames import EventKind
from engine.metrics.compute import compute_block
from engine.metrics.model import Level
from engine.metrics.registry import REGISTRY
from engine.metrics.spreads import (
    Bin,
    Moved,
    Spread,
    order_spread,
    refund_delays,
    returns_between_datings,
)
from engine.periods import Period
from tests import worked_shop
from tests.metrics.test_oracle import START, random_shop
from tests.shop_builder import Line, Order, a_shop, snapshot_of, tables

SHOP = random_shop(11)
MARCH = Period.custom(date(2026, 3, 1), date(2026, 3, 31))
SOME = ("orders", "loss_orders", "returns_value", "returns_value_by_order_day")


def figures(snapshot, period: Period, dating: str = "refund_day") -> dict[str, int]:
    chosen = REGISTRY.choose(Level.SHOP, SOME)
    block = compute_block(snapshot, [period], Level.SHOP, chosen, refund_dating=dating)
    return {name: int(block.columns[name].values[0]) for name in SOME}


def shop_with(values: list[int]):
    """One order of one unit a day from 1 March on, each of one value in cents."""
    orders = [
        Order(
            number,
            datetime(2026, 3, 1, 12) + timedelta(days=number % 28),
            [Line(number * 10, "A", 1, value, 101)],
            grand_total=value,
        )
        for number, value in enumerate(values, 1)
    ]
    return snapshot_of(tables(a_shop(), orders))


def test_bins_are_round_and_hold_each_order_once() -> None:
    found = order_spread(shop_with([0, 99, 100, 250, 999]), MARCH, Spread.VALUE)
    assert found[0] == Bin(0, 100, 2)
    assert found[1] == Bin(100, 200, 1)
    assert found[-1] == Bin(900, 1000, 1)
    assert sum(one.count for one in found) == 5


def test_far_values_are_together_in_an_open_bin() -> None:
    found = order_spread(shop_with([100] * 99 + [99_999]), MARCH, Spread.VALUE)
    assert found == (Bin(100, None, 100),) or found[-1].high is None
    assert sum(one.count for one in found) == 100


@pytest.mark.parametrize("spread", Spread)
def test_an_empty_range_has_no_bins(spread: Spread) -> None:
    nothing = Period.custom(date(2026, 5, 1), date(2026, 5, 2))
    assert order_spread(worked_shop.snapshot(), nothing, spread) == ()


def test_the_worked_shop_in_units_and_below_zero() -> None:
    snapshot = worked_shop.snapshot()
    asked = figures(snapshot, MARCH)
    units = order_spread(snapshot, MARCH, Spread.UNITS)
    profit = order_spread(snapshot, MARCH, Spread.CONTRIBUTION)
    assert sum(one.count for one in units) == asked["orders"]
    below = [one.count for one in profit if one.high is not None and one.high <= 0]
    assert sum(below) == asked["loss_orders"]


@settings(max_examples=30)
@given(st.integers(0, 200), st.integers(0, 90), st.sampled_from(["refund_day", "order_day"]))
def test_every_order_and_refund_is_in_one_bin(first: int, days: int, dating: str) -> None:
    start = START + timedelta(days=first)
    period = Period.custom(start, start + timedelta(days=days))
    asked = figures(SHOP, period, dating)
    for spread in Spread:
        assert sum(one.count for one in order_spread(SHOP, period, spread)) == asked["orders"]
    steps = returns_between_datings(SHOP, period)
    by_name = {step.moved: step.amount for step in steps}
    if dating == "refund_day":
        assert by_name[Moved.BY_REFUND_DAY] == asked["returns_value"]
    assert by_name[Moved.BY_ORDER_DAY] == asked["returns_value_by_order_day"]
    assert sum(step.amount for step in steps[:-1]) == steps[-1].amount
    delays = refund_delays(SHOP, period, dating)
    assert sum(one.returns_value for one in delays) == asked["returns_value"] - astray(period)


def astray(period: Period) -> int:
    """Returns of refunds whose order is not known: they have no days since it."""
    ledger = SHOP.ledger
    rows = (ledger.kind == EventKind.REFUND) & (ledger.order < 0) & period.holds(ledger.event_day)
    return int(ledger.amounts.of("returns_value", rows).sum())
