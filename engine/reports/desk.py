"""What a call of the report program was asked for, and what its shops are worked on with."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, field
from datetime import datetime
from typing import TextIO

from engine.database.url import DatabaseUrl
from engine.reports.alert_delivery import Channels
from engine.reports.alert_rules import Rule
from engine.reports.patience import Patience
from engine.reports.retention import Retention
from engine.reports.run_book import Caller, RunBook
from engine.reports.stopping import StopSignals
from engine.settings import Settings


@dataclass(frozen=True, slots=True)
class Call:
    """What was asked for; `shops` are ids or names, none means all of them."""

    caller: Caller
    shops: tuple[str, ...] = ()
    as_of: datetime | None = None
    workers: int = 1
    dry_run: bool = False
    verify: bool = False
    resume: bool = False
    full: bool = False
    wait_seconds: float = 0
    rules: tuple[Rule, ...] = ()
    channels: Channels = field(default_factory=Channels)
    retention: Retention = field(default_factory=Retention)

    @property
    def read_only(self) -> bool:
        """Whether the call takes no lock, opens no run and writes nothing."""
        return self.dry_run or self.verify


@dataclass(frozen=True, slots=True)
class Desk:
    """What every shop of a call is worked on with; a read-only one has no run book."""

    call: Call
    settings: Settings
    url: DatabaseUrl
    pool: Executor
    stop: StopSignals
    patience: Patience
    book: RunBook | None
    stream: TextIO
    say: Callable[[str], None]
