"""Findings on orders and refunds: what is in no figure, and what was read as something else."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from engine.ledger.facts import Facts
from engine.ledger.frames import SEVERAL
from engine.ledger.health.codes import HealthFinding, found
from engine.ledger.health.stakes import add_up, sales_of
from engine.money import Int64Array
from engine.sources.frames import BoolArray, Int32Array, Texts
from engine.sources.statuses import read_status

ORDERS, REFUNDS = "orders", "order_refunds"
# What the ledger counted: note → code, table, what.
_COUNTED = {
    "negative_amounts": ("AMOUNT_NEGATIVE", ORDERS, "amounts below zero count as zero"),
    "discounts_above_goods": ("DISCOUNT_CLIPPED", ORDERS, "the discount counts as the goods"),
    "totals_below_their_parts": (
        "TOTAL_BELOW_PARTS",
        ORDERS,
        "the grand total is below the sum of its parts, which count",
    ),
    "refunds_without_day": ("REFUND_WITHOUT_DAY", REFUNDS, "the day of the order is taken"),
    "refunds_assumed": (
        "REFUND_ASSUMED",
        REFUNDS,
        "called fully refunded without a refund; one of all that was paid is assumed",
    ),
    "refunds_of_nothing": ("REFUND_LEFT_OUT", REFUNDS, "refunds of nothing are left out"),
    "refunds_declined": ("REFUND_LEFT_OUT", REFUNDS, "refunds that did not go through"),
    "refunds_of_uncounted_orders": (
        "REFUND_LEFT_OUT",
        REFUNDS,
        "refunds of orders that do not count, or that are not there",
    ),
    "refunds_of_held_orders": (
        "REFUND_LEFT_OUT",
        REFUNDS,
        "refunds of orders that are held for want of an exchange rate",
    ),
    "refunds_without_rate": (
        "REFUND_LEFT_OUT",
        REFUNDS,
        "refunds of unknown orders, in a currency without a rate on their day",
    ),
    "refunds_without_order_and_day": (
        "REFUND_LEFT_OUT",
        REFUNDS,
        "refunds that name neither an order nor a day",
    ),
}


def order_findings(facts: Facts) -> Iterator[HealthFinding]:
    """Yield what was found on orders and refunds: one row a text, currency or kind."""
    sales = sales_of(facts)
    rows = facts.tables.orders
    row = np.searchsorted(rows.order_id, facts.orders.order_id)
    country = rows.country.code[row]
    is_nowhere = (facts.orders.country < 0) & (country >= 0)
    for more in _by_text(facts, sales, rows.country, country, is_nowhere):
        yield found("COUNTRY_UNKNOWN", ORDERS, "is no known country", column="country", **more)
    yield from _statuses(facts, sales, row)
    yield from _held(facts)
    for note, (code, place, what) in _COUNTED.items():
        if count := facts.notes.get(note, 0):
            yield found(code, place, what, count=count)


def _statuses(facts: Facts, sales: Int64Array, row: Int64Array) -> Iterator[HealthFinding]:
    rows = facts.tables.orders
    is_paid = rows.is_paid[row]
    meanings = [read_status(text, is_paid=False, is_shipped=False) for text in rows.status.values]
    unknown = np.array([*(not meaning.is_known for meaning in meanings), False], np.bool_)
    contradictory = np.array([*(m.is_contradictory for m in meanings), False], np.bool_)
    status = rows.status.code[row]
    for code, chosen, what in (
        ("STATUS_UNKNOWN", unknown[status], "is no known status; paid orders count"),
        ("STATUS_CONTRADICTORY", contradictory[status] & ~is_paid, "is believed, not is_paid"),
    ):
        for more in _by_text(facts, sales, rows.status, status, chosen):
            yield found(code, ORDERS, what, column="status", **more)


def _by_text(
    facts: Facts, sales: Int64Array, texts: Texts, code: Int32Array, chosen: BoolArray
) -> Iterator[dict[str, object]]:
    """Yield what a finding says of each text of the chosen orders.

    code, chosen: of each order. count: orders of any state; the stake is that of counted ones.
    """
    of_line = code[facts.lines.order]
    stakes = add_up(of_line, sales, chosen[facts.lines.order])
    at_stake = dict(zip(stakes.group.tolist(), stakes.sales.tolist(), strict=True))
    for number in np.unique(code[chosen]).tolist():
        orders = np.flatnonzero(chosen & (code == number))
        yield {
            "count": len(orders),
            "sales_at_stake": at_stake.get(number, 0),
            "value": texts.values[number],
            "order_id": int(facts.orders.order_id[orders].min()),
        }


def _held(facts: Facts) -> Iterator[HealthFinding]:
    held = facts.held
    names = (*held.currency.values, SEVERAL)
    for number in np.unique(held.currency.code).tolist():
        chosen = np.flatnonzero(held.currency.code == number)
        days = held.day[chosen].astype("datetime64[D]")
        name = names[number]
        missing = f"without a rate from {days.min()} to {days.max()}"
        yield found(
            "ORDER_HELD",
            ORDERS,
            "held: its amounts are in several currencies" if name == SEVERAL else missing,
            count=len(chosen),
            column="currency",
            value=None if name == SEVERAL else name,
            order_id=int(held.order_id[chosen].min()) or None,
        )
