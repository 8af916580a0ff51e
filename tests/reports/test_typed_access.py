"""The reports read from Python as docs/analysts.md shows it: typed rows, and a frame."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import adbc_driver_postgresql.dbapi
import pandas as pd

from engine.database.client import open_client
from engine.database.url import DatabaseUrl
from tests.reports.small_shop import rows


def test_the_typed_client_gives_exact_amounts_and_days(reported: DatabaseUrl) -> None:
    stored = rows(
        reported,
        "SELECT period_start, net_sales FROM shop_reports WHERE period_type = 'MONTHLY' "
        "AND is_complete ORDER BY 1 DESC",
    )
    with open_client(reported) as db:
        months = db.shopreport.find_many(
            where={"shop_id": 1, "period_type": "MONTHLY", "is_complete": True},
            order={"period_start": "desc"},
        )
        january = db.shopreport.find_unique(
            where={
                "shop_id_period_type_period_start": {
                    "shop_id": 1,
                    "period_type": "MONTHLY",
                    "period_start": datetime(2026, 1, 1, tzinfo=UTC),
                }
            }
        )
    assert [(month.period_start.date(), month.net_sales) for month in months] == stored
    assert len(stored) == 3
    assert january.net_sales == Decimal("77.34")


def test_a_frame_comes_straight_from_a_view(reported: DatabaseUrl) -> None:
    with adbc_driver_postgresql.dbapi.connect(reported.libpq()) as connection:
        frame = pd.read_sql(
            "SELECT period_start, net_sales::float8 AS net_sales FROM shop_monthly "
            "WHERE shop_id = 1 AND is_complete ORDER BY 1",
            connection,
        )
    stored = rows(
        reported,
        "SELECT net_sales FROM shop_reports WHERE period_type = 'MONTHLY' "
        "AND is_complete ORDER BY period_start",
    )
    assert [Decimal(f"{value:.2f}") for value in frame["net_sales"]] == [row[0] for row in stored]
