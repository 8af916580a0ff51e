"""What a page says when there is nothing to show: never a zero, always a way on."""

from __future__ import annotations

import shlex
import time
from datetime import UTC, datetime, timedelta

import click
import psycopg
import pytest

from engine.__main__ import command_line
from engine.dashboard import freshness, keeper, states
from engine.dashboard.content.overview import CARDS
from engine.dashboard.data import figures_of
from engine.dashboard.keeper import Phase, State
from engine.dashboard.wording import escape
from engine.database.url import DatabaseUrl
from engine.demo.load import FACT_TABLES
from engine.errors import EngineError, MigrationError, ReconciliationError, SourceError

NOW = datetime(2026, 11, 1, 14, 6, tzinfo=UTC)


def test_an_empty_database_shows_two_ways_on_with_their_commands(
    point_at, database_url: DatabaseUrl, open_app
) -> None:
    point_at(database_url)
    at = open_app()
    assert at.title[0].value == "Overview"
    assert not at.metric
    assert [heading.value for heading in at.subheader] == [
        "Try the demo shop",
        "Import my shop",
    ]
    assert [code.value for code in at.code] == [states.TRY_DEMO, states.IMPORT_OWN]


@pytest.mark.parametrize("line", [states.TRY_DEMO, states.IMPORT_OWN, states.DOCTOR])
def test_every_command_that_a_page_names_exists(line: str) -> None:
    python, module, package, name, *options = shlex.split(line)
    assert (python, module, package) == ("python", "-m", "engine")
    command = command_line.get_command(click.Context(command_line), name)
    words = {word for parameter in command.params for word in parameter.opts}
    assert {option for option in options if option.startswith("--")} <= words


def test_a_shop_without_orders_is_named(point_at, shop_copy: DatabaseUrl, open_app) -> None:
    with psycopg.connect(shop_copy.libpq(), autocommit=True) as connection:
        connection.execute(f"TRUNCATE {', '.join(FACT_TABLES)} CASCADE")
    point_at(shop_copy)
    at = open_app()
    assert not at.metric
    assert "The shop Tuftmoor Felt has no orders yet" in at.info[0].proto.title


def test_a_page_fills_by_itself_once_there_are_orders(
    point_at, database_url: DatabaseUrl, shop_copy: DatabaseUrl, open_app, monkeypatch
) -> None:
    point_at(shop_copy)
    monkeypatch.setattr(keeper, "read_shops", lambda _: [])
    at = open_app()
    assert not at.metric
    monkeypatch.undo()
    point_at(shop_copy)
    figures_of().check()
    figures_of().wait(30)
    at.run()
    assert len(at.metric) == len(CARDS)


def test_a_database_that_is_away_at_the_start_can_be_tried_again(
    point_at, shop_copy: DatabaseUrl, open_app, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object, **__: object) -> DatabaseUrl:
        raise SourceError("The database app@db/shop is out of reach: lost", hint="Check it.")

    point_at(shop_copy)
    with monkeypatch.context() as broken:
        broken.setattr(keeper, "prepare", away)
        at = open_app()
        assert at.error[0].proto.title == "The database can't be reached"
        assert escape("out of reach: lost. Check it.") in at.error[0].value
        assert at.code[0].value == "python -m engine doctor"
        assert not at.metric
    (retry,) = [button for button in at.button if button.label == "Retry"]
    retry.click().run()
    assert not at.exception
    assert len(at.metric) == len(CARDS)


def test_another_failure_is_not_called_unreachable(
    point_at, shop_copy: DatabaseUrl, open_app, monkeypatch: pytest.MonkeyPatch
) -> None:
    def older(*_: object, **__: object) -> DatabaseUrl:
        raise MigrationError("The database is newer than this program.", hint="Update it.")

    point_at(shop_copy)
    monkeypatch.setattr(keeper, "prepare", older)
    at = open_app()
    assert at.error[0].proto.title == "The figures can't be shown"


