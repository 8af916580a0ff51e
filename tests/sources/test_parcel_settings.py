"""parcels.csv: settings by day, the shipped ones where the owner says nothing."""

from datetime import date

import numpy as np
import pytest

from engine.errors import InputFileError
from engine.periods import day_number
from engine.sources.findings import Findings
from engine.sources.owner_rows import UNKNOWN
from engine.sources.parcel_settings import (
    PARCEL_LAYOUT,
    PARCEL_SETTINGS,
    SHIPPED_SETTINGS,
    DatedSetting,
    ParcelSettings,
    read_parcel_settings,
    shipped_settings,
)
from engine.sources.text_files import read_text

BEFORE, AFTER = day_number(date(2025, 8, 28)), day_number(date(2025, 8, 29))


def read(text: str, findings: Findings | None = None) -> ParcelSettings:
    found = Findings() if findings is None else findings
    records = read_text(text.encode(), "parcels.csv", (PARCEL_LAYOUT,), found)
    return read_parcel_settings(records, found)


def on(setting: DatedSetting, *days: int) -> list[int]:
    return setting.on(np.array(days or (0,), np.int32)).tolist()


def test_shipped_settings() -> None:
    settings = shipped_settings()
    assert on(settings.default_desi) == [500]
    assert on(settings.over_max) == [1]
    assert on(settings.volumetric_divisor) == [5000]
    assert on(settings.duty_base) == [0]
    assert on(settings.duty_payer) == [0]
    assert on(settings.us_duty_free_limit, BEFORE, AFTER) == [8_000_000, 0]
    assert on(settings.carrier_fee_flat) == [UNKNOWN]
    assert on(settings.carrier_fee_rate) == [0]
    assert SHIPPED_SETTINGS.keys() == PARCEL_SETTINGS.keys()


def test_the_owners_values_replace_the_shipped_ones() -> None:
    findings = Findings()
    settings = read(
        "setting;value;currency\nDefault Desi;none;\nover_max;unknown;\nvolumetric_divisor;4000;\n"
        "duty_base;sale;\nduty_payer;Buyer;\nus_duty_free_limit;100,50;EUR\n"
        "carrier_fee_flat;12;\ncarrier_fee_rate;2,5 %;\n",
        findings,
    )
    assert on(settings.default_desi) == [UNKNOWN]
    assert on(settings.over_max) == [0]
    assert on(settings.volumetric_divisor) == [4000]
    assert on(settings.duty_base) == [1]
    assert on(settings.duty_payer) == [1]
    assert on(settings.us_duty_free_limit, BEFORE, AFTER) == [1_005_000, 1_005_000]
    limit = settings.us_duty_free_limit
    row = limit.rows[int(limit.rows_on(np.array([AFTER], np.int32))[0])]
    assert (row.currency, row.row_number) == ("EUR", 7)
    assert settings.carrier_fee_flat.rows[-1].currency == "USD"
    assert on(settings.carrier_fee_flat) == [120_000]
    assert on(settings.carrier_fee_rate) == [25_000]
    assert len(findings) == 0


def test_a_dated_value_holds_on_its_days_and_the_shipped_one_on_others() -> None:
    settings = read(
        "setting,value,currency,valid_from,valid_to\n"
        "default_desi,0.7,,2025-01-01,2025-08-28\ndefault_desi,0.9,,2025-08-29,\n"
    )
    days = (day_number(date(2024, 12, 31)), day_number(date(2025, 1, 1)), BEFORE, AFTER)
    assert on(settings.default_desi, *days) == [500, 700, 700, 900]


def test_a_setting_that_does_not_exist_is_refused_with_the_list() -> None:
    with pytest.raises(
        InputFileError,
        match=r"row 2: has a setting 'default_dessi', which does not exist. "
        r"Did you mean default_desi\?; expected default_desi, over_max, volumetric_divisor, ",
    ):
        read("setting,value\ndefault_dessi,0.5\n")


def test_two_rows_of_a_setting_on_the_same_days_are_refused() -> None:
    with pytest.raises(
        InputFileError, match=r"row 3: gives the setting over_max again as row 2 does.*OVERLAP"
    ):
        read("setting,value\nover_max,unknown\nover_max,extrapolate\n")


def test_values_that_are_not_understood_leave_the_shipped_ones() -> None:
    findings = Findings()
    settings = read(
        "setting,value,currency\ndefault_desi,heavy,\nover_max,perhaps,\nduty_base,,\n"
        "carrier_fee_rate,2,\nus_duty_free_limit,5,shells\nvolumetric_divisor,0,\n",
        findings,
    )
    assert settings == shipped_settings()
    assert [(f.row, f.code) for f in findings] == [
        (2, "VALUE_UNKNOWN"),
        (3, "VALUE_UNKNOWN"),
        (4, "VALUE_MISSING"),
        (5, "NOT_A_NUMBER"),
        (6, "CURRENCY_CONFLICT"),
        (7, "NEGATIVE"),
    ]
    assert str(next(iter(findings))) == (
        'parcels.csv: row 2, column "value": value "heavy" is not a value of this setting; '
        "expected none or kilograms above 0 and up to 100, such as 0.75; the row is not used"
    )
