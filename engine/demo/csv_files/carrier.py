"""The carrier's zones and parcel prices: two text files, and a newer workbook that replaces both.

Prices are those of a parcel by weight tier, in US cents here.
"""

from __future__ import annotations

from engine.demo.countries import COUNTRIES
from engine.demo.csv_files.text import Dialect, Row, decimal, text_file
from engine.demo.csv_files.workbook import Sheet, workbook

_ZONES = range(1, 9)
_TIERS = [*range(500, 10_001, 500)]  # thousandths of a kilogram
_FIRST_TIER = {1: 780, 2: 840, 3: 990, 4: 1_080, 5: 1_190, 6: 1_150, 7: 1_320, 8: 1_460}
_STEP = {1: 120, 2: 135, 3: 165, 4: 170, 5: 210, 6: 195, 7: 240, 8: 265}
_JUMP = (2, 3_000, 5_010)  # zone, tier, price: a comma that slipped
_FALL = (6, 7_500, 300)  # zone, tier, so much cheaper than the tier before
_NEW_PERCENT = 108
_LEFT_OUT = ("HU", "PA")  # ordered to, but in no zone
_WRONG_NAMES = {"IE": "İzlanda"}  # the code says Ireland
_DIALECT = Dialect(delimiter=";", line_end="\r\n")


def zones_file() -> bytes:
    """Return the bytes of fedex_zones.csv; NA is Namibia."""
    return text_file([("BÖLGELER", "", ""), *_zone_rows()], _DIALECT)


def prices_file() -> bytes:
    """Return the bytes of fedex_prices.csv."""
    title = ("CARRIER", *[""] * len(_ZONES))
    head = ("Ağırlık", *(f"{zone}.Bölge" for zone in _ZONES))
    rows = [
        (f"{decimal(tier, 3, sign=',', fewest=1)} kg", *(_price_text(z, tier) for z in _ZONES))
        for tier in _TIERS
    ]
    return text_file([title, head, *rows], _DIALECT)


def price_workbook() -> bytes:
    """Return the bytes of a later price list as XLSX, with a sheet of prices and one of zones."""
    head = ("Weight", *(f"Zone {zone}" for zone in _ZONES))
    prices: list[tuple[str | float, ...]] = [("CARRIER 2026",), head]
    for tier in _TIERS:
        own = [price_of(zone, tier) * _NEW_PERCENT // 100 / 100 for zone in _ZONES]
        prices.append((tier / 1_000, *own))
    zones = [row for row in _zone_rows() if row[1] != "PR"]
    return workbook([Sheet("FİYAT", prices), Sheet("BÖLGE", zones)])


def price_of(zone: int, tier: int) -> int:
    """Return the price of a parcel in US cents as the file has it, mistakes and all."""
    if (zone, tier) == _JUMP[:2]:
        return _JUMP[2]
    place = tier // 500 - 1
    price = _FIRST_TIER[zone] + _STEP[zone] * place
    return price - _FALL[2] if (zone, tier) == _FALL[:2] else price


def _price_text(zone: int, tier: int) -> str:
    return decimal(price_of(zone, tier), 2, sign=",", fewest=2)


def _zone_rows() -> list[Row]:
    rows: list[Row] = [
        ("Ülke", "Ülke Kodu", "Zone"),
        ("Ruritanya", "XX", "1"),  # there is no such country
        ("Vatikan", "VA", "9"),  # a zone without prices
    ]
    for country in COUNTRIES:
        if country.zone is not None and country.code not in _LEFT_OUT:
            name = _WRONG_NAMES.get(country.code, country.name_tr)
            rows.append((name, country.code, country.zone))
    return rows
