"""Sessions end by themselves, and guessing gets slower with every failure."""

from __future__ import annotations

import pytest

from engine.dashboard.access.passwords import Role
from engine.dashboard.access.sessions import IDLE, LONGEST, Attempts, Sessions, Uses


class Clock:
    """Seconds that only a test moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_a_session_knows_its_role_and_ends_when_it_is_told(clock: Clock) -> None:
    sessions = Sessions(clock)
    token = sessions.begin(Role.VIEWER)
    assert sessions.role(token) is Role.VIEWER
    sessions.end(token)
    assert sessions.role(token) is None
    assert sessions.role(None) is None


def test_an_idle_session_ends_and_a_used_one_lives_on_to_its_longest(clock: Clock) -> None:
    sessions = Sessions(clock)
    idle, used = sessions.begin(Role.OWNER), sessions.begin(Role.OWNER)
    for _ in range(LONGEST // (IDLE - 1)):
        clock.now += IDLE - 1
        assert sessions.role(used) is Role.OWNER
    assert sessions.role(idle) is None
    clock.now = 1000.0 + LONGEST
    assert sessions.role(used) is None


def test_refreshing_by_itself_keeps_no_session_alive(clock: Clock) -> None:
    sessions = Sessions(clock)
    token = sessions.begin(Role.OWNER)
    clock.now += IDLE - 1
    assert sessions.role(token, is_active=False) is Role.OWNER
    clock.now += 1
    assert sessions.role(token, is_active=False) is None


def test_who_signed_in_elsewhere_lies_idle_from_the_last_thing_done() -> None:
    uses = Uses()
    assert not uses.is_idle("mina", 0, IDLE - 1, is_active=True)
    assert not uses.is_idle("mina", 0, 2 * IDLE - 2, is_active=False)
    assert uses.is_idle("mina", 0, 2 * IDLE - 1, is_active=True)
    assert uses.is_idle("mina", 0, 2 * IDLE, is_active=True), "an ended session comes to life"
    assert uses.is_idle("books", 0, IDLE, is_active=True), "not seen since the sign-in"
    assert not uses.is_idle("mina again", 2 * IDLE, 2 * IDLE, is_active=True), "signed in again"


def test_from_the_fifth_failure_on_each_wait_is_twice_the_last(clock: Clock) -> None:
    attempts = Attempts(clock)
    waits = []
    for _ in range(17):
        waits.append(attempts.wait("192.0.2.1"))
        attempts.failed("192.0.2.1")
    assert waits[:8] == [0, 0, 0, 0, 0, 1, 2, 4]
    assert max(waits) == 900
    assert attempts.wait("192.0.2.2") == 0
    clock.now += 900
    assert attempts.wait("192.0.2.1") == 0
    attempts.succeeded("192.0.2.1")
    attempts.failed("192.0.2.1")
    assert attempts.wait("192.0.2.1") == 0


def test_a_hundred_failures_an_hour_slow_everyone_down(clock: Clock) -> None:
    attempts = Attempts(clock)
    for number in range(100):
        attempts.failed(f"192.0.2.{number}")
    assert attempts.wait("198.51.100.1") == 5
    clock.now += 5
    assert attempts.wait("198.51.100.1") == 0
    clock.now += 3600
    attempts.failed("198.51.100.9")
    assert attempts.wait("198.51.100.1") == 0
