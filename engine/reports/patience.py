"""Does work again after an error of the database that may pass.

What is repeated is a whole: a read with a new snapshot, or a write transaction. Before each further
try the database is made ready again, which brings a local server back that has died.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from engine.database import prepare
from engine.database.retry import retrying
from engine.reports.stopping import StopSignals, aside
from engine.settings import Settings

T = TypeVar("T")


class Patience:
    """How long a call goes on trying, and how it learns that it is to stop meanwhile."""

    def __init__(self, settings: Settings, stop: StopSignals, say: Callable[[str], None]) -> None:
        self._settings = settings
        self._stop = stop
        self._say = say

    def do(self, work: Callable[[], T]) -> T:
        """Do a whole that may be repeated; raises the last error when the deadline has passed."""
        is_first = True
        for attempt in retrying(self._settings.retry_deadline, say=self._say):
            with attempt:
                self._stop.check()
                if not is_first:
                    prepare(self._settings, say=self._say, client="optional")
                is_first = False
                return work()
        raise AssertionError("the last attempt returns or raises")

    def read(self, work: Callable[[], T]) -> T:
        """Do work that only reads; if the call is to stop, it is left behind unfinished."""
        return self.do(lambda: aside(work))
