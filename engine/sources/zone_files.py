"""`fedex_zones.csv`: the carrier's zone of each destination country.

One row of the table is one country, or `*` for all others, and the days on which its file is in
force. A country without a row has no zone and so no price; only the owner's own row `*` gives it
one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.sources.countries import find_country
from engine.sources.dated_files import DatedRecords
from engine.sources.dated_rows import NOT_FOUND, DatedIndex
from engine.sources.duplicate_rows import settle_rows
from engine.sources.findings import Findings
from engine.sources.folding import fold
from engine.sources.frames import Int32Array
from engine.sources.landing.file_rows import Problem
from engine.sources.owner_rows import OwnerRows
from engine.sources.records import Layout

ZONE_LAYOUT = Layout(
    "fedex_zones",
    {"country": ("Ülke",), "code": ("Ülke Kodu", "ISO"), "zone": ("Bölge",)},
    required=(("code",), ("zone",)),
    wanted="Ülke, Ülke Kodu, Zone",
)
EVERYWHERE_ELSE = "*"
_ZONE = re.compile(
    r"(?:(?:zone|bolge)[ -]?)?0*(\d{1,3}[a-z]?|[a-z]{1,2}\d{0,2})(?:[ .-]*(?:zone|bolge))?"
)
_EXPECTED_COUNTRY = "an ISO 3166 code such as DE, or *"


@dataclass(frozen=True, slots=True, eq=False)
class Zones:
    """The zone of each country; one row = one country or `*`, and the days it holds.

    names: the zones, ascending. zone: int32, index into `names`. first, last: int32, day numbers.
    file: int32, index into `files`. row_number: int32, the line of the file.
    """

    names: tuple[str, ...]
    zone: Int32Array
    first: Int32Array
    last: Int32Array
    file: Int32Array
    row_number: Int32Array
    files: tuple[str, ...]
    index: DatedIndex

    def rows(
        self, countries: Sequence[str], country: Int32Array, day: Int32Array | int
    ) -> Int32Array:
        """Return the row that answers for each destination and day, −1 where none does.

        country: int32[n], indexes the two-letter codes `countries`, −1 = unknown. The owner's `*`
        answers for countries without a row of their own, never for an unknown one.
        """
        own = self.index.find(countries, country, day)
        everywhere = np.where(country >= 0, 0, NOT_FOUND).astype(np.int32)
        rest = self.index.find((EVERYWHERE_ELSE,), everywhere, day)
        return np.where(own == NOT_FOUND, rest, own).astype(np.int32)

    def find(
        self, countries: Sequence[str], country: Int32Array, day: Int32Array | int
    ) -> Int32Array:
        """Return the zone of each destination and day, an index into `names`, −1 = no zone."""
        return np.append(self.zone, np.int32(NOT_FOUND))[self.rows(countries, country, day)]


def zone_name(text: str) -> str | None:
    """Return the zone that a cell or header names, None if it names none.

    `3`, `03`, `Zone 3`, `3.Bölge` are one zone; letters are capitals.
    """
    match = _ZONE.fullmatch(fold(text))
    return match[1].upper() if match else None


def read_zones(files: Sequence[DatedRecords], findings: Findings) -> Zones:
    """Return the zones of the files of ZONE_LAYOUT; without a file no country has one."""
    found = [
        (country, zone, number, line)
        for number, file in enumerate(files)
        for country, zone, line in _read_file(file, findings)
    ]
    names = tuple(sorted({zone for _, zone, *_ in found}, key=zone_order))
    codes = {name: code for code, name in enumerate(names)}
    of_file = np.array([number for *_, number, _ in found], np.int32)
    first = np.array([file.first for file in files], np.int64)[of_file].astype(np.int32)
    last = np.array([file.last for file in files], np.int64)[of_file].astype(np.int32)
    return Zones(
        names=names,
        zone=np.array([codes[zone] for _, zone, *_ in found], np.int32),
        first=first,
        last=last,
        file=of_file,
        row_number=np.array([line for *_, line in found], np.int32),
        files=tuple(file.records.file for file in files),
        index=DatedIndex.of([country for country, *_ in found], first, last),
    )


def zone_order(name: str) -> tuple[bool, int, str]:
    """Return what zones are sorted by: numbers by size, then letters."""
    return not name.isdigit(), int(name) if name.isdigit() else 0, name


def _read_file(file: DatedRecords, findings: Findings) -> list[tuple[str, str, int]]:
    """Return country, zone and line of each row that counts."""
    rows = OwnerRows(file.records, findings)
    countries = _countries(rows)
    zones = [zone_name(cell) or "" for cell in rows.texts("zone")]
    empty = np.array([not cell for cell in rows.texts("zone")], np.bool_)
    rows.require("zone", empty, "a zone such as 3 or A")
    problem = Problem("VALUE_UNKNOWN", "is not a zone", "a zone such as 3 or A")
    unread = {c: problem for c, z in zip(rows.texts("zone"), zones, strict=True) if c and not z}
    rows.note_cells("zone", unread, needed=True)
    settled = settle_rows(rows, countries, {"zone": np.array(zones, object)}, same="country")
    said = settled.values["zone"].tolist()
    return [
        (countries[row], zone, file.records.row_numbers[row])
        for row, zone in zip(settled.row.tolist(), said, strict=True)
    ]


def _countries(rows: OwnerRows) -> list[str]:
    """Return the country of each row by its code; the name beside it is only compared."""
    found = []
    for index, (code, name) in enumerate(
        zip(rows.texts("code"), rows.texts("country"), strict=True)
    ):
        is_rest = EVERYWHERE_ELSE in (code, code or name)
        country = EVERYWHERE_ELSE if is_rest else find_country(code)
        found.append(country or "")
        if not code and not is_rest:
            rows.reject(index, "code", Problem("VALUE_MISSING", "is empty", _EXPECTED_COUNTRY))
        elif country is None:
            problem = Problem("COUNTRY_UNKNOWN", "is not a known country", _EXPECTED_COUNTRY)
            rows.reject(index, "code", problem)
        elif country != EVERYWHERE_ELSE and (named := find_country(name) or country) != country:
            problem = Problem(
                "CODE_DISAGREES", f"is {named}, but the code beside it is {code}", f"{country}"
            )
            rows.note(index, "country", problem, action=f"the row is read as {country}")
    return found


NO_ZONES = read_zones((), Findings())
