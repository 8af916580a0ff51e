"""Which row of the fee schedule is in force for an order."""

from datetime import date

import numpy as np
import pytest

from engine.periods import day_number
from engine.sources.fee_files import shipped_fees
from engine.sources.fee_schedule import ANY, DOMESTIC, NO_ROW, OTHER, FeeRow, FeeSchedule

ORDER = frozenset(("items", "shipping", "gift_wrap"))


def row(country: str, ppm: int | None, buyer: str = ANY, *codes: str, **more: int) -> FeeRow:
    word = "" if codes else buyer
    return FeeRow(country, "processing", ORDER, word, frozenset(codes), ppm, **more)


def rates(
    schedule: FeeSchedule, shop: str | None, *buyers: str | None, kind: str = "processing",
    day: int = 0,
) -> list[int | None]:  # fmt: skip
    """Return the rate for each buyer, None where there is no row."""
    names = tuple(sorted({buyer for buyer in buyers if buyer}))
    code = np.array([names.index(b) if b else -1 for b in buyers], np.int32)
    found = schedule.rows_for(shop, kind, names, code, np.full(len(buyers), day, np.int32))
    return [schedule.rows[n].ppm if n != NO_ROW else None for n in found.tolist()]


def on(text: str) -> int:
    return day_number(date.fromisoformat(text))


def test_the_most_special_country_of_the_shop_wins() -> None:
    schedule = FeeSchedule((row("*", 1), row("EURO", 2), row("DE", 3)), "etsy_fees.csv")
    assert rates(schedule, "DE", "US") == [3]
    assert rates(schedule, "FR", "US") == [2]
    assert rates(schedule, "GB", "US") == [1]
    assert rates(schedule, None, "US") == [1]


def test_then_the_most_special_buyer_wins() -> None:
    schedule = FeeSchedule(
        (row("CA", 1), row("CA", 2, OTHER), row("CA", 3, DOMESTIC), row("CA", 4, "", "US", "MX")),
        "etsy_fees.csv",
    )
    assert rates(schedule, "CA", "US", "MX", "CA", "DE", None) == [4, 4, 3, 2, 1]


def test_the_shops_country_goes_before_the_buyer() -> None:
    schedule = FeeSchedule((row("*", 1, "", "US"), row("CA", 2)), "etsy_fees.csv")
    assert rates(schedule, "CA", "US") == [2]


def test_where_the_special_row_does_not_hold_the_general_one_does() -> None:
    schedule = FeeSchedule(
        (row("*", 1), row("CA", 2, DOMESTIC), row("TR", 3, first=10, last=19)), "etsy_fees.csv"
    )
    assert rates(schedule, "CA", "US", "CA") == [1, 2]
    assert [rates(schedule, "TR", "US", day=day) for day in (9, 10, 19, 20)] == [[1], [3], [3], [1]]


def test_an_unknown_buyer_is_any_buyer_only() -> None:
    schedule = FeeSchedule((row("AU", 1, DOMESTIC), row("AU", 2, OTHER)), "etsy_fees.csv")
    assert rates(schedule, "AU", None, "AU", "US") == [None, 1, 2]


def test_a_row_that_is_only_evidence_is_never_in_force() -> None:
    schedule = FeeSchedule((row("*", 1, is_active=False),), "etsy_fees.csv")
    assert rates(schedule, "US", "US") == [None]


def test_a_row_without_any_amount_says_that_the_fee_is_not_known() -> None:
    schedule = FeeSchedule((row("*", None), row("US", None, fixed=5), row("DE", 0)), "f.csv")
    found = np.array([0, 1, 2, NO_ROW], np.int32)
    assert schedule.unknown(found).tolist() == [True, False, False, False]


def test_there_is_no_row_of_another_kind() -> None:
    assert rates(FeeSchedule((row("*", 1),), "f.csv"), "US", "US", kind="listing") == [None]
    assert rates(FeeSchedule((), "f.csv"), "US", "US") == [None]


@pytest.mark.parametrize(
    ("shop", "kind", "buyer", "day", "ppm"),
    [
        ("US", "transaction", "DE", "2022-04-10", 50_000),
        ("US", "transaction", "DE", "2022-04-11", 65_000),
        ("US", "processing", "DE", "2026-01-01", 30_000),
        ("CA", "processing", "US", "2026-01-01", 30_000),
        ("CA", "processing", "DE", "2026-01-01", 40_000),
        ("AU", "processing", "AU", "2026-01-01", 30_000),
        ("AU", "processing", None, "2026-01-01", None),
        ("ES", "processing", "US", "2026-01-01", 40_000),
        ("NG", "processing", "US", "2026-01-01", None),
        ("TR", "regulatory", "US", "2021-06-30", None),
        ("TR", "regulatory", "US", "2026-07-31", 11_000),
        ("TR", "regulatory", "US", "2026-08-01", 16_700),
        ("GB", "regulatory", "US", "2026-07-31", 2_500),
        ("GB", "regulatory", "US", "2026-08-01", 4_800),
        ("TR", "offsite_ads", "US", "2026-08-01", 150_000),
        ("TR", "share_and_save", "US", "2026-08-01", -40_000),
    ],
)
def test_shipped_rates(shop: str, kind: str, buyer: str | None, day: str, ppm: int | None) -> None:
    assert rates(shipped_fees(), shop, buyer, kind=kind, day=on(day)) == [ppm]


def test_the_fixed_part_in_türkiye_changes_with_the_day() -> None:
    fees = shipped_fees()
    buyer, days = np.zeros(2, np.int32), np.array([on("2026-07-31"), on("2026-08-01")], np.int32)
    found = fees.rows_for("TR", "processing", ("US",), buyer, days)
    assert [(fees.rows[n].fixed, fees.rows[n].currency) for n in found.tolist()] == [
        (30_000, "TRY"),
        (140_000, "TRY"),
    ]
