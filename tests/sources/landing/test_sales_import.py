import pytest

from engine.sources.landing.ids import made_up_id
from engine.sources.landing.plans import RowCounts
from tests.sources.landing.desk import Desk

HEADER = "order_id,ordered_at,sku,listing_id,quantity,unit_price,currency"
TWO_LINES = f"""{HEADER},title,buyer_id,country,discount,shipping,tax,status
1001,2026-03-29 23:30,RING-S,11,2,10.00,USD,Ring small,anna,Germany,1.00,3.00,0.50,
1001,2026-03-29 23:30,RING-L,11,1,12.50,USD,Ring large,anna,Germany,1.00,3.00,0.50,
"""
MONEY = (
    "SELECT total_price, total_price_divisor, discount_amt, total_shipping_cost, total_tax_cost, "
    "subtotal, grand_total, grand_total_divisor FROM orders"
)


def simple(*rows: str, header: str = HEADER) -> str:
    return "\n".join([header, *rows]) + "\n"


def warnings(receipt: object, code: str) -> list[str]:
    return [str(finding) for finding in receipt.findings.of(code)]  # type: ignore[attr-defined]


def test_an_order_lands_with_its_lines(desk: Desk) -> None:
    receipt = desk.land("sales.csv", TWO_LINES)
    assert receipt.counts == RowCounts(new=2, changed=0, unchanged=0)
    order = desk.row("SELECT * FROM orders")
    expected = {
        "order_id": 1001,
        "shop_id": 1,
        "created_timestamp": 1_774_819_800,  # 2026-03-29 21:30 UTC, summer time in Berlin
        "time_precision": "second",
        "buyer_user_id": made_up_id("user", "salt", "anna"),
        "country": "Germany",
        "status": "paid",
        "is_paid": True,
        "is_shipped": True,
        "item_count": 3,
        "source": "sales",
        "import_row": 2,
        "external_id": None,
        "buyer_name": None,
    }
    assert {name: order[name] for name in expected} == expected
    assert desk.rows(MONEY) == [(3250, 100, 100, 300, 50, 3150, 3500, 100)]
    assert desk.rows(
        "SELECT order_id, listing_id, sku, title, quantity, price, price_divisor, currency_code, "
        "source, import_row, shipped_timestamp FROM order_transactions ORDER BY import_row"
    ) == [
        (1001, 11, "RING-S", "Ring small", 2, 1000, 100, "USD", "sales", 2, None),
        (1001, 11, "RING-L", "Ring large", 1, 1250, 100, "USD", "sales", 3, None),
    ]


def test_an_unknown_listing_gets_a_stub_from_its_first_row(desk: Desk) -> None:
    desk.land("sales.csv", TWO_LINES)
    stub = desk.row("SELECT * FROM listings")
    expected = {
        "listing_id": 11,
        "shop_id": 1,
        "title": "Ring small",
        "price": 1000,
        "price_divisor": 100,
        "currency_code": "USD",
        "quantity": 0,
        "state": "unknown",
        "source": "stub",
    }
    assert {name: stub[name] for name in expected} == expected


def test_a_known_listing_is_left_as_it_is(desk: Desk) -> None:
    desk.land("first.csv", TWO_LINES)
    desk.run("UPDATE listings SET title = 'Felt ring', state = 'active', source = 'listings'")
    desk.land("more.csv", simple("1002,2026-04-01,RING-S,11,1,9,USD"))
    assert desk.rows("SELECT title, price, state FROM listings") == [("Felt ring", 1000, "active")]


def test_ids_that_are_no_digits_are_made_up_and_remembered(desk: Desk) -> None:
    desk.land("sales.csv", simple("A-7,2026-03-30,MUG,mug-1,1,8,USD"))
    assert desk.rows("SELECT order_id, external_id FROM orders") == [
        (made_up_id(1, "order", "A-7"), "A-7")
    ]
    assert desk.rows("SELECT listing_id, external_id FROM listings") == [
        (made_up_id(1, "listing", "mug-1"), "mug-1")
    ]


