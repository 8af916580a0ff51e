from collections.abc import Callable
from pathlib import Path

import pytest

from engine.database import local_place
from engine.database.migrate import read_migrations
from engine.database.url import DatabaseUrl
from tests.commands.conftest import Ended, address

Engine = Callable[..., Ended]
NAMES = [migration.name for migration in read_migrations()]


def test_migrate_applies_what_is_pending_and_then_nothing(
    engine: Engine, empty_database_url: DatabaseUrl, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", address(empty_database_url))
    before = engine("migrate", "--status")
    assert (before.code, before.out.splitlines()) == (0, [f"pending  {name}" for name in NAMES])
    first = engine("migrate")
    assert first.out == f"{len(NAMES)} applied; the database {empty_database_url} is up to date.\n"
    assert engine("migrate").out.startswith("0 applied; ")
    after = engine("migrate", "--status")
    assert after.out.splitlines() == [f"applied  {name}" for name in NAMES]


def test_a_direct_address_is_migrated_in_place_of_a_pooler(
    engine: Engine, empty_database_url: DatabaseUrl, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://app@127.0.0.1:1/shop?pgbouncer=true")
    monkeypatch.setenv("DIRECT_URL", address(empty_database_url))
    assert engine("migrate").out.startswith(f"{len(NAMES)} applied; ")


def test_the_status_of_no_local_database_makes_none(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATA_FOLDER", str(tmp_path / "data"))
    monkeypatch.setattr(local_place, "SYSTEM_FOLDER", tmp_path / "none" / "system")
    ended = engine("migrate", "--status")
    assert ended.code == 0
    assert ended.out.startswith(f"There is no database in {tmp_path / 'data'} yet.\npending  001_")
    assert not (tmp_path / "data").exists()


def test_a_server_out_of_reach_ends_with_4(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://app:hunter2@127.0.0.1:1/shop")
    ended = engine("migrate")
    assert ended.code == 4
    assert ended.err.startswith("error: The database postgresql://app:***@127.0.0.1:1/shop ")


def test_options_that_exclude_each_other_end_with_2(engine: Engine) -> None:
    ended = engine("migrate", "--status", "--new", "x")
    assert (ended.code, ended.err) == (2, "error: --status and --new can't be combined.\n")
