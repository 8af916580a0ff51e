"""Tells a waiting person how far a long job is: lines and bars on stderr, nothing on stdout.

On a terminal there are two bars, the units of the whole job and the rows of the stage at work.
Elsewhere, where bars would fill a log, there is one line a stage, and a sign of life every half
minute. What is shown is for people only: no program may read it.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any, TextIO

from tqdm import tqdm

HEARTBEAT = 30.0  # seconds
_LOOK = 1.0  # seconds between two looks at the clock


def say(text: str) -> None:
    """Print one line to stderr, above the bars if there are any."""
    tqdm.write(text, file=sys.stderr)


class Progress:
    """How far one job is: `total` units, and within a unit's stage a number of rows.

    A context manager; leaving it clears the bars. `clock` counts seconds.
    """

    def __init__(
        self,
        label: str,
        total: int,
        *,
        stream: TextIO | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._label = label
        self._total = total
        self._stream = sys.stderr if stream is None else stream
        self._clock = clock
        self._started = self._shown = clock()
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._watcher = threading.Thread(target=self._watch, name="progress", daemon=True)
        self._stage = ""
        self._units = self._rows = 0
        self._bars = self._open_bars() if self._stream.isatty() else None

    def __enter__(self) -> Progress:
        if self._bars is None:
            self._watcher.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._ended.set()
        if self._watcher.ident is not None:
            self._watcher.join()
        for bar in reversed(self._bars or ()):
            bar.close()

    def stage(self, name: str, *, rows: int | None = None) -> None:
        """Begin a stage, with how many rows it has if that is known."""
        with self._lock:
            self._stage, self._rows = name, 0
            if self._bars is None:
                self._line()
                return
            units, row_bar = self._bars
            units.set_description_str(f"{self._label} {name}")
            row_bar.reset(total=rows)

    def advance(self, *, units: int = 0, rows: int = 0) -> None:
        """Count finished units of the job and rows of the stage; threads may call it."""
        with self._lock:
            self._units += units
            self._rows += rows
            if self._bars is not None:
                self._bars[0].update(units)
                self._bars[1].update(rows)

    def beat(self) -> None:
        """Print a sign of life if nothing was printed for half a minute."""
        with self._lock:
            if self._clock() - self._shown >= HEARTBEAT:
                self._line()

    def _open_bars(self) -> tuple[tqdm[Any], tqdm[Any]]:
        units = tqdm(total=self._total, desc=self._label, file=self._stream, leave=False)
        rows = tqdm(total=None, unit=" rows", unit_scale=True, file=self._stream, leave=False)
        return units, rows

    def _watch(self) -> None:
        while not self._ended.wait(_LOOK):
            self.beat()

    def _line(self) -> None:
        self._shown = self._clock()
        parts = [self._label, self._stage, f"{self._units}/{self._total}"]
        if self._rows:
            parts.append(f"{_short(self._rows)} rows")
        parts.append(f"{self._shown - self._started:.0f} s")
        print(*filter(None, parts), file=self._stream, flush=True)


def _short(count: int) -> str:
    """Return a count as people say it: 950, 1.2 M."""
    for size, letter in ((1_000_000_000, "G"), (1_000_000, "M"), (1_000, "k")):
        if count >= size:
            return f"{count / size:.1f} {letter}"
    return str(count)
