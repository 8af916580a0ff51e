from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import numpy as np
import pytest

from engine.ledger.fee_frames import Fate
from engine.ledger.frames import CostBasis
from engine.sources.frames import Maybe, SourceTables
from engine.sources.rate_files import RATE_SCALE, PairRates, Rates
from tests.ledger.account_builder import Booked, Entry, adds_up, booked, fee
from tests.shop_builder import Item, Line, Order, Refund, a_shop, integers, tables, unix

DAY = datetime(2026, 3, 5, 10)
LATER = datetime(2026, 3, 20, 10)
A, B = "A", "B"


def shop(refunds: list[Refund] | None = None, **order: object) -> SourceTables:
    """Order 1 of two lines, 20.00 and 10.00; order 2 of one line; order 3 is cancelled."""
    orders = [
        Order(1, DAY, [Line(11, A, 2, 1000, 901), Line(12, B, 1, 1000, 902)], **order),
        Order(2, DAY, [Line(21, A, 1, 1000, 901)]),
        Order(3, DAY, [Line(31, B, 1, 1000, 902)], status="canceled"),
    ]
    products = [(501, 901, A), (502, 901, A), (503, 902, B), (504, 902, A), (505, 903, None)]
    return tables(a_shop(), orders, refunds or [], products)


def book(*entries: Entry, source: SourceTables | None = None, **more: object) -> Booked:
    """Book entries where nothing is estimated but transaction fees, at 10 %."""
    found = booked(source or shop(), list(entries), (fee("transaction", 100_000), NONE), **more)
    assert adds_up(found.fees)
    return found


NONE = fee("processing", 0)


def reasons(shop: Booked) -> list[tuple[int, str]]:
    rows = shop.fees.not_booked
    return [
        (int(entry), Fate(int(reason)).name)
        for entry, reason in zip(rows.entry_id, rows.reason, strict=True)
    ]


def test_an_entry_that_names_its_order_is_split_by_what_the_lines_sold() -> None:
    found = book(Entry("transaction", 100, DAY, order=1), Entry("renew_sold", 60, DAY, order=1))
    assert found.sale(11) == {"transaction_fees": 67, "listing_fees": 40}
    assert found.sale(12) == {"transaction_fees": 33, "listing_fees": 20}


def test_an_entry_that_names_a_line_goes_there_as_a_whole() -> None:
    found = book(Entry("transaction", 100, DAY, line=12))
    assert (found.sale(11), found.sale(12)) == ({}, {"transaction_fees": 100})


def test_identical_entries_are_kept_and_each_is_split_by_itself() -> None:
    one = Entry("transaction", 1, DAY, order=1)
    found = book(one, one, one)
    # Each cent goes to the larger line; three cents together would be 2 and 1.
    assert found.sale(11) == {"transaction_fees": 3}
    assert found.sale(12) == {}


def test_processing_fees_are_split_by_what_was_paid_tax_included() -> None:
    source = shop(tax=1000)
    tax, known = source.lines.tax.value.copy(), source.lines.tax.known.copy()
    tax[:2], known[:2] = (0, 1000 * 10_000), True
    source = replace(source, lines=replace(source.lines, tax=Maybe(tax, known)))
    found = book(Entry("payment_processing_fee", 100, DAY, order=1), source=source)
    assert found.sale(11) == {"processing_fees": 50}
    assert found.sale(12) == {"processing_fees": 50}


def test_vat_is_split_by_the_other_fees_of_the_line() -> None:
    entries = (
        Entry("transaction", 10, DAY, line=11),
        Entry("fancy_fee", 30, DAY, line=12),
        Entry("vat_seller_services", 20, DAY, order=1),
    )
    found = book(*entries)
    assert found.sale(11)["vat_on_fees"] == 5
    assert found.sale(12)["vat_on_fees"] == 15


def test_a_measured_order_has_no_estimate_of_any_kind() -> None:
    found = book(Entry("payment_processing_fee", 100, DAY, order=1))
    assert found.order(1) == {"processing_fees": 100}
    assert found.basis(1) == {CostBasis.MEASURED}
    assert found.order(2) == {"transaction_fees": 100}
    assert found.basis(2) == {CostBasis.ESTIMATED}


def test_an_order_with_credits_or_small_fees_only_is_still_estimated() -> None:
    found = book(Entry("listing", 20, DAY, order=1), Entry("transaction", -5, DAY, order=2))
    assert found.order(1) == {"transaction_fees": 300, "listing_fees": 20}
    assert found.order(2) == {"transaction_fees": 100}
    assert found.fees.fees_measured.tolist() == [13, 7, 0]


