"""Figures and orders of the demo, with all its planted cases, open down and add up again."""

from __future__ import annotations

from datetime import timedelta

import numpy as np

from engine import EcommerceAnalyticsOptimized
from engine.ledger.frames import EventKind
from engine.metrics.compute import entity_ids
from engine.metrics.order_list import SHOWN
from engine.metrics.registry import REGISTRY
from engine.periods import Period, PeriodKind

QUESTIONS = 100  # figures of each shop
SAMPLE = 30  # orders of each shop, beside those with refunds and adjustments


def test_a_sample_of_orders_adds_up_to_the_ledger(
    small_shops: list[EcommerceAnalyticsOptimized],
) -> None:
    draw = np.random.Generator(np.random.PCG64(7))
    rules: set[str] = set()
    states: set[str] = set()
    for analytics in small_shops:
        ledger = analytics.snapshot.ledger
        ids = ledger.orders.order_id
        telling = np.flatnonzero((ledger.kind != EventKind.SALE) & (ledger.order >= 0))
        wanted = np.concatenate(
            (
                draw.choice(ids, SAMPLE),
                ids[ledger.order[telling[:20]]],
                ids[ledger.orders.state > 0],
            )
        )
        for order_id in np.unique(wanted).tolist():
            found = analytics.explain_order(order_id)
            found.check()
            states.add(found.state)
            rules |= {part.why.rule for part in found.parts}
    assert {"counted", "cancelled"} <= states
    assert {"M9", "M10", "M21", "M29", "M32", "M33", "M36", "M38", "M39"} <= rules


def test_random_figures_open_down_to_their_rows(
    small_shops: list[EcommerceAnalyticsOptimized],
) -> None:
    draw = np.random.Generator(np.random.PCG64(11))
    metrics = list(REGISTRY.metrics.values())
    for analytics in small_shops:
        for _ in range(QUESTIONS):
            metric = metrics[int(draw.integers(len(metrics)))]
            level = metric.levels[int(draw.integers(len(metric.levels)))]
            known = entity_ids(analytics.snapshot, level)
            entity = known[int(draw.integers(len(known)))]
            dating = ("refund_day", "order_day")[int(draw.integers(2))]
            period = any_period(draw, analytics)
            root = analytics.explain(metric.name, level, entity, period, refund_dating=dating)
            root.check()
            batch = analytics.calculate_block(
                [period],
                level=level,
                entities=[entity],
                metrics=[metric.name],
                refund_dating=dating,
            ).columns[metric.name]
            value = int(batch.values[0]) if batch.known[0] else None
            named = batch.texts[value] if batch.texts and value is not None else value
            assert root.value == named, (metric.name, level, entity, period)


def any_period(draw: np.random.Generator, analytics: EcommerceAnalyticsOptimized) -> Period:
    assert analytics.first_day is not None
    days = (analytics.today - analytics.first_day).days
    first = analytics.first_day + timedelta(days=int(draw.integers(-20, days)))
    kind = list(PeriodKind)[int(draw.integers(6))]
    if kind is PeriodKind.CUSTOM:
        return Period.custom(first, first + timedelta(days=int(draw.integers(0, 400))))
    return Period.containing(kind, first)


def test_the_orders_of_a_month_sum_to_its_figures(
    small_shops: list[EcommerceAnalyticsOptimized],
) -> None:
    for analytics in small_shops:
        period = Period.containing("MONTHLY", analytics.today - timedelta(days=60))
        frame = analytics.orders_frame(period)
        batch = analytics.calculate_metrics_batch([period], level="shop", metrics=[*SHOWN])
        assert len(frame) > 0
        for name in SHOWN:
            assert frame[name].sum() == batch[name].iloc[0], name
