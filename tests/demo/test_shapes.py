"""The demo shop looks like a shop: growth, seasons, buyers, countries, popularity."""

from __future__ import annotations

from datetime import date

import numpy as np

from engine.demo.catalogue import build_catalogue
from engine.demo.countries import COUNTRIES
from engine.demo.shop import DemoShop
from engine.demo.sizes import SIZES, make_plan


def orders_by_month(shop: DemoShop) -> dict[tuple[int, int], int]:
    months, counts = np.unique(shop.days.month[shop.day], return_counts=True)
    return {(int(m) // 12, int(m) % 12 + 1): int(n) for m, n in zip(months, counts, strict=True)}


def test_the_number_of_orders_is_exact(default_shop: DemoShop) -> None:
    assert len(default_shop.order_id) == 12_000


def test_lines_are_about_1_3_an_order(default_shop: DemoShop) -> None:
    assert 1.25 < len(default_shop.lines) / 12_000 < 1.35


def test_december_is_about_twice_an_average_month_and_february_a_dip(
    default_shop: DemoShop,
) -> None:
    months = orders_by_month(default_shop)
    for year in (2024, 2025):
        own = [months[year, month] for month in range(1, 13)]
        assert 1.9 < own[11] / (sum(own) / 12) < 2.5
        assert min(own) == own[1]


def test_orders_grow_by_about_15_percent_a_year(default_shop: DemoShop) -> None:
    year = default_shop.days.year[default_shop.day]
    first, second, third = np.bincount(year)[:3]
    assert 1.08 < second / first < 1.22
    assert 1.08 < third / second < 1.22


def test_a_quarter_of_the_orders_comes_from_known_buyers(default_shop: DemoShop) -> None:
    buyers = default_shop.buyers
    known = buyers.buyer_id[~buyers.is_guest]
    assert 0.035 < buyers.is_guest.mean() < 0.045
    assert 0.22 < 1 - len(np.unique(known)) / len(known) < 0.28


def test_a_buyer_lives_in_one_country(default_shop: DemoShop) -> None:
    buyers = default_shop.buyers
    planted = set(default_shop.roles.values())
    home: dict[int, int] = {}
    for order, (buyer, country) in enumerate(zip(buyers.buyer_id, buyers.country, strict=True)):
        if buyer and order not in planted:
            assert home.setdefault(int(buyer), int(country)) == int(country)


def test_60_percent_go_to_the_united_states_and_25_to_europe(default_shop: DemoShop) -> None:
    country = default_shop.buyers.country
    region = np.array([c.region for c in COUNTRIES])[country]
    assert 0.57 < (country == 0).mean() < 0.63
    assert 0.22 < (region == "EU").mean() < 0.28
    assert len(np.unique(country)) > 55


def test_popularity_has_a_long_tail(default_shop: DemoShop) -> None:
    listing = default_shop.catalogue.listing_of[default_shop.lines.product]
    counts = np.sort(np.bincount(listing, minlength=120))[::-1]
    assert counts[0] > 8 * counts[40] > 0


def test_evening_is_busier_than_morning(default_shop: DemoShop) -> None:
    elapsed = default_shop.seconds - default_shop.days.start[default_shop.day]
    hours = np.bincount(elapsed // 3_600, minlength=24)
    assert hours[18:24].sum() > 3 * hours[5:11].sum()


def test_prices_rise_once_a_year(default_shop: DemoShop) -> None:
    price = default_shop.catalogue.price_of(np.array([0, 0, 0]), np.array([0, 1, 2]))
    assert price.tolist() == [3_490, 3_620, 3_760]


def test_sizes_scale_listings_and_skus() -> None:
    for size in SIZES:
        plan = make_plan(size)
        catalogue = build_catalogue(plan, plan.shops[0])
        names = {sku.name for sku in catalogue.skus}
        assert len(catalogue.listings) == plan.size.listings
        assert len(names) == plan.size.skus
        assert set(catalogue.sku_of[catalogue.sku_of >= 0].tolist()) == set(range(len(names)))


def test_ids_ascend_with_gaps_and_do_not_meet_those_of_the_other_shop(
    small_demo: object, each_shop: DemoShop
) -> None:
    for ids in (each_shop.order_id, each_shop.line_id):
        assert np.diff(ids).min() >= 1
        assert np.diff(ids).max() > 1
    first_ids = {1: 3_100_000_000, 2: 3_600_000_000}
    assert each_shop.order_id[0] - first_ids[each_shop.plan.shop_id] in range(1, 6)


def test_the_catalogue_has_the_example_of_the_brand(default_shop: DemoShop) -> None:
    first = default_shop.catalogue.skus[0]
    assert (first.name, first.variant_code) == ("FELT-SLEEVE-13IN-GREY", "7301-Grey")


def test_the_plan_holds_the_leap_day(default_shop: DemoShop) -> None:
    leap_day = default_shop.days.index(date(2024, 2, 29))
    assert (default_shop.day == leap_day).sum() >= 2