@pytest.mark.parametrize(
    ("error", "title"),
    [
        (SourceError("It is out of reach."), "The database is not reachable since "),
        (ReconciliationError("Identity 3 does not hold."), "Newer data were refused at "),
        (MigrationError("The database is newer."), "Newer data can't be read since "),
    ],
)
def test_the_last_figures_stay_with_a_banner_while_newer_ones_fail(
    error: EngineError,
    title: str,
    point_at,
    shop_copy: DatabaseUrl,
    open_app,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    point_at(shop_copy)
    before = [card.value for card in open_app().metric]

    def fails(*_: object, **__: object) -> str:
        raise error

    with monkeypatch.context() as broken:
        broken.setattr(keeper, "probe_version", fails)
        figures_of().check(at_once=True)
        figures_of().wait(30)
        at = open_app()
        assert [card.value for card in at.metric] == before
        (banner,) = [*at.warning, *at.error]
        assert banner.proto.title.startswith(title)
        assert "Next try in" in banner.value
        assert error.message.rstrip(".") in banner.value
    figures_of().check(at_once=True)
    figures_of().wait(30)
    at = open_app()
    assert not at.warning
    assert not at.error


def test_the_next_try_is_counted_down() -> None:
    state = State(next_try=NOW + timedelta(seconds=10))
    assert states.next_try_words(state, NOW) == "Next try in 10 s."
    assert states.next_try_words(state, NOW + timedelta(seconds=10)) == "Trying again."
    assert states.next_try_words(State(), NOW) == ""


def test_a_tick_finds_newer_data_and_the_reader_is_told(
    point_at, shop_copy: DatabaseUrl, open_app
) -> None:
    point_at(shop_copy)
    at = open_app()
    with psycopg.connect(shop_copy.libpq(), autocommit=True) as connection:
        connection.execute(
            "UPDATE orders SET status = 'Canceled', is_paid = false, updated_at = now()"
            " WHERE order_id = (SELECT max(order_id) FROM orders WHERE status = 'Completed')"
        )
    figures_of().check()
    figures_of().wait(30)
    at.run()
    assert not at.exception
    assert "1 order fewer" in at.toast[0].value
    at.run()
    assert not at.toast, "said once"


def test_the_run_that_draws_a_page_asks_nothing(
    point_at, shop_copy: DatabaseUrl, open_app, monkeypatch: pytest.MonkeyPatch
) -> None:
    point_at(shop_copy)
    at = open_app()
    asked: list[float] = []
    monkeypatch.setattr(keeper.Keeper, "check", lambda self, **_: asked.append(time.monotonic()))
    at.run()
    assert not asked


def test_refreshing_asks_at_once(point_at, shop_copy, open_app, monkeypatch) -> None:
    point_at(shop_copy)
    at = open_app()
    asked: list[bool] = []
    monkeypatch.setattr(
        keeper.Keeper, "check", lambda self, *, at_once=False: asked.append(at_once)
    )
    (refresh,) = [button for button in at.button if button.label == "Refresh"]
    refresh.click().run()
    assert asked == [True]


def test_while_there_are_no_figures_the_page_looks_again_soon() -> None:
    assert freshness.MISSING_INTERVAL <= 2
    assert State().phase is Phase.PREPARING


def test_two_shops_have_a_picker_with_the_id_in_the_address(
    point_at, shop_copy: DatabaseUrl, open_app
) -> None:
    with psycopg.connect(shop_copy.libpq(), autocommit=True) as connection:
        connection.execute(
            "INSERT INTO shops (shop_id, name, time_zone, currency, week_start, buyer_salt,"
            " is_demo) VALUES (7, 'Second', 'UTC', 'USD', 1, '00', false)"
        )
    point_at(shop_copy)
    at = open_app()
    assert at.selectbox(key="pick shop").options == ["Tuftmoor Felt", "Second"]
    assert len(at.metric) == len(CARDS)
    at.selectbox(key="pick shop").select("7").run()
    assert at.query_params["shop"] == "7"
    assert "The shop Second has no orders yet" in at.info[0].proto.title


def test_while_the_first_load_runs_the_page_says_what_it_does_and_shows_no_figure(
    point_at, shop_copy: DatabaseUrl, open_app, monkeypatch: pytest.MonkeyPatch
) -> None:
    point_at(shop_copy)
    with monkeypatch.context() as slow:
        slow.setattr(keeper.Keeper, "check", lambda self, **_: None)
        at = open_app()
        assert at.info[0].proto.title == "Getting ready"
        assert at.info[0].value == "Preparing the database …"
        assert at.title[0].value == "Overview"
        assert not at.metric
    figures_of().check()
    figures_of().wait(60)
    at.run()
    assert len(at.metric) == len(CARDS)
