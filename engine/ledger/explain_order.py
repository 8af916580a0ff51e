"""Explains one order of any state: from its ledger rows down to the source rows behind them.

Nothing about the order is taken from the ledger but what is compared with it: the order is worked
out again from its source rows, and the two must agree to the minor unit.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from engine.errors import UnknownEntityError
from engine.ledger.evidence import Evidence, work_out_again
from engine.ledger.explain_entries import adjustment_parts, entries_left_out
from engine.ledger.explain_fees import explain_fees
from engine.ledger.explain_goods import explain_goods
from engine.ledger.explain_parcels import Fulfilled, explain_parcels
from engine.ledger.explain_refunds import explain_refunds
from engine.ledger.explain_sales import explain_income
from engine.ledger.explained import (
    LedgerRow,
    LeftOut,
    OrderLine,
    Part,
    Row,
)
from engine.ledger.frames import NO_SKU, EventKind, Ledger, OrderState
from engine.ledger.one_order import OneOrder
from engine.ledger.order_explanation import OrderExplanation
from engine.periods import day_date
from engine.sources.frames import Texts

_STATES = {
    OrderState.CANCELLED: "the order is cancelled: it is in no figure but cancelled_orders",
    OrderState.HELD: "its currency can't be converted: it is in no figure but held_orders",
    OrderState.OPEN: "the order is not paid: it is in no figure yet",
}


def explain_order(ledger: Ledger, evidence: Evidence, order_id: int) -> OrderExplanation:
    """Explain an order; call `check` on the answer to have it added up.

    Raises UnknownEntityError for an order that the shop has not, or not before the watermark.
    """
    at = np.flatnonzero(ledger.orders.order_id == order_id)
    if not len(at):
        raise UnknownEntityError(
            f"The shop has no order {order_id!r}.",
            hint="Orders are asked for by the id that the marketplace gave them.",
        )
    facts = work_out_again(ledger, evidence, order_id)
    here = int(np.flatnonzero(facts.orders.order_id == order_id)[0])
    one = OneOrder(facts, evidence, order_id, here)
    is_counted = facts.orders.state[here] == OrderState.COUNTED
    refunds = explain_refunds(one) if is_counted else ([], [])
    fulfilled = explain_parcels(one) if is_counted else Fulfilled((), (), ())
    parts = list(adjustment_parts(one))
    if is_counted:
        parts += [*explain_income(one), *explain_goods(one), *explain_fees(one)]
    row = int(facts.in_time[here])
    orders = facts.tables.orders
    country = int(facts.orders.country[here])
    return OrderExplanation(
        order_id=order_id,
        state=OrderState(int(facts.orders.state[here])).name.lower(),
        status=_text(orders.status, row),
        ordered_at=_clock_time(one),
        country=facts.orders.countries[country] if country >= 0 else "",
        currency=_text(orders.currency, row),
        shop_currency=facts.tables.shop.currency,
        lines=tuple(_lines(one)),
        parts=(*parts, *refunds[0], *fulfilled.parts),
        parcels=fulfilled.parcels,
        pieces=fulfilled.pieces,
        cells=tuple(refunds[1]),
        left_out=tuple(_left_out(one, [*parts, *fulfilled.parts])),
        ledger=tuple(_ledger_rows(ledger, int(at[0]))),
    )


def _text(texts: Texts, row: int) -> str:
    code = int(texts.code[row])
    return texts.values[code] if code >= 0 else ""


def _clock_time(one: OneOrder) -> str:
    orders, clock = one.facts.orders, one.facts.terms.clock
    local = int(clock.local_seconds(orders.seconds[[one.at]])[0])
    text = str(np.datetime64(local, "s"))
    return text.replace("T", " ") if orders.has_clock[one.at] else text[:10]


def _lines(one: OneOrder) -> Iterator[OrderLine]:
    """Yield the lines as received; an order that doesn't count shows them too."""
    every, table = one.facts.every_line, one.facts.tables.lines
    for at in np.flatnonzero(every.order == one.at).tolist():
        source, sku = int(every.source[at]), int(every.sku[at])
        yield OrderLine(
            line_id=int(every.line_id[at]),
            listing_id=int(every.listing_id[at]),
            sku=every.skus[sku] if sku >= 0 else NO_SKU,
            quantity=int(every.quantity[at]),
            unit_price=int(table.price[source]) if source >= 0 else None,
            currency=_text(table.currency, source) if source >= 0 else "",
        )


def _ledger_rows(ledger: Ledger, order: int) -> Iterator[LedgerRow]:
    rows = np.flatnonzero(ledger.order == order)
    amounts = {name: ledger.amounts.of(name, rows).tolist() for name in ledger.amounts}
    for number, at in enumerate(rows.tolist()):
        event = EventKind(int(ledger.kind[at])).name.lower()
        yield LedgerRow(
            row=Row(event, int(ledger.line_id[at]), int(ledger.source_id[at])),
            listing_id=int(ledger.listing_ids[ledger.listing[at]]),
            sku=ledger.skus[ledger.sku[at]],
            order_day=day_date(int(ledger.order_day[at])),
            event_day=day_date(int(ledger.event_day[at])),
            is_partial=bool(ledger.is_partial[at]),
            is_estimated=bool(ledger.is_estimated[at]),
            amounts={name: column[number] for name, column in amounts.items()},
        )


def _left_out(one: OneOrder, parts: list[Part]) -> Iterator[LeftOut]:
    """Yield what of the order is in no figure: the order itself, amounts, entries, refunds."""
    state = OrderState(int(one.facts.orders.state[one.at]))
    if state in _STATES:
        yield LeftOut("order", _STATES[state])
    unbooked = sum(part.amount or 0 for part in parts if part.column == "unbooked")
    if unbooked:
        yield LeftOut("unbooked", "paid beyond all stated parts: no revenue (M12)", unbooked)
    for part in parts:
        if part.amount is None:
            yield LeftOut(part.column, f"unknown for line {part.row.line_id}: {part.why.formula}")
    yield from entries_left_out(one)
    yield from _refunds_left_out(one)


def _refunds_left_out(one: OneOrder) -> Iterator[LeftOut]:
    rows, refunds = one.facts.tables.refunds, one.facts.refunds
    of_order = np.flatnonzero(rows.order_id == one.order_id)
    for at in of_order[~np.isin(rows.row_id[of_order], refunds.row_id)].tolist():
        status = _text(rows.status, at) or "no status"
        why = f"refund {rows.refund_id[at]} is not booked: {status}, or its order does not count"
        yield LeftOut("refund", why)
