"""Files with start days, and a workbook that answers to two inputs."""

from datetime import date
from pathlib import Path

import openpyxl
import pytest

from engine.errors import InputFileError
from engine.periods import day_number
from engine.sources.dated_files import DatedRecords, read_dated, read_pair
from engine.sources.findings import Findings
from engine.sources.owner_rows import OPEN_END, OPEN_START
from engine.sources.price_files import PRICE_LAYOUT
from engine.sources.zone_files import ZONE_LAYOUT

PAIR = (("fedex_zones", ZONE_LAYOUT), ("fedex_prices", PRICE_LAYOUT))
FEBRUARY = day_number(date(2026, 2, 1))


def put(folder: Path, name: str, text: str) -> None:
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_text(text, "utf-8")


def put_book(folder: Path, name: str, *, zones: bool = True) -> None:
    book = openpyxl.Workbook()
    prices = book.active
    prices.title = "FİYAT"
    for row in (["CARRIER"], ["Ağırlık", "Zone 1"], [0.5, 7.8]):
        prices.append(row)
    if zones:
        sheet = book.create_sheet("BÖLGE")
        for row in (["Ülke", "Ülke Kodu", "Zone"], ["Almanya", "DE", 1]):
            sheet.append(row)
    (folder / name).parent.mkdir(exist_ok=True)
    book.save(folder / name)


def spans(files: list[DatedRecords]) -> list[tuple[str, int, int]]:
    return [(file.records.file, file.first, file.last) for file in files]


def test_a_file_is_in_force_until_the_day_before_the_next_one_starts(tmp_path: Path) -> None:
    put(tmp_path, "fedex_zones_2026-02-01.csv", "Ülke Kodu,Zone\nDE,2\n")
    put(tmp_path, "fedex_zones.csv", "Ülke Kodu,Zone\nDE,1\n")
    assert spans(read_dated(tmp_path, "fedex_zones", ZONE_LAYOUT, Findings())) == [
        ("fedex_zones.csv", OPEN_START, FEBRUARY - 1),
        ("fedex_zones_2026-02-01.csv", FEBRUARY, OPEN_END),
    ]


def test_without_a_file_there_are_no_records_and_one_note(tmp_path: Path) -> None:
    findings = Findings()
    assert read_dated(tmp_path, "desi", ZONE_LAYOUT, findings) == []
    assert [f.code for f in findings] == ["FILE_ABSENT"]


def test_two_fitting_sheets_of_one_day_are_refused(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for name in ("one", "two"):
        sheet = book.create_sheet(name)
        sheet.append(["Ülke Kodu", "Zone"])
    book.save(tmp_path / "fedex_zones.xlsx")
    with pytest.raises(InputFileError, match=r'sheet "two": and .*sheet "one" both answer'):
        read_dated(tmp_path, "fedex_zones", ZONE_LAYOUT, Findings())


def test_a_workbook_of_prices_may_hold_the_zones_too(tmp_path: Path) -> None:
    put_book(tmp_path, "fedex_prices.xlsx")
    findings = Findings()
    zones, prices = read_pair(tmp_path, PAIR, findings)
    assert spans(zones) == [('fedex_prices.xlsx, sheet "BÖLGE"', OPEN_START, OPEN_END)]
    assert spans(prices) == [('fedex_prices.xlsx, sheet "FİYAT"', OPEN_START, OPEN_END)]
    assert [f.code for f in findings] == ["TITLE_ROWS"]


def test_its_zones_take_over_on_the_start_day_of_the_workbook(tmp_path: Path) -> None:
    put(tmp_path, "fedex_zones.csv", "Ülke Kodu,Zone\nDE,2\n")
    put_book(tmp_path, "fedex_prices_2026-02-01.xlsx")
    findings = Findings()
    zones, prices = read_pair(tmp_path, PAIR, findings)
    assert [(file.first, file.last) for file in zones] == [
        (OPEN_START, FEBRUARY - 1),
        (FEBRUARY, OPEN_END),
    ]
    assert [file.first for file in prices] == [FEBRUARY]
    assert not findings.of("FILE_ABSENT")


def test_an_input_that_no_sheet_has_is_absent(tmp_path: Path) -> None:
    put_book(tmp_path, "fedex_prices.xlsx", zones=False)
    findings = Findings()
    zones, prices = read_pair(tmp_path, PAIR, findings)
    assert (len(zones), len(prices)) == (0, 1)
    assert [str(f) for f in findings.of("FILE_ABSENT")] == [
        f"fedex_zones.csv: is not in the folder {tmp_path.name}; carrier zones are unknown"
    ]


def test_a_sheet_and_a_file_of_one_day_are_refused(tmp_path: Path) -> None:
    put(tmp_path, "fedex_zones.csv", "Ülke Kodu,Zone\nDE,2\n")
    put_book(tmp_path, "fedex_prices.xlsx")
    with pytest.raises(InputFileError, match=r"fedex_prices.xlsx.* and fedex_zones.csv both"):
        read_pair(tmp_path, PAIR, Findings())


def test_the_files_of_a_shops_own_folder_replace_the_others(tmp_path: Path) -> None:
    put(tmp_path, "fedex_zones.csv", "Ülke Kodu,Zone\nDE,2\n")
    put_book(tmp_path / "Felt", "fedex_prices.xlsx")
    zones, _ = read_pair(tmp_path, PAIR, Findings(), shop="Felt")
    assert spans(zones) == [('fedex_prices.xlsx, sheet "BÖLGE"', OPEN_START, OPEN_END)]
    zones, prices = read_pair(tmp_path, PAIR, Findings(), shop="Other")
    assert (len(zones), len(prices)) == (1, 0)
