"""The npm parts and the client are made when missing or stale; a failure says what to do."""

from __future__ import annotations

import importlib.metadata
import json
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from engine.database import generate, npm_parts
from engine.database.generate import (
    GENERATED,
    client_is_ready,
    ensure_client,
    ensure_npm_parts,
    npm_parts_are_ready,
)
from engine.database.node import node_binary
from engine.errors import SetupError
from engine.settings import PROJECT_FOLDER, Settings

SCHEMA = """\
// Bir kargo, şehirler arası.
datasource db {
  provider = "postgresql"
  url      = env("DATABASE_URL")
}

generator client {
  provider  = "prisma-client-py"
  output    = "engine/database/generated"
  interface = "asyncio"
}

model Parcel {
  id Int @id
}
"""
INSTALLING = "Installing the npm parts of Prisma …"
GENERATING = "Generating the database client from schema.prisma …"


def fill(project: Path) -> Path:
    """Make a project folder that has never been set up."""
    for name in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copy(PROJECT_FOLDER / name, project)
    (project / "schema.prisma").write_text(SCHEMA, encoding="utf-8")
    (project / GENERATED.parent).mkdir(parents=True)
    return project


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """A project folder that has never been set up."""
    return fill(tmp_path)


@pytest.fixture(scope="session")
def first_made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project folder with the npm parts of this project and a client of its own."""
    project = fill(tmp_path_factory.mktemp("first"))
    (project / "node_modules").symlink_to(ensure_npm_parts(say=print, settings=Settings()))
    assert made(project) == [GENERATING]
    return project


@pytest.fixture
def project(first_made: Path, tmp_path: Path) -> Path:
    """A copy of that folder."""
    return shutil.copytree(first_made, tmp_path / "project", symlinks=True)


def made(project: Path) -> list[str]:
    """Do what a program does at its start; return what it said."""
    lines: list[str] = []
    ensure_client(say=lines.append, settings=Settings(), project=project)
    return lines


class Runs:
    """Stands in for running a program: keeps what was run and ends as it is told."""

    def __init__(self, returncode: int = 0, stderr: str = "") -> None:
        self.ended = subprocess.CompletedProcess([], returncode, "", stderr)
        self.commands: list[list[str]] = []

    def __call__(self, command: Any, folder: Path, environment: Any, limit: int) -> Any:
        (folder / "node_modules").mkdir(exist_ok=True)
        self.commands.append(command)
        return self.ended


def test_all_is_made_without_home_or_node_on_path_and_once(
    bare: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", "")
    monkeypatch.setenv("PATH", str(bare / "empty"))
    assert made(bare) == [INSTALLING, GENERATING]
    assert "class Prisma" in (bare / GENERATED / "client.py").read_text(encoding="utf-8")
    assert (bare / "node_modules" / "pg").is_dir()
    assert not (bare / "node_modules" / "migrate-cli").exists()
    assert not (bare / "~").exists()
    (bare / ".setup.lock").unlink()
    assert made(bare) == []
    assert not (bare / ".setup.lock").exists()  # nothing to do: nobody waits


@pytest.mark.parametrize("home", ["", "/no/such/folder", "/proc", "/dev/null"])
def test_a_home_where_nothing_can_be_kept_gives_npm_another_cache(
    home: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", home)
    assert not npm_parts._home_is_usable()
    monkeypatch.delenv("HOME")
    assert not npm_parts._home_is_usable()


def test_a_home_that_can_be_written_to_keeps_npms_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert npm_parts._home_is_usable()
    assert list(tmp_path.iterdir()) == []


def test_two_programs_at_once_generate_once(project: Path) -> None:
    (project / GENERATED / ".stamp").unlink()
    program = (
        "import sys; from pathlib import Path\n"
        "from engine.database.generate import ensure_client\n"
        "from engine.settings import Settings\n"
        "ensure_client(say=print, settings=Settings(), project=Path(sys.argv[1]))\n"
    )
    command = [sys.executable, "-c", program, str(project)]
    environment = {**os.environ, "PYTHONPATH": str(PROJECT_FOLDER), "PYTHONUTF8": "1"}
    running = [
        subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, encoding="utf-8")
        for _ in range(2)
    ]
    said = [process.communicate(timeout=60)[0].strip() for process in running]
    assert [process.returncode for process in running] == [0, 0]
    assert sorted(said) == ["", GENERATING]


def test_a_folder_that_was_moved_needs_nothing_new(project: Path) -> None:
    assert made(project) == []


def test_readiness_is_told_without_making_anything(project: Path) -> None:
    assert npm_parts_are_ready(project)
    assert client_is_ready(project)
    (project / "schema.prisma").write_text(SCHEMA + "// more\n", encoding="utf-8")
    (project / "node_modules").unlink()
    assert not npm_parts_are_ready(project)
    assert not client_is_ready(project)
    assert not (project / "node_modules").exists()


def test_a_changed_schema_is_generated_anew(project: Path) -> None:
    changed = SCHEMA + "\nmodel Stamp {\n  id Int @id\n}\n"
    (project / "schema.prisma").write_text(changed, encoding="utf-8")
    assert made(project) == [GENERATING]
    assert "class Stamp(" in (project / GENERATED / "models.py").read_text(encoding="utf-8")
    assert (project / GENERATED / "schema.prisma").read_text(encoding="utf-8") == changed


def test_another_version_of_prisma_or_python_makes_the_client_stale(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stamp = (project / GENERATED / ".stamp").read_text(encoding="utf-8")
    python = f"python {sys.version_info.major}.{sys.version_info.minor}"
    monkeypatch.setattr(generate, "run_node", Runs())
    for current, other in ((python, "python 3.10"), ("prisma 0.15.0", "prisma 0.14.0")):
        assert current in stamp
        changed = stamp.replace(current, other)
        (project / GENERATED / ".stamp").write_text(changed, encoding="utf-8")
        assert made(project) == [GENERATING]


def test_a_half_made_client_is_made_anew(project: Path) -> None:
    (project / GENERATED / ".stamp").unlink()
    (project / GENERATED / "client.py").write_text("half a", encoding="utf-8")
    assert made(project) == [GENERATING]
    assert "class Prisma" in (project / GENERATED / "client.py").read_text(encoding="utf-8")


def test_a_broken_schema_is_shown_with_its_line(project: Path) -> None:
    broken = SCHEMA.replace("id Int @id", "id Whole @id")
    (project / "schema.prisma").write_text(broken, encoding="utf-8")
    with pytest.raises(SetupError, match="P1012") as refused:
        made(project)
    assert "schema.prisma:14" in str(refused.value)
    assert 'Type "Whole" is neither a built-in type' in str(refused.value)
    assert not (project / GENERATED / ".stamp").exists()  # the old client is not taken for new


def test_the_schema_is_copied_as_utf_8_in_any_locale(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "POSIX")
    monkeypatch.setenv("PYTHONCOERCECLOCALE", "0")
    monkeypatch.setenv("PYTHONUTF8", "0")
    (project / GENERATED / "schema.prisma").unlink()
    (project / GENERATED / ".stamp").unlink()
    assert made(project) == [GENERATING]
    assert (project / GENERATED / "schema.prisma").read_text(encoding="utf-8") == SCHEMA


@pytest.fixture
def closed_folder() -> Iterator[Path]:
    """A project folder that this account may read and not write to.

    Root may write anywhere, so root is an ordinary account for the time of the test.
    """
    with tempfile.TemporaryDirectory() as folder:
        project = fill(Path(folder))
        project.chmod(0o555)
        if os.geteuid() != 0:
            yield project
        else:
            os.seteuid(pwd.getpwnam("nobody").pw_uid)
            try:
                yield project
            finally:
                os.seteuid(0)
        project.chmod(0o755)


def test_a_read_only_folder_is_named(closed_folder: Path) -> None:
    with pytest.raises(SetupError, match=f"{closed_folder} is read-only") as refused:
        made(closed_folder)
    assert "python -m engine setup" in str(refused.value)


def test_without_network_the_command_to_run_by_hand_is_named(
    bare: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("npm_config_registry", "http://127.0.0.1:9")
    monkeypatch.setenv("npm_config_fetch_retries", "0")
    monkeypatch.setenv("npm_config_cache", str(bare / "cache"))
    with pytest.raises(SetupError, match="no network, or the npm registry") as refused:
        made(bare)
    assert f"By hand: cd {bare} && " in str(refused.value)
    assert "npm-cli.js ci --ignore-scripts" in str(refused.value)
    assert not (bare / "node_modules" / ".stamp").exists()


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("EROFS", "is read-only"),
        ("ENOSPC", "the disk is full"),
        ("EUSAGE", "do not belong together"),
        ("EINTEGRITY", "not the one that package-lock.json names"),
        ("EWHATEVER", "npm failed.\nnpm error code EWHATEVER"),
    ],
)
def test_each_failure_of_npm_is_told_in_words(
    bare: Path, monkeypatch: pytest.MonkeyPatch, code: str, reason: str
) -> None:
    monkeypatch.setattr(npm_parts, "run_node", Runs(1, f"npm error code {code}"))
    with pytest.raises(SetupError, match=reason):
        made(bare)


def test_npm_that_does_not_end_is_given_up(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(npm_parts, "_NPM_LIMIT", 0.05)
    with pytest.raises(SetupError, match="npm did not finish within"):
        made(bare)


def test_a_generator_that_does_not_end_is_given_up(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / GENERATED / ".stamp").unlink()
    monkeypatch.setattr(generate, "_GENERATE_LIMIT", 0.05)
    with pytest.raises(SetupError, match="did not generate the client within"):
        made(project)


def test_a_node_for_another_platform_is_told(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    foreign = bare / "node"
    foreign.write_bytes(b"\x7fNOT-A-PROGRAM")
    foreign.chmod(0o755)
    monkeypatch.setattr(npm_parts, "node_binary", lambda settings: foreign)
    with pytest.raises(SetupError, match="Exec format error") as refused:
        made(bare)
    assert "no Node for this platform" in str(refused.value)


def test_changed_npm_parts_are_installed_anew_and_authoring_adds_to_them(
    bare: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = Runs()
    monkeypatch.setattr(npm_parts, "run_node", runs)

    def install(**options: Any) -> None:
        ensure_npm_parts(say=print, settings=Settings(), project=bare, **options)

    install()
    install()
    assert [command[-1] for command in runs.commands] == ["--omit=dev"]
    install(authoring=True)
    install(authoring=True)
    install()  # what authoring needs holds all the rest
    assert [command[-1] for command in runs.commands] == ["--omit=dev", "--include=dev"]
    with (bare / "package-lock.json").open("a", encoding="utf-8") as lock:
        lock.write("\n")
    install()
    assert [command[-1] for command in runs.commands][2:] == ["--omit=dev"]


def test_parts_that_somebody_installed_by_hand_are_taken(
    bare: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = Runs()
    monkeypatch.setattr(npm_parts, "run_node", runs)
    note = bare / "node_modules" / ".package-lock.json"  # as npm leaves it behind
    note.parent.mkdir()
    lock = json.loads((bare / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    packages = {place: part for place, part in lock.items() if place and not part.get("dev")}

    def ensure(**options: Any) -> list[str]:
        note.write_text(json.dumps({"packages": packages}), encoding="utf-8")
        (note.parent / ".stamp").unlink(missing_ok=True)
        lines: list[str] = []
        ensure_npm_parts(say=lines.append, settings=Settings(), project=bare, **options)
        return lines

    assert ensure() == []
    assert ensure(authoring=True) == [INSTALLING]
    packages["node_modules/pg"] = {"integrity": "sha512-another"}
    assert ensure() == [INSTALLING]
    assert not note.exists()  # what npm had noted before says nothing about an unfinished run


def test_a_missing_file_of_the_project_is_named(bare: Path) -> None:
    (bare / "package-lock.json").unlink()
    with pytest.raises(SetupError, match=r"package-lock\.json can't be read: No such file"):
        made(bare)


def test_the_lock_file_names_no_host_and_the_pins_are_those_of_the_client() -> None:
    text = (PROJECT_FOLDER / "package-lock.json").read_text(encoding="utf-8")
    assert '"resolved"' not in text
    assert '"prisma": "5.17.0"' in text
    assert importlib.metadata.version("prisma") == "0.15.0"
    assert node_binary(Settings()).is_file()
