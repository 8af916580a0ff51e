"""The worked example of docs/worked-example.md: six orders whose every figure is known by hand."""

from __future__ import annotations

from datetime import datetime

from engine.metrics.compute import Snapshot
from engine.sources.cost_regions import EU, US
from engine.sources.cost_table import CostTable
from engine.sources.frames import SourceTables
from tests.shop_builder import Line, Order, Refund, a_shop, costs, snapshot_of, tables, utc

WATERMARK = utc("2026-04-10T12:00:00")
FEBRUARY_2026 = 2026 * 12 + 1


def source() -> SourceTables:
    orders = [
        Order(
            1001,
            datetime(2026, 3, 5, 10, 15),
            [Line(11, "A-RED", 2, 3000, 101), Line(12, "B", 1, 4501, 102)],
            buyer=1,
            status="completed",
            is_shipped=True,
            ship_hours=26,
            discount=1000,
            shipping=799,
            gift_wrap=300,
            grand_total=10600,
        ),
        Order(
            1002,
            datetime(2026, 2, 26, 9, 0),
            [Line(21, "A-BLUE", 1, 3200, 101)],
            buyer=2,
            status="partially refunded",
            shipping=600,
            tax=304,
            grand_total=4104,
        ),
        Order(
            1003,
            datetime(2026, 3, 12, 10, 40),
            [Line(31, "A-BLUE", 1, 3200, 101), Line(32, "B", 2, 4450, 102)],
            buyer=2,
            country="US",
            status="Completed",
            is_shipped=True,
            ship_hours=50,
            tax=847,
            grand_total=12947,
        ),
        Order(
            1004,
            datetime(2026, 3, 18, 16, 0),
            [Line(41, "C", 3, 1500, 103)],
            buyer=1,
            payment="paypal",
            shipping=500,
            grand_total=5000,
        ),
        Order(
            1005,
            datetime(2026, 3, 20, 12, 0),
            [Line(51, "B", 1, 4500, 102)],
            buyer=3,
            status="Canceled",
            grand_total=4500,
        ),
        Order(
            1006,
            datetime(2026, 3, 31, 23, 59, 30),
            [Line(61, "A-RED", 1, 0, 101)],
            payment="other",
            grand_total=0,
        ),
    ]
    refunds = [Refund(1, 1002, datetime(2026, 3, 3, 12, 0), 1500)]
    return tables(a_shop(), orders, refunds)


def cost_table() -> CostTable:
    unit_costs = {"A-RED": 82_350, "A-BLUE": 80_000, "B": 125_000}
    return costs(
        {
            (sku, region, FEBRUARY_2026): cost
            for sku, cost in unit_costs.items()
            for region in (US, EU)
        }
    )


def snapshot() -> Snapshot:
    return snapshot_of(source(), cost_table(), watermark=WATERMARK)
