"""What a program does to the log of its process, undone for the tests that follow."""

from __future__ import annotations

import logging
import signal
from collections.abc import Iterator
from contextlib import contextmanager

import structlog


@contextmanager
def program_state_put_back() -> Iterator[None]:
    """Put the log and the answer to SIGTERM back as they were."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    on_sigterm = signal.getsignal(signal.SIGTERM)
    try:
        yield
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
        structlog.reset_defaults()
        signal.signal(signal.SIGTERM, on_sigterm)
