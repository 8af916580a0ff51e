"""`fedex_prices.csv`: the carrier's prices of a parcel, one row a weight tier, one column a zone.

A cell is what the whole parcel costs, also where the file's name speaks of kilograms. Odd prices
are kept and named; a cell that can't be read leaves that zone and tier without a price.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engine.money import UNIT_SCALE, Int64Array, to_decimal
from engine.sources.dated_files import DatedRecords
from engine.sources.duplicate_rows import ValueArray, settle_rows
from engine.sources.findings import Findings
from engine.sources.folding import fold
from engine.sources.owner_rows import UNKNOWN, Column, NumberKind, OwnerRows
from engine.sources.price_lists import CARRIER_CURRENCY, PriceList, PriceTable
from engine.sources.records import Layout, Records
from engine.sources.zone_files import Zones, zone_name, zone_order

_WEIGHT_HEADERS = ("Ağırlık", "kg", "desi")


def zone_columns(header: Sequence[str]) -> dict[int, str]:
    """Return place → zone of the columns that hold the prices of a zone.

    Their headers say so, as in `3.Bölge` or `Zone 3`, or are a number or one letter alone.
    """
    weights = {fold(name) for name in ("weight", *_WEIGHT_HEADERS)}
    zones: dict[int, str] = {}
    for place, text in enumerate(header):
        words = fold(text)
        is_plain = words.isdigit() or (len(words) == 1 and words.isalpha())
        says_so = "zone" in words or "bolge" in words
        name = zone_name(text) if (is_plain or says_so) and words not in weights else None
        if name is not None:
            zones[place] = name
    return zones


PRICE_LAYOUT = Layout(
    "fedex_prices",
    {"weight": _WEIGHT_HEADERS},
    required=(("weight",),),
    wanted='Ağırlık, and a column for each zone such as "1.Bölge"',
    fits=lambda header: bool(zone_columns(header)),
)
_TIER = NumberKind(3, "kilograms above 0, such as 0.5 kg", 1_000, above_zero=True)
_PRICE = NumberKind(UNIT_SCALE, "a price such as 12.34", 1_000_000, above_zero=True)
_JUMP_TENTHS = 18  # a price over 1.8 times the tier before is odd


def read_prices(files: Sequence[DatedRecords], findings: Findings) -> PriceTable:
    """Return the prices of the files of PRICE_LAYOUT; without a file no parcel has one."""
    read = [_read_file(file.records, findings) for file in files]
    zones = tuple(sorted({zone for _, by_zone in read for zone in by_zone}, key=zone_order))
    lists = []
    for file, (tier, by_zone) in zip(files, read, strict=True):
        none = np.full(len(tier), UNKNOWN, np.int64)
        price = np.array([by_zone.get(zone, none) for zone in zones], np.int64)
        price = price.reshape(len(zones), len(tier))
        lists.append(PriceList(tier, price, file.first, file.last, file.records.file))
    return PriceTable(zones, tuple(lists))


def check_zones(zones: Zones, prices: PriceTable, findings: Findings) -> None:
    """Note each zone that has countries but no price, or prices but no country, on the same days.

    Without any zones, or any prices, there is nothing to compare.
    """
    for listed in prices.lists:
        there = np.flatnonzero((zones.first <= listed.last) & (zones.last >= listed.first))
        if not len(there):
            continue
        with_price = (listed.price != UNKNOWN).any(axis=1).tolist()
        priced = {
            zone for zone, is_priced in zip(prices.zones, with_price, strict=True) if is_priced
        }
        zone_file = zones.files[zones.file[there[0]]]
        served = {zones.names[code] for code in zones.zone[there].tolist()}
        for zone in sorted(served - priced, key=zone_order):
            what = f"is a zone without prices in {listed.file}"
            _note_zone(zone_file, zone, what, "parcels to it have no price", findings)
        for zone in sorted(priced - served, key=zone_order):
            what = f"is a zone that no country has in {zone_file}"
            _note_zone(listed.file, zone, what, "its prices are not used", findings)


def _note_zone(file: str, zone: str, what: str, action: str, findings: Findings) -> None:
    expected = "the same zones in both files"
    findings.add("ZONE_MISSING", file=file, value=zone, what=what, expected=expected, action=action)


def _read_file(records: Records, findings: Findings) -> tuple[Int64Array, dict[str, Int64Array]]:
    """Return the tiers of a file, ascending, and the prices of each zone at them."""
    columns = _own_columns(records, findings)
    rows = OwnerRows(records, findings, numbers=("weight", *columns))
    tier = rows.integers("weight", _TIER, needed=True)
    prices: dict[Column, ValueArray] = {
        place: rows.integers(place, _PRICE, currency=CARRIER_CURRENCY) for place in columns
    }
    settled = settle_rows(rows, tier.tolist(), prices, same="weight")
    by_weight = np.argsort(tier[settled.row], kind="stable")
    tiers = tier[settled.row][by_weight]
    found = {}
    for place, zone in columns.items():
        found[zone] = settled.values[place][by_weight]
        lines = rows.row_numbers()[settled.row][by_weight]
        _note_steps(records, place, zone, tiers, found[zone], lines.tolist(), findings)
    return tiers, found


def _own_columns(records: Records, findings: Findings) -> dict[int, str]:
    """Return place → zone, each zone once, and name the columns that are not read."""
    columns: dict[int, str] = {}
    weight = records.places["weight"]
    zones = zone_columns(records.header)
    for place, header in enumerate(records.header):
        if place == weight:
            continue
        zone = zones.get(place)
        if zone is None:
            if header or any(cell.strip() for cell in records.columns[place]):
                findings.add(
                    "COLUMN_IGNORED",
                    file=records.file,
                    column=header or f"number {place + 1}, without a header",
                    what="is no column that is read",
                    action="the column is not used",
                )
        elif zone in columns.values():
            findings.add(
                "DUPLICATE_CONFLICT",
                file=records.file,
                column=header,
                what=f"is zone {zone} again",
                expected="one column for each zone",
                action="the first of the two is used",
            )
        else:
            columns[place] = zone
    return columns


def _note_steps(
    records: Records,
    place: int,
    zone: str,
    tier: Int64Array,
    price: Int64Array,
    lines: list[int],
    findings: Findings,
) -> None:
    """Note prices that fall, or rise too far, from one tier of a zone to the next."""
    known = np.flatnonzero(price != UNKNOWN)
    before, after = known[:-1], known[1:]
    falls = price[after] < price[before]
    jumps = 10 * price[after] > _JUMP_TENTHS * price[before]
    for at in np.flatnonzero(falls | jumps).tolist():
        low, high = int(before[at]), int(after[at])
        findings.add(
            "NOT_MONOTONE" if falls[at] else "PRICE_JUMP",
            file=records.file,
            row=lines[high],
            column=records.header[place],
            what=f"zone {zone}: {_kilograms(tier[low])} → {_kilograms(tier[high])} goes from "
            f"{_money(price[low])} to {_money(price[high])}",
            expected="a heavier parcel to cost more, and less than 1.8 times as much",
            action="the prices are kept",
        )


def _kilograms(mdesi: int) -> str:
    return f"{to_decimal(int(mdesi), 3).normalize():f} kg"


def _money(price: int) -> str:
    exact = to_decimal(int(price), UNIT_SCALE)
    return f"{exact.normalize():f}" if int(price) % 100 else f"{exact:.2f}"
