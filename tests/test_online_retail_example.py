"""The example that converts a public data set; every row here is invented."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pandas as pd
import pytest

from engine.database.url import DatabaseUrl
from engine.settings import PROJECT_FOLDER
from engine.sources.landing.land import import_files
from tests.sources.landing.desk import CALL

HEADER = "Invoice,StockCode,Description,Quantity,InvoiceDate,Price,Customer ID,Country"
ROWS = f"""{HEADER}
500001,10001,BLUE VASE,2,2009-12-01 07:45:00,6.95,13001.0,United Kingdom
500001,10001A,GREEN VASE ,3,2009-12-01 07:45:00,0.125,13001.0,United Kingdom
500002,POST,POSTAGE,1,2009-12-01 09:00:00,18.00,,EIRE
C500003,10001,BLUE VASE,-1,2009-12-02 10:00:00,6.95,13001.0,United Kingdom
C500003,10001A,GREEN VASE,-2,2009-12-02 10:00:00,0.125,13001.0,United Kingdom
C500004,M,Manual,1,2009-12-02 11:00:00,5.00,,United Kingdom
500005,10001,damaged,-4,2009-12-02 12:00:00,0.0,,United Kingdom
500006,10001,BLUE VASE,1,2009-12-02 12:30:00,0.0,13001.0,United Kingdom
A500007,B,Adjust bad debt,1,2009-12-03 12:00:00,-100.00,,United Kingdom
"""
SALES = """order_id,ordered_at,sku,listing_id,quantity,unit_price,currency,title,buyer_id,country
500001,2009-12-01 07:45:00,10001,10001,2,6.95,GBP,BLUE VASE,13001,United Kingdom
500001,2009-12-01 07:45:00,10001A,10001,3,0.125,GBP,GREEN VASE,13001,United Kingdom
500002,2009-12-01 09:00:00,POST,,1,18.00,GBP,POSTAGE,,EIRE
"""
REFUNDS = """refund_id,date,amount,currency,sku,listing_id,quantity,reason
C500003-1,2009-12-02 10:00:00,6.95,GBP,10001,10001,1,cancelled
C500003-2,2009-12-02 10:00:00,0.25,GBP,10001A,10001,2,cancelled
"""


@pytest.fixture(scope="module")
def example() -> ModuleType:
    spec = importlib.util.spec_from_file_location(
        "online_retail", PROJECT_FOLDER / "examples" / "online_retail.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def data(tmp_path: Path) -> Path:
    path = tmp_path / "data.csv"
    path.write_text(ROWS)
    return path


def test_every_row_becomes_a_sale_or_a_refund_or_is_counted(
    example: ModuleType, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert example.main([str(data), "--out", str(tmp_path / "out")]) == 0
    assert capsys.readouterr().out == (
        "9 rows read = 3 sales in 2 orders + 2 refunds + 4 left out\n"
        "  left out: 2 free goods and write-offs (price 0)\n"
        "  left out: 1 cancellations that take nothing back\n"
        "  left out: 1 corrections of the books (invoice A…)\n"
        f"written: {tmp_path}/out/sales.csv, {tmp_path}/out/refunds.csv\n"
    )
    assert (tmp_path / "out" / "sales.csv").read_text() == SALES
    assert (tmp_path / "out" / "refunds.csv").read_text() == REFUNDS


def test_a_workbook_and_a_parquet_file_give_the_same(
    example: ModuleType, data: Path, tmp_path: Path
) -> None:
    pd.read_csv(data).to_excel(tmp_path / "data.xlsx", index=False)
    pd.read_csv(data).to_parquet(tmp_path / "data.parquet")
    for suffix in ("xlsx", "parquet"):
        out = tmp_path / suffix
        assert example.main([str(tmp_path / f"data.{suffix}"), "--out", str(out)]) == 0
        assert (out / "sales.csv").read_text() == SALES
        assert (out / "refunds.csv").read_text() == REFUNDS


def test_a_file_without_a_column_is_refused(
    example: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "data.csv"
    path.write_text(ROWS.replace("Price", "Cost"))
    assert example.main([str(path), "--out", str(tmp_path)]) == 5
    assert capsys.readouterr().err.startswith(f"error: {path} lacks the column Price; expected ")


def test_a_missing_file_ends_with_4(example: ModuleType, tmp_path: Path) -> None:
    assert example.main([str(tmp_path / "none.csv")]) == 4


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_what_it_writes_lands_whole(
    example: ModuleType, data: Path, tmp_path: Path, database_url: DatabaseUrl, form: str
) -> None:
    out = tmp_path / "out"
    example.main([str(data), "--out", str(out), "--format", form])
    receipts = list(import_files(database_url, [out], CALL))
    assert [(r.kind, r.total, r.counts.new, r.rejected) for r in receipts] == [
        ("sales", 3, 3, 0),
        ("refunds", 2, 2, 0),
    ]
    assert not any(receipt.has_problems for receipt in receipts)
