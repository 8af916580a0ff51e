"""`python -m engine doctor`: what is set up, what is missing, and how to mend it.

One line is one step of the set-up. Nothing is installed, made, started or changed. It must run
where the other commands can't, so it loads what it looks at only when it looks.
"""

from __future__ import annotations

import importlib.metadata
import os
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING

import click

from engine.errors import ConfigurationError, EngineError
from engine.settings import PROJECT_FOLDER, Settings

if TYPE_CHECKING:
    from engine.database.url import DatabaseUrl

_INSTALL = "python -m pip install -r requirements.txt"
_SET_UP = "python -m engine setup (both programs do it at their start, too)"
_OLDEST_PYTHON = (3, 11)
_SERVER_VERSIONS = range(15, 19)
_PIN = re.compile(r"([A-Za-z0-9._-]+)(?:\[[^\]]*\])?(?:==([^\s;]+))?\s*(;.*)?")


@dataclass(frozen=True, slots=True)
class Finding:
    """One step: `state` is ok, missing, wrong or note; `mend` says what to do about it."""

    step: str
    state: str
    text: str
    mend: str = ""
    exit_code: int = 0


@click.command("doctor")
def command() -> int:
    """Say what is set up and how to mend what is not.

    Nothing is changed or started. Exit code 0 if all is well, 3 if something has to be mended, 4 if
    the database is out of reach.
    """
    worst = 0
    for finding in examine():
        click.echo(f"{finding.state:<8} {finding.step}: {finding.text}")
        if finding.mend:
            click.echo(f"         mend: {finding.mend}")
        worst = max(worst, finding.exit_code)
    return worst


def examine() -> Iterator[Finding]:
    """Yield the findings in the order in which the steps build on each other."""
    yield _python()
    yield _packages()
    try:
        settings = Settings.load()
    except ConfigurationError as error:
        yield Finding("settings", "wrong", error.message, error.hint or "See .env.example.", 3)
        return
    for step, look in (
        ("Node", _node),
        ("npm parts", _npm_parts),
        ("typed client", _client),
    ):
        yield _guarded(step, look, settings)
    yield from _database(settings)
    yield _csv_folder(settings)
    yield _settings_in_force(settings)


def _guarded(step: str, look: Callable[[Settings], Finding], settings: Settings) -> Finding:
    """Look at a step; what stops the look is the finding."""
    try:
        return look(settings)
    except EngineError as error:
        return Finding(step, "wrong", error.message, error.hint, error.exit_code)
    except ModuleNotFoundError as error:
        return Finding(step, "wrong", f"the package {error.name} is missing", _INSTALL, 3)


def _python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info[:2] < _OLDEST_PYTHON:
        return Finding(
            "Python", "wrong", f"{version} is too old", "Install Python 3.11 or later.", 3
        )
    return Finding("Python", "ok", f"{version} in {sys.prefix}")


def _packages() -> Finding:
    """Compare what is installed with the direct needs in requirements.in."""
    missing, other = [], []
    wanted = _direct_needs(PROJECT_FOLDER / "requirements.in")
    for name, version, only_here in wanted:
        try:
            found = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            if not only_here:
                missing.append(name)
            continue
        if version and found != version:
            other.append(f"{name} is {found}, expected {version}")
    if missing:
        text = f"missing: {', '.join(missing)}"
        return Finding("Python packages", "missing", text, _INSTALL, 3)
    if other:
        return Finding("Python packages", "wrong", "; ".join(other), _INSTALL, 3)
    return Finding("Python packages", "ok", f"{len(wanted)} direct needs are installed")


def _direct_needs(file: Path) -> list[tuple[str, str, bool]]:
    """Return name, pinned version and whether the need is for some platforms only."""
    needs = []
    for line in file.read_text(encoding="utf-8").splitlines():
        match = _PIN.match(line.partition("#")[0].strip())
        if match:
            needs.append((match[1], match[2] or "", bool(match[3])))
    return needs


def _node(settings: Settings) -> Finding:
    from engine.database.node import node_binary

    return Finding("Node", "ok", str(node_binary(settings)))


def _npm_parts(settings: Settings) -> Finding:
    from engine.database.generate import npm_parts_are_ready

    if npm_parts_are_ready():
        return Finding("npm parts", "ok", "those of package-lock.json")
    return Finding("npm parts", "missing", "not installed, or older ones", _SET_UP, 3)


