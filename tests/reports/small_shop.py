"""A shop small enough to follow by hand, written straight into the source tables.

Felt & Co in Istanbul: three listings and four SKUs, six orders from December 2025 to March 2026
over the turn of a year, one refund, one line without a SKU and one without a listing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import psycopg

from engine.database.url import DatabaseUrl

SHOP = "Felt & Co"


@dataclass(frozen=True)
class Line:
    listing: int | None
    sku: str | None
    cents: int
    quantity: int = 1


def execute(url: DatabaseUrl, statement: str, *parameters: Any) -> None:
    with psycopg.connect(url.libpq()) as connection:
        connection.execute(statement, parameters)


def rows(url: DatabaseUrl, statement: str, *parameters: Any) -> list[tuple[Any, ...]]:
    with psycopg.connect(url.libpq()) as connection:
        return connection.execute(statement, parameters).fetchall()


def add_shop(
    url: DatabaseUrl, shop_id: int = 1, name: str = SHOP, currency: str = "USD", **columns: Any
) -> None:
    values = {"shop_id": shop_id, "name": name, "currency": currency, "buyer_salt": "salt"}
    values |= {"time_zone": "Europe/Istanbul", **columns}
    names, marks = ", ".join(values), ", ".join(["%s"] * len(values))
    execute(url, f"INSERT INTO shops ({names}) VALUES ({marks})", *values.values())


def add_listing(url: DatabaseUrl, listing_id: int, shop_id: int = 1) -> None:
    execute(
        url,
        "INSERT INTO listings (listing_id, shop_id, title, description, tags, state, url, price, "
        "currency_code, quantity, creation_timestamp) "
        "VALUES (%s, %s, 'Felt', '', '', 'active', '', 100, 'USD', 1, 0)",
        *(listing_id, shop_id),
    )


def add_order(
    url: DatabaseUrl,
    order_id: int,
    at: str,
    lines: list[Line],
    *,
    shop_id: int = 1,
    buyer: int = 7,
    discount: int = 0,
) -> None:
    seconds = int(datetime.fromisoformat(at).replace(tzinfo=UTC).timestamp())
    goods = sum(line.cents * line.quantity for line in lines)
    execute(
        url,
        "INSERT INTO orders (order_id, shop_id, created_timestamp, buyer_user_id, grand_total, "
        "subtotal, total_price, total_price_currency_code, grand_total_currency_code, "
        "discount_amt, item_count, is_paid, is_shipped, status, payment_method, country) VALUES "
        "(%s, %s, %s, %s, %s, %s, %s, 'USD', 'USD', %s, %s, true, false, 'paid', 'cc', 'DE')",
        *(order_id, shop_id, seconds, buyer, goods - discount, goods - discount, goods),
        *(discount, sum(line.quantity for line in lines)),
    )
    for number, line in enumerate(lines):
        execute(
            url,
            "INSERT INTO order_transactions (order_id, transaction_id, listing_id, sku, quantity, "
            "price, currency_code) VALUES (%s, %s, %s, %s, %s, %s, 'USD')",
            *(order_id, order_id * 10 + number, line.listing, line.sku, line.quantity, line.cents),
        )


def add_refund(url: DatabaseUrl, order_id: int, at: str, cents: int, *, shop_id: int = 1) -> None:
    seconds = int(datetime.fromisoformat(at).replace(tzinfo=UTC).timestamp())
    execute(
        url,
        "INSERT INTO order_refunds (order_id, shop_id, refund_id, amount, currency_code, "
        "created_timestamp) VALUES (%s, %s, %s, %s, 'USD', %s)",
        *(order_id, shop_id, order_id + 500, cents, seconds),
    )


def fill(url: DatabaseUrl, shop_id: int = 1, name: str = SHOP) -> None:
    """Add the shop and its six orders; another shop gets other order and listing ids."""
    add_shop(url, shop_id, name)
    base, listing = shop_id * 1_000, shop_id * 100
    for number in (1, 2, 3):
        add_listing(url, listing + number, shop_id)
    orders = [
        ("2025-12-30T10:00", [Line(listing + 1, "RING-S", 2_000)], 0),
        ("2026-01-02T10:00", [Line(listing + 1, "RING-S", 2_000, 2), Line(None, "BOX", 501)], 100),
        ("2026-01-15T09:30", [Line(listing + 2, "RING-L", 3_333)], 0),
        ("2026-02-28T22:30", [Line(listing + 2, "RING-L", 3_333), Line(listing + 3, None, 1)], 1),
        ("2026-03-09T08:00", [Line(listing + 1, "RING-M", 2_500, 3)], 0),
        ("2026-03-31T12:00", [Line(listing + 3, "RING-S", 1_999)], 0),
    ]
    for number, (at, lines, discount) in enumerate(orders):
        add_order(
            url, base + number, at, lines, shop_id=shop_id, buyer=7 + number % 3, discount=discount
        )
    add_refund(url, base + 2, "2026-02-03T12:00", 1_000, shop_id=shop_id)
