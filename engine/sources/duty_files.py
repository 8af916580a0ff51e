"""Reading `us_duties.csv`: what the carrier and the customs of the United States charge for a SKU.

A rate is what counts; an amount beside it is only compared. What is not stated, or stated as 0
where nothing is worth 0, stays unknown. The file also proves the carrier's prices by weight for
that country.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from engine.money import MILLION, UNIT_SCALE, Int64Array, round_div, to_decimal
from engine.sources.dated_files import DatedRecords
from engine.sources.dated_rows import DatedIndex
from engine.sources.desi_notes import DESI
from engine.sources.duplicate_rows import ValueArray, settle_rows
from engine.sources.duty_rates import PERCENT, DutyRates, percent_text, read_duty_rates
from engine.sources.duty_table import COUNTRY, DutyRows, DutyTable, join_rows
from engine.sources.findings import Findings, refusal
from engine.sources.frames import BoolArray
from engine.sources.landing.file_rows import Problem
from engine.sources.owner_rows import UNKNOWN, Column, NumberKind, OwnerRows
from engine.sources.price_lists import CARRIER_CURRENCY, PriceTable
from engine.sources.price_steps import Steps, price_lists
from engine.sources.records import Layout
from engine.sources.sku_prefixes import SHIPPED_PREFIXES, SkuPrefixes
from engine.sources.skus import sku_identity, sku_key

DUTY_LAYOUT = Layout(
    "us_duties",
    {
        "asin": (),
        "sku": (),
        "code": ("OTTOKOD", "cost code"),
        "detail": ("DETAY",),
        "desi": ("DESİ-KG", "weight_kg"),
        "declared_value": ("INVOICE ÜRÜN BEDELİ",),
        "carrier_price": ("US FEDEX KARGO ÜCRETİ",),
        "handling_fee": ("FEDEX İŞLEM ÜCRETİ",),
        "duty_rate": ("DUTY OTAN", "DUTY ORANI"),
        "duty": (),
        "import_tax_rate": ("VERGİ ORANI",),
        "import_tax": ("VERGİ",),
        "valid_from": (),
        "valid_to": (),
    },
    required=(
        ("sku",),
        ("desi", "declared_value", "carrier_price", "duty_rate", "import_tax_rate"),
    ),
    wanted="SKU, DESİ-KG, INVOICE ÜRÜN BEDELİ, US FEDEX KARGO ÜCRETİ, DUTY OTAN and VERGİ ORANI",
)
AMOUNT = NumberKind(UNIT_SCALE, "an amount such as 12.34", 10**6)
PAID = NumberKind(UNIT_SCALE, "a price above 0 such as 12.34", 10**6, above_zero=True)
_AMOUNTS = ("desi", "declared_value", "carrier_price", "handling_fee", "duty", "import_tax")
_NUMBERS = (*_AMOUNTS, "duty_rate", "import_tax_rate")
_TOLERANCE = 100  # a stated amount may differ by 0.01 from what its rate gives
_GONE = re.compile(r"[\s\-_/.,;:|(\[]*[uü]ret[iıİ]lmeyecek.*", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True, eq=False)
class _FileDuties:
    """What one file says: a row for each SKU and span of days, and the steps of all rows."""

    sku: list[str]
    code: list[str]
    rows: DutyRows
    steps: Steps


def read_duties(
    files: Sequence[DatedRecords],
    findings: Findings,
    *,
    prefixes: SkuPrefixes = SHIPPED_PREFIXES,
) -> DutyTable:
    """Return the duties of the files of DUTY_LAYOUT; without a file all are unknown.

    Raises InputFileError (OVERLAP) for a SKU whose dated rows hold on the same day.
    """
    found = [_read_file(file, number, prefixes, findings) for number, file in enumerate(files)]
    rows = join_rows([part.rows for part in found])
    sku = tuple(sku for part in found for sku in part.sku)
    return DutyTable(
        sku=sku,
        code=tuple(code for part in found for code in part.code),
        rows=rows,
        index=DatedIndex.of([sku_key(text) for text in sku], rows.first, rows.last),
        steps=PriceTable((COUNTRY,), price_lists([part.steps for part in found], findings)),
        files=tuple(file.records.file for file in files),
    )


def _read_file(
    file: DatedRecords, number: int, prefixes: SkuPrefixes, findings: Findings
) -> _FileDuties:
    rows = OwnerRows(file.records, findings, numbers=_NUMBERS, dates=("valid_from", "valid_to"))
    skus, is_gone = _skus(rows, prefixes)
    first, last = rows.spans()
    columns, rates = _columns(rows)
    # Rows without a SKU have nothing in common: each stands for itself, and only tells a step.
    keys = [
        (sku_key(sku) or index, int(first[index]), int(last[index]))
        for index, sku in enumerate(skus)
    ]
    settled = settle_rows(rows, keys, columns, same="SKU")
    at, rate_at = settled.row, settled.source["duty_rate"]
    found = DutyRows(
        mdesi=settled.values["desi"],
        declared_value=settled.values["declared_value"],
        handling_fee=settled.values["handling_fee"],
        duty_ppm=rates.ppm[rate_at],
        one_ppm=rates.one[rate_at],
        other_ppm=rates.other[rate_at],
        import_tax_ppm=settled.values["import_tax_rate"],
        is_discontinued=is_gone[at],
        first=np.maximum(first[at], file.first).astype(np.int32),
        last=np.minimum(last[at], file.last).astype(np.int32),
        file=np.full(len(at), number, np.int32),
        row_number=rows.row_numbers()[at],
    )
    price = settled.values["carrier_price"]
    steps = Steps(rows.file, found.mdesi, price, found.first, found.last, found.row_number)
    names = [skus[row] for row in at.tolist()]
    codes = settled.values["code"].tolist()
    kept = np.flatnonzero(np.array([bool(name) for name in names], np.bool_))
    kept = kept[found.first[kept] <= found.last[kept]]
    chosen = found.take(kept)
    own = [names[row] for row in kept.tolist()]
    _refuse_overlaps(rows.file, own, chosen)
    return _FileDuties(own, [codes[row] for row in kept.tolist()], chosen, steps)


def _skus(rows: OwnerRows, prefixes: SkuPrefixes) -> tuple[list[str], BoolArray]:
    """Return the SKU of each row, '' where there is none, and whether it is no longer made."""
    skus, is_gone = [], []
    for sku, detail in zip(rows.texts("sku"), rows.texts("detail"), strict=True):
        text = unicodedata.normalize("NFC", sku)
        bare = _GONE.sub("", text)
        skus.append(sku_identity(bare, prefixes) or "")
        is_gone.append(bare != text or bool(_GONE.search(unicodedata.normalize("NFC", detail))))
    if blank := skus.count(""):
        rows.findings.add(
            "BLANK_SKU",
            file=rows.file,
            what=f"has {blank} row(s) without a SKU",
            action="only their carrier prices are used",
        )
    return skus, np.array(is_gone, np.bool_)


def _columns(rows: OwnerRows) -> tuple[dict[Column, ValueArray], DutyRates]:
    """Return the columns that a SKU has one value of, and its rates."""
    declared = _declared_values(rows)
    duty = rows.integers("duty", AMOUNT, currency=CARRIER_CURRENCY)
    tax = rows.integers("import_tax", AMOUNT, currency=CARRIER_CURRENCY)
    rates = read_duty_rates(rows, declared, duty)
    tax_ppm = rows.integers("import_tax_rate", PERCENT)
    _check_amounts(rows, "duty", declared, np.where(rates.is_range, UNKNOWN, rates.ppm), duty)
    _check_amounts(rows, "import_tax", declared, tax_ppm, tax)
    codes = {cell: _code_key(cell) for cell in set(rows.texts("code"))}
    columns: dict[Column, ValueArray] = {
        "desi": rows.integers("desi", DESI),
        "declared_value": declared,
        "carrier_price": rows.integers("carrier_price", PAID, currency=CARRIER_CURRENCY),
        "handling_fee": rows.integers("handling_fee", AMOUNT, currency=CARRIER_CURRENCY),
        "duty_rate": rates.ppm,
        "import_tax_rate": tax_ppm,
        "code": np.array([codes[cell] for cell in rows.texts("code")], object),
    }
    return columns, rates


def _code_key(cell: str) -> str:
    return sku_key(sku_identity(cell, SkuPrefixes()) or "")


def _declared_values(rows: OwnerRows) -> Int64Array:
    """Return the declared values; one of 0 is unknown, and noted."""
    declared = rows.integers("declared_value", AMOUNT, currency=CARRIER_CURRENCY)
    problem = Problem("ZERO_COST", "is zero", "what the invoice of the parcel states")
    for index in np.flatnonzero((declared == 0) & rows.used).tolist():
        action = "the value and the duty are unknown"
        rows.note(index, "declared_value", problem, action=action)
    return np.where(declared == 0, UNKNOWN, declared)


def _check_amounts(
    rows: OwnerRows, column: str, declared: Int64Array, ppm: Int64Array, stated: Int64Array
) -> None:
    """Note the amounts that are not declared value × rate; the rate is what counts."""
    known = (declared != UNKNOWN) & (ppm != UNKNOWN) & (stated != UNKNOWN) & rows.used
    right = round_div(np.where(known, declared, 0) * np.where(known, ppm, 0), MILLION)
    for index in np.flatnonzero(known & (abs(stated - right) > _TOLERANCE)).tolist():
        amount = f"{to_decimal(int(right[index]), UNIT_SCALE):.2f}"
        what = f"is not {percent_text(int(ppm[index]))} of the declared value"
        problem = Problem("IDENTITY_BROKEN", what, f"{amount}, give or take 0.01")
        rows.note(index, column, problem, action="the rate is used")


def _refuse_overlaps(file: str, skus: Sequence[str], rows: DutyRows) -> None:
    """Raise OVERLAP if two rows of a SKU hold on the same day."""
    keys = np.array([sku_key(sku) for sku in skus], object)
    _, code = np.unique(keys, return_inverse=True)
    order: Int64Array = np.lexsort((rows.first, code)).astype(np.int64)
    for before, after in pairwise(order.tolist()):
        if keys[before] == keys[after] and rows.first[after] <= rows.last[before]:
            raise refusal(
                "OVERLAP",
                file,
                f"gives the SKU {skus[after]} again as row {rows.row_number[before]} does, on the "
                "same days",
                expected="a valid_to in one row before the valid_from of the other",
                row=int(rows.row_number[after]),
            )


NO_DUTIES = read_duties((), Findings())
