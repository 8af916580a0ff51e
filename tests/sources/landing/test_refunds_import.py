from collections.abc import Callable

import pytest

from engine.sources.landing.ids import made_up_id
from engine.sources.landing.plans import RowCounts
from engine.sources.landing.receipts import Receipt
from engine.sources.landing.refunds import Refunds
from tests.sources.landing.desk import Desk

HEADER = "refund_id,date,amount,currency"
SALES = """order_id,ordered_at,sku,listing_id,quantity,unit_price,currency
1001,2026-03-29,RING-S,11,2,10.00,USD
"""
REFUNDS = f"""{HEADER},order_id,sku,quantity,tax_amount,reason
5,2026-04-01 10:00,5.25,USD,1001,RING-S,1,0.25,broken
R6,2026-04-02,3,USD,,,,,
"""
ITEMS = (
    "SELECT r.refund_id, i.listing_id, i.sku, i.quantity, i.amount, i.amount_divisor, "
    "i.currency_code, i.transaction_id FROM order_refund_items i "
    "JOIN order_refunds r ON r.id = i.order_refund_id ORDER BY r.refund_id"
)


def warnings(receipt: Receipt, code: str) -> list[str]:
    return [str(finding) for finding in receipt.findings.of(code)]


def simple(*rows: str, header: str = HEADER) -> str:
    return "\n".join([header, *rows]) + "\n"


def test_refunds_land_with_and_without_an_order(desk: Desk) -> None:
    desk.land("sales.csv", SALES)
    receipt = desk.land("refunds.csv", REFUNDS)
    assert receipt.counts == RowCounts(new=2, changed=0, unchanged=0)
    assert not receipt.has_problems
    assert desk.rows(
        "SELECT refund_id, external_id, shop_id, order_id, amount, amount_divisor, currency_code, "
        "tax_amount, reason, created_timestamp, time_precision, source, import_row "
        "FROM order_refunds ORDER BY import_row"
    ) == [
        (5, None, 1, 1001, 525, 100, "USD", 25, "broken", 1_775_030_400, "second", "refunds", 2),
        (
            made_up_id(1, "refund", "R6"),
            "R6",
            1,
            None,
            300,
            100,
            "USD",
            None,
            None,
            1_775_124_000,
            "day",
            "refunds",
            3,
        ),
    ]


def test_an_item_is_worth_the_refund_without_its_tax(desk: Desk) -> None:
    desk.land("sales.csv", SALES)
    desk.land("refunds.csv", REFUNDS)
    assert desk.rows(ITEMS) == [(5, None, "RING-S", 1, 500, 100, "USD", None)]


def test_an_unknown_order_is_noted_and_a_second_reading_links_it(desk: Desk) -> None:
    refunds = simple("5,2026-04-01,5.25,USD,1001", header=f"{HEADER},order_id")
    receipt = desk.land("refunds.csv", refunds)
    assert warnings(receipt, "ORDER_UNKNOWN") == [
        'refunds.csv: row 2, column "order_id": value "1001" is an order that the shop does not '
        "have; expected the id of an order that was imported before; the refund lands without an "
        "order; import it again with --replace later"
    ]
    assert desk.rows("SELECT order_id FROM order_refunds") == [(None,)]
    desk.land("sales.csv", SALES)
    receipt = desk.land("refunds.csv", refunds, replace=True)
    assert receipt.counts == RowCounts(new=0, changed=1, unchanged=0)
    assert desk.rows("SELECT order_id FROM order_refunds") == [(1001,)]


def test_sales_land_before_refunds_whatever_the_order_of_the_paths(desk: Desk) -> None:
    refunds, sales = desk.write("a.csv", REFUNDS), desk.write("b.csv", SALES)
    receipts = desk.land_paths(refunds, sales)
    assert [receipt.kind for receipt in receipts] == ["sales", "refunds"]
    assert not any(receipt.has_problems for receipt in receipts)


def test_the_same_refunds_in_another_form_change_nothing(desk: Desk) -> None:
    desk.land("sales.csv", SALES)
    desk.land("refunds.csv", REFUNDS)
    before = desk.rows("SELECT id, updated_at FROM order_refunds ORDER BY id")
    items = desk.rows("SELECT * FROM order_refund_items")
    receipt = desk.land("again.csv", REFUNDS.replace("3,USD", "3.00,USD"))
    assert receipt.counts == RowCounts(new=0, changed=0, unchanged=2)
    assert desk.rows("SELECT id, updated_at FROM order_refunds ORDER BY id") == before
    assert desk.rows("SELECT * FROM order_refund_items") == items


