"""The files of --output against the tables that they copy."""

from __future__ import annotations

import csv
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet
import pytest

from engine import Level
from engine.database.url import DatabaseUrl
from engine.periods import GRAINS
from engine.reports import exports
from engine.reports.spec import TABLE_NAMES, report_table
from tests.reports.conftest import Reports
from tests.reports.small_shop import execute, fill, rows


def test_parquet_files_equal_the_tables_value_by_value(
    reported_demo: DatabaseUrl, reports: Reports, tmp_path: Path
) -> None:
    ended = reports("--json", "--output", str(tmp_path / "out"))
    assert ended.code == 0
    assert len(ended.record["files"]) == 15
    for level in Level:
        names = [*(f.name for f in report_table(level, 2).fields), "run_id", "computed_at"]
        key = ", ".join(report_table(level, 2).key)
        for kind in GRAINS:
            file = pa.parquet.read_table(tmp_path / "out" / f"{level}_{kind.lower()}.parquet")
            assert file.column_names == names
            selected = ", ".join(names).replace("period_type", "period_type::text", 1)
            stored = rows(
                reported_demo,
                f"SELECT {selected} FROM {TABLE_NAMES[level]} "
                f"WHERE period_type = %s ORDER BY {key}",
                kind.value,
            )
            assert list(zip(*file.to_pydict().values(), strict=True)) == stored
    assert file.schema.field("net_revenue").type == pa.decimal128(18, 2)


def test_csv_files_hold_exact_amounts_and_nothing_for_unknown(
    shop: DatabaseUrl, reports: Reports, tmp_path: Path
) -> None:
    fill(shop, 2, "Wool")
    words = ["--period", "monthly", "--level", "product", "--from", "2026-03-01"]
    ended = reports(*words, "--output", str(tmp_path), "--format", "csv")
    assert ended.out.endswith(f"Written: {tmp_path / 'product_monthly.csv'}\n")
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["product_monthly.csv"]
    with (tmp_path / "product_monthly.csv").open(encoding="utf-8", newline="") as file:
        found = [
            (row["shop_id"], row["sku"], row["period_start"], row["net_sales"], row["gross_margin"])
            for row in csv.DictReader(file)
        ]
    start = date(2026, 3, 1).isoformat()
    # The last order of February was placed at half past one on 1 March in the shop's own zone.
    assert found == [
        ("1", "(none)", start, "0.01", "1"),
        ("1", "RING-L", start, "33.32", "1"),
        ("1", "RING-M", start, "75.00", "1"),
        ("1", "RING-S", start, "19.99", "1"),
        ("2", "(none)", start, "0.01", "1"),
        ("2", "RING-L", start, "33.32", "1"),
        ("2", "RING-M", start, "75.00", "1"),
        ("2", "RING-S", start, "19.99", "1"),
    ]


def test_excel_files_have_typed_cells_and_a_text_that_could_run_is_a_text(
    shop: DatabaseUrl, reports: Reports, tmp_path: Path
) -> None:
    execute(shop, "UPDATE order_transactions SET sku = '=1+1' WHERE sku = 'RING-M'")
    words = ["--period", "monthly", "--level", "product", "--output", str(tmp_path)]
    assert reports(*words, "--format", "xlsx", "--format", "parquet").code == 0
    sheet = openpyxl.load_workbook(tmp_path / "product_monthly.xlsx").active
    assert sheet is not None
    heading, *lines = sheet.iter_rows()
    exact = pa.parquet.read_table(tmp_path / "product_monthly.parquet")
    assert [cell.value for cell in heading] == exact.column_names
    wanted = exact.to_pylist()
    assert len(lines) == len(wanted) > 0
    types = {cell.data_type for line in lines for cell in line}
    assert types == {"n", "s", "d", "b"}  # a formula would be an "f"
    for line, row in zip(lines, wanted, strict=True):
        found = dict(zip(exact.column_names, (cell.value for cell in line), strict=True))
        assert found.pop("computed_at") == row.pop("computed_at").replace(tzinfo=None)
        for name in ("period_start", "period_end"):
            assert found.pop(name).date() == row.pop(name)
        assert {name: as_number(value) for name, value in found.items()} == {
            name: as_number(value) for name, value in row.items()
        }
    assert "=1+1" in exact["sku"].to_pylist()
    at = exact.column_names.index("net_sales")
    assert lines[0][at].number_format == "#,##0.00"


def as_number(value: Any) -> Any:
    """A spreadsheet has one kind of number."""
    return float(value) if isinstance(value, (int, Decimal)) else value


def test_more_rows_than_a_sheet_has_lines_are_refused_before_a_file_is_begun(
    reported: DatabaseUrl, reports: Reports, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "MOST_LINES", 5)
    words = ["--json", "--period", "monthly", "--output", str(tmp_path), "--format", "xlsx"]
    ended = reports(*words)
    assert ended.code == 4
    error = ended.record["error"]
    assert "listing_monthly.xlsx would have 8 rows; a spreadsheet has 5" in error["message"]
    assert "--format parquet" in error["hint"]
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["shop_monthly.xlsx"]


def test_negative_and_unknown_amounts_are_exact_decimals() -> None:
    counts = pa.chunked_array([[-1, None], [10**17 - 1, -(10**17)]], type=pa.int64())
    assert exports._decimals(counts).to_pylist() == [
        Decimal("-0.01"),
        None,
        Decimal("999999999999999.99"),
        Decimal("-1000000000000000.00"),
    ]


def test_a_file_is_never_seen_half_written(
    reported: DatabaseUrl, reports: Reports, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full_disk(table: pa.Table, path: Path) -> None:
        path.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    old = tmp_path / "shop_yearly.parquet"
    old.write_bytes(b"of yesterday")
    monkeypatch.setitem(exports._WRITERS, "parquet", full_disk)
    ended = reports("--json", "--period", "yearly", "--output", str(tmp_path))
    assert ended.code == ended.record["exit_code"] == 4
    assert "No space left on device" in ended.record["error"]["message"]
    assert ended.record["shops"][0]["status"] == "SUCCEEDED"
    assert [path for path in tmp_path.iterdir() if path.is_file()] == [old]
    assert old.read_bytes() == b"of yesterday"


def test_a_folder_that_can_not_be_made_stops_the_call_before_it_begins(
    shop: DatabaseUrl, reports: Reports, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    ended = reports("--output", str(tmp_path / "file" / "out"))
    assert ended.code == 4
    assert "for --output can't be made" in ended.err
    assert rows(shop, "SELECT count(*) FROM report_runs") == [(0,)]
