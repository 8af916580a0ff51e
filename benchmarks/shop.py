"""The shop that the benchmarks ask about: one row = one order line, seeded, as a Parquet file.

Three sizes over five years: 50,000, 500,000 and 5,000,000 orders with half as many lines again,
2,000 listings, 8,000 SKUs, every third order by a customer who is known. Amounts are whole minor
units. A file is made once, kept in .data/benchmarks and checked by its hash.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from engine.money import Int64Array
from engine.periods import GRAINS, Period, PeriodKind, day_number, period_of_days, periods_between

PROJECT = Path(__file__).resolve().parent.parent
FOLDER = PROJECT / ".data" / "benchmarks"
ORDERS = {"tiny": 2_000, "quick": 100_000, "S": 50_000, "M": 500_000, "L": 5_000_000}
FIRST, LAST = date(2021, 1, 1), date(2025, 12, 31)
DAYS = day_number(LAST) - day_number(FIRST) + 1
LISTINGS, SKUS = 2_000, 8_000
PAYMENT_METHODS = ("apple_pay", "cc", "google_pay", "other", "paypal")
NEVER = 2**31 - 1
_VERSION = 1  # to be raised with every change of what is generated
_SEED = 20_260_101
_DAY_SECONDS = 86_400


def lines_file(size: str, folder: Path = FOLDER) -> Path:
    """Return the file of a size, made first if it is not there or not as it was made."""
    path = folder / f"lines-{size}-{_VERSION}.parquet"
    note = path.with_suffix(".sha256")
    if not (path.exists() and note.exists() and note.read_text() == _hash(path)):
        folder.mkdir(parents=True, exist_ok=True)
        pq.write_table(make_lines(ORDERS[size]), path, compression="zstd")
        note.write_text(_hash(path))
    return path


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def make_lines(orders: int) -> pa.Table:
    """Draw the order lines of a shop, in the order of time."""
    draw = np.random.default_rng(_SEED)
    seconds = _order_times(draw, orders)
    day = seconds // _DAY_SECONDS
    customer = _customers(draw, orders)
    first, second = _first_days(customer, day)
    lines_of = 1 + draw.geometric(0.668, orders) - 1
    order = np.repeat(np.arange(orders), lines_of)
    sku = _skus(draw, len(order))
    columns: dict[str, np.ndarray] = {
        "order": order.astype(np.int32),
        "day": day[order].astype(np.int32),
        "seconds": seconds[order],
        "listing": (sku // (SKUS // LISTINGS)).astype(np.int32),
        "sku": sku.astype(np.int32),
        "customer": customer[order].astype(np.int32),
        "customer_first_day": first[order].astype(np.int32),
        "customer_second_day": second[order].astype(np.int32),
        "payment": draw.choice(
            len(PAYMENT_METHODS), orders, p=(0.12, 0.55, 0.08, 0.05, 0.2)
        ).astype(np.int8)[order],
    }
    date_of = (day + day_number(FIRST)).astype("datetime64[D]")
    month = date_of.astype("datetime64[M]").astype(np.int64) % 12 + 1
    columns |= {
        "hour": (seconds // 3600 % 24).astype(np.int8)[order],
        "weekday": ((day + day_number(FIRST) + 3) % 7 + 1).astype(np.int8)[order],
        "month": month.astype(np.int8)[order],
    }
    return pa.table(columns | _amounts(draw, sku))


def _order_times(draw: np.random.Generator, orders: int) -> Int64Array:
    """Seconds since the first day, ascending; a shop grows, and sleeps at night."""
    share = draw.random(orders)
    day = np.minimum((np.sqrt(0.1 + share * 0.9) - np.sqrt(0.1)) / (1 - np.sqrt(0.1)), 0.999_999)
    clock = np.clip(draw.normal(15 * 3600, 5 * 3600, orders), 0, _DAY_SECONDS - 1)
    return np.sort((day * DAYS).astype(np.int64) * _DAY_SECONDS + clock.astype(np.int64))


def _customers(draw: np.random.Generator, orders: int) -> Int64Array:
    """The customer of each order, −1 for guests; most known ones come back a few times."""
    known = draw.random(orders) < 0.3
    pool = max(int(orders * 0.12), 1)
    return np.where(known, (pool * draw.random(orders) ** 1.5).astype(np.int64), -1)


def _first_days(customer: Int64Array, day: Int64Array) -> tuple[Int64Array, Int64Array]:
    """Days of the first and second order of each order's customer, NEVER where there is none."""
    first, second = (np.full(int(customer.max(initial=0)) + 2, NEVER) for _ in range(2))
    by_customer = np.argsort(customer, kind="stable")
    ids = customer[by_customer]
    heads = np.flatnonzero(np.append(True, ids[1:] != ids[:-1]))
    first[ids[heads]] = day[by_customer[heads]]
    after = heads + 1
    after = after[(after < len(ids))]
    after = after[ids[after] == ids[after - 1]]
    second[ids[after]] = day[by_customer[after]]
    guest = customer < 0
    return np.where(guest, NEVER, first[customer]), np.where(guest, NEVER, second[customer])