def _client(settings: Settings) -> Finding:
    from engine.database.generate import client_is_ready

    if client_is_ready():
        return Finding("typed client", "ok", "that of schema.prisma")
    return Finding("typed client", "missing", "not generated, or for another schema", _SET_UP, 3)


def _database(settings: Settings) -> Iterator[Finding]:
    """Yield address, server and migrations; a look that fails ends the row."""
    try:
        from engine.database.checkup import look_at_local_server
        from engine.database.local_programs import find_programs
        from engine.database.url import DatabaseUrl

        if settings.database_url:
            url = DatabaseUrl.parse(settings.database_url)
            yield Finding("database", "ok", f"{url} (DATABASE_URL)")
        else:
            find_programs()
            local = look_at_local_server(settings)
            if not local.exists:
                text = f"none in {local.folder} yet; it is made at the first start"
                yield Finding("database", "missing", text, _SET_UP, 3)
                return
            if local.url is None:
                text = f"the local one in {local.folder}, not running; it is started on demand"
                yield Finding("database", "ok", text)
                return
            url = local.url
            yield Finding("database", "ok", f"{url} (local, running)")
    except EngineError as error:
        yield Finding("database", "wrong", error.message, error.hint, error.exit_code)
        return
    except ModuleNotFoundError as error:
        yield Finding("database", "wrong", f"the package {error.name} is missing", _INSTALL, 3)
        return
    yield from _server(url, settings)


def _server(url: DatabaseUrl, settings: Settings) -> Iterator[Finding]:
    from engine.database.checkup import look_at_server

    try:
        server = look_at_server(url)
    except EngineError as error:
        yield Finding("server", "wrong", error.message, error.hint, error.exit_code)
        return
    if server.version < _SERVER_VERSIONS.start:
        text = f"PostgreSQL {server.version} is too old"
        yield Finding("server", "wrong", text, "Use PostgreSQL 15 to 18.", 3)
    elif server.version not in _SERVER_VERSIONS:
        text = f"PostgreSQL {server.version}; the program was tried with 15 to 18"
        yield Finding("server", "note", text)
    else:
        yield Finding("server", "ok", f"PostgreSQL {server.version}")
    if server.time_zone == "UTC":
        yield Finding("time zone", "ok", "sessions are in UTC")
    else:
        mend = "ALTER ROLE … SET timezone = 'UTC' for the account of DATABASE_URL"
        yield Finding("time zone", "wrong", f"sessions are in {server.time_zone}", mend, 3)
    yield _guarded("migrations", lambda _: _migrations(url, settings), settings)


def _migrations(url: DatabaseUrl, settings: Settings) -> Finding:
    from engine.database.migrate import status
    from engine.database.url import DatabaseUrl

    if settings.direct_url:
        url = DatabaseUrl.parse(settings.direct_url, setting="DIRECT_URL")
    found = status(url)
    if found.pending:
        text = f"{len(found.applied)} applied, pending: {', '.join(found.pending)}"
        return Finding("migrations", "missing", text, "python -m engine migrate", 3)
    return Finding("migrations", "ok", f"all {len(found.applied)} applied")


def _csv_folder(settings: Settings) -> Finding:
    folder = settings.csv_path
    if not folder.exists():
        text = f"{folder} is not there; costs are unknown without it"
        return Finding("owner's files", "note", text)
    if not (folder.is_dir() and os.access(folder, os.R_OK | os.X_OK)):
        mend = f"Let this account read {folder}, or set CSV_FOLDER."
        return Finding("owner's files", "wrong", f"{folder} can't be read", mend, 4)
    closed = [file.name for file in sorted(folder.iterdir()) if not os.access(file, os.R_OK)]
    if closed:
        text = f"{folder}: {', '.join(closed)} can't be read"
        return Finding("owner's files", "wrong", text, "Let this account read them.", 4)
    return Finding("owner's files", "ok", f"{folder}, {len(list(folder.iterdir()))} entries")


def _settings_in_force(settings: Settings) -> Finding:
    """Name the settings that differ from their defaults; addresses are shown without passwords."""
    shown = []
    for declared in fields(settings):
        value = getattr(settings, declared.name)
        if value != declared.default:
            is_address = declared.name.endswith("_url")
            shown.append(f"{declared.name.upper()}={_redacted(value) if is_address else value}")
    return Finding("settings", "ok", ", ".join(shown) or "all as declared in .env.example")


def _redacted(address: str) -> str:
    try:
        from engine.database.url import DatabaseUrl

        return str(DatabaseUrl.parse(address))
    except (EngineError, ModuleNotFoundError):
        return "(not shown: it can't be understood)"
