"""How programs reach the local server: the address, and the rules by which it lets them in.

On Linux and macOS it is a unix socket in a folder of the server's account alone, and the kernel
tells the server which account knocks: there is no password and no port. On Windows it is a port
of this machine and a password in a file; that half was written from documentation and not run.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import socket
import stat
import sys
from collections.abc import Iterable
from pathlib import Path

from engine.database.local_programs import Account
from engine.database.url import DatabaseUrl
from engine.errors import LocalServerError

USER = "app"
DATABASE = "app"

_SOCKET = ".s.PGSQL.5432"
_LONGEST_SOCKET_PATH = 100  # bytes; kernels allow from 103 on
_LOOPBACK = "127.0.0.1"
_ANSWER_LIMIT = 2  # seconds


class SocketAccess:
    """A unix socket in `run/` of the data folder.

    It moves elsewhere if its path is too long, has the comma that parts hosts in an address, or
    the quote that ends a name in the server's settings.
    """

    initdb_options = ("--auth-local=peer", "--auth-host=reject")

    def __init__(self, data_folder: Path) -> None:
        self.folder = data_folder / "run"
        path = os.fsencode(self.folder / _SOCKET)
        if len(path) > _LONGEST_SOCKET_PATH or b"," in path or b'"' in path:
            digest = hashlib.sha256(os.fsencode(data_folder)).hexdigest()[:12]
            # Not TMPDIR: it can differ between two programs that are to meet here.
            self.folder = Path("/tmp") / f"engine-{digest}"

    def prepare(self, account: Account | None) -> None:
        """Make the folder; raises LocalServerError if it is there and somebody else's."""
        assert account is not None, "only Windows has none"
        self.folder.mkdir(mode=0o700, exist_ok=True)
        found = self.folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid not in (os.geteuid(), account.user):
            raise LocalServerError(
                f"{self.folder} is to hold the local database's socket and is somebody else's.",
                hint="Remove it, or set DATA_FOLDER to another folder.",
            )
        if account.switch:
            os.chown(self.folder, account.user, account.group)

    def write_rules(self, database_folder: Path, names: Iterable[str]) -> None:
        """Let in these accounts of this machine, as the kernel names them, and nobody else."""
        (database_folder / "pg_hba.conf").write_text(f"local all {USER} peer map=own\n")
        lines = [f'own "{name}" {USER}\n' for name in sorted(set(names))]
        (database_folder / "pg_ident.conf").write_text("".join(lines))

    def clear(self) -> None:
        """Remove a dead server's socket and the file that names its process."""
        (self.folder / f"{_SOCKET}.lock").unlink(missing_ok=True)
        (self.folder / _SOCKET).unlink(missing_ok=True)

    def settings(self) -> dict[str, str]:
        """No port; a socket for the server's account and for root."""
        return {
            "listen_addresses": "",
            "unix_socket_directories": f'"{self.folder}"',
            "unix_socket_permissions": "0700",
        }

    def answers(self) -> bool:
        """Whether a server listens at the socket."""
        with socket.socket(socket.AF_UNIX) as probe:
            probe.settimeout(_ANSWER_LIMIT)
            return probe.connect_ex(os.fspath(self.folder / _SOCKET)) == 0

    def url(self, database: str = DATABASE) -> DatabaseUrl:
        """The address of a database, by its socket."""
        return DatabaseUrl(host=str(self.folder), port=5432, user=USER, database=database)


class PortAccess:
    """A port of this machine and a password, each kept in a file; for Windows, not run."""

    def __init__(self, data_folder: Path) -> None:
        self.folder = data_folder
        self._port, self._password = data_folder / "port", data_folder / "password"
        self.initdb_options = ("--auth=scram-sha-256", f"--pwfile={self._password}")

    def prepare(self, account: Account | None) -> None:
        """Make the password; the data folder must be one that only its owner can read."""
        if not self._password.exists():
            self._password.touch(mode=0o600)
            self._password.write_text(secrets.token_urlsafe(24))

    def write_rules(self, database_folder: Path, names: Iterable[str]) -> None:
        """Let in who knows the password, from this machine."""
        rule = f"host all {USER} {_LOOPBACK}/32 scram-sha-256\n"
        (database_folder / "pg_hba.conf").write_text(rule)

    def clear(self) -> None:
        """Choose a port that is free now."""
        with socket.socket() as chosen:
            chosen.bind((_LOOPBACK, 0))
            self._port.write_text(str(chosen.getsockname()[1]))

    def settings(self) -> dict[str, str]:
        """The port, open to this machine only."""
        return {"listen_addresses": _LOOPBACK, "port": self._port.read_text()}

    def answers(self) -> bool:
        """Whether a server listens at the port."""
        if not self._port.exists():
            return False
        with socket.socket() as probe:
            probe.settimeout(_ANSWER_LIMIT)
            return probe.connect_ex((_LOOPBACK, int(self._port.read_text()))) == 0

    def url(self, database: str = DATABASE) -> DatabaseUrl:
        """The address of a database, by port and password."""
        return DatabaseUrl(
            host=_LOOPBACK,
            port=int(self._port.read_text()),
            user=USER,
            database=database,
            password=self._password.read_text(),
        )


def local_access(data_folder: Path) -> SocketAccess | PortAccess:
    """Return the way to the local server on this platform."""
    return PortAccess(data_folder) if sys.platform == "win32" else SocketAccess(data_folder)
