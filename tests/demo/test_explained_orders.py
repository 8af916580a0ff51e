"""Orders of the demo, with all its planted cases, open down to their source rows and add up."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from engine import EcommerceAnalyticsOptimized, Settings
from engine.database.url import DatabaseUrl
from engine.demo.csv_files.folder import owner_files, write_files
from engine.demo.load import load
from engine.demo.shop import Demo
from engine.ledger.frames import EventKind

SAMPLE = 30  # orders of each shop, beside those with refunds and adjustments


@pytest.fixture
def shops(
    database_url: DatabaseUrl, small_demo: Demo, tmp_path: Path
) -> list[EcommerceAnalyticsOptimized]:
    load(database_url, small_demo)
    write_files(tmp_path, owner_files(small_demo))
    settings = Settings.load({"CSV_FOLDER": str(tmp_path)}, dotenv_file=tmp_path / ".env")
    return [
        EcommerceAnalyticsOptimized.load(shop.plan.shop_id, settings=settings, url=database_url)
        for shop in small_demo.shops
    ]


def test_a_sample_of_orders_adds_up_to_the_ledger(
    shops: list[EcommerceAnalyticsOptimized],
) -> None:
    draw = np.random.Generator(np.random.PCG64(7))
    rules: set[str] = set()
    states: set[str] = set()
    for analytics in shops:
        ledger = analytics.snapshot.ledger
        ids = ledger.orders.order_id
        telling = np.flatnonzero((ledger.kind != EventKind.SALE) & (ledger.order >= 0))
        wanted = np.concatenate(
            (
                draw.choice(ids, SAMPLE),
                ids[ledger.order[telling[:20]]],
                ids[ledger.orders.state > 0],
            )
        )
        for order_id in np.unique(wanted).tolist():
            found = analytics.explain_order(order_id)
            found.check()
            states.add(found.state)
            rules |= {part.why.rule for part in found.parts}
    assert {"counted", "cancelled"} <= states
    assert {"M9", "M10", "M21", "M29", "M32", "M33", "M36", "M38", "M39"} <= rules
