"""Installs the npm parts of Prisma into `node_modules/`, from the npm registry and nowhere else.

What is installed is what package-lock.json pins, with its checksums; no script of a package is run.
"""

from __future__ import annotations

import hashlib
import json
import os
import shlex
import tempfile
from collections.abc import Sequence
from pathlib import Path

from engine.database.node import node_binary, npm_program
from engine.database.set_up_step import (
    STAMP,
    Say,
    is_stamped,
    is_writable,
    read_file,
    run_node,
    set_up_lock,
    write_stamp,
)
from engine.errors import SetupError
from engine.settings import PROJECT_FOLDER, Settings

_NPM_LIMIT = 180  # seconds
_NPM_OPTIONS = ("--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier")
_AUTHORING = "with the parts for writing migrations"
_NPMS_OWN_STAMP = ".package-lock.json"  # npm writes it last, and lists in it what it installed


def ensure_npm_parts(
    *, say: Say, settings: Settings, project: Path = PROJECT_FOLDER, authoring: bool = False
) -> Path:
    """Install the npm parts of package-lock.json if they are missing or stale; return their folder.

    `authoring` adds what writing a migration needs. Raises SetupError with what to do by hand.
    """
    modules = project / "node_modules"
    lock_file = hashlib.sha256(read_file(project / "package-lock.json")).hexdigest()
    complete = f"{lock_file} {_AUTHORING}"
    enough = (complete,) if authoring else (lock_file, complete)
    if is_stamped(modules, *enough):
        return modules
    with set_up_lock(project, project):
        if is_stamped(modules, *enough):
            return modules
        if not _installed_by_hand(project, authoring=authoring):
            say("Installing the npm parts of Prisma …")
            for mark in (STAMP, _NPMS_OWN_STAMP):
                (modules / mark).unlink(missing_ok=True)
            _install(project, node_binary(settings), authoring=authoring)
        write_stamp(modules, complete if authoring else lock_file)
    return modules


def npm_parts_are_ready(project: Path = PROJECT_FOLDER) -> bool:
    """Tell whether the npm parts of package-lock.json are installed; changes nothing."""
    lock_file = hashlib.sha256(read_file(project / "package-lock.json")).hexdigest()
    return is_stamped(project / "node_modules", lock_file, f"{lock_file} {_AUTHORING}")


def _installed_by_hand(project: Path, *, authoring: bool) -> bool:
    """Whether npm itself has noted that everything of package-lock.json is there."""
    note = project / "node_modules" / _NPMS_OWN_STAMP
    if not note.is_file():
        return False
    there = json.loads(read_file(note))["packages"]
    wanted = json.loads(read_file(project / "package-lock.json"))["packages"]
    return all(
        there.get(place, {}).get("integrity") == part["integrity"]
        for place, part in wanted.items()
        if place and (authoring or not part.get("dev"))
    )


def _install(project: Path, node: Path, *, authoring: bool) -> None:
    command = [str(node), str(npm_program(node)), "ci", *_NPM_OPTIONS]
    command.append("--include=dev" if authoring else "--omit=dev")
    with tempfile.TemporaryDirectory(prefix="npm-cache-") as spare_cache:
        environment = dict(os.environ)
        # Closed networks often sign with an authority that only the system's store knows.
        environment.setdefault("NODE_USE_SYSTEM_CA", "1")
        environment.setdefault("npm_config_fetch_retry_mintimeout", "1000")
        environment.setdefault("npm_config_fetch_retry_maxtimeout", "5000")
        if not _home_is_usable():
            environment.setdefault("npm_config_cache", spare_cache)
        ended = run_node(command, project, environment, _NPM_LIMIT)
    if ended is None:
        reason = f"npm did not finish within {_NPM_LIMIT} s: no network, or a very slow one"
        raise _by_hand(reason, project, command)
    if ended.returncode != 0:
        raise _by_hand(_npm_reason(ended.stderr), project, command, ended.stderr)


def _home_is_usable() -> bool:
    """Whether npm can keep its cache at home.

    It has no answer of its own to a home that is empty, missing or closed: it makes a folder named
    `~` in the project, ends with an error, or never ends.
    """
    home = os.environ.get("LOCALAPPDATA" if os.name == "nt" else "HOME", "")
    if not home:
        return False
    used = Path(home, ".npm")
    return is_writable(used if used.exists() else Path(home))


_NPM_REASONS = {
    "no network, or the npm registry is out of reach": (
        "ENOTFOUND EAI_AGAIN ECONNREFUSED ECONNRESET ETIMEDOUT ENETUNREACH EHOSTUNREACH "
        "ERR_SOCKET_TIMEOUT"
    ),
    "the folder, or npm's cache, is read-only": "EACCES EPERM EROFS",
    "the disk is full": "ENOSPC EDQUOT",
    "package.json and package-lock.json do not belong together": "EUSAGE",
    "a downloaded part is not the one that package-lock.json names": "EINTEGRITY",
}


def _npm_reason(log: str) -> str:
    for reason, codes in _NPM_REASONS.items():
        if any(f"code {code}" in log for code in codes.split()):
            return f"npm failed: {reason}"
    return "npm failed"


def _by_hand(reason: str, project: Path, command: Sequence[str], log: str = "") -> SetupError:
    return SetupError(
        f"The npm parts of Prisma can't be installed in {project}: {reason}.\n{log}".rstrip(),
        hint=f"By hand: cd {shlex.quote(str(project))} && {shlex.join(command)}",
    )
