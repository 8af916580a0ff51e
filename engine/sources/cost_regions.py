"""The regions that unit costs are stated for, and which of them a destination belongs to.

One row of `csv_inputs/cost_regions.csv` is one country, or `*` for all others. Without the file
the shipped table is used: Europe and Türkiye, Australia and New Zealand, the US for the rest.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.sources.countries import countries, find_country
from engine.sources.findings import Findings
from engine.sources.folding import fold
from engine.sources.records import Layout, Records

REGIONS = ("US", "EU", "AU")
US, EU, AU = range(len(REGIONS))

REGION_WORDS: dict[str, int] = {
    **dict.fromkeys(("us", "usa", "abd"), US),
    **dict.fromkeys(("eu", "ab", "avrupa", "europe"), EU),
    **dict.fromkeys(("au", "avustralya", "australia"), AU),
}

REGION_LAYOUT = Layout(
    "cost_regions",
    {"country": ("ülke",), "region": ("bölge",), "confidence": ()},
    required=(("country",), ("region",)),
    wanted="country, region, confidence",
)
EVERYWHERE_ELSE = "*"
_ASSUMED_WORDS = {"assumed": True, "": False, "known": False, "confirmed": False}


@dataclass(frozen=True, slots=True, eq=False)
class CostRegions:
    """Country → (region, whether that is only assumed); `rest` is for all other countries."""

    by_country: Mapping[str, tuple[int, bool]]
    rest: tuple[int, bool] = (US, True)

    def region_of(self, country: str | None) -> tuple[int, bool]:
        """Return the region of a two-letter country code, and whether it is only assumed.

        For an unknown country (None) the region of the rest is always an assumption.
        """
        if country is None:
            return self.rest[0], True
        return self.by_country.get(country, self.rest)


def shipped_regions() -> CostRegions:
    """Return the regions that are used without a file; every one is an assumption."""
    europe = {code for code, country in countries().items() if country.continent == "Europe"}
    regions = dict.fromkeys(sorted(europe | {"CY", "TR"}), (EU, True))
    return CostRegions(regions | dict.fromkeys(("AU", "NZ"), (AU, True)))


def read_cost_regions(records: Records, findings: Findings) -> CostRegions:
    """Return the regions of a file; it replaces the shipped table as a whole.

    A row that can't be used is noted and left out. Of two rows for one country the lower one
    counts. Without a row `*` the rest stays with the US, as an assumption.
    """
    found: dict[str, tuple[int, bool]] = {}
    lines: dict[str, int] = {}
    columns = (records.column(name) for name in ("country", "region", "confidence"))
    for number, cells in zip(records.row_numbers, zip(*columns, strict=True), strict=True):
        answer = _read_row(records, number, cells, findings)
        if answer is None:
            continue
        country, region = answer
        if country in found and found[country] != region:
            findings.add(
                "DUPLICATE_CONFLICT",
                file=records.file,
                row=number,
                column=records.header_of("country"),
                value=cells[0],
                what=f"stands in row {lines[country]} too, with another region or confidence",
                expected="one row for each country",
                action=f"row {number} is used",
            )
        found[country], lines[country] = region, number
    rest = found.pop(EVERYWHERE_ELSE, (US, True))
    return CostRegions(found, rest)


def _read_row(
    records: Records, number: int, cells: tuple[str, ...], findings: Findings
) -> tuple[str, tuple[int, bool]] | None:
    """Return a row's country and answer, or None with a note of what is wrong with it."""

    def reject(code: str, name: str, value: str, what: str, expected: str) -> None:
        findings.add(
            code,
            file=records.file,
            row=number,
            column=records.header_of(name),
            value=value,
            what=what,
            expected=expected,
            action="the row is not used",
        )

    is_rest = cells[0].strip() == EVERYWHERE_ELSE
    country = EVERYWHERE_ELSE if is_rest else find_country(cells[0])
    region = REGION_WORDS.get(fold(cells[1]))
    assumed = _ASSUMED_WORDS.get(fold(cells[2]))
    if country is None:
        what = "is not a known country"
        reject("COUNTRY_UNKNOWN", "country", cells[0], what, "an ISO 3166 code, a name, or *")
        return None
    if region is None:
        reject("VALUE_UNKNOWN", "region", cells[1], "is not a region", " or ".join(REGIONS))
        return None
    if assumed is None:
        what, expected = "is not a degree of confidence", "assumed, or known"
        reject("VALUE_UNKNOWN", "confidence", cells[2], what, expected)
        return None
    return country, (region, assumed)
