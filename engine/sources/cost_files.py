"""Reading `cost.csv`: the unit costs of SKUs by region and month, in either of two forms.

In the wide form a row is a SKU and each price column a region and month; in the long form a row is
one cost. Both give the same CostTable. A cell that can't be used is missing and noted, never 0.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from engine.sources.cost_cells import MISSING, read_cost_cells
from engine.sources.cost_columns import note_months, price_columns
from engine.sources.cost_headers import ALL_REGIONS, has_price_column
from engine.sources.cost_regions import REGION_WORDS, REGIONS
from engine.sources.cost_table import EMPTY_COSTS as EMPTY_COSTS
from engine.sources.cost_table import CostEntries, settle
from engine.sources.cost_table import CostTable as CostTable
from engine.sources.csv_folder import read_one
from engine.sources.currencies import currencies_of
from engine.sources.findings import Findings
from engine.sources.folding import fold
from engine.sources.records import Layout, Records
from engine.sources.sku_prefixes import SHIPPED_PREFIXES, SkuPrefixes
from engine.sources.skus import find_twins, sku_identity, sku_key

WIDE_LAYOUT = Layout(
    "cost",
    {
        "sku": (),
        "cost_code": ("OTTOKOD", "code"),
        "product": ("ÜRÜN", "name"),
        "asin": (),
        "brand": ("MARKA",),
    },
    required=(("sku", "cost_code"),),
    wanted='SKU or OTTOKOD, and a price column such as "US MAYIS 2025"',
    fits=has_price_column,
)
LONG_LAYOUT = Layout(
    "cost",
    {
        "sku": (),
        "cost_code": ("OTTOKOD", "code"),
        "region": (),
        "month": (),
        "unit_cost": (),
        "currency": (),
    },
    required=(("sku", "cost_code"), ("month",), ("unit_cost",)),
    wanted="sku, cost_code, region, month, unit_cost, currency",
)
COST_LAYOUTS = (WIDE_LAYOUT, LONG_LAYOUT)
_LONGEST_SKU = 40
_MONTH = re.compile(r"(\d{4})-(\d{2})(?:-01)?", re.ASCII)


def read_cost_file(
    path: Path,
    *,
    cost_currency: str = "USD",
    prefixes: SkuPrefixes = SHIPPED_PREFIXES,
    content: bytes | None = None,
) -> tuple[CostTable, Findings]:
    """Read a cost file, text or workbook, wide or long.

    `cost_currency`: the currency where the file names none. `content`: the bytes, if they are
    already at hand. Raises InputFileError if it is refused, SourceError if it can't be opened.
    """
    findings = Findings()
    records = read_one(path, COST_LAYOUTS, findings, content=content)
    costs = read_costs(records, findings, cost_currency=cost_currency, prefixes=prefixes)
    return costs, findings


def read_costs(
    records: Records,
    findings: Findings,
    *,
    cost_currency: str = "USD",
    prefixes: SkuPrefixes = SHIPPED_PREFIXES,
) -> CostTable:
    """Return the unit costs of the records of a cost file in one of COST_LAYOUTS."""
    read = _wide if records.layout is WIDE_LAYOUT else _long
    entries, currency = read(records, cost_currency, findings)
    sku_keys, cost_codes = _identities(records, prefixes, findings)
    reachable = np.array(
        [bool(key or code) for key, code in zip(sku_keys, cost_codes, strict=True)], np.bool_
    )
    entries = entries.take(reachable[entries.record])
    return settle(entries, records, sku_keys, cost_codes, currency, findings)


def _wide(records: Records, cost_currency: str, findings: Findings) -> tuple[CostEntries, str]:
    """Return the costs of the wide form: one entry for each filled cell of a price column."""
    columns, currency = price_columns(records, cost_currency, findings)
    costs = read_cost_cells(records, [column.place for column in columns], currency, findings)
    record, column = np.nonzero(costs != MISSING)
    entries = CostEntries(
        record.astype(np.int32),
        np.array([column.place for column in columns], np.int32)[column],
        np.array([column.region for column in columns], np.int8)[column],
        np.array([column.month for column in columns], np.int32)[column],
        costs[record, column],
    )
    return entries, currency


def _long(records: Records, cost_currency: str, findings: Findings) -> tuple[CostEntries, str]:
    """Return the costs of the long form: one entry for each row that could be read."""
    named = [_row_currency(cell, cost_currency) for cell in records.column("currency")]
    known = Counter(filter(None, named)).most_common(1)
    currency = known[0][0] if known else cost_currency
    place = records.places["unit_cost"]
    costs = read_cost_cells(records, [place], currency, findings)[:, 0]
    regions = [_region(cell) for cell in records.column("region")]
    months = [_month(cell) for cell in records.column("month")]
    used = costs != MISSING
    for index, (region, month) in enumerate(zip(regions, months, strict=True)):
        if region is None:
            expected = f"{', '.join(REGIONS)}, or blank for all"
            _reject(records, index, "region", "VALUE_UNKNOWN", "a region", expected, findings)
        elif month is None:
            expected = "a month such as 2025-04"
            _reject(records, index, "month", "DATE_NOT_READ", "a month", expected, findings)
        elif named[index] != currency:
            expected = f"{currency}, as in most rows"
            code = "CURRENCY_CONFLICT"
            _reject(
                records, index, "currency", code, "the currency of the file", expected, findings
            )
        else:
            continue
        used[index] = False
    record = np.flatnonzero(used).astype(np.int32)
    entries = CostEntries(
        record,
        np.full(len(record), place, np.int32),
        np.array([regions[index] for index in record.tolist()], np.int8),
        np.array([months[index] for index in record.tolist()], np.int32),
        costs[record],
    )
    stated = set(zip(entries.region.tolist(), entries.month.tolist(), strict=True))
    note_months(stated, records.file, findings)
    return entries, currency


def _row_currency(cell: str, cost_currency: str) -> str:
    """Return the currency that a row names, the file's where it names none, '' if unknown."""
    named = currencies_of(cell)
    if not cell.strip() or cost_currency in named:
        return cost_currency
    return next(iter(named)) if len(named) == 1 else ""


