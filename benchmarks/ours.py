"""The engine on the benchmark's table: sales as a ledger, sorted once a level, then every grain.

What is measured is what the two programs do: `build_snapshot` and `compute_block`, with the 47
columns declared as metrics. One task is one level and grain, on as many threads as there are cores.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import fields
from typing import Any

import numpy as np
import pyarrow as pa

from benchmarks.shop import FIRST, LAST, LISTINGS, PAYMENT_METHODS, SKUS, Grain, grains
from benchmarks.spec import (
    COUNTS,
    DERIVED,
    FEES,
    LEVELS,
    MODES,
    NULL,
    QUANTILES,
    RATIOS,
    SHARE,
    STD,
    SUMS,
    Terms,
)
from engine.ledger.amounts import Amounts
from engine.ledger.frames import (
    AMOUNTS,
    Codes,
    DayFact,
    DayFacts,
    DayRows,
    EventKind,
    Favourites,
    Ledger,
    Offers,
    OrderEntities,
    Orders,
    Reviews,
)
from engine.metrics.compute import MetricBlock, Snapshot, build_snapshot, compute_block
from engine.metrics.model import (
    ALL_LEVELS,
    Family,
    Formula,
    Kind,
    Level,
    Linear,
    Metric,
    Mode,
    Quantile,
    Ratio,
    Std,
    Unit,
)
from engine.periods import day_number
from engine.sources.frames import Shop

ORDER_SERIES = "order_value"
_PARTS = {
    **{name: f"l.{name}" for name in SUMS},
    **{name: f"d.{name}" for name in COUNTS},
    "orders": "o.orders",
    "guest_orders": "o.guest_orders",
    "days": "elapsed_days",
    "span_seconds": "o.span_seconds",
    "gap_seconds": "o.gaps",  # a ratio in hours turns gaps into seconds itself
}
_CODES = {"payment": "payment_method"}
assert set(FEES) <= set(AMOUNTS)


def compute(lines: pa.Table) -> Iterator[tuple[tuple[str, str], MetricBlock]]:
    """Yield the answer of each level and grain as soon as it is there; none is kept here."""
    ledger = ledger_of(lines)
    del lines  # copied by now
    snapshot = _sorted(ledger)

    def answered(level: str, grain: Grain) -> tuple[tuple[str, str], MetricBlock]:
        block = compute_block(snapshot, grain.periods, Level(level), METRICS)
        return (level, grain.kind.value), block

    with ThreadPoolExecutor(min(os.cpu_count() or 1, 8)) as pool:
        tasks = ((level, grain) for level in LEVELS[::-1] for grain in grains())  # largest first
        for done in as_completed(pool.submit(answered, *task) for task in tasks):
            yield done.result()
            del done


def columns_of(block: MetricBlock) -> dict[str, np.ndarray]:
    """Return an answer as the rivals give theirs: arrays by name, NULL where nothing is known."""
    columns = {"entity": block.entity, "period": block.period}
    for name, column in block.columns.items():
        columns[name] = np.where(column.known, column.values, NULL)
    # The shop has a row for every period; here a row is one with an order.
    has_orders = columns["orders"] > 0
    if not has_orders.all():
        columns = {name: values[has_orders] for name, values in columns.items()}
    return columns


def snapshot_of(lines: pa.Table) -> Snapshot:
    """Return the lines as a shop in memory, ready for questions."""
    return _sorted(ledger_of(lines))


def _sorted(ledger: Ledger) -> Snapshot:
    begun = day_number(LAST) + 1
    return build_snapshot(ledger, begun, begun)


def ledger_of(lines: pa.Table) -> Ledger:
    """Return the lines as a ledger of sales, without refunds, entries or parcels."""
    column: dict[str, Any] = {name: lines[name].to_numpy() for name in lines.column_names}
    count = len(column["order"])
    heads = np.flatnonzero(np.append(True, np.diff(column["order"]) != 0))
    origin = day_number(FIRST)
    day = (column["day"] + origin).astype(np.int32)
    none, no_rows = np.zeros(count, np.bool_), np.empty(0, np.int64)
    nothing = np.broadcast_to(np.int64(0), (count,))
    orders = Orders(
        order_id=column["order"][heads].astype(np.int64) + 1,
        state=np.zeros(len(heads), np.int8),
        seconds=column["seconds"][heads] + origin * 86_400,
        day=day[heads],
        hour=column["hour"][heads],
        has_clock=np.ones(len(heads), np.bool_),
        customer_id=column["customer"][heads].astype(np.int64) + 1,
        payment_method=column["payment"][heads].astype(np.int32),
        country=np.full(len(heads), -1, np.int32),
        is_gift=none[heads],
        is_shipped=none[heads],
        shipped_seconds=np.full(len(heads), -1),
        payment_methods=PAYMENT_METHODS,
        countries=(),
    )
    return Ledger(
        shop=Shop(1, "Benchmark", "UTC", "USD", None, 1, None, is_demo=True),
        orders=orders,
        uncounted=OrderEntities(*(no_rows.astype(np.int32) for _ in range(3))),
        is_given_back=none[heads],
        listing_ids=np.append(np.arange(1, LISTINGS + 1), 0),
        skus=(*(f"{sku:05}" for sku in range(SKUS)), "(none)"),
        listing_titles={},
        kind=np.full(count, EventKind.SALE, np.int8),
        order=column["order"],
        line_id=np.arange(1, count + 1),
        source_id=nothing,
        listing=column["listing"],
        sku=column["sku"],
        order_day=day,
        event_day=day,
        is_partial=none,
        is_estimated=none,
        has_no_ceiling=none,
        parcel_order=no_rows.astype(np.int32),
        parcel_row=no_rows,
        parcel_of_piece=no_rows,
        order_parcels={},
        cost_codes=Codes(np.full(SKUS + 1, -1, np.int16), ()),
        refund_reason=Codes(np.full(count, -1, np.int16), ()),
        fee_bases=np.zeros(count, np.int16),
        amounts=Amounts((name, column.get(name, nothing)) for name in AMOUNTS),
        ads=_no_days(DayFact.AD_SPEND, DayFact.UNKNOWN_COSTS),
        visits=_no_days(DayFact.VISITS, DayFact.VIEWS),
        expenses=_no_days(DayFact.EXPENSES),
        reviews=_no_rows(Reviews),
        offers=_no_rows(Offers),
        favourites=_no_rows(Favourites),
    )


def _no_rows(kind: type[Any]) -> Any:
    flags = [field.type == "BoolArray" for field in fields(kind)]
    return kind(*(np.empty(0, np.bool_ if is_flag else np.int64) for is_flag in flags))


def _no_days(*facts: DayFact) -> DayFacts:
    none = np.empty(0, np.int32)
    amounts = Amounts((fact.value, none.astype(np.int64)) for fact in facts)
    return DayFacts(DayRows(none, none, amounts, {f: none.astype(np.bool_) for f in facts}), {})


def _metrics() -> Iterator[Metric]:
    def metric(name: str, unit: Unit, formula: Formula) -> Metric:
        return Metric(name, name, unit, Kind.SUM, formula, Family.SALES, f"{name}.", ALL_LEVELS)

    for name in (*SUMS, *COUNTS):
        yield metric(name, Unit.COUNT, Linear(((1, _PARTS[name]),)))
    for name, (above, below) in QUANTILES.items():
        yield metric(name, Unit.MONEY, Quantile(ORDER_SERIES, above, below))
    yield metric(STD, Unit.MONEY, Std(ORDER_SERIES))
    for code in MODES:
        yield metric(f"{code}_mode", Unit.INT, Mode(_CODES.get(code, code)))
    for name, terms in DERIVED.items():
        yield metric(name, Unit.MONEY, _linear(terms))
    for name, ratio in RATIOS.items():
        unit = Unit.MULTIPLE if ratio.scale == SHARE else Unit.MONEY
        unit = Unit.HOURS if name.startswith("hours_") else unit
        yield metric(name, unit, Ratio(_linear(ratio.over), _linear(ratio.under)))


def _linear(terms: Terms) -> Linear:
    return Linear(tuple((sign, _PARTS[name]) for sign, name in terms))


METRICS = tuple(_metrics())
