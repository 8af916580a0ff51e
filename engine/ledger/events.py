"""Builds the event ledger of one shop: sales and refunds of its lines, goods, and their days.

One row = one order line × one event. This module only puts together what the others compute; the
order of its rows does not depend on the order of any source.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from engine.ledger.costs import LineCosts, cost_of, find_unit_costs
from engine.ledger.entities import Entities
from engine.ledger.frames import (
    AMOUNTS,
    INCOME,
    REFUND,
    EventKind,
    Ledger,
    OrderEntities,
    Orders,
    OrderState,
)
from engine.ledger.orders import build_orders
from engine.ledger.refund_cells import RefundEvents, split_refunds
from engine.ledger.refunds import Refunds, select_refunds
from engine.ledger.sales import Lines, SaleAmounts, allocate_sales, resolve_lines
from engine.local_time import LocalClock
from engine.money import Int64Array
from engine.sources.frames import SourceTables
from engine.sources.owner_files import OwnerFiles
from engine.sources.skus import sku_key


def build_ledger(
    tables: SourceTables,
    files: OwnerFiles,
    clock: LocalClock,
    *,
    returned_goods: str = "lost",
    known_until: int | None = None,
) -> tuple[Ledger, SaleAmounts, Refunds]:
    """Build the ledger, and the order and refund totals that it must add up to.

    `returned_goods` is `lost` or `restocked` (M26). `known_until` (unix seconds) leaves out facts
    from that instant on. Raises ContractError for lines that can't be priced.
    """
    notes: dict[str, int] = {}
    identity = files.identity
    orders, in_time = build_orders(tables, clock, known_until)
    every_line = resolve_lines(tables, orders, in_time, identity)
    is_counted = orders.state[every_line.order] == OrderState.COUNTED
    lines = every_line.chosen(is_counted)
    sales = allocate_sales(tables, lines, in_time, notes)
    refunds = select_refunds(tables, orders, sales, clock, notes, known_until)
    back = split_refunds(refunds, tables, lines, sales, identity)
    costs = _line_costs(tables, files, orders, lines)
    entities = Entities.of(tables, every_line, refunds, identity)
    sale_columns = _sale_columns(tables, lines, sales, costs)
    refund_columns = _refund_columns(tables, orders, refunds, back, costs, returned_goods)
    listing, sku = entities.of_lines(lines)
    refund_listing, refund_sku = entities.of_refunds(back, listing, sku)
    has_line = back.line >= 0
    order_of_refund = refunds.order[back.refund]
    refund_day = refunds.day[back.refund]
    order_day = np.where(order_of_refund >= 0, orders.day[order_of_refund], refund_day)
    day = orders.day[lines.order]
    count = len(back.line)
    ledger = Ledger(
        shop=tables.shop,
        orders=orders,
        uncounted=_uncounted(every_line.chosen(~is_counted), entities),
        listing_ids=entities.listing_ids,
        skus=entities.skus,
        listing_titles=_titles(tables),
        kind=np.repeat(np.array([EventKind.SALE, EventKind.REFUND], np.int8), [len(day), count]),
        order=np.concatenate((lines.order, order_of_refund)).astype(np.int32),
        line_id=np.concatenate((lines.line_id, np.where(has_line, lines.line_id[back.line], 0))),
        source_id=np.concatenate((np.zeros(len(day), np.int64), refunds.source_id[back.refund])),
        listing=np.concatenate((listing, refund_listing)),
        sku=np.concatenate((sku, refund_sku)),
        order_day=np.concatenate((day, order_day)).astype(np.int32),
        event_day=np.concatenate((day, refund_day)).astype(np.int32),
        cost_basis=np.concatenate((costs.basis, np.zeros(count, np.int8))),
        amounts={
            name: np.concatenate((sale_columns[name], refund_columns[name])) for name in AMOUNTS
        },
        notes=notes,
    )
    return _in_key_order(ledger), sales, refunds


def _line_costs(tables: SourceTables, files: OwnerFiles, orders: Orders, lines: Lines) -> LineCosts:
    days = orders.day.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    month = (days + 1970 * 12).astype(np.int32)
    asked = [files.cost_regions.region_of(country)[0] for country in (*orders.countries, None)]
    country = orders.country[lines.order]
    return find_unit_costs(
        files.costs,
        tables.shop.currency,
        lines.skus,
        sku_key,
        lines.sku,
        np.array(asked, np.int8)[country],
        month[lines.order],
        is_assumed=country < 0,
    )


def _sale_columns(
    tables: SourceTables, lines: Lines, sales: SaleAmounts, costs: LineCosts
) -> dict[str, Int64Array]:
    amounts = {name: sales.lines[name] for name in INCOME}
    after_discount = amounts["value"] - amounts["discount"]
    base = after_discount + amounts["shipping"] + amounts["gift_wrap"]
    none = np.zeros(len(base), np.int64)
    return (
        dict.fromkeys(AMOUNTS, none)
        | amounts
        | {
            "base": base,
            "paid": base + amounts["sales_tax"] + amounts["vat"] + amounts["unbooked"],
            "quantity": lines.quantity,
            "quantity_costed": np.where(costs.known, lines.quantity, 0),
            "sales_costed": np.where(costs.known, after_discount, 0),
            "net_revenue_costed": np.where(costs.known, base, 0),
            "cogs": cost_of(costs.unit_cost, lines.quantity, tables.shop.digits),
        }
    )


def _refund_columns(
    tables: SourceTables,
    orders: Orders,
    refunds: Refunds,
    back: RefundEvents,
    costs: LineCosts,
    returned_goods: str,
) -> dict[str, Int64Array]:
    amounts = {name: back.amounts[name] for name in REFUND}
    given_back = sum(
        (amounts[name] for name in ("returns_value", "shipping_refunded", "gift_wrap_refunded")),
        amounts["refund_excess"],
    )
    has_line = back.line >= 0
    known = has_line & np.append(costs.known, False)[back.line]
    unit_cost = np.where(known, np.append(costs.unit_cost, 0)[back.line], 0)
    never_shipped = back.emptied_order & ~orders.is_shipped[refunds.order[back.refund]]
    restocked = never_shipped if returned_goods == "lost" else np.ones(len(has_line), np.bool_)
    units = np.where(restocked, back.amounts["quantity_returned"], 0)
    none = np.zeros(len(has_line), np.int64)
    return (
        dict.fromkeys(AMOUNTS, none)
        | amounts
        | {
            "quantity_returned": back.amounts["quantity_returned"],
            "refund_amount": np.asarray(sum(amounts.values(), none)),
            "net_revenue_costed": np.where(known, -given_back, 0),
            "cogs_recovered": cost_of(unit_cost, units, tables.shop.digits),
        }
    )


def _uncounted(lines: Lines, entities: Entities) -> OrderEntities:
    listing, sku = entities.of_lines(lines)
    return OrderEntities(lines.order, listing, sku)


def _titles(tables: SourceTables) -> dict[int, str]:
    listings = tables.listings
    values = listings.title.values
    return {
        int(listing): values[code]
        for listing, code in zip(listings.listing_id, listings.title.code, strict=True)
    }


_ROW_COLUMNS = (
    "kind",
    "order",
    "line_id",
    "source_id",
    "listing",
    "sku",
    "order_day",
    "event_day",
    "cost_basis",
)


def _in_key_order(ledger: Ledger) -> Ledger:
    order_id = np.append(ledger.orders.order_id, 0)[ledger.order]
    by_key = np.lexsort((ledger.source_id, ledger.line_id, order_id, ledger.kind))
    columns = {name: getattr(ledger, name)[by_key] for name in _ROW_COLUMNS}
    amounts = {name: column[by_key] for name, column in ledger.amounts.items()}
    return replace(ledger, amounts=amounts, **columns)
