from __future__ import annotations

from datetime import date

import pytest

from engine.demo.sizes import SIZES, make_plan
from engine.errors import UsageError


def test_the_default_is_three_years_of_one_shop() -> None:
    plan = make_plan()
    assert (plan.first, plan.last) == (date(2023, 11, 1), date(2026, 10, 31))
    assert [(shop.name, shop.orders, shop.listings) for shop in plan.shops] == [
        ("Tuftmoor Felt", 12_000, 120)
    ]


@pytest.mark.parametrize(("size", "orders"), [("S", 50_000), ("M", 500_000), ("L", 5_000_000)])
def test_larger_sizes_have_five_years(size: str, orders: int) -> None:
    plan = make_plan(size)
    assert plan.first == date(2021, 11, 1)
    assert plan.shops[0].orders == orders
    assert plan.first < date(2024, 2, 29) < plan.last


def test_a_last_day_of_february_29_begins_on_march_1() -> None:
    assert make_plan(end=date(2028, 2, 29)).first == date(2025, 3, 1)


def test_the_second_shop_is_small_and_counts_in_whole_yen() -> None:
    second = make_plan(shops=2).shops[1]
    assert (second.time_zone, second.currency, second.divisor) == ("America/New_York", "JPY", 1)
    assert second.orders == 600
    assert second.price(3_490) == 5_230  # a yen and a half a cent, in tens


def test_an_unknown_size_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UsageError, match=r"There is no size 'XL'; expected one of demo, S, M, L"):
        make_plan("XL")


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"orders": 10}, r"The number of orders is 10; expected 300 to 20000000"),
        ({"seed": -1}, r"The seed is -1; expected 0 to 4294967295"),
        ({"shops": 6}, r"The number of shops is 6; expected 1 to 5"),
        ({"end": date(1999, 1, 1)}, r"The last day 1999-01-01 is out of range"),
    ],
)
def test_values_out_of_range_are_refused(values: dict[str, int], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        make_plan(**values)  # type: ignore[arg-type]


def test_every_size_names_its_grain_of_facts() -> None:
    assert {size.name: size.facts for size in SIZES.values()} == {
        "demo": "monthly",
        "S": "weekly",
        "M": "weekly",
        "L": "daily",
    }
