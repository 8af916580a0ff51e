"""The identities of the ledger, checked on every load, in integers.

Nothing is compared "about": a difference of one minor unit in one order ends the load with the
orders that differ, before any figure is shown or written.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from engine.errors import ReconciliationError
from engine.ledger.allocation import sum_by_group
from engine.ledger.facts import Facts
from engine.ledger.fee_frames import Fees
from engine.ledger.frames import FEES, FULFILMENT, INCOME, REFUND, EventKind, Ledger
from engine.ledger.refunds import Refunds
from engine.ledger.sales import SaleAmounts
from engine.money import Int64Array, format_money
from engine.sources.frames import SourceTables

_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Identity:
    """Two sums that must be equal: their names and what they came to, in minor units."""

    name: str
    left: int
    right: int

    @property
    def difference(self) -> int:
        """Left less right; 0 unless something is broken."""
        return self.left - self.right


def reconcile(ledger: Ledger, facts: Facts) -> list[Identity]:
    """Check every identity of the ledger; raises ReconciliationError naming the orders."""
    found: list[Identity] = []
    broken: list[str] = []
    for name, key, left, right in _identities(ledger, facts):
        found.append(Identity(name, int(left.sum()), int(right.sum())))
        differs = np.flatnonzero(left != right)
        if len(differs):
            broken.append(_describe(ledger, name, key, left, right, differs))
    if broken:
        raise ReconciliationError(
            "The amounts do not add up:\n" + "\n".join(broken),
            hint="Nothing was written. Report this with the orders above: it is a fault of the "
            "program, or of a table that was changed while it was read.",
        )
    return found


def _identities(
    ledger: Ledger, facts: Facts
) -> Iterator[tuple[str, Int64Array, Int64Array, Int64Array]]:
    """Yield name, key of each row, left and right side; keys are order ids or refund ids."""
    sales = facts.sales
    order_id = ledger.orders.order_id[sales.order]
    sale = ledger.kind == EventKind.SALE
    amounts = {name: column[sale] for name, column in ledger.amounts.items()}
    for name in INCOME:
        yield (
            f"order {name} = sum over its lines",
            order_id,
            sales.orders[name],
            sum_by_group(amounts[name], sales.starts),
        )
    parts = amounts["value"] - amounts["discount"] + amounts["shipping"] + amounts["gift_wrap"]
    yield (
        "value − discount + shipping + gift wrap = base",
        ledger.orders.order_id[ledger.order[sale]],
        parts,
        amounts["base"],
    )
    paid = sum_by_group(amounts["paid"], sales.starts)
    taxes = (sales.orders[name] for name in ("sales_tax", "vat", "unbooked"))
    yield (
        "base + tax + VAT + unbooked = paid",
        order_id,
        sum_by_group(amounts["base"], sales.starts) + sum(taxes),
        paid,
    )
    whole, total = _comparable_totals(sales, facts.tables, paid)
    yield "paid = the order's grand total", order_id[whole], paid[whole], total[whole]
    yield _refund_identity(ledger, facts.refunds)
    yield _parcel_identity(ledger, facts)
    yield _entry_identity(facts.fees)
    yield from _day_identities(ledger)
    charged = sum(ledger.amounts[name] for name in FEES)
    order = np.append(ledger.orders.order_id, 0)[ledger.order]
    netted = ledger.amounts["fee_charges"] - ledger.amounts["fee_credits"]
    yield "fees of all kinds = charges − credits", order, np.asarray(charged), netted


def _comparable_totals(
    sales: SaleAmounts, tables: SourceTables, paid: Int64Array
) -> tuple[Int64Array, Int64Array]:
    """Orders whose grand total must equal what was paid: stated, exact, and not below its parts."""
    total = sales.grand_total.value // tables.shop.amounts_a_minor
    comparable = sales.grand_total.known & sales.is_exact & (total >= paid)
    # Where the total lies above its parts, the rest is booked as unbooked, so it is in `paid`.
    return np.flatnonzero(comparable), total


def _refund_identity(
    ledger: Ledger, refunds: Refunds
) -> tuple[str, Int64Array, Int64Array, Int64Array]:
    back = ledger.kind == EventKind.REFUND
    order_id = np.append(ledger.orders.order_id, 0)
    stated = _by_key(order_id[refunds.order], refunds.source_id, refunds.amount)
    split = sum((ledger.amounts[name][back] for name in REFUND), np.zeros(int(back.sum()), int))
    booked = _by_key(order_id[ledger.order[back]], ledger.source_id[back], split)
    keys = sorted(stated.keys() | booked.keys())
    return (
        "refund = sum over lines and components",
        np.array([order for order, _ in keys], np.int64),
        np.array([stated.get(key, 0) for key in keys], np.int64),
        np.array([booked.get(key, 0) for key in keys], np.int64),
    )


def _parcel_identity(
    ledger: Ledger, facts: Facts
) -> tuple[str, Int64Array, Int64Array, Int64Array]:
    """What the parcels of an order cost, against what its lines carry."""
    sale = ledger.kind == EventKind.SALE
    none = np.zeros(int(sale.sum()), np.int64)
    carried = sum((ledger.amounts[name][sale] for name in FULFILMENT), none)
    by_line = sum((facts.fulfilment.columns[name] for name in FULFILMENT), none)
    order_id = facts.orders.order_id[facts.sales.order]
    starts = facts.sales.starts
    return (
        "parcel costs = sum over lines",
        order_id,
        sum_by_group(by_line, starts),
        sum_by_group(carried, starts),
    )


def _entry_identity(fees: Fees) -> tuple[str, Int64Array, Int64Array, Int64Array]:
    """Every entry of the payment account is booked, or listed as not booked (one row in all)."""
    left_out = int(fees.not_booked.charge.sum())
    return (
        "payment account entries = booked + listed as not booked",
        np.zeros(1, np.int64),
        np.array([fees.entries_total]),
        np.array([fees.entries_booked + left_out]),
    )


def _day_identities(
    ledger: Ledger,
) -> Iterator[tuple[str, Int64Array, Int64Array, Int64Array]]:
    """Every day of ads, visits and expenses, those after the watermark too (one row in all)."""
    for facts in ledger.day_facts:
        for name, (said, passed_over) in facts.totals.items():
            yield (
                f"{name} of all days + passed over = sum of the source rows",
                np.zeros(1, np.int64),
                np.array([int(facts.rows.amounts[name].sum()) + passed_over]),
                np.array([said]),
            )


def _by_key(
    order_id: Int64Array, source_id: Int64Array, amount: Int64Array
) -> dict[tuple[int, int], int]:
    keys, at = np.unique(np.stack([order_id, source_id]), axis=1, return_inverse=True)
    total = np.zeros(keys.shape[1], np.int64)
    np.add.at(total, at.ravel(), amount)
    return {
        (int(order), int(source)): int(value)
        for order, source, value in zip(keys[0], keys[1], total, strict=True)
    }


def _describe(
    ledger: Ledger,
    name: str,
    key: Int64Array,
    left: Int64Array,
    right: Int64Array,
    differs: Int64Array,
) -> str:
    currency = ledger.shop.currency
    lines = [f"  {name}: {len(differs)} differ"]
    for row in differs[:_SHOWN]:
        sides = (
            f"{format_money(int(left[row]), currency)} ≠ {format_money(int(right[row]), currency)}"
        )
        lines.append(f"    order {int(key[row])}: {sides}")
    return "\n".join(lines)
