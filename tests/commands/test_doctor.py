import os
from collections.abc import Callable
from pathlib import Path

import pytest

from engine.commands import doctor
from engine.commands.doctor import Finding
from engine.database import local_place
from engine.database.url import DatabaseUrl
from tests.commands.conftest import Ended, address

Engine = Callable[..., Ended]


def found() -> dict[str, Finding]:
    return {finding.step: finding for finding in doctor.examine()}


def test_every_step_of_a_database_that_is_ready_is_ok(database: DatabaseUrl) -> None:
    steps = found()
    for step in ("Python", "Python packages", "Node", "database", "server", "time zone"):
        assert (step, steps[step].state) == (step, "ok")
    assert steps["database"].text == f"{database} (DATABASE_URL)"
    assert steps["time zone"].text == "sessions are in UTC"
    assert steps["migrations"].text.startswith("all ")


def test_pending_migrations_are_named_with_what_to_do(
    empty_database_url: DatabaseUrl, no_settings: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", address(empty_database_url))
    migrations = found()["migrations"]
    assert migrations.text.startswith("0 applied, pending: 001_init, ")
    assert (migrations.mend, migrations.exit_code) == ("python -m engine migrate", 3)


def test_a_server_out_of_reach_ends_with_4_and_hides_the_password(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://app:hunter2@127.0.0.1:1/shop")
    ended = engine("doctor")
    assert ended.code == 4
    assert "wrong    server: The database " in ended.out
    assert "hunter2" not in ended.out + ended.err


def test_without_a_database_the_local_one_is_missing_and_nothing_is_made(
    no_settings: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATA_FOLDER", str(tmp_path / "data"))
    monkeypatch.setattr(local_place, "SYSTEM_FOLDER", tmp_path / "none" / "system")
    database = found()["database"]
    assert (database.state, database.exit_code) == ("missing", 3)
    assert database.text == f"none in {tmp_path / 'data'} yet; it is made at the first start"
    assert not (tmp_path / "data").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only for root the database may live elsewhere")
def test_for_root_below_a_closed_folder_the_true_folder_is_shown(
    no_settings: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "closed").mkdir(mode=0o700)
    monkeypatch.setenv("DATA_FOLDER", str(tmp_path / "closed" / "data"))
    monkeypatch.setattr(local_place, "_system_folder_is_usable", lambda account: True)
    text = found()["database"].text
    assert text.startswith(f"none in {local_place.SYSTEM_FOLDER}/")
    assert not list((tmp_path / "closed").iterdir())


def test_a_bad_setting_is_a_finding_and_ends_the_examination(
    no_settings: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOG_FORMAT", "xml")
    *_, last = doctor.examine()
    assert (last.step, last.state, last.exit_code) == ("settings", "wrong", 3)
    assert last.text == "LOG_FORMAT in the environment is 'xml'; expected one of text, json."


def test_missing_and_other_packages_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "requirements.in").write_text(
        "# needs\nclick\nnot-there==1.0\nalso[extra]-x\nelsewhere==2 ; sys_platform == 'win32'\n"
    )
    monkeypatch.setattr(doctor, "PROJECT_FOLDER", tmp_path)
    packages = found()["Python packages"]
    assert packages.text == "missing: not-there, also"
    (tmp_path / "requirements.in").write_text("pytest==0.1\n")
    assert found()["Python packages"].text.endswith(", expected 0.1")


def test_the_owners_folder_may_be_absent(
    database: DatabaseUrl, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CSV_FOLDER", str(tmp_path / "none"))
    files = found()["owner's files"]
    assert (files.state, files.exit_code) == ("note", 0)


def test_an_owners_folder_that_is_a_file_can_not_be_read(
    database: DatabaseUrl, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("CSV_FOLDER", str(tmp_path / "file"))
    files = found()["owner's files"]
    assert (files.state, files.exit_code) == ("wrong", 4)


def test_settings_that_differ_are_shown_without_passwords(
    no_settings: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://app:hunter2@127.0.0.1:1/shop")
    monkeypatch.setenv("RETURNED_GOODS", "restocked")
    text = found()["settings"].text
    assert "RETURNED_GOODS=restocked" in text
    assert "DATABASE_URL=postgresql://app:***@127.0.0.1:1/shop" in text
    assert "hunter2" not in text


def test_a_finding_is_one_line_and_how_to_mend_it(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    findings = [Finding("Node", "ok", "here"), Finding("npm parts", "missing", "none", "set up", 3)]
    monkeypatch.setattr(doctor, "examine", lambda: findings)
    ended = engine("doctor")
    assert (ended.code, ended.out) == (
        3,
        "ok       Node: here\nmissing  npm parts: none\n         mend: set up\n",
    )