def _skus(draw: np.random.Generator, count: int) -> Int64Array:
    """SKUs by popularity: a few sell all the time, most now and then."""
    popularity = 1 / (np.arange(SKUS) + 20.0)
    draw.shuffle(popularity)
    borders = np.cumsum(popularity / popularity.sum())
    return np.minimum(np.searchsorted(borders, draw.random(count)), SKUS - 1)


def _amounts(draw: np.random.Generator, sku: Int64Array) -> dict[str, np.ndarray]:
    count = len(sku)
    price = draw.integers(900, 9_000, SKUS)[sku]
    quantity = 1 + (draw.random(count) < 0.12) + (draw.random(count) < 0.03)
    value = price * quantity
    discount = np.where(draw.random(count) < 0.25, value * draw.integers(5, 30, count) // 100, 0)
    shipping = np.where(draw.random(count) < 0.6, draw.integers(400, 1_800, count), 0)
    gift_wrap = np.where(draw.random(count) < 0.03, 300, 0)
    base = value - discount + shipping + gift_wrap
    tax = np.where(draw.random(count) < 0.4, base * draw.integers(4, 10, count) // 100, 0)
    return {
        "value": value,
        "discount": discount,
        "shipping": shipping,
        "gift_wrap": gift_wrap,
        "sales_tax": tax,
        "quantity": quantity.astype(np.int64),
        "cogs": price * quantity * draw.integers(20, 55, SKUS)[sku] // 100,
        "postage": draw.integers(500, 2_400, count),
        "duty": np.where(draw.random(count) < 0.5, value * 6 // 100, 0),
        "transaction_fees": base * 65 // 1_000,
        "processing_fees": (base + tax) * 65 // 1_000 + 30,
        "listing_fees": 20 * quantity.astype(np.int64),
        "vat_on_fees": base * 26 // 1_000,
    }


@dataclass(frozen=True, slots=True)
class Grain:
    """The periods of one kind, and of each day the number of its period."""

    kind: PeriodKind
    periods: list[Period]
    of_day: np.ndarray  # int32[DAYS]
    first: Int64Array  # days counted from FIRST; a period may begin before it
    last: Int64Array
    days: Int64Array  # how many days of the period have begun by the end of LAST


def grains() -> list[Grain]:
    """Return the five stored grains over the days of the shop."""
    origin, begun = day_number(FIRST), day_number(LAST) + 1
    found = []
    for kind in GRAINS:
        periods = list(periods_between(kind, FIRST, LAST))
        found.append(
            Grain(
                kind,
                periods,
                period_of_days(periods, origin, DAYS),
                np.array([day_number(p.start) - origin for p in periods]),
                np.array([day_number(p.end) - origin for p in periods]),
                np.array([p.elapsed_days(begun) for p in periods]),
            )
        )
    return found
