"""The price of a parcel: tiers, days, and weights above the last tier."""

import numpy as np
import pytest

from engine.sources.owner_rows import OPEN_END, OPEN_START, UNKNOWN
from engine.sources.price_lists import NO_PRICES, FoundPrices, PriceList, PriceTable

# Prices in 1/10,000: 0.5 kg, 1 kg, 2 kg.
TABLE = PriceTable(
    ("1", "2"),
    (
        PriceList(
            np.array([500, 1000, 2000]),
            np.array([[70_000, 90_000, 120_000], [80_000, UNKNOWN, 130_000]]),
            OPEN_START,
            99,
        ),
        PriceList(np.array([1000, 2000]), np.array([[95_000, 125_000], [99_000, 98_000]]), 100),
    ),
)


def price(*parcels: tuple[str, int, int], extrapolates: bool = True) -> FoundPrices:
    """Price parcels of (zone, mdesi, day); zone '' is none."""
    names = ("2", "1", "9")
    zone = np.array([names.index(z) if z else -1 for z, _, _ in parcels], np.int32)
    mdesi = np.array([weight for _, weight, _ in parcels], np.int64)
    day = np.array([day for *_, day in parcels], np.int32)
    return TABLE.price(names, zone, mdesi, day, extrapolates)


@pytest.mark.parametrize(
    ("mdesi", "tier", "amount"),
    [(0, 500, 70_000), (499, 500, 70_000), (500, 500, 70_000), (501, 1000, 90_000),
     (510, 1000, 90_000), (1000, 1000, 90_000), (2000, 2000, 120_000)],
)  # fmt: skip
def test_a_weight_is_raised_to_the_next_tier_and_stays_on_one_that_it_meets(
    mdesi: int, tier: int, amount: int
) -> None:
    found = price(("1", mdesi, 0))
    assert (found.tier[0], found.price[0], found.is_estimated[0]) == (tier, amount, False)


@pytest.mark.parametrize(
    ("mdesi", "tier", "amount"),
    [(2001, 3000, 150_000), (3000, 3000, 150_000), (3001, 4000, 180_000), (9500, 10_000, 360_000)],
)
def test_above_the_last_tier_the_last_two_go_on_and_it_is_an_estimate(
    mdesi: int, tier: int, amount: int
) -> None:
    found = price(("1", mdesi, 0))
    assert (found.tier[0], found.price[0], found.is_estimated[0]) == (tier, amount, True)
    found = price(("1", mdesi, 0), extrapolates=False)
    assert (found.tier[0], found.price[0], found.is_estimated[0]) == (UNKNOWN, UNKNOWN, False)


def test_a_list_holds_until_the_next_ones_day() -> None:
    found = price(("1", 400, 99), ("1", 400, 100))
    assert found.price.tolist() == [70_000, 95_000]


@pytest.mark.parametrize(
    "parcel",
    [("", 400, 0), ("9", 400, 0), ("2", 700, 0), ("1", UNKNOWN, 0), ("2", 2001, 100)],
    ids=["no zone", "zone without a column", "tier without a price", "no weight", "falling tier"],
)
def test_what_has_no_price_is_unknown_and_borrows_none(parcel: tuple[str, int, int]) -> None:
    found = price(parcel, ("1", 400, 0))
    assert found.price.tolist() == [UNKNOWN, 70_000]
    assert found.tier.tolist() == [UNKNOWN, 500]
    assert found.known.tolist() == [False, True]


def test_before_the_first_list_there_is_no_price() -> None:
    later = PriceTable(TABLE.zones, TABLE.lists[1:])
    zone = np.zeros(2, np.int32)
    found = later.price(("1",), zone, np.array([400, 400]), np.array([99, 100], np.int32))
    assert found.price.tolist() == [UNKNOWN, 95_000]


def test_one_tier_alone_proves_no_steps() -> None:
    table = PriceTable(("1",), (PriceList(np.array([500]), np.array([[70_000]]), 0, OPEN_END),))
    found = table.price(("1",), np.zeros(2, np.int32), np.array([500, 501]), np.zeros(2, np.int32))
    assert found.price.tolist() == [70_000, UNKNOWN]


def test_each_parcel_may_have_its_own_rule_above_the_last_tier() -> None:
    mdesi, zone = np.array([2500, 2500]), np.zeros(2, np.int32)
    found = TABLE.price(("1",), zone, mdesi, np.zeros(2, np.int32), np.array([True, False]))
    assert found.price.tolist() == [150_000, UNKNOWN]


def test_the_dearest_zone_at_a_weight() -> None:
    mdesi, day = np.array([400, 700, 1500, 2500, 400, UNKNOWN]), np.array([0, 0, 0, 0, 100, 0])
    found = TABLE.dearest(mdesi, day.astype(np.int32))
    assert found.price.tolist() == [80_000, 90_000, 130_000, 150_000, 99_000, UNKNOWN]
    assert found.is_estimated.tolist() == [False, False, False, True, False, False]


def test_without_lists_nothing_has_a_price() -> None:
    found = NO_PRICES.price(("1",), np.zeros(1, np.int32), np.array([500]), np.zeros(1, np.int32))
    assert found.price.tolist() == [UNKNOWN]
    assert NO_PRICES.dearest(np.array([500]), np.zeros(1, np.int32)).price.tolist() == [UNKNOWN]
