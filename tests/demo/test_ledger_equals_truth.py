"""The engine's ledger, built from the loaded demo, holds what the generator did, to the cent."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from engine.database.arrow import open_snapshot
from engine.database.url import DatabaseUrl
from engine.demo.csv_files.folder import owner_files, write_files
from engine.demo.load import load
from engine.demo.shop import Demo
from engine.demo.truth import RETURNS, Key, count_truth
from engine.ledger.events import build_ledger
from engine.ledger.frames import EventKind, Ledger
from engine.local_time import local_clock
from engine.money import Int64Array
from engine.sources.owner_files import read_owner_files
from engine.sources.tables import read_shops, read_tables

# What a column of the truth is called in the ledger; several are summed.
SALES = {
    "units": ("quantity",),
    "value": ("value",),
    "discount": ("discount",),
    "shipping": ("shipping",),
    "gift_wrap": ("gift_wrap",),
    "sales_tax": ("sales_tax",),
    "vat": ("vat",),
    "unbooked": ("unbooked",),
    "cogs": ("cogs",),
    "units_costed": ("quantity_costed",),
}
BACK = {
    "refunds": ("refund_amount",),
    "goods_back": ("returns_value",),
    "shipping_back": ("shipping_refunded",),
    "gift_wrap_back": ("gift_wrap_refunded",),
    "tax_back": ("sales_tax_refunded", "vat_refunded", "unbooked_refunded"),
    "excess": ("refund_excess",),
}
ONLY_IN_DOLLARS = ("cogs", "units_costed")


def months_of(days: Int64Array) -> list[str]:
    return [str(day) for day in days.astype("datetime64[D]").astype("datetime64[M]")]


def add_up(ledger: Ledger) -> dict[Key, dict[str, int]]:
    """Sum the ledger as the truth does: by level, entity and month."""
    sums: dict[Key, dict[str, int]] = {}

    def add(names: dict[str, tuple[str, ...]], kind: int, days: Int64Array, suffix: str) -> None:
        rows = np.flatnonzero(ledger.kind == kind)
        months = months_of(days[rows])
        columns = {
            name + suffix: np.asarray(sum(ledger.amounts[part] for part in parts))[rows].tolist()
            for name, parts in names.items()
        }
        for place, row in enumerate(rows.tolist()):
            entities = (
                ("shop", ledger.shop.shop_id),
                ("listing", int(ledger.listing_ids[ledger.listing[row]])),
                ("sku", str(ledger.skus[ledger.sku[row]])),
            )
            for level, entity in entities:
                total = sums.setdefault((level, entity, months[place]), {})
                for name, values in columns.items():
                    total[name] = total.get(name, 0) + values[place]

    add(SALES, EventKind.SALE, ledger.event_day.astype(np.int64), "")
    add(BACK, EventKind.REFUND, ledger.event_day.astype(np.int64), "")
    add(BACK, EventKind.REFUND, ledger.order_day.astype(np.int64), "_by_order_day")
    return sums


@pytest.fixture
def ledgers(database_url: DatabaseUrl, small_demo: Demo, tmp_path: Path) -> list[Ledger]:
    load(database_url, small_demo)
    write_files(tmp_path, owner_files(small_demo))
    found = []
    with open_snapshot(database_url) as source:
        for shop in read_shops(source):
            files = read_owner_files(tmp_path, shop.name, "USD")
            tables = read_tables(source, shop)
            found.append(build_ledger(tables, files, local_clock(shop.time_zone))[0])
    return found


def test_every_month_of_every_entity_is_equal(small_demo: Demo, ledgers: list[Ledger]) -> None:
    for shop, ledger in zip(small_demo.shops, ledgers, strict=True):
        truth, computed = count_truth(small_demo, shop).totals, add_up(ledger)
        columns = [*SALES, *RETURNS, *(f"{name}_by_order_day" for name in RETURNS)]
        if shop.plan.currency != "USD":
            columns = [name for name in columns if name not in ONLY_IN_DOLLARS]
        differing = [
            (key, name, computed.get(key, {}).get(name, 0), row.get(name, 0))
            for key in truth.keys() | computed.keys()
            for row in (truth.get(key, {}),)
            for name in columns
            if computed.get(key, {}).get(name, 0) != row.get(name, 0)
        ]
        assert not differing, differing[:10]
