"""What no figure may pass: shares, low ends, and counts of things that are counted once."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.ledger.frames import EventKind
from engine.metrics.compute import compute_block
from engine.metrics.model import SCALE, Kind, Level
from engine.metrics.registry import REGISTRY
from engine.periods import GRAINS, Period, periods_between
from tests.metrics.test_additivity import FIRST, LAST, SHOP

COUNTED_ONCE = [metric.name for metric in REGISTRY.at_level(Level.SHOP)
                if metric.kind is Kind.DISTINCT]  # fmt: skip
OF_THE_WHOLE_SHOP = ("new_customers", "repeat_customers")
LOW_ENDS = {"contribution_profit_low": "contribution_profit", "net_profit_low": "net_profit"}


def answers(level, periods, names=None, dating="refund_day"):
    chosen = REGISTRY.choose(level, names)
    return compute_block(SHOP, periods, level, chosen, refund_dating=dating)


@pytest.mark.parametrize("level", Level)
@pytest.mark.parametrize("dating", ["refund_day", "order_day"])
def test_no_figure_of_any_grain_passes_the_bounds_of_its_metric(level, dating):
    for kind in GRAINS:
        block = answers(level, list(periods_between(kind, FIRST, LAST)), dating=dating)
        for name, column in block.columns.items():
            metric, values = REGISTRY[name], column.values[column.known]
            step = SCALE.get(metric.unit, 1)
            if metric.lowest is not None and len(values):
                assert values.min() >= metric.lowest * step, name
            if metric.highest is not None and len(values):
                assert values.max() <= metric.highest * step, name
        for low, high in LOW_ENDS.items():
            known = block.columns[low].known
            gap = block.columns[high].values[known] - block.columns[low].values[known]
            assert not known.any() or gap.min() >= 0, low


def test_no_line_gives_back_more_pieces_than_it_sold():
    ledger = SHOP.ledger
    of_orders = np.flatnonzero(ledger.order >= 0)
    key = np.stack([ledger.order[of_orders], ledger.line_id[of_orders]])
    lines, at = np.unique(key, axis=1, return_inverse=True)
    sold, back = np.zeros(lines.shape[1], np.int64), np.zeros(lines.shape[1], np.int64)
    np.add.at(sold, at.ravel(), ledger.amounts["quantity"][of_orders])
    np.add.at(back, at.ravel(), ledger.amounts["quantity_returned"][of_orders])
    assert (ledger.kind == EventKind.REFUND).sum() > 10
    assert (back <= sold).all()
    assert back.sum() > 0


@settings(max_examples=25)
@given(st.sampled_from(Level), st.lists(st.integers(1, 525), min_size=1, max_size=5, unique=True))
def test_what_is_counted_once_lies_between_its_largest_part_and_their_sum(level, cuts):
    days = [FIRST + timedelta(days=cut) for cut in sorted({0, *cuts})]
    ends = [day - timedelta(days=1) for day in days[1:]] + [LAST]
    pieces = [Period.custom(*piece) for piece in zip(days, ends, strict=True)]
    names = [name for name in COUNTED_ONCE if level in REGISTRY[name].levels]
    whole = answers(level, [Period.custom(FIRST, LAST)], names)
    parts = answers(level, pieces, names)
    for name in names:
        largest, summed = np.zeros((2, len(whole.entity_ids)), np.int64)
        values = parts.columns[name].values
        np.maximum.at(largest, parts.entity, values)
        np.add.at(summed, parts.entity, values)
        of_whole = np.zeros_like(summed)
        of_whole[whole.entity] = whole.columns[name].values
        assert (largest <= of_whole).all(), name
        # Below the shop, what makes a customer new or a repeater may be an order of another entity.
        if level is Level.SHOP or name not in OF_THE_WHOLE_SHOP:
            assert (of_whole <= summed).all(), name


@pytest.mark.parametrize("kind", GRAINS)
def test_known_customers_are_new_or_returning_and_an_order_is_of_at_least_one_listing(kind):
    periods = list(periods_between(kind, FIRST, LAST))
    shop = answers(Level.SHOP, periods).columns
    both = shop["new_customers"].values + shop["returning_customers"].values
    assert both.tolist() == shop["customers"].values.tolist()
    listings = answers(Level.LISTING, periods, ["orders"])
    summed = np.zeros(len(periods), np.int64)
    np.add.at(summed, listings.period, listings.columns["orders"].values)
    assert (shop["orders"].values <= summed).all()
    assert shop["orders"].values.sum() > 20
