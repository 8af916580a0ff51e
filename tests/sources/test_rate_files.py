"""fx_rates.csv: the same day, up to a week back, the inverse pair, and no further."""

from datetime import date

import numpy as np
import pytest

from engine.periods import day_number
from engine.sources.findings import Findings
from engine.sources.rate_files import NO_RATES, RATE_LAYOUT, RATE_SCALE, Rates, read_rates
from engine.sources.text_files import read_text

MONDAY = day_number(date(2026, 3, 2))


def read(text: str, findings: Findings | None = None) -> Rates:
    found = Findings() if findings is None else findings
    content = f"date,from,to,rate\n{text}".encode()
    return read_rates(read_text(content, "fx_rates.csv", (RATE_LAYOUT,), found), found)


def on(rates: Rates, source: str, target: str, *days: int) -> list[int]:
    return rates.on(source, target, np.array(days, np.int32)).rate.tolist()


def test_a_rate_holds_on_its_day_and_for_a_week() -> None:
    rates = read("2026-03-02,USD,TRY,41.5\n2026-03-06,USD,TRY,42\n")
    days = (MONDAY - 1, MONDAY, MONDAY + 3, MONDAY + 4, MONDAY + 6, MONDAY + 11, MONDAY + 12)
    old, new = 4_150_000_000, 4_200_000_000
    assert on(rates, "USD", "TRY", *days) == [0, old, old, new, new, new, 0]
    found = rates.on("USD", "TRY", np.array(days, np.int32))
    assert found.known.tolist() == [False, True, True, True, True, True, False]
    assert (found.day[found.known] - MONDAY).tolist() == [0, 0, 4, 4, 4]


def test_the_inverse_pair_answers_exactly_as_a_fraction() -> None:
    rates = read("2026-03-02,USD,TRY,41.5\n")
    found = rates.on("TRY", "USD", np.array([MONDAY, MONDAY + 8], np.int32))
    assert found.known.tolist() == [True, False]
    assert found.is_inverse.tolist() == [True, False]
    assert found.numerator.tolist() == [RATE_SCALE, 0]
    assert found.denominator.tolist() == [4_150_000_000, RATE_SCALE]
    assert found.rate.tolist() == [2_409_639, 0]


def test_the_pair_itself_goes_before_its_inverse_even_if_older() -> None:
    rates = read("2026-03-02,USD,TRY,41.5\n2026-03-04,TRY,USD,0.02\n")
    days = (MONDAY + 7, MONDAY + 8, MONDAY + 10)
    assert on(rates, "USD", "TRY", *days) == [4_150_000_000, 5_000_000_000, 0]
    found = rates.on("USD", "TRY", np.array(days, np.int32))
    assert found.is_inverse.tolist() == [False, True, False]


def test_no_chain_through_a_third_currency() -> None:
    rates = read("2026-03-02,USD,TRY,41.5\n2026-03-02,EUR,USD,1.08\n")
    assert on(rates, "EUR", "TRY", MONDAY) == [0]


def test_a_currency_is_worth_itself_on_every_day() -> None:
    found = NO_RATES.on("USD", "USD", np.array([MONDAY], np.int32))
    assert (found.rate.tolist(), found.known.tolist()) == ([RATE_SCALE], [True])
    assert on(NO_RATES, "USD", "TRY", MONDAY) == [0]


def test_rows_come_in_any_order_and_the_lowest_of_two_counts() -> None:
    findings = Findings()
    rates = read("2026-03-04,USD,TRY,43\n2026-03-02,USD,TRY,41\n2026-03-02,usd,₺,42\n", findings)
    assert on(rates, "USD", "TRY", MONDAY, MONDAY + 2) == [4_200_000_000, 4_300_000_000]
    assert rates.by_pair["USD", "TRY"].row_number.tolist() == [4, 2]
    assert [(f.code, f.row) for f in findings] == [("DUPLICATE_CONFLICT", 3)]


def test_rows_that_can_not_be_used_are_noted_and_left_out() -> None:
    findings = Findings()
    rates = read(
        "soon,USD,TRY,1\n,USD,TRY,1\n2026-03-02,shells,TRY,1\n2026-03-02,USD,USD,1\n"
        "2026-03-02,USD,TRY,0\n2026-03-02,USD,TRY,-1\n2026-03-02,USD,TRY,\n2026-03-02,USD,TRY,x\n"
        "2026-03-02,USD,,1\n",
        findings,
    )
    assert rates.by_pair == {}
    assert sorted((f.row, f.code) for f in findings) == [
        (2, "DATE_NOT_READ"),
        (3, "VALUE_MISSING"),
        (4, "CURRENCY_CONFLICT"),
        (5, "VALUE_UNKNOWN"),
        (6, "NEGATIVE"),
        (7, "NEGATIVE"),
        (8, "VALUE_MISSING"),
        (9, "NOT_A_NUMBER"),
        (10, "VALUE_MISSING"),
    ]


@pytest.mark.parametrize(("text", "rate"), [("0.000039421", 3_942), ("1.123456785", 112_345_679)])
def test_nine_decimals_are_rounded_to_eight(text: str, rate: int) -> None:
    findings = Findings()
    assert on(read(f"2026-03-02,VND,USD,{text}\n", findings), "VND", "USD", MONDAY) == [rate]
    assert [f.code for f in findings] == ["ROUNDED"]
