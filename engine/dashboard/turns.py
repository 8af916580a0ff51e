"""Questions that are not answered yet take turns: one for each core of the machine at a time.

More at once would not end sooner, and each needs room of its own: that of a question of a large
shop goes back to the machine before the next one begins.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from engine.memory import give_back

LARGE_SECONDS = 0.25  # what takes as long has needed room worth giving back

_turns = threading.BoundedSemaphore(os.cpu_count() or 1)


@contextmanager
def turn() -> Iterator[None]:
    """Wait for a turn, and end it; nobody takes a second one meanwhile."""
    with _turns:
        begun = time.perf_counter()
        try:
            yield
        finally:
            if time.perf_counter() - begun > LARGE_SECONDS:
                give_back()
