import psycopg
import pytest

from engine.database.url import DatabaseUrl
from engine.errors import LockedError, SourceError, UnknownShopError, UsageError
from engine.sources.landing.plans import RowCounts
from engine.sources.landing.shops import ShopWish
from tests.sources.landing.desk import CALL, Desk

HEADER = "order_id,ordered_at,sku,listing_id,quantity,unit_price,currency"
SALES = f"""{HEADER}
1001,2026-03-29,RING-S,11,2,10.00,USD
1002,2026-03-30,RING-S,11,1,10.00,USD
"""
BAD_LINE = SALES + "1003,2026-03-31,RING-S,11,many,10.00,USD\n"
TABLES = "shops import_files import_rejects orders order_transactions listings".split()


def table_counts(desk: Desk) -> dict[str, int]:
    return {table: desk.rows(f"SELECT count(*) FROM {table}")[0][0] for table in TABLES}


def test_the_record_of_a_file_says_what_was_read(desk: Desk) -> None:
    desk.land("sales.csv", BAD_LINE)
    record = desk.row("SELECT * FROM import_files")
    expected = {
        "shop_id": 1,
        "kind": "sales",
        "file_name": "sales.csv",
        "bytes": len(BAD_LINE),
        "encoding": "utf-8",
        "delimiter": ",",
        "decimal_sign": ".",
        "rows_total": 3,
        "rows_new": 2,
        "rows_changed": 0,
        "rows_unchanged": 0,
        "rows_removed": 0,
        "rows_rejected": 1,
        "status": "landed_with_rejects",
        "message": None,
        "started_at": CALL.now.replace(tzinfo=None),
    }
    assert {name: record[name] for name in expected} == expected
    assert str(record["first_date"]) == "2026-03-29 10:00:00"
    assert str(record["last_date"]) == "2026-03-30 10:00:00"
    assert record["finished_at"] is not None


def test_a_reject_is_stored_with_row_column_value_and_reason(desk: Desk) -> None:
    desk.land("sales.csv", BAD_LINE)
    assert desk.rows(
        "SELECT row_number, column_name, code, found, expected, raw_row FROM import_rejects"
    ) == [
        (
            4,
            "quantity",
            "NOT_A_NUMBER",
            "many",
            "a whole number from 1",
            '{"order_id": "1003", "ordered_at": "2026-03-31", "sku": "RING-S", '
            '"listing_id": "11", "quantity": "many", "unit_price": "10.00", "currency": "USD"}',
        )
    ]


def test_what_stands_beyond_the_header_is_not_stored(desk: Desk) -> None:
    desk.land("sales.csv", SALES + "1003,2026-03-31,RING-S,11,1,10.00,USD,Anna Kay\n")
    assert desk.rows("SELECT row_number, code, found, raw_row FROM import_rejects") == [
        (4, "ROW_TOO_LONG", None, None)
    ]


def test_a_receipt_counts_every_row_of_the_file(desk: Desk) -> None:
    receipt = desk.land("sales.csv", BAD_LINE)
    assert receipt.text() == (
        "sales.csv: sales, 3 rows read = 2 new + 0 changed + 0 unchanged + 1 rejected; landed, "
        "without the rejected\n"
        "  error NOT_A_NUMBER (a cell that should be a number): 1\n"
        '    sales.csv: row 4, column "quantity": value "many" is not a number; expected a whole '
        "number from 1; the row is rejected"
    )


def test_the_first_file_of_a_day_copies_what_the_tables_know_only_of_today(desk: Desk) -> None:
    desk.land("sales.csv", SALES)
    assert desk.rows("SELECT * FROM listing_snapshots") == [], "nothing is known of the listing"
    desk.run("UPDATE listings SET num_favorers = 4")
    desk.land("more.csv", SALES + "1003,2026-03-31,RING-S,11,1,10.00,USD\n")
    desk.run("UPDATE listings SET num_favorers = 5")
    desk.land("again.csv", SALES + "1004,2026-03-31,RING-S,11,1,10.00,USD\n")
    assert desk.rows("SELECT day::text, num_favorers FROM listing_snapshots") == [("2026-05-01", 4)]


def test_the_same_bytes_land_once(desk: Desk) -> None:
    desk.land("sales.csv", SALES)
    before = table_counts(desk)
    receipt = desk.land("renamed.csv", SALES)
    assert receipt.status == "already_imported"
    assert receipt.text() == (
        "renamed.csv: was imported on 2026-05-01 08:30 UTC (import 1); nothing is done; --replace "
        "reads it again (ALREADY_IMPORTED)"
    )
    assert table_counts(desk) == before


