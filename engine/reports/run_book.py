"""The run book: one row of report_runs is one shop in one call, from its start to its end.

Written through the typed client, all but one statement: that a run succeeded is part of its write
transaction, in store.py, so that rows and success are committed together or not at all.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

from engine.database.client import GENERATED_PACKAGE, Client
from engine.database.prisma_engine.loading import load_generated
from engine.database.retry import is_transient
from engine.errors import EngineError, SourceError
from engine.metrics.registry import REGISTRY
from engine.reports.alert_book import Sent, alert_row
from engine.reports.alerts import State
from engine.reports.patience import Patience
from engine.reports.spec import Scope

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Caller:
    """What every run of one call has in common."""

    call_id: str
    command: str
    code_version: str
    settings: Mapping[str, str | int | bool]
    settings_hash: str
    scope: Scope


@dataclass(frozen=True, slots=True)
class KnownRun:
    """A run as the book shows it."""

    run_id: int
    stage: str
    started_at: datetime


class RunBook:
    """The rows of report_runs that one call reads and writes."""

    def __init__(self, client: Client, patience: Patience) -> None:
        self._client = client
        self._patience = patience
        self._json: Callable[[Any], Any] = load_generated(GENERATED_PACKAGE).Json

    def running(self, shop_id: int) -> KnownRun | None:
        """Return the newest run of a shop that has not ended, None if the book shows none."""
        found = self._ask(
            lambda: self._client.reportrun.find_first(
                where={"shop_id": shop_id, "status": "RUNNING"}, order={"run_id": "desc"}
            )
        )
        return found and KnownRun(found.run_id, found.stage, found.started_at)

    def last_watermark(self, shop_id: int) -> datetime | None:
        """Return the newest watermark of the runs of a shop that succeeded."""
        found = self._ask(
            lambda: self._client.reportrun.find_first(
                where={"shop_id": shop_id, "status": "SUCCEEDED"}, order={"watermark": "desc"}
            )
        )
        watermark: datetime | None = found and found.watermark
        return watermark

    def begin(self, shop_id: int, caller: Caller) -> int:
        """Open a run and return its number; older runs of the shop that never ended are abandoned.

        Whoever calls holds the shop's lock, which proves that nobody works on those any more.
        """
        row = {
            "call_id": caller.call_id,
            "shop_id": shop_id,
            "status": "RUNNING",
            "stage": "read",
            "started_at": datetime.now(UTC),
            "command": caller.command,
            "host": socket.gethostname(),
            "process_id": os.getpid(),
            "code_version": caller.code_version,
            "registry_version": REGISTRY.version,
            "settings_hash": caller.settings_hash,
            "settings": self._json(dict(caller.settings)),
            "scope_periods": [kind.value for kind in caller.scope.kinds],
            "scope_levels": [level.value for level in caller.scope.levels],
        }

        def open_run() -> int:
            # Both again after a lost connection: a row of the first try is abandoned, not doubled.
            self._client.reportrun.update_many(
                where={"shop_id": shop_id, "status": "RUNNING"},
                data={"status": "ABANDONED", "finished_at": datetime.now(UTC)},
            )
            return int(self._client.reportrun.create(data=row).run_id)

        return self._ask(open_run)

    def stage(self, run_id: int, name: str) -> None:
        """Note which stage a run has come to."""
        self._ask(
            lambda: self._client.reportrun.update_many(
                where={"run_id": run_id, "status": "RUNNING"}, data={"stage": name}
            )
        )

    def end(
        self,
        run_id: int,
        status: str,
        *,
        exit_code: int,
        stage_seconds: Mapping[str, float],
        error: Mapping[str, Any] | None,
    ) -> None:
        """Close a run that wrote nothing, as FAILED or INTERRUPTED; it is tried once.

        A run that was committed, or declared abandoned by somebody else, stays as it is. One that
        could not be closed is abandoned by the next run of the shop.
        """
        data = {
            "status": status,
            "finished_at": datetime.now(UTC),
            "exit_code": exit_code,
            "stage_seconds": self._json(dict(stage_seconds)),
        }
        if error is not None:
            data["error"] = self._json(dict(error))
        with _explained():
            self._client.reportrun.update_many(
                where={"run_id": run_id, "status": "RUNNING"}, data=data
            )

    def note_alerts(self, run_id: int, shop_id: int, sent: Sequence[Sent]) -> None:
        """Write down the alerts of a run, and how many of them fired."""
        rows = [alert_row(run_id, shop_id, one, self._json) for one in sent]
        fired = sum(one.alert.state is State.FIRED for one in sent)
        if rows:
            self._ask(lambda: self._client.reportalert.create_many(data=rows))
            self._ask(
                lambda: self._client.reportrun.update_many(
                    where={"run_id": run_id}, data={"alerts_fired": fired}
                )
            )

    def _ask(self, question: Callable[[], T]) -> T:
        """Put a question to the client, again after an error that may pass."""
        with _explained():
            return self._patience.do(question)


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except Exception as error:
        if not is_transient(error) or isinstance(error, EngineError):
            raise
        raise SourceError(
            f"The run book can't be read or written: {' '.join(str(error).split())}",
            hint="Check that the server runs and that DATABASE_URL names it.",
        ) from error
