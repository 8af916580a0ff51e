"""All rows of a demo, table by table, parents before children."""

from __future__ import annotations

from collections.abc import Iterator

from engine.demo.account_tables import account_rows, review_rows
from engine.demo.listing_tables import (
    ad_rows,
    listing_rows,
    product_rows,
    shop_rows,
    snapshot_rows,
    visit_rows,
)
from engine.demo.order_tables import line_rows, order_rows, parcel_rows, refund_rows
from engine.demo.shop import Demo, DemoShop
from engine.demo.tables import Table


def shop_tables(demo: Demo) -> list[Table]:
    """Return the rows of `shops`, one table a shop."""
    return [shop_rows(demo.plan, shop) for shop in demo.shops]


def fact_tables(shop: DemoShop) -> Iterator[Table]:
    """Yield the rows of every other table for one shop; a table may come in parts.

    Each is made when it is asked for, so that a large shop is never in memory twice.
    """
    yield listing_rows(shop)
    yield from product_rows(shop)
    yield order_rows(shop)
    yield line_rows(shop)
    yield from refund_rows(shop)
    yield parcel_rows(shop)
    yield from account_rows(shop)
    yield from ad_rows(shop)
    yield from visit_rows(shop)
    yield review_rows(shop)
    yield from snapshot_rows(shop)
