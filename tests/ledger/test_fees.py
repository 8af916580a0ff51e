from __future__ import annotations

from datetime import datetime

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.ledger.fee_frames import FEE_COLUMNS, FeeBasis
from engine.ledger.frames import CostBasis
from engine.sources.frames import SourceTables
from engine.sources.ledger_types import Bucket, bucket_of
from tests import worked_shop
from tests.ledger.account_builder import WORKED_FEES, Booked, Entry, adds_up, booked, fee
from tests.shop_builder import Line, Order, Refund, a_shop, tables

SALE = datetime(2026, 3, 5, 10, 16)
ENTRIES_OF_1001 = [
    Entry("transaction", 353, SALE, line=11),
    Entry("transaction", 265, SALE, line=12),
    Entry("shipping_transaction", 52, SALE, order=1001),
    Entry("gift_wrap_fees", 20, SALE, order=1001),
    Entry("PAYMENT_PROCESSING_FEE", 727, SALE, order=1001),
    Entry("regulatory_operating_fee", 177, SALE, order=1001),
    Entry("vat_seller_services", 181, SALE, order=1001),
    Entry("vat_on_processing_fees", 145, SALE, order=1001),
    Entry("renew_sold", 20, SALE, line=11),
    Entry("renew_sold", 20, SALE, line=12),
]


def worked(**rules: object) -> Booked:
    return booked(worked_shop.source(), ENTRIES_OF_1001, **rules)


def fees(transaction: int, processing: int, regulatory: int, listing: int, vat: int) -> dict:
    amounts = {
        "transaction_fees": transaction,
        "processing_fees": processing,
        "listing_fees": listing,
        "regulatory_fees": regulatory,
        "vat_on_fees": vat,
    }
    return {name: amount for name, amount in amounts.items() if amount}


def test_the_measured_fees_of_the_worked_shop_by_line() -> None:
    shop = worked()
    assert shop.sale(11) == fees(394, 415, 101, 20, 186)
    assert shop.sale(12) == fees(296, 312, 76, 20, 140)
    assert adds_up(shop.fees)
    assert shop.fees.entries_total == 1960


def test_the_estimated_fees_of_the_worked_shop_by_line() -> None:
    shop = worked()
    assert shop.sale(21) == fees(247, 307, 63, 20, 127)
    assert shop.sale(31) == fees(208, 233, 53, 20, 103)
    assert shop.sale(32) == fees(579, 649, 149, 40, 283)
    assert shop.sale(41) == fees(325, 365, 84, 60, 167)
    assert shop.sale(61) == fees(0, 0, 0, 20, 4)
    assert shop.order(1005) == {}


def test_the_credits_of_the_worked_shop_and_what_is_retained() -> None:
    assert worked().refund(1) == {
        "transaction_fees": -90,
        "processing_fees": -98,
        "regulatory_fees": -23,
        "vat_on_fees": -42,
        "fees_retained": 26,
    }


def test_measured_and_estimated_fees_are_told_apart() -> None:
    shop = worked()
    of_1001 = shop.lines.order_id == 1001
    assert shop.fees.fees_measured.sum() == shop.fees.fees_measured[of_1001].sum() == 1960
    assert shop.basis(1001) == {CostBasis.MEASURED}
    assert shop.basis(1003) == {CostBasis.ESTIMATED}
    assert set(shop.fees.bases["transaction_fees"][~of_1001]) == {FeeBasis.ESTIMATED}
    assert shop.work is not None
    rows = shop.work.sold.to_rows(shop.work.books[Bucket.PROCESSING].schedule_row)
    assert set(rows[of_1001]) == {-1}
    assert set(rows[~of_1001]) == {1}


def test_the_backtest_says_what_estimates_would_have_said() -> None:
    found = {
        (row.column, row.orders): (row.measured, row.estimated) for row in worked().fees.backtest
    }
    assert found == {
        ("transaction_fees", 1): (690, 689),
        ("processing_fees", 1): (727, 729),
        ("regulatory_fees", 1): (177, 177),
        ("listing_fees", 1): (40, 60),
        ("currency_conversion_fees", 1): (0, 0),
        ("offsite_ads_fees", 1): (0, 0),
        ("vat_on_fees", 1): (326, 331),
    }


def test_recoverable_vat_is_in_no_column_but_is_stated() -> None:
    cost, recoverable = worked(), worked(vat_on_fees="recoverable")
    vat = cost.fees.sale["vat_on_fees"].sum() + cost.fees.refund["vat_on_fees"].sum()
    assert recoverable.fees.recoverable_vat == vat == 326 + 127 + 386 + 167 + 4 - 42
    assert not recoverable.fees.sale["vat_on_fees"].any()
    assert not recoverable.fees.refund["vat_on_fees"].any()
    assert recoverable.sale(21) == fees(247, 307, 63, 20, 0)
    # 6.37 × 15.00 ÷ 41.04 = 2.33, less the credits of 2.11
    assert recoverable.refund(1)["fees_retained"] == 22
    assert adds_up(recoverable.fees)
    assert recoverable.fees.not_booked.entry_id.tolist() == [7, 8]
    of_1001 = recoverable.lines.order_id == 1001
    assert recoverable.fees.fees_measured[of_1001].tolist() == [930, 704]


