"""Random small shops with everything that an order can meet, on few days so that things collide.

Orders share parcels, refunds come in several steps, the payment account knows some orders, some
lines, and whole months; some goods have no cost, no weight, no zone or no duty row.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np
from hypothesis import strategies as st

from engine.ledger.events import build_ledger
from engine.ledger.evidence import Evidence, keep_evidence
from engine.ledger.facts import Facts, Policies
from engine.ledger.frames import Ledger
from engine.ledger.reconcile import reconcile
from engine.local_time import local_clock
from engine.periods import day_number
from engine.sources.frames import SourceTables, TrackingRows
from engine.sources.rate_files import PairRates, Rates
from tests import worked_shop
from tests.shop_builder import (
    Entry,
    Item,
    Line,
    Order,
    Refund,
    Span,
    a_shop,
    integers,
    maybe,
    tables,
    texts,
    unix,
)

START = datetime(2026, 2, 20, 9, 0)
ORDERS = 6
SKUS = ("A-RED", "A-BLUE", "B", "C", "nobody knows", None)
KINDS = (
    "transaction",
    "shipping_transaction",
    "PAYMENT_PROCESSING_FEE",
    "regulatory_operating_fee",
    "renew_sold",
    "vat_seller_services",
    "offsite_ads_fee",
    "transaction_refund",
    "fancy_fee",
    "shipping_labels",
    "shipping_label_refund",
    "PAYMENT_GROSS",
)
# A rate that moves every third day; the last currency has none.
CURRENCIES = (None, None, None, "EUR", "CHF")
_DAYS = np.arange(0, 120, 3, dtype=np.int32) + day_number(START.date()) - 9
_EUR = PairRates(_DAYS, 108_317_000 + 70_001 * np.arange(len(_DAYS)), np.arange(len(_DAYS)))
FILES = replace(worked_shop.files(), rates=Rates({("EUR", "USD"): _EUR}))
_PRICES = st.sampled_from((0, 1, 999, 1500, 3000, 4501))


@dataclass
class AnyShop:
    """A shop's rows, and by which of the owner's policies they are worked out."""

    source: SourceTables
    policies: Policies
    known_until: int | None

    def load(self) -> tuple[Ledger, Facts, Evidence]:
        """Build and reconcile the ledger."""
        shop = self.source.shop
        ledger, facts = build_ledger(
            self.source,
            FILES,
            local_clock(shop.time_zone),
            policies=self.policies,
            known_until=self.known_until,
        )
        reconcile(ledger, facts)
        return ledger, facts, keep_evidence(facts)


@st.composite
def _lines(draw: st.DrawFn, order_id: int) -> list[Line]:
    has_own = draw(st.booleans())
    own = st.integers(0, 500) if has_own else st.none()
    return [
        Line(
            order_id * 10 + number,
            draw(st.sampled_from(SKUS)),
            draw(st.integers(1, 3)),
            draw(_PRICES),
            draw(st.sampled_from((None, 101, 102))),
            coupon=draw(own),
            shipping=draw(own),
            tax=draw(own),
            is_digital=draw(st.integers(0, 9)) == 0,
        )
        for number in range(1, draw(st.integers(0, 3)) + 1)
    ]


@st.composite
def _orders(draw: st.DrawFn) -> list[Order]:
    return [
        Order(
            number,
            START + timedelta(hours=draw(st.integers(0, 24 * 45))),
            draw(_lines(number)),
            buyer=draw(st.sampled_from((None, 1, 2))),
            country=draw(st.sampled_from(("DE", "US", "FR", None))),
            status=draw(
                st.sampled_from(("paid", "completed", "paid", "canceled", "fully refunded"))
            ),
            is_shipped=draw(st.booleans()),
            discount=draw(st.sampled_from((0, 0, 1, 777))),
            shipping=draw(st.sampled_from((0, 799))),
            gift_wrap=draw(st.sampled_from((0, 0, 301))),
            tax=draw(st.sampled_from((0, 137))),
            vat=draw(st.sampled_from((0, 0, 55))),
            grand_total=draw(st.sampled_from((None, 0, 9999, 20_001))),
            currency=draw(st.sampled_from(CURRENCIES)),
            ship_hours=draw(st.sampled_from((None, 26.0))),
        )
        for number in range(1, ORDERS + 1)
    ]


@st.composite
def _refunds(draw: st.DrawFn) -> list[Refund]:
    def items(order_id: int) -> list[Item]:
        wanted = draw(st.lists(st.integers(1, 3), max_size=2))
        return [
            Item(draw(st.integers(0, 4000)), order_id * 10 + line, quantity=draw(units))
            for line in wanted
        ]

    units = st.sampled_from((None, 1, 2))
    orders = draw(st.lists(st.integers(1, ORDERS), max_size=5))
    return [
        Refund(
            number,
            order_id,
            START + timedelta(days=draw(st.integers(0, 70))),
            draw(st.sampled_from((1, 333, 1500, 4501, 25_000))),
            tax=draw(st.sampled_from((None, 0, 100))),
            status=draw(st.sampled_from((None, None, "failed"))),
            items=items(order_id),
        )
        for number, order_id in enumerate(orders, 1)
    ]


@st.composite
def _entries(draw: st.DrawFn) -> list[Entry]:
    def entry(number: int) -> Entry:
        order = draw(st.integers(1, ORDERS))
        reference = draw(
            st.sampled_from(({"order_id": order}, {"line_id": order * 10 + 1}, {}, {}))
        )
        at = START + timedelta(days=draw(st.integers(0, 60)))
        charge = draw(st.sampled_from((-350, -20, 20, 52, 353, 2000)))
        return Entry(number, draw(st.sampled_from(KINDS)), -charge, at, **reference)

    return [entry(number) for number in range(1, draw(st.integers(0, 14)) + 1)]


@st.composite
def _spans(draw: st.DrawFn) -> list[Span]:
    """Statistics of ads and visits, over days that may overlap; some are not over yet."""

    def span(number: int) -> Span:
        first = (START + timedelta(days=draw(st.integers(-3, 60)))).date()
        counts = st.sampled_from((None, 0, 3, 100))
        return Span(
            number,
            draw(st.sampled_from((0, 101, 102))),
            first,
            first + timedelta(days=draw(st.integers(0, 20))),
            spend=draw(st.sampled_from((None, 0, 100, 999))),
            sales=draw(counts),
            clicks=draw(counts),
            orders=draw(counts),
            visits=draw(counts),
            views=draw(counts),
            currency=draw(st.sampled_from(CURRENCIES)),
        )

    return [span(number) for number in range(1, draw(st.integers(0, 5)) + 1)]


@st.composite
def any_shop(draw: st.DrawFn) -> AnyShop:
    """Draw a shop."""
    shop = a_shop()
    source = tables(
        shop,
        draw(_orders()),
        draw(_refunds()),
        entries=draw(_entries()),
        ads=draw(_spans()),
        visits=draw(_spans()),
    )
    codes = st.sampled_from(("P1", "P2", "P3"))
    sent = sorted(draw(st.lists(st.tuples(st.integers(1, ORDERS), codes), max_size=6)))
    tracking = TrackingRows(
        integers([order for order, _ in sent]),
        texts([code for _, code in sent]),
        texts(["FedEx" for _ in sent]),
        maybe([unix(shop, START + timedelta(days=order)) for order, _ in sent]),
    )
    policies = Policies(
        draw(st.sampled_from(("lost", "restocked"))), draw(st.sampled_from(("cost", "recoverable")))
    )
    until = draw(st.sampled_from((None, unix(shop, START + timedelta(days=30)))))
    return AnyShop(replace(source, tracking=tracking), policies, until)
