"""Fulfilment of a small shop whose files are written as the owner writes them.

`owner_writes` reads texts as the files of csv_inputs/; `send` puts orders through the ledger's own
steps up to the costs of parcels. Answers are asked by line id.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

import numpy as np

from engine.ledger.frames import CostBasis, Orders, OrderState
from engine.ledger.fulfilment import CarrierFiles, Fulfilment, fulfil
from engine.ledger.orders import build_orders
from engine.ledger.sales import Lines, allocate_sales, resolve_lines
from engine.local_time import local_clock
from engine.sources.cost_table import CostTable
from engine.sources.csv_folder import find_file, read_one
from engine.sources.dated_files import read_dated
from engine.sources.desi_files import DESI_LAYOUT, read_desi
from engine.sources.duty_files import DUTY_LAYOUT, read_duties
from engine.sources.findings import Findings
from engine.sources.frames import Shop, SourceTables, TrackingRows
from engine.sources.parcel_settings import PARCEL_LAYOUT, read_parcel_settings
from engine.sources.price_files import PRICE_LAYOUT, read_prices
from engine.sources.rate_files import RATE_LAYOUT, read_rates
from engine.sources.sku_map import MAP_LAYOUT, read_sku_map
from engine.sources.skus import sku_identity
from engine.sources.zone_files import ZONE_LAYOUT, read_zones
from tests.shop_builder import Order, a_shop, integers, maybe, tables, texts, unix

DUTY_HEADER = (
    "SKU;OTTOKOD;DESİ-KG;INVOICE ÜRÜN BEDELİ;US FEDEX KARGO ÜCRETİ;FEDEX İŞLEM ÜCRETİ;"
    "DUTY OTAN;VERGİ ORANI;valid_from;valid_to"
)
SETTING_HEADER = "setting,value,currency,valid_from,valid_to"


@dataclass
class Handed:
    """One row of order_shipments: a parcel of an order handed over."""

    order_id: int
    code: str | None
    at: datetime | None = None
    carrier: str | None = None


def owner_writes(folder: Path, costs: CostTable | None = None, **files: str) -> CarrierFiles:
    """Read the texts as the owner's files of these names; a `__` in a name is a `-`."""
    for name, text in files.items():
        path = folder / f"{name.replace('__', '-')}.csv"
        path.write_text(text.strip() + "\n", encoding="utf-8")
    found = Findings()
    read = CarrierFiles(
        desi=read_desi(read_dated(folder, "desi", DESI_LAYOUT, found), found),
        zones=read_zones(read_dated(folder, "fedex_zones", ZONE_LAYOUT, found), found),
        prices=read_prices(read_dated(folder, "fedex_prices", PRICE_LAYOUT, found), found),
        duties=read_duties(read_dated(folder, "us_duties", DUTY_LAYOUT, found), found),
    )
    if costs is not None:
        read = replace(read, costs=costs)
    if file := find_file(folder, "parcels", found):
        records = read_one(file.path, (PARCEL_LAYOUT,), found)
        read = replace(read, settings=read_parcel_settings(records, found))
    if file := find_file(folder, "sku_map", found):
        read = replace(read, sku_map=read_sku_map(read_one(file.path, (MAP_LAYOUT,), found), found))
    if file := find_file(folder, "fx_rates", found):
        read = replace(read, rates=read_rates(read_one(file.path, (RATE_LAYOUT,), found), found))
    return read


def tracking_rows(shop: Shop, handed: Sequence[Handed] = ()) -> TrackingRows:
    """Return the frame of some handed parcels, ascending by order id."""
    rows = sorted(handed, key=lambda row: row.order_id)
    return TrackingRows(
        integers([row.order_id for row in rows]),
        texts([row.code for row in rows]),
        texts([row.carrier for row in rows]),
        maybe([row.at and unix(shop, row.at) for row in rows]),
    )


@dataclass
class Sent:
    """The fulfilment of a shop, and the lines and orders that it is of."""

    found: Fulfilment
    lines: Lines
    orders: Orders
    row: dict[int, int] = field(init=False)

    def __post_init__(self) -> None:
        self.row = {line_id: row for row, line_id in enumerate(self.lines.line_id.tolist())}

    def cost(self, name: str, *line_ids: int) -> list[int]:
        """A column of these lines, of all lines if none is named."""
        column = self.found.columns[name].tolist()
        return [column[self.row[line_id]] for line_id in line_ids or self.row]

    def basis(self, name: str, *line_ids: int) -> list[CostBasis]:
        """The basis of a cost of these lines."""
        column = self.found.basis[name].tolist()
        return [CostBasis(column[self.row[line_id]]) for line_id in line_ids]

    def parcels_of(self, order_id: int) -> list[int]:
        """The parcels that hold a line of an order."""
        pieces = self.found.pieces
        return sorted(set(pieces.parcel[self.lines.order_id[pieces.line] == order_id].tolist()))


@dataclass
class Before:
    """What stands before fulfilment: frames, orders, lines and sales of a shop."""

    source: SourceTables
    orders: Orders
    lines: Lines
    sales: object


def prepare(orders: list[Order], shop: Shop | None = None) -> Before:
    """Run the ledger's steps up to the sale lines."""
    source = tables(shop or a_shop(), orders)
    clock = local_clock(source.shop.time_zone)
    built, in_time = build_orders(source, clock)
    every = resolve_lines(source, built, in_time, sku_identity)
    lines = every.chosen(built.state[every.order] == OrderState.COUNTED)
    return Before(source, built, lines, allocate_sales(source, lines, in_time, {}))


def send(
    orders: list[Order],
    files: CarrierFiles,
    *,
    handed: Sequence[Handed] = (),
    unsent: Sequence[int] = (),
    labels: dict[int, int] | None = None,
    shop: Shop | None = None,
) -> Sent:
    """Find the fulfilment costs of some orders; `unsent`, `labels` are by order id."""
    ready = prepare(orders, shop)
    order_ids = ready.orders.order_id.tolist()
    found = fulfil(
        ready.source,
        ready.orders,
        ready.lines,
        ready.sales,
        files,
        local_clock(ready.source.shop.time_zone),
        tracking=tracking_rows(ready.source.shop, handed),
        unsent=np.isin(ready.orders.order_id, list(unsent)),
        label_cost=np.array([(labels or {}).get(order_id, -1) for order_id in order_ids], np.int64),
    )
    return Sent(found, ready.lines, ready.orders)
