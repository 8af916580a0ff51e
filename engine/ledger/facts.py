"""Everything that one load of a shop has worked out, before it becomes ledger rows."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from engine.ledger.account import Account, account_of
from engine.ledger.cost_answers import CostQuestions
from engine.ledger.cost_book import CostBook
from engine.ledger.costs import LineCosts, find_unit_costs
from engine.ledger.exchange import Exchange, RealisedRates
from engine.ledger.fee_frames import Fees
from engine.ledger.fee_work import FeeRules, FeeWork, work_out_fees
from engine.ledger.fees import book_fees
from engine.ledger.frames import NO_LISTING, Conversions, Held, Orders, OrderState
from engine.ledger.fulfilment import CarrierFiles, Fulfilment, fulfil
from engine.ledger.holding import conversions_of, hold_back
from engine.ledger.order_money import Money, at_market
from engine.ledger.orders import build_orders
from engine.ledger.pooled_fees import PooledBefore
from engine.ledger.refund_cells import RefundEvents, split_refunds
from engine.ledger.refunds import Refunds, select_refunds
from engine.ledger.sales import Lines, SaleAmounts, allocate_sales, resolve_lines
from engine.ledger.sku_names import CostOwners
from engine.local_time import LocalClock
from engine.memory import give_back
from engine.money import Int64Array
from engine.sorting import distinct_pairs
from engine.sources.frames import BoolArray, Int32Array, PaymentRows, SourceTables
from engine.sources.owner_files import OwnerFiles


@dataclass(frozen=True, slots=True, eq=False)
class Policies:
    """What the owner has decided: settings that move figures."""

    returned_goods: str = "lost"  # or restocked (M26)
    vat_on_fees: str = "cost"  # or recoverable (M35)


@dataclass(frozen=True, slots=True, eq=False)
class Terms:
    """What the tables of a shop are worked out by.

    known_until: unix seconds, facts from then on are left out; None = none are.
    """

    files: OwnerFiles
    clock: LocalClock
    policies: Policies
    known_until: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Before:
    """What only the whole shop can tell of a few of its orders, from when it was worked out.

    costs: neighbours may lend a cost, so that it takes all SKUs to find one. pooled: what pools
    gave the counted ones of them, None = that is decided anew.
    """

    costs: CostBook
    pooled: PooledBefore | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Facts:
    """Sales, refunds and every cost of a shop; `lines` are the lines of counted orders.

    in_time: of each of `orders`, its row in the table of orders. money: rates of orders and
    refunds, None where all is in the shop's currency. fee_work: what the fees were put together
    from. Of a whole shop neither is kept.
    """

    tables: SourceTables
    terms: Terms
    in_time: Int64Array
    orders: Orders
    every_line: Lines
    lines: Lines
    sales: SaleAmounts
    refunds: Refunds
    back: RefundEvents
    costs: LineCosts
    fees: Fees
    account: Account
    fulfilment: Fulfilment
    money: Money | None
    held: Held
    conversions: Conversions
    notes: dict[str, int]
    fee_work: FeeWork | None = None

    @property
    def is_given_back(self) -> BoolArray:
        """Which orders have been refunded in full."""
        return _given_back(self.orders, self.refunds, self.back)


def gather(
    tables: SourceTables, terms: Terms, before: Before | None = None, *, keeps: bool = False
) -> Facts:
    """Work out sales, refunds, goods, fees and fulfilment, each from those before it.

    before: if these are a few orders of a shop that was worked out before. keeps: also keep what
    explanations ask for: what fees were put together from, and why parcels cost what they do.
    """
    notes: dict[str, int] = {}
    files, clock, identity = terms.files, terms.clock, terms.files.identity
    orders, in_time = build_orders(tables, clock, terms.known_until)
    exchange = Exchange(tables.shop, files.rates, _realised(tables.payments))
    orders, money, held = hold_back(tables, orders, in_time, exchange, clock, terms.known_until)
    of_orders, of_refunds = (money.orders, money.refunds) if money else (None, None)
    every_line = resolve_lines(tables, orders, in_time, identity)
    lines = every_line.chosen(orders.state[every_line.order] == OrderState.COUNTED)
    sales = allocate_sales(tables, lines, in_time, notes, of_orders)
    give_back()
    refunds = select_refunds(tables, orders, sales, clock, notes, terms.known_until, of_refunds)
    back = split_refunds(refunds, tables, lines, sales, identity, of_refunds)
    work = work_out_fees(
        tables.entries,
        tables.payments,
        tables.products,
        orders,
        every_line,
        sales,
        refunds,
        back,
        FeeRules(files.fees, exchange, files.offsite, terms.policies.vat_on_fees),
        clock,
        identity,
        at_market=at_market(of_orders, orders, exchange) if of_orders else None,
        known_until=terms.known_until,
        pooled=before.pooled if before else None,
    )
    fees = book_fees(work)
    account = account_of(tables.entries, work)
    conversions = conversions_of(orders, refunds, money)
    kept, kept_money = (work, money) if keeps else (None, None)
    del work, money, of_orders, of_refunds  # they are large, and the costs of parcels come next
    give_back()
    carrier = carrier_files(files)
    book = before.costs if before else _cost_book(tables, files, every_line, carrier)
    fulfilment = fulfil(
        tables,
        orders,
        lines,
        sales,
        carrier,
        terms.clock,
        tracking=tables.tracking,
        names=carrier.names_of(lines.skus, book.owners) if before else book.names,
        unsent=_unsent(orders, refunds, back),
        label_cost=fees.labels,
    )
    return Facts(
        tables=tables,
        terms=terms,
        in_time=in_time,
        orders=orders,
        every_line=every_line,
        lines=lines,
        sales=sales,
        refunds=refunds,
        back=back,
        costs=_line_costs(tables, files, orders, lines, book),
        fees=fees,
        account=account,
        fulfilment=fulfilment if keeps else fulfilment.without_reasons(),
        money=kept_money,
        held=held,
        conversions=conversions,
        notes=notes | fees.notes,
        fee_work=kept,
    )


def with_parcels(facts: Facts, terms: Terms, book: CostBook) -> Facts:
    """Return facts with what parcels cost by other terms; sales, refunds and fees are as they were.

    book: of the whole shop, as for `gather`.
    """
    carrier = carrier_files(terms.files)
    fulfilment = fulfil(
        facts.tables,
        facts.orders,
        facts.lines,
        facts.sales,
        carrier,
        terms.clock,
        tracking=facts.tables.tracking,
        names=carrier.names_of(facts.lines.skus, book.owners),
        unsent=_unsent(facts.orders, facts.refunds, facts.back),
        label_cost=facts.fees.labels,
    )
    return replace(facts, terms=terms, fulfilment=fulfilment.without_reasons())


def _realised(payments: PaymentRows) -> RealisedRates:
    return RealisedRates.of_payments(
        payments.payment_id,
        payments.order_id,
        payments.listing_currency,
        payments.account_currency,
        payments.rate,
        payments.rank,
    )


def carrier_files(files: OwnerFiles) -> CarrierFiles:
    """Return what costs of parcels are read from."""
    return CarrierFiles(
        costs=files.costs,
        prefixes=files.prefixes,
        sku_map=files.sku_map,
        desi=files.desi,
        zones=files.zones,
        prices=files.prices,
        duties=files.duties,
        settings=files.parcels,
        rates=files.rates,
    )


def _unsent(orders: Orders, refunds: Refunds, back: RefundEvents) -> BoolArray:
    """Orders that were refunded in full and never shipped: they have no parcel (M26)."""
    return _given_back(orders, refunds, back) & ~orders.is_shipped


def _given_back(orders: Orders, refunds: Refunds, back: RefundEvents) -> BoolArray:
    emptied = np.zeros(len(orders), np.bool_)
    emptied[refunds.order[back.refund[back.emptied_order]]] = True
    return emptied


def _cost_book(
    tables: SourceTables, files: OwnerFiles, every_line: Lines, carrier: CarrierFiles
) -> CostBook:
    owners = CostOwners.of(files.costs, files.prefixes)
    names = carrier.names_of(every_line.skus, owners)
    return CostBook.of(files.costs, owners, names, *sold_in(tables, files, every_line))


def _line_costs(
    tables: SourceTables, files: OwnerFiles, orders: Orders, lines: Lines, book: CostBook
) -> LineCosts:
    day = orders.day[lines.order]
    months = day.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    asked = [files.cost_regions.region_of(country)[0] for country in (*orders.countries, None)]
    country = orders.country[lines.order]
    questions = CostQuestions.of(
        book.places(lines.skus)[lines.sku],
        np.array(asked, np.int8)[country],
        (months + 1970 * 12).astype(np.int32),
        is_assumed=country < 0,
    )
    return find_unit_costs(book, questions, shop=tables.shop, rates=files.rates, day=day)


def sold_in(tables: SourceTables, files: OwnerFiles, lines: Lines) -> tuple[Int64Array, Int32Array]:
    """Return the pairs of a listing and a SKU that it offers or has sold, each once."""
    place = {sku: number for number, sku in enumerate(lines.skus)}
    offered = [place.get(files.identity(text) or "", -1) for text in tables.products.sku.values]
    sku = np.array([*offered, -1], np.int64)[tables.products.sku.code]
    listing = np.concatenate((tables.products.listing_id, lines.listing_id))
    sku = np.concatenate((sku, lines.sku))
    said = np.flatnonzero((listing != NO_LISTING) & (sku >= 0))
    listing, sku = distinct_pairs(listing[said], sku[said])
    return listing, sku.astype(np.int32)