KINDS = (
    "transaction",
    "payment_processing_fee",
    "regulatory_operating_fee",
    "renew_sold",
    "vat_seller_services",
    "offsite_ads_fee",
    "transaction_refund",
    "fancy_fee",
    "shipping_labels",
    "shipping_label_refund",
    "prolist",
    "PAYMENT_GROSS",
)


@st.composite
def entries(draw: st.DrawFn) -> Entry:
    reference = draw(
        st.sampled_from(
            [{}, {"order": 1}, {"order": 2}, {"order": 3}, {"order": 9}]
            + [{"line": line} for line in (11, 12, 21, 31, 99)]
            + [{"listing": 901}, {"typed": ("receipt", 2)}, {"description": "order 1"}]
        )
    )
    at = datetime(2026, 3, draw(st.integers(1, 31)), draw(st.integers(0, 23)))
    kind = draw(st.sampled_from(KINDS))
    return Entry(kind, draw(st.integers(-500, 1500)), at, **reference)


@st.composite
def shops(draw: st.DrawFn) -> SourceTables:
    price, tax = st.integers(0, 5000), st.integers(0, 900)
    lines = [
        [Line(11, "A", 1, draw(price), 901), Line(12, "B", 2, draw(price), 902)],
        [Line(21, "A", 3, draw(price), 901)],
        [Line(31, "B", 1, draw(price), 902)],
    ]
    orders = [
        Order(1, datetime(2026, 3, 2), lines[0], shipping=draw(price), tax=draw(tax)),
        Order(2, datetime(2026, 3, 9), lines[1], gift_wrap=draw(price)),
        Order(3, datetime(2026, 3, 9), lines[2], status="canceled"),
    ]
    refunds = [
        Refund(number, draw(st.sampled_from((1, 2))), datetime(2026, 3, 12 + number), amount)
        for number, amount in enumerate(draw(st.lists(st.integers(1, 9000), max_size=4)), 1)
    ]
    return tables(a_shop(), orders, refunds, [(501, 901, "A")])


@settings(deadline=None)
@given(shops(), st.lists(entries(), max_size=25), st.sampled_from(("cost", "recoverable")))
def test_every_cent_of_the_account_is_booked_or_listed(
    source: SourceTables, account: list[Entry], vat: str
) -> None:
    found = booked(source, account, vat_on_fees=vat)
    costs = [e for e in account if bucket_of(e.kind)[0] is not Bucket.PASS_THROUGH]
    assert found.fees.entries_total == sum(entry.charge for entry in costs)
    assert adds_up(found.fees)
    assert set(found.fees.not_booked.entry_id) <= set(range(1, len(account) + 1))
    for column in FEE_COLUMNS:
        assert (found.fees.sale[column] >= 0).all()
        assert (found.fees.refund[column] <= 0).all()
    charges = np.sum(list(found.fees.sale.values()), axis=0)
    assert (found.fees.fees_measured <= charges).all()


@settings(deadline=None)
@given(shops(), st.lists(entries(), max_size=25))
def test_where_nothing_is_estimated_the_columns_come_to_the_account(
    source: SourceTables, account: list[Entry]
) -> None:
    fees = booked(source, account, (fee("transaction", 0), fee("processing", 0))).fees
    columns = [*fees.sale.values(), *fees.adjustments.amounts.values(), fees.ad_spend]
    columns += [fees.refund[name] for name in FEE_COLUMNS] + [fees.labels[fees.labels > 0]]
    total = sum(int(column.sum()) for column in columns)
    assert total + int(fees.not_booked.charge.sum()) == fees.entries_total


@settings(deadline=None)
@given(shops(), st.lists(entries(), max_size=12), st.randoms())
def test_the_order_of_the_entries_changes_nothing(
    source: SourceTables, account: list[Entry], random: object
) -> None:
    shuffled = list(account)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    one, other = booked(source, account).fees, booked(source, shuffled).fees
    for column in FEE_COLUMNS:
        assert one.sale[column].tolist() == other.sale[column].tolist()
        assert one.refund[column].tolist() == other.refund[column].tolist()
    assert one.labels.tolist() == other.labels.tolist()
    assert one.pools == other.pools


def test_a_shop_without_orders_or_entries_has_no_fees() -> None:
    empty = booked(tables(a_shop(), []))
    assert all(len(column) == 0 for column in empty.fees.sale.values())
    assert len(empty.fees.adjustments) == 0
    lone = booked(tables(a_shop(), []), [Entry("transaction", 30, SALE), Entry("prolist", 9, SALE)])
    assert lone.adjustments() == [(1, 0, 0, 0, None, {"transaction_fees": 30})]
    assert adds_up(lone.fees)


def test_a_refund_without_an_order_has_no_credit() -> None:
    source = tables(
        a_shop(),
        [Order(1, SALE, [Line(11, "A", 1, 1000, 901)])],
        [Refund(1, None, SALE, 300), Refund(2, 1, SALE, 500)],
    )
    found = booked(source, [], (fee("transaction", 100_000), fee("processing", 0)))
    assert found.refund(1) == {}
    assert found.refund(2) == {"transaction_fees": -50}


def test_fees_do_not_depend_on_the_order_of_the_schedule() -> None:
    one = booked(worked_shop.source(), ENTRIES_OF_1001, WORKED_FEES[::-1])
    assert {name: column.tolist() for name, column in one.fees.sale.items()} == {
        name: column.tolist() for name, column in worked().fees.sale.items()
    }
