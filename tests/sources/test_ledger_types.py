from __future__ import annotations

import pytest

from engine.sources.ledger_types import FEE_COLUMNS, LEDGER_TYPES, Bucket, bucket_of


@pytest.mark.parametrize(
    ("written", "bucket"),
    [
        ("transaction", Bucket.TRANSACTION),
        ("PAYMENT_PROCESSING_FEE", Bucket.PROCESSING),
        ("Shipping Transaction", Bucket.TRANSACTION),
        ("regulatory-operating-fee", Bucket.REGULATORY),
        ("renew_sold_auto", Bucket.LISTING),
        ("prolist", Bucket.ADS),
        ("DISBURSE2", Bucket.PASS_THROUGH),
    ],
)
def test_types_are_compared_folded(written: str, bucket: Bucket) -> None:
    assert bucket_of(written) == (bucket, True)


@pytest.mark.parametrize(
    "written", ["transaction_refund", "refund_transaction", "TRANSACTION REFUND"]
)
def test_the_refund_of_a_fee_is_a_credit_of_that_fee(written: str) -> None:
    assert bucket_of(written) == (Bucket.TRANSACTION, True)


def test_a_whole_name_comes_before_the_refund_of_a_fee() -> None:
    # A label's refund and a buyer's refund have names of their own.
    assert bucket_of("shipping_label_refund") == (Bucket.POSTAGE, True)
    assert bucket_of("sales_tax_refund") == (Bucket.PASS_THROUGH, True)
    assert bucket_of("prolist_refund") == (Bucket.ADS, True)


@pytest.mark.parametrize("written", ["share_and_save", "", "payment_refund", "transactions"])
def test_an_unknown_type_is_an_other_fee_and_said_to_be_unknown(written: str) -> None:
    assert bucket_of(written) == (Bucket.OTHER, False)


def test_the_eight_fee_columns_come_first_among_the_buckets() -> None:
    assert tuple(bucket.value for bucket in Bucket)[: len(FEE_COLUMNS)] == FEE_COLUMNS
    assert len(FEE_COLUMNS) == 8
    assert set(LEDGER_TYPES.values()) == set(Bucket) - {Bucket.CONVERSION}
