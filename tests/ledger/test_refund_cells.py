"""How a refund is split: the steps of M19 to M26 on orders small enough to check by hand."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.ledger.frames import INCOME, REFUND, EventKind
from tests.shop_builder import (
    Item,
    Line,
    Order,
    Refund,
    a_shop,
    costs,
    snapshot_of,
    tables,
)

DAY = datetime(2026, 3, 5, 10, 0)
LATER = datetime(2026, 4, 2, 10, 0)


def order(**changes):
    facts = {
        "order_id": 1,
        "at": DAY,
        "lines": [Line(11, "A", 2, 3000, 101), Line(12, "B", 1, 4000, 102)],
        "shipping": 1000,
        "tax": 500,
    }
    return Order(**(facts | changes))


def ledger_of(orders, refunds, **more):
    return snapshot_of(tables(a_shop(), orders, refunds), **more).ledger


def refund_rows(ledger, *names):
    rows = ledger.kind == EventKind.REFUND
    return [tuple(int(ledger.amounts[name][at]) for name in names) for at in np.flatnonzero(rows)]


def test_without_a_word_a_refund_is_pro_rata_to_what_was_paid():
    ledger = ledger_of([order()], [Refund(1, 1, LATER, 1150)])
    # cells: 6000 600 300 | 4000 400 200 of 11500, so a tenth of each
    columns = ("returns_value", "shipping_refunded", "sales_tax_refunded")
    assert refund_rows(ledger, *columns) == [(600, 60, 30), (400, 40, 20)]


def test_a_stated_tax_goes_to_the_tax_and_the_rest_to_goods_first():
    ledger = ledger_of([order()], [Refund(1, 1, LATER, 1200, tax=200)])
    columns = ("returns_value", "shipping_refunded", "sales_tax_refunded")
    assert refund_rows(ledger, *columns) == [(545, 55, 120), (364, 36, 80)]


def test_an_item_takes_its_own_line_first_and_passes_the_surplus_on():
    refund = Refund(1, 1, LATER, 5000, items=[Item(4800, line_id=12, quantity=1)])
    ledger = ledger_of([order()], [refund])
    # line 12 holds 4600 in all; the surplus 200 and the rest 200 go to what is left of line 11
    assert refund_rows(ledger, "refund_amount", "quantity_returned") == [(400, 0), (4600, 1)]


def test_an_item_may_name_its_line_by_a_sku_that_is_unique():
    refund = Refund(1, 1, LATER, 100, items=[Item(100, sku="B")])
    assert refund_rows(ledger_of([order()], [refund]), "refund_amount") == [(100,)]


def test_an_item_that_fits_two_lines_says_nothing():
    twice = order(
        lines=[Line(11, "A", 1, 3000, 101), Line(12, "A", 1, 3000, 101)], tax=0, shipping=0
    )
    refund = Refund(1, 1, LATER, 100, items=[Item(100, sku="A")])
    assert refund_rows(ledger_of([twice], [refund]), "returns_value") == [(50,), (50,)]


def test_what_exceeds_all_that_was_paid_is_goodwill():
    ledger = ledger_of([order()], [Refund(1, 1, LATER, 11_600)])
    assert refund_rows(ledger, "refund_excess", "quantity_returned") == [(60, 2), (40, 1)]
    assert sum(value for (value,) in refund_rows(ledger, "refund_amount")) == 11_600


def test_two_refunds_share_what_the_first_has_left():
    refunds = [Refund(1, 1, LATER, 11_000), Refund(2, 1, LATER.replace(day=3), 700)]
    ledger = ledger_of([order()], refunds)
    total = {name: int(ledger.amounts[name].sum()) for name in REFUND}
    assert total["refund_excess"] == 200
    assert total["returns_value"] == 10_000
    assert int(ledger.amounts["quantity_returned"].sum()) == 3


def test_refunds_of_uncounted_orders_and_declined_ones_are_not_booked():
    orders = [order(), order(order_id=2, lines=[Line(21, "A", 1, 100)], status="canceled")]
    refunds = [Refund(1, 2, LATER, 100), Refund(2, 1, LATER, 100, status="Failed")]
    ledger = ledger_of(orders, refunds)
    assert refund_rows(ledger, "refund_amount") == []
    assert ledger.notes["refunds_of_uncounted_orders"] == 1
    assert ledger.notes["refunds_declined"] == 1


def test_the_status_alone_means_a_refund_of_everything_on_the_order_day():
    ledger = ledger_of([order(status="fully refunded")], [])
    assert refund_rows(ledger, "refund_amount", "quantity_returned") == [(6900, 2), (4600, 1)]
    assert set(ledger.event_day.tolist()) == {int(ledger.orders.day[0])}


def test_a_refund_without_order_keeps_its_own_day_and_names_its_sku():
    refund = Refund(7, None, LATER, 900, tax=100, items=[Item(800, sku="B", listing_id=102)])
    ledger = ledger_of([order()], [refund])
    row = int(np.flatnonzero(ledger.kind == EventKind.REFUND)[0])
    assert ledger.skus[ledger.sku[row]] == "B"
    assert int(ledger.listing_ids[ledger.listing[row]]) == 102
    assert ledger.order_day[row] == ledger.event_day[row]
    assert refund_rows(ledger, "returns_value", "sales_tax_refunded") == [(800, 100)]


def test_a_refund_without_day_is_dated_on_its_order():
    ledger = ledger_of([order()], [Refund(1, 1, None, 100)])
    assert set(ledger.event_day.tolist()) == {int(ledger.orders.day[0])}
    assert ledger.notes["refunds_without_day"] == 1


@pytest.mark.parametrize(
    ("policy", "shipped", "recovered"),
    [("lost", True, 0), ("restocked", True, 1600), ("lost", False, 1600)],
)
def test_goods_come_back_when_the_owner_says_so_or_they_never_left(policy, shipped, recovered):
    table = costs({("A", 1, 2026 * 12): 80_000})
    one = order(lines=[Line(11, "A", 2, 3000, 101)], is_shipped=shipped, tax=0, shipping=0)
    source = tables(a_shop(), [one], [Refund(1, 1, LATER, 6000)])
    ledger = snapshot_of(source, table, returned_goods=policy).ledger
    assert int(ledger.amounts["cogs_recovered"].sum()) == recovered


AMOUNTS = st.lists(
    st.tuples(
        st.integers(1, 30_000), st.none() | st.integers(0, 800), st.none() | st.integers(11, 13)
    ),
    min_size=1,
    max_size=5,
)


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.tuples(st.integers(0, 5000), st.integers(1, 3)), min_size=1, max_size=3),
    st.integers(0, 999),
    AMOUNTS,
)
def test_every_refund_is_split_without_losing_a_cent(goods, tax, given_back):
    lines = [Line(11 + at, "A", units, price) for at, (price, units) in enumerate(goods)]
    one = order(lines=lines, tax=tax)
    refunds = [
        Refund(at, 1, LATER, amount, tax=stated, items=[Item(amount, line_id=line)] if line else [])
        for at, (amount, stated, line) in enumerate(given_back, start=1)
    ]
    ledger = ledger_of([one], refunds)  # reconciles: each refund = Σ of its rows
    paid = sum(int(ledger.amounts[name].sum()) for name in INCOME) - 2 * int(
        ledger.amounts["discount"].sum()
    )
    split = sum(int(ledger.amounts[name].sum()) for name in REFUND)
    assert split == sum(amount for amount, _, _ in given_back)
    assert split - int(ledger.amounts["refund_excess"].sum()) <= paid
    assert all(int(ledger.amounts[name].min()) >= 0 for name in REFUND)
    returned = int(ledger.amounts["quantity_returned"].sum())
    assert returned <= sum(units for _, units in goods)
