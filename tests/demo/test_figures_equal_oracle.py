"""Every metric of the demo, at all levels, grains and random ranges, is what the oracle says.

The oracle answers one question at a time, so of each batch only some rows are asked about: those
that together have a figure of every metric, drawn by a seed, and not the empty ones.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import numpy as np
import pandas as pd
import pytest

from engine import EcommerceAnalyticsOptimized
from engine.metrics.model import SCALE, Level, Metric, Unit
from engine.metrics.registry import REGISTRY
from engine.periods import GRAINS, Period, PeriodKind, periods_between
from tests.oracle import Oracle

RANGES = 12  # of any length, which may overlap
KINDS = (*GRAINS, PeriodKind.CUSTOM)
DATINGS = ("refund_day", "order_day")
# What so small a demo has none of; tests/metrics/test_oracle.py asks the same oracle about shops
# that have it: orders without a rate, unknown charges, an empty shelf. Offers of one SKU at two
# prices are in tests/stock_shop.py.
NEVER = {"held_orders", "other_fees", "stockout_days"}
NEVER_OF_A_SKU = {"offer_price_range"}
KEYS = ["entity_id", "period_start", "period_end"]


def periods_of(analytics: EcommerceAnalyticsOptimized, kind: PeriodKind) -> list[Period]:
    first, last = analytics.first_day, analytics.today
    assert first is not None
    if kind is not PeriodKind.CUSTOM:
        return list(periods_between(kind, first, last))
    draw = np.random.Generator(np.random.PCG64(17))
    starts = draw.integers(-20, (last - first).days, RANGES)
    days = draw.integers(0, 500, RANGES)
    begin = [first + timedelta(days=int(start)) for start in starts]
    return [
        Period.custom(day, day + timedelta(days=int(n))) for day, n in zip(begin, days, strict=True)
    ]


def telling_rows(frame: pd.DataFrame, metrics: list[Metric], seed: int) -> list[int]:
    """Rows that together have a figure, and not 0, of every metric that any row has one of."""
    names = [metric.name for metric in metrics]
    order = np.random.Generator(np.random.PCG64(seed)).permutation(len(frame))
    told = (frame[names] != 0).fillna(value=False).to_numpy(bool)[order]
    rows, missing = [], told.any(axis=0)
    while missing.any():
        best = int((told & missing).sum(axis=1).argmax())
        rows.append(int(order[best]))
        missing &= ~told[best]
    return rows


def differences(
    row: pd.Series, expected: dict[str, int | str | None], metrics: list[Metric]
) -> Iterator[tuple[str, object, object]]:
    """Money, counts and words are equal; what is divided, to 1e-9."""
    for metric in metrics:
        found, true = row[metric.name], expected[metric.name]
        if true is None or pd.isna(found):
            same = true is None and pd.isna(found)
        elif metric.unit in SCALE:
            assert not isinstance(true, str)
            same = abs(found - true / SCALE[metric.unit]) <= 1e-9
        else:
            same = found == true and isinstance(found, str) == (metric.unit is Unit.TEXT)
        if not same:
            yield metric.name, found, true


@pytest.mark.parametrize("level", Level)
def test_every_metric_in_every_grain(
    small_shops: list[EcommerceAnalyticsOptimized], level: Level
) -> None:
    metrics, seen = REGISTRY.at_level(level), set()
    for number, analytics in enumerate(small_shops):
        oracle = Oracle(analytics.snapshot.ledger, analytics.snapshot.days_begun)
        for place, kind in enumerate(KINDS):
            dating = DATINGS[(number + place) % 2]
            periods = {(p.start, p.end): p for p in periods_of(analytics, kind)}
            frame = analytics.calculate_metrics_batch(
                list(periods.values()), level=level, refund_dating=dating
            )
            for at in telling_rows(frame, metrics, seed=place):
                row = frame.iloc[at]
                entity, start, end = (row[key] for key in KEYS)
                expected = oracle.answer(level, entity, periods[start, end], dating)
                wrong = list(differences(row, expected, metrics))
                assert not wrong, (entity, kind, start, end, dating, wrong)
                seen |= {name for name, value in expected.items() if value not in (None, 0)}
    never = NEVER | NEVER_OF_A_SKU if level is Level.PRODUCT else NEVER
    assert {metric.name for metric in metrics} - seen == never
