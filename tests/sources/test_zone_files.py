"""fedex_zones.csv: the carrier's zone of each country."""

from datetime import date

import numpy as np
import pytest

from engine.periods import day_number
from engine.sources.dated_files import DatedRecords
from engine.sources.findings import Findings
from engine.sources.owner_rows import OPEN_END, OPEN_START
from engine.sources.text_files import read_text
from engine.sources.zone_files import NO_ZONES, ZONE_LAYOUT, Zones, read_zones, zone_name


def read(text: str, findings: Findings | None = None) -> Zones:
    found = Findings() if findings is None else findings
    records = read_text(text.encode(), "fedex_zones.csv", (ZONE_LAYOUT,), found)
    return read_zones([DatedRecords(records)], found)


def zones_of(zones: Zones, *countries: str, day: int = 0) -> list[str | None]:
    """Return the zone of each country, and last that of an unknown one."""
    asked = np.array([*range(len(countries)), -1], np.int32)
    names = (*zones.names, None)
    return [names[code] for code in zones.find(countries, asked, day).tolist()]


def test_a_country_has_the_zone_of_its_code() -> None:
    findings = Findings()
    zones = read(
        "BÖLGELER;;\nÜlke;Ülke Kodu;Zone\nNamibya;NA;7\nAlmanya;de;1\nİngiltere;UK;02\n", findings
    )
    assert zones_of(zones, "NA", "DE", "GB", "US") == ["7", "1", "2", None, None]
    assert [f.code for f in findings] == ["TITLE_ROWS"]


def test_a_row_for_the_rest_answers_for_known_countries_only() -> None:
    zones = read("code,zone\nDE,1\n*,8\n")
    assert zones_of(zones, "DE", "US") == ["1", "8", None]
    zones = read("country,code,zone\n*,,8\n")
    assert zones_of(zones, "US") == ["8", None]


def test_a_name_that_contradicts_the_code_is_named_and_the_code_counts() -> None:
    findings = Findings()
    zones = read("Ülke,Ülke Kodu,Zone\nİzlanda,IE,2\nÇin Seddi,CN,4\n", findings)
    assert zones_of(zones, "IE", "IS", "CN") == ["2", None, "4", None]
    assert [str(f) for f in findings] == [
        'fedex_zones.csv: row 2, column "Ülke": value "İzlanda" is IS, but the code beside it is '
        "IE; expected IE; the row is read as IE"
    ]


def test_rows_that_can_not_be_used_are_noted_and_left_out() -> None:
    findings = Findings()
    zones = read("code,zone\nXQ,1\n,2\nDE,\nFR,?\nIT,A\n", findings)
    assert zones_of(zones, "DE", "FR", "IT") == [None, None, "A", None]
    assert [(f.row, f.code) for f in findings] == [
        (2, "COUNTRY_UNKNOWN"),
        (3, "VALUE_MISSING"),
        (4, "VALUE_MISSING"),
        (5, "VALUE_UNKNOWN"),
    ]
    assert str(findings.of("COUNTRY_UNKNOWN")[0]) == (
        'fedex_zones.csv: row 2, column "code": value "XQ" is not a known country; '
        "expected an ISO 3166 code such as DE, or *; the row is not used"
    )


def test_of_two_rows_for_a_country_the_lower_one_counts() -> None:
    findings = Findings()
    assert zones_of(read("code,zone\nDE,1\nDEU,2\n", findings), "DE") == ["2", None]
    assert [(f.code, f.row) for f in findings] == [("DUPLICATE_CONFLICT", 2)]


def test_a_dated_file_replaces_the_other_from_its_day() -> None:
    day = day_number(date(2026, 2, 1))
    findings = Findings()
    files = [
        DatedRecords(read_text(text.encode(), name, (ZONE_LAYOUT,), findings), first, last)
        for text, name, first, last in (
            ("code,zone\nDE,1\nFR,1\n*,9\n", "fedex_zones.csv", OPEN_START, day - 1),
            ("code,zone\nDE,10\n", "fedex_zones_2026-02-01.csv", day, OPEN_END),
        )
    ]
    zones = read_zones(files, findings)
    assert zones.names == ("1", "9", "10")
    assert zones_of(zones, "DE", "FR", "US", day=day - 1) == ["1", "1", "9", None]
    assert zones_of(zones, "DE", "FR", "US", day=day) == ["10", None, None, None]
    row = zones.rows(("DE",), np.zeros(1, np.int32), day)
    assert zones.files[zones.file[row[0]]] == "fedex_zones_2026-02-01.csv"


def test_without_a_file_no_country_has_a_zone() -> None:
    assert zones_of(NO_ZONES, "DE") == [None, None]


@pytest.mark.parametrize(
    ("text", "zone"),
    [("3", "3"), ("03", "3"), ("3.Bölge", "3"), ("12. bölge", "12"), ("Zone 3", "3"),
     ("BÖLGE B", "B"), ("a", "A"), ("2a", "2A"), ("Zone", None), ("", None), ("?", None),
     ("Bölge", None), ("1,5", None)],
)  # fmt: skip
def test_the_spellings_of_a_zone(text: str, zone: str | None) -> None:
    assert zone_name(text) == zone
