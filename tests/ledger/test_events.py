"""Ledger rows of every kind, with the entities and days that they belong to."""

from __future__ import annotations

from datetime import datetime

import numpy as np

from engine.ledger.frames import EventKind
from tests.shop_builder import Entry, Line, Order, a_shop, snapshot_of, tables

DAY = datetime(2026, 3, 5, 10, 0)


def test_a_fee_of_a_listing_that_never_sold_is_an_adjustment_of_that_listing():
    orders = [Order(1, DAY, [Line(11, "A", 1, 3000, 101)])]
    renewal = Entry(7, "renew_expired", -20, datetime(2026, 4, 2, 9, 0), listing_id=99)
    ledger = snapshot_of(tables(a_shop(), orders, entries=[renewal])).ledger
    row = int(np.flatnonzero(ledger.kind == EventKind.ADJUSTMENT)[0])
    assert int(ledger.listing_ids[ledger.listing[row]]) == 99
    assert ledger.skus[ledger.sku[row]] == "(none)"
    assert int(ledger.amounts["listing_fees"][row]) == int(ledger.amounts["fee_charges"][row]) == 20
    assert np.datetime64("1970-01-01") + int(ledger.event_day[row]) == np.datetime64("2026-04-02")


def test_an_unknown_type_stays_visible_in_other_fees_and_belongs_to_nothing():
    orders = [Order(1, DAY, [Line(11, "A", 1, 3000, 101)])]
    ledger = snapshot_of(
        tables(a_shop(), orders, entries=[Entry(7, "gold_star_fee", -150, DAY)])
    ).ledger
    row = int(np.flatnonzero(ledger.kind == EventKind.ADJUSTMENT)[0])
    assert int(ledger.listing_ids[ledger.listing[row]]) == 0
    assert int(ledger.amounts["other_fees"][row]) == 150


def test_rows_come_by_kind_order_line_and_source():
    orders = [
        Order(2, DAY, [Line(22, "A", 1, 100, 101), Line(21, "B", 1, 100, 101)]),
        Order(1, datetime(2026, 3, 6, 9, 0), [Line(11, "A", 1, 100, 101)], status="fully refunded"),
    ]
    ledger = snapshot_of(tables(a_shop(), orders)).ledger
    order_id = ledger.orders.order_id[ledger.order]
    keys = list(zip(ledger.kind, order_id, ledger.line_id, ledger.source_id, strict=True))
    assert keys == sorted(keys)
    assert [int(line) for line in ledger.line_id] == [11, 21, 22, 11]
