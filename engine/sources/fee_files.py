"""Reading `etsy_fees.csv`; without the owner's file the shipped one is used.

A row whose rate can't be read stays, as a fee that is not known: leaving it out would mean that
there is no such fee.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from importlib import resources
from itertools import combinations

import numpy as np

from engine.money import UNIT_SCALE, currency_digits
from engine.sources.countries import find_country
from engine.sources.currencies import currencies_of
from engine.sources.fee_schedule import (
    ANY,
    DOMESTIC,
    EURO,
    EVERYWHERE,
    FEE_KINDS,
    OTHER,
    FeeRow,
    FeeSchedule,
)
from engine.sources.findings import Findings, Level, refusal
from engine.sources.folding import fold
from engine.sources.landing.file_rows import Problem
from engine.sources.numbers import is_missing
from engine.sources.owner_rows import NumberKind, OwnerRows
from engine.sources.records import Layout, Records
from engine.sources.text_files import read_text

_COLUMNS = """
    country fee_kind buyer rate fixed_minor currency max_minor below_minor base credit valid_from
    valid_to source confidence
""".split()
FEE_LAYOUT = Layout(
    "etsy_fees",
    dict.fromkeys(_COLUMNS, ()),
    required=(("country",), ("fee_kind",), ("rate",)),
    wanted="country, fee_kind, buyer, rate, fixed_minor, currency, base, valid_from, valid_to",
)
_FILE = "etsy_fees.csv"
_NOT_STATED = -(2**63)
_RATE = NumberKind(6, "a fraction such as 0.065", 1, may_be_negative=True, is_fraction=True)
_MINOR = NumberKind(0, "whole cents such as 25, or what the currency has for them", 10**11)
_AMOUNTS = ("fixed_minor", "max_minor", "below_minor")
_PARTS = ("items", "shipping", "gift_wrap", "tax")
_ORDER = {"order": ("items", "shipping", "gift_wrap")}
_ALONE = ("unit", "deposit", "month", "once", "fees")
_CREDITS = ("", "rate", "all", "none")
_UNKNOWN_START = frozenset(("unknown",))


@lru_cache(maxsize=1)
def shipped_fees() -> FeeSchedule:
    """Return the schedule that is used without the owner's own."""
    content = resources.files("engine.sources").joinpath(_FILE).read_bytes()
    findings = Findings()
    return read_fees(read_text(content, _FILE, (FEE_LAYOUT,), findings), findings)


def read_fees(records: Records, findings: Findings) -> FeeSchedule:
    """Return the schedule of a file; it replaces the shipped one as a whole.

    A file without any row is the owner's word that the shop pays no such fees.

    Raises InputFileError (OVERLAP) for two rows of one country, kind and buyer on the same day.
    """
    rows = OwnerRows(
        records, findings, numbers=("rate", *_AMOUNTS), dates=("valid_from", "valid_to")
    )
    countries = [_shop_country(rows, index) for index in range(len(rows))]
    kinds = [_kind(rows, index) for index in range(len(rows))]
    buyers = [_buyer(rows, index) for index in range(len(rows))]
    bases = [_base(rows, index, kind) for index, kind in enumerate(kinds)]
    credits = [_credit(rows, index) for index in range(len(rows))]
    first, last = rows.spans(no_days=_UNKNOWN_START)
    numbers = _numbers(rows)
    found = [
        FeeRow(
            country=countries[index],
            kind=kinds[index],
            base=bases[index],
            buyer=buyers[index][0],
            buyer_countries=buyers[index][1],
            ppm=numbers["rate"][index],
            fixed=numbers["fixed_minor"][index],
            currency=_code(rows.texts("currency")[index]),
            cap=numbers["max_minor"][index],
            below=numbers["below_minor"][index],
            credit=credits[index],
            first=int(first[index]),
            last=int(last[index]),
            is_active=fold(rows.texts("valid_from")[index]) not in _UNKNOWN_START,
            source=rows.texts("source")[index],
            confidence=rows.texts("confidence")[index],
            row_number=records.row_numbers[index],
        )
        for index in np.flatnonzero(rows.used).tolist()
    ]
    _refuse_overlaps(found, records.file)
    is_free = not len(records) and not records.too_long
    return FeeSchedule(tuple(found), records.file, is_free)


