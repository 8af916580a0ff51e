"""The list of single refunds: what each gave back, and that all come to the figures."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.ledger.events import build_ledger
from engine.ledger.evidence import keep_evidence
from engine.ledger.facts import Policies
from engine.local_time import local_clock
from engine.metrics.compute import build_snapshot, compute_block
from engine.metrics.model import SHOP
from engine.metrics.refund_list import list_refunds
from engine.metrics.registry import REGISTRY
from engine.periods import Period
from tests import worked_shop
from tests.any_shop import START, AnyShop, any_shop
from tests.shop_builder import Line, Order, Refund, a_shop, owner_files, tables

CLOCK = local_clock("Europe/Istanbul")
MARCH = Period.containing("MONTHLY", date(2026, 3, 1))
SUMS = ("returns_value", "refund_excess", "refunds_total", "fees_retained_on_refunds")


def test_the_refund_of_the_worked_shop() -> None:
    (row,) = list_refunds(*worked_shop.opened(), MARCH, "refund_day").to_dict("records")
    assert (row["refund_id"], row["order_id"]) == (1, 1002)
    assert (str(row["refund_day"].date()), str(row["order_day"].date())) == (
        "2026-03-03",
        "2026-02-26",
    )
    # 15.00 of the 32.00, 6.00 and 3.04 that were paid: the cent that is left goes to the goods.
    amounts = ("returns_value", "shipping_refunded", "gift_wrap_refunded", "tax_refunded")
    assert [row[name] for name in amounts] == [1170, 219, 0, 111]
    assert (row["refund_excess"], row["refunds_total"]) == (0, 1500)
    assert row["units_returned"] == 0
    assert pd.isna(row["goods"])
    assert (row["is_assumed"], row["has_no_day"]) == (False, False)


@pytest.mark.parametrize("returned", ["lost", "restocked"])
def test_what_is_doubtful_about_a_refund_is_flagged(returned: str) -> None:
    day = datetime(2026, 3, 5, 12)
    orders = [
        Order(1, day, [Line(11, "A", 1, 2000, 101)], grand_total=2000, status="fully refunded"),
        Order(2, day, [Line(21, "A", 1, 2000, 101)], grand_total=2000),
    ]
    refunds = [Refund(1, 2, None, 2500), Refund(2, None, datetime(2026, 3, 9), 300)]
    source = tables(a_shop(), orders, refunds)
    ledger, facts = build_ledger(source, owner_files(), CLOCK, policies=Policies(returned))
    snapshot = build_snapshot(ledger, 40_000, 40_000)
    found = list_refunds(snapshot, keep_evidence(facts), MARCH, "refund_day")
    by_order = found["order_id"].fillna(0).tolist()
    rows = found.to_dict("records")
    assumed, silent, stray = (rows[by_order.index(order)] for order in (1, 2, 0))
    assert [one["is_assumed"] for one in (assumed, silent, stray)] == [True, False, False]
    assert [one["has_no_day"] for one in (assumed, silent, stray)] == [False, True, False]
    assert (silent["refunds_total"], silent["refund_excess"]) == (2500, 500)
    assert pd.isna(assumed["refund_id"])
    assert pd.isna(stray["order_day"])
    assert silent["goods"] == "restocked", "it was given back before it was sent"
    assert pd.isna(stray["goods"])


@settings(deadline=None, max_examples=12)
@given(any_shop(), st.integers(-5, 60), st.integers(0, 60), st.booleans())
def test_the_refunds_of_any_shop_sum_to_the_batch(
    shop: AnyShop, first: int, days: int, by_event: bool
) -> None:
    ledger, _, evidence = shop.load()
    day = START.date() + timedelta(days=first)
    period = Period.custom(day, day + timedelta(days=days))
    begun = CLOCK.days_begun(shop.source.newest_fact())
    snapshot = build_snapshot(ledger, begun, begun)
    dating = "refund_day" if by_event else "order_day"
    metrics = REGISTRY.choose(SHOP, [*SUMS, "refund_count", "units_returned", "fee_credits"])
    block = compute_block(snapshot, [period], SHOP, metrics, refund_dating=dating)
    frame = list_refunds(snapshot, evidence, period, dating)
    for name in (*SUMS, "units_returned"):
        assert frame[name].sum() == block.columns[name].values[0], name
    assert len(frame) == block.columns["refund_count"].values[0]
    # A credit of an order without a refund stands by itself.
    assert frame["fee_credits"].sum() <= block.columns["fee_credits"].values[0]
    components = frame[
        ["returns_value", "shipping_refunded", "gift_wrap_refunded", "tax_refunded"]
    ].sum(axis=1)
    assert (components + frame["refund_excess"] == frame["refunds_total"]).all()
