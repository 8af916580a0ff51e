"""New questions take turns, so that many readers of a large shop need no more room than a few."""

from __future__ import annotations

import os
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from engine.dashboard import turns
from engine.dashboard.turns import turn


def test_no_more_questions_are_worked_out_at_once_than_there_are_cores() -> None:
    cores = os.cpu_count() or 1
    inside, most, counting = 0, 0, threading.Lock()
    together = threading.Barrier(cores)

    def ask(_: int) -> None:
        nonlocal inside, most
        with turn():
            with counting:
                inside += 1
                most = max(most, inside)
            together.wait(timeout=30)  # as many as may are inside before one leaves
            with counting:
                inside -= 1

    with ThreadPoolExecutor(3 * cores) as readers:
        list(readers.map(ask, range(3 * cores)))
    assert most == cores


@pytest.mark.parametrize(("seconds", "times"), [(0.0, 1), (60.0, 0)])
def test_only_a_large_answer_gives_its_room_back(
    seconds: float, times: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = []
    monkeypatch.setattr(turns, "give_back", lambda: given.append(True))
    monkeypatch.setattr(turns, "LARGE_SECONDS", seconds)
    with turn():
        pass
    assert len(given) == times


def test_a_question_that_fails_ends_its_turn() -> None:
    for _ in range(2 * (os.cpu_count() or 1)):
        with pytest.raises(ValueError, match="no such"), turn():
            raise ValueError("no such metric")
