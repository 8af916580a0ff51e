"""The variance bridge: its bars are the difference, and its SKUs are the bars, always."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import ReconciliationError, UsageError
from engine.metrics.bridge import DRIVEN, MEASURES, UNDRIVEN, Cause, Side, build_bridge
from engine.metrics.bridge_sides import compare
from engine.metrics.compute import compute_block
from engine.metrics.model import LISTING, PRODUCT, SHOP
from engine.metrics.registry import REGISTRY
from engine.periods import Period
from tests.metrics.test_oracle import START, random_shop
from tests.shop_builder import integers


def side(rows, measure="contribution_profit") -> Side:
    """A side of SKUs: units, and effects on profit in cents."""
    causes = (*DRIVEN, *MEASURES[measure])
    effects = {c: integers([effect.get(c, 0) for _, effect in rows.values()]) for c in causes}
    return Side(
        profit=sum(int(effect.sum()) for effect in effects.values()),
        keys=tuple(rows),
        units=integers([units for units, _ in rows.values()]),
        effects=effects,
    )


def bars(bridge):
    return {cause: amount for cause, amount in bridge.bars.items() if amount}


def test_volume_mix_price_and_fees_of_two_skus():
    # A sold 2 for 20.00 at a cost of 8.00 and fees of 2.00, then 3 for 33.00; B sold 1 each time.
    same = {Cause.PRICE: 500, Cause.GOODS: -100, Cause.FEES: -50}
    before = side(
        {"A": (2, {Cause.PRICE: 2000, Cause.GOODS: -800, Cause.FEES: -200}), "B": (1, same)}
    )
    after = side(
        {"A": (3, {Cause.PRICE: 3300, Cause.GOODS: -1200, Cause.FEES: -330}), "B": (1, same)}
    )
    bridge = build_bridge(before, after, "contribution_profit")
    assert (bridge.before, bridge.after) == (1350, 2120)
    # A third more units of 13.50; A grew more than B did: 0.50; 3 × (11.00 − 10.00); 0.30 of fees.
    assert bars(bridge) == {
        Cause.VOLUME: 450,
        Cause.MIX: 50,
        Cause.PRICE: 300,
        Cause.FEES: -30,
    }
    # 3.33⅓ and 1.16⅔, 1.66⅔ and −1.16⅔: the larger remainder is rounded up.
    assert bridge.parts(Cause.VOLUME) == [("A", 333), ("B", 117)]
    assert bridge.parts(Cause.MIX) == [("A", 167), ("B", -117)]
    assert bridge.parts(Cause.GOODS) == []


def test_what_came_went_or_has_no_units_is_a_plain_difference():
    measure = "net_profit"
    before = side(
        {
            "gone": (4, {Cause.PRICE: 800, Cause.GOODS: -300}),
            "returned": (0, {Cause.REFUNDS: -120, Cause.FEES: 8}),
            "(none)": (1, {Cause.PRICE: 70, Cause.ADS: -10, Cause.EXPENSES: -900}),
        },
        measure,
    )
    after = side(
        {
            "came": (2, {Cause.PRICE: 600, Cause.GOODS: -200, Cause.ADS: -30}),
            "returned": (0, {Cause.REFUNDS: -20}),
            "(none)": (3, {Cause.PRICE: 90, Cause.EXPENSES: -950}),
        },
        measure,
    )
    bridge = build_bridge(before, after, measure)
    assert bars(bridge) == {
        Cause.NEW: 400,
        Cause.STOPPED: -500,
        Cause.REFUNDS: 100,
        Cause.FEES: -8,
        Cause.UNASSIGNED: 20,
        Cause.ADS: -20,
        Cause.EXPENSES: -50,
    }
    assert bridge.parts(Cause.ADS) == [("came", -30), ("(none)", 10)]


def test_a_side_without_sales_leaves_new_or_stopped_alone():
    some = side({"A": (2, {Cause.PRICE: 100}), "B": (1, {Cause.PRICE: 5})})
    nothing = side({})
    assert bars(build_bridge(nothing, some, "contribution_profit")) == {Cause.NEW: 105}
    assert bars(build_bridge(some, nothing, "contribution_profit")) == {Cause.STOPPED: -105}
    assert bars(build_bridge(nothing, nothing, "contribution_profit")) == {}


def test_two_entities_are_stretched_as_one_unit_and_have_no_mix():
    before = side({7: (10, {Cause.PRICE: 1000, Cause.DISCOUNTS: -100})})
    after = side({7: (4, {Cause.PRICE: 480, Cause.DISCOUNTS: 0})})
    bridge = build_bridge(before, after, "contribution_profit")
    assert bars(bridge) == {Cause.VOLUME: -540, Cause.PRICE: 80, Cause.DISCOUNTS: 40}


def test_rows_that_are_not_the_whole_are_an_error():
    wrong = side({"A": (1, {Cause.PRICE: 100})})
    short = Side(99, wrong.keys, wrong.units, wrong.effects)
    with pytest.raises(ReconciliationError, match=r"side after is 99 minor units, .* to 100"):
        build_bridge(wrong, short, "contribution_profit")


amount = st.integers(-(10**7), 10**7)
row = st.tuples(
    st.sampled_from([0, 0, 1, 2, 3, 7, 10**6]),
    st.dictionaries(st.sampled_from([*DRIVEN, *UNDRIVEN]), amount, max_size=9),
)
rows = st.dictionaries(st.sampled_from(["A", "B", "C", "D", "E", "(none)"]), row, max_size=6)


@settings(deadline=None, max_examples=150)
@given(rows, rows, st.randoms(use_true_random=False))
def test_bars_are_the_difference_and_skus_the_bars_in_any_order(before, after, random):
    measure = "net_profit"
    bridge = build_bridge(side(before, measure), side(after, measure), measure)
    assert sum(bridge.bars.values()) == bridge.after - bridge.before
    for cause, total in bridge.bars.items():
        assert sum(part for _, part in bridge.parts(cause)) == total
    shuffled = [
        side(dict(random.sample(list(one.items()), len(one))), measure) for one in (before, after)
    ]
    again = build_bridge(*shuffled, measure)
    assert again.keys == bridge.keys
    assert again.amounts.tolist() == bridge.amounts.tolist()


@settings(deadline=None, max_examples=80)
@given(rows, rows)
def test_no_bar_is_a_cent_from_its_exact_fraction(before, after):
    bridge = build_bridge(side(before, "net_profit"), side(after, "net_profit"), "net_profit")
    both = [
        key
        for key in before.keys() & after.keys()
        if before[key][0] and after[key][0] and key != "(none)"
    ]
    whole = [sum(one[key][0] for key in both) for one in (before, after)]
    profits = [sum(before[key][1].get(c, 0) for c in DRIVEN) for key in both]
    volume = Fraction(sum(profits) * (whole[1] - whole[0]), whole[0]) if both else Fraction(0)
    assert abs(bridge.bars[Cause.VOLUME] - volume) < 1
    for cause in DRIVEN:
        exact = sum(
            after[key][1].get(cause, 0)
            - Fraction(before[key][1].get(cause, 0) * after[key][0], before[key][0])
            for key in both
        )
        plain = [key for key in ("A", "B", "C", "D", "E") if not units(before, after, key)]
        for key in plain:
            exact += effect(after, key, cause) - effect(before, key, cause)
        assert abs(bridge.bars[cause] - exact) < 1


def units(before, after, key):
    return before.get(key, (0, {}))[0] + after.get(key, (0, {}))[0]


def effect(rows, key, cause):
    return rows.get(key, (0, {}))[1].get(cause, 0)


SHOP_OF_A_YEAR = random_shop(5)


def ask(periods, *, level, metrics, entities=None):
    chosen = REGISTRY.choose(level, metrics)
    return compute_block(SHOP_OF_A_YEAR, periods, level, chosen, entities=entities)


@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.parametrize("level", [SHOP, LISTING, PRODUCT])
def test_two_periods_of_a_shop_are_explained_to_the_cent(level, measure):
    periods = [Period.containing("QUARTERLY", START + timedelta(days=d)) for d in (0, 100)]
    entities = {SHOP: None, LISTING: (101, 102), PRODUCT: ("A", "A")}[level]
    bridge = compare(ask, tuple(periods), measure, level, entities)
    named = [None, None] if entities is None else [[entity] for entity in entities]
    profits = [
        int(ask([period], level=level, metrics=[measure], entities=one).columns[measure].values[0])
        for period, one in zip(periods, named, strict=True)
    ]
    assert [bridge.before, bridge.after] == profits
    assert sum(bridge.bars.values()) == profits[1] - profits[0] != 0


def test_a_period_may_be_compared_with_itself():
    year = Period.containing("YEARLY", START)
    bridge = compare(ask, (year, year), "net_profit", SHOP, None)
    assert not np.any(bridge.amounts)


def test_what_can_not_be_compared_says_what_can():
    year = Period.containing("YEARLY", START)
    with pytest.raises(UsageError, match="no variance bridge of 'net_revenue'; there is one of"):
        compare(ask, (year, year), "net_revenue", SHOP, None)
    with pytest.raises(UsageError, match="level listing was asked for with None"):
        compare(ask, (year, year), "net_profit", LISTING, None)
