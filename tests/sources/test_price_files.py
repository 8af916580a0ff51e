"""fedex_prices.csv: prices of parcels by weight tier and zone."""

import pytest

from engine.sources.dated_files import DatedRecords
from engine.sources.findings import Findings
from engine.sources.owner_rows import UNKNOWN
from engine.sources.price_files import PRICE_LAYOUT, check_zones, read_prices, zone_columns
from engine.sources.price_lists import PriceTable
from engine.sources.text_files import read_text
from engine.sources.zone_files import ZONE_LAYOUT, Zones, read_zones


def read(text: str, findings: Findings | None = None) -> PriceTable:
    found = Findings() if findings is None else findings
    records = read_text(text.encode(), "fedex_prices.csv", (PRICE_LAYOUT,), found)
    return read_prices([DatedRecords(records)], found)


def zones(text: str, findings: Findings) -> Zones:
    records = read_text(text.encode(), "fedex_zones.csv", (ZONE_LAYOUT,), findings)
    return read_zones([DatedRecords(records)], findings)


def test_tiers_and_zones_are_sorted_and_prices_are_ten_thousandths() -> None:
    findings = Findings()
    table = read(
        "CARRIER;;\nAğırlık;10.Bölge;2.Bölge\n1,0 kg;9,00;8,5\n0,5 kg;7,80;6,1234\n", findings
    )
    assert table.zones == ("2", "10")
    [listed] = table.lists
    assert listed.tier.tolist() == [500, 1000]
    assert listed.price.tolist() == [[61_234, 85_000], [78_000, 90_000]]
    assert (table.currency, listed.file) == ("USD", "fedex_prices.csv")
    assert [f.code for f in findings] == ["TITLE_ROWS"]


@pytest.mark.parametrize(
    ("header", "zone"),
    [("1.Bölge", "1"), ("Zone 1", "1"), ("1", "1"), ("zone B", "B"), ("C", "C"), ("12", "12"),
     ("kg", None), ("no", None), ("toplam", None), ("", None), ("Ağırlık", None)],
)  # fmt: skip
def test_the_headers_of_zones(header: str, zone: str | None) -> None:
    assert list(zone_columns(["weight", header]).values()) == ([] if zone is None else [zone])


def test_a_cell_that_is_no_price_leaves_its_tier_without_one() -> None:
    findings = Findings()
    table = read("weight,1,2\n0.5,x,7\n1,0,\n1.5,-3,€9\n2,8,9\n", findings)
    assert table.lists[0].price.tolist() == [
        [UNKNOWN, UNKNOWN, UNKNOWN, 80_000],
        [70_000, UNKNOWN, UNKNOWN, 90_000],
    ]
    assert [(f.row, f.column, f.code) for f in findings] == [
        (2, "1", "NOT_A_NUMBER"),
        (3, "1", "NEGATIVE"),
        (4, "1", "NEGATIVE"),
        (4, "2", "CURRENCY_CONFLICT"),
    ]


def test_a_row_without_a_weight_is_not_used() -> None:
    findings = Findings()
    assert read("weight,1\n,7\nheavy,8\n1,9\n", findings).lists[0].tier.tolist() == [1000]
    assert [(f.row, f.code) for f in findings] == [(3, "NOT_A_NUMBER"), (2, "VALUE_MISSING")]


def test_the_lowest_of_two_rows_for_a_weight_counts() -> None:
    findings = Findings()
    table = read("weight,1,2\n0.5,7,8\n0.50,7.5,\n", findings)
    assert table.lists[0].price.tolist() == [[75_000], [80_000]]
    assert [(f.code, f.row, f.column) for f in findings] == [("DUPLICATE_CONFLICT", 2, "1")]


def test_the_first_of_two_columns_for_a_zone_counts_and_others_are_named() -> None:
    findings = Findings()
    table = read("weight,1.Bölge,Zone 1,note\n0.5,7,8,x\n", findings)
    assert table.lists[0].price.tolist() == [[70_000]]
    assert [(f.code, f.column) for f in findings] == [
        ("DUPLICATE_CONFLICT", "Zone 1"),
        ("COLUMN_IGNORED", "note"),
    ]


def test_a_price_that_jumps_or_falls_between_tiers_is_named_and_kept() -> None:
    findings = Findings()
    table = read("weight,Zone 2\n2.5,9.90\n3,50.1\n3.5,10.5\n4,18.9\n4.5,18.9\n", findings)
    assert table.lists[0].price.tolist() == [[99_000, 501_000, 105_000, 189_000, 189_000]]
    assert [f.code for f in findings] == ["PRICE_JUMP", "NOT_MONOTONE"]
    assert str(findings.of("PRICE_JUMP")[0]) == (
        'fedex_prices.csv: row 3, column "Zone 2": zone 2: 2.5 kg → 3 kg goes from 9.90 to 50.10; '
        "expected a heavier parcel to cost more, and less than 1.8 times as much; "
        "the prices are kept"
    )
    assert "zone 2: 3 kg → 3.5 kg goes from 50.10 to 10.50" in str(findings.of("NOT_MONOTONE")[0])


def test_a_zone_that_only_one_of_two_files_has_is_named() -> None:
    findings = Findings()
    table = read("weight,1,2,4\n0.5,7,8,\n", findings)
    check_zones(zones("code,zone\nDE,1\nFR,3\nIT,4\n", findings), table, findings)
    assert [str(f) for f in findings] == [
        'fedex_zones.csv: value "3" is a zone without prices in fedex_prices.csv; '
        "expected the same zones in both files; parcels to it have no price",
        'fedex_zones.csv: value "4" is a zone without prices in fedex_prices.csv; '
        "expected the same zones in both files; parcels to it have no price",
        'fedex_prices.csv: value "2" is a zone that no country has in fedex_zones.csv; '
        "expected the same zones in both files; its prices are not used",
    ]


def test_one_file_alone_has_nothing_to_be_compared_with() -> None:
    findings = Findings()
    check_zones(read_zones((), findings), read("weight,1\n0.5,7\n"), findings)
    check_zones(zones("code,zone\nDE,1\n", findings), read_prices((), findings), findings)
    assert len(findings) == 0


def test_lists_with_different_zones_share_one_table() -> None:
    findings = Findings()
    records = [
        read_text(text.encode(), "fedex_prices.csv", (PRICE_LAYOUT,), findings)
        for text in ("weight,1\n0.5,7\n", "weight,2\n0.5,8\n1,9\n")
    ]
    table = read_prices([DatedRecords(records[0], 0, 9), DatedRecords(records[1], 10)], findings)
    assert table.zones == ("1", "2")
    assert [listed.price.tolist() for listed in table.lists] == [
        [[70_000], [UNKNOWN]],
        [[UNKNOWN, UNKNOWN], [80_000, 90_000]],
    ]
    assert (table.lists[0].first, table.lists[0].last) == (0, 9)
