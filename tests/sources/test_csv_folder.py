"""Which file of the owner's folder answers to which input."""

import io
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from engine.errors import InputFileError, SourceError
from engine.sources.csv_folder import find_file, find_files, read_file, read_one
from engine.sources.findings import Findings
from engine.sources.records import Layout

LAYOUT = Layout("goods", {"sku": ()}, required=(("sku",),))


def put(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("SKU\nA\n")


@pytest.mark.parametrize("name", ["cost.csv", "COST.CSV", "Cost.xlsx"])
def test_a_file_is_found_by_name_in_any_letter_case(tmp_path: Path, name: str) -> None:
    put(tmp_path, name, "costs.csv", "cost.txt", "~$cost.xlsx")
    found = find_file(tmp_path, "cost", Findings())
    assert found is not None
    assert (found.label, found.valid_from) == (name, None)


def test_another_name_of_an_input_is_known(tmp_path: Path) -> None:
    put(tmp_path, "all_products_desi.csv")
    assert [file.label for file in find_files(tmp_path, "desi", Findings())] == [
        "all_products_desi.csv"
    ]


@pytest.mark.parametrize("folder", ["", "not_there"])
def test_an_absent_file_is_no_error_and_is_noted_once(tmp_path: Path, folder: str) -> None:
    findings = Findings()
    assert find_file(tmp_path / folder, "cost", findings) is None
    [finding] = findings
    assert finding.code == "FILE_ABSENT"
    assert str(finding).endswith("; unit costs are unknown")


@pytest.mark.parametrize("other", ["cost.xlsx", "COST.csv"])
def test_two_files_for_one_input_are_refused_and_both_named(tmp_path: Path, other: str) -> None:
    put(tmp_path, "cost.csv", other)
    with pytest.raises(InputFileError, match=rf"(?i)cost.*{other[-4:]}.*TWO_FILES") as caught:
        find_file(tmp_path, "cost", Findings())
    assert "cost.csv" in str(caught.value)
    assert other in str(caught.value)


def test_a_shop_folder_replaces_single_files(tmp_path: Path) -> None:
    put(tmp_path, "cost.csv", "sku_prefixes.csv", "Felt & Wool/cost.xlsx")
    findings = Findings()
    for shop, name in (("FELT & wool", "cost.xlsx"), ("Other", "cost.csv"), (None, "cost.csv")):
        found = find_file(tmp_path, "cost", findings, shop=shop)
        assert found is not None
        assert found.label == name
    prefixes = find_file(tmp_path, "sku_prefixes", findings, shop="Felt & Wool")
    assert prefixes is not None
    assert prefixes.path.parent == tmp_path


def test_two_folders_of_one_shop_are_refused(tmp_path: Path) -> None:
    put(tmp_path, "Felt/cost.csv", "FELT/cost.csv")
    with pytest.raises(InputFileError, match=r"both folders of the shop 'felt'"):
        find_file(tmp_path, "cost", Findings(), shop="felt")


def test_dated_files_come_by_start_day_after_the_undated_one(tmp_path: Path) -> None:
    put(
        tmp_path,
        "fedex_prices_2026-02-01.csv",
        "fedex_prices.csv",
        "fedex_price_per_kg_for_zones_2025-07-01.csv",
    )
    found = find_files(tmp_path, "fedex_prices", Findings())
    assert [file.valid_from for file in found] == [None, date(2025, 7, 1), date(2026, 2, 1)]


def test_two_files_of_one_start_day_are_refused(tmp_path: Path) -> None:
    put(tmp_path, "fedex_prices_2026-02-01.csv", "fedex_price_per_kg_for_zones_2026-02-01.csv")
    with pytest.raises(InputFileError, match="TWO_FILES"):
        find_files(tmp_path, "fedex_prices", Findings())


def test_a_start_day_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    put(tmp_path, "fedex_prices_2026-02-30.csv")
    with pytest.raises(InputFileError, match=r"'2026-02-30', which is not a day"):
        find_files(tmp_path, "fedex_prices", Findings())


def test_an_input_without_start_days_has_none(tmp_path: Path) -> None:
    put(tmp_path, "cost_2026-02-01.csv")
    assert find_files(tmp_path, "cost", Findings()) == []


def test_text_and_workbook_give_the_same_records(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["SKU"])
    book.active.append(["A"])
    book.save(tmp_path / "goods.XLSX")
    put(tmp_path, "goods.csv")
    for name in ("goods.XLSX", "goods.csv"):
        [records] = read_file(tmp_path / name, (LAYOUT,), Findings())
        assert records.column("sku") == ["A"]


def test_two_sheets_for_one_input_are_refused(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["SKU"])
    book.create_sheet("again").append(["SKU"])
    stream = io.BytesIO()
    book.save(stream)
    with pytest.raises(InputFileError, match=r'sheet "again": and .*sheet "Sheet" both answer'):
        read_one(tmp_path / "goods.xlsx", (LAYOUT,), Findings(), content=stream.getvalue())


def test_a_file_that_can_not_be_opened_is_another_error_than_a_refused_one(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"goods\.csv can't be read: No such file"):
        read_file(tmp_path / "goods.csv", (LAYOUT,), Findings())
