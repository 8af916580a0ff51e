"""The price columns of a cost sheet: one row of the result is one column with its region and month.

Every column of the file is either an identity column, a price column, or named as ignored. A column
whose region and month are already taken, whose year can't be told, or whose currency is another one
than the file's, is not used and said so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from engine.sources.cost_headers import (
    ALL_REGIONS,
    PriceHeader,
    holds_month,
    read_price_header,
)
from engine.sources.cost_regions import REGIONS
from engine.sources.cost_years import column_months
from engine.sources.findings import Findings, Level
from engine.sources.records import Records

_NOT_USED = "the column is not used"


@dataclass(frozen=True, slots=True)
class PriceColumn:
    """One column of unit costs; `month` is year × 12 + month − 1."""

    place: int
    region: int
    month: int


def price_columns(
    records: Records, cost_currency: str, findings: Findings
) -> tuple[list[PriceColumn], str]:
    """Return the price columns that can be used, in file order, and their currency.

    `cost_currency`: of the columns whose header names none.
    """
    headers: dict[int, PriceHeader] = {}
    known = set(records.places.values())
    for place, text in enumerate(records.header):
        price = None if place in known else read_price_header(text)
        if price is not None:
            headers[place] = price
        elif place not in known:
            _note_ignored(records, place, findings)
    months = dict(zip(headers, column_months(list(headers.values())), strict=True))
    currencies = {place: _currency(headers[place], cost_currency) for place in headers}
    currency = Counter(currencies.values()).most_common(1)[0][0]
    columns: dict[tuple[int, int], PriceColumn] = {}
    for place, header in headers.items():
        month = months[place]
        _note_year(records, place, header, month, findings)
        if month is None:
            continue
        if currencies[place] != currency:
            _note_currency(records, place, currencies[place], currency, findings)
            continue
        column = PriceColumn(place, header.region, month)
        first = columns.setdefault((column.region, month), column)
        if first is not column:
            _note_twice(records, place, first.place, findings)
    note_months(columns, records.file, findings)
    return list(columns.values()), currency


def note_months(stated: Iterable[tuple[int, int]], file: str, findings: Findings) -> None:
    """Note the gaps between the first and the last month of each region.

    `stated`: the pairs of region and month that the file has; what holds for all regions fills
    each region's gaps.
    """
    by_region: dict[int, set[int]] = {}
    for region, month in stated:
        by_region.setdefault(region, set()).add(month)
    # Beside columns of single regions, those for all regions only fill gaps.
    general = by_region.pop(ALL_REGIONS, set())
    if not by_region and general:
        by_region[ALL_REGIONS] = general
    for region, months in sorted(by_region.items()):
        missing = sorted(set(range(min(months), max(months))) - months - general)
        if missing:
            name = "for all regions" if region == ALL_REGIONS else f"for {REGIONS[region]}"
            listed = ", ".join(map(month_text, missing))
            findings.add(
                "MONTHS_MISSING",
                file=file,
                what=f"has no unit costs {name} in {listed}",
                action="the nearest month answers for them",
            )


def month_text(month: int) -> str:
    """Return year × 12 + month − 1 as `2025-04`."""
    return f"{month // 12}-{month % 12 + 1:02d}"


def _currency(header: PriceHeader, cost_currency: str) -> str:
    """Return a column's currency: the one its header names, if it names one."""
    named = header.currencies
    if not named or cost_currency in named:
        return cost_currency
    return "USD" if "USD" in named else min(named)


def _note_ignored(records: Records, place: int, findings: Findings) -> None:
    header: str = records.header[place]
    if not header and not any(cell.strip() for cell in records.columns[place]):
        return
    month = holds_month(header)
    findings.add(
        "COLUMN_IGNORED",
        file=records.file,
        column=header or f"number {place + 1}, without a header",
        what="is no column that is read",
        expected='a price column such as "US MAYIS 2025"' if month else "",
        action=_NOT_USED,
        level=Level.WARNING if month else None,
    )


def _note_year(
    records: Records, place: int, header: PriceHeader, month: int | None, findings: Findings
) -> None:
    if header.year is not None:
        return
    if month is None:
        findings.add(
            "YEAR_UNDECIDED",
            file=records.file,
            column=records.header[place],
            what="has no year, and the columns beside it do not prove one",
            expected="a year in the header",
            action=_NOT_USED,
        )
    else:
        findings.add(
            "YEAR_BY_POSITION",
            file=records.file,
            column=records.header[place],
            what="has no year",
            action=f"by its place it is read as {month_text(month)}",
        )


def _note_currency(
    records: Records, place: int, named: str, currency: str, findings: Findings
) -> None:
    findings.add(
        "CURRENCY_CONFLICT",
        file=records.file,
        column=records.header[place],
        what=f"is in {named}, most price columns are in {currency}",
        expected="one currency in the file, named in the headers or by the setting COST_CURRENCY",
        action=_NOT_USED,
    )


def _note_twice(records: Records, place: int, first: int, findings: Findings) -> None:
    findings.add(
        "DUPLICATE_CONFLICT",
        file=records.file,
        column=records.header[place],
        what=f'is the region and month of column "{records.header[first]}" again',
        expected="one column for each region and month",
        action="the first of the two is used",
    )
