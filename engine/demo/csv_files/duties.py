"""us_duties.csv: what a parcel to the United States costs at the border, SKU by SKU.

`;` and decimal commas. Some rates are a pair such as `4.5 & 8.5`, some declared values are zero,
some goods are no longer made, and some weights disagree with desi.csv.
"""

from __future__ import annotations

from engine.demo.catalogue import Catalogue, Sku
from engine.demo.csv_files.text import Dialect, Row, decimal, text_file
from engine.demo.csv_files.weights import desi_of

_HEAD = (
    "ASIN",
    "SKU",
    "OTTOKOD",
    "DETAY",
    "DESİ-KG",
    "",
    "INVOICE ÜRÜN BEDELİ",
    "US FEDEX KARGO ÜCRETİ",
    "FEDEX İŞLEM ÜCRETİ",
    "DUTY OTAN",
    "DUTY",
    "VERGİ ORANI",
    "VERGİ",
)
_DIALECT = Dialect(delimiter=";", line_end="\r\n")
_DECLARED_PERMILLE = 190  # of the list price
_TAX_PERMILLE, _HANDLING = 100, 450
_FIRST_STEP, _STEP = 920, 135  # US cents for half a kilogram, and for each further half
# Which rows are odd: one in so many.
_LEFT_OUT, _PAIR, _ZERO, _GONE, _HEAVIER, _DEARER, _WRONG_SUM = 9, 6, 31, 29, 17, 53, 41
_GONE_TEXT = " - ÜRETİLMEYECEK"


def duties_file(catalogue: Catalogue) -> bytes:
    """Return the bytes of us_duties.csv: a row for most physical SKUs."""
    rows: list[Row] = [_HEAD]
    rows += [
        _row(number, sku) for number, sku in enumerate(catalogue.skus) if is_listed(number, sku)
    ]
    return text_file(rows, _DIALECT)


def is_listed(number: int, sku: Sku) -> bool:
    """Tell whether a SKU, the `number`th, has a row in us_duties.csv."""
    return bool(sku.kind.desi) and number % _LEFT_OUT != _LEFT_OUT - 1


def _row(number: int, sku: Sku) -> Row:
    desi = desi_of(sku) + (500 if number % _HEAVIER == 4 else 0)
    steps = -(-desi // 500)
    carrier = _FIRST_STEP + _STEP * (steps - 1) + (60 if number % _DEARER == 7 else 0)
    declared = 0 if number % _ZERO == 3 else sku.cents * _DECLARED_PERMILLE // 1_000
    permille = (45, 80, 130)[sku.kind.price % 3]
    rate = _comma(permille, 1)
    duty = declared * permille // 1_000
    if number % _PAIR == 5:
        rate, duty = "4.5 & 8.5", declared * 70 // 1_000
    tax = declared * _TAX_PERMILLE // 1_000
    return (
        "",
        sku.name + (_GONE_TEXT if number % _GONE == 6 else ""),
        sku.variant_code,
        sku.kind.title,
        _comma(desi, 3),
        "",
        _comma(declared, 2),
        _comma(carrier, 2),
        _comma(_HANDLING, 2),
        rate,
        _comma(duty + (2 if number % _WRONG_SUM == 8 else 0), 2),
        "10",
        _comma(tax, 2),
    )


def _comma(value: int, digits: int) -> str:
    return decimal(value, digits, sign=",")