def _numbers(rows: OwnerRows) -> dict[str, list[int | None]]:
    """Return the rate in parts per million and the amounts in 1/10,000, None = not stated.

    A row that has a number which can't be used states none of them.
    """
    stated = {"rate": rows.integers("rate", _RATE, missing=_NOT_STATED)}
    stated |= {name: rows.integers(name, _MINOR, missing=_NOT_STATED) for name in _AMOUNTS}
    numbers: dict[str, list[int | None]] = {
        name: [None if value == _NOT_STATED else value for value in values.tolist()]
        for name, values in stated.items()
    }
    for index, cell in enumerate(rows.texts("currency")):
        amounts = [numbers[name][index] for name in _AMOUNTS]
        unread = any(
            numbers[name][index] is None and not is_missing(rows.texts(name)[index])
            for name in numbers
        )
        currency = _code(cell)
        if not currency and any(amount is not None for amount in amounts) and rows.used[index]:
            _note_currency(rows, index, cell)
            unread = True
        scale = 10 ** (UNIT_SCALE - currency_digits(currency))
        for name, amount in zip(_AMOUNTS, amounts, strict=True):
            numbers[name][index] = None if unread or amount is None else amount * scale
        if unread:
            numbers["rate"][index] = None
    return numbers


def _code(cell: str) -> str:
    """Return the one currency that a cell names, '' if it names none or several."""
    named = currencies_of(cell)
    return min(named) if len(named) == 1 else ""


def _note_currency(rows: OwnerRows, index: int, cell: str) -> None:
    expected = "the ISO 4217 code of the amounts"
    problem = Problem("VALUE_MISSING", "is empty", expected)
    if cell:
        problem = Problem("CURRENCY_CONFLICT", "is not a currency", expected)
    rows.note(index, "currency", problem, action="the fee is not known", level=Level.ERROR)


def _shop_country(rows: OwnerRows, index: int) -> str:
    cell = rows.texts("country")[index]
    if cell == EVERYWHERE or cell.upper() == EURO:
        return cell.upper()
    country = find_country(cell)
    if country is None:
        expected = "the shop's ISO 3166 code, EURO, or *"
        rows.reject(
            index, "country", Problem("COUNTRY_UNKNOWN", "is not a known country", expected)
        )
    return country or ""


def _kind(rows: OwnerRows, index: int) -> str:
    kind = fold(rows.texts("fee_kind")[index]).replace(" ", "_")
    if kind not in FEE_KINDS and rows.used[index]:
        expected = " or ".join(FEE_KINDS)
        rows.reject(index, "fee_kind", Problem("VALUE_UNKNOWN", "is not a kind of fee", expected))
    return kind


def _buyer(rows: OwnerRows, index: int) -> tuple[str, frozenset[str]]:
    """Return the word for the buyers of a row, or '' and their countries."""
    cell = rows.texts("buyer")[index]
    word = fold(cell) or ANY
    if word in (ANY, DOMESTIC, OTHER):
        return word, frozenset()
    found = [find_country(part) for part in cell.split("/")]
    if None in found and rows.used[index]:
        expected = "any, domestic, other, or ISO 3166 codes such as CA/US"
        problem = Problem("VALUE_UNKNOWN", "names no buyers", expected)
        rows.reject(index, "buyer", problem)
    return "", frozenset(country for country in found if country)


def _base(rows: OwnerRows, index: int, kind: str) -> frozenset[str]:
    """Return what the rate of a row is taken of; a blank cell means the kind's usual base."""
    cell = fold(rows.texts("base")[index]).replace(" ", "") or FEE_KINDS.get(kind, "")
    words = cell.split("+")
    parts = [part for word in words for part in _ORDER.get(word, (word,))]
    is_known = cell in _ALONE or all(part in _PARTS for part in parts)
    if not is_known and rows.used[index]:
        expected = " or ".join((*_ALONE, *_ORDER, "+".join(_PARTS)))
        rows.reject(index, "base", Problem("VALUE_UNKNOWN", "is not a base of fees", expected))
    return frozenset(parts)


def _credit(rows: OwnerRows, index: int) -> str:
    credit = fold(rows.texts("credit")[index])
    if credit not in _CREDITS and rows.used[index]:
        expected = "rate, all, none, or blank"
        rows.reject(index, "credit", Problem("VALUE_UNKNOWN", "is not a way to credit", expected))
    return credit


def _refuse_overlaps(rows: Sequence[FeeRow], file: str) -> None:
    active = [row for row in rows if row.is_active]
    for one, other in combinations(active, 2):
        same_buyer = one.buyer == other.buyer and (
            one.buyer != "" or bool(one.buyer_countries & other.buyer_countries)
        )
        same = (one.country, one.kind) == (other.country, other.kind) and same_buyer
        if same and one.first <= other.last and other.first <= one.last:
            raise refusal(
                "OVERLAP",
                file,
                f"gives the fee {one.kind} of {one.country} again as row {one.row_number} does, "
                "for the same buyers and days",
                expected="a valid_to in one row before the valid_from of the other",
                row=other.row_number,
            )
