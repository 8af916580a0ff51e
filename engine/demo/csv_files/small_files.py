"""The owner's small tables: rates, expenses, mapped SKUs, prefixes, regions, parcels, ad orders.

Each is saved by another program, and each has rows that can't be used; these say nothing else than
the good ones, so that no figure hangs on them.
"""

from __future__ import annotations

import numpy as np

from engine.demo.catalogue import Catalogue
from engine.demo.costs import UnitCosts
from engine.demo.countries import ANYWHERE, COUNTRIES
from engine.demo.csv_files.text import EXCEL_TR, Dialect, Row, decimal, text_file
from engine.demo.exchange import Rates
from engine.demo.shop import DemoShop
from engine.demo.sizes import Plan

_PREFIXES = (
    ("DELETED-", "marker", ""),
    *((f"{name}-", "channel", "") for name in "OT ZSTK MG LND EU US UK CA AU JP".split()),
    ("ZTSK-", "typo", "ZSTK-"),
)
_PARCELS = (
    ("default_desi", "0.5", "", "", ""),
    ("over_max", "extrapolate", "", "", ""),
    ("volumetric_divisor", "5000", "", "", ""),
    ("duty_base", "declared", "", "", ""),
    ("duty_payer", "seller", "", "", ""),
    ("us_duty_free_limit", "800", "USD", "", "2025-08-28"),
    ("us_duty_free_limit", "0", "USD", "2025-08-29", ""),
    ("carrier_fee_rate", "0", "", "", ""),
)
# Name, category, amount in hundredths, currency, growth of it a month in per mille.
MONTHLY = (
    ("Workshop rent", "premises", 18_000_00, "TRY", 25),
    ("Bookkeeper", "services", 120_00, "USD", 4),
    ("Internet and phone", "services", 45_00, "USD", 2),
)
ONCE = (("Felt cutter repair", "tools", 9, 340_00), ("Photo session", "marketing", 20, 250_00))
_TURKISH_WINDOWS = Dialect(delimiter="\t", line_end="\r\n", encoding="cp1254")
_UTF_16 = Dialect(delimiter="\t", line_end="\r\n", encoding="utf-16-le")
_MARK = "\ufeff"  # tells which of the two orders of bytes a UTF-16 file has
_BAD_OFFSITE: tuple[Row, ...] = (("3.1E+09", "offsite_ads"), ("", "offsite_ads"))
_REGION_WORDS = {"EU": ("EU", "Avrupa", "europe"), "AU": ("AU", "Avustralya", "australia")}
_OLD_MAC, _BARS = Dialect(line_end="\r"), Dialect(delimiter="|")
# Rows that are not used: no such day, no rate, not above zero, one currency on both sides.
_BAD_RATES: tuple[Row, ...] = (
    ("31.02.2024", "USD", "TRY", "31.1"),
    ("2024-03-04", "USD", "TRY", "n/a"),
    ("2024-03-05", "USD", "TRY", "0"),
    ("03/04/2024", "USD", "USD", "1"),
)
_BAD_EXPENSES: tuple[Row, ...] = (
    ("2024-03-14", "2024-03", "Both a day and a month", "10,00", "USD", ""),
    ("", "", "Neither a day nor a month", "10,00", "USD", ""),
    ("2024-03-14", "", "More cells than headers", "10,00", "USD", "", "what is this?"),
)
_OFFSITE_EVERY, _REDUCED_EVERY = 61, 4
COST_BY_HAND = "6.40"
_COST_BY_CODE, _COST_BY_HAND = 0, 1  # which of the SKUs without a row of their own


def rates_file(rates: dict[tuple[str, str], Rates]) -> bytes:
    """Return the bytes of fx_rates.csv: working days only, the first one twice."""
    rows: list[Row] = [("date", "from", "to", "rate"), *_BAD_RATES]
    for (source, target), pair in sorted(rates.items()):
        stated = pair.working_days()
        first, rate = stated[0]
        rows.append((str(first), source, target, decimal(rate * 1_010 + 7, 11)))  # beaten below
        rows += [(str(d), source, target, decimal(r, 8)) for d, r in stated]
    return text_file(rows)


def monthly_cost(amount: int, growth: int, month: int) -> int:
    """Return what a monthly expense has grown to in a month of the plan, numbered from 0."""
    return amount + amount * growth * month // 1_000


