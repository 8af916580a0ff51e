"""Locks on files, by which programs that run at once take turns.

The kernel gives a lock back when its holder ends in whatever way, so none is ever left behind and
no list of processes is kept. A lock file holds nothing and is never removed: removing it would let
two programs lock two files of one name.

Two kinds. `exclusive_lock` is held by one at a time. A `Lease` is held by any number of processes,
and the last one of them can find out that it is the last.

The branch for Windows, which has no shared locks, was written from its documentation and not run.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from engine.errors import ConfigurationError

if sys.platform == "win32":
    import msvcrt
    import time

    _PLACES = 64  # a lease is one locked byte out of these
    _WAIT = 0.1  # seconds

    def _try_lock(file: int, first: int, count: int) -> bool:
        os.lseek(file, first, os.SEEK_SET)
        try:
            msvcrt.locking(file, msvcrt.LK_NBLCK, count)
        except OSError:
            return False
        return True

    def _lock(file: int) -> None:
        while not _try_lock(file, 0, 1):
            time.sleep(_WAIT)

    def _lock_shared(file: int) -> None:
        """Lock the first byte that is free."""
        while not any(_try_lock(file, place, 1) for place in range(_PLACES)):
            time.sleep(_WAIT)

    def _lock_alone(file: int) -> bool:
        """Whether all bytes but the own one can be locked; closing the file gives them back."""
        return sum(_try_lock(file, place, 1) for place in range(_PLACES)) == _PLACES - 1

else:
    import fcntl

    def _lock(file: int) -> None:
        fcntl.flock(file, fcntl.LOCK_EX)

    def _lock_shared(file: int) -> None:
        fcntl.flock(file, fcntl.LOCK_SH)

    def _lock_alone(file: int) -> bool:
        """Whether nobody else holds the lock; the shared one is lost either way."""
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


@contextmanager
def exclusive_lock(path: Path) -> Iterator[None]:
    """Hold the lock of `path` for a block, after waiting for whoever holds it now.

    Threads of one process exclude each other as well. Raises ConfigurationError if the file can't
    be made or opened.
    """
    file = _open(path)
    try:
        _lock(file)
        yield
    finally:
        os.close(file)


class Lease:
    """A share in something that is to go on while anybody has a share in it.

    Take and give back only under an exclusive lock that all partners know. A forked child has no
    share of its own in what its parent took.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: int | None = None
        self._process = 0

    @property
    def held(self) -> bool:
        """Whether this process has a share."""
        return self._file is not None and self._process == os.getpid()

    def take(self) -> None:
        """Take a share; a second call changes nothing."""
        if self.held:
            return
        file = _open(self._path)
        _lock_shared(file)
        self._file, self._process = file, os.getpid()

    def give_back(self) -> bool:
        """Give the share back and return whether it was the last one."""
        if not self.held or self._file is None:
            return False
        try:
            return _lock_alone(self._file)
        finally:
            os.close(self._file)
            self._file = None


def _open(path: Path) -> int:
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise ConfigurationError(
            f"The lock file {path} can't be opened: {error.strerror}.",
            hint="Run the program under the account that owns this folder.",
        ) from error
