"""The identities of the ledger, checked on every load, in integers.

Nothing is compared "about": a difference of one minor unit in one order ends the load with the
orders that differ, before any figure is shown or written.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import numpy as np

from engine.errors import ReconciliationError
from engine.ledger.allocation import sum_by_group
from engine.ledger.facts import Facts
from engine.ledger.frames import FEES, FULFILMENT, INCOME, REFUND, EventKind, Ledger
from engine.ledger.sales import SaleAmounts
from engine.money import Int64Array, format_money
from engine.sources.frames import Int32Array, SourceTables, Texts

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


class Check(NamedTuple):
    """One identity by order or refund: the order id of each row, and both sides, int64[rows].

    currency: of the rows, None = all in the shop's.
    """

    name: str
    order_id: Int64Array
    left: Int64Array
    right: Int64Array
    currency: Texts | None = None


def reconcile(ledger: Ledger, facts: Facts) -> list[Identity]:
    """Check every identity of the ledger; raises ReconciliationError naming the orders."""
    found: list[Identity] = []
    broken: list[str] = []
    for check in checks(ledger, facts):
        found.append(Identity(check.name, int(check.left.sum()), int(check.right.sum())))
        differs = np.flatnonzero(check.left != check.right)
        if len(differs):
            broken.append(_describe(check, differs, ledger.shop.currency))
    if broken:
        raise ReconciliationError(
            "The amounts do not add up:\n" + "\n".join(broken),
            hint="Nothing was written. Report this with the orders above: it is a fault of the "
            "program, or of a table that was changed while it was read.",
        )
    return found


def checks(ledger: Ledger, facts: Facts) -> Iterator[Check]:
    """Yield every identity that a load is held to."""
    yield from _sale_checks(ledger, facts.sales, facts.tables)
    yield from _refund_checks(ledger, facts)
    yield from _parcel_checks(ledger, facts)
    yield from _fee_checks(ledger, facts)
    yield from _day_checks(ledger)


def _sale_checks(ledger: Ledger, sales: SaleAmounts, tables: SourceTables) -> Iterator[Check]:
    order_id = ledger.orders.order_id[sales.order]
    sale = ledger.kind == EventKind.SALE
    amounts = partial(ledger.amounts.of, rows=sale)
    for name in INCOME:
        by_line = sum_by_group(amounts(name), sales.starts)
        yield Check(f"order {name} = sum over its lines", order_id, sales.orders[name], by_line)
    parts = amounts("value") - amounts("discount") + amounts("shipping") + amounts("gift_wrap")
    yield Check(
        "value − discount + shipping + gift wrap = base",
        ledger.orders.order_id[ledger.order[sale]],
        parts,
        amounts("base"),
    )
    base, paid = (sum_by_group(amounts(name), sales.starts) for name in ("base", "paid"))
    taxes = sum(sales.orders[name] for name in ("sales_tax", "vat", "unbooked"))
    yield Check("base + tax + VAT + unbooked = paid", order_id, base + taxes, paid)
    yield _grand_total_check(order_id, sales, tables, paid)


def _grand_total_check(
    order_id: Int64Array, sales: SaleAmounts, tables: SourceTables, paid: Int64Array
) -> Check:
    """What was paid is the order's total, where that is stated, exact and not below its parts.

    In the order's own currency: brought into another one each amount is rounded by itself.
    """
    if sales.own_lines is not sales.lines:
        signs = {name: -1 if name == "discount" else 1 for name in INCOME}
        by_line = np.asarray(sum(signs[name] * sales.own_lines[name] for name in INCOME))
        paid = sum_by_group(by_line, sales.starts)
    total = sales.grand_total.value // sales.own_unit
    # Where the total lies above its parts, the rest is booked as unbooked, so it is in `paid`.
    whole = np.flatnonzero(sales.grand_total.known & sales.is_exact & (total >= paid))
    row = np.searchsorted(tables.orders.order_id, order_id[whole])
    return Check(
        "paid = the order's grand total",
        order_id[whole],
        paid[whole],
        total[whole],
        tables.orders.currency.chosen(row),
    )


def _refund_checks(ledger: Ledger, facts: Facts) -> Iterator[Check]:
    """Compare refund by refund; one that only one side has is 0 on the other."""
    refunds, back = facts.refunds, facts.back
    rows = ledger.kind == EventKind.REFUND
    order_id = np.append(ledger.orders.order_id, 0)
    stated = np.stack([order_id[refunds.order], refunds.source_id])
    booked = np.stack([order_id[ledger.order[rows]], ledger.source_id[rows]])
    keys, at = np.unique(np.concatenate((stated, booked), axis=1), axis=1, return_inverse=True)
    place, count = at.ravel(), len(refunds.order)
    amount = _sum_at(place[:count], refunds.amount, keys.shape[1])
    none = np.zeros(int(rows.sum()), np.int64)
    split = sum((ledger.amounts[name][rows] for name in REFUND), none)
    retained = _sum_at(
        place[:count][back.refund], facts.fees.refund["fees_retained"], keys.shape[1]
    )
    for name, left, by_row in (
        ("refund = sum over lines and components", amount, split),
        ("refund = its amount on the lines", amount, ledger.amounts["refund_amount"][rows]),
        ("fees kept on a refund = sum over lines", retained, ledger.amounts["fees_retained"][rows]),
    ):
        yield Check(name, keys[0], left, _sum_at(place[count:], by_row, keys.shape[1]))
    if back.own is not back.amounts:
        own = np.sum([back.own[name] for name in REFUND], axis=0)
        yield Check(
            "refund in its order's currency = sum over lines and components",
            order_id[refunds.order],
            refunds.own_amount,
            _sum_at(back.refund, own, count),
        )


def _parcel_checks(ledger: Ledger, facts: Facts) -> Iterator[Check]:
    """What a parcel costs, its pieces carry, and what these come to, the order's lines."""
    fulfilment, starts = facts.fulfilment, facts.sales.starts
    parts = fulfilment.parts.costs
    of_parcel = facts.orders.order_id[fulfilment.parcels.order]
    for name, price in (
        ("postage", fulfilment.postage.price),
        ("carrier_fee", fulfilment.duties.carrier_fee),
    ):
        by_piece = sum_by_group(parts[name], fulfilment.pieces.starts)
        yield Check(
            f"parcel {name} = sum over its pieces", of_parcel, np.maximum(price, 0), by_piece
        )
    order_id = facts.orders.order_id[facts.sales.order]
    sale = ledger.kind == EventKind.SALE
    group = np.repeat(np.arange(len(order_id)), np.diff(starts))
    stray = np.where(fulfilment.parcel_of_order < 0, np.maximum(facts.fees.labels, 0), 0)
    for name in FULFILMENT:
        expected = _sum_at(group[fulfilment.pieces.line], parts[name], len(order_id))
        if name == "postage":
            expected = expected + stray[facts.sales.order]
        carried = sum_by_group(ledger.amounts[name][sale], starts)
        yield Check(f"parcel costs ({name}) = sum over lines", order_id, expected, carried)
    ceiling = np.maximum(fulfilment.columns["fulfilment_ceiling"], 0)
    carried = sum_by_group(ledger.amounts["fulfilment_ceiling"][sale], starts)
    yield Check(
        "ceiling of parcel costs = sum over lines", order_id, sum_by_group(ceiling, starts), carried
    )