def expenses_file(plan: Plan) -> bytes:
    """Return the bytes of expenses.csv: months and single days, `;` and decimal commas."""
    head = ("date", "month", "name", "amount", "currency", "category")
    rows: list[Row] = [head, *_BAD_EXPENSES]
    first = plan.first.year * 12 + plan.first.month - 1
    last = plan.last.year * 12 + plan.last.month - 1
    for number, month in enumerate(range(first, last + 1)):
        text = f"{month // 12}-{month % 12 + 1:02}"
        for name, category, amount, currency, growth in MONTHLY:
            cost = monthly_cost(amount, growth, number)
            rows.append(("", text, name, _with_thousands(cost), currency, category))
        for name, category, at, amount in ONCE:
            if number == at:
                paid = decimal(amount, 2, sign=",", fewest=2)
                rows.append((f"{text}-14", "", name, paid, "USD", category))
    return text_file(rows, EXCEL_TR)


def _with_thousands(cents: int) -> str:
    """Return an amount as 18.000,00."""
    return f"{cents // 100:,}".replace(",", ".") + f",{cents % 100:02}"


def mapped_skus(costs: UnitCosts) -> tuple[int, int]:
    """Return the SKU that sku_map.csv gives a cost code, and the one that it gives a cost."""
    unknown = np.flatnonzero(~costs.has_row & ~costs.is_free & ~costs.is_absent)
    return int(unknown[_COST_BY_CODE]), int(unknown[_COST_BY_HAND])


def sku_map_file(catalogue: Catalogue, costs: UnitCosts) -> bytes:
    """Return the bytes of sku_map.csv: costs of two SKUs that cost.csv does not know by name."""
    by_code, by_hand = (catalogue.skus[number] for number in mapped_skus(costs))
    first = catalogue.skus[0]
    return text_file(
        [
            ("sku", "same_as", "cost_code", "desi_code", "parent", "unit_cost", "currency", "note"),
            (by_code.name, "", str(by_code.code), by_code.variant_code, "", "", "", "by its code"),
            (by_hand.name, "", "", "", "", COST_BY_HAND, "USD", "asked the workshop"),
            (f"OLD-{first.name}", first.name, "", "", "", "", "", "the name before 2020"),
            ("GIFT-CARD", "", "", "", "", "0", "USD", "it costs nothing,\nor does it?"),
            ("NOT-OURS", "", "1234567", "", "", "", "", "a code of another shop"),
            ("CHICKEN", "EGG", "", "", "", "", "", ""),
            ("EGG", "CHICKEN", "", "", "", "", "", ""),
        ]
    )


def prefixes_file() -> bytes:
    """Return the bytes of sku_prefixes.csv."""
    return text_file([("prefix", "kind", "canonical"), *_PREFIXES, ("US", "channel", "")], _OLD_MAC)


def regions_file() -> bytes:
    """Return the bytes of cost_regions.csv; a country that is not named takes `*`."""
    rows: list[Row] = [
        ("Ülke", "Bölge", "confidence"),
        ("Ruritanya", "EU", "assumed"),
        ("Türkiye", "US", "assumed"),  # corrected below
    ]
    for number, country in enumerate(c for c in COUNTRIES if c.region != ANYWHERE):
        name = country.code if number % 2 else country.name_tr
        rows.append((name, _REGION_WORDS[country.region][number % 3], "assumed"))
    return text_file([*rows, ("*", ANYWHERE, "assumed")], _TURKISH_WINDOWS)


def parcels_file() -> bytes:
    """Return the bytes of parcels.csv; the duty-free limit of the United States ended in 2025."""
    head = ("setting", "value", "currency", "valid_from", "valid_to")
    return text_file([head, *_PARCELS], _BARS)


def offsite_file(shop: DemoShop) -> bytes:
    """Return the bytes of offsite_orders.csv: orders that advertising elsewhere brought."""
    rows: list[Row] = [(f"{_MARK}order_id", "fee_kind"), *_BAD_OFFSITE]
    orders = shop.order_id[shop.fulfilment.counts & (shop.amounts.paid > 0)]
    for number, order_id in enumerate(orders[::_OFFSITE_EVERY].tolist()):
        reduced = number % _REDUCED_EVERY == 0
        rows.append((str(order_id), "offsite_ads_reduced" if reduced else "offsite_ads"))
    return text_file(rows, _UTF_16)
