"""What adds up must add up: over time, over entities, and in any order of the rows."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.metrics.compute import compute_block, entity_ids
from engine.metrics.model import Kind, Level
from engine.metrics.registry import REGISTRY
from engine.periods import GRAINS, Period, PeriodKind, periods_between
from engine.sources.frames import Maybe, Texts
from tests.metrics.test_oracle import START, integers_of, random_shop
from tests.oracle import Oracle
from tests.shop_builder import snapshot_of, tables
from tests.worked_shop import files, source

FIRST, LAST = START - timedelta(days=5), START + timedelta(days=520)
SHOP = random_shop(11)


def whole_days():
    return Period.custom(FIRST, LAST)


def names(level, *, over_time):
    return [
        metric.name
        for metric in REGISTRY.at_level(level)
        # A state is an entity's also where it has no row: test_inventory adds those up.
        if metric.kind is not Kind.SNAPSHOT
        and (level in metric.adds_over_time if over_time else metric.adds_over_entities)
    ]


@pytest.mark.parametrize("level", Level)
@pytest.mark.parametrize("kind", GRAINS)
@pytest.mark.parametrize("dating", ["refund_day", "order_day"])
def test_every_grain_sums_to_the_whole(level, kind, dating):
    chosen = REGISTRY.choose(level, names(level, over_time=True))
    periods = list(periods_between(kind, FIRST, LAST))
    span = Period.custom(periods[0].start, periods[-1].end)
    parts = compute_block(SHOP, periods, level, chosen, refund_dating=dating)
    whole = compute_block(SHOP, [span], level, chosen, refund_dating=dating)
    for name in parts.columns:
        assert parts.columns[name].values.sum() == whole.columns[name].values.sum(), name


@settings(deadline=None, max_examples=40)
@given(
    st.sampled_from(Level),
    st.sampled_from(["refund_day", "order_day"]),
    st.lists(st.integers(0, 525), min_size=1, max_size=6, unique=True),
)
def test_any_partition_of_the_days_sums_to_the_whole(level, dating, cuts):
    days = [FIRST + timedelta(days=cut) for cut in sorted({0, *cuts})]
    ends = [day - timedelta(days=1) for day in days[1:]] + [LAST]
    pieces = [Period.custom(a, b) for a, b in zip(days, ends, strict=True)]
    chosen = REGISTRY.choose(level, names(level, over_time=True))
    parts = compute_block(SHOP, pieces, level, chosen, refund_dating=dating)
    whole = compute_block(SHOP, [whole_days()], level, chosen, refund_dating=dating)
    for name in parts.columns:
        by_entity = np.zeros((2, len(whole.entity_ids)), np.int64)
        for side, block in zip(by_entity, (parts, whole), strict=True):
            np.add.at(side, block.entity, block.columns[name].values)
        assert by_entity[0].tolist() == by_entity[1].tolist(), name


@pytest.mark.parametrize("kind", GRAINS)
@pytest.mark.parametrize("level", [Level.LISTING, Level.PRODUCT])
def test_entities_sum_to_the_shop_in_every_period(level, kind):
    periods = list(periods_between(kind, FIRST, LAST))
    chosen = REGISTRY.choose(level, names(level, over_time=False))
    parts = compute_block(SHOP, periods, level, chosen)
    shop = compute_block(SHOP, periods, Level.SHOP, chosen)
    for name in parts.columns:
        summed = np.zeros(len(periods), np.int64)
        np.add.at(summed, parts.period, parts.columns[name].values)
        assert summed[shop.period].tolist() == shop.columns[name].values.tolist(), name


@pytest.mark.parametrize("level", Level)
def test_what_does_not_add_up_is_worked_out_again_from_the_rows_of_the_whole(level):
    again = [m for m in REGISTRY.at_level(level) if level not in m.adds_over_time]
    periods = list(periods_between(PeriodKind.QUARTERLY, FIRST, LAST))
    whole = Period.custom(periods[0].start, periods[-1].end)
    entity = entity_ids(SHOP, level)[0]
    parts = compute_block(SHOP, periods, level, again, entities=[entity])
    block = compute_block(SHOP, [whole], level, again, entities=[entity])
    expected = Oracle(SHOP.ledger, SHOP.days_begun).answer(level, entity, whole)
    assert integers_of(block, 0) == {m.name: expected[m.name] for m in again}
    for name in ("customers", "order_value_median"):
        assert parts.columns[name].values.sum() > block.columns[name].values[0] > 0, name


def test_new_customers_of_all_periods_are_all_customers():
    new = REGISTRY.choose(Level.SHOP, ["new_customers", "customers"])
    whole = compute_block(SHOP, [whole_days()], Level.SHOP, new)
    days = list(periods_between(GRAINS[0], FIRST, LAST))
    daily = compute_block(SHOP, days, Level.SHOP, new)
    everybody = int(whole.columns["customers"].values[0])
    assert int(daily.columns["new_customers"].values.sum()) == everybody > 10


def test_both_datings_have_the_same_total_of_everything_that_adds_up():
    chosen = REGISTRY.choose(Level.PRODUCT, names(Level.PRODUCT, over_time=False))
    by_refund = compute_block(SHOP, [whole_days()], Level.PRODUCT, chosen)
    by_order = compute_block(SHOP, [whole_days()], Level.PRODUCT, chosen, refund_dating="order_day")
    for name in by_refund.columns:
        left, right = by_refund.columns[name].values, by_order.columns[name].values
        assert left.sum() == right.sum(), name


def doubled(frame, money):
    changes = {}
    for name in money:
        column = getattr(frame, name)
        twice = Maybe(column.value * 2, column.known) if isinstance(column, Maybe) else column * 2
        changes[name] = twice
    return replace(frame, **changes)


def test_doubling_all_amounts_doubles_money_and_leaves_shares():
    plain = source()
    orders = ("grand_total", "discount", "shipping", "gift_wrap", "sales_tax", "vat")
    twice = replace(
        plain,
        orders=doubled(plain.orders, orders),
        lines=doubled(plain.lines, ("price",)),
        refunds=doubled(plain.refunds, ("amount",)),
    )
    march = Period.containing("MONTHLY", date(2026, 3, 1))
    chosen = REGISTRY.choose(
        Level.SHOP, ["order_totals", "refunds_total", "discounts", "discount_rate"]
    )
    one, two = (
        compute_block(snapshot_of(frames), [march], Level.SHOP, chosen).columns
        for frames in (plain, twice)
    )
    for name in ("order_totals", "refunds_total", "discounts"):
        assert two[name].values[0] == 2 * one[name].values[0] > 0
    assert two["discount_rate"].values[0] == one["discount_rate"].values[0]


def renamed(texts, order):
    """The same texts under other codes."""
    back = np.argsort(order)
    codes = np.append(back, -1)[texts.code].astype(np.int32)
    return Texts(codes, tuple(texts.values[at] for at in order))


def test_codes_of_texts_never_decide_a_figure():
    plain = source()
    lines = replace(plain.lines, sku=renamed(plain.lines.sku, [3, 1, 0, 2]))
    orders = replace(plain.orders, payment_method=renamed(plain.orders.payment_method, [2, 0, 1]))
    other = replace(plain, lines=lines, orders=orders)
    march = Period.containing("MONTHLY", date(2026, 3, 1))
    for level in Level:
        chosen = REGISTRY.at_level(level)
        one, two = (
            compute_block(snapshot_of(frames, files=files()), [march], level, chosen)
            for frames in (plain, other)
        )
        assert one.entity_ids == two.entity_ids
        for name, column in one.columns.items():
            assert column.values.tolist() == two.columns[name].values.tolist(), name
            assert column.texts == two.columns[name].texts


def test_a_shop_without_orders_answers_zeros_and_nulls():
    snapshot = snapshot_of(tables(source().shop, []))
    march = Period.containing("MONTHLY", date(2026, 3, 1))
    block = compute_block(snapshot, [march], Level.SHOP, REGISTRY.at_level(Level.SHOP))
    for metric in REGISTRY.at_level(Level.SHOP):
        column = block.columns[metric.name]
        assert not column.known[0] or int(column.values[0]) == 0, metric.name
        assert column.known[0] or metric.kind is not Kind.DISTINCT, metric.name
    assert int(block.columns["net_revenue"].values[0]) == 0
    assert not block.columns["gross_margin"].known[0]
    assert not block.columns["profit_basis"].known[0]
    assert (
        len(compute_block(snapshot, [march], Level.PRODUCT, REGISTRY.at_level(Level.PRODUCT))) == 0
    )


def test_frames_have_equal_lengths():
    for frame in (source().orders, source().lines, source().refunds):
        lengths = {len(getattr(frame, f.name).value) if isinstance(getattr(frame, f.name), Maybe)
                   else len(getattr(frame, f.name)) for f in fields(frame)}  # fmt: skip
        assert len(lengths) == 1
