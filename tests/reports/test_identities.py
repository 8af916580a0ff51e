"""The checks that stand between the rows of a run and the tables."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import numpy as np
import pytest

from engine import EcommerceAnalyticsOptimized, Level, Period, PeriodKind
from engine.database.blocks import NULL_INT64
from engine.database.url import DatabaseUrl
from engine.errors import ReconciliationError
from engine.metrics.compute import MetricBlock
from engine.reports.build import UnitRows
from engine.reports.identities import check_entities, check_time, raise_broken, sums_by_period
from engine.reports.spec import metrics_over_entities, metrics_over_time
from tests.reports.conftest import Reports
from tests.reports.small_shop import rows

DAYS = [Period.containing("DAILY", date(2026, 2, day)) for day in (27, 28)]
DAYS.append(Period.containing("DAILY", date(2026, 3, 1)))
MONTHS = [Period.containing("MONTHLY", date(2026, month, 1)) for month in (2, 3)]


def unit(
    level: Level,
    kind: PeriodKind,
    periods: list[Period],
    cells: dict[tuple[int, int], int],
) -> UnitRows:
    """Rows of entities 0 and 1, `cells[entity, period]` being every amount of that row."""
    keys = sorted(cells)
    amounts = np.array([cells[key] for key in keys], np.int64)
    metrics = {m.name for m in (*metrics_over_entities(level), *metrics_over_time(level))}
    return UnitRows(
        level=level,
        kind=kind,
        periods=periods,
        entity_ids=[1] if level is Level.SHOP else ["A", "B"],
        entity=np.array([entity for entity, _ in keys], np.int64),
        period=np.array([period for _, period in keys], np.int64),
        columns=dict.fromkeys(metrics, amounts),
    )


def product_days(**changes: int) -> UnitRows:
    return unit(
        Level.PRODUCT,
        PeriodKind.DAILY,
        DAYS,
        {(0, 0): 5, (0, 1): 7, (0, 2): 1, (1, 1): 100} | {(0, 1): changes.get("a", 7)},
    )


def product_months(value: int = 12) -> UnitRows:
    return unit(Level.PRODUCT, PeriodKind.MONTHLY, MONTHS, {(0, 0): value, (0, 1): 1, (1, 0): 100})


def test_days_that_sum_up_to_their_months_pass() -> None:
    checked = list(check_time([product_days(), product_months()], DAYS[0].start, DAYS[2].end))
    (identity,) = raise_broken(checked, "USD")
    assert identity.name == "product: sum over DAILY rows = MONTHLY row"
    assert identity.left == identity.right == 113 * len(metrics_over_time(Level.PRODUCT))


def test_one_cent_between_days_and_month_stops_the_run_and_names_the_row() -> None:
    checked = list(check_time([product_days(), product_months(13)], DAYS[0].start, DAYS[2].end))
    with pytest.raises(ReconciliationError, match=r"product A, 2026-02-01 to 2026-02-28") as raised:
        raise_broken(checked, "USD")
    assert "net_revenue: 0.12 USD ≠ 0.13 USD" in raised.value.message
    assert raised.value.exit_code == 6
    found = {m.metric.name: (m.entity, m.parts, m.whole) for m in checked[0].mismatches}
    assert found["orders"] == ("A", 12, 13)
    assert set(found) == {metric.name for metric in metrics_over_time(Level.PRODUCT)}


def test_a_row_that_is_missing_among_the_months_is_found() -> None:
    months = unit(Level.PRODUCT, PeriodKind.MONTHLY, MONTHS, {(0, 0): 12, (0, 1): 1})
    checked = list(check_time([product_days(), months], DAYS[0].start, DAYS[2].end))
    with pytest.raises(ReconciliationError, match=r"product B, .*net_revenue: 1\.00 USD ≠ 0\.00"):
        raise_broken(checked, "USD")


def test_a_month_of_which_only_some_days_were_computed_is_left_out() -> None:
    # The shop began on 1 February, the call computed the days from the 27th on.
    checked = list(check_time([product_days(), product_months(999)], date(2026, 2, 1), DAYS[2].end))
    (identity,) = raise_broken(checked, "USD")
    assert identity.left == 1 * len(metrics_over_time(Level.PRODUCT))


def test_an_unknown_part_is_not_compared() -> None:
    checked = list(
        check_time([product_days(a=NULL_INT64), product_months()], DAYS[0].start, DAYS[2].end)
    )
    (identity,) = raise_broken(checked, "USD")
    assert identity.left == 101 * len(metrics_over_time(Level.PRODUCT))


def test_skus_that_do_not_sum_up_to_the_shop_stop_the_run() -> None:
    shop = unit(Level.SHOP, PeriodKind.DAILY, DAYS, {(0, 0): 5, (0, 1): 107, (0, 2): 2})
    sums = [sums_by_period(shop), sums_by_period(product_days())]
    with pytest.raises(ReconciliationError) as raised:
        raise_broken(list(check_entities(sums)), "USD")
    line = "DAILY: sum over product rows = shop row: product all, 2026-03-01 to 2026-03-01"
    assert line in raised.value.message
    assert "2026-02-2" not in raised.value.message


def test_of_many_differences_twenty_are_shown() -> None:
    shop = unit(Level.SHOP, PeriodKind.DAILY, DAYS, {(0, 0): 0, (0, 1): 0, (0, 2): 0})
    checked = list(check_entities([sums_by_period(shop), sums_by_period(product_days())]))
    count = 3 * len(metrics_over_entities(Level.PRODUCT))
    with pytest.raises(
        ReconciliationError, match=f"(?s)^{count} figures .*… and {count - 20} more"
    ):
        raise_broken(checked, "USD")


@pytest.mark.parametrize("level", [Level.LISTING, Level.PRODUCT])
def test_one_cent_injected_into_an_answer_ends_with_6_and_writes_nothing(
    shop: DatabaseUrl, reports: Reports, monkeypatch: pytest.MonkeyPatch, level: Level
) -> None:
    honest: Callable[..., MetricBlock] = EcommerceAnalyticsOptimized.calculate_block

    def one_cent_more(self: Any, periods: Any, **question: Any) -> MetricBlock:
        block = honest(self, periods, **question)
        if block.level is level:
            block.columns["net_sales"].values[0] += 1
        return block

    monkeypatch.setattr(EcommerceAnalyticsOptimized, "calculate_block", one_cent_more)
    # Also where the level itself is not to be written.
    for words in (["--json"], ["--json", "--level", "shop"]):
        ended = reports(*words)
        assert ended.code == 6
        assert ended.shop["error"]["code"] == 6
        assert f"sum over {level} rows = shop row" in ended.err
    assert rows(shop, "SELECT count(*) FROM shop_reports") == [(0,)]
    assert rows(shop, "SELECT status::text, exit_code FROM report_runs") == [("FAILED", 6)] * 2