def test_a_line_is_known_by_what_was_sold_and_its_occurrence(desk: Desk) -> None:
    row = "7,2026-03-30,MUG,11,1,8.50,USD"
    desk.land("sales.csv", simple(row, row, "7,2026-03-30,MUG,11,2,8.5,USD"))
    identities = [("1", 1), ("1", 2), ("2", 1)]
    assert desk.rows("SELECT transaction_id FROM order_transactions ORDER BY import_row") == [
        (made_up_id(1, "line", "7", "MUG", "11", "8.5", quantity, occurrence),)
        for quantity, occurrence in identities
    ]


def test_a_line_with_a_line_id_is_known_by_it(desk: Desk) -> None:
    header = f"{HEADER},line_id"
    desk.land("a.csv", simple("7,2026-03-30,MUG,11,1,8,USD,L1", header=header))
    receipt = desk.land("b.csv", simple("7,2026-03-30,CUP,11,3,9,USD,L1", header=header))
    assert receipt.counts == RowCounts(new=0, changed=1, unchanged=0)
    assert desk.rows(
        "SELECT transaction_id, sku, quantity, external_id FROM order_transactions"
    ) == [(made_up_id(1, "line", "7", "L1"), "CUP", 3, "L1")]


def test_a_dash_is_no_line_id(desk: Desk) -> None:
    row = "7,2026-03-30,MUG,11,1,8,USD,-"
    receipt = desk.land("a.csv", simple(row, row, header=f"{HEADER},line_id"))
    assert receipt.counts == RowCounts(new=2, changed=0, unchanged=0)
    assert desk.rows("SELECT DISTINCT external_id FROM order_transactions") == [(None,)]


def test_a_date_alone_stands_at_local_noon(desk: Desk) -> None:
    desk.land("sales.csv", simple("7,2026-03-30,MUG,11,1,8,USD"))
    assert desk.rows("SELECT created_timestamp, time_precision FROM orders") == [
        (1_774_864_800, "day")  # 2026-03-30 10:00 UTC
    ]


def test_the_earliest_time_of_the_lines_is_the_orders(desk: Desk) -> None:
    desk.land(
        "sales.csv",
        simple("7,2026-03-30 10:01,MUG,11,1,8,USD", "7,2026-03-30 10:00,CUP,11,1,8,USD"),
    )
    assert desk.rows("SELECT created_timestamp FROM orders") == [(1_774_857_600,)]


def test_order_amounts_on_the_first_line_only_count_as_given(desk: Desk) -> None:
    header = f"{HEADER},discount,shipping,tax"
    desk.land(
        "sales.csv",
        simple("7,2026-03-30,A,11,1,8,USD,1,3,0.5", "7,2026-03-30,B,11,1,8,USD,,0,", header=header),
    )
    assert desk.rows(MONEY) == [(1600, 100, 100, 300, 50, 1500, 1850, 100)]


def test_different_order_amounts_are_added_with_a_warning(desk: Desk) -> None:
    rows = [
        "7,2026-03-30,A,11,1,8,USD,3",
        "7,2026-03-30,B,11,1,8,USD,2",
        "7,2026-03-30,C,11,1,8,USD,3",
    ]
    receipt = desk.land("sales.csv", simple(*rows, header=f"{HEADER},shipping"))
    assert desk.rows("SELECT total_shipping_cost FROM orders") == [(500,)]
    assert warnings(receipt, "DUPLICATE_CONFLICT") == [
        'sales.csv: row 3, column "shipping": value "2" differs from 3 in row 2 of the same order; '
        "expected one amount for the order; both are added"
    ]


def test_an_amount_that_is_nowhere_given_is_unknown_and_not_zero(desk: Desk) -> None:
    desk.land("sales.csv", simple("7,2026-03-30,A,11,1,8,USD,0", header=f"{HEADER},shipping"))
    assert desk.rows("SELECT total_shipping_cost, discount_amt, total_tax_cost FROM orders") == [
        (0, None, None)
    ]


def test_more_decimals_than_the_currency_has_get_a_larger_divisor(desk: Desk) -> None:
    desk.land("sales.csv", simple("7,2026-03-30,A,11,3,0.125,USD", "7,2026-03-30,B,11,1,2.50,USD"))
    assert desk.rows("SELECT price, price_divisor FROM order_transactions ORDER BY import_row") == [
        (125, 1000),
        (250, 100),
    ]
    assert desk.rows("SELECT total_price, total_price_divisor FROM orders") == [(2875, 1000)]


