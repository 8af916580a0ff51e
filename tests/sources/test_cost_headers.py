"""Headers of price columns: region, month and year in every form."""

import itertools

import pytest

from engine.sources.cost_headers import ALL_REGIONS, PriceHeader, holds_month, read_price_header
from engine.sources.cost_regions import AU, EU, US

REGION_FORMS = {
    US: ["US", "usa", "ABD"],
    EU: ["EU", "AB", "Avrupa", "EUROPE"],
    AU: ["AU", "Avustralya", "australia"],
    ALL_REGIONS: [""],
}
MONTH_FORMS = {
    1: ["OCAK", "Oca", "January", "Jan"],
    2: ["ŞUBAT", "Subat", "Şub", "February", "FEB"],
    3: ["MART", "Mar", "March"],
    4: ["NİSAN", "NISAN", "Nis", "April", "Apr"],
    5: ["MAYIS", "Mayıs", "May"],
    6: ["HAZİRAN", "HAZIRAN", "Haz", "June", "Jun"],
    7: ["TEMMUZ", "Tem", "July", "Jul"],
    8: ["AĞUSTOS", "Agustos", "Ağu", "August", "Aug"],
    9: ["EYLÜL", "Eylul", "Eyl", "September", "Sep"],
    10: ["EKİM", "Ekim", "Eki", "October", "Oct"],
    11: ["KASIM", "Kas", "November", "Nov"],
    12: ["ARALIK", "Aralık", "Ara", "December", "Dec"],
}
FORMS = [
    "{region} {month} 2025",
    "{region} 2025 {month}",
    "{region} {month} 25",
    "{region}-25-{month}",
    "{month}/2025 {region}",
    "{region}_{month}_2025 ÇALIŞMA",
    "{region} {month}'25 FİYAT",
    "{region}.{month}2025",
]


@pytest.mark.parametrize("form", FORMS)
def test_every_month_in_every_form_for_every_region(form: str) -> None:
    for (month, names), (region, words) in itertools.product(
        MONTH_FORMS.items(), REGION_FORMS.items()
    ):
        for name, word in itertools.product(names, words):
            header = form.format(region=word, month=name)
            assert read_price_header(header) == PriceHeader(region, month, 2025), header


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("us-2025-04", PriceHeader(US, 4, 2025)),
        ("04.2025", PriceHeader(ALL_REGIONS, 4, 2025)),
        ("US2025MAY", PriceHeader(US, 5, 2025)),
        ("eu_2024_12 cost", PriceHeader(EU, 12, 2024)),
        ("2025-05-01", PriceHeader(ALL_REGIONS, 5, 2025)),
        ("US AĞUSTOS", PriceHeader(US, 8, None)),
        ("OCAK", PriceHeader(ALL_REGIONS, 1, None)),
        ("US MAYIS 2025 €", PriceHeader(US, 5, 2025, frozenset({"EUR"}))),
        ("US MAYIS 2025 (USD)", PriceHeader(US, 5, 2025, frozenset({"USD"}))),
        ("MAYIS 2025 TL", PriceHeader(ALL_REGIONS, 5, 2025, frozenset({"TRY"}))),
    ],
)
def test_other_forms(header: str, expected: PriceHeader) -> None:
    assert read_price_header(header) == expected


@pytest.mark.parametrize(
    "header",
    [
        "",
        "SKU",
        "fiyat",
        "US MAYIS 2025 stok",
        "US MAYIS HAZİRAN 2025",
        "US MAYIS 2024 2025",
        "US EU MAYIS 2025",
        "MAYIS 5 2025",
        "MAYIS 1",
        "US 2025",
        "US 2025 13",
        "4 US 2025",
        "US 04 25",
        "MAYIS 1825",
        "ALL MAYIS 2025",
        "MAYIS 2025 € $",
    ],
)
def test_any_other_word_makes_it_another_column(header: str) -> None:
    assert read_price_header(header) is None


def test_an_ignored_header_with_a_month_is_recognised_as_such() -> None:
    assert holds_month("US MAYIS 2025 stok")
    assert not holds_month("stok")
