"""Which orders count, and their facts: one row = one order, ascending by (time, order id).

Rules M7 and M14 of docs/money-rules.md. Amounts are not touched here; which orders are held for
want of a rate stands in `holding`.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from engine.ledger.frames import Orders, OrderState
from engine.local_time import LocalClock
from engine.money import Int64Array
from engine.sources.countries import find_country
from engine.sources.folding import fold
from engine.sources.frames import BoolArray, Int8Array, Int32Array, SourceTables, Texts
from engine.sources.statuses import read_status


def build_orders(
    tables: SourceTables, clock: LocalClock, known_until: int | None = None
) -> tuple[Orders, Int64Array]:
    """Return the orders in time order, and for each of them its row in `tables.orders`.

    `known_until` (unix seconds) leaves out orders from that instant on.
    """
    rows = tables.orders
    in_time = np.lexsort((rows.order_id, rows.seconds))
    if known_until is not None:
        in_time = in_time[rows.seconds[in_time] < known_until]
    methods = _recoded(rows.payment_method, fold)
    countries = _recoded(rows.country, find_country)
    shipped_at = _first_shipments(tables)[in_time]
    seconds = rows.seconds[in_time]
    orders = Orders(
        order_id=rows.order_id[in_time],
        state=_states(tables)[in_time],
        seconds=seconds,
        day=clock.days(seconds),
        hour=(clock.local_seconds(seconds) // 3600 % 24).astype(np.int8),
        has_clock=rows.has_clock[in_time],
        customer_id=rows.customer_id[in_time],
        payment_method=methods.code[in_time],
        country=countries.code[in_time],
        is_gift=rows.is_gift[in_time],
        is_shipped=(rows.is_shipped | _all_digital(tables))[in_time] | (shipped_at >= 0),
        shipped_seconds=shipped_at,
        payment_methods=tuple(methods.values),
        countries=tuple(countries.values),
    )
    return orders, in_time


def _states(tables: SourceTables) -> Int8Array:
    rows = tables.orders
    by_text = np.array(
        [
            [_state(text, is_paid) for is_paid in (False, True)]
            for text in (*rows.status.values, None)
        ],
        dtype=np.int8,
    )
    state: Int8Array = by_text[rows.status.code, rows.is_paid.astype(np.intp)]
    return state


def _state(text: str | None, is_paid: bool) -> OrderState:
    status = read_status(text, is_paid, is_shipped=False)
    if status.is_cancelled:
        return OrderState.CANCELLED
    return OrderState.COUNTED if status.is_sale else OrderState.OPEN


def _recoded(texts: Texts, meaning: Callable[[str], str | None]) -> Texts:
    """Return the texts with equal meanings under one code, codes ascending by meaning."""
    meanings = [meaning(value) or None for value in texts.values]
    values = tuple(sorted({value for value in meanings if value}))
    index = {value: code for code, value in enumerate(values)}
    new_code = np.array([index[m] if m else -1 for m in meanings] + [-1], dtype=np.int32)
    return Texts(new_code[texts.code], values)


def _first_shipments(tables: SourceTables) -> Int64Array:
    """Seconds of each order's first shipment; lines answer where there is no shipment row."""
    order_id = tables.orders.order_id
    latest = np.iinfo(np.int64).max
    by_line = np.full(len(order_id), latest, np.int64)
    lines = tables.lines
    known = lines.shipped_seconds.known
    at = np.searchsorted(order_id, lines.order_id[known])
    np.minimum.at(by_line, at, lines.shipped_seconds.value[known])
    first = np.where(by_line == latest, -1, by_line)
    first[np.searchsorted(order_id, tables.shipments.order_id)] = tables.shipments.seconds
    return first


def _all_digital(tables: SourceTables) -> BoolArray:
    order_id, lines = tables.orders.order_id, tables.lines
    at: Int32Array = np.searchsorted(order_id, lines.order_id).astype(np.int32)
    physical = np.zeros(len(order_id), np.bool_)
    physical[at[~lines.is_digital]] = True
    has_lines = np.zeros(len(order_id), np.bool_)
    has_lines[at] = True
    return has_lines & ~physical
