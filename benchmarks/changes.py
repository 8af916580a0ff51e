"""What may come late between two nights of a demo shop: a refund, and a unit cost that was wrong.

The months are fixed, because the demo is: an order of December 2025 is refunded in March 2026, and
the SKU that sold most in that March costs more than was thought. Nothing else moves, so everything
that a run writes after one of them is owed to it.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg

from engine.database.url import DatabaseUrl

MONTH = date(2026, 3, 1)
_REGIONS = ("EU", "US", "AU")
_MONTHS = [f"{year}-{month:02}" for year in range(2021, 2027) for month in range(1, 13)]
_DEARER = "9.99"
_REFUND_ID = 999_999_999
_LOCAL_DAY = "(to_timestamp(created_timestamp) AT TIME ZONE time_zone)::date"
_ORDERS = "orders JOIN shops USING (shop_id) WHERE shop_id = 1 AND status = 'Completed'"


@dataclass(frozen=True, slots=True)
class ThreeAnswers:
    """Net profit of MONTH: first reported, known at an instant, known now; and why it moved."""

    first: Decimal
    known: Decimal
    now: Decimal
    causes: dict[str, Decimal]


def write_costs(url: DatabaseUrl, folder: Path, *, dearer: str = "") -> None:
    """Write a cost.csv with every SKU, region and month; `dearer` costs more in MONTH alone."""
    skus = [sku for (sku,) in _rows(url, "SELECT DISTINCT sku FROM order_transactions ORDER BY 1")]
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "cost.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["SKU", *(f"{region}-{month}" for month in _MONTHS for region in _REGIONS)])
        for place, sku in enumerate(filter(None, skus)):
            usual = f"{1 + place % 7}.50"
            moved = {f"{MONTH:%Y-%m}"} if sku == dearer else set()
            writer.writerow(
                [
                    sku,
                    *(_DEARER if month in moved else usual for month in _MONTHS for _ in _REGIONS),
                ]
            )


def sold_most(url: DatabaseUrl) -> tuple[str, list[date]]:
    """Return the SKU with most orders in MONTH, and the local days on which it was sold there."""
    found = _rows(
        url,
        f"SELECT sku, array_agg(DISTINCT {_LOCAL_DAY}) "
        f"FROM order_transactions JOIN (SELECT * FROM {_ORDERS}) sold USING (order_id) "
        f"WHERE sku <> '' AND date_trunc('month', {_LOCAL_DAY}) = %s "
        "GROUP BY sku ORDER BY count(*) DESC, sku LIMIT 1",
        MONTH,
    )
    ((sku, days),) = found
    return sku, days


def add_late_refund(url: DatabaseUrl) -> tuple[date, date]:
    """Refund 3.00 of an order of December in the middle of MONTH; returns both local days."""
    ((order_id, day),) = _rows(
        url,
        f"SELECT order_id, {_LOCAL_DAY} FROM {_ORDERS} AND total_price > 1500 "
        f"AND {_LOCAL_DAY} BETWEEN '2025-12-05' AND '2025-12-27' "
        "AND order_id NOT IN (SELECT order_id FROM order_refunds WHERE order_id IS NOT NULL) "
        "ORDER BY order_id LIMIT 1",
    )
    refunded = MONTH.replace(day=15)
    noon = datetime.fromisoformat(f"{refunded}T12:00:00+00:00")
    with psycopg.connect(url.libpq()) as connection:
        connection.execute(
            "INSERT INTO order_refunds (order_id, shop_id, refund_id, amount, currency_code, "
            "created_timestamp) VALUES (%s, 1, %s, 300, 'USD', %s)",
            (order_id, _REFUND_ID, int(noon.timestamp())),
        )
    return day, refunded


def three_answers(url: DatabaseUrl, known_at: datetime) -> ThreeAnswers:
    """Ask for net profit of MONTH as it was first reported, as known at an instant, and now."""

    def profit(source: str, *parameters: Any) -> Decimal:
        ((amount,),) = _rows(
            url,
            f"SELECT net_profit FROM {source} WHERE shop_id = 1 AND period_type = 'MONTHLY' "
            "AND period_start = %s",
            *parameters,
            MONTH,
        )
        return Decimal(amount)

    causes = _rows(
        url,
        "SELECT cause, sum(amount) FROM report_restatements WHERE shop_id = 1 "
        "AND level = 'SHOP' AND period_type = 'MONTHLY' AND period_start = %s GROUP BY 1",
        MONTH,
    )
    return ThreeAnswers(
        first=profit("shop_first_reported"),
        known=profit("shop_reports_as_of(%s)", known_at),
        now=profit("shop_reports"),
        causes=dict(causes),
    )


def _rows(url: DatabaseUrl, statement: str, *parameters: Any) -> list[tuple[Any, ...]]:
    with psycopg.connect(url.libpq()) as connection:
        return connection.execute(statement.encode(), parameters or None).fetchall()
