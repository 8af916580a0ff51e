"""One answer is worked out at a time, in the order of asking, and who waits is told the place."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from engine.dashboard.waiting_line import WaitingLine

LONGEST = 30.0  # seconds that a thread of a test may take


def quiet(before: int) -> None:
    """Whoever asks does not mind."""


def test_an_answer_is_worked_out_once_and_the_oldest_is_forgotten() -> None:
    line: WaitingLine[str] = WaitingLine(2)
    worked: list[str] = []

    def work(name: str) -> Callable[[], str]:
        def answer() -> str:
            worked.append(name)
            return name.upper()

        return answer

    for name in ("a", "b", "a", "c", "a", "b"):
        assert line.ask(name, work(name), quiet) == name.upper()
    assert worked == ["a", "b", "c", "b"]


def test_who_waits_is_told_how_many_come_first_and_has_the_answer_of_an_equal_question() -> None:
    line: WaitingLine[str] = WaitingLine(8)
    begun, may_end, queued = threading.Event(), threading.Event(), threading.Event()
    told: dict[str, list[int]] = {"second": [], "third": []}
    worked: list[str] = []
    answers: dict[str, str] = {}

    def slow() -> str:
        begun.set()
        assert may_end.wait(LONGEST)
        worked.append("first")
        return "first"

    def ask(name: str, question: str) -> None:
        def say(before: int) -> None:
            told[name].append(before)
            queued.set()

        def work() -> str:
            worked.append(name)
            return name

        answers[name] = line.ask(question, work, say)

    threads = [threading.Thread(target=line.ask, args=("one", slow, quiet))]
    threads[0].start()
    assert begun.wait(LONGEST)
    for name, question in (("second", "two"), ("third", "one")):
        queued.clear()
        threads.append(threading.Thread(target=ask, args=(name, question)))
        threads[-1].start()
        assert queued.wait(LONGEST)
    may_end.set()
    for thread in threads:
        thread.join(LONGEST)
    assert worked == ["first", "second"]
    assert answers == {"second": "second", "third": "first"}
    assert set(told["second"]) == {1, 0}
    assert told["third"][0] == 2
    assert told["third"] == sorted(told["third"], reverse=True)
    assert 0 not in told["third"], "it was never worked out"


def test_one_who_goes_away_or_fails_leaves_the_line_to_the_others() -> None:
    line: WaitingLine[str] = WaitingLine(8)

    def fails() -> str:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        line.ask("one", fails, quiet)
    begun, may_end = threading.Event(), threading.Event()

    def slow() -> str:
        begun.set()
        assert may_end.wait(LONGEST)
        return "slow"

    def goes_away(before: int) -> None:
        raise InterruptedError

    thread = threading.Thread(target=line.ask, args=("two", slow, quiet))
    thread.start()
    assert begun.wait(LONGEST)
    with pytest.raises(InterruptedError):
        line.ask("three", lambda: "three", goes_away)
    may_end.set()
    thread.join(LONGEST)
    assert line.ask("three", lambda: "three", quiet) == "three"
