"""pandas on the benchmark's table: group by entity and order, then by entity and period.

Its best known form: int64 keys, sorted groups, distinct counts by dropping duplicates once, modes
by the largest of count × domain + rank, quartiles of one sort. Quantiles and spreads come as floats
that are exact here, and are rounded afterwards.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from benchmarks.rounding import with_quotients
from benchmarks.shop import NEVER, PAYMENT_METHODS, Grain, grains
from benchmarks.spec import ENTITY, LEVELS, MODES, QUANTILES, STD, SUMS

DOMAINS = {"payment": len(PAYMENT_METHODS), "hour": 24, "weekday": 8, "month": 13}
_OF_ORDER = ("day", "seconds", "customer", "customer_first_day", "customer_second_day", *MODES)


def compute(lines: pa.Table) -> Iterator[tuple[tuple[str, str], dict[str, np.ndarray]]]:
    """Yield the columns of each level and grain, with keys `entity` and `period`."""
    frame = lines.to_pandas()
    del lines  # copied by now
    for level in LEVELS:
        entity = ENTITY[level]
        frame["entity"] = frame[entity].astype("int64") if entity else np.int64(0)
        by_order = frame.groupby(["entity", "order"], sort=True)
        orders = by_order[list(SUMS)].sum()
        orders[list(_OF_ORDER)] = by_order[list(_OF_ORDER)].first()
        orders = orders.reset_index()
        for grain in grains():
            yield (level, grain.kind.value), _grain(frame, orders, grain)
        del orders, by_order  # before those of the next level are made


def _grain(frame: pd.DataFrame, orders: pd.DataFrame, grain: Grain) -> dict[str, np.ndarray]:
    periods = len(grain.periods)
    group = orders["entity"].to_numpy() * periods + grain.of_day[orders["day"].to_numpy()]
    by_group = orders.groupby(group, sort=True)
    result = by_group[list(SUMS)].sum()
    keys = result.index.to_numpy()
    columns: dict[str, Any] = {name: result[name].to_numpy() for name in SUMS}
    size = by_group.size()
    columns["orders"] = size.to_numpy()
    columns["guest_orders"] = (orders["customer"] < 0).groupby(group).sum().to_numpy()
    columns |= _customers(orders, group, keys, grain)
    columns["payment_methods"] = by_group["payment"].nunique().to_numpy()
    of_line = frame["entity"].to_numpy() * periods + grain.of_day[frame["day"].to_numpy()]
    pairs = pd.DataFrame({"group": of_line, "sku": frame["sku"].to_numpy()}).drop_duplicates()
    columns["skus_sold"] = pairs.groupby("group").size().to_numpy()
    value = (orders["value"] - orders["discount"]).groupby(group)
    points = value.quantile([above / below for above, below in QUANTILES.values()]).unstack()
    for name, (above, below) in QUANTILES.items():
        columns[name] = np.floor(points[above / below].to_numpy() + 0.5).astype(np.int64)
    columns[STD] = np.floor(value.std(ddof=0).to_numpy() + 0.5).astype(np.int64)
    for code in MODES:
        columns[f"{code}_mode"] = _mode(group, orders[code].to_numpy(), DOMAINS[code])
    period = keys % periods
    seconds = by_group["seconds"]
    columns["days"] = grain.days[period]
    columns["span_seconds"] = (seconds.max() - seconds.min()).to_numpy()
    columns["gap_seconds"] = 3600 * (columns["orders"] - 1)
    return {"entity": keys // periods, "period": period} | with_quotients(columns)


def _customers(
    orders: pd.DataFrame, group: np.ndarray, keys: np.ndarray, grain: Grain
) -> dict[str, np.ndarray]:
    known = orders["customer"].to_numpy() >= 0
    first = orders["customer_first_day"].to_numpy()[known]
    second = orders["customer_second_day"].to_numpy()[known]
    pairs = pd.DataFrame(
        {
            "group": group[known],
            "customer": orders["customer"].to_numpy()[known],
            "new": first >= grain.first[group[known] % len(grain.periods)],
            "repeat": (second != NEVER) & (second <= grain.last[group[known] % len(grain.periods)]),
        }
    ).drop_duplicates(["group", "customer"])
    by_group = pairs.groupby("group", sort=True)
    counts = pd.DataFrame(
        {
            "customers": by_group.size(),
            "new_customers": by_group["new"].sum(),
            "repeat_customers": by_group["repeat"].sum(),
        }
    ).reindex(keys, fill_value=0)
    return {name: counts[name].to_numpy() for name in counts.columns}


def _mode(group: np.ndarray, code: np.ndarray, domain: int) -> np.ndarray:
    cell = pd.Series(group * domain + code)
    counts = cell.value_counts(sort=False)
    cells = counts.index.to_numpy()
    ranked = counts.to_numpy() * domain + (domain - 1 - cells % domain)
    best = pd.Series(ranked).groupby(cells // domain, sort=True).max().to_numpy()
    return domain - 1 - best % domain
