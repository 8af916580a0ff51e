"""us_duties.csv: declared values, duties, fees and the carrier's own prices, SKU by SKU."""

from datetime import date

import numpy as np
import pytest

from engine.errors import InputFileError
from engine.periods import day_number
from engine.sources.dated_files import DatedRecords
from engine.sources.duty_files import DUTY_LAYOUT, read_duties
from engine.sources.duty_table import COUNTRY, DutyTable
from engine.sources.findings import Findings
from engine.sources.owner_rows import OPEN_END, OPEN_START, UNKNOWN
from engine.sources.text_files import read_text

HEADER = (
    "ASIN;SKU;OTTOKOD;DETAY;DESİ-KG;;INVOICE ÜRÜN BEDELİ;US FEDEX KARGO ÜCRETİ;"
    "FEDEX İŞLEM ÜCRETİ;DUTY OTAN;DUTY;VERGİ ORANI;VERGİ\n"
)
AUGUST = day_number(date(2025, 8, 29))


def read(text: str, findings: Findings | None = None) -> DutyTable:
    found = Findings() if findings is None else findings
    records = read_text(text.encode(), "us_duties.csv", (DUTY_LAYOUT,), found)
    return read_duties([DatedRecords(records)], found)


def row_of(table: DutyTable, key: str, day: int = 0) -> int:
    return int(table.find((key,), np.zeros(1, np.int32), day)[0])


def test_a_row_states_what_a_sku_costs_at_the_border() -> None:
    findings = Findings()
    table = read(
        HEADER + ";FELT-13;7301-Grey;Sleeve;0,7;;6,63;10,55;4,5;8;0,53;10;0,66\n", findings
    )
    rows = table.rows
    assert (table.sku, table.code) == (("FELT-13",), ("7301-GREY",))
    assert (rows.mdesi[0], rows.declared_value[0], rows.handling_fee[0]) == (700, 66_300, 45_000)
    assert (rows.duty_ppm[0], rows.import_tax_ppm[0]) == (80_000, 100_000)
    assert (rows.first[0], rows.last[0], rows.row_number[0]) == (OPEN_START, OPEN_END, 2)
    assert not rows.is_range[0]
    assert not rows.is_discontinued[0]
    assert len(findings) == 0


def test_amounts_are_only_compared_with_their_rate() -> None:
    findings = Findings()
    table = read(
        "sku,declared_value,duty_rate,duty,import_tax_rate,import_tax\n"
        "A,10,5,0.51,10,0.99\nB,10,5,0.52,10,0.98\nC,10,,0.9,,0.9\nD,,5,0.9,10,0.9\n",
        findings,
    )
    assert table.rows.duty_ppm.tolist() == [50_000, 50_000, UNKNOWN, 50_000]
    assert [str(f) for f in findings] == [
        'us_duties.csv: row 3, column "duty": value "0.52" is not 5 % of the declared value; '
        "expected 0.50, give or take 0.01; the rate is used",
        'us_duties.csv: row 3, column "import_tax": value "0.98" is not 10 % of the declared '
        "value; expected 1.00, give or take 0.01; the rate is used",
    ]


def test_a_declared_value_of_zero_is_unknown_and_named() -> None:
    findings = Findings()
    table = read("sku,declared_value,duty_rate\nA,0,5\nB,,5\n", findings)
    assert table.rows.declared_value.tolist() == [UNKNOWN, UNKNOWN]
    assert [(f.row, f.code) for f in findings] == [(2, "ZERO_COST")]


@pytest.mark.parametrize(
    ("sku", "detail", "identity"),
    [
        ("FELT-13 - ÜRETİLMEYECEK", "", "FELT-13"),
        ("FELT-13 (üretilmeyecek artık)", "", "FELT-13"),
        ("FELT-13_URETILMEYECEK", "", "FELT-13"),
        ("FELT-13", "Kılıf, Üretilmeyecek", "FELT-13"),
    ],
)
def test_goods_that_are_no_longer_made(sku: str, detail: str, identity: str) -> None:
    table = read(f"sku;detail;duty_rate\n{sku};{detail};5\nB;;5\n")
    assert table.sku == (identity, "B")
    assert table.rows.is_discontinued.tolist() == [True, False]


def test_cells_that_are_no_number_are_missing_and_named() -> None:
    findings = Findings()
    table = read(
        "sku,desi,declared_value,carrier_price,handling_fee,import_tax_rate\nA,0,x,0,€4,1001\n",
        findings,
    )
    rows = table.rows
    for column in (rows.mdesi, rows.declared_value, rows.handling_fee, rows.import_tax_ppm):
        assert column.tolist() == [UNKNOWN]
    assert table.steps.lists == ()
    assert [(f.column, f.code) for f in findings] == [
        ("declared_value", "NOT_A_NUMBER"),
        ("import_tax_rate", "NOT_A_NUMBER"),
        ("desi", "NEGATIVE"),
        ("carrier_price", "NEGATIVE"),
        ("handling_fee", "CURRENCY_CONFLICT"),
    ]


