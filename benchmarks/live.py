"""How fast a question about any range of days is answered, warm: what a page of the dashboard asks.

    python benchmarks/live.py [--size L] [--repeat 15] [--keep]

One question = 26 figures of the shop, the daily series of 8 sums, and the 50 listings and SKUs that
sold most, of the last 30 days, year and five years. Prints the median in milliseconds of each.
"""

from __future__ import annotations

import sys
from datetime import timedelta
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import click
import numpy as np
import pyarrow.parquet as pq

from benchmarks.measure import emit, load, median, peak_megabytes, timed
from benchmarks.ours import METRICS, snapshot_of
from benchmarks.shop import LAST, ORDERS, lines_file
from benchmarks.spec import COUNTS, DERIVED, MODES, QUANTILES, RATIOS, STD, SUMS
from engine.metrics.compute import Snapshot, compute_block
from engine.metrics.model import LISTING, PRODUCT, SHOP, Level
from engine.periods import Period, PeriodKind, periods_between

RANGES = {"30 days": 30, "1 year": 365, "5 years": 1826}
BUDGET = {"30 days": 50, "1 year": 150, "5 years": 400}  # milliseconds on L
_NAMED = {metric.name: metric for metric in METRICS}
SHOP_FIGURES = [
    _NAMED[name]
    for name in (
        *SUMS[:4],
        *COUNTS[:5],
        *list(QUANTILES)[1:4],
        STD,
        *(f"{code}_mode" for code in MODES[:3]),
        *DERIVED,
        *list(RATIOS)[:5],
        "hours_between_orders",
    )
]
SERIES = [_NAMED[name] for name in SUMS[:8]]
TOP = 50
assert len(SHOP_FIGURES) == 26, len(SHOP_FIGURES)


def ask(snapshot: Snapshot, days: int) -> int:
    """Answer one question about the last so many days; returns how many values it has."""
    first = LAST - timedelta(days=days - 1)
    whole = Period.custom(first, LAST)
    figures = compute_block(snapshot, [whole], SHOP, SHOP_FIGURES)
    daily = list(periods_between(PeriodKind.DAILY, first, LAST))
    series = compute_block(snapshot, daily, SHOP, SERIES)
    best = sum(len(_top(snapshot, whole, level)) for level in (LISTING, PRODUCT))
    return len(figures.columns) + len(series) * len(series.columns) + best


def _top(snapshot: Snapshot, period: Period, level: Level) -> np.ndarray:
    """The entities that sold most, of equals the smaller code."""
    block = compute_block(snapshot, [period], level, [_NAMED["sales_after_discounts"]])
    sales = block.columns["sales_after_discounts"].values
    some = np.argpartition(-sales, min(TOP, len(sales)) - 1)[:TOP] if len(sales) else block.entity
    return block.entity[some][np.lexsort((block.entity[some], -sales[some]))]


@click.command()
@click.option("--size", type=click.Choice(list(ORDERS)), default="L", show_default=True)
@click.option("--repeat", default=15, show_default=True)
@click.option("--keep", is_flag=True, help="Add the figures to benchmarks/results.jsonl.")
def main(size: str, repeat: int, keep: bool) -> None:
    """Measure live questions."""
    lines = pq.read_table(lines_file(size))
    snapshot, wall, processor = timed(lambda: snapshot_of(lines))
    emit(
        "live build",
        keep,
        size=size,
        wall_seconds=round(wall, 2),
        processor_seconds=round(processor, 2),
        peak_megabytes=peak_megabytes(),
        load=load(),
    )
    for name, days in RANGES.items():
        took, busy = [], []
        for _ in range(repeat + 1):
            values, wall, processor = timed(partial(ask, snapshot, days))
            took.append(1000 * wall)
            busy.append(1000 * processor)
        emit(
            "live",
            keep,
            size=size,
            range=name,
            values=values,
            median_ms=round(median(took[1:]), 2),
            processor_ms=round(median(busy[1:]), 2),
            budget_ms=BUDGET[name],
            load=load(),
        )


if __name__ == "__main__":
    main()