def test_two_files_of_one_call_with_the_same_bytes_land_once(desk: Desk) -> None:
    paths = desk.write("a.csv", SALES), desk.write("b.csv", SALES)
    second, first = desk.land_paths(*paths)
    assert (first.file, first.status) == ("a.csv", "landed")
    assert second.text() == (
        "b.csv: has the same content as a.csv; nothing is done (ALREADY_IMPORTED)"
    )


def test_replace_reads_the_same_bytes_again_into_the_same_record(desk: Desk) -> None:
    desk.land("sales.csv", BAD_LINE)
    desk.run("DELETE FROM orders WHERE order_id = 1002")
    receipt = desk.land("sales.csv", BAD_LINE, replace=True)
    assert receipt.counts == RowCounts(new=1, changed=0, unchanged=1)
    assert table_counts(desk) == {
        "shops": 1,
        "import_files": 1,
        "import_rejects": 1,
        "orders": 2,
        "order_transactions": 2,
        "listings": 1,
    }


def test_a_dry_run_writes_nothing_and_counts_all(desk: Desk) -> None:
    sales = desk.write("sales.csv", BAD_LINE)
    refunds = desk.write(
        "refunds.csv", "refund_id,date,amount,currency,order_id\n1,2026-04-01,5,USD,1001\n"
    )
    first, second = desk.land_paths(sales, refunds, dry_run=True)
    assert (first.counts, first.rejected) == (RowCounts(2, 0, 0), 1)
    # The order would have landed before the refund that names it.
    assert (second.counts, second.has_problems) == (RowCounts(1, 0, 0), False)
    assert second.text(dry_run=True).endswith("; nothing written (dry run)")
    assert set(table_counts(desk).values()) == {0}


def test_strict_lands_no_file_with_a_reject(desk: Desk) -> None:
    receipt = desk.land("sales.csv", BAD_LINE, strict=True)
    assert receipt.status == "not_landed"
    assert set(table_counts(desk).values()) == {0}


def test_strict_lands_no_file_with_a_warning(desk: Desk) -> None:
    text = SALES.replace("2026-03-29", "3/4/26").replace("2026-03-30", "3/5/26")
    assert desk.land("sales.csv", text, strict=True).status == "not_landed"
    assert set(table_counts(desk).values()) == {0}


def test_strict_lands_a_clean_file(desk: Desk) -> None:
    assert desk.land("sales.csv", SALES, strict=True).status == "landed"


def test_a_header_alone_lands_as_nothing(desk: Desk) -> None:
    receipt = desk.land("sales.csv", HEADER + "\n")
    assert receipt.text() == (
        "sales.csv: sales, 0 rows read = 0 new + 0 changed + 0 unchanged + 0 rejected; landed\n"
        "  info HEADER_ONLY (a file without rows): 1\n"
        "    sales.csv: has a header and no rows"
    )


@pytest.mark.parametrize(
    "text",
    [
        "refund_id,date,amount,currency\n",
        f"{HEADER}\n1,soon,A,11,1,5,USD\n",
        f"{HEADER}\n1,2026-03-29,A,11,1,5,USD,too,long\n",
    ],
)
def test_a_file_of_which_nothing_lands_is_recorded_all_the_same(desk: Desk, text: str) -> None:
    receipt = desk.land("file.csv", text)
    assert (receipt.counts, receipt.total) == (RowCounts(0, 0, 0), receipt.rejected)
    assert desk.rows("SELECT rows_total, rows_rejected, first_date FROM import_files") == [
        (receipt.total, receipt.total, None)
    ]


def test_a_refused_file_lands_nothing_and_is_recorded(desk: Desk) -> None:
    desk.land("sales.csv", SALES)
    before = table_counts(desk)
    receipt = desk.land("other.csv", "name,price\nRing,5\n")
    assert receipt.text() == (
        "other.csv: refused\n"
        "  other.csv: has no header row that fits among its first rows; found: name, price; "
        "expected for sales: order_id, ordered_at, sku or listing_id, quantity, unit_price, "
        "currency, or for refunds: refund_id, date, amount, currency; the file is refused "
        "(HEADER_NOT_FOUND)"
    )
    assert table_counts(desk) == before | {"import_files": 2}
    assert desk.rows(
        "SELECT kind, status, rows_total FROM import_files WHERE file_name = 'other.csv'"
    ) == [("unknown", "refused", 0)]