def test_a_changed_refund_replaces_its_item_and_blanks_keep_values(desk: Desk) -> None:
    desk.land("sales.csv", SALES)
    desk.land("refunds.csv", REFUNDS)
    before = desk.rows("SELECT updated_at FROM order_refunds WHERE refund_id = 5")
    receipt = desk.land("later.csv", simple("5,2026-04-01 10:00,6.255,USD"))
    assert receipt.counts == RowCounts(new=0, changed=1, unchanged=0)
    assert desk.rows(
        "SELECT order_id, amount, tax_amount, amount_divisor, reason FROM order_refunds "
        "WHERE refund_id = 5"
    ) == [(1001, 6255, 250, 1000, "broken")]
    assert desk.rows(ITEMS) == [(5, None, "RING-S", 1, 6005, 1000, "USD", None)]
    assert desk.rows("SELECT updated_at FROM order_refunds WHERE refund_id = 5") > before


def test_another_item_alone_makes_the_refund_newer(desk: Desk) -> None:
    header = f"{HEADER},sku"
    desk.land("a.csv", simple("5,2026-04-01,5,USD,RING-S", header=header))
    before = desk.rows("SELECT updated_at FROM order_refunds")
    receipt = desk.land("b.csv", simple("5,2026-04-01,5,USD,RING-L", header=header))
    assert receipt.counts == RowCounts(new=0, changed=1, unchanged=0)
    assert desk.rows("SELECT sku FROM order_refund_items") == [("RING-L",)]
    assert desk.rows("SELECT updated_at FROM order_refunds") > before


def test_a_refund_of_the_marketplace_is_only_completed(desk: Desk) -> None:
    desk.land("sales.csv", SALES)
    desk.run(
        "INSERT INTO order_refunds (refund_id, amount, amount_divisor, currency_code, updated_at) "
        "VALUES (5, 9900, 100, 'USD', now())"
    )
    desk.land("refunds.csv", REFUNDS)
    assert desk.rows(
        "SELECT shop_id, order_id, amount, tax_amount, reason, source, import_file_id "
        "FROM order_refunds WHERE refund_id = 5"
    ) == [(1, 1001, 9900, None, "broken", "api", None)]
    assert desk.rows(ITEMS) == []


def test_a_refund_id_of_another_shop_is_taken(desk: Desk) -> None:
    desk.land("refunds.csv", simple("5,2026-04-01,5,USD"))
    desk.run(
        "INSERT INTO shops (shop_id, name, time_zone, currency, buyer_salt, updated_at) "
        "VALUES (2, 'Wood', 'Europe/Berlin', 'USD', 'x', now())"
    )
    desk.run("UPDATE order_refunds SET shop_id = 2")
    receipt = desk.land("later.csv", simple("5,2026-04-01,6,USD"))
    assert warnings(receipt, "ID_TAKEN") == [
        'later.csv: row 2, column "refund_id": value "5" is a refund of shop 2; expected a refund '
        "of this shop; the row is rejected"
    ]


@pytest.mark.parametrize(
    ("row", "code", "message"),
    [
        (
            "5,2026-04-01,0,USD,",
            "NEGATIVE",
            'file.csv: row 2, column "amount": value "0" is not above zero; expected an amount '
            "above zero such as 12.34; the row is rejected",
        ),
        (
            "5,2026-04-01,-3,USD,",
            "NEGATIVE",
            'file.csv: row 2, column "amount": value "-3" is not above zero; expected an amount '
            "above zero such as 12.34; the row is rejected",
        ),
        (
            "5,2026-04-01,,USD,",
            "VALUE_MISSING",
            'file.csv: row 2, column "amount": is empty; expected an amount above zero such as '
            "12.34; the row is rejected",
        ),
        (
            ",2026-04-01,3,USD,",
            "VALUE_MISSING",
            'file.csv: row 2, column "refund_id": is empty; expected the id of the refund; the '
            "row is rejected",
        ),
        (
            "5,,3,USD,",
            "VALUE_MISSING",
            'file.csv: row 2, column "date": is empty; expected a date such as 2026-03-29, or a '
            "date and a time such as 2026-03-29 23:30; the row is rejected",
        ),
        (
            "5,2026-04-01,3,USD,3.01",
            "IDENTITY_BROKEN",
            'file.csv: row 2, column "tax_amount": value "3.01" is more than the amount 3; '
            "expected a tax within the amount; the row is rejected",
        ),
    ],
)
def test_a_refund_that_can_not_be_understood_is_rejected_with_its_reason(
    read: Callable[[str], Refunds], row: str, code: str, message: str
) -> None:
    refunds = read(simple(row, header=f"{HEADER},tax_amount"))
    assert [str(finding) for finding in refunds.rows.findings.of(code)] == [message]
    assert refunds.rows.rejected.tolist() == [True]


def test_a_refund_id_twice_rejects_the_later_row(read: Callable[[str], Refunds]) -> None:
    refunds = read(simple("5,2026-04-01,3,USD", "6,2026-04-01,3,USD", "05,2026-04-01,4,USD"))
    assert refunds.kept.tolist() == [0, 1]
    assert [str(finding) for finding in refunds.rows.findings] == [
        'file.csv: row 4, column "refund_id": value "05" is the refund of row 2 too; expected each '
        "refund id once; the row is rejected"
    ]
