"""A level ready for questions: sorted rows, and running totals that answer any range of days.

Each noun has its table: orders, marks of things that are counted once, days. Days count from the
first day of the calendar. The arrays are never written after building.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from engine.ledger.frames import EventKind, Ledger
from engine.memory import give_back
from engine.metrics.calendar import Calendar
from engine.metrics.coverage import Coverage
from engine.metrics.customers import Customers
from engine.metrics.day_tables import DATINGS, DayTable, day_tables
from engine.metrics.fact_columns import coverage, fact_columns
from engine.metrics.mark_tables import EntityRefunds, MarkTable, sku_marks, viewed_marks
from engine.metrics.model import LISTING, PRODUCT, SHOP, Level
from engine.metrics.order_tables import OrderTable, order_table
from engine.metrics.states import Steps
from engine.metrics.stockout_risk import Shelf, SkuRisk
from engine.money import Int64Array
from engine.sorting import stable_order
from engine.sources.frames import Int8Array, Int32Array


@dataclass(frozen=True, slots=True)
class LevelTables:
    """Everything that one level needs to answer."""

    level: Level
    entities: int
    days: int
    orders: OrderTable
    skus: MarkTable  # one row = one SKU sold by the entity on a day
    refunded: Mapping[str, MarkTable]  # by dating: one row = one refund of a known order
    day_tables: Mapping[str, DayTable]  # by dating
    covered: Mapping[str, Coverage]  # days on which a source says anything, by fact
    states: Mapping[str, Steps]  # what holds from day to day: stock, prices, favourites
    viewed: MarkTable  # one row = one listing of the entity with a view on a day
    shelf: Shelf  # the pace at which SKUs sell, for the risk of running out


def build_level(
    level: Level,
    ledger: Ledger,
    calendar: Calendar,
    customers: Customers,
    codes: Mapping[str, Int8Array | Int32Array],
    sales: Int64Array,
    contribution: Int64Array,
    states: Mapping[str, Steps],
    skus: SkuRisk,
) -> LevelTables:
    """Build the tables of one level from the ledger.

    codes: of each order. sales: its sale rows in the order of time. contribution: of each of its
    rows. states: those of the level. skus: what their risk of running out is made of, the same at
    every level.
    """
    entity, uncounted, entities = entity_codes(level, ledger)
    sold = sales if level is SHOP else sales[stable_order(entity[sales])]
    orders = order_table(ledger, calendar, customers, codes, entity, entities, sold, contribution)
    refund_rows = np.flatnonzero(ledger.kind == EventKind.REFUND)
    refunds = EntityRefunds.of(ledger, calendar, entity, refund_rows)
    tables = day_tables(
        ledger,
        calendar,
        entity,
        entities,
        sold,
        contribution,
        orders,
        refunds,
        uncounted,
        fact_columns(level, ledger, calendar),
    )
    give_back()
    return LevelTables(
        level=level,
        entities=entities,
        days=calendar.days,
        orders=orders,
        skus=sku_marks(ledger, calendar, entity, entities, sold),
        refunded={dating: refunds.marks(dating, entities) for dating in DATINGS},
        day_tables=tables,
        covered=coverage(level, ledger, calendar, states["stock"].covered),
        states=states,
        viewed=viewed_marks(level, ledger, calendar),
        shelf=Shelf(level, skus),
    )


def entity_codes(level: Level, ledger: Ledger) -> tuple[Int64Array, Int64Array, int]:
    """Entity code of each event and of each uncounted line, and the number of entities."""
    if level is SHOP:
        events, lines = len(ledger), len(ledger.uncounted.order)
        return np.zeros(events, np.int64), np.zeros(lines, np.int64), 1
    if level is LISTING:
        column, other, count = ledger.listing, ledger.uncounted.listing, len(ledger.listing_ids)
    else:
        assert level is PRODUCT
        column, other, count = ledger.sku, ledger.uncounted.sku, len(ledger.skus)
    return column.astype(np.int64), other.astype(np.int64), count
