"""A shop with what the worked example leaves at zero: every figure of March 2026 by hand.

Order 1 is a gift of 20.00 and 2.00 VAT, and 25.00 are given back. Order 2 came through offsite ads:
2 × 15.00 and 1.00 VAT. Order 3 is of 10.00 euros at 1.20. Order 4 is in francs, for which there is
no rate. The account charges 1.25 for something unheard of. One view a day, no costs on file.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import numpy as np

from engine.metrics.compute import Snapshot
from engine.periods import day_number
from engine.sources.fee_schedule import FeeRow, FeeSchedule
from engine.sources.offsite_orders import OffsiteOrders
from engine.sources.rate_files import RATE_SCALE, PairRates, Rates
from tests.shop_builder import (
    Entry,
    Line,
    Order,
    Refund,
    Span,
    a_shop,
    integers,
    owner_files,
    snapshot_of,
    tables,
    utc,
)

_FEES = FeeSchedule(
    (
        FeeRow("*", "offsite_ads", frozenset({"items"}), ppm=150_000),
        FeeRow("*", "currency_conversion", frozenset({"items"}), ppm=25_000),
    ),
    "by hand",
)
_EURO = PairRates(
    np.array([day_number(date(2026, 3, 10))], np.int32),
    integers([12 * RATE_SCALE // 10]),
    np.zeros(1, np.int32),
)


def snapshot() -> Snapshot:
    """The shop on 31 March at noon."""
    at = datetime(2026, 3, 10, 9)
    lines = {1: (1, 2000), 2: (2, 1500), 3: (1, 1000), 4: (1, 5000)}
    first, second, third, fourth = (
        [Line(10 * number, "A", units, cents, 101)] for number, (units, cents) in lines.items()
    )
    orders = [
        Order(1, at, first, buyer=1, is_gift=True, vat=200, grand_total=2200),
        Order(2, at, second, buyer=2, vat=100, grand_total=3100),
        Order(3, at, third, currency="EUR", grand_total=1000),
        Order(4, at, fourth, currency="CHF", grand_total=5000),
    ]
    days = [date(2026, 3, 1) + timedelta(days=number) for number in range(31)]
    source = tables(
        a_shop(),
        orders,
        [Refund(1, 1, datetime(2026, 3, 20, 9), 2500)],
        entries=[Entry(1, "fancy_fee", -125, datetime(2026, 3, 15, 9))],
        visits=[Span(row, 101, day, day, visits=1, views=1) for row, day in enumerate(days, 1)],
    )
    files = replace(
        owner_files(),
        fees=_FEES,
        rates=Rates({("EUR", "USD"): _EURO}),
        offsite=OffsiteOrders(np.array([2], np.int64), np.zeros(1, np.int8)),
    )
    return snapshot_of(source, files=files, watermark=utc("2026-03-31T12:00:00"))
