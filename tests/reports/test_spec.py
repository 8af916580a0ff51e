"""The declaration of the report tables against the migrated tables, in both directions."""

from __future__ import annotations

from datetime import date

import pytest

from engine import Level, Period, PeriodKind
from engine.database.blocks import Kind
from engine.database.url import DatabaseUrl
from engine.metrics.registry import REGISTRY
from engine.periods import GRAINS
from engine.reports.spec import (
    TABLE_NAMES,
    VERSION_COLUMNS,
    Scope,
    metrics_over_entities,
    metrics_over_time,
    report_table,
)
from tests.reports.small_shop import rows

SQL_TYPES = {
    Kind.MONEY: {"numeric"},
    Kind.HUNDREDTHS: {"numeric"},
    Kind.INTEGER: {"integer", "bigint"},
    Kind.DOUBLE: {"double precision"},
    Kind.DATE: {"date"},
    Kind.BOOLEAN: {"boolean"},
    Kind.TEXT: {"text", "USER-DEFINED", "character"},
}
FEBRUARY = Period.containing("MONTHLY", date(2026, 2, 1))


@pytest.mark.parametrize("level", Level)
def test_a_table_has_exactly_the_declared_columns(database_url: DatabaseUrl, level: Level) -> None:
    columns = dict(
        rows(
            database_url,
            "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = %s",
            TABLE_NAMES[level],
        )
    )
    fields = report_table(level, 2).fields
    assert set(columns) == {field.name for field in fields} | set(VERSION_COLUMNS)
    for field in fields:
        assert columns[field.name] in SQL_TYPES[field.kind], field.name


@pytest.mark.parametrize("level", Level)
def test_every_metric_of_a_level_is_a_column(level: Level) -> None:
    names = [field.name for field in report_table(level, 2).fields]
    metrics = [metric.name for metric in REGISTRY.at_level(level)]
    assert names[-len(metrics) :] == metrics


def test_the_key_of_a_table_is_its_primary_key(database_url: DatabaseUrl) -> None:
    for level, name in TABLE_NAMES.items():
        found = rows(
            database_url,
            "SELECT attname FROM pg_index JOIN pg_attribute ON attrelid = indrelid "
            "AND attnum = ANY (indkey) WHERE indrelid = %s::regclass AND indisprimary",
            name,
        )
        assert {column for (column,) in found} == set(report_table(level, 2).key)


def test_all_levels_have_metrics_that_add_up_over_entities_and_over_time() -> None:
    for level in Level:
        assert "net_revenue" in [metric.name for metric in metrics_over_entities(level)]
        assert "orders" in [metric.name for metric in metrics_over_time(level)]
        assert "customers" not in [metric.name for metric in metrics_over_time(level)]


def test_without_limits_periods_go_from_the_first_fact_to_today() -> None:
    found = Scope().periods(PeriodKind.MONTHLY, date(2025, 12, 30), date(2026, 2, 1), 1)
    assert [period.start for period in found] == [
        date(2025, 12, 1),
        date(2026, 1, 1),
        date(2026, 2, 1),
    ]


def test_a_shop_without_a_fact_has_no_periods() -> None:
    assert Scope().periods(PeriodKind.DAILY, None, date(2026, 2, 1), 1) == []


def test_a_week_that_only_touches_the_range_is_in_scope_as_a_whole() -> None:
    # Monday 26 January to Sunday 1 February; the shop's first fact is on the Saturday.
    scope = Scope(first=date(2026, 1, 26), last=date(2026, 1, 27))
    (week,) = scope.periods(PeriodKind.WEEKLY, date(2026, 1, 31), date(2026, 3, 1), 1)
    assert (week.start, week.end) == (date(2026, 1, 26), date(2026, 2, 1))
    assert scope.periods(PeriodKind.DAILY, date(2026, 1, 31), date(2026, 3, 1), 1) == []


@pytest.mark.parametrize(
    ("first", "last", "held"),
    [
        (None, None, True),
        (date(2026, 2, 28), None, True),
        (date(2026, 3, 1), None, False),
        (None, date(2026, 2, 1), True),
        (None, date(2026, 1, 31), False),
    ],
)
def test_the_stored_rows_of_a_scope_are_those_of_its_periods(
    first: date | None, last: date | None, held: bool
) -> None:
    scope = Scope(first=first, last=last)
    assert scope.holds(FEBRUARY) is held
    condition, parameters = scope.condition([3, 4], GRAINS[:2], Level.SHOP)
    assert condition.startswith("shop_id IN (3, 4) AND period_type IN ('DAILY', 'WEEKLY')")
    assert parameters == tuple(day for day in (first, last) if day is not None)
    if first is not None:
        assert condition.endswith("period_end >= $1")
    if last is not None:
        assert condition.endswith("period_start <= $1")
