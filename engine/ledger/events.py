"""Builds the event ledger of one shop: sales, refunds and adjustments, with their days.

One row = one order line × one event. This module only puts together what the others compute; the
order of its rows does not depend on the order of any source.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from engine.ledger.amounts import Amounts
from engine.ledger.columns import (
    adjustment_columns,
    cost_flags,
    refund_columns,
    sale_amounts,
)
from engine.ledger.day_facts import ad_facts, expense_facts, visit_facts
from engine.ledger.entities import Entities
from engine.ledger.exchange import Exchange
from engine.ledger.facts import Facts, Policies, Terms, gather
from engine.ledger.frames import (
    AMOUNTS,
    NO_LISTING,
    Codes,
    DayFacts,
    EventKind,
    Int16Array,
    Ledger,
    OrderEntities,
    OrderState,
)
from engine.ledger.groupings import (
    ALL_MEASURED,
    cost_codes,
    credit_bases,
    first_parcels,
    refund_reasons,
    sale_fee_bases,
)
from engine.ledger.observations import seen_favourites, seen_offers, written_reviews
from engine.ledger.sales import Lines
from engine.local_time import LocalClock
from engine.memory import give_back
from engine.money import Int64Array
from engine.sources.frames import BoolArray, Int32Array, SourceTables
from engine.sources.owner_files import OwnerFiles

_ROW_COLUMNS = (
    "order",
    "line_id",
    "source_id",
    "listing",
    "sku",
    "order_day",
    "event_day",
    "is_partial",
    "is_estimated",
    "has_no_ceiling",
    "fee_bases",
)


def build_ledger(
    tables: SourceTables,
    files: OwnerFiles,
    clock: LocalClock,
    *,
    policies: Policies | None = None,
    known_until: int | None = None,
) -> tuple[Ledger, Facts]:
    """Build the ledger, and the facts that it must add up to.

    `known_until` (unix seconds) leaves out facts from that instant on. Raises ContractError for
    lines that can't be priced.
    """
    policies = policies or Policies()
    facts = gather(tables, Terms(files, clock, policies, known_until))
    give_back()
    entities = Entities.of(
        tables,
        facts.every_line,
        facts.refunds,
        facts.fees.adjustments.listing_id,
        files.identity,
    )
    reasons = refund_reasons(tables.refunds.reason, facts.refunds.reason)
    # What is not of orders takes much room to work out: before there are rows of the ledger.
    ads, visits, expenses = _day_facts(facts, files, entities, clock)
    reviews, favourites = written_reviews(facts, entities), seen_favourites(facts, entities)
    offers = seen_offers(facts, entities)
    give_back()
    sales, refunds, adjustments = (
        _sale_rows(facts, entities),
        _refund_rows(facts, entities) | {"refund_reason": reasons.code[facts.back.refund]},
        _adjustment_rows(facts, entities),
    )
    is_counted = facts.orders.state[facts.every_line.order] == OrderState.COUNTED
    parts = (sales, refunds, adjustments)
    by_key = _key_order(parts, facts.orders.order_id)

    def together(name: str) -> np.ndarray:
        return _together((part[name] for part in parts), by_key)

    others = refund_columns(facts, policies.returned_goods), adjustment_columns(facts)
    ledger = Ledger(
        shop=tables.shop,
        orders=facts.orders,
        is_given_back=facts.is_given_back,
        uncounted=_uncounted(facts.every_line.chosen(~is_counted), entities),
        listing_ids=entities.listing_ids,
        skus=entities.skus,
        listing_titles=_titles(tables),
        kind=np.repeat(np.array(list(EventKind), np.int8), [len(part["order"]) for part in parts]),
        amounts=Amounts(_amounts(sale_amounts(facts), len(facts.lines.order), others, by_key)),
        parcel_order=facts.fulfilment.parcels.order.astype(np.int32),
        parcel_row=facts.fulfilment.pieces.line,
        parcel_of_piece=facts.fulfilment.pieces.parcel,
        ads=ads,
        visits=visits,
        expenses=expenses,
        reviews=reviews,
        offers=offers,
        favourites=favourites,
        held=facts.held,
        conversions=facts.conversions,
        order_parcels=first_parcels(facts.fulfilment),
        cost_codes=cost_codes(entities.skus, facts.costs.book),
        refund_reason=Codes(together("refund_reason"), reasons.values),
        notes=facts.notes,
        **{name: together(name) for name in _ROW_COLUMNS},
    )
    return ledger, facts


def _together(columns: Iterable[np.ndarray], by_key: Sequence[Int64Array]) -> np.ndarray:
    sales, *others = columns
    rest = (column[order] for column, order in zip(others, by_key, strict=True))
    return np.concatenate([sales, *rest])


def _amounts(
    sales: Iterable[tuple[str, Int64Array]],
    sale_rows: int,
    others: Sequence[Amounts],
    by_key: Sequence[Int64Array],
) -> Iterator[tuple[str, Int64Array]]:
    """Yield the columns of all rows one by one; those that sales do not have come last."""
    nothing = np.broadcast_to(np.int64(0), sale_rows)
    given = set()
    for name, column in sales:
        given.add(name)
        yield name, _together((column, *(part[name] for part in others)), by_key)
    for name in AMOUNTS:
        if name not in given:
            yield name, _together((nothing, *(part[name] for part in others)), by_key)


def _rows(
    order: Int32Array,
    line_id: Int64Array,
    source_id: Int64Array,
    entities: tuple[Int32Array, Int32Array],
    days: tuple[Int32Array, Int32Array],
    flags: tuple[BoolArray, BoolArray, BoolArray] | None,
    fee_bases: Int16Array,
) -> dict[str, np.ndarray]:
    nothing = np.zeros(len(order), np.bool_)
    partial, estimated, unbounded = flags or (nothing, nothing, nothing)
    return {
        "order": order.astype(np.int32),
        "line_id": line_id,
        "source_id": source_id,
        "listing": entities[0],
        "sku": entities[1],
        "order_day": days[0].astype(np.int32),
        "event_day": days[1].astype(np.int32),
        "is_partial": partial,
        "is_estimated": estimated,
        "has_no_ceiling": unbounded,
        "fee_bases": fee_bases,
        "refund_reason": np.full(len(order), -1, np.int16),
    }


def _sale_rows(facts: Facts, entities: Entities) -> dict[str, np.ndarray]:
    lines = facts.lines
    day = facts.orders.day[lines.order]
    return _rows(
        lines.order,
        lines.line_id,
        np.broadcast_to(np.int64(0), len(day)),
        entities.of_lines(lines),
        (day, day),
        cost_flags(facts),
        sale_fee_bases(facts.fees),
    )


def _refund_rows(facts: Facts, entities: Entities) -> dict[str, np.ndarray]:
    back, refunds, lines = facts.back, facts.refunds, facts.lines
    order, day = refunds.order[back.refund], refunds.day[back.refund]
    of_order = np.append(facts.orders.day, np.int32(0))[order]
    return _rows(
        order,
        np.append(lines.line_id, 0)[back.line],
        refunds.source_id[back.refund],
        entities.of_refunds(back, *entities.of_lines(lines)),
        (np.where(order >= 0, of_order, day), day),
        None,
        credit_bases(facts.fees, back.line),
    )


def _adjustment_rows(facts: Facts, entities: Entities) -> dict[str, np.ndarray]:
    """Entries of the payment account that belong to no sale and no refund keep their own day."""
    rows = facts.fees.adjustments
    sku = entities.sku_codes(facts.lines.skus)[rows.sku]
    return _rows(
        rows.order.astype(np.int32),
        rows.line_id,
        rows.entry_id,
        (entities.listing_codes(rows.listing_id), sku),
        (rows.day, rows.day),
        None,
        np.full(len(rows.day), ALL_MEASURED, np.int16),
    )


def _day_facts(
    facts: Facts, files: OwnerFiles, entities: Entities, clock: LocalClock
) -> tuple[DayFacts, DayFacts, DayFacts]:
    """Return ads, visits and expenses by day."""
    tables, shop, fees = facts.tables, facts.tables.shop, facts.fees
    exchange = Exchange(shop, files.rates)
    nothing = len(entities.listing_ids) - 1

    def codes(listing_id: Int64Array) -> Int32Array:
        return entities.listing_codes(np.where(listing_id == -shop.shop_id, NO_LISTING, listing_id))

    account = fees.ad_spend_day, fees.ad_spend
    ad_listing, visited = codes(tables.ads.listing_id), codes(tables.visits.listing_id)
    visits = visit_facts(tables.visits, visited, nothing, clock, shop.week_start)
    give_back()
    ads = ad_facts(tables.ads, ad_listing, nothing, exchange, clock, account)
    return ads, visits, expense_facts(files.expenses, nothing, exchange)


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


def _key_order(parts: Sequence[dict[str, np.ndarray]], order_id: Int64Array) -> list[Int64Array]:
    """Return the order by (order id, line id, source id) of all parts but the first.

    The parts stand in the order of their kinds, and sales are in key order as they come.
    """
    of_row = np.append(order_id, 0)
    return [
        np.lexsort((part["source_id"], part["line_id"], of_row[part["order"]]))
        for part in parts[1:]
    ]
