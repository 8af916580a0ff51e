"""desi.csv: chargeable kilograms by variant code; BOM, `;`, decimal comma, an unnamed note."""

from __future__ import annotations

from engine.demo.catalogue import Catalogue, Sku
from engine.demo.csv_files.text import EXCEL_TR, Row, decimal, text_file

_WITHOUT_ROW_EVERY, _PARENT_ONLY_EVERY = 19, 13
_SIZE_PERCENT = 35  # each larger size weighs so much more
_NOTES = {
    2: "Avrupa ülkeleri hariç diğer ülkelerde {more} desi",
    9: "Almanya, GB ve Kanada hariç diğer ülkelerde {more} desi",
    15: "kutu değişti, tekrar tartılacak",
}
_BAD_ROW = 21
# Codes that no SKU has: not above zero, above what a parcel weighs, another decimal sign, a unit.
_BAD_ROWS: tuple[Row, ...] = (
    ("9990-Grey", "sample", "0", ""),
    ("9991-Grey", "sample", "150", ""),
    ("9992-Grey", "sample", "1.25", ""),
    ("9993-Grey", "sample", "0,7 kg"),
)
BAD_CELL = "yok"


def desi_of(sku: Sku) -> int:
    """Return the chargeable weight of one unit in thousandths of a kilogram; 0 = a download."""
    step = sku.kind.sizes.index(sku.size) if sku.size else 0
    return sku.kind.desi * (100 + _SIZE_PERCENT * step) // 100 // 10 * 10


def weighed_codes(catalogue: Catalogue) -> set[str]:
    """Return the codes that desi.csv gives a weight that can be read."""
    return {code for code, number in _stated(catalogue).items() if number != _BAD_ROW}


def _stated(catalogue: Catalogue) -> dict[str, int]:
    """Return each code of desi.csv with the SKU that its row is about."""
    stated: dict[str, int] = {}
    for number, sku in enumerate(catalogue.skus):
        code = sku.variant_code
        if sku.code % _PARENT_ONLY_EVERY == 0:
            code = str(sku.code)
        is_left_out = number % _WITHOUT_ROW_EVERY == _WITHOUT_ROW_EVERY - 1
        if sku.kind.desi and not is_left_out:
            stated.setdefault(code, number)
    return stated


def desi_file(catalogue: Catalogue) -> bytes:
    """Return the bytes of desi.csv: a row a variant, for some codes one row for all colours."""
    rows: list[Row] = [("OTTOKOD", "DETAY", "DESİ", ""), *_BAD_ROWS]
    for code, number in _stated(catalogue).items():
        sku = catalogue.skus[number]
        desi = desi_of(sku)
        note = _NOTES.get(number, "").format(more=decimal(desi + 500, 3, sign=","))
        weight = BAD_CELL if number == _BAD_ROW else decimal(desi, 3, sign=",")
        rows.append((code, sku.kind.title, weight, note))
    return text_file(rows, EXCEL_TR)
