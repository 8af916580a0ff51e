"""Builds a payment account and a fee schedule from plain rows, and books the fees of a shop.

One row of the input is one entry as a person would write it; amounts are in cents, and those of
charges are > 0, as on a bill.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import numpy as np

from engine.ledger.entries import Entries, refer
from engine.ledger.exchange import Exchange, RateSource
from engine.ledger.fee_frames import Fees
from engine.ledger.fee_work import FeeRules, FeeWork, work_out_fees
from engine.ledger.fees import book_fees
from engine.ledger.frames import Orders, OrderState
from engine.ledger.holding import hold_back
from engine.ledger.order_money import Money
from engine.ledger.orders import build_orders
from engine.ledger.refund_cells import RefundEvents, split_refunds
from engine.ledger.refunds import Refunds, select_refunds
from engine.ledger.sales import Lines, SaleAmounts, allocate_sales, resolve_lines
from engine.local_time import local_clock
from engine.sources.fee_schedule import FEE_KINDS, FeeRow, FeeSchedule
from engine.sources.frames import EntryRows, PaymentRows, Shop, SourceTables
from engine.sources.rate_files import NO_RATES, Rates
from tests.shop_builder import CENT, Payment, integers, maybe, owner_files, texts, unix
from tests.shop_builder import payment_rows as payments_of


@dataclass
class Entry:
    kind: str
    charge: int
    at: datetime
    order: int = 0
    line: int = 0
    listing: int = 0
    payment: int = 0
    parent: int = 0
    typed: tuple[str, int] | None = None
    description: str | None = None
    currency: str | None = None


def entry_rows(shop: Shop, entries: list[Entry], scale: int = CENT) -> EntryRows:
    """Return the frame of some entries; the first has the id 1."""
    return EntryRows(
        entry_id=integers(list(range(1, len(entries) + 1))),
        kind=texts([entry.kind for entry in entries]),
        amount=integers([-entry.charge * scale for entry in entries]),
        currency=texts([entry.currency or shop.currency for entry in entries]),
        seconds=integers([unix(shop, entry.at) for entry in entries]),
        description=texts([entry.description for entry in entries]),
        payment_id=integers([entry.payment for entry in entries]),
        parent_entry_id=integers([entry.parent for entry in entries]),
        order_id=integers([entry.order for entry in entries]),
        listing_id=integers([entry.listing for entry in entries]),
        line_id=integers([entry.line for entry in entries]),
        reference_type=texts([entry.typed and entry.typed[0] for entry in entries]),
        reference_id=integers([entry.typed and entry.typed[1] for entry in entries]),
        balance=maybe([None for _ in entries]),
        sequence=integers([0 for _ in entries]),
    )


def payment_rows(payments: dict[int, int]) -> PaymentRows:
    return payments_of([Payment(payment, order) for payment, order in payments.items()])


def fee(kind: str, ppm: int | None = None, fixed: int | None = None, **more: Any) -> FeeRow:
    """A row of the schedule for every shop; `fixed` and other amounts in cents of USD."""
    words = {"order": "items shipping gift_wrap", "order+tax": "items shipping gift_wrap tax"}
    base = FEE_KINDS[kind]
    for name in ("cap", "below"):
        if more.get(name) is not None:
            more[name] *= 100
    row = FeeRow("*", kind, frozenset(words.get(base, base).split()), ppm=ppm, currency="USD")
    return replace(row, fixed=None if fixed is None else fixed * 100, **more)


WORKED_FEES = (
    fee("transaction", 65_000),
    fee("processing", 65_000, 40),
    fee("regulatory", 16_700),
    fee("listing", fixed=20),
    fee("vat_on_fees", 200_000),
)


@dataclass
class Booked:
    """The fees of a shop and what they were booked on."""

    fees: Fees
    orders: Orders
    lines: Lines
    every_line: Lines
    sales: SaleAmounts
    refunds: Refunds
    back: RefundEvents
    money: Money | None
    work: FeeWork | None = None

    def sale(self, line_id: int) -> dict[str, int]:
        """The fees of a line that are not 0, in cents."""
        at = int(np.flatnonzero(self.lines.line_id == line_id)[0])
        return {name: int(c[at]) for name, c in self.fees.sale.items() if c[at]}

    def order(self, order_id: int) -> dict[str, int]:
        """The fees of an order that are not 0, in cents."""
        rows = self.lines.order_id == order_id
        sums = {name: int(column[rows].sum()) for name, column in self.fees.sale.items()}
        return {name: amount for name, amount in sums.items() if amount}

    def refund(self, refund_id: int) -> dict[str, int]:
        """The credits of a refund that are not 0, and the fees kept, in cents."""
        rows = self.refunds.source_id[self.back.refund] == refund_id
        sums = {name: int(column[rows].sum()) for name, column in self.fees.refund.items()}
        return {name: amount for name, amount in sums.items() if amount}

    def adjustments(self) -> list[tuple[int, int, int, int, str | None, dict[str, int]]]:
        """Entry, order, line, listing, SKU and amounts of each adjustment."""
        a = self.fees.adjustments
        return [
            (
                int(a.entry_id[row]),
                int(self.orders.order_id[a.order[row]]) if a.order[row] >= 0 else 0,
                int(a.line_id[row]),
                int(a.listing_id[row]),
                self.lines.skus[a.sku[row]] if a.sku[row] >= 0 else None,
                {name: int(c[row]) for name, c in a.amounts.items() if c[row]},
            )
            for row in range(len(a))
        ]

    def labels(self) -> dict[int, int]:
        postage = self.fees.labels
        return {
            int(self.orders.order_id[at]): int(postage[at]) for at in np.flatnonzero(postage >= 0)
        }

    def basis(self, order_id: int) -> set[int]:
        return set(self.fees.sale_basis[self.lines.order_id == order_id].tolist())


def ground(source: SourceTables, exchange: Exchange | None = None) -> Booked:
    """Build the sales and refunds that fees are booked on."""
    clock, files = local_clock(source.shop.time_zone), owner_files()
    orders, in_time = build_orders(source, clock)
    exchange = exchange or Exchange(source.shop, NO_RATES)
    orders, money, _ = hold_back(source, orders, in_time, exchange, clock)
    of_orders, of_refunds = (money.orders, money.refunds) if money else (None, None)
    every_line = resolve_lines(source, orders, in_time, files.identity)
    lines = every_line.chosen(orders.state[every_line.order] == OrderState.COUNTED)
    sales = allocate_sales(source, lines, in_time, {}, of_orders)
    refunds = select_refunds(source, orders, sales, clock, {}, money=of_refunds)
    back = split_refunds(refunds, source, lines, sales, files.identity, of_refunds)
    fees: Fees = None  # type: ignore[assignment]
    return Booked(fees, orders, lines, every_line, sales, refunds, back, money)


def booked(
    source: SourceTables,
    entries: list[Entry] = (),  # type: ignore[assignment]
    schedule: tuple[FeeRow, ...] = WORKED_FEES,
    *,
    payments: dict[int, int] | None = None,
    rates: Rates = NO_RATES,
    exchange: Exchange | None = None,
    scale: int = CENT,
    known_until: int | None = None,
    at_market: np.ndarray | None = None,
    **rules: Any,
) -> Booked:
    """Book the fees of a shop."""
    exchange = exchange or Exchange(source.shop, rates)
    base = ground(source, exchange)
    if at_market is None and base.money is not None:
        at_market = base.money.orders.rates.source == RateSource.MARKET
    rule = FeeRules(FeeSchedule(schedule, "etsy_fees.csv"), exchange, **rules)
    work = work_out_fees(
        entry_rows(source.shop, entries, scale),
        payment_rows(payments or {}),
        source.products,
        base.orders,
        base.every_line,
        base.sales,
        base.refunds,
        base.back,
        rule,
        local_clock(source.shop.time_zone),
        owner_files().identity,
        at_market=at_market,
        known_until=known_until,
    )
    return replace(base, fees=book_fees(work), work=work)


def referred(source: SourceTables, entries: list[Entry], payments: dict[int, int]) -> Entries:
    """Return what the entries of a shop refer to."""
    base = ground(source)
    return refer(
        entry_rows(source.shop, entries),
        payment_rows(payments),
        base.orders,
        base.every_line,
        np.unique(base.every_line.listing_id),
        source.shop.shop_id,
    )


def adds_up(fees: Fees) -> bool:
    """Whether what is booked and what is listed as not booked come to all entries."""
    return fees.entries_booked + int(fees.not_booked.charge.sum()) == fees.entries_total