def test_an_unknown_type_is_an_other_fee_by_name() -> None:
    found = book(Entry("fancy_fee", 30, DAY, order=2), Entry("fancy_credit", -10, DAY))
    assert found.order(2)["other_fees"] == 30
    assert found.adjustments() == [(2, 0, 0, 0, None, {"other_fees": -10})]
    assert found.fees.unknown_types == {"fancy_credit": 1, "fancy_fee": 1}


FIRST = Refund(1, 1, datetime(2026, 3, 10, 12), 600)
SECOND = Refund(2, 1, datetime(2026, 3, 15, 12), 300)


@pytest.mark.parametrize(("day", "refund"), [(5, 1), (9, 1), (10, 1), (14, 1), (15, 2), (31, 2)])
def test_a_credit_belongs_to_the_latest_refund_before_it_else_to_the_earliest(
    day: int, refund: int
) -> None:
    credit = Entry("transaction_refund", -9, datetime(2026, 3, day, 11), order=1)
    charge = Entry("transaction", 300, DAY, order=1)
    found = book(charge, credit, source=shop([FIRST, SECOND]))
    assert found.refund(refund)["transaction_fees"] == -9
    assert "transaction_fees" not in found.refund(3 - refund)
    assert found.adjustments() == []


def test_a_credit_without_a_refund_is_an_adjustment_of_the_orders_lines() -> None:
    charge = Entry("transaction", 300, DAY, order=1)
    found = book(charge, Entry("transaction", -100, LATER, order=1))
    assert found.adjustments() == [
        (2, 1, 11, 901, A, {"transaction_fees": -67}),
        (2, 1, 12, 902, B, {"transaction_fees": -33}),
    ]
    assert found.fees.adjustments.day.tolist() == [20_532, 20_532]


def test_a_credit_of_a_line_goes_to_a_refund_of_that_line() -> None:
    of_line = Refund(1, 1, datetime(2026, 3, 10, 12), 500, items=[Item(500, line_id=12)])
    source = shop([of_line, Refund(2, 1, datetime(2026, 3, 15, 12), 300)])
    charge = Entry("transaction", 300, DAY, order=1)
    found = book(charge, Entry("transaction", -9, LATER, line=12), source=source)
    assert found.refund(2)["transaction_fees"] == -9
    row = int(np.flatnonzero(found.fees.refund["transaction_fees"])[0])
    assert found.lines.line_id[found.back.line[row]] == 12
    only_12 = shop([of_line])
    found = book(charge, Entry("transaction", -9, LATER, line=11), source=only_12)
    assert found.adjustments() == [(2, 1, 11, 901, A, {"transaction_fees": -9})]


def test_credits_of_an_order_are_split_by_what_the_refund_gave_back() -> None:
    part = Refund(1, 1, datetime(2026, 3, 10, 12), 600, items=[Item(500, 11), Item(100, 12)])
    entries = (
        Entry("transaction", 300, DAY, order=1),
        Entry("transaction", -60, LATER, order=1),
        Entry("vat_seller_services", -12, LATER, order=1),
    )
    found = book(*entries, source=shop([part]))
    by_line = found.lines.line_id[found.back.line]
    assert dict(zip(by_line, found.fees.refund["transaction_fees"], strict=True)) == {
        11: -50,
        12: -10,
    }
    assert dict(zip(by_line, found.fees.refund["vat_on_fees"], strict=True)) == {11: -10, 12: -2}


def test_measured_orders_have_measured_credits_only() -> None:
    found = book(Entry("transaction", 300, DAY, order=1), source=shop([FIRST]))
    # 3.00 × 6.00 ÷ 30.00 stays with the marketplace.
    assert found.refund(1) == {"fees_retained": 60}


def test_a_measured_credit_leaves_no_room_for_an_estimated_one() -> None:
    found = book(Entry("transaction", -7, LATER, order=1), source=shop([FIRST]))
    assert found.order(1) == {"transaction_fees": 300}
    assert found.refund(1) == {"transaction_fees": -7, "fees_retained": 53}


def test_entries_of_orders_that_do_not_count_are_adjustments_on_their_day() -> None:
    found = book(
        Entry("transaction", 10, DAY, order=3),
        Entry("transaction", 20, LATER, line=31),
        Entry("shipping_labels", 700, LATER, order=3),
        Entry("transaction", 5, DAY, order=99),
    )
    assert found.adjustments() == [
        (1, 3, 0, 0, None, {"transaction_fees": 10}),
        (2, 3, 31, 902, B, {"transaction_fees": 20}),
        (3, 3, 0, 0, None, {"postage": 700}),
        (4, 0, 0, 0, None, {"transaction_fees": 5}),
    ]
    assert found.fees.adjustments.day.tolist() == [20_517, 20_532, 20_532, 20_517]


