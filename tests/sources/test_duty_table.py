"""The table of duties: finding rows, and comparing its weights with those of desi.csv."""

import numpy as np

from engine.sources.dated_files import DatedRecords
from engine.sources.desi_files import DESI_LAYOUT, read_desi
from engine.sources.duty_files import DUTY_LAYOUT, NO_DUTIES, read_duties
from engine.sources.duty_table import DutyTable, check_weights
from engine.sources.findings import Findings
from engine.sources.owner_rows import UNKNOWN
from engine.sources.text_files import read_text


def read(text: str) -> DutyTable:
    found = Findings()
    records = read_text(text.encode(), "us_duties.csv", (DUTY_LAYOUT,), found)
    return read_duties([DatedRecords(records)], found)


def row_of(table: DutyTable, key: str, day: int = 0) -> int:
    return int(table.find((key,), np.zeros(1, np.int32), day)[0])


def test_a_row_is_found_by_the_key_of_its_sku() -> None:
    table = read("sku,duty_rate\nFelt-ı,5\nDELETED-B-1,6\n")
    assert [row_of(table, key) for key in ("FELT-I", "B-1", "FELT")] == [0, 1, -1]


def test_two_rates_are_kept_beside_the_one_that_is_used() -> None:
    table = read("sku;declared_value;duty_rate;duty\nA;10;4.5 & 8.5;0,7\n")
    rows = table.rows
    assert (rows.duty_ppm[0], rows.one_ppm[0], rows.other_ppm[0]) == (70_000, 45_000, 85_000)
    assert rows.highest_duty_ppm.tolist() == [130_000]
    assert rows.is_range.tolist() == [True]


def test_an_unknown_rate_has_no_highest() -> None:
    assert read("sku,duty_rate\nA,\n").rows.highest_duty_ppm.tolist() == [UNKNOWN]


def test_a_weight_that_desi_csv_contradicts_is_named() -> None:
    findings = Findings()
    desi_text = "code,desi\n7301-Grey,0.7\n7302-Grey,1\n"
    records = read_text(desi_text.encode(), "desi.csv", (DESI_LAYOUT,), findings)
    desi = read_desi([DatedRecords(records)], findings)
    table = read(
        "sku,code,desi\nA,7301-GREY,1.2\nB,7302-Grey,1\nC,7303-Grey,2\nD,,2\nE,7301-Grey,\n"
    )
    check_weights(table, desi, findings)
    assert [str(f) for f in findings] == [
        'us_duties.csv: row 2: value "1.2 kg" is another weight than the 0.7 kg that desi.csv, '
        "row 2 gives the code 7301-GREY; expected one weight for each code; "
        "this one is used for the SKU A"
    ]


def test_without_a_file_nothing_is_known() -> None:
    assert len(NO_DUTIES) == 0
    assert row_of(NO_DUTIES, "A") == -1
    assert NO_DUTIES.steps.lists == ()
