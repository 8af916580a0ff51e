"""Which currency a text names: by an ISO 4217 code, or by a sign such as $ or ₺.

Some signs belong to several currencies, so the answer is always the set of those it may be.
"""

from __future__ import annotations

import re
from functools import lru_cache

CURRENCY_CODES = frozenset(
    """
    AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN
    BZD CAD CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS
    GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW
    KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD
    NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD
    SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VED
    VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG
    """.split()
)

# Longer signs first: `CA$` is no `$`.
_SIGNS: dict[str, frozenset[str]] = {
    sign: frozenset(codes.split())
    for sign, codes in {
        "US$": "USD",
        "CA$": "CAD",
        "C$": "CAD",
        "AU$": "AUD",
        "A$": "AUD",
        "NZ$": "NZD",
        "HK$": "HKD",
        "S$": "SGD",
        "MX$": "MXN",
        "R$": "BRL",
        "TL": "TRY",
        "KR": "SEK NOK DKK ISK",
        "ZŁ": "PLN",
        "FT": "HUF",
        "KČ": "CZK",
        "RM": "MYR",
        "$": "USD CAD AUD NZD HKD SGD MXN TWD CLP COP ARS",
        "€": "EUR",
        "£": "GBP",
        "₺": "TRY",
        "¥": "JPY CNY",
        "₹": "INR",
        "₩": "KRW",
        "₫": "VND",
        "₪": "ILS",
        "฿": "THB",
        "₱": "PHP",
        "₴": "UAH",
        "₽": "RUB",
        "₦": "NGN",
    }.items()
}
_LETTERS_OR_SIGN = re.compile(r"[^\W\d_]*[$€£₺¥₹₩₫₪฿₱₴₽₦]|[^\W\d_]+")


@lru_cache(maxsize=4096)
def currencies_of(mark: str) -> frozenset[str]:
    """Return the currencies that a mark may stand for; empty if it is no currency mark.

    `mark` is a code or a sign alone, in any letter case: `usd`, `CA$`, `₺`, `TL`.
    """
    mark = mark.strip().upper()
    if mark in CURRENCY_CODES:
        return frozenset((mark,))
    return _SIGNS.get(mark, frozenset())


@lru_cache(maxsize=65_536)
def currencies_in(text: str) -> frozenset[str]:
    """Return the currencies that the marks in a text agree on; empty if there is no mark.

    `US MAYIS 2025 (€)` gives EUR. Words that are no mark are passed over.
    """
    named = [found for found in map(currencies_of, _LETTERS_OR_SIGN.findall(text)) if found]
    return frozenset.intersection(*named) if named else frozenset()


def split_currency(text: str) -> tuple[str, frozenset[str]]:
    """Return an amount without the currency mark before or after it, and what the mark may be.

    The sign of the amount may stand before the mark: `-$0.98` gives `-0.98`. A text whose letters
    are no currency mark comes back unchanged, with an empty set.
    """
    marks = _LETTERS_OR_SIGN.findall(text)
    if len(marks) != 1:
        return text, frozenset()
    found = currencies_of(marks[0])
    return (text.replace(marks[0], "", 1), found) if found else (text, found)