def test_a_listing_gets_its_sku_only_if_all_its_products_carry_it() -> None:
    found = book(*(Entry("renew", 20, DAY, listing=listing) for listing in (901, 902, 903, 904)))
    assert found.adjustments() == [
        (1, 0, 0, 901, A, {"listing_fees": 20}),
        (2, 0, 0, 902, None, {"listing_fees": 20}),
        (3, 0, 0, 903, None, {"listing_fees": 20}),
        (4, 0, 0, 904, None, {"listing_fees": 20}),
    ]


def test_labels_of_an_order_are_summed_and_a_returned_one_is_none() -> None:
    found = book(
        Entry("shipping_labels", 700, DAY, order=1),
        Entry("shipping_labels", 300, DAY, order=1),
        Entry("shipping_labels", 400, DAY, order=2),
        Entry("shipping_label_refund", -400, LATER, order=2),
        Entry("shipping_labels", 100, DAY),
    )
    assert found.labels() == {1: 1000}
    assert reasons(found) == [(5, "LABEL_WITHOUT_ORDER")]
    assert not any(found.order(1).get(name) for name in ("other_fees", "postage"))


def test_more_returned_for_labels_than_was_paid_is_not_booked() -> None:
    found = book(Entry("shipping_label_refund", -400, DAY, order=2))
    assert found.labels() == {}
    assert reasons(found) == [(1, "LABEL_RETURNED")]


def test_ads_are_summed_by_day() -> None:
    found = book(
        Entry("prolist", 500, LATER), Entry("prolist", 300, DAY), Entry("prolist_refund", -100, DAY)
    )
    assert found.fees.ad_spend_day.tolist() == [20_517, 20_532]
    assert found.fees.ad_spend.tolist() == [200, 500]


def test_an_entrys_day_is_the_shops_own() -> None:
    # 22:00 in UTC is the next day in Istanbul.
    found = book(Entry("prolist", 500, datetime(2026, 3, 6, 1)))
    assert found.fees.ad_spend_day.tolist() == [20_518]


def test_transfers_are_in_no_figure() -> None:
    found = book(Entry("PAYMENT_GROSS", -3000, DAY, order=1), Entry("DISBURSE", 2000, DAY))
    assert found.fees.entries_total == 0
    assert found.adjustments() == []
    assert reasons(found) == []


def test_entries_after_the_watermark_are_left_out() -> None:
    entries = (
        Entry("transaction", 30, DAY, order=1),
        Entry("prolist", 50, LATER),
        Entry("DISBURSE", 9, LATER),
    )
    found = book(*entries, known_until=unix(a_shop(), LATER))
    assert reasons(found) == [(2, "AFTER_WATERMARK")]
    assert found.order(1) == {"transaction_fees": 30}
    found = book(Entry("transaction", 30, DAY, order=2), known_until=unix(a_shop(), DAY))
    assert found.order(2) == {"transaction_fees": 100}


def test_an_entry_is_converted_once_at_the_rate_of_its_day() -> None:
    rates = Rates(
        {
            ("EUR", "USD"): PairRates(
                np.array([20_517, 20_532], np.int32),
                integers([2 * RATE_SCALE, 3 * RATE_SCALE]),
                np.zeros(2, np.int32),
            )
        }
    )
    entries = (
        Entry("transaction", 50, DAY, line=21, currency="EUR"),
        Entry("transaction", 50, LATER, line=21, currency="EUR"),
    )
    assert book(*entries, rates=rates).order(2) == {"transaction_fees": 250}


def test_a_charge_without_a_rate_makes_the_fee_unknown_and_is_listed() -> None:
    entries = (
        Entry("transaction", 50, DAY, line=11, currency="EUR"),
        Entry("prolist", 50, DAY, currency="EUR"),
    )
    found = book(*entries)
    assert found.order(1) == {}
    assert found.basis(1) == {CostBasis.UNKNOWN}
    assert found.basis(2) == {CostBasis.ESTIMATED}
    assert reasons(found) == [(1, "NO_RATE"), (2, "NO_RATE")]


def test_fees_of_a_held_order_are_held() -> None:
    found = book(Entry("transaction", 50, DAY, order=1), source=shop(currency="EUR"))
    assert reasons(found) == [(1, "HELD")]
    assert found.adjustments() == []
