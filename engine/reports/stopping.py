"""Ends a call that is asked to stop: by SIGINT from the keyboard, or by SIGTERM.

The first signal is raised as an exception where the main thread is, so that an open transaction
rolls back and the run is marked as interrupted. A second one ends the program at once; the tables
are the same, since nothing is committed before the end. While a commit is under way the first
signal waits, because after it there is nothing left to undo.

Python answers a signal between two of its own steps. A driver that waits for the server takes none,
so what reads for long is done by `aside`, in a thread that can be left behind.
"""

from __future__ import annotations

import contextvars
import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import Future
from types import FrameType, TracebackType
from typing import Any, TypeVar

_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_READER = "reports-reader"

T = TypeVar("T")


class Stopped(KeyboardInterrupt):
    """The call was asked to stop; `exit_code` is 128 and the number of the signal."""

    def __init__(self, number: int) -> None:
        super().__init__(f"stopped by signal {number}")
        self.exit_code = 128 + number


class StopSignals:
    """Turns signals into `Stopped` for a block; outside the main thread it does nothing."""

    def __init__(self) -> None:
        self._number: int | None = None
        self._held = False
        self._before: dict[int, Any] = {}

    def __enter__(self) -> StopSignals:
        if threading.current_thread() is threading.main_thread():
            self._before = {number: signal.signal(number, self._arrive) for number in _SIGNALS}
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def hold_back(self) -> None:
        """From here on let a signal wait for the next `check`: a commit is under way."""
        self._held = True

    def let_through(self) -> None:
        """Raise the next signal where it finds the program again."""
        self._held = False

    def check(self) -> None:
        """Raise Stopped if a signal has arrived."""
        if self._number is not None:
            raise Stopped(self._number)

    def _arrive(self, number: int, frame: FrameType | None) -> None:
        if self._number is not None:
            os._exit(128 + number)
        self._number = number
        if not self._held:
            raise Stopped(number)


def aside(work: Callable[[], T]) -> T:
    """Do work in a thread of its own and wait for it, ready to answer a signal meanwhile.

    Only for work that writes nothing: after a signal it may still go on for a while.
    """
    done: Future[T] = Future()
    context = contextvars.copy_context()

    def run() -> None:
        try:
            done.set_result(context.run(work))
        except BaseException as error:  # noqa: BLE001 - raised where the result is waited for
            done.set_exception(error)

    threading.Thread(target=run, name=_READER, daemon=True).start()
    return done.result()


def is_left_behind() -> bool:
    """Whether work that was done aside is still going on."""
    return any(thread.name == _READER for thread in threading.enumerate())
