from __future__ import annotations

from datetime import datetime

from engine.ledger.fee_frames import FeeBasis
from engine.ledger.frames import CostBasis
from tests import worked_shop
from tests.ledger.account_builder import Booked, Entry, adds_up, booked

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
    rows = shop.fees.schedule_rows["processing_fees"]
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
