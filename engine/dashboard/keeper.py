"""Keeps one shop's figures in memory: loads them aside, swaps them in, and recovers by itself.

A page reads `state` once and works with that object to its end. Loading, probing for newer data
and trying again after a failure happen in one background thread at a time, so that no page ever
waits for the database.
"""

from __future__ import annotations

import gc
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import Enum, auto

import structlog

from engine import progress
from engine.analytics import EcommerceAnalyticsOptimized, probe_version
from engine.dashboard.access.passwords import Role
from engine.dashboard.news import what_is_new
from engine.dashboard.target_writing import write_target
from engine.database import prepare
from engine.database.arrow import open_snapshot
from engine.database.url import DatabaseUrl
from engine.errors import EngineError, SourceError
from engine.settings import Settings
from engine.sources.frames import Shop
from engine.sources.tables import read_shops
from engine.sources.targets import Target, Targets, read_targets

_log = structlog.get_logger("engine")
RETRY_SECONDS = (5, 10, 20, 40, 60)


class Phase(Enum):
    """What a page can do now."""

    PREPARING = auto()  # the first load is under way
    EMPTY = auto()  # there is no shop, or it has no facts
    READY = auto()
    FAILED = auto()  # nothing could be loaded yet


@dataclass(frozen=True, slots=True)
class State:
    """What is known at one moment; figures beside an `error` are the last good ones."""

    phase: Phase = Phase.PREPARING
    analytics: EcommerceAnalyticsOptimized | None = None
    shops: tuple[Shop, ...] = ()
    step: str = "Preparing the database"
    error: EngineError | None = None
    failed_at: datetime | None = None
    next_try: datetime | None = None
    failures: int = 0
    news: str = ""
    targets: Targets | None = None

    @property
    def version(self) -> str:
        """A text that differs whenever a page would look different."""
        figures = self.analytics.version if self.analytics else ""
        step = self.step if self.phase is Phase.PREPARING else ""
        return f"{self.phase.name} {figures} {self.failed_at} {step}"


class Keeper:
    """The figures of one shop in this process; `shop` is an id, None for the lowest id.

    `ALL` keeps all shops together, in the reporting currency.
    """

    def __init__(
        self,
        settings: Settings,
        shop: int | str | None = None,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._settings = settings
        self.shop = shop
        self._now = now
        self._url: DatabaseUrl | None = None
        self._asking = threading.Lock()
        self._worker: threading.Thread | None = None
        self.state = State()

    @property
    def is_working(self) -> bool:
        """Whether the background thread is at it."""
        worker = self._worker
        return worker is not None and worker.is_alive()

    def check(self, *, at_once: bool = False) -> None:
        """Ask in the background for newer data; after a failure not before its next try.

        `at_once` does not wait for that.
        """
        with self._asking:
            waiting = self.state.next_try
            if self.is_working or (waiting and not at_once and self._now() < waiting):
                return
            self._worker = threading.Thread(target=self._refresh, name="figures", daemon=True)
            self._worker.start()

    def wait(self, seconds: float) -> State:
        """Wait until the background thread has ended, at most so long, and return the state."""
        worker = self._worker
        if worker is not None:
            worker.join(seconds)
        return self.state

    def set_target(self, target: Target, role: Role) -> None:
        """Set or remove a target of this shop; raises as `write_target` does."""
        known, url = self.state.analytics, self._url
        if known is None or url is None:
            raise SourceError("The database is away, so the target was not set.", hint="Try again.")
        write_target(url, known.shop.shop_id, target, role)
        self.state = replace(self.state, targets=_targets(url, known))

    def _refresh(self) -> None:
        try:
            self._look()
        except EngineError as error:
            _log.warning("figures not refreshed", reason=str(error))
            self._failed(error)
        except Exception:  # noqa: BLE001 - the edge of the thread: nothing above could report it
            reference = uuid.uuid4().hex[:8]
            _log.exception("loading failed", reference=reference)
            self._failed(
                EngineError(
                    f"Loading the figures failed. Reference {reference}.",
                    hint="The program's log has the details under this reference.",
                )
            )

    def _look(self) -> None:
        known = self.state.analytics
        if self._url is None:
            self._url = self._address()
        if known is not None and probe_version(self._settings, self._url) == known.version:
            self._nothing_new(_targets(self._url, known))
            return
        self._step("Reading the shop")
        with open_snapshot(self._url) as source:
            shops = tuple(read_shops(source))
            if not shops:
                self.state = State(Phase.EMPTY)
                return
            wanted = shops[0].shop_id if self.shop is None else self.shop
        begun = time.perf_counter()
        loaded = EcommerceAnalyticsOptimized.load(
            shop=wanted, settings=self._settings, url=self._url
        )
        _log.info(
            "figures loaded",
            shop=wanted,
            seconds=round(time.perf_counter() - begun, 2),
            **loaded.stage_seconds,
        )
        phase = Phase.EMPTY if loaded.first_day is None else Phase.READY
        news = what_is_new(known, loaded)
        targets = _targets(self._url, loaded)
        self.state = State(phase, loaded, shops, news=news, targets=targets)
        _set_aside(replaces=known is not None)

    def _address(self) -> DatabaseUrl:
        if self._settings.dashboard_database_url:
            return DatabaseUrl.parse(
                self._settings.dashboard_database_url, setting="DASHBOARD_DATABASE_URL"
            )
        return prepare(self._settings, say=self._prepares, client="optional")

    def _nothing_new(self, targets: Targets | None) -> None:
        self.state = replace(
            self.state,
            error=None,
            failed_at=None,
            next_try=None,
            failures=0,
            targets=targets,
        )

    def _failed(self, error: EngineError) -> None:
        self._url = None  # a local server that has died is started again by the next try
        before = self.state
        wait = RETRY_SECONDS[min(before.failures, len(RETRY_SECONDS) - 1)]
        self.state = replace(
            before,
            phase=Phase.FAILED if before.analytics is None else before.phase,
            error=error,
            failed_at=before.failed_at or self._now(),
            next_try=self._now() + timedelta(seconds=wait),
            failures=before.failures + 1,
        )

    def _prepares(self, step: str) -> None:
        progress.say(step)
        self._step(step)

    def _step(self, step: str) -> None:
        if self.state.phase is Phase.PREPARING:
            self.state = replace(self.state, step=step)


def _set_aside(*, replaces: bool) -> None:
    """Let the collector of garbage pass over all that stays: figures, modules, what they point to.

    Else it walks over them again and again while readers wait for their pages. What the figures
    that these replace have left behind is collected first.
    """
    if replaces:
        gc.unfreeze()
        gc.collect()
    gc.freeze()


def _targets(url: DatabaseUrl, of: EcommerceAnalyticsOptimized) -> Targets | None:
    """Read the targets of a shop; all shops together have none."""
    if of.holds_all_shops:
        return None
    with open_snapshot(url) as source:
        return read_targets(source, of.shop.shop_id)
