"""Duty rates in per cent; two rates in a cell are decided by the duty beside them, or added."""

import numpy as np
import pytest

from engine.sources.duty_files import DUTY_LAYOUT
from engine.sources.duty_rates import DutyRates, percent_text, read_duty_rates
from engine.sources.findings import Findings
from engine.sources.owner_rows import UNKNOWN, OwnerRows
from engine.sources.text_files import read_text


def read(cell: str, declared: int, duty: int, findings: Findings | None = None) -> DutyRates:
    found = Findings() if findings is None else findings
    text = f"SKU;DUTY OTAN;DUTY\nA;{cell};1,5\n"
    records = read_text(text.encode(), "us_duties.csv", (DUTY_LAYOUT,), found)
    rows = OwnerRows(records, found, numbers=("duty_rate", "duty"))
    return read_duty_rates(rows, np.array([declared]), np.array([duty]))


@pytest.mark.parametrize(
    ("cell", "ppm"), [("4,5", 45_000), ("4.5 %", 45_000), ("0", 0), ("", UNKNOWN), ("x", UNKNOWN)]
)
def test_one_rate_is_per_cent(cell: str, ppm: int) -> None:
    rates = read(cell, 100_000, 7_000)
    assert (rates.ppm[0], rates.one[0], rates.other[0]) == (ppm, ppm, 0)
    assert rates.is_range.tolist() == [False]


@pytest.mark.parametrize(
    ("declared", "duty", "ppm"),
    [
        (100_000, 7_000, 70_000),
        (100_000, 4_500, 45_000),
        (100_000, 13_000, 130_000),
        (30_000, 2_000, 66_667),
        (100_000, 4_400, 130_000),
        (100_000, 13_100, 130_000),
        (100_000, UNKNOWN, 130_000),
        (UNKNOWN, 7_000, 130_000),
    ],
    ids=["between", "the smaller", "the sum", "rounded", "below", "above", "no duty", "no value"],
)
def test_of_two_rates_the_duty_proves_one_within_bounds_else_both_are_added(
    declared: int, duty: int, ppm: int
) -> None:
    findings = Findings()
    rates = read("4.5 & 8.5", declared, duty, findings)
    assert (rates.ppm[0], rates.one[0], rates.other[0]) == (ppm, 45_000, 85_000)
    assert rates.is_range.tolist() == [True]
    assert [f.code for f in findings] == ["RATE_RANGE"]


def test_the_note_says_which_rate_is_used_and_why() -> None:
    findings = Findings()
    read("4.5 & 8.5", 100_000, 7_000, findings)
    read("4,5&8,5", 100_000, 0, findings)
    assert [str(f) for f in findings] == [
        'us_duties.csv: row 2, column "DUTY OTAN": value "4.5 & 8.5" gives two rates; expected '
        "one rate; the duty beside them proves 7 %, which is used",
        'us_duties.csv: row 2, column "DUTY OTAN": value "4,5&8,5" gives two rates; expected '
        "one rate; both together are 13 %, which is used",
    ]


@pytest.mark.parametrize("cell", ["4.5 & x", "4.5 & ", "1 & 2 & 3", "4.5 & 1.234", "-1 & 2"])
def test_what_is_no_pair_of_rates_is_not_a_number(cell: str) -> None:
    findings = Findings()
    assert read(cell, 100_000, 7_000, findings).ppm.tolist() == [UNKNOWN]
    assert [f.code for f in findings] == ["NOT_A_NUMBER"]


def test_rates_as_text() -> None:
    assert [percent_text(ppm) for ppm in (45_000, 100_000, 66_667, 0)] == [
        "4.5 %", "10 %", "6.6667 %", "0 %",
    ]  # fmt: skip
