"""Where demo orders go: countries with weights, the cost region of each, and odd spellings.

Weights are in 1/10,000 of the orders: 60 % United States, 25 % Europe, 15 % the rest. Sales tax of
the United States differs by order and is drawn there.
"""

from __future__ import annotations

from dataclasses import dataclass

REGIONS = ("US", "EU", "AU")  # price columns of cost.csv
ANYWHERE = "US"  # the region of a destination that nobody knows


@dataclass(frozen=True, slots=True)
class Country:
    """A destination; `zone` is the carrier's, `vat_ppm` a tax that the marketplace collects."""

    code: str
    name: str
    name_tr: str
    weight: int
    region: str
    zone: str | None
    vat_ppm: int = 0


COUNTRIES = (
    Country("US", "United States", "Amerika Birleşik Devletleri", 6000, "US", None),
    Country("GB", "United Kingdom", "Birleşik Krallık", 620, "EU", "2", 200_000),
    Country("DE", "Germany", "Almanya", 480, "EU", "1", 190_000),
    Country("FR", "France", "Fransa", 280, "EU", "1", 200_000),
    Country("NL", "The Netherlands", "Hollanda", 190, "EU", "1", 210_000),
    Country("IT", "Italy", "İtalya", 140, "EU", "1", 220_000),
    Country("ES", "Spain", "İspanya", 120, "EU", "1", 210_000),
    Country("SE", "Sweden", "İsveç", 90, "EU", "2", 250_000),
    Country("AT", "Austria", "Avusturya", 75, "EU", "1", 200_000),
    Country("BE", "Belgium", "Belçika", 75, "EU", "1", 210_000),
    Country("CH", "Switzerland", "İsviçre", 75, "EU", "2"),
    Country("IE", "Ireland", "İrlanda", 60, "EU", "2", 230_000),
    Country("DK", "Denmark", "Danimarka", 55, "EU", "2", 250_000),
    Country("NO", "Norway", "Norveç", 50, "EU", "3", 250_000),
    Country("PL", "Poland", "Polonya", 45, "EU", "1", 230_000),
    Country("FI", "Finland", "Finlandiya", 30, "EU", "2", 255_000),
    Country("PT", "Portugal", "Portekiz", 30, "EU", "1", 230_000),
    Country("CZ", "Czech Republic", "Çekya", 20, "EU", "1", 210_000),
    Country("GR", "Greece", "Yunanistan", 20, "EU", "1", 240_000),
    Country("HU", "Hungary", "Macaristan", 15, "EU", "1", 270_000),
    Country("RO", "Romania", "Romanya", 15, "EU", "1", 190_000),
    Country("TR", "Türkiye", "Türkiye", 15, "EU", "1"),
    Country("CA", "Canada", "Kanada", 330, "US", "3"),
    Country("AU", "Australia", "Avustralya", 270, "AU", "5", 100_000),
    Country("JP", "Japan", "Japonya", 100, "US", "4"),
    Country("NZ", "New Zealand", "Yeni Zelanda", 60, "AU", "5", 150_000),
    Country("SG", "Singapore", "Singapur", 50, "US", "4"),
    Country("KR", "South Korea", "Güney Kore", 50, "US", "4"),
    Country("HK", "Hong Kong", "Hong Kong", 45, "US", "4"),
    Country("AE", "United Arab Emirates", "Birleşik Arap Emirlikleri", 45, "US", "6"),
    Country("IL", "Israel", "İsrail", 45, "US", "6"),
    Country("MX", "Mexico", "Meksika", 45, "US", "3"),
    Country("BR", "Brazil", "Brezilya", 40, "US", "7"),
    Country("IN", "India", "Hindistan", 35, "US", "6"),
    Country("SA", "Saudi Arabia", "Suudi Arabistan", 35, "US", "6"),
    Country("ZA", "South Africa", "Güney Afrika", 30, "US", "8"),
    Country("TW", "Taiwan", "Tayvan", 30, "US", "4"),
    Country("MY", "Malaysia", "Malezya", 25, "US", "4"),
    Country("TH", "Thailand", "Tayland", 25, "US", "4"),
    Country("CL", "Chile", "Şili", 20, "US", "7"),
    Country("QA", "Qatar", "Katar", 15, "US", "6"),
    Country("KW", "Kuwait", "Kuveyt", 15, "US", "6"),
    Country("PH", "Philippines", "Filipinler", 15, "US", "4"),
    Country("ID", "Indonesia", "Endonezya", 15, "US", "4"),
    Country("VN", "Vietnam", "Vietnam", 10, "US", "4"),
    Country("AR", "Argentina", "Arjantin", 10, "US", "7"),
    Country("CO", "Colombia", "Kolombiya", 10, "US", "7"),
    Country("PE", "Peru", "Peru", 10, "US", "7"),
    Country("CR", "Costa Rica", "Kosta Rika", 10, "US", "7"),
    Country("PR", "Puerto Rico", "Porto Riko", 20, "US", "3"),
    Country("UY", "Uruguay", "Uruguay", 5, "US", "7"),
    Country("PA", "Panama", "Panama", 5, "US", "7"),
    Country("EG", "Egypt", "Mısır", 5, "US", "8"),
    Country("MA", "Morocco", "Fas", 5, "US", "8"),
    Country("KE", "Kenya", "Kenya", 5, "US", "8"),
    Country("GE", "Georgia", "Gürcistan", 5, "US", "6"),
    Country("KZ", "Kazakhstan", "Kazakistan", 5, "US", "6"),
    Country("BH", "Bahrain", "Bahreyn", 5, "US", "6"),
    Country("OM", "Oman", "Umman", 5, "US", "6"),
    Country("JO", "Jordan", "Ürdün", 5, "US", "6"),
    Country("LB", "Lebanon", "Lübnan", 5, "US", None),
    Country("MU", "Mauritius", "Mauritius", 5, "US", None),
    Country("NP", "Nepal", "Nepal", 5, "US", None),
    Country("LK", "Sri Lanka", "Sri Lanka", 5, "US", None),
    Country("NA", "Namibia", "Namibya", 5, "US", "8"),
    Country("BB", "Barbados", "Barbados", 5, "US", None),
    Country("FJ", "Fiji", "Fiji", 5, "US", None),
)

# Forms in which a few orders name their country, beside the usual two letters.
SPELLINGS = {
    "US": ("United States", "us", "USA"),
    "GB": ("United Kingdom", "UK"),
    "DE": ("Germany", "Almanya"),
    "NL": ("The Netherlands",),
    "CZ": ("Czech Republic",),
    "TR": ("Türkiye",),
    "CA": ("Canada",),
    "AU": ("AUS",),
}
UNKNOWN_COUNTRY = "Atlantis"
