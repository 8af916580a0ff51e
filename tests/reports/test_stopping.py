"""Signals: raised where the program is, held back while it commits, never lost."""

from __future__ import annotations

import os
import signal
import threading

import pytest

from engine.reports.stopping import Stopped, StopSignals, aside, is_left_behind


def send(number: signal.Signals) -> None:
    os.kill(os.getpid(), number)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_is_raised_where_the_program_is(number: signal.Signals, code: int) -> None:
    before = signal.getsignal(number)
    with StopSignals(), pytest.raises(Stopped) as raised:
        send(number)
    assert raised.value.exit_code == code
    assert signal.getsignal(number) is before


def test_while_a_commit_is_under_way_a_signal_waits_for_the_next_check() -> None:
    with StopSignals() as stop:
        stop.hold_back()
        send(signal.SIGTERM)
        stop.let_through()
        with pytest.raises(Stopped):
            stop.check()


def test_without_a_signal_a_check_passes() -> None:
    with StopSignals() as stop:
        stop.check()


def test_a_signal_is_answered_while_work_is_done_aside() -> None:
    go_on = threading.Event()
    with StopSignals():
        threading.Timer(0.2, send, [signal.SIGTERM]).start()
        with pytest.raises(Stopped):
            aside(lambda: go_on.wait(20))
    assert is_left_behind()
    go_on.set()


def test_work_done_aside_returns_and_raises_as_if_done_here() -> None:
    assert aside(lambda: 7) == 7
    with pytest.raises(ZeroDivisionError):
        aside(lambda: 1 // 0)