@pytest.mark.parametrize(
    ("currency", "price", "divisor"), [("JPY", 1200, 1), ("KWD", 1200000, 1000)]
)
def test_the_divisor_is_the_currencys_own(
    desk: Desk, currency: str, price: int, divisor: int
) -> None:
    desk.land("sales.csv", simple(f"7,2026-03-30,A,11,1,1200,{currency}"))
    assert desk.rows("SELECT price, price_divisor FROM order_transactions") == [(price, divisor)]


def test_of_two_statuses_the_lowest_row_counts_with_a_warning(desk: Desk) -> None:
    rows = ["7,2026-03-30,A,11,1,8,USD,open", "7,2026-03-30,B,11,1,8,USD,completed"]
    receipt = desk.land("sales.csv", simple(*rows, header=f"{HEADER},status"))
    assert desk.rows("SELECT status, is_paid FROM orders") == [("completed", True)]
    assert warnings(receipt, "DUPLICATE_CONFLICT") == [
        'sales.csv: row 2, column "status": value "open" differs from completed in row 3 of the '
        "same order; expected one status for the order; row 3 is used"
    ]


def test_a_conflict_of_buyers_names_nobody(desk: Desk) -> None:
    rows = ["7,2026-03-30,A,11,1,8,USD,anna", "7,2026-03-30,B,11,1,8,USD,ben"]
    receipt = desk.land("sales.csv", simple(*rows, header=f"{HEADER},buyer_id"))
    assert warnings(receipt, "DUPLICATE_CONFLICT") == [
        'sales.csv: row 2, column "buyer_id": differs from in row 3 of the same order; expected '
        "one buyer_id for the order; row 3 is used"
    ]


@pytest.mark.parametrize(
    ("status", "is_paid"),
    [
        ("", True),
        ("paid", True),
        ("Canceled", True),
        ("Open", False),
        ("payment-processing", False),
    ],
)
def test_an_order_is_paid_unless_its_status_says_that_it_is_open(
    desk: Desk, status: str, is_paid: bool
) -> None:
    row = f"7,2026-03-30,A,11,1,8,USD,{status}"
    desk.land("sales.csv", simple(row, header=f"{HEADER},status"))
    assert desk.rows("SELECT status, is_paid FROM orders") == [(status or "paid", is_paid)]


def test_unknown_statuses_and_countries_are_listed_with_their_count(desk: Desk) -> None:
    row = "7,2026-03-30,A,11,1,8,USD,teleported,Atlantis"
    receipt = desk.land("sales.csv", simple(row, row, header=f"{HEADER},status,country"))
    assert warnings(receipt, "STATUS_UNKNOWN") == [
        'sales.csv: column "status": value "teleported" is not a known status (2 row(s)); expected '
        "a status such as paid, completed, open or canceled; its orders count as paid"
    ]
    assert warnings(receipt, "COUNTRY_UNKNOWN") == [
        'sales.csv: column "country": value "Atlantis" is not a known country (2 row(s)); expected '
        "an ISO 3166 code or a country's name in English or Turkish; the country stays unknown"
    ]


def test_namibia_is_a_country_and_a_dash_is_none(desk: Desk) -> None:
    rows = ["7,2026-03-30,A,11,1,8,USD,NA", "8,2026-03-30,A,11,1,8,USD,-"]
    receipt = desk.land("sales.csv", simple(*rows, header=f"{HEADER},country"))
    assert desk.rows("SELECT country FROM orders ORDER BY order_id") == [("NA",), (None,)]
    assert not receipt.has_problems


def test_without_a_column_for_it_every_order_counts_as_shipped(desk: Desk) -> None:
    desk.land("sales.csv", simple("7,2026-03-30,A,11,1,8,USD"))
    assert desk.rows("SELECT is_shipped FROM orders") == [(True,)]


def test_an_order_is_shipped_when_no_line_is_without_a_day(desk: Desk) -> None:
    rows = [
        "7,2026-03-30,A,11,1,8,USD,2026-03-31",
        "7,2026-03-30,B,11,1,8,USD,",
        "8,2026-03-30,A,11,1,8,USD,2026-03-31",
    ]
    desk.land("sales.csv", simple(*rows, header=f"{HEADER},shipped_at"))
    assert desk.rows("SELECT order_id, is_shipped FROM orders ORDER BY 1") == [
        (7, False),
        (8, True),
    ]
    assert desk.rows(
        "SELECT sku, shipped_timestamp FROM order_transactions WHERE order_id = 7 ORDER BY sku"
    ) == [("A", 1_774_951_200), ("B", None)]


