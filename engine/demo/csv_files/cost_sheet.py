"""cost.csv as its owner keeps it: newest month first, headers in every form, cells of every kind.

Comma-separated, CRLF, no end of line at the end. Several rows for one SKU stand above the true one,
which counts because it is the lowest.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from engine.demo.catalogue import LADDER_PREFIX, Catalogue
from engine.demo.costs import UNKNOWN, UnitCosts
from engine.demo.csv_files.text import EXCEL, Row, decimal, text_file
from engine.demo.range_of_goods import BRAND
from engine.money import UNIT_SCALE, Int64Array

_TURKISH = (
    "Ocak",
    "Şubat",
    "Mart",
    "Nisan",
    "Mayıs",
    "Haziran",
    "Temmuz",
    "Ağustos",
    "Eylül",
    "Ekim",
    "Kasım",
    "Aralık",
)
_CAPITALS = (
    "OCAK",
    "ŞUBAT",
    "MART",
    "NİSAN",
    "MAYIS",
    "HAZİRAN",
    "TEMMUZ",
    "AĞUSTOS",
    "EYLÜL",
    "EKİM",
    "KASIM",
    "ARALIK",
)
_ENGLISH = (
    "January February March April May June July August September October November December"
).split()
_REGION_CODES = ("US", "EU", "AU")
_REGION_WORDS = ("ABD", "Avrupa", "Avustralya")
_REGION_NAMES = ("usa", "europe", "australia")
# Region, month and year in the ways that people write them: y = two digits, m = the month's number.
_FORMS = (
    "{code} {capitals} {year}",
    "{code} {year} {turkish}",
    "{code} {turkish} {y:02}",
    "{code} {year} {capitals} ÇALIŞMA",
    "{small}-{year}-{m:02}",
    "{code}_{english:.3}.{year}",
    "{word} {capitals}{year} maliyet",
    "{name} price {english} {year}",
    "{code} {year} {capitals} CALISMA",
    "{code} {english}/{y:02}",
)
_BAD_CELLS = (
    *("", "NAN", "#N/A", "-", "0", "12,x", "", "nan", "-4.50", ".", "#YOK"),
    *("N/A", "#DEĞER!", "#VALUE!", "#REF!", "#DIV/0!", "--", "(1.50)", "12.50 TL"),
)
_HEAD = ("OTTOKOD", "ÜRÜN", "asin", "SKU", "MARKA")
_STRAY_HEADS = ("NOTLAR", "US SONBAHAR {year}", "US OCAK ŞUBAT {year}", "EU MART {year} YENİ")
_STRAY_CELLS = ("", "77.77", "88.88", "99.99")
# After the columns of the newest month stand one of them again, and a column without a year at a
# place that proves none.
_REPEATED_AT, _REPEATED_CELLS = 3, ("66.66", "55.55")
_PREFIXES = ("OT-", "ZSTK-", "ZTSK-", "MG-", "LND-", "US-", "UK-", "CA-", "AU-", "JP-")
_FREE_TEXTS = (
    "Custom order for a friend of the shop, see the note of last March",
    "sample  -  do not sell",
    "numune / 2. kalite keçe",
)
# Which of the SKUs with a row of their own get a second row, and of what kind.
_TWICE, _CONFLICT, _DOLLAR, _HALVES, _TWO_CODES, _MARKED, _TWIN, _SMALL, _SPACED = (
    *(2, 4, 5, 6),
    *(8, 9, 10, 11, 13),
)
_FIRST_PREFIXED = 15
_FOREIGN_CODE = "9901"
_AMBIGUOUS = (("9902", "4.10"), ("9903", "3.90"))  # codes and costs of a SKU under two prefixes
_STALE_PERCENT = 112


def cost_file(catalogue: Catalogue, costs: UnitCosts) -> bytes:
    """Return the bytes of cost.csv."""
    columns = _columns(costs)
    year, month = divmod(int(costs.months[-1]), 12)
    heads = [_header(costs, *column) for column in columns]
    stray = f"US {_CAPITALS[month]} {year}", f"AU {_CAPITALS[(month + 6) % 12]}"
    heads[_REPEATED_AT:_REPEATED_AT] = stray
    header = [*_HEAD, *heads, *(head.format(year=year) for head in _STRAY_HEADS)]
    return text_file([header, *_rows(catalogue, costs, columns)], EXCEL)


def _columns(costs: UnitCosts) -> list[tuple[int, int]]:
    """Return (region, place of the month) of each price column, in file order; region −1 = all."""
    found: list[tuple[int, int]] = []
    for month in range(len(costs.months) - 1, -1, -1):
        if costs.is_regionless[month]:
            found.append((-1, month))
        elif costs.has_column[month]:
            found += [(region, month) for region in range(3)]
    return found


def prefixed_skus(costs: UnitCosts) -> list[int]:
    """Return the SKUs that have a second row, the same but for a prefix."""
    return [int(sku) for sku in _skus_with_a_role(costs)[_FIRST_PREFIXED:]]


def _skus_with_a_role(costs: UnitCosts) -> Int64Array:
    own = np.flatnonzero(costs.has_row & ~costs.is_free)
    return own[: _FIRST_PREFIXED + len(_PREFIXES)].astype(np.int64)


def yearless_months(costs: UnitCosts) -> tuple[int, ...]:
    """Return the places of the months whose headers leave out the year: two inside, the oldest."""
    plain = costs.has_column & ~costs.is_regionless
    inside = next(
        month
        for month in range(len(plain) // 2 + 2, len(plain))
        if plain[month - 1 : month + 3].all()
    )
    return inside, inside + 1, 0


def _header(costs: UnitCosts, region: int, month: int) -> str:
    year, number = divmod(int(costs.months[month]), 12)
    if region < 0:
        return f"{_TURKISH[number]} {year} FİYAT"
    if month in yearless_months(costs):
        return f"{_REGION_CODES[region]} {_CAPITALS[number]}"
    return _FORMS[(3 * month + region) % len(_FORMS)].format(
        code=_REGION_CODES[region],
        small=_REGION_CODES[region].lower(),
        word=_REGION_WORDS[region],
        name=_REGION_NAMES[region],
        capitals=_CAPITALS[number],
        turkish=_TURKISH[number],
        english=_ENGLISH[number],
        year=year,
        y=year % 100,
        m=number + 1,
    )


def _rows(catalogue: Catalogue, costs: UnitCosts, columns: list[tuple[int, int]]) -> Iterator[Row]:
    role = {int(sku): place for place, sku in enumerate(_skus_with_a_role(costs))}
    for text in _FREE_TEXTS:
        yield _cells(["", text, "", text, ""], ["5.00"] * len(columns))
    yield ["9904", "a row that ends early", "", "SAMPLE-SHORT", "", "1,234.50"]
    yield [*_cells(["9905", "a row that goes on", "", "SAMPLE-LONG", ""], [""] * len(columns)), "?"]
    for number, sku in enumerate(catalogue.skus):
        if costs.is_absent[number]:
            if not costs.is_absent[:number].any():
                yield from _ambiguous_rows(sku.name, len(columns))
            continue
        place = role.get(number, -1)
        prices = [
            "free" if costs.is_free[number] else _price(costs, number, region, month, place)
            for region, month in columns
        ]
        title = f"{sku.kind.title} {sku.size} {sku.colour.title()}".replace("  ", " ").strip()
        name = sku.name.removeprefix(LADDER_PREFIX)
        if not costs.has_row[number] and name == sku.name:
            name = "" if number % 2 else "."  # reachable by its code only
        head = [str(sku.code), title, "", name, BRAND]
        yield from _extra_rows(costs, number, place, head, prices, columns)
        if place == _HALVES:
            prices = [p if month % 2 else "" for p, (_, month) in zip(prices, columns, strict=True)]
        if place == _SMALL:
            head[3] = name.lower()
        if place == _SPACED:
            head[3] = f" {name}  "
        yield _cells(head, prices)
        if place == _TWICE:
            yield [""] * len(_cells(head, prices))


def _ambiguous_rows(name: str, columns: int) -> Iterator[Row]:
    """Yield rows that a SKU might be without its prefix, with different codes."""
    for prefix, (code, price) in zip(_PREFIXES, _AMBIGUOUS, strict=False):
        yield _cells([code, "", "", prefix + name, BRAND], [price] * columns)


def _extra_rows(
    costs: UnitCosts,
    number: int,
    place: int,
    head: list[str],
    prices: list[str],
    columns: list[tuple[int, int]],
) -> Iterator[Row]:
    """Yield the rows that stand above a SKU's true one."""
    known = [bool(_usable(costs, number, region, month)) for region, month in columns]
    if place == _TWICE:
        yield _cells(head, prices)
    if place == _CONFLICT:  # only where the true row has a cost too
        stale = costs.written[number] * _STALE_PERCENT // 100
        yield _cells(head, [_stale(stale, known[n], *at) for n, at in enumerate(columns)])
    if place == _HALVES:
        halves = zip(prices, columns, strict=True)
        yield _cells(head, ["" if month % 2 else price for price, (_, month) in halves])
    if place == _TWO_CODES:
        yield _cells([_FOREIGN_CODE, *head[1:]], prices)
    if place == _MARKED:
        yield _cells([*head[:3], f"DELETED-{head[3]}", head[4]], prices)
    if place == _TWIN:
        yield _cells([*head[:3], head[3].lower(), head[4]], prices)
    if place >= _FIRST_PREFIXED:
        prefixed = _PREFIXES[place - _FIRST_PREFIXED] + head[3]
        yield _cells([*head[:3], prefixed, head[4]], prices)


def _stale(costs: Int64Array, is_known: bool, region: int, month: int) -> str:
    return decimal(int(costs[max(region, 0), month]) // 100, 2, fewest=2) if is_known else ""


def _usable(costs: UnitCosts, number: int, region: int, month: int) -> bool:
    return int(costs.written[number, max(region, 0), month]) != UNKNOWN


def _price(costs: UnitCosts, number: int, region: int, month: int, place: int) -> str:
    cost = int(costs.written[number, max(region, 0), month])
    if cost == UNKNOWN:
        return _BAD_CELLS[(number + 3 * month + max(region, 0)) % len(_BAD_CELLS)]
    text = decimal(cost, UNIT_SCALE, fewest=2)
    # Three decimals could be thousands: such a cost is written with four.
    text = text + "0" if len(text.split(".")[1]) == 3 else text
    return f"${text}" if place == _DOLLAR else text


def _cells(head: list[str], prices: list[str]) -> Row:
    rest = prices[_REPEATED_AT:]
    return [*head, *prices[:_REPEATED_AT], *_REPEATED_CELLS, *rest, *_STRAY_CELLS]
