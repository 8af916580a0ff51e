"""Answers that are worked out one at a time: who waits is told how many come first.

An answer is kept for whoever asks the same again, and nobody waits for one that is kept.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Generic, TypeVar

from engine.dashboard.turns import turn

Answer = TypeVar("Answer")
Say = Callable[[int], None]
_TOLD_AGAIN = 0.5  # seconds; whoever has gone on to another page is noticed when told


class WaitingLine(Generic[Answer]):
    """The last answers by question, and those who wait for one that is not among them."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[str, Answer] = OrderedDict()
        self._waiting: list[object] = []
        self._moved = threading.Condition()

    def ask(self, question: str, work: Callable[[], Answer], say: Say) -> Answer:
        """Return a kept answer, or wait for a turn and work it out.

        say: is told how many come first, again and again, and 0 when the work begins; what it
        raises ends the waiting.
        """
        found = self._find(question)
        if found is not None:
            return found
        with self._turn(say):
            found = self._find(question)  # one before may have asked the same
            if found is None:
                say(0)
                with turn():
                    found = work()
                self._keep(question, found)
        return found

    @contextmanager
    def _turn(self, say: Say) -> Iterator[None]:
        place = object()
        with self._moved:
            self._waiting.append(place)
        try:
            while before := self._before(place):
                say(before)
                with self._moved:
                    if self._waiting.index(place) == before:
                        self._moved.wait(_TOLD_AGAIN)
            yield
        finally:
            with self._moved:
                self._waiting.remove(place)
                self._moved.notify_all()

    def _before(self, place: object) -> int:
        with self._moved:
            return self._waiting.index(place)

    def _find(self, question: str) -> Answer | None:
        with self._moved:
            if question in self._kept:
                self._kept.move_to_end(question)
            return self._kept.get(question)

    def _keep(self, question: str, answer: Answer) -> None:
        with self._moved:
            self._kept[question] = answer
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