def test_a_line_without_a_listing_gets_the_one_that_its_sku_belongs_to(desk: Desk) -> None:
    desk.land("first.csv", simple("1,2026-03-30,A,11,1,8,USD", "2,2026-03-30,A,12,1,8,USD"))
    desk.run(
        "INSERT INTO listing_products (listing_id, product_id, sku, updated_at) VALUES "
        "(11, 501, 'ONE', now()), (11, 502, 'TWO', now()), (12, 503, 'TWO', now())"
    )
    desk.land("sales.csv", simple("7,2026-03-30,ONE,,1,8,USD", "7,2026-03-30,TWO,,1,8,USD"))
    assert desk.rows(
        "SELECT sku, listing_id FROM order_transactions WHERE order_id = 7 ORDER BY sku"
    ) == [("ONE", 11), ("TWO", None)]


def test_what_is_no_sku_is_stored_as_none_and_markers_are_off(desk: Desk) -> None:
    rows = ["7,2026-03-30,N/A,11,1,8,USD", "7,2026-03-30,DELETED-MUG,11,1,8,USD"]
    desk.land("sales.csv", simple(*rows))
    assert desk.rows("SELECT sku FROM order_transactions ORDER BY import_row") == [
        (None,),
        ("MUG",),
    ]


def test_the_same_rows_in_another_form_change_nothing(desk: Desk) -> None:
    desk.land("sales.csv", TWO_LINES)
    stored = desk.rows("SELECT updated_at, import_file_id FROM order_transactions")
    header, *rows = TWO_LINES.splitlines()
    other = "\r\n".join([header, *reversed(rows), ""]).replace("10.00", "10").replace(",", ";")
    receipt = desk.land("again.csv", other)
    assert receipt.counts == RowCounts(new=0, changed=0, unchanged=2)
    assert desk.rows("SELECT updated_at, import_file_id FROM order_transactions") == stored


def test_a_later_file_changes_what_it_states_otherwise(desk: Desk) -> None:
    desk.land("sales.csv", TWO_LINES)
    receipt = desk.land("later.csv", TWO_LINES.replace("3.00", "4.00"))
    assert receipt.counts == RowCounts(new=0, changed=2, unchanged=0)
    assert desk.rows("SELECT total_shipping_cost, grand_total FROM orders") == [(400, 3600)]


def test_a_blank_never_overwrites_a_value(desk: Desk) -> None:
    desk.land("sales.csv", TWO_LINES)
    receipt = desk.land(
        "bare.csv",
        simple(
            "1001,2026-03-29 23:30,RING-S,11,2,10,USD", "1001,2026-03-29 23:30,RING-L,11,1,12.5,USD"
        ),
    )
    assert receipt.counts == RowCounts(new=0, changed=0, unchanged=2)
    assert desk.rows(MONEY) == [(3250, 100, 100, 300, 50, 3150, 3500, 100)]
    assert desk.rows("SELECT DISTINCT title IS NULL FROM order_transactions") == [(False,)]


def test_an_amount_in_another_currency_does_not_outlive_it(desk: Desk) -> None:
    desk.land("usd.csv", simple("7,2026-03-30,A,11,1,8,USD,3", header=f"{HEADER},shipping"))
    desk.land("eur.csv", simple("7,2026-03-30,A,11,1,9,EUR"))
    assert desk.rows(
        "SELECT total_shipping_cost, shipping_currency_code, grand_total FROM orders"
    ) == [(None, None, 900)]


def test_a_new_time_with_a_clock_replaces_a_day(desk: Desk) -> None:
    desk.land("day.csv", simple("7,2026-03-30,A,11,1,8,USD"))
    desk.land("clock.csv", simple("7,2026-03-30 09:00,A,11,1,8,USD"))
    assert desk.rows("SELECT created_timestamp, time_precision FROM orders") == [
        (1_774_854_000, "second")
    ]


