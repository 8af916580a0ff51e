"""What the marks of two loads say moved between them, and in which months."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest

from engine.ledger.events import build_ledger
from engine.ledger.facts import Policies
from engine.ledger.fingerprints import Fingerprints, Topic, take_fingerprints
from engine.local_time import local_clock
from engine.periods import day_number
from engine.sources.expense_files import NO_EXPENSES
from engine.sources.frames import Maybe, SourceTables
from engine.sources.owner_files import OwnerFiles
from tests.shop_builder import owner_files
from tests.worked_shop import files, source


def marks(tables: SourceTables, csv: OwnerFiles | None = None) -> Fingerprints:
    clock = local_clock(tables.shop.time_zone)
    _, facts = build_ledger(tables, csv or files(), clock, policies=Policies())
    return take_fingerprints(tables, facts, clock)


def moved(before: Fingerprints, after: Fingerprints) -> dict[Topic, set[str]]:
    """The months in which each topic moved."""
    found = {}
    for topic in Topic:
        old, new = before.months[topic], after.months[topic]
        months = {month for month in old.keys() | new.keys() if old.get(month) != new.get(month)}
        if months:
            found[topic] = months
    return found


def changed(frame: Any, field: str, at: int, value: int) -> Any:
    """The frame with one value changed."""
    column = getattr(frame, field)
    values = (column.value if isinstance(column, Maybe) else column).copy()
    values[at] = value
    return replace(
        frame, **{field: replace(column, value=values) if isinstance(column, Maybe) else values}
    )


def test_equal_sources_have_equal_marks() -> None:
    assert marks(source()) == marks(source())


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        # The refund of order 1002, of February, was in March: both months have to know.
        (
            lambda t: replace(t, refunds=changed(t.refunds, "amount", 0, 1)),
            {Topic.REFUNDS: {"2026-02", "2026-03"}},
        ),
        (
            lambda t: replace(t, lines=changed(t.lines, "price", 2, 1)),
            {Topic.ORDERS: {"2026-02"}},
        ),
        (
            lambda t: replace(t, orders=changed(t.orders, "discount", 0, 0)),
            {Topic.ORDERS: {"2026-03"}},
        ),
        (
            lambda t: replace(t, entries=changed(t.entries, "amount", 0, 1)),
            {Topic.ENTRIES: {"2026-03"}},
        ),
        (
            lambda t: replace(t, shipments=changed(t.shipments, "seconds", 0, 1)),
            {Topic.PARCELS: {"2026-03"}},
        ),
    ],
)
def test_a_fact_that_changed_moves_the_mark_of_its_month_and_topic(
    change: Callable[[SourceTables], SourceTables], expected: dict[Topic, set[str]]
) -> None:
    assert moved(marks(source()), marks(change(source()))) == expected


def test_another_unit_cost_moves_the_months_in_which_the_goods_were_sold() -> None:
    without_costs = replace(owner_files(), expenses=files().expenses)
    assert moved(marks(source()), marks(source(), without_costs)) == {
        Topic.COSTS: {"2026-02", "2026-03"}
    }


def test_an_expense_moves_every_month_that_it_is_for_and_no_other() -> None:
    before = files()
    spread = replace(
        NO_EXPENSES,
        first=np.array([day_number(date(2026, 2, 20)), 20_000], np.int32),
        last=np.array([day_number(date(2026, 4, 2)), 20_000], np.int32),
        amount=np.array([10_000, 5], np.int64),
        currency=("USD", "USD"),
        name=("Rent", "Pins"),
        category=("", ""),
        row_number=np.array([2, 3], np.int32),
    )
    dearer = replace(spread, amount=np.array([10_001, 5], np.int64))
    old, new = (replace(before, expenses=one) for one in (spread, dearer))
    assert moved(marks(source(), old), marks(source(), new)) == {
        Topic.EXPENSES: {"2026-02", "2026-03", "2026-04"}
    }
    renamed = replace(before, expenses=replace(spread, name=("Shop", "Pins")))
    assert moved(marks(source(), old), marks(source(), renamed)) == {}


def test_a_month_that_has_no_fact_any_more_is_one_that_moved() -> None:
    before = source()
    nothing = np.empty(0, np.int64)
    gone = replace(
        before.refunds,
        **{name: getattr(before.refunds, name)[:0] for name in ("row_id", "order_id", "refund_id")},
        amount=nothing,
        tax=Maybe(nothing, np.empty(0, np.bool_)),
        seconds=Maybe(nothing, np.empty(0, np.bool_)),
        currency=replace(before.refunds.currency, code=before.refunds.currency.code[:0]),
        status=replace(before.refunds.status, code=before.refunds.status.code[:0]),
    )
    assert moved(marks(before), marks(replace(before, refunds=gone))) == {
        Topic.REFUNDS: {"2026-02", "2026-03"}
    }


def test_a_table_has_a_fingerprint_of_its_own() -> None:
    before = source()
    after = replace(before, orders=changed(before.orders, "discount", 0, 0))
    differs = {
        name
        for name, fingerprint in marks(before).tables.items()
        if marks(after).tables[name] != fingerprint
    }
    assert differs == {"orders"}
