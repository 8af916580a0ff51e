"""Exact arithmetic on money: integers in minor units, and the one way they may be rounded.

Rules M1 to M4 of docs/money-rules.md. No float ever holds an amount.
"""

from __future__ import annotations

from decimal import Decimal
from typing import overload

import numpy as np
import numpy.typing as npt

Int64Array = npt.NDArray[np.int64]

# ISO 4217: currencies whose minor unit is not 1/100.
_DIGITS = {
    **dict.fromkeys(
        "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split(), 0
    ),
    **dict.fromkeys("BHD IQD JOD KWD LYD OMR TND".split(), 3),
}

UNIT_SCALE = 4  # unit costs and carrier prices are held in 1/10,000 of the major unit
MILLION = 1_000_000  # rates are held in parts per million
_INT64_SAFE = 2**62


def currency_digits(currency: str) -> int:
    """Return how many decimals an ISO 4217 currency has: USD 2, JPY 0, KWD 3."""
    return _DIGITS.get(currency, 2)


@overload
def round_div(number: int, by: int) -> int: ...
@overload
def round_div(number: Int64Array, by: Int64Array | int) -> Int64Array: ...
def round_div(number: int | Int64Array, by: int | Int64Array) -> int | Int64Array:
    """Divide and round to the nearest integer, halves away from zero (M2); `by` > 0.

    Arrays are int64. Rows where 2·|number| + by could pass 2⁶³ are computed in Python integers.
    """
    if not isinstance(number, np.ndarray):
        assert isinstance(by, int)
        size = (2 * abs(number) + by) // (2 * by)
        return -size if number < 0 else size
    if not number.size:
        return number.astype(np.int64)
    largest = int(np.max(np.abs(number)))
    divisor = int(np.max(by))
    if largest > (_INT64_SAFE - divisor) // 2:
        return _with_large(number, np.broadcast_to(np.asarray(by, np.int64), number.shape))
    size_array = (2 * np.abs(number) + by) // (2 * np.asarray(by, np.int64))
    return np.asarray(np.sign(number) * size_array, dtype=np.int64)


def _with_large(number: Int64Array, by: Int64Array) -> Int64Array:
    """Divide where some rows need Python integers; the others go together."""
    is_large = (np.abs(number) > (_INT64_SAFE - by) // 2) | (by > _INT64_SAFE)
    quotient = np.empty(number.shape, np.int64)
    pairs = zip(number[is_large].tolist(), by[is_large].tolist(), strict=True)
    quotient[is_large] = [round_div(n, d) for n, d in pairs]
    small = ~is_large
    quotient[small] = (2 * np.abs(number[small]) + by[small]) // (2 * by[small])
    quotient[small] *= np.sign(number[small])
    return quotient


def to_decimal(minor: int, digits: int) -> Decimal:
    """Return minor units as an exact Decimal in major units: (1234, 2) is 12.34."""
    return Decimal(minor).scaleb(-digits)


def format_money(minor: int | None, currency: str, *, sign: bool = False) -> str:
    """Return an amount for people, as `1,234.50 USD`; null is an en dash.

    `sign` puts a plus before a gain, for differences.
    """
    if minor is None:
        return "–"
    digits = currency_digits(currency)
    text = f"{abs(to_decimal(minor, digits)):,.{digits}f}"
    mark = "−" if minor < 0 else "+" if sign and minor > 0 else ""
    return f"{mark}{text} {currency}"
