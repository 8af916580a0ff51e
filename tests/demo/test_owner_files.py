"""The files of csv_inputs/: their anomalies, and that the true costs can be read out of them."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from datetime import date
from pathlib import Path

import numpy as np
import openpyxl
import pytest

from engine.demo.csv_files.cost_sheet import yearless_months
from engine.demo.csv_files.folder import MANIFEST, owner_files, write_files
from engine.demo.shop import Demo
from engine.demo.shop import generate as generate_demo
from engine.demo.sizes import make_plan
from engine.errors import SourceError
from engine.settings import PROJECT_FOLDER
from engine.sources.cost_files import read_cost_file


@pytest.fixture(scope="module")
def files(default_demo: Demo) -> dict[str, bytes]:
    return owner_files(default_demo)


def rows_of(content: bytes, delimiter: str = ",") -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=delimiter))


def test_the_committed_files_are_those_of_the_default_demo(files: dict[str, bytes]) -> None:
    folder = PROJECT_FOLDER / "csv_inputs"
    manifest = json.loads((folder / MANIFEST).read_text("utf-8"))["files"]
    assert sorted(manifest) == sorted(files)
    for name, content in files.items():
        assert (folder / name).read_bytes() == content, name


@pytest.mark.parametrize("end", [date(2026, 10, 31), date(2027, 1, 31), date(2026, 5, 10)])
def test_cost_csv_states_exactly_the_true_costs(tmp_path: Path, end: date) -> None:
    demo = generate_demo(make_plan(orders=300, end=end))
    (tmp_path / "cost.csv").write_bytes(owner_files(demo)["cost.csv"])
    table, _ = read_cost_file(tmp_path / "cost.csv")
    read = {
        (key, int(region), int(month)): int(cost)
        for key, region, month, cost in zip(
            table.sku_key, table.region, table.month, table.unit_cost, strict=True
        )
    }
    stated = demo.costs.stated
    true = {
        (demo.shops[0].catalogue.skus[sku].name, region, int(demo.costs.months[month])): int(
            stated[sku, region, month]
        )
        for sku, region, month in np.argwhere(stated >= 0).tolist()
    }
    names = {sku.name for sku in demo.shops[0].catalogue.skus}
    assert len(true) > 30_000
    assert {key: cost for key, cost in read.items() if key[0] in names} == true


def test_cost_csv_has_the_habits_of_a_real_sheet(
    default_demo: Demo, files: dict[str, bytes]
) -> None:
    content = files["cost.csv"]
    assert b"\r\n" in content
    assert not content.endswith((b"\r", b"\n"))
    rows = rows_of(content)
    header, skus = rows[0], [row[3] for row in rows[1:]]
    width = len(header)
    assert [len(row) for row in rows if len(row) != width] == [6, width + 1]  # short, too long
    for head in ("US MAYIS 2025", "EU 2024 HAZİRAN CALISMA", "AU Ekim 26", "us-2025-03"):
        assert head.split()[0] in {cell.split()[0] for cell in header}
    written = " ".join(header)
    for word in ("AĞUSTOS", "ÇALIŞMA", "CALISMA", "FİYAT", "Avustralya", "_Aug.2026"):
        assert word in written
    years = [cell for cell in header if cell.split() == cell.split()[:2]]
    assert {"US EYLÜL", "US AĞUSTOS"} <= set(years)
    assert {"", ".", "sample  -  do not sell"} <= set(skus)
    assert [""] * len(header) in rows
    cells = {cell for row in rows[1:] for cell in row[5:]}
    assert {"NAN", "#N/A", "-", "0", ".", "12,x", "-4.50", "free", ""} <= cells
    assert any(cell.startswith("$") for cell in cells)


def test_cost_csv_has_several_rows_for_some_skus(files: dict[str, bytes]) -> None:
    rows = rows_of(files["cost.csv"])[1:]
    by_sku: dict[str, list[list[str]]] = {}
    for row in rows:
        by_sku.setdefault(row[3], []).append(row)
    twice = [own for sku, own in by_sku.items() if len(own) == 2 and sku not in ("", ".")]
    assert any(first == second for first, second in twice)
    assert any(first[0] != second[0] for first, second in twice)  # two codes
    assert any(
        first[0] == second[0]
        and any(a and b and a != b for a, b in zip(first, second, strict=True))
        for first, second in twice
    )
    prefixes = {sku.split("-")[0] for sku in by_sku}
    assert {"OT", "ZSTK", "ZTSK", "MG", "LND", "US", "UK", "CA", "AU", "JP", "DELETED"} <= prefixes


def test_two_runs_of_columns_have_no_year_and_four_months_have_no_column(
    default_demo: Demo,
) -> None:
    costs = default_demo.costs
    inside, next_one, oldest = yearless_months(costs)
    assert (next_one - inside, oldest) == (1, 0)
    assert (~costs.has_column).sum() == 4


def test_one_price_was_typed_twice_as_high(default_demo: Demo) -> None:
    sku, month = default_demo.costs.doubled
    own = default_demo.costs.stated[sku, 0]
    assert own[month] > 1.9 * own[month - 1]


def test_desi_csv(files: dict[str, bytes]) -> None:
    content = files["desi.csv"]
    assert content.startswith(b"\xef\xbb\xbf")
    rows = rows_of(content, ";")
    assert rows[0] == ["OTTOKOD", "DETAY", "DESİ", ""]
    assert ["7301-Grey", "Laptop Sleeve", "0,7", ""] in rows
    assert sum("hariç diğer ülkelerde" in row[-1] for row in rows) == 2
    assert sum(row[2] == "yok" for row in rows) == 1
    assert any("-" not in row[0] for row in rows[1:])


def test_carrier_files(files: dict[str, bytes]) -> None:
    zones = rows_of(files["fedex_zones.csv"], ";")
    assert zones[:2] == [["BÖLGELER", "", ""], ["Ülke", "Ülke Kodu", "Zone"]]
    codes = {row[1] for row in zones}
    assert "NA" in codes
    assert not {"US", "HU", "PA"} & codes
    prices = rows_of(files["fedex_prices.csv"], ";")
    assert prices[0][0] == "CARRIER"
    by_weight = {row[0]: row for row in prices}
    assert by_weight["3,0 kg"][2] == "50,10"
    assert len(prices) == 2 + 20


def test_the_workbook_holds_prices_and_zones_and_no_clock(files: dict[str, bytes]) -> None:
    content = files["fedex_prices_2026-02-01.xlsx"]
    book = openpyxl.load_workbook(io.BytesIO(content), data_only=True)
    assert book.sheetnames == ["FİYAT", "BÖLGE"]
    assert book["FİYAT"]["A2"].value == "Weight"
    assert book["FİYAT"]["B3"].value == 8.42
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert {part.date_time[:3] for part in archive.infolist()} == {(2026, 1, 31)}
        assert {part.compress_type for part in archive.infolist()} == {zipfile.ZIP_STORED}


def test_us_duties_csv(files: dict[str, bytes]) -> None:
    rows = rows_of(files["us_duties.csv"], ";")
    column = {name: number for number, name in enumerate(rows[0])}
    rates = {row[column["DUTY OTAN"]] for row in rows[1:]}
    assert "4.5 & 8.5" in rates
    assert any(row[column["INVOICE ÜRÜN BEDELİ"]] == "0" for row in rows[1:])
    assert any(row[column["SKU"]].endswith(" - ÜRETİLMEYECEK") for row in rows[1:])
    desi = {row[0]: row[2] for row in rows_of(files["desi.csv"], ";")}
    codes = [(desi.get(row[2], row[4]), row[4]) for row in rows[1:]]
    assert any(a != b for a, b in codes)


def test_small_files(default_demo: Demo, files: dict[str, bytes]) -> None:
    fees = rows_of(files["etsy_fees.csv"])
    assert ["TR", "processing", "any", "0.065", "1400", "TRY"] in [row[:6] for row in fees]
    assert {row[10] for row in fees[1:]} == {
        "",
        "unknown",
        "2021-07-01",
        "2022-04-11",
        "2026-08-01",
    }
    rates = rows_of(files["fx_rates.csv"])
    assert {tuple(row[1:3]) for row in rates[5:]} == {
        ("USD", "TRY"),
        ("EUR", "USD"),
        ("USD", "JPY"),
    }
    assert all(date.fromisoformat(row[0]).weekday() < 5 for row in rates[5:])
    expenses = rows_of(files["expenses.csv"], ";")
    assert all(bool(row[0]) != bool(row[1]) for row in expenses[4:])
    regions = files["cost_regions.csv"].decode("cp1254").splitlines()
    assert regions[-1] == "*\tUS\tassumed"
    offsite = files["offsite_orders.csv"].decode("utf-16").splitlines()
    ids = set(default_demo.shops[0].order_id.tolist())
    assert {int(row.split("\t")[0]) for row in offsite[3:]} <= ids


def test_a_file_of_somebody_is_never_overwritten(tmp_path: Path) -> None:
    (tmp_path / "cost.csv").write_text("mine")
    first = write_files(tmp_path, {"cost.csv": b"1", "desi.csv": b"2"})
    assert (first.written, first.kept) == (("desi.csv",), ("cost.csv",))
    assert (tmp_path / "cost.csv").read_text() == "mine"


def test_a_file_that_was_changed_since_is_kept(tmp_path: Path) -> None:
    write_files(tmp_path, {"desi.csv": b"2"})
    (tmp_path / "desi.csv").write_text("corrected")
    again = write_files(tmp_path, {"desi.csv": b"3"})
    assert again.kept == ("desi.csv",)
    assert write_files(tmp_path, {"desi.csv": b"4"}).kept == ("desi.csv",)
    assert (tmp_path / "desi.csv").read_text() == "corrected"


def test_files_of_an_earlier_demo_are_replaced_or_removed(tmp_path: Path) -> None:
    write_files(tmp_path, {"desi.csv": b"2", "old.csv": b"3", "same.csv": b"4"})
    again = write_files(tmp_path, {"desi.csv": b"5", "same.csv": b"4"})
    assert (again.written, again.unchanged, again.kept) == (("desi.csv",), ("same.csv",), ())
    assert sorted(path.name for path in tmp_path.iterdir()) == [MANIFEST, "desi.csv", "same.csv"]


def test_a_damaged_manifest_protects_every_file(tmp_path: Path) -> None:
    write_files(tmp_path, {"desi.csv": b"2"})
    (tmp_path / MANIFEST).write_text("{")
    assert write_files(tmp_path, {"desi.csv": b"3"}).kept == ("desi.csv",)


def test_a_folder_that_is_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "csv_inputs").write_text("")
    with pytest.raises(SourceError, match=r"can't be written to .*csv_inputs"):
        write_files(tmp_path / "csv_inputs", {"desi.csv": b"2"})