def test_the_lowest_of_two_rows_of_a_sku_counts_cell_by_cell() -> None:
    findings = Findings()
    table = read("sku,declared_value,duty_rate,duty\nA,10,4.5 & 8.5,0.7\na,12,,\nA,,,\n", findings)
    rows = table.rows
    assert len(table) == 1
    assert (rows.declared_value[0], rows.duty_ppm[0], rows.other_ppm[0]) == (
        120_000,
        70_000,
        85_000,
    )
    assert [(f.code, f.row, f.column) for f in findings] == [
        ("RATE_RANGE", 2, "duty_rate"),
        ("DUPLICATE_CONFLICT", 2, "declared_value"),
    ]


def test_rows_without_a_sku_tell_carrier_prices_only() -> None:
    findings = Findings()
    table = read("sku,desi,carrier_price\n,0.5,9.20\n.,0.5,9.80\nA,1,10\n", findings)
    assert table.sku == ("A",)
    assert table.steps.lists[0].tier.tolist() == [500, 1000]
    assert table.steps.lists[0].price.tolist() == [[98_000, 100_000]]
    assert [f.code for f in findings] == ["BLANK_SKU", "DUPLICATE_CONFLICT"]
    assert str(findings.of("BLANK_SKU")[0]) == (
        "us_duties.csv: has 2 row(s) without a SKU; only their carrier prices are used"
    )


def test_the_steps_price_a_parcel_to_their_country() -> None:
    table = read("sku,desi,carrier_price\nA,0.5,9.20\nB,1,10.55\n")
    asked = np.array([400, 500, 501, 1500])
    zone, day = np.zeros(4, np.int32), np.zeros(4, np.int32)
    found = table.steps.price((COUNTRY,), zone, asked, day)
    assert found.price.tolist() == [92_000, 92_000, 105_500, 119_000]
    assert found.is_estimated.tolist() == [False, False, False, True]


def test_dated_rows_hold_on_their_days() -> None:
    table = read("sku,duty_rate,valid_from,valid_to\nA,0,,2025-08-28\nA,8,2025-08-29,\n")
    assert [int(table.rows.duty_ppm[row_of(table, "A", day)]) for day in (AUGUST - 1, AUGUST)] == [
        0,
        80_000,
    ]


def test_dated_rows_of_a_sku_on_the_same_days_are_refused() -> None:
    with pytest.raises(
        InputFileError,
        match=r"us_duties.csv: row 4: gives the SKU A again as row 2 does, on the same days; "
        r"expected a valid_to in one row before the valid_from of the other; .*\(OVERLAP\)",
    ):
        read("sku,duty_rate,valid_from\nA,0,\nB,1,\nA,8,2025-08-29\n")


def test_a_dated_file_replaces_the_other_from_its_day() -> None:
    findings = Findings()
    files = [
        DatedRecords(read_text(text.encode(), name, (DUTY_LAYOUT,), findings), first, last)
        for text, name, first, last in (
            ("sku,desi,carrier_price,valid_to\nA,1,9,\nB,1,9,\n", "us_duties.csv",
             OPEN_START, AUGUST - 1),
            ("sku,desi,carrier_price,valid_to\nA,1,12,2025-12-31\nC,1,12,2025-01-01\n",
             "us_duties_2025-08-29.csv", AUGUST, OPEN_END),
        )
    ]  # fmt: skip
    table = read_duties(files, findings)
    assert [row_of(table, key, AUGUST - 1) >= 0 for key in "ABC"] == [True, True, False]
    assert [row_of(table, key, AUGUST) >= 0 for key in "ABC"] == [True, False, False]
    assert row_of(table, "A", day_number(date(2026, 1, 1))) == -1
    day = np.array([AUGUST - 1, AUGUST], np.int32)
    found = table.steps.price((COUNTRY,), np.zeros(2, np.int32), np.array([1000, 1000]), day)
    assert found.price.tolist() == [90_000, 120_000]
    assert table.files[table.rows.file[row_of(table, "A", AUGUST)]] == "us_duties_2025-08-29.csv"


def test_a_sku_alone_is_no_such_file() -> None:
    with pytest.raises(InputFileError, match="found: SKU, price; expected SKU, DESİ-KG"):
        read("SKU,price\nA,1\n")