def test_a_positive_buyer_replaces_a_made_up_one_and_never_the_reverse(desk: Desk) -> None:
    header = f"{HEADER},buyer_id"
    for name, buyer in (("a", "anna"), ("b", "777"), ("c", "anna")):
        desk.land(f"{name}.csv", simple(f"7,2026-03-30,A,11,1,8,USD,{buyer}", header=header))
    assert desk.rows("SELECT buyer_user_id FROM orders") == [(777,)]


def test_lines_that_the_file_states_no_more_are_removed(desk: Desk) -> None:
    desk.land("sales.csv", TWO_LINES)
    receipt = desk.land("later.csv", "\n".join(TWO_LINES.splitlines()[:2]) + "\n")
    assert receipt.counts == RowCounts(new=0, changed=1, unchanged=0, removed=1)
    assert "\n  removed: 1 order line(s) that the file states no more" in receipt.text()
    assert desk.rows("SELECT sku FROM order_transactions") == [("RING-S",)]
    assert desk.rows("SELECT item_count, total_price FROM orders") == [(2, 2000)]


def test_an_order_with_a_rejected_row_keeps_its_earlier_lines(desk: Desk) -> None:
    desk.land("sales.csv", TWO_LINES)
    receipt = desk.land("later.csv", TWO_LINES.replace(",1,12.50", ",x,12.50"))
    assert (receipt.counts, receipt.rejected) == (RowCounts(0, 0, 0), 2)
    assert desk.rows("SELECT count(*) FROM order_transactions") == [(2,)]


def test_an_order_of_the_marketplace_is_only_completed(desk: Desk) -> None:
    desk.land("other.csv", simple("1,2026-03-30,A,11,1,8,USD"))
    desk.run(
        "INSERT INTO orders (order_id, shop_id, created_timestamp, total_price, "
        "total_price_divisor, total_price_currency_code, item_count, is_paid, is_shipped, "
        "status, updated_at) VALUES (1001, 1, 5, 9900, 100, 'USD', 9, false, false, 'open', now())"
    )
    receipt = desk.land("sales.csv", TWO_LINES)
    assert receipt.counts.new == 2
    order = desk.row("SELECT * FROM orders WHERE order_id = 1001")
    expected = {
        "created_timestamp": 5,
        "total_price": 9900,
        "status": "open",
        "is_paid": False,
        "source": "api",
        "import_file_id": None,
        "total_shipping_cost": 300,
        "shipping_divisor": 100,
        "country": "Germany",
    }
    assert {name: order[name] for name in expected} == expected


def test_an_order_with_lines_of_another_source_is_not_counted_twice(desk: Desk) -> None:
    desk.land("first.csv", TWO_LINES)
    desk.run("UPDATE order_transactions SET source = 'items' WHERE sku = 'RING-S'")
    receipt = desk.land("later.csv", TWO_LINES.replace("3.00", "4.00"))
    assert receipt.rejected == 2
    assert warnings(receipt, "ID_TAKEN")[0] == (
        'later.csv: row 2, column "order_id": value "1001" has lines from another source (items); '
        "expected an order that no other source has brought; the row is rejected"
    )
    assert desk.rows("SELECT count(*) FROM order_transactions") == [(2,)]


def test_ids_of_another_shop_are_taken(desk: Desk) -> None:
    desk.land("first.csv", simple("1,2026-03-30,A,11,1,8,USD", "2,2026-03-30,A,12,1,8,USD"))
    desk.run(
        "INSERT INTO shops (shop_id, name, time_zone, currency, buyer_salt, updated_at) "
        "VALUES (2, 'Wood', 'Europe/Berlin', 'USD', 'x', now())"
    )
    desk.run("UPDATE orders SET shop_id = 2 WHERE order_id = 2")
    desk.run("UPDATE listings SET shop_id = 2 WHERE listing_id = 12")
    receipt = desk.land(
        "later.csv", simple("2,2026-03-30,A,11,5,8,USD", "3,2026-03-30,A,12,1,8,USD")
    )
    assert (receipt.counts, receipt.rejected) == (RowCounts(0, 0, 0), 2)
    assert warnings(receipt, "ID_TAKEN") == [
        'later.csv: row 3, column "listing_id": value "12" is a listing of shop 2; expected a '
        "listing of this shop; the row is rejected",
        'later.csv: row 2, column "order_id": value "2" is an order of shop 2; expected an order '
        "that no other source has brought; the row is rejected",
    ]
