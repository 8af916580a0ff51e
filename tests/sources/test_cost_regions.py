"""Which cost region a destination belongs to."""

import pytest

from engine.sources.cost_regions import (
    AU,
    EU,
    REGION_LAYOUT,
    US,
    CostRegions,
    read_cost_regions,
    shipped_regions,
)
from engine.sources.findings import Findings
from engine.sources.text_files import read_text


def read(text: str, findings: Findings | None = None) -> CostRegions:
    found = Findings() if findings is None else findings
    records = read_text(text.encode(), "cost_regions.csv", (REGION_LAYOUT,), found)
    return read_cost_regions(records, found)


@pytest.mark.parametrize(
    ("country", "region"),
    [("DE", EU), ("GB", EU), ("CH", EU), ("TR", EU), ("CY", EU), ("AU", AU), ("NZ", AU),
     ("US", US), ("CA", US), ("NA", US), (None, US)],
)  # fmt: skip
def test_shipped_regions_are_all_assumed(country: str | None, region: int) -> None:
    assert shipped_regions().region_of(country) == (region, True)


def test_a_file_replaces_the_shipped_table_as_a_whole() -> None:
    regions = read(
        "country,region,confidence\nAlmanya,AVRUPA,known\nGB,US,assumed\nNA,AU,\n*,EU,known\n"
    )
    assert regions.region_of("DE") == (EU, False)
    assert regions.region_of("GB") == (US, True)
    assert regions.region_of("NA") == (AU, False)
    assert regions.region_of("FR") == (EU, False)


def test_an_unknown_country_takes_the_rest_as_an_assumption() -> None:
    assert read("country,region,confidence\n*,EU,known\n").region_of(None) == (EU, True)


def test_without_a_row_for_the_rest_it_is_the_us_as_an_assumption() -> None:
    assert read("country,region\nDE,EU\n").region_of("FR") == (US, True)


def test_rows_that_can_not_be_used_are_noted_and_left_out() -> None:
    findings = Findings()
    regions = read(
        "country,region,confidence\nAtlantis,EU,\nDE,Mars,\nFR,EU,perhaps\nIT,EU,\n", findings
    )
    assert regions.by_country == {"IT": (EU, False)}
    assert [str(finding) for finding in findings] == [
        'cost_regions.csv: row 2, column "country": value "Atlantis" is not a known country; '
        "expected an ISO 3166 code, a name, or *; the row is not used",
        'cost_regions.csv: row 3, column "region": value "Mars" is not a region; '
        "expected US or EU or AU; the row is not used",
        'cost_regions.csv: row 4, column "confidence": value "perhaps" is not a degree of '
        "confidence; expected assumed, or known; the row is not used",
    ]


def test_of_two_rows_for_one_country_the_lower_one_counts() -> None:
    findings = Findings()
    assert read("country,region\nDE,US\nGermany,EU\n", findings).region_of("DE") == (EU, False)
    assert [(finding.code, finding.row) for finding in findings] == [("DUPLICATE_CONFLICT", 3)]
