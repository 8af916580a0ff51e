"""etsy_fees.csv: the marketplace's fee rates with the days from which they hold.

The rates are public facts; `source` and `confidence` say where each was seen. A row whose first day
is `unknown` is kept as evidence and is not in force.
"""

from __future__ import annotations

from engine.demo.csv_files.text import Row, text_file

_HEAD = (
    "country",
    "fee_kind",
    "buyer",
    "rate",
    "fixed_minor",
    "currency",
    "max_minor",
    "below_minor",
    "base",
    "credit",
    "valid_from",
    "valid_to",
    "source",
    "confidence",
)
_POLICY, _PAYMENTS, _HELP = "Etsy fees policy", "Etsy Payments policy", "Etsy help pages"
_REGULATORY_2021 = {"GB": "0.0025", "TR": "0.011", "FR": "0.004", "IT": "0.0025", "ES": "0.004"}
_REGULATORY_UNDATED = {"GB": "0.0032", "FR": "0.0047", "IT": "0.0032"}
_REGULATORY_2026 = {
    "CA": "0.005",
    "FR": "0.0114",
    "HU": "0.0197",
    "IT": "0.008",
    "IN": "0.0005",
    "ES": "0.0088",
    "TR": "0.0167",
    "GB": "0.0048",
    "VN": "0.0124",
}
# Country, buyer, rate, fixed amount, currency, confidence.
_PROCESSING = (
    ("US", "any", "0.03", "25", "USD", "high"),
    ("GB", "any", "0.04", "20", "GBP", "medium"),
    ("EURO", "any", "0.04", "30", "EUR", "medium"),
    ("CA", "CA/US", "0.03", "25", "CAD", "medium"),
    ("CA", "other", "0.04", "25", "CAD", "medium"),
    ("AU", "domestic", "0.03", "25", "AUD", "medium"),
    ("AU", "other", "0.04", "25", "AUD", "medium"),
    ("IN", "any", "0.05", "2500", "INR", "medium"),
    ("VN", "any", "0.045", "11550", "VND", "medium"),
    ("SG", "any", "0.044", "35", "SGD", "medium"),
)
# Country, kind, rate, base, source, confidence, and the cells that only some kinds have.
_ORDER_CAP = {"currency": "USD", "max_minor": "10000"}
_OTHERS: tuple[tuple[str, str, str, str, str, str, dict[str, str]], ...] = (
    ("*", "offsite_ads", "0.15", "order", _POLICY, "high", _ORDER_CAP),
    ("*", "offsite_ads_reduced", "0.12", "order", _POLICY, "high", _ORDER_CAP),
    ("*", "currency_conversion", "0.025", "order", _PAYMENTS, "high", {}),
    ("*", "shop_setup", "", "once", _POLICY, "high", {"currency": "USD", "max_minor": "1500"}),
    ("*", "share_and_save", "-0.04", "order", _HELP, "medium", {}),
    ("*", "etsy_plus", "", "month", _POLICY, "low", {"currency": "USD", "fixed_minor": "1000"}),
    (
        "TR",
        "deposit",
        "",
        "deposit",
        _PAYMENTS,
        "medium",
        {"currency": "TRY", "fixed_minor": "4200", "below_minor": "60000"},
    ),
    ("*", "vat_on_fees", "", "fees", "enter your own rate", "", {}),
    ("TR", "vat_on_fees", "0.20", "fees", "the demo shop's own", "low", {}),
)


def fees_file() -> bytes:
    """Return the bytes of etsy_fees.csv."""
    others = [
        _fee(country, kind, rate=rate, base=base, source=source, confidence=confidence, **cells)
        for country, kind, rate, base, source, confidence, cells in _OTHERS
    ]
    rows = [_HEAD, *_selling(), *_processing(), *_regulatory(), *others]
    return text_file(rows)


def _fee(country: str, kind: str, **cells: str) -> Row:
    cells = {"country": country, "fee_kind": kind, "buyer": "any", **cells}
    return [cells.get(name, "") for name in _HEAD]


def _selling() -> list[Row]:
    high = {"source": _POLICY, "confidence": "high"}
    per_order = {"base": "order", **high}
    return [
        _fee("*", "listing", fixed_minor="20", currency="USD", base="unit", **high),
        _fee("*", "transaction", rate="0.05", valid_to="2022-04-10", **per_order),
        _fee("*", "transaction", rate="0.065", valid_from="2022-04-11", **per_order),
    ]


def _processing() -> list[Row]:
    common = {"base": "order+tax", "credit": "rate", "source": _PAYMENTS}
    rows = [
        _fee(
            country,
            "processing",
            buyer=buyer,
            rate=rate,
            fixed_minor=fixed,
            currency=currency,
            confidence=confidence,
            **common,
        )
        for country, buyer, rate, fixed, currency, confidence in _PROCESSING
    ]
    for fixed, first, last, confidence in (
        ("300", "", "2026-07-31", "low"),
        ("1400", "2026-08-01", "", "medium"),
    ):
        dated = {"valid_from": first, "valid_to": last, "confidence": confidence, **common}
        rows.append(
            _fee("TR", "processing", rate="0.065", fixed_minor=fixed, currency="TRY", **dated)
        )
    return rows


def _regulatory() -> list[Row]:
    common = {"base": "order", "source": _HELP}
    first = {"valid_from": "2021-07-01", "valid_to": "2026-07-31", "confidence": "high"}
    later = {"valid_from": "2026-08-01", "confidence": "medium"}
    undated = {"valid_from": "unknown", "confidence": "high"}
    rows = []
    for table, dates in (
        (_REGULATORY_2021, first),
        (_REGULATORY_UNDATED, undated),
        (_REGULATORY_2026, later),
    ):
        rows += [_fee(c, "regulatory", rate=rate, **common, **dates) for c, rate in table.items()]
    seen = {**undated, "confidence": "low", "base": "order", "source": "public calculators"}
    rows.append(_fee("TR", "regulatory", rate="0.0227", **seen))
    return rows
