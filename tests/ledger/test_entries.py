from __future__ import annotations

from datetime import datetime

import pytest

from engine.ledger.entries import BUCKETS
from engine.sources.frames import SourceTables
from tests.ledger.account_builder import Entry, ground, referred
from tests.shop_builder import Line, Order, a_shop, tables

DAY = datetime(2026, 3, 5, 10)


def shop() -> SourceTables:
    return tables(
        a_shop(),
        [
            Order(7001, DAY, [Line(8011, "A", 1, 1000, 901), Line(8012, "B", 1, 500, 902)]),
            Order(7002, DAY, [Line(8021, "A", 1, 1000, 901)]),
            Order(7003, DAY, [Line(8031, "A", 1, 1000, 901)], status="canceled"),
        ],
    )


def reference(entries: list[Entry], payments: dict[int, int] | None = None) -> list[tuple]:
    """Order id, line id and listing id of each entry; None where it names what is not known."""
    source = shop()
    base, found = ground(source), referred(source, entries, payments or {})
    return [
        (
            int(base.orders.order_id[order]) if order >= 0 else None,
            int(base.every_line.line_id[line]) if line >= 0 else None,
            int(listing) or None,
        )
        for order, line, listing in zip(found.order, found.line, found.listing_id, strict=True)
    ]


def entry(**reference: object) -> Entry:
    return Entry("transaction", 10, DAY, **reference)  # type: ignore[arg-type]


def test_an_entrys_own_columns_come_first() -> None:
    named = entry(line=8012, order=7002, typed=("receipt", 7002), payment=5, description="7002")
    assert reference([named], {5: 7002}) == [(7001, 8012, None)]
    assert reference([entry(order=7001, typed=("receipt", 7002))]) == [(7001, None, None)]
    assert reference([entry(listing=901, typed=("receipt", 7002))]) == [(None, None, 901)]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        (("transaction", 8012), (7001, 8012, None)),
        (("receipt", 7002), (7002, None, None)),
        (("Shop_Receipt", 7002), (7002, None, None)),
        (("listing", 902), (None, None, 902)),
        (("payment", 5), (7001, None, None)),
        (("bill", 7001), (None, None, None)),
    ],
)
def test_a_typed_reference_is_used_without_columns(typed: tuple[str, int], found: tuple) -> None:
    assert reference([entry(typed=typed)], {5: 7001}) == [found]


def test_a_parents_reference_comes_before_the_payments() -> None:
    chain = [entry(order=7001), entry(parent=1, payment=5), entry(parent=2), entry(payment=5)]
    assert [order for order, _, _ in reference(chain, {5: 7002})] == [7001, 7001, 7001, 7002]


def test_a_payment_answers_where_the_parent_says_nothing() -> None:
    assert reference([entry(), entry(parent=1, payment=5)], {5: 7002})[1] == (7002, None, None)


def test_a_parent_may_itself_be_known_by_its_payment_only() -> None:
    assert reference([entry(payment=5), entry(parent=1)], {5: 7002})[1] == (7002, None, None)


def test_parents_in_a_ring_end() -> None:
    assert reference([entry(parent=2), entry(parent=1)]) == [(None, None, None)] * 2


@pytest.mark.parametrize(
    ("description", "found"),
    [
        ("Processing fee for Order #7001.", (7001, None, None)),
        ("Transaction 8012", (7001, 8012, None)),
        ("Listing #902 renewed for 4 months", (None, None, 902)),
        ("Order 7001, listing 902", (None, None, None)),
        ("Order 7001 (7001)", (7001, None, None)),
        ("Order 70011", (None, None, None)),
        ("Fee of 7001.50 USD", (None, None, None)),
        ("VAT 7001 %", (None, None, None)),
        ("Payment account", (None, None, None)),
        (None, (None, None, None)),
    ],
)
def test_the_single_known_id_of_a_description_is_the_last_resort(
    description: str | None, found: tuple
) -> None:
    assert reference([entry(description=description)]) == [found]


def test_an_unknown_id_is_a_reference_to_nothing_known() -> None:
    found = referred(shop(), [entry(order=999, description="7001"), entry()], {})
    assert found.order.tolist() == [-1, -1]
    assert found.is_named.tolist() == [True, False]


def test_a_known_order_stands_in_for_an_unknown_line() -> None:
    assert reference([entry(line=999, order=7001)]) == [(7001, None, None)]


def test_lines_of_orders_that_do_not_count_are_known() -> None:
    assert reference([entry(line=8031)]) == [(7003, 8031, None)]


def test_the_stand_in_listing_of_a_shop_is_none() -> None:
    assert reference([entry(listing=-1)]) == [(None, None, None)]


def test_charges_are_positive_and_unknown_types_are_counted_by_name() -> None:
    entries = [
        Entry("transaction", 10, DAY),
        Entry("fancy_fee", 5, DAY),
        Entry("fancy_fee", -5, DAY),
    ]
    found = referred(shop(), entries, {})
    assert [BUCKETS[bucket].value for bucket in found.bucket] == [
        "transaction_fees",
        "other_fees",
        "other_fees",
    ]
    assert (found.charge > 0).tolist() == [True, True, False]
    assert found.unknown_types == {"fancy_fee": 2}


def test_no_entries_give_an_empty_frame() -> None:
    found = referred(shop(), [], {})
    assert len(found) == 0
    assert found.unknown_types == {}
