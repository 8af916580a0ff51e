from collections.abc import Callable

import pytest

from engine.database.url import DatabaseUrl
from engine.errors import SetupError
from engine.settings import Settings
from tests.commands.conftest import Ended

Engine = Callable[..., Ended]


def test_set_up_prepares_everything_and_names_the_address(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = DatabaseUrl.parse("postgresql://app:hunter2@127.0.0.1:1/shop")

    def prepare(settings: Settings) -> DatabaseUrl:
        return url

    monkeypatch.setattr("engine.database.prepare", prepare)
    ended = engine("setup")
    assert (ended.code, ended.out) == (
        0,
        "Ready: the database postgresql://app:***@127.0.0.1:1/shop and the typed client.\n",
    )


def test_the_client_alone_needs_no_database(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = []
    monkeypatch.setattr(
        "engine.database.generate.ensure_client", lambda **options: made.append(options)
    )
    ended = engine("setup", "--client-only")
    assert (ended.code, ended.out) == (0, "The typed database client is ready.\n")
    assert len(made) == 1


def test_a_set_up_that_fails_ends_with_3(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(**options: object) -> None:
        raise SetupError("No npm.", hint="Install it.")

    monkeypatch.setattr("engine.database.generate.ensure_client", fail)
    ended = engine("setup", "--client-only")
    assert (ended.code, ended.err) == (3, "error: No npm.\n       Install it.\n")
