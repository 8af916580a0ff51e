from __future__ import annotations

import io

import pytest

from engine.progress import Progress, say


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_line_goes_to_stderr_and_nothing_to_stdout(capsys: pytest.CaptureFixture[str]) -> None:
    say("Making tables …")
    assert capsys.readouterr() == ("", "Making tables …\n")


def test_elsewhere_than_on_a_terminal_there_is_a_line_a_stage() -> None:
    stream, clock = io.StringIO(), Clock()
    with Progress("shop 1", 15, stream=stream, clock=clock) as progress:
        progress.stage("read")
        progress.advance(units=9, rows=10)
        clock.now += 41
        progress.stage("compute", rows=2_000_000)
    assert stream.getvalue() == "shop 1 read 0/15 0 s\nshop 1 compute 9/15 41 s\n"


def test_a_sign_of_life_comes_after_half_a_minute_of_silence() -> None:
    stream, clock = io.StringIO(), Clock()
    progress = Progress("shop 1", 15, stream=stream, clock=clock)
    progress.stage("compute")
    progress.advance(units=9, rows=1_200_000)
    for _ in range(5):
        clock.now += 14
        progress.beat()
    assert stream.getvalue().splitlines()[1:] == ["shop 1 compute 9/15 1.2 M rows 42 s"]


def test_rows_are_those_of_the_stage() -> None:
    stream, clock = io.StringIO(), Clock()
    progress = Progress("shop 1", 2, stream=stream, clock=clock)
    for stage, rows in (("read", 950), ("compute", 12_345)):
        progress.stage(stage)
        progress.advance(rows=rows)
        clock.now += 30
        progress.beat()
    assert stream.getvalue().splitlines()[1::2] == [
        "shop 1 read 0/2 950 rows 30 s",
        "shop 1 compute 0/2 12.3 k rows 60 s",
    ]


def test_on_a_terminal_there_are_two_bars_that_leave_nothing_behind() -> None:
    terminal = Terminal()
    with Progress("shop 1", 3, stream=terminal) as progress:
        progress.stage("compute", rows=1_000)
        progress.advance(units=3, rows=1_000)
        progress.beat()
    shown = terminal.getvalue()
    assert "shop 1 compute" in shown
    assert " rows" in shown
    assert shown.rsplit("\r", 2)[1].strip() == ""
