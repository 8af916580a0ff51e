"""A shop whose shelves and listings are looked at on a few days; every figure is known by hand.

Listing 101 offers RED (in two sizes without a SKU of their own: products 1 and 2) and BLUE (3),
listing 102 offers BLUE again (4). RED costs 4.00, BLUE has no cost. The clock stands at noon of 31
March 2026; the tables hold that day, the copies the days below.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from engine.metrics.compute import Snapshot
from tests.shop_builder import (
    Line,
    Offer,
    Order,
    Review,
    Span,
    a_shop,
    costs,
    snapshot_of,
    tables,
    utc,
)

WATERMARK = utc("2026-03-31T12:00:00")
US, MARCH_2026 = 0, 2026 * 12 + 2


def looks(day: date | None, *quantities: int) -> list[Offer]:
    """What was seen on a day; a quantity below zero is an offer that was switched off."""
    products = ((1, 101, "RED", 1_000), (2, 101, "RED", 1_250), (3, 101, "BLUE", 700))
    offers = [*products, (4, 102, "BLUE", 800)]
    return [
        Offer(day, product, listing, sku, abs(quantity), price, is_enabled=quantity >= 0)
        for (product, listing, sku, price), quantity in zip(offers, quantities, strict=False)
    ]


def snapshot(of_red: int = 6, stock: int = 3, watermark: datetime = WATERMARK) -> Snapshot:
    """The shop; tests may have other pieces of RED sold in March, there now, or a later clock."""
    orders = [
        Order(1, datetime(2026, 1, 15, 9), [Line(11, "RED", 1, 1_000, 101)], buyer=1),
        Order(2, datetime(2026, 3, 10, 9), [Line(21, "RED", of_red, 1_000, 101)], buyer=2),
        Order(3, datetime(2026, 3, 20, 9), [Line(31, "BLUE", 2, 700, 102)], buyer=1),
    ]
    orders = [order for order in orders if order.lines[0].quantity]
    march = [date(2026, 3, 1) + timedelta(days=number) for number in range(31)]
    visits = [Span(number, 101, day, day, visits=3, views=4) for number, day in enumerate(march, 1)]
    visits += [Span(50, 102, march[0], march[9], visits=20, views=30)]
    source = tables(
        a_shop(synced_at=watermark),
        orders,
        visits=visits,
        offers=[
            *looks(date(2026, 2, 27), 10, 5, 3, 2),
            *looks(date(2026, 3, 12), 4, 0, 3, 2),
            *looks(date(2026, 3, 24), 4, 5, -3),  # listing 102 was not there
            *looks(None, stock, 5, 3, 1),
        ],
        likes=[
            (date(2026, 2, 27), 101, 40),
            (date(2026, 2, 27), 102, 10),
            (None, 101, 46),
            (None, 102, 8),
        ],
        reviews=[
            Review(11, datetime(2026, 3, 2, 8), 5),
            Review(21, datetime(2026, 3, 31, 8), 4),
            Review(31, datetime(2026, 3, 31, 23), 3),
        ],
    )
    table = costs({("RED", US, MARCH_2026 - 2): 40_000})
    return snapshot_of(source, table, watermark=watermark)
