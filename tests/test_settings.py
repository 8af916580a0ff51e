from __future__ import annotations

import os
from dataclasses import fields
from pathlib import Path

import dotenv
import pytest

from engine.errors import SettingError
from engine.settings import PROJECT_FOLDER, Settings, example_file


def load(environment: dict[str, str], file: Path | None = None) -> Settings:
    return Settings.load(environment, dotenv_file=file or Path("/no/such/file"))


@pytest.fixture
def dotenv_file(tmp_path: Path) -> Path:
    file = tmp_path / ".env"
    file.write_text("SHOP=from file\nLOG_SQL=yes\nCURRENCY=\n# COUNTRY=TR\n")
    return file


def test_without_any_setting_the_defaults_hold() -> None:
    assert load({}) == Settings()


def test_a_setting_is_the_variable_of_its_name_in_capitals() -> None:
    assert load({"RETRY_DEADLINE": "7", "retry_deadline": "8"}).retry_deadline == 7


def test_the_file_fills_in_what_the_environment_lacks(dotenv_file: Path) -> None:
    settings = load({"SHOP": "from environment"}, dotenv_file)
    assert (settings.shop, settings.log_sql, settings.country) == ("from environment", True, "")


def test_reading_the_file_leaves_the_environment_alone(
    dotenv_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LOG_SQL", raising=False)
    Settings.load(dotenv_file=dotenv_file)
    assert "LOG_SQL" not in os.environ


@pytest.mark.parametrize("blank", ["", "   "])
def test_a_blank_setting_means_its_default(blank: str) -> None:
    settings = load({"DATABASE_URL": blank, "RETRY_DEADLINE": blank, "COST_CURRENCY": blank})
    assert settings == Settings()


def test_blanks_around_a_value_do_not_count() -> None:
    assert load({"SHOP": " Felt & Co "}).shop == "Felt & Co"


@pytest.mark.parametrize(
    ("text", "value"),
    [("1", True), ("true", True), ("YES", True), ("0", False), ("False", False), ("no", False)],
)
def test_yes_and_no_have_three_spellings(text: str, value: bool) -> None:
    assert load({"LOG_SQL": text}).log_sql is value


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("LOG_SQL", "maybe", "LOG_SQL in the environment is 'maybe'; expected true or false"),
        ("RETRY_DEADLINE", "2m", "is '2m'; expected a whole number of seconds"),
        ("LOG_FORMAT", "jsn", r"expected one of text, json\.\nDid you mean json\?"),
    ],
)
def test_a_value_that_cannot_be_is_named_with_what_is_expected(
    name: str, text: str, message: str
) -> None:
    with pytest.raises(SettingError, match=message):
        load({name: text})


def test_a_wrong_value_in_the_file_names_the_file(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("LOG_SQL=maybe\n")
    with pytest.raises(SettingError, match=f"LOG_SQL in {file} is 'maybe'"):
        load({}, file)


def test_folders_are_those_of_the_project_unless_absolute() -> None:
    settings = Settings(data_folder="my/data", csv_folder="/srv/csv")
    assert settings.data_path == PROJECT_FOLDER / "my" / "data"
    assert settings.csv_path == Path("/srv/csv")


def test_the_example_file_shows_every_setting_and_sets_none(tmp_path: Path) -> None:
    lines = example_file().splitlines()
    shown = {line[2:].partition("=")[0] for line in lines if "=" in line and line[:2] == "# "}
    assert {declared.name.upper() for declared in fields(Settings)} <= shown
    file = tmp_path / ".env"
    file.write_text(example_file())
    assert dotenv.dotenv_values(file) == {}


def test_the_example_file_uncommented_changes_nothing(tmp_path: Path) -> None:
    names = {declared.name.upper() for declared in fields(Settings)}
    lines = [
        line.removeprefix("# ")
        for line in example_file().splitlines()
        if line.removeprefix("# ").partition("=")[0] in names
    ]
    file = tmp_path / ".env"
    file.write_text("\n".join(lines))
    assert len(lines) == len(names)
    assert load({}, file) == Settings()
