"""`parcels.csv`: how parcels are weighed, priced and taxed; one row = one setting and its days.

On days for which the owner says nothing about a setting, the shipped value holds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np

from engine.errors import did_you_mean
from engine.money import UNIT_SCALE, Int64Array
from engine.periods import day_number
from engine.sources.currencies import currencies_of
from engine.sources.desi_notes import DESI
from engine.sources.findings import Findings, refusal
from engine.sources.folding import fold
from engine.sources.frames import Int32Array
from engine.sources.landing.file_rows import Problem
from engine.sources.numbers import NotANumberError, read_number
from engine.sources.owner_rows import OPEN_END, OPEN_START, UNKNOWN, NumberKind, OwnerRows
from engine.sources.price_lists import CARRIER_CURRENCY
from engine.sources.records import Layout, Records

PARCEL_LAYOUT = Layout(
    "parcels",
    {"setting": (), "value": (), "currency": (), "valid_from": (), "valid_to": ()},
    required=(("setting",), ("value",)),
    wanted="setting, value, currency, valid_from, valid_to",
)


@dataclass(frozen=True, slots=True)
class ParcelSetting:
    """What a setting may be: one of some words, or a number. `is_money` needs a currency."""

    words: Mapping[str, int]
    number: NumberKind | None = None
    is_money: bool = False

    @property
    def expected(self) -> str:
        """What the value should be, for messages."""
        parts = [*self.words, *([self.number.expected] if self.number else [])]
        return " or ".join(parts)


_MONEY = NumberKind(UNIT_SCALE, "an amount such as 12.34", 10**6)
_CENTIMETRES = NumberKind(
    0, "cubic centimetres for a kilogram, such as 5000", 10**6, above_zero=True
)
_SHARE = NumberKind(6, "a fraction such as 0.02", 1, is_fraction=True)
PARCEL_SETTINGS: dict[str, ParcelSetting] = {
    "default_desi": ParcelSetting({"none": UNKNOWN}, DESI),
    "over_max": ParcelSetting({"unknown": 0, "extrapolate": 1}),
    "volumetric_divisor": ParcelSetting({}, _CENTIMETRES),
    "duty_base": ParcelSetting({"declared": 0, "sale": 1}),
    "duty_payer": ParcelSetting({"seller": 0, "buyer": 1}),
    "us_duty_free_limit": ParcelSetting({}, _MONEY, is_money=True),
    "carrier_fee_flat": ParcelSetting({"none": UNKNOWN}, _MONEY, is_money=True),
    "carrier_fee_rate": ParcelSetting({}, _SHARE),
}


@dataclass(frozen=True, slots=True)
class SettingRow:
    """A value and the days on which it holds; row_number 0 is a shipped value."""

    value: int
    first: int = OPEN_START
    last: int = OPEN_END
    currency: str = ""
    row_number: int = 0


@dataclass(frozen=True, slots=True)
class DatedSetting:
    """All values of a setting; where two hold on a day, the later one of the tuple counts."""

    rows: tuple[SettingRow, ...]

    def rows_on(self, day: Int32Array) -> Int32Array:
        """Return for each day the index of the row that holds."""
        found = np.zeros(len(day), np.int32)
        for number, row in enumerate(self.rows):
            found[(day >= row.first) & (day <= row.last)] = number
        return found

    def on(self, day: Int32Array) -> Int64Array:
        """Return the value on each day, int64, in the unit that the setting is held in."""
        return np.array([row.value for row in self.rows], np.int64)[self.rows_on(day)]


@dataclass(frozen=True, slots=True)
class ParcelSettings:
    """Every setting by day.

    default_desi: mdesi of a unit without a weight, UNKNOWN = none. over_max: 1 = a weight above the
    last tier is extrapolated. volumetric_divisor: cm³ for a kilogram. duty_base: 1 = the sale, not
    the declared value. duty_payer: 1 = the buyer. us_duty_free_limit, carrier_fee_flat: 1/10,000 of
    the major unit of the row's currency; a flat fee UNKNOWN = none. carrier_fee_rate: parts per
    million.
    """

    default_desi: DatedSetting
    over_max: DatedSetting
    volumetric_divisor: DatedSetting
    duty_base: DatedSetting
    duty_payer: DatedSetting
    us_duty_free_limit: DatedSetting
    carrier_fee_flat: DatedSetting
    carrier_fee_rate: DatedSetting


_LIMIT_ENDS = day_number(date(2025, 8, 28))  # the last day of duty-free parcels to the US
SHIPPED_SETTINGS: dict[str, tuple[SettingRow, ...]] = {
    "default_desi": (SettingRow(500),),
    "over_max": (SettingRow(1),),
    "volumetric_divisor": (SettingRow(5_000),),
    "duty_base": (SettingRow(0),),
    "duty_payer": (SettingRow(0),),
    "us_duty_free_limit": (
        SettingRow(0, currency=CARRIER_CURRENCY),
        SettingRow(800 * 10**UNIT_SCALE, last=_LIMIT_ENDS, currency=CARRIER_CURRENCY),
    ),
    "carrier_fee_flat": (SettingRow(UNKNOWN),),
    "carrier_fee_rate": (SettingRow(0),),
}


def shipped_settings() -> ParcelSettings:
    """Return the settings that hold without a file."""
    return _settings({})


def read_parcel_settings(records: Records, findings: Findings) -> ParcelSettings:
    """Return the settings of a file, completed with the shipped ones.

    A value that can't be read is noted, and the shipped one holds. Raises InputFileError for a
    setting that does not exist, and (OVERLAP) for two rows of one on the same day.
    """
    names = _names(records)
    rows = OwnerRows(records, findings, numbers=("value",), dates=("valid_from", "valid_to"))
    first, last = rows.spans()
    found: dict[str, list[SettingRow]] = {}
    for index, name in enumerate(names):
        value = _value(rows, index, PARCEL_SETTINGS[name])
        currency = _currency(rows, index, PARCEL_SETTINGS[name])
        if not rows.used[index] or value is None:
            continue
        number = records.row_numbers[index]
        row = SettingRow(value, int(first[index]), int(last[index]), currency, number)
        for other in found.setdefault(name, []):
            if row.first <= other.last and other.first <= row.last:
                raise refusal(
                    "OVERLAP",
                    records.file,
                    f"gives the setting {name} again as row {other.row_number} does, on the same "
                    "days",
                    expected="a valid_to in one row before the valid_from of the other",
                    row=number,
                )
        found[name].append(row)
    return _settings(found)


def _settings(own: Mapping[str, list[SettingRow]]) -> ParcelSettings:
    return ParcelSettings(
        **{
            name: DatedSetting((*shipped, *own.get(name, ())))
            for name, shipped in SHIPPED_SETTINGS.items()
        }
    )


def _names(records: Records) -> list[str]:
    """Return the setting of each row; refuse the file for one that does not exist."""
    names = [fold(cell).replace(" ", "_") for cell in records.column("setting")]
    for name, number in zip(names, records.row_numbers, strict=True):
        if name not in PARCEL_SETTINGS:
            hint = did_you_mean(name, PARCEL_SETTINGS)
            raise refusal(
                "VALUE_UNKNOWN",
                records.file,
                f"has a setting {name!r}, which does not exist" + (f". {hint}" if hint else ""),
                expected=", ".join(PARCEL_SETTINGS),
                row=number,
            )
    return names


def _value(rows: OwnerRows, index: int, setting: ParcelSetting) -> int | None:
    """Return a row's value as an integer; None, and the row rejected, if it is not understood."""
    cell = rows.texts("value")[index]
    word = fold(cell)
    if word in setting.words:
        return setting.words[word]
    problem = Problem("VALUE_UNKNOWN", "is not a value of this setting", setting.expected)
    if not cell:
        problem = Problem("VALUE_MISSING", "is empty", setting.expected)
    if setting.number is not None and cell:
        try:
            number = read_number(cell, rows.style)
        except NotANumberError:
            number = None
        exact = None if number is None else setting.number.exact(cell, number)
        if isinstance(exact, Problem):
            problem = exact
        elif exact is not None and exact == exact.to_integral_value():
            return int(exact)
    rows.reject(index, "value", problem)
    return None


def _currency(rows: OwnerRows, index: int, setting: ParcelSetting) -> str:
    """Return the currency of a row's amount, CARRIER_CURRENCY if none is named."""
    cell = rows.texts("currency")[index]
    if not setting.is_money or not cell:
        return CARRIER_CURRENCY if setting.is_money else ""
    named = currencies_of(cell)
    if len(named) != 1 and rows.used[index]:
        expected = "an ISO 4217 code such as USD"
        rows.reject(index, "currency", Problem("CURRENCY_CONFLICT", "is not a currency", expected))
    return min(named, default="")