def _fee_checks(ledger: Ledger, facts: Facts) -> Iterator[Check]:
    """Fees by kind against charges and credits, and every entry booked or listed as not booked."""
    fees, amounts = facts.fees, ledger.amounts
    left_out = int(fees.not_booked.charge.sum())
    yield Check(
        "payment account entries = booked + listed as not booked",
        np.zeros(1, np.int64),
        np.array([fees.entries_total]),
        np.array([fees.entries_booked + left_out]),
    )
    order = np.append(ledger.orders.order_id, 0)[ledger.order]
    charged = np.asarray(sum(amounts[name] for name in FEES))
    netted = amounts["fee_charges"] - amounts["fee_credits"]
    yield Check("fees of all kinds = charges − credits", order, charged, netted)
    measured = np.where(ledger.kind == EventKind.ADJUSTMENT, amounts["fee_charges"], 0)
    measured[ledger.kind == EventKind.SALE] = fees.fees_measured
    yield Check("measured fees = those of entries", order, measured, amounts["fees_measured"])


def _day_checks(ledger: Ledger) -> Iterator[Check]:
    """Every day of ads, visits and expenses, those after the watermark too (one row in all)."""
    for facts in ledger.day_facts:
        for name, (said, passed_over) in facts.totals.items():
            yield Check(
                f"{name} of all days + passed over = sum of the source rows",
                np.zeros(1, np.int64),
                np.array([int(facts.rows.amounts[name].sum()) + passed_over]),
                np.array([said]),
            )


def _sum_at(place: Int64Array | Int32Array, values: Int64Array, count: int) -> Int64Array:
    total = np.zeros(count, np.int64)
    np.add.at(total, place, values)
    return total


def _describe(check: Check, differs: Int64Array, shop_currency: str) -> str:
    lines = [f"  {check.name}: {len(differs)} differ"]
    for row in differs[:_SHOWN].tolist():
        currency = shop_currency
        if check.currency is not None:
            currency = check.currency.values[check.currency.code[row]]
        left, right = (format_money(int(side[row]), currency) for side in (check.left, check.right))
        lines.append(f"    order {int(check.order_id[row])}: {left} ≠ {right}")
    return "\n".join(lines)