def _region(cell: str) -> int | None:
    word = fold(cell)
    return REGION_WORDS.get(word) if word else ALL_REGIONS


def _month(cell: str) -> int | None:
    match = _MONTH.fullmatch(cell.strip())
    if match is None or not 1 <= int(match[2]) <= 12:
        return None
    return int(match[1]) * 12 + int(match[2]) - 1


def _reject(
    records: Records,
    index: int,
    name: str,
    code: str,
    what: str,
    expected: str,
    findings: Findings,
) -> None:
    findings.add(
        code,
        file=records.file,
        row=records.row_numbers[index],
        column=records.header_of(name),
        value=records.column(name)[index],
        what=f"is not {what}",
        expected=expected,
        action="the row is not used",
    )


def _identities(
    records: Records, prefixes: SkuPrefixes, findings: Findings
) -> tuple[list[str], list[str]]:
    """Return the sku_key and the cost code of each record, '' where it has none."""
    skus = [sku_identity(cell, prefixes) or "" for cell in records.column("sku")]
    codes = [sku_identity(cell, SkuPrefixes()) or "" for cell in records.column("cost_code")]
    by_code = sum(not sku and bool(code) for sku, code in zip(skus, codes, strict=True))
    by_nothing = sum(not sku and not code for sku, code in zip(skus, codes, strict=True))
    for count, action in (
        (by_code, "their costs are found by cost code only"),
        (by_nothing, "they have no cost code either and are not used"),
    ):
        if count:
            what = f"has {count} row(s) without a SKU"
            findings.add("BLANK_SKU", file=records.file, what=what, action=action)
    _note_texts(records, skus, findings)
    for twins in find_twins(filter(None, skus)):
        findings.add(
            "SKU_TWINS",
            file=records.file,
            column=records.header_of("sku"),
            value=" and ".join(twins),
            what="differ in letter case only",
            expected="one spelling",
            action="their costs are taken together; reports keep them apart",
        )
    return [sku_key(sku) for sku in skus], codes


def _note_texts(records: Records, skus: Sequence[str], findings: Findings) -> None:
    for index, sku in enumerate(skus):
        if len(sku) > _LONGEST_SKU or sku.count(" ") >= 2:
            findings.add(
                "SKU_IS_TEXT",
                file=records.file,
                row=records.row_numbers[index],
                column=records.header_of("sku"),
                value=sku,
                what="looks like a sentence",
                expected=f"a SKU of at most {_LONGEST_SKU} characters",
                action="it is read as a SKU all the same",
            )