def test_the_record_of_a_refused_file_is_used_again_when_it_lands(desk: Desk) -> None:
    desk.land("first.csv", SALES)
    bad = f"{HEADER}\n7,13/4/26,A,11,1,5,USD\n8,4/13/26,A,11,1,5,USD\n"
    for _ in range(2):
        assert desk.land("sales.csv", bad).status == "refused"
    assert desk.rows("SELECT kind, status FROM import_files WHERE file_name = 'sales.csv'") == [
        ("sales", "refused")
    ]
    assert desk.rows("SELECT count(*) FROM orders") == [(2,)]


def test_a_refused_file_does_not_make_a_shop(desk: Desk) -> None:
    desk.land("other.csv", "name,price\nRing,5\n")
    assert set(table_counts(desk).values()) == {0}


def test_a_refused_file_does_not_keep_the_others_from_landing(desk: Desk) -> None:
    bad, good = desk.write("a.csv", "name\nRing\n"), desk.write("b.csv", SALES)
    assert [receipt.status for receipt in desk.land_paths(bad, good)] == ["refused", "landed"]


def test_a_folder_is_read_with_sales_first(desk: Desk) -> None:
    desk.write("a.csv", "refund_id,date,amount,currency,order_id\n1,2026-04-01,5,USD,1001\n")
    desk.write("b.csv", SALES)
    desk.write("notes.txt", "not for import")
    receipts = desk.land_paths(desk.folder)
    assert [receipt.file for receipt in receipts] == ["b.csv", "a.csv"]
    assert not any(receipt.has_problems for receipt in receipts)


def test_a_path_where_nothing_is_ends_the_call_before_anything_lands(desk: Desk) -> None:
    good = desk.write("b.csv", SALES)
    with pytest.raises(SourceError, match=r"There is no file .*missing\.csv"):
        desk.land_paths(good, desk.folder / "missing.csv")
    assert set(table_counts(desk).values()) == {0}


def test_a_failure_while_writing_leaves_nothing_of_the_file(desk: Desk) -> None:
    desk.run("ALTER TABLE order_transactions ADD CONSTRAINT no_second CHECK (order_id <> 1002)")
    with pytest.raises(psycopg.errors.CheckViolation):
        desk.land("sales.csv", SALES)
    assert set(table_counts(desk).values()) == {0}


def test_two_imports_at_once_are_refused(desk: Desk, database_url: DatabaseUrl) -> None:
    with psycopg.connect(database_url.libpq()) as other:
        other.execute("SELECT pg_advisory_xact_lock(72707370)")
        with pytest.raises(LockedError, match="Another import into this database is at work"):
            desk.land("sales.csv", SALES)
    assert desk.land("sales.csv", SALES).status == "landed"


def test_the_first_import_makes_the_shop(desk: Desk) -> None:
    desk.land("sales.csv", SALES)
    assert desk.rows(
        "SELECT shop_id, name, time_zone, currency, country, buyer_salt, is_demo, synced_at "
        "FROM shops"
    ) == [(1, "Felt", "Europe/Berlin", "USD", "DE", "salt", False, None)]


def test_without_a_shop_its_name_zone_and_currency_are_needed(desk: Desk) -> None:
    with pytest.raises(
        UsageError, match="There is no shop yet, and --time-zone, --currency is missing"
    ):
        desk.land("sales.csv", SALES, asked=ShopWish("Felt"))


def test_the_only_shop_need_not_be_named(desk: Desk) -> None:
    desk.land("sales.csv", SALES)
    receipt = desk.land("more.csv", SALES.replace("100", "200"), asked=ShopWish())
    assert receipt.status == "landed"
    assert desk.rows("SELECT DISTINCT shop_id FROM orders") == [(1,)]


def test_with_several_shops_one_must_be_named(desk: Desk) -> None:
    desk.land("sales.csv", SALES)
    other = ShopWish("Wood", "Europe/London", "GBP")
    desk.land("wood.csv", SALES.replace("100", "200").replace("11", "12"), asked=other)
    with pytest.raises(UnknownShopError, match="There are several shops: 1 Felt, 2 Wood"):
        desk.land("more.csv", SALES + "\n", asked=ShopWish())
