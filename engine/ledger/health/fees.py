"""Findings on the marketplace's fees: what its account and the fee table leave open."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from engine.ledger.facts import Facts
from engine.ledger.fee_frames import FEE_COLUMNS, Fate, FeeBasis, PoolOutcome
from engine.ledger.health.codes import HealthFinding, found
from engine.ledger.health.stakes import sales_of
from engine.ledger.pooled_fees import months_of
from engine.money import format_money

LEDGER, FEE_FILE = "ledger_entries", "etsy_fees.csv"
_OFF_PERCENT = 5
_REASONS = {
    Fate.HELD: "their orders are held for want of an exchange rate",
    Fate.NO_RATE: "no rate converts them",
    Fate.LABEL_WITHOUT_ORDER: "postage labels that name no order",
    Fate.LABEL_RETURNED: "more was paid back for labels of an order than they cost",
}


def fee_findings(facts: Facts) -> Iterator[HealthFinding]:
    """Yield what was found on fees: one row a kind of fee, month, type or reason."""
    yield from _unknown(facts)
    yield from _gaps(facts)
    yield from _not_booked(facts)
    yield from _estimates(facts)
    fees, currency = facts.fees, facts.tables.shop.currency
    for name, count in sorted(fees.unknown_types.items()):
        what = "is no known type; its amounts are in other fees"
        yield found(
            "LEDGER_TYPE_UNKNOWN", LEDGER, what, count=count, column="ledger_type", value=name
        )
    if fees.recoverable_vat:
        amount = format_money(fees.recoverable_vat, currency)
        yield found("VAT_RECOVERABLE", LEDGER, "VAT on fees is in no figure", value=amount)


def _unknown(facts: Facts) -> Iterator[HealthFinding]:
    sales = sales_of(facts)
    for name in FEE_COLUMNS:
        lines = np.flatnonzero(facts.fees.bases[name] == FeeBasis.UNKNOWN)
        if len(lines):
            best = lines[np.argmax(sales[lines])]
            yield found(
                "FEE_UNKNOWN",
                FEE_FILE,
                "neither charged in the account nor in the fee table",
                count=len(lines),
                sales_at_stake=int(sales[lines].sum()),
                column="fee_kind",
                value=name,
                order_id=int(facts.lines.order_id[best]),
            )


def _gaps(facts: Facts) -> Iterator[HealthFinding]:
    """Pools that were too small: at stake are the sales whose estimates stand instead."""
    sales, currency = sales_of(facts), facts.tables.shop.currency
    month = months_of(facts.orders.day)[facts.lines.order]
    for pool in facts.fees.pools:
        if pool.outcome is not PoolOutcome.GAP:
            continue
        estimated = facts.fees.bases[pool.column] == FeeBasis.ESTIMATED
        charged, expected = (format_money(n, currency) for n in (pool.charged, pool.estimated))
        yield found(
            "LEDGER_GAP",
            LEDGER,
            f"{charged} charged where {expected} is expected for {pool.orders} orders",
            count=pool.entries,
            sales_at_stake=int(sales[estimated & (month == pool.month)].sum()),
            column=pool.column,
            value=str(np.datetime64(pool.month, "M")),
        )


def _not_booked(facts: Facts) -> Iterator[HealthFinding]:
    entries, currency = facts.fees.not_booked, facts.tables.shop.currency
    for fate, reason in _REASONS.items():
        chosen = np.flatnonzero(entries.reason == fate)
        if len(chosen):
            amount = format_money(int(entries.charge[chosen].sum()), currency)
            yield found(
                "ENTRY_NOT_BOOKED",
                LEDGER,
                f"{reason}; charges less credits are {amount}",
                count=len(chosen),
                value=fate.name.lower(),
            )


def _estimates(facts: Facts) -> Iterator[HealthFinding]:
    """Kinds of fees whose estimates, tried on measured orders, are off."""
    currency = facts.tables.shop.currency
    for name in FEE_COLUMNS:
        rows = [row for row in facts.fees.backtest if row.column == name]
        measured, estimated = sum(r.measured for r in rows), sum(r.estimated for r in rows)
        if 100 * abs(estimated - measured) > _OFF_PERCENT * abs(measured):
            sides = format_money(estimated, currency), format_money(measured, currency)
            yield found(
                "ESTIMATE_OFF",
                FEE_FILE,
                f"estimated {sides[0]} where {sides[1]} was charged",
                count=sum(row.orders for row in rows),
                column="fee_kind",
                value=name,
            )
