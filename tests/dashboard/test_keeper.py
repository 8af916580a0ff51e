"""The figures in memory: loaded aside, swapped in, kept through a failure, found again after it."""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import psycopg
import pytest
from psycopg import sql

from engine.analytics import EcommerceAnalyticsOptimized
from engine.dashboard import keeper as keeper_module
from engine.dashboard.keeper import RETRY_SECONDS, Keeper, Phase, State
from engine.database.url import DatabaseUrl
from engine.demo.load import FACT_TABLES
from engine.errors import EngineError, ReconciliationError, SourceError
from engine.periods import Period
from engine.settings import Settings

YEARS = Period.custom(date(2020, 1, 1), date(2026, 12, 31))
NOON = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)


class Clock:
    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now

    def move(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def shop(point_at: Callable[[DatabaseUrl], Settings], shop_copy: DatabaseUrl, clock: Clock):
    return Keeper(point_at(shop_copy), now=clock)


def settled(keeper: Keeper) -> State:
    keeper.check()
    return keeper.wait(30)


def run(url: DatabaseUrl, statement: str) -> None:
    with psycopg.connect(url.libpq(), autocommit=True) as connection:
        connection.execute(statement)


def let_in(server: DatabaseUrl, url: DatabaseUrl, *, allowed: bool) -> None:
    """Open or close a database, as when its server goes away and comes back."""
    with psycopg.connect(server.libpq(), autocommit=True) as connection:
        connection.execute(
            sql.SQL("ALTER DATABASE {} WITH ALLOW_CONNECTIONS {}").format(
                sql.Identifier(url.database), sql.Literal(allowed)
            )
        )


def test_a_first_load_is_ready_and_names_the_shops(shop: Keeper) -> None:
    assert shop.state.phase is Phase.PREPARING
    state = settled(shop)
    assert state.phase is Phase.READY
    assert [one.shop_id for one in state.shops] == [1]
    assert state.news == ""
    assert not shop.is_working


def test_unchanged_data_are_not_loaded_again(shop: Keeper) -> None:
    first = settled(shop).analytics
    assert settled(shop).analytics is first


def test_newer_data_are_swapped_in_and_said(shop: Keeper, shop_copy: DatabaseUrl) -> None:
    before = settled(shop)
    run(
        shop_copy,
        "DELETE FROM order_transactions WHERE order_id IN"
        " (SELECT order_id FROM orders WHERE status = 'Completed' ORDER BY order_id LIMIT 1);"
        "UPDATE listings SET title = 'New title', updated_at = now()"
        " WHERE listing_id = (SELECT min(listing_id) FROM listings)",
    )
    after = settled(shop)
    assert after.analytics is not before.analytics
    assert after.version != before.version
    assert after.news != ""
    assert gc.get_freeze_count() > 0, "pages wait for the collector to walk over all figures"


def test_an_empty_database_is_empty_and_not_an_error(
    point_at, database_url: DatabaseUrl, clock: Clock
) -> None:
    state = settled(Keeper(point_at(database_url), now=clock))
    assert (state.phase, state.analytics, state.error) == (Phase.EMPTY, None, None)


def test_a_shop_without_orders_is_empty_and_known_by_name(
    point_at, shop_copy: DatabaseUrl, clock: Clock
) -> None:
    run(shop_copy, f"TRUNCATE {', '.join(FACT_TABLES)} CASCADE")
    keeper = Keeper(point_at(shop_copy), now=clock)
    for state in (settled(keeper), settled(keeper)):
        assert state.phase is Phase.EMPTY, "also when nothing has changed since"
        assert state.analytics is not None
        assert state.analytics.shop.name == "Tuftmoor Felt"


def test_figures_stay_while_the_database_is_away_and_follow_when_it_is_back(
    shop: Keeper, shop_copy: DatabaseUrl, server_url: DatabaseUrl, clock: Clock
) -> None:
    good = settled(shop)
    let_in(server_url, shop_copy, allowed=False)
    away = settled(shop)
    assert away.phase is Phase.READY
    assert away.analytics is good.analytics
    assert away.error is not None
    assert (away.failed_at, away.next_try) == (NOON, NOON + timedelta(seconds=5))

    clock.move(4)
    assert settled(shop) is away, "before the next try nothing is asked"

    let_in(server_url, shop_copy, allowed=True)
    clock.move(2)
    back = settled(shop)
    assert back.error is None
    assert back.analytics is good.analytics


def test_tries_come_ever_later_and_at_most_a_minute_apart(
    shop: Keeper, monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> None:
    def away(*_: object, **__: object) -> DatabaseUrl:
        raise SourceError("The database is out of reach.")

    monkeypatch.setattr(keeper_module, "prepare", away)
    waits = []
    for _ in range(7):
        state = settled(shop)
        assert state.phase is Phase.FAILED
        assert state.failed_at == NOON
        assert state.next_try is not None
        waits.append((state.next_try - clock.now).total_seconds())
        clock.now = state.next_try
    assert waits == [*RETRY_SECONDS, 60, 60]


def test_a_reader_may_try_at_once(
    shop: Keeper, monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(
            keeper_module, "prepare", lambda *_, **__: (_ for _ in ()).throw(SourceError("away"))
        )
        assert settled(shop).phase is Phase.FAILED
    shop.check(at_once=True)
    assert shop.wait(30).phase is Phase.READY


def test_data_that_do_not_add_up_never_replace_good_ones(
    shop: Keeper, shop_copy: DatabaseUrl, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = settled(shop)
    run(shop_copy, "UPDATE listings SET updated_at = now() + interval '1 hour'")

    def broken(**_: object) -> EcommerceAnalyticsOptimized:
        raise ReconciliationError("Identity 3 does not hold for order 17.")

    monkeypatch.setattr(keeper_module.EcommerceAnalyticsOptimized, "load", broken)
    state = settled(shop)
    assert state.analytics is good.analytics
    assert isinstance(state.error, ReconciliationError)


def test_while_newer_data_are_read_pages_answer_from_the_old_ones(
    shop: Keeper, shop_copy: DatabaseUrl, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = settled(shop)
    run(shop_copy, "UPDATE listings SET updated_at = now() + interval '1 hour'")
    begun, free = threading.Event(), threading.Event()
    load = EcommerceAnalyticsOptimized.load

    def slow(**question: object) -> EcommerceAnalyticsOptimized:
        begun.set()
        assert free.wait(30)
        return load(**question)

    monkeypatch.setattr(keeper_module.EcommerceAnalyticsOptimized, "load", slow)
    shop.check()
    assert begun.wait(30)
    assert shop.is_working
    assert shop.state is before
    assert len(before.analytics.orders_frame(YEARS)) > 0
    free.set()
    after = shop.wait(30)
    assert after.analytics is not before.analytics
    assert after.analytics.loaded_at > before.analytics.loaded_at


def test_an_unforeseen_failure_gets_a_reference_and_does_not_end_the_keeper(
    shop: Keeper, monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(keeper_module, "read_shops", lambda _: 1 / 0)
        state = settled(shop)
    assert state.phase is Phase.FAILED
    assert type(state.error) is EngineError
    assert "Reference " in state.error.message
    clock.move(60)
    assert settled(shop).phase is Phase.READY


def test_many_pages_ask_and_one_thread_answers(
    shop: Keeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    free = threading.Event()

    def slow(self: Keeper) -> None:
        asked.append(1)
        free.wait(10)

    monkeypatch.setattr(Keeper, "_look", slow)
    for _ in range(20):
        shop.check()
    assert shop.is_working
    free.set()
    shop.wait(10)
    assert len(asked) == 1


def test_each_shop_has_its_own_figures(point_at, shop_copy: DatabaseUrl, clock: Clock) -> None:
    run(
        shop_copy,
        "INSERT INTO shops (shop_id, name, time_zone, currency, week_start, buyer_salt, is_demo)"
        " VALUES (7, 'Second', 'UTC', 'USD', 1, '00', false)",
    )
    settings = point_at(shop_copy)
    first, second = (settled(Keeper(settings, shop, now=clock)) for shop in (None, 7))
    assert first.analytics is not None
    assert first.analytics.shop.shop_id == 1
    assert [one.shop_id for one in first.shops] == [1, 7]
    assert second.phase is Phase.EMPTY
