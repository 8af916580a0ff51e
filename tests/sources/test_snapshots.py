"""What the tables know only of today is copied once a local day, and never changed."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from engine.database.url import DatabaseUrl
from engine.database.write import write_transaction
from engine.sources.snapshots import copy_today
from tests.reports.small_shop import add_listing, add_shop, execute, rows

LATE = datetime(2026, 5, 1, 22, 30, tzinfo=UTC)  # the second of May in Istanbul


@pytest.fixture
def shop(database_url: DatabaseUrl) -> DatabaseUrl:
    add_shop(database_url)
    add_listing(database_url, 101)
    execute(database_url, "UPDATE listings SET num_favorers = 7, views = 90")
    offer(database_url, 1, "RING-S", [(4, 2_000, True), (3, 1_900, True)])
    offer(database_url, 2, "RING-L", [(9, 2_500, False)])
    return database_url


def offer(url: DatabaseUrl, product: int, sku: str, offers: list[tuple[int, int, bool]]) -> None:
    execute(
        url,
        "INSERT INTO listing_products (id, listing_id, product_id, sku) VALUES (%s, 101, %s, %s)",
        *(product, product, sku),
    )
    for quantity, cents, is_enabled in offers:
        execute(
            url,
            "INSERT INTO product_offerings (listing_product_id, quantity, price, price_divisor, "
            "currency_code, is_enabled) VALUES (%s, %s, %s, 100, 'USD', %s)",
            *(product, quantity, cents, is_enabled),
        )


def copy(url: DatabaseUrl, now: datetime = LATE) -> int:
    with write_transaction(url, application_name="test") as connection:
        return copy_today(connection, 1, now)


def stock(url: DatabaseUrl) -> list[tuple[Any, ...]]:
    return rows(
        url,
        "SELECT day, product_id, listing_id, sku, quantity, is_enabled, price, price_divisor, "
        "currency_code FROM stock_snapshots ORDER BY day, product_id",
    )


def test_stock_of_what_is_for_sale_is_copied_with_its_lowest_price(shop: DatabaseUrl) -> None:
    assert copy(shop) == 3
    day = date(2026, 5, 2)
    assert stock(shop) == [
        (day, 1, 101, "RING-S", 7, True, 1_900, 100, "USD"),
        (day, 2, 101, "RING-L", 0, False, 2_500, 100, "USD"),
    ]
    assert rows(shop, "SELECT * FROM listing_snapshots") == [(1, day, 101, "active", 7, 90)]


def test_the_second_of_a_day_changes_nothing(shop: DatabaseUrl) -> None:
    copy(shop)
    before = stock(shop)
    execute(shop, "UPDATE product_offerings SET quantity = 1")
    offer(shop, 3, "RING-M", [(1, 100, True)])
    assert copy(shop, datetime(2026, 5, 2, 20, 59, tzinfo=UTC)) == 0
    assert stock(shop) == before
    assert copy(shop, datetime(2026, 5, 2, 21, 0, tzinfo=UTC)) == 4


def test_a_deleted_variation_has_no_stock(shop: DatabaseUrl) -> None:
    execute(shop, "UPDATE listing_products SET is_deleted = true WHERE product_id = 1")
    copy(shop)
    assert [row[4:6] for row in stock(shop)] == [(0, False), (0, False)]


def test_a_listing_without_counters_has_no_row(shop: DatabaseUrl) -> None:
    execute(shop, "UPDATE listings SET num_favorers = NULL, views = NULL")
    copy(shop)
    assert rows(shop, "SELECT count(*) FROM listing_snapshots") == [(0,)]


def test_the_clock_of_a_demo_shop_stands_at_the_end_of_its_last_day(shop: DatabaseUrl) -> None:
    end = datetime(2026, 3, 31, 21, 0, tzinfo=UTC)  # midnight in Istanbul
    execute(shop, "UPDATE shops SET is_demo = true, synced_at = %s", end)
    copy(shop)
    assert {row[0] for row in stock(shop)} == {date(2026, 3, 31)}


def test_another_shops_listings_are_left_alone(shop: DatabaseUrl) -> None:
    add_shop(shop, 2, "Other")
    execute(shop, "UPDATE listings SET shop_id = 2")
    assert copy(shop) == 0
