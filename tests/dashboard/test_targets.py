"""Targets: set by the owner alone, kept in one table, and shown with how far they are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import psycopg
import pytest

from engine.dashboard.access.passwords import Role
from engine.dashboard.data import figures_of
from engine.dashboard.keeper import Keeper
from engine.database.client import close_clients
from engine.database.generate import ensure_client
from engine.database.url import DatabaseUrl
from engine.errors import UsageError
from engine.metrics.formats import text
from engine.metrics.registry import REGISTRY
from engine.periods import Period, PeriodKind
from engine.settings import Settings
from engine.sources.targets import TARGET_UNIT, Target, Targets


@pytest.fixture
def keeper(point_at: Callable[[DatabaseUrl], Settings], shop_copy: DatabaseUrl):
    settings = point_at(shop_copy)
    ensure_client(say=lambda line: None, settings=settings)
    kept = figures_of()  # the one that the application shows
    kept.check()
    kept.wait(60)
    yield kept
    close_clients()


def test_the_owner_sets_changes_and_removes_a_target(
    keeper: Keeper, open_app, analytics, shop_copy: DatabaseUrl
) -> None:
    assert keeper.state.targets == Targets((), may_write=True)
    assert not [table for table in open_app().dataframe if "wanted" in table.value]
    month = Period.containing(PeriodKind.MONTHLY, analytics.today)
    target = Target("net_revenue", PeriodKind.MONTHLY, month.start, 1_234_500_000)
    orders = replace(target, metric="orders", value=10 * TARGET_UNIT)
    for one in (orders, replace(target, value=1), target):
        keeper.set_target(one, Role.OWNER)
    assert keeper.state.targets == Targets((target, orders), may_write=True)

    at = open_app()
    shown = next(table.value for table in at.dataframe if "wanted" in table.value)
    answer = analytics.calculate_metrics_batch(
        [month], level="shop", metrics=["net_revenue", "orders"]
    ).iloc[0]
    assert list(shown["wanted"]) == ["1,234.50 USD", "10"]
    for row, name in zip(shown.to_dict("records"), ("net_revenue", "orders"), strict=True):
        assert row["metric"] == REGISTRY[name].label
        assert row["reached"] == text(REGISTRY[name].unit, answer[name], "USD")
        assert row["days"] == f"{month.days} of {month.days}"
    assert shown["share"].iloc[1] == pytest.approx(100 * answer["orders"] / 10, abs=1e-3)

    keeper.set_target(replace(target, value=0), Role.OWNER)
    with psycopg.connect(shop_copy.libpq()) as connection:
        left = connection.execute("SELECT metric, value, set_by FROM dashboard_targets").fetchall()
    assert [(metric, int(value), by) for metric, value, by in left] == [("orders", 10, "owner")]


def test_a_viewer_is_refused_where_it_is_written_and_nothing_is(keeper: Keeper, analytics) -> None:
    target = Target("orders", PeriodKind.YEARLY, analytics.today.replace(month=1, day=1), 1)
    with pytest.raises(UsageError, match="Only the owner sets targets"):
        keeper.set_target(target, Role.VIEWER)
    assert keeper.state.targets == Targets((), may_write=True)


def test_only_who_may_set_targets_is_asked_for_one(keeper: Keeper, open_app) -> None:
    at = open_app()
    at.button(key="set a target").click().run()
    assert not at.exception
    assert at.number_input(key="target value").label.startswith("Target for Oct 2026, USD")
    keeper.state = replace(keeper.state, targets=Targets((), may_write=False))
    assert "set a target" not in [button.key for button in open_app().button]
