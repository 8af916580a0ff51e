"""The engine against the oracle: random shops, random questions, every metric, exactly."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import numpy as np
import pytest

from engine.metrics.compute import Snapshot, compute_block, entity_ids
from engine.metrics.model import Level, Unit
from engine.metrics.registry import REGISTRY
from engine.periods import Period, PeriodKind, day_number, periods_between
from engine.sources.expense_files import Expenses
from engine.sources.rate_files import RATE_SCALE, PairRates, Rates
from tests import worked_shop
from tests.oracle import Oracle
from tests.shop_builder import (
    Entry,
    Item,
    Line,
    Offer,
    Order,
    Refund,
    Review,
    Span,
    a_shop,
    costs,
    snapshot_of,
    tables,
)

SKUS = ["A", "B", "C-13IN", "d", None]
START = date(2024, 1, 1)


def random_shop(seed: int, orders: int = 120) -> Snapshot:
    """A shop with everything that the figures can meet, on few days, so that things collide."""
    draw = np.random.Generator(np.random.PCG64(seed))
    rows, line_id = [], 0
    for order_id in range(1, orders + 1):
        lines = []
        for _ in range(int(draw.integers(0, 4))):
            line_id += 1
            sku = SKUS[int(draw.integers(len(SKUS)))]
            listing = [None, 101, 102, 103][int(draw.integers(4))]
            price = int(draw.choice([0, 1, 999, 1500, 4501]))
            lines.append(Line(line_id, sku, int(draw.integers(1, 4)), price, listing))
        goods = sum(line.price * line.quantity for line in lines)
        at = datetime.combine(START, datetime.min.time()) + timedelta(
            seconds=int(draw.integers(0, 420 * 86_400))
        )
        parts = {
            "discount": int(draw.integers(0, goods + 1)) if draw.random() < 0.3 else 0,
            "shipping": int(draw.choice([0, 799])),
            "gift_wrap": int(draw.choice([0, 0, 300])),
            "tax": int(draw.choice([0, 137])),
            "vat": int(draw.choice([0, 0, 55])),
        }
        total = goods - 2 * parts["discount"] + sum(parts.values())
        status = str(draw.choice(["paid", "Completed", "canceled", "open", "fully refunded"]))
        rows.append(
            Order(
                order_id,
                at,
                lines,
                buyer=int(draw.integers(0, 25)) or None,
                payment=[None, "cc", "PayPal", "other"][int(draw.integers(4))],
                country=["DE", "US", "nowhere", None][int(draw.integers(4))],
                status=status,
                is_paid=status != "open",
                is_gift=bool(draw.random() < 0.2),
                currency=[None, None, None, "EUR", "JPY", "CHF"][int(draw.integers(6))],
                grand_total=total + int(draw.choice([0, 0, 0, 250])),
                ship_hours=float(draw.integers(1, 200)) if draw.random() < 0.5 else None,
                has_clock=bool(draw.random() < 0.9),
                **parts,
            )
        )
    refunds = []
    for refund_id in range(1, orders // 3):
        order = rows[int(draw.integers(len(rows)))]
        lost = draw.random() < 0.15
        items = []
        if order.lines and draw.random() < 0.4:
            line = order.lines[int(draw.integers(len(order.lines)))]
            items = [Item(int(draw.integers(0, 3000)), line_id=line.line_id, quantity=1)]
        refunds.append(
            Refund(
                refund_id,
                None if lost else order.order_id,
                order.at + timedelta(days=int(draw.integers(0, 90)))
                if lost or draw.random() < 0.9
                else None,
                int(draw.integers(1, 12_000)),
                tax=int(draw.integers(0, 200)) if draw.random() < 0.3 else None,
                status=str(draw.choice(["", "failed", "done"])),
                items=items,
            )
        )
    ads, visits = random_spans(draw)
    table = costs({("A", 1, 2024 * 12): 12_345, ("B", 0, 2024 * 12 + 3): 30_000})
    shop = a_shop(time_zone=str(draw.choice(["America/New_York", "Europe/Istanbul", "Asia/Tokyo"])))
    files = worked_shop.files()
    files = replace(files, costs=table, rates=random_rates(draw), expenses=random_expenses(draw))
    offers, likes, reviews = random_looks(draw, line_id)
    source = tables(
        shop,
        rows,
        refunds,
        ads=ads,
        visits=visits,
        entries=bills(draw),
        offers=offers,
        likes=likes,
        reviews=reviews,
    )
    # The clock stands before the last spans end.
    until = datetime.combine(START, time(), UTC) + timedelta(days=400)
    return snapshot_of(source, files=files, watermark=until)


def random_spans(draw: np.random.Generator) -> tuple[list[Span], list[Span]]:
    """Rows of ads and of visits that overlap, leave days out, and end after the clock."""
    rows = []
    for row_id in range(1, 61):
        kind = str(draw.choice(["DAILY", "WEEKLY", "MONTHLY", "CUSTOM"]))
        period = Period.containing("DAILY", START + timedelta(days=int(draw.integers(0, 420))))
        if kind in ("WEEKLY", "MONTHLY"):
            period = Period.containing(kind, period.start)
        last = period.end + timedelta(days=int(draw.integers(0, 40)) if kind == "CUSTOM" else 0)
        rows.append(
            Span(
                row_id,
                [101, 102, 103, -1][int(draw.choice(4, p=[0.3, 0.3, 0.3, 0.1]))],
                period.start,
                last,
                kind,
                spend=int(draw.integers(0, 5_000)) if draw.random() < 0.9 else None,
                sales=int(draw.integers(0, 9_000)) if draw.random() < 0.9 else None,
                clicks=int(draw.integers(0, 90)) if draw.random() < 0.9 else None,
                orders=int(draw.integers(0, 4)),
                visits=int(draw.integers(0, 400)) if draw.random() < 0.9 else None,
                views=int(draw.integers(0, 500)) if draw.random() < 0.9 else None,
                currency="EUR" if draw.random() < 0.05 else None,
            )
        )
    return rows, rows[::2]


def random_looks(
    draw: np.random.Generator, lines: int
) -> tuple[list[Offer], list[tuple[date | None, int, int]], list[Review]]:
    """What was seen of some products and listings on some days, and reviews of some lines."""
    days = START + np.unique(draw.integers(-20, 420, 40)) * timedelta(days=1)
    looks = [None, *days.tolist()]
    offers = [
        Offer(
            day,
            product,
            [101, 102, 103][product % 3],
            [*SKUS, "never sold"][product],
            int(draw.integers(0, 4)),
            price=int(draw.integers(0, 5_000)),
            is_enabled=bool(draw.random() < 0.8),
            currency="EUR" if draw.random() < 0.03 else None,
        )
        for day in looks
        for product in range(6)
        if draw.random() < 0.8
    ]
    likes = [
        (day, listing, int(draw.integers(0, 60)))
        for day in looks
        for listing in (101, 102, 103)
        if draw.random() < 0.8
    ]
    reviews = [
        Review(
            line,
            datetime.combine(START, time(9)) + timedelta(days=int(draw.integers(0, 430))),
            int(draw.integers(1, 6)),
            listing_id=[None, 102][int(draw.integers(2))],
        )
        for line in range(1, lines + 10)
        if draw.random() < 0.2
    ]
    return offers, likes, reviews


def bills(draw: np.random.Generator) -> list[Entry]:
    """What the payment account charged for ads, on days without a row too, and for other things."""
    days = draw.integers(0, 420, 20)
    return [
        Entry(
            row + 1,
            "fancy_fee" if row % 5 == 4 else "prolist",
            -int(draw.integers(1, 900)),
            datetime.combine(START, time(12)) + timedelta(days=int(day)),
        )
        for row, day in enumerate(days)
    ]


def random_expenses(draw: np.random.Generator) -> Expenses:
    first = day_number(START) + draw.integers(-20, 420, 15)
    return Expenses(
        first=first.astype(np.int32),
        last=(first + draw.integers(0, 31, 15)).astype(np.int32),
        amount=draw.integers(-50_000, 900_000, 15),
        currency=tuple("EUR" if each < 2 else "USD" for each in draw.integers(0, 20, 15)),
        name=("Rent",) * 15,
        category=("",) * 15,
        row_number=np.arange(15, dtype=np.int32),
    )


def random_rates(draw: np.random.Generator) -> Rates:
    """Rates of two currencies, with gaps of more than a week; there are none of the third."""
    found = {}
    for pair, level in ((("EUR", "USD"), 1.08), (("USD", "JPY"), 148.0)):
        days = np.unique(day_number(START) + draw.integers(-5, 520, 200)).astype(np.int32)
        rate = (level * RATE_SCALE * draw.uniform(0.9, 1.1, len(days))).astype(np.int64)
        found[pair] = PairRates(days, rate, np.arange(len(days), dtype=np.int32))
    return Rates(found)


def integers_of(block, row: int) -> dict[str, int | str | None]:
    found: dict[str, int | str | None] = {}
    for name, column in block.columns.items():
        value = int(column.values[row])
        if column.unit is Unit.TEXT and column.known[row]:
            found[name] = column.texts[value]
        else:
            found[name] = value if column.known[row] else None
    return found


def random_period(draw: np.random.Generator) -> Period:
    first = START + timedelta(days=int(draw.integers(-40, 480)))
    kind = list(PeriodKind)[int(draw.integers(6))]
    if kind is PeriodKind.CUSTOM:
        return Period.custom(first, first + timedelta(days=int(draw.integers(0, 400))))
    return Period.containing(kind, first)


@pytest.mark.parametrize("seed", range(4))
def test_200_random_questions_are_answered_as_the_oracle_does(seed):
    snapshot = random_shop(seed)
    oracle = Oracle(snapshot.ledger, snapshot.days_begun)
    draw = np.random.Generator(np.random.PCG64(1000 + seed))
    for _ in range(50):
        level = list(Level)[int(draw.integers(3))]
        known = entity_ids(snapshot, level)
        entity = known[int(draw.integers(len(known)))]
        period = random_period(draw)
        dating = str(draw.choice(["refund_day", "order_day"]))
        metrics = REGISTRY.at_level(level)
        block = compute_block(
            snapshot, [period], level, metrics, entities=[entity], refund_dating=dating
        )
        expected = oracle.answer(level, entity, period, dating)
        assert integers_of(block, 0) == {m.name: expected[m.name] for m in metrics}, (
            level,
            entity,
            period,
            dating,
        )


def test_rows_of_all_grains_are_the_answers_to_single_questions():
    snapshot = random_shop(7)
    oracle = Oracle(snapshot.ledger, snapshot.days_begun)
    for kind in (PeriodKind.WEEKLY, PeriodKind.MONTHLY, PeriodKind.QUARTERLY, PeriodKind.YEARLY):
        periods = list(periods_between(kind, START, START + timedelta(days=430)))
        for level in (Level.LISTING, Level.PRODUCT):
            metrics = REGISTRY.at_level(level)
            block = compute_block(snapshot, periods, level, metrics)
            assert len(block) > 20 or kind is not PeriodKind.WEEKLY
            for row in range(0, len(block), 3):
                entity = block.entity_ids[block.entity[row]]
                expected = oracle.answer(level, entity, periods[block.period[row]])
                assert integers_of(block, row) == {m.name: expected[m.name] for m in metrics}
