"""offsite_orders.csv: the orders that pay a fee for Offsite Ads."""

import numpy as np

from engine.sources.findings import Findings
from engine.sources.offsite_orders import (
    NO_OFFSITE,
    OFFSITE_LAYOUT,
    OffsiteOrders,
    read_offsite_orders,
)
from engine.sources.text_files import read_text


def read(text: str, findings: Findings | None = None) -> OffsiteOrders:
    found = Findings() if findings is None else findings
    content = f"order_id,fee_kind\n{text}".encode()
    records = read_text(content, "offsite_orders.csv", (OFFSITE_LAYOUT,), found)
    return read_offsite_orders(records, found)


def test_which_fee_each_order_pays() -> None:
    findings = Findings()
    orders = read("3100000004,offsite_ads_reduced\n31,Offsite_Ads\n007,\n", findings)
    asked = np.array([31, 3_100_000_004, 7, 8, 0])
    assert orders.kinds_of(asked).tolist() == [0, 1, 0, -1, -1]
    assert orders.order_id.tolist() == [7, 31, 3_100_000_004]
    assert len(findings) == 0


def test_rows_that_can_not_be_used_are_noted_and_left_out() -> None:
    findings = Findings()
    orders = read("3.12E+09,offsite_ads\n,offsite_ads\nA-1,offsite_ads\n5,ads\n", findings)
    assert len(orders.order_id) == 0
    assert sorted((f.row, f.code) for f in findings) == [
        (2, "ID_DAMAGED"),
        (3, "VALUE_MISSING"),
        (4, "ID_DAMAGED"),
        (5, "VALUE_UNKNOWN"),
    ]
    assert str(findings.of("VALUE_UNKNOWN")[0]) == (
        'offsite_orders.csv: row 5, column "fee_kind": value "ads" is not one of the known words; '
        "expected offsite_ads or offsite_ads_reduced; the row is not used"
    )


def test_the_lowest_of_two_rows_for_an_order_counts() -> None:
    findings = Findings()
    orders = read("5,offsite_ads\n5,offsite_ads_reduced\n", findings)
    assert orders.kinds_of(np.array([5])).tolist() == [1]
    assert [(f.code, f.row) for f in findings] == [("DUPLICATE_CONFLICT", 2)]


def test_without_a_file_no_order_is_one() -> None:
    assert NO_OFFSITE.kinds_of(np.array([5])).tolist() == [-1]
