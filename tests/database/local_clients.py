"""Other processes and accounts that use a local server, and what tests ask of one."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from engine.database.url import DatabaseUrl
from engine.settings import PROJECT_FOLDER

IS_ROOT = os.geteuid() == 0
needs_root = pytest.mark.skipif(not IS_ROOT, reason="only root can run something as another user")

# Opens the server, waits for a line, closes it; each step and each line of `say` is one line.
CLIENT = """
import os, pwd, sys
from pathlib import Path
import psycopg
from engine.database import local_place
from engine.database.local_postgres import LocalServer
from engine.errors import ConfigurationError
if sys.argv[3]:
    local_place.SYSTEM_FOLDER = Path(sys.argv[3])
if sys.argv[2]:  # only now: the account may be unable to read Python's own files
    account = pwd.getpwnam(sys.argv[2])
    os.setgroups([])
    os.setgid(account.pw_gid)
    os.setuid(account.pw_uid)
try:
    server = LocalServer(Path(sys.argv[1]), say=lambda text: print("said", text, flush=True))
    url = server.open()
except ConfigurationError as error:
    print("refused", str(error).replace("\\n", " "), flush=True)
    sys.exit(error.exit_code)
print("opened", url, flush=True)
sys.stdin.readline()
with psycopg.connect(url.libpq()) as connection:
    print("asked", connection.execute("SELECT 1").fetchone()[0], flush=True)
print("stopped" if server.close() else "left", flush=True)
"""


class Client:
    """Another process that uses the server, as another account or elsewhere if asked for."""

    def __init__(self, folder: Path, user: str = "", system_folder: Path | str = "") -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", CLIENT, str(folder), user, str(system_folder)],
            cwd=PROJECT_FOLDER,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.said: list[str] = []

    def next(self) -> str:
        """What it does next; what it says meanwhile is kept."""
        assert self.process.stdout is not None
        while (line := self.process.stdout.readline().strip()).startswith("said "):
            self.said.append(line.removeprefix("said "))
        return line

    def go_on(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()


StartClient = Callable[..., Client]


def ask(url: DatabaseUrl, question: str) -> object:
    with psycopg.connect(url.libpq(), autocommit=True) as connection:
        cursor = connection.execute(question.encode())
        row = cursor.fetchone() if cursor.description else None
    return row and row[0]


def server_process(data: Path) -> int:
    return int((data / "pgdata" / "postmaster.pid").read_text().split()[0])
