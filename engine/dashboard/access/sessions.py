"""Who is signed in, and how long a failed attempt has to wait.

One session is 32 random bytes in a cookie; only its hash is kept, in memory, so a restart signs
everybody out. Time comes from outside, so that tests can turn the clock.
"""

from __future__ import annotations

import hashlib
import secrets
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace

from engine.dashboard.access.passwords import Role

LONGEST = 12 * 3600  # seconds
IDLE = 2 * 3600
FREE_FAILURES = 5  # of one address, before it has to wait
LONGEST_WAIT = 900
MOST_ADDRESSES = 10_000
CROWDED = 100  # failures of all addresses within an hour
CROWDED_WAIT = 5


@dataclass(frozen=True, slots=True)
class Session:
    """One reader who is signed in; times are seconds of a clock that never goes back."""

    role: Role
    begun: float
    used: float


class Sessions:
    """The sessions of this process."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._by_hash: dict[bytes, Session] = {}

    def begin(self, role: Role) -> str:
        """Begin a session and return its token, which is kept nowhere."""
        token = secrets.token_urlsafe(32)
        now = self._clock()
        with self._lock:
            self._by_hash = {h: s for h, s in self._by_hash.items() if _is_alive(s, now)}
            self._by_hash[_hash(token)] = Session(role, now, now)
        return token

    def role(self, token: str | None, *, is_active: bool = True) -> Role | None:
        """Return the role of a live session, None for any other token.

        `is_active` is False for what a page does by itself: it does not keep a session alive.
        """
        if not token:
            return None
        key, now = _hash(token), self._clock()
        with self._lock:
            session = self._by_hash.get(key)
            if session is None:
                return None
            if not _is_alive(session, now):
                del self._by_hash[key]
                return None
            if is_active:
                self._by_hash[key] = replace(session, used=now)
            return session.role

    def end(self, token: str | None) -> None:
        """End a session; a token that is none changes nothing."""
        with self._lock:
            self._by_hash.pop(_hash(token or ""), None)


class Uses:
    """When each reader who signed in elsewhere last did something; times are Unix seconds.

    Of one that this process has not seen yet, the sign-in is the last that is known.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last: dict[bytes, float] = {}

    def is_idle(self, session: str, begun: float, now: float, *, is_active: bool) -> bool:
        """Whether a session has lain idle for too long; one that has never comes back.

        `is_active` is False for what a page does by itself.
        """
        key = _hash(session)
        with self._lock:
            used = self._last.get(key, begun)
            if now - used >= IDLE:
                return True
            if is_active:
                # Whatever is older ends by itself, however it was used.
                self._last = {one: at for one, at in self._last.items() if now - at < LONGEST}
                self._last[key] = now
            return False


class Attempts:
    """Failed attempts: the fifth of one address makes it wait, each further one twice as long."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._failures: dict[str, tuple[int, float]] = {}  # count, time of the last one
        self._all: deque[float] = deque()

    def wait(self, address: str) -> float:
        """Return how many seconds this address has to wait before it may try."""
        now = self._clock()
        with self._lock:
            count, last = self._failures.get(address, (0, now))
            own = 0.0
            if count >= FREE_FAILURES:
                pause = min(2 ** (count - FREE_FAILURES), LONGEST_WAIT)
                own = max(0.0, last + pause - now)
            while self._all and self._all[0] < now - 3600:
                self._all.popleft()
            crowd = 0.0
            if len(self._all) >= CROWDED:
                crowd = max(0.0, self._all[-1] + CROWDED_WAIT - now)
            return max(own, crowd)

    def failed(self, address: str) -> None:
        """Note a failure."""
        now = self._clock()
        with self._lock:
            count, _ = self._failures.pop(address, (0, now))
            self._failures[address] = (count + 1, now)
            if len(self._failures) > MOST_ADDRESSES:
                del self._failures[next(iter(self._failures))]  # the one that failed longest ago
            self._all.append(now)
            if len(self._all) > CROWDED:
                self._all.popleft()

    def succeeded(self, address: str) -> None:
        """Forget the failures of an address."""
        with self._lock:
            self._failures.pop(address, None)


def _is_alive(session: Session, now: float) -> bool:
    return now - session.begun < LONGEST and now - session.used < IDLE


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8")).digest()
