"""Countries as people and marketplaces write them, as ISO 3166-1 codes.

One country is one row of countries.csv; a territory keeps its own code (Puerto Rico is PR, not US).
What can't be read stays unknown and is counted. It never becomes the shop's largest market.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

from engine.sources.findings import Findings
from engine.sources.folding import fold

# `NA` is Namibia, so it must not be among these.
_MISSING = frozenset(("", "-", "--", "n/a", "#n/a", "null", "none"))
_OLD_CODES = {"uk": "GB", "el": "GR"}
_BRACKETS = re.compile(r"\s*\([^()]*\)$")
_MARKS = str.maketrans("", "", ".'’")


@dataclass(frozen=True, slots=True)
class Country:
    """One country or territory with a code of its own."""

    iso2: str
    iso3: str
    continent: str
    euro_area: bool
    name_en: str
    name_tr: str


@lru_cache(maxsize=1)
def countries() -> Mapping[str, Country]:
    """Return all countries by their two-letter code."""
    return {row["iso2"]: _country(row) for row in _table()}


def is_missing_country(text: str | None) -> bool:
    """Tell whether a country cell says nothing. `NA` says Namibia."""
    return text is None or fold(text) in _MISSING


def find_country(text: str | None) -> str | None:
    """Return the two-letter code of a country cell; None if it says nothing or is not known.

    Read are ISO codes of two and three letters, and English and Turkish names.
    """
    if text is None or is_missing_country(text):
        return None
    key = _name_key(text)
    return _names().get(key)


def read_countries(
    cells: Iterable[str | None], file: str, column: str, findings: Findings
) -> dict[str | None, str | None]:
    """Return cell → two-letter code for each distinct cell; None where it is missing or unknown.

    Each unknown text is noted once, with its count, as COUNTRY_UNKNOWN.
    """
    found: dict[str | None, str | None] = {}
    for cell, count in Counter(cells).items():
        found[cell] = find_country(cell)
        if found[cell] is None and not is_missing_country(cell):
            findings.add(
                "COUNTRY_UNKNOWN",
                file=file,
                column=column,
                value=cell,
                what=f"is not a known country ({count} row(s))",
                expected="an ISO 3166 code or a country's name in English or Turkish",
                action="the country stays unknown",
            )
    return found


def _table() -> list[dict[str, str]]:
    # Plain csv: a reader that guesses missing values would lose Namibia.
    text = resources.files("engine.sources").joinpath("countries.csv").read_text("utf-8")
    return list(csv.DictReader(text.splitlines()))


def _country(row: Mapping[str, str]) -> Country:
    return Country(
        row["iso2"],
        row["iso3"],
        row["continent"],
        row["euro_area"] == "yes",
        row["name_en"],
        row["name_tr"],
    )


def _name_key(text: str) -> str:
    return " ".join(_BRACKETS.sub("", fold(text).translate(_MARKS)).split())


@lru_cache(maxsize=1)
def _names() -> Mapping[str, str]:
    """Return every accepted spelling, as `_name_key` gives it, with its code."""
    names: dict[str, str] = {}
    for row in _table():
        aliases = row["aliases"].split("|") if row["aliases"] else []
        for name in (row["name_en"], row["name_tr"], *aliases):
            names[_name_key(name)] = row["iso2"]
    # Codes go in last: no name may hide one.
    for row in _table():
        names[row["iso3"].lower()] = row["iso2"]
        names[row["iso2"].lower()] = row["iso2"]
    return names | _OLD_CODES
