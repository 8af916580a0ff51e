"""Country cells in codes and names; what is not known stays unknown."""

import pytest

from engine.sources.countries import countries, find_country, is_missing_country, read_countries
from engine.sources.findings import Findings


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Germany", "DE"),
        ("Almanya", "DE"),
        ("DEU", "DE"),
        ("de", "DE"),
        ("UK", "GB"),
        ("uk", "GB"),
        ("EL", "GR"),
        ("The Netherlands", "NL"),
        ("Czech Republic", "CZ"),
        ("Macedonia", "MK"),
        ("Türkiye", "TR"),
        ("TURKIYE", "TR"),
        ("Turkey", "TR"),
        ("İTALYA", "IT"),
        ("it", "IT"),
        ("ABD", "US"),
        ("U.S.A.", "US"),
        ("United States", "US"),
        ("Korea, Republic of", "KR"),
        ("Virgin Islands, U.S.", "VI"),
        ("Cote d'Ivoire", "CI"),
        ("Côte d’Ivoire", "CI"),
        ("Taiwan (Province)", "TW"),
        ("Falkland Islands (Malvinas)", "FK"),
        (" Hong  Kong ", "HK"),
    ],
)
def test_codes_and_names_in_two_languages(text: str, code: str) -> None:
    assert find_country(text) == code


@pytest.mark.parametrize("text", ["NA", "na", "NAM", "Namibia", "Namibya"])
def test_na_is_namibia(text: str) -> None:
    assert find_country(text) == "NA"
    assert not is_missing_country(text)


@pytest.mark.parametrize("text", [None, "", " ", "-", "--", "N/A", "#N/A", "null", "None"])
def test_missing_country_cells(text: str | None) -> None:
    assert is_missing_country(text)
    assert find_country(text) is None


def test_a_territory_keeps_its_own_code() -> None:
    assert find_country("Puerto Rico") == "PR"
    assert find_country("PR") == "PR"
    assert find_country("Guadeloupe") == "GP"


@pytest.mark.parametrize("text", ["Atlantis", "ZZ", "QQQ", "US and A", "12"])
def test_nonsense_stays_unknown_and_never_becomes_the_us(text: str) -> None:
    assert find_country(text) is None
    assert not is_missing_country(text)


def test_unknown_countries_are_noted_once_with_their_count() -> None:
    findings = Findings()
    cells = ["DE", "Atlantis", "", "Atlantis", None, "NA"]
    assert read_countries(cells, "sales.csv", "country", findings) == {
        "DE": "DE",
        "Atlantis": None,
        "": None,
        None: None,
        "NA": "NA",
    }
    assert [str(finding) for finding in findings] == [
        'sales.csv: column "country": value "Atlantis" is not a known country (2 row(s)); '
        "expected an ISO 3166 code or a country's name in English or Turkish; "
        "the country stays unknown"
    ]


def test_the_table_is_whole_and_every_name_finds_its_own_row() -> None:
    table = countries()
    assert len(table) == 250  # the 249 codes of ISO 3166-1, and Kosovo's XK
    assert len({country.iso3 for country in table.values()}) == 250
    for code, country in table.items():
        assert len(code) == 2
        assert len(country.iso3) == 3
        for text in (code, country.iso3, country.name_en, country.name_tr, code.lower()):
            assert find_country(text) == code, text


def test_continents_and_the_euro_area() -> None:
    table = countries()
    assert {country.continent for country in table.values()} == {
        "Africa", "Antarctica", "Asia", "Europe", "North America", "Oceania", "South America"
    }  # fmt: skip
    assert table["DE"].euro_area
    assert table["HR"].euro_area
    assert not table["GB"].euro_area
    assert not table["CH"].euro_area
