"""polars on the benchmark's table, lazily, on all cores: one plan for each level and grain.

Its best known form: orders of an entity first, then one aggregation for each grain; modes by the
largest of count × domain + rank over a group of its own, distinct counts after `unique`.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce

import numpy as np
import polars as pl
import pyarrow as pa

from benchmarks.rounding import with_quotients
from benchmarks.shop import DAYS, NEVER, PAYMENT_METHODS, Grain, grains
from benchmarks.spec import ENTITY, LEVELS, MODES, QUANTILES, STD, SUMS

KEYS = ("entity", "period")
DOMAINS = {"payment": len(PAYMENT_METHODS), "hour": 24, "weekday": 8, "month": 13}
_OF_ORDER = ("day", "seconds", "customer", "customer_first_day", "customer_second_day", *MODES)


def compute(lines: pa.Table) -> Iterator[tuple[tuple[str, str], dict[str, np.ndarray]]]:
    """Yield the columns of each level and grain, with keys `entity` and `period`."""
    frame = pl.from_arrow(lines)
    assert isinstance(frame, pl.DataFrame)
    for level in LEVELS:
        entity = ENTITY[level]
        own = frame.lazy().with_columns(
            entity=pl.col(entity).cast(pl.Int64) if entity else pl.lit(0, pl.Int64)
        )
        orders = (
            own.group_by("entity", "order")
            .agg(*(pl.col(name).sum() for name in SUMS), *(pl.first(name) for name in _OF_ORDER))
            .with_columns(net=pl.col("value") - pl.col("discount"))
            .collect()
        )
        for grain in grains():
            yield (level, grain.kind.value), _grain(own, orders.lazy(), grain)
        del orders  # before those of the next level are made


def _grain(own: pl.LazyFrame, orders: pl.LazyFrame, grain: Grain) -> dict[str, np.ndarray]:
    calendar = pl.DataFrame(
        {
            "day": np.arange(DAYS, dtype=np.int32),
            "period": grain.of_day.astype(np.int64),
            "first": grain.first[grain.of_day],
            "last": grain.last[grain.of_day],
        }
    ).lazy()
    rows = orders.join(calendar, on="day")
    net = pl.col("net")
    sums = rows.group_by(KEYS).agg(
        *(pl.col(name).sum() for name in SUMS),
        pl.len().cast(pl.Int64).alias("orders"),
        (pl.col("customer") < 0).sum().cast(pl.Int64).alias("guest_orders"),
        *(
            (net.quantile(above / below, "linear") + 0.5).floor().cast(pl.Int64).alias(name)
            for name, (above, below) in QUANTILES.items()
        ),
        (net.std(ddof=0) + 0.5).floor().cast(pl.Int64).alias(STD),
        (pl.col("seconds").max() - pl.col("seconds").min()).alias("span_seconds"),
    )
    known = rows.filter(pl.col("customer") >= 0).unique(("entity", "period", "customer"))
    second = pl.col("customer_second_day")
    customers = known.group_by(KEYS).agg(
        pl.len().cast(pl.Int64).alias("customers"),
        (pl.col("customer_first_day") >= pl.col("first"))
        .sum()
        .cast(pl.Int64)
        .alias("new_customers"),
        ((second != NEVER) & (second <= pl.col("last")))
        .sum()
        .cast(pl.Int64)
        .alias("repeat_customers"),
    )
    skus = (
        own.join(calendar, on="day")
        .unique(("entity", "period", "sku"))
        .group_by(KEYS)
        .agg(pl.len().cast(pl.Int64).alias("skus_sold"))
    )
    modes = [_mode(rows, code) for code in MODES]
    whole = reduce(
        lambda left, right: left.join(right, on=KEYS, how="left"), (sums, customers, skus, *modes)
    )
    result = whole.sort(KEYS).collect()
    counts = ("customers", "new_customers", "repeat_customers")
    result = result.with_columns(pl.col(counts).fill_null(0))
    columns = {name: result[name].to_numpy() for name in result.columns}
    columns["days"] = grain.days[columns["period"]]
    columns["gap_seconds"] = 3600 * (columns["orders"] - 1)
    return with_quotients(columns)


def _mode(rows: pl.LazyFrame, code: str) -> pl.LazyFrame:
    domain = DOMAINS[code]
    rank = pl.col("count").cast(pl.Int64) * domain + (domain - 1 - pl.col(code).cast(pl.Int64))
    return (
        rows.group_by(*KEYS, code)
        .agg(pl.len().alias("count"))
        .group_by(KEYS)
        .agg(
            (domain - 1 - rank.max() % domain).alias(f"{code}_mode"),
            *([pl.len().cast(pl.Int64).alias("payment_methods")] if code == "payment" else []),
        )
    )
