"""What a night compares is what it writes: rows computed again with fewer periods are equal."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from engine import EcommerceAnalyticsOptimized, Settings
from engine.database.blocks import StoredRows, Words, row_digests, take
from engine.database.url import DatabaseUrl
from engine.errors import ReconciliationError
from engine.metrics.model import LISTING, PRODUCT, Level
from engine.periods import GRAINS, PeriodKind
from engine.reports.build import build_unit, no_unit
from engine.reports.changes import join_changes, plan_unit
from engine.reports.plan import begin_rows
from engine.reports.spec import Scope, report_table

EVERYTHING = Scope()


@pytest.fixture
def analytics(reported_demo: DatabaseUrl) -> EcommerceAnalyticsOptimized:
    return EcommerceAnalyticsOptimized.load(settings=Settings.load(), url=reported_demo)


def periods_of(analytics: Any, kind: PeriodKind) -> list[Any]:
    return EVERYTHING.periods(kind, analytics.first_day, analytics.today, 0)


def test_the_rows_of_some_periods_are_those_of_all(analytics: EcommerceAnalyticsOptimized) -> None:
    seen = 0
    for level in Level:
        table = report_table(level, 2)
        for kind in GRAINS:
            every = periods_of(analytics, kind)
            some = every[1::3] or every
            all_rows = build_unit(analytics, level, kind, every)
            those = np.isin(all_rows.period, [every.index(period) for period in some])
            few = build_unit(analytics, level, kind, some)
            expected = row_digests(table, take(all_rows.columns, np.flatnonzero(those)))
            assert row_digests(table, few.columns).tolist() == expected.tolist(), (level, kind)
            seen += len(few)
    assert seen > 1_000


def test_what_is_written_is_computed_again_with_its_own_periods_alone(
    analytics: EcommerceAnalyticsOptimized, monkeypatch: pytest.MonkeyPatch
) -> None:
    every = periods_of(analytics, PeriodKind.WEEKLY)
    table = report_table(LISTING, 2)
    unit = build_unit(analytics, LISTING, PeriodKind.WEEKLY, every)
    key = {field.name: unit.columns[field.name] for field in table.key_fields}
    digests = row_digests(table, unit.columns)
    changed = np.flatnonzero(np.isin(unit.period, [3, 7]))[::2]
    stored = StoredRows(key, digests.copy())
    stored.digests[changed] += 1
    planned = plan_unit(
        table, unit.columns, every, unit.period, stored, PeriodKind.WEEKLY, full=False
    )
    assert planned.part.periods == (every[3], every[7])
    assert planned.moved.tolist() == changed.tolist()
    assert planned.counts.updated == len(changed) > 1
    change = join_changes(LISTING, table, [planned], stored, full=False)
    with ThreadPoolExecutor(1) as pool:
        block = begin_rows(analytics, change, planned.part, pool)()
        assert row_digests(table, block).tolist() == digests[changed].tolist()
        other = replace(planned.part, digests=planned.part.digests + 1)
        with pytest.raises(ReconciliationError, match="WEEKLY rows of listing_reports are others"):
            begin_rows(analytics, change, other, pool)()


def test_stored_rows_of_another_kind_are_nobodys_business() -> None:
    table = report_table(PRODUCT, 2)
    nothing = no_unit(table, PRODUCT, PeriodKind.MONTHLY)
    kinds = Words(np.array([0, 1, 0], np.int32), ("DAILY", "MONTHLY"))
    day = np.full(3, "2026-04-01", "datetime64[D]")
    key = {"shop_id": np.ones(3, np.int64), "period_type": kinds, "period_start": day}
    stored = StoredRows(key | {"sku": Words(np.arange(3, dtype=np.int32), "ABC")}, np.arange(3))
    planned = plan_unit(
        table, nothing.columns, (), nothing.period, stored, PeriodKind.MONTHLY, full=False
    )
    assert (planned.removed.tolist(), planned.counts.removed) == ([1], 1)
    change = join_changes(PRODUCT, table, [planned], stored, full=False)
    gone: Any = change.removed["sku"]
    assert [gone.words[code] for code in gone.codes] == ["B"]
    assert (change.parts, change.is_empty) == ((), False)
