"""Copies what the tables know only of today: offers and favourites, once for each local day.

Whoever comes first on a day writes its copy, an import or a report run, and nobody changes it. The
copies are what past days of stock and favourites are read from.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from engine.database.write import Connection
from engine.local_time import local_clock
from engine.sources.contracts import OF_SHOP
from engine.sources.listing_contracts import FOR_SALE, OFFERS_FROM

# The lowest price of what is for sale, else of all; its divisor and currency go with it.
_CHEAPEST = f"ORDER BY {FOR_SALE} DESC, f.price::numeric / coalesce(f.price_divisor, 100), f.id"
_OF_SHOP = OF_SHOP.replace("$1", "%(shop)s")
_NOT_YET = "NOT EXISTS (SELECT FROM {} WHERE shop_id = %(shop)s AND day = %(day)s)"
_OFFERS = f"""
    INSERT INTO stock_snapshots (shop_id, day, product_id, listing_id, sku, quantity, is_enabled,
      price, price_divisor, currency_code)
    SELECT %(shop)s, %(day)s, p.product_id, p.listing_id, p.sku,
      coalesce(sum(f.quantity) FILTER (WHERE {FOR_SALE}), 0), bool_or({FOR_SALE}),
      (array_agg(f.price {_CHEAPEST}))[1], (array_agg(f.price_divisor {_CHEAPEST}))[1],
      (array_agg(f.currency_code {_CHEAPEST}))[1]
    FROM {OFFERS_FROM} WHERE {_OF_SHOP} AND {_NOT_YET.format("stock_snapshots")}
    GROUP BY p.id
"""
_COUNTERS = f"""
    INSERT INTO listing_snapshots (shop_id, day, listing_id, state, num_favorers, views)
    SELECT %(shop)s, %(day)s, o.listing_id, o.state, o.num_favorers, o.views
    FROM listings o WHERE {_OF_SHOP} AND {_NOT_YET.format("listing_snapshots")}
      AND (o.num_favorers IS NOT NULL OR o.views IS NOT NULL)
"""


def copy_today(connection: Connection, shop_id: int, now: datetime) -> int:
    """Copy a shop's offers and counters for its local day, and return the number of new rows.

    Where the day has a copy nothing is written. A demo shop's clock stands at the end of its last
    day, whatever `now` is.
    """
    day = _local_day(connection, shop_id, now)
    wanted = {"shop": shop_id, "day": day}
    return sum(
        connection.execute(statement.encode(), wanted).rowcount
        for statement in (_OFFERS, _COUNTERS)
    )


def _local_day(connection: Connection, shop_id: int, now: datetime) -> date:
    row = connection.execute(
        "SELECT time_zone, CASE WHEN is_demo THEN synced_at END FROM shops WHERE shop_id = %s",
        (shop_id,),
    ).fetchone()
    assert row is not None, "the shop was chosen from this table"
    zone, stands_at = row
    if stands_at is not None:
        now = stands_at.replace(tzinfo=UTC) - timedelta(microseconds=1)
    return local_clock(zone).day_of(now)
