"""The list of a period's orders adds up to the batch answer, whatever the dating and entity."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import UnknownEntityError
from engine.local_time import local_clock
from engine.metrics.compute import build_snapshot, compute_block, entity_ids
from engine.metrics.model import Level
from engine.metrics.order_list import SHOWN, list_orders
from engine.metrics.registry import REGISTRY
from engine.periods import Period
from tests import worked_shop
from tests.any_shop import START, AnyShop, any_shop

CLOCK = local_clock("Europe/Istanbul")
MARCH = Period.containing("MONTHLY", date(2026, 3, 1))
COUNTED = ("orders", "loss_orders", "held_orders", "cancelled_orders")


def listed(period: Period = MARCH, **asked):
    return list_orders(worked_shop.snapshot(), CLOCK, period, **asked)


def test_the_orders_of_march_by_order_day() -> None:
    frame = listed(refund_dating="order_day")
    assert frame["order_id"].tolist() == [1001, 1003, 1004, 1005, 1006]
    row = frame[frame["order_id"] == 1001].iloc[0]
    assert str(row["ordered_at"]) == "2026-03-05 10:15:00"
    assert (row["country"], row["state"], row["profit_basis"]) == ("DE", "counted", "measured")
    assert [row[name] for name in SHOWN] == [3, 10600, 2897, 1860, 1960, 3883]
    assert frame["profit_basis"].astype("string").fillna("–").tolist()[1:4] == [
        "estimated",
        "partial",
        "–",
    ]
    assert frame["state"].tolist() == ["counted", "counted", "counted", "cancelled", "counted"]
    assert frame["is_loss"].tolist() == [False, False, False, False, True]


def test_by_refund_day_a_refund_brings_its_order_into_the_month_of_the_refund() -> None:
    frame = listed()
    refunded = frame[frame["order_id"] == 1002].iloc[0]
    assert (refunded["is_placed"], refunded["is_refunded"]) == (False, True)
    assert (refunded["net_revenue"], refunded["units_sold"]) == (-1389, 0)
    assert frame["net_revenue"].sum() == 26311
    assert frame["contribution_profit"].sum() == 7666


def test_a_sku_has_its_own_part_of_each_order() -> None:
    frame = listed(level=Level.PRODUCT, entity="A-RED")
    assert frame["order_id"].tolist() == [1001, 1006]
    assert frame["net_revenue"].tolist() == [6057, 0]


def test_a_sku_that_the_shop_never_had_is_an_error() -> None:
    with pytest.raises(UnknownEntityError, match="The shop has no product 'A-READ'"):
        listed(level=Level.PRODUCT, entity="A-READ")


def test_nothing_in_the_period_is_an_empty_list() -> None:
    frame = listed(Period.containing("MONTHLY", date(2020, 1, 1)))
    assert len(frame) == 0
    assert "contribution_profit" in frame.columns


@settings(deadline=None, max_examples=30)
@given(any_shop(), st.integers(-5, 60), st.integers(0, 60), st.sampled_from(Level), st.booleans())
def test_the_list_of_any_shop_sums_to_the_batch(
    shop: AnyShop, first: int, days: int, level: Level, by_event: bool
) -> None:
    ledger, _, _ = shop.load()
    day = START.date() + timedelta(days=first)
    period = Period.custom(day, day + timedelta(days=days))
    begun = CLOCK.days_begun(shop.source.newest_fact())
    snapshot = build_snapshot(ledger, begun, begun)
    dating = "refund_day" if by_event else "order_day"
    ids = entity_ids(snapshot, level)
    names = [*SHOWN, *COUNTED]
    block = compute_block(
        snapshot,
        [period],
        level,
        REGISTRY.choose(level, names),
        entities=ids,
        refund_dating=dating,
    )
    for at, entity in enumerate(ids):
        frame = list_orders(
            snapshot, CLOCK, period, level=level, entity=entity, refund_dating=dating
        )
        for name in SHOWN:
            assert frame[name].sum() == block.columns[name].values[at], (entity, name)
        placed = frame[frame["is_placed"]]
        sold = placed[placed["profit_basis"].notna()]
        assert len(sold) == block.columns["orders"].values[at]
        assert placed["is_loss"].sum() == block.columns["loss_orders"].values[at]
        # An order can be listed for its ledger entries alone: it has no line of this entity.
        lines = ledger.uncounted
        of_line = {Level.LISTING: lines.listing, Level.PRODUCT: lines.sku}.get(level)
        own = lines.order if of_line is None else lines.order[of_line == at]
        has_lines = placed["order_id"].isin(ledger.orders.order_id[own])
        assert (has_lines & placed["is_held"]).sum() == block.columns["held_orders"].values[at]
        cancelled = (has_lines & (placed["state"] == "cancelled")).sum()
        assert cancelled == block.columns["cancelled_orders"].values[at]
