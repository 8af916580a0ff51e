"""How a step of the set-up is done once: a stamp that says what it was made from, and one lock.

A stamp is written last, so that a half-made folder never passes for a whole one. Whoever finds one
that fits does nothing and waits for nobody.
"""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from engine.database.locks import exclusive_lock
from engine.errors import SetupError

Say = Callable[[str], None]

STAMP = ".stamp"


def is_stamped(folder: Path, *accepted: str) -> bool:
    """Whether the folder was made whole, and from one of these."""
    try:
        return (folder / STAMP).read_text(encoding="utf-8").strip() in accepted
    except (FileNotFoundError, NotADirectoryError):
        return False


def write_stamp(folder: Path, text: str) -> None:
    """Mark a folder as made whole from what the text names."""
    (folder / STAMP).write_text(text + "\n", encoding="utf-8")


def read_file(file: Path) -> bytes:
    """Return the bytes of a file that comes with the project; raises SetupError without it."""
    try:
        return file.read_bytes()
    except OSError as error:
        raise SetupError(
            f"{file} can't be read: {error.strerror}.",
            hint="It comes with the project: restore it from the source you got it from.",
        ) from error


@contextmanager
def set_up_lock(project: Path, folder: Path) -> Iterator[None]:
    """Hold the project's set-up lock, after making sure that `folder` can be written to."""
    for needed in (project, folder):
        if not is_writable(needed):
            raise SetupError(
                f"{needed} is read-only for this account, and something must be made in it.",
                hint="Run `python -m engine setup` once under an account that may write there.",
            )
    with exclusive_lock(project / ".setup.lock"):
        yield


def is_writable(folder: Path) -> bool:
    """Whether a file can be made there; permissions alone don't tell, so one is, for a moment."""
    try:
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


def run_node(
    command: Sequence[str], folder: Path, environment: dict[str, str], limit: int
) -> subprocess.CompletedProcess[str] | None:
    """Run a program by Node and return what it said; None when it did not end in `limit` seconds.

    Raises SetupError when Node, the first word of the command, can't be started.
    """
    try:
        return subprocess.run(
            command,
            cwd=folder,
            env=environment,
            timeout=limit,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            check=False,
        )
    except subprocess.TimeoutExpired:
        return None
    except OSError as error:
        raise SetupError(
            f"Node can't be started at {command[0]}: {error.strerror}.",
            hint="There is no Node for this platform among the Python packages: install Node 18 "
            "or later and set NODE_BINARY to it.",
        ) from error
