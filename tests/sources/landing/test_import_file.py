from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from engine.errors import InputFileError, SourceError
from engine.sources.findings import Findings
from engine.sources.landing.import_file import column_texts, find_files, open_file, read_records
from engine.sources.records import Records
from tests.sources.landing.desk import Desk

CSV = """order_id,ordered_at,sku,quantity,unit_price,currency
1001,2026-03-29 23:30:00,RING-S,2,1.234,USD
A-7,2026-03-30 08:00:00,,1,12.5,USD
"""
COLUMNS = {
    "order_id": ["1001", "A-7"],
    "ordered_at": [datetime(2026, 3, 29, 23, 30), datetime(2026, 3, 30, 8)],
    "sku": ["RING-S", None],
    "quantity": [2, 1],
    "unit_price": [1.234, 12.5],
    "currency": ["USD", "USD"],
}


def records_of(path: Path, findings: Findings | None = None) -> Records:
    return read_records(open_file(path), Findings() if findings is None else findings)


def parquet(folder: Path, columns: dict[str, Any]) -> Path:
    path = folder / "file.parquet"
    pq.write_table(pa.table(columns), path)
    return path


def test_a_kind_is_recognised_by_its_header_and_never_by_its_name(tmp_path: Path) -> None:
    path = tmp_path / "refunds.csv"
    path.write_text(CSV)
    assert records_of(path).layout.kind == "sales"
    path.write_text("Refund ID;DATE;Amount;Currency\n")
    assert records_of(path).layout.kind == "refunds"


def test_a_listing_id_stands_in_for_a_sku(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(CSV.replace("sku", "listing_id"))
    assert records_of(path).layout.kind == "sales"


def test_a_file_that_lacks_a_column_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(CSV.replace("currency", "money"))
    with pytest.raises(InputFileError, match=r"a\.csv: has no header row that fits .*; found: or"):
        records_of(path)


def test_columns_that_are_not_read_are_named(tmp_path: Path) -> None:
    path, findings = tmp_path / "a.csv", Findings()
    path.write_text("refund_id,date,amount,currency,Ship Name\n")
    records_of(path, findings)
    assert [str(finding) for finding in findings.of("COLUMN_IGNORED")] == [
        'a.csv: column "Ship Name": is no column of a refunds file; it is not read'
    ]


def test_parquet_gives_the_same_rows_as_csv(desk: Desk) -> None:
    desk.land("file.csv", CSV)
    stored = desk.rows("SELECT transaction_id, price, price_divisor FROM order_transactions")
    (receipt,) = desk.land_paths(parquet(desk.folder, COLUMNS))
    assert (receipt.counts.new, receipt.counts.changed, receipt.counts.unchanged) == (0, 0, 2)
    assert stored == desk.rows(
        "SELECT transaction_id, price, price_divisor FROM order_transactions"
    )


def test_rows_of_parquet_are_numbered_from_one(tmp_path: Path) -> None:
    assert records_of(parquet(tmp_path, COLUMNS)).row_numbers == [1, 2]


def test_parquet_numbers_do_not_vote_on_the_decimal_sign(tmp_path: Path) -> None:
    records = records_of(parquet(tmp_path, COLUMNS))
    assert records.typed_cells(records.places["unit_price"]) == []


def test_a_broken_parquet_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    path.write_bytes(b"PAR1 and nothing more")
    with pytest.raises(InputFileError, match=r"a\.parquet: can't be read as Parquet"):
        records_of(path)


def test_a_parquet_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputFileError, match="does not have the columns of any kind; found: name"):
        records_of(parquet(tmp_path, {"name": ["x"]}))


@pytest.mark.parametrize(
    ("values", "kind", "expected"),
    [
        ([1.5, None, 489434.0], pa.float64(), ["1.5", "", "489434"]),
        ([0.1 + 0.2], pa.float64(), ["0.3"]),
        ([3.12e17], pa.float64(), ["3.12e+17"]),  # an id that has lost digits is damaged
        ([2**60 + 1], pa.int64(), [str(2**60 + 1)]),
        ([Decimal("12.50")], pa.decimal128(8, 2), ["12.5"]),
        ([date(2026, 3, 29)], pa.date32(), ["2026-03-29"]),
        (["x", None, "x"], pa.dictionary(pa.int32(), pa.string()), ["x", "", "x"]),
        (["a\x00b"], pa.string(), ["ab"]),
        ([[1], None], pa.list_(pa.int64()), ["", ""]),
    ],
)
def test_parquet_values_become_the_text_of_a_csv(
    values: list[Any], kind: pa.DataType, expected: list[str]
) -> None:
    assert column_texts(pa.chunked_array([pa.array(values, kind)])) == expected


def test_a_parquet_column_of_midnights_holds_dates() -> None:
    days = [datetime(2026, 3, 29), None]
    assert column_texts(pa.chunked_array([pa.array(days)])) == ["2026-03-29", ""]
    times = [datetime(2026, 3, 29), datetime(2026, 3, 29, 7)]
    assert column_texts(pa.chunked_array([pa.array(times)])) == [
        "2026-03-29 00:00:00",
        "2026-03-29 07:00:00",
    ]


def test_a_parquet_time_with_a_zone_is_an_instant() -> None:
    moments = pa.array([datetime(2026, 3, 29, tzinfo=UTC)], pa.timestamp("ns", "UTC"))
    assert column_texts(pa.chunked_array([moments])) == ["2026-03-29 00:00:00+00:00"]


def workbook(path: Path, sheets: dict[str, list[list[Any]]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def test_a_workbook_with_one_sheet_to_import_is_read(tmp_path: Path) -> None:
    rows = [["refund_id", "date", "amount", "currency"], [5, datetime(2026, 4, 1), 5.25, "USD"]]
    path = workbook(tmp_path / "a.xlsx", {"Notes": [["hello"]], "Refunds": rows})
    assert records_of(path).row(0) == ("5", "2026-04-01", "5.25", "USD")


def test_a_workbook_with_two_sheets_to_import_is_refused(tmp_path: Path) -> None:
    rows = [["refund_id", "date", "amount", "currency"]]
    path = workbook(tmp_path / "a.xlsx", {"One": rows, "Two": rows})
    with pytest.raises(InputFileError, match=r"a\.xlsx: has 2 sheets to import"):
        records_of(path)


def test_of_a_folder_only_files_to_import_are_taken(tmp_path: Path) -> None:
    for name in ("b.csv", "a.PARQUET", "notes.txt", "c.tsv"):
        (tmp_path / name).touch()
    assert [path.name for path in find_files([tmp_path, tmp_path / "b.csv"])] == [
        "a.PARQUET",
        "b.csv",
        "c.tsv",
    ]


def test_a_folder_without_a_file_to_import_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="has no file to import"):
        find_files([tmp_path])
