"""Reads what the report tables hold, and brings them to a new state.

`write_changes` makes all changes of a shop in one transaction, together with the word that its run
succeeded: after a crash at any moment the tables are all old or all new.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pandas as pd

from engine.database.arrow import Snapshot, open_snapshot
from engine.database.blocks import Block, StoredRows
from engine.database.expiry import Expiring
from engine.database.merge import merge, read_stored
from engine.database.restatements import write_restatements
from engine.database.revisions import Keeping, remove
from engine.database.url import DatabaseUrl
from engine.database.write import Connection, write_transaction
from engine.errors import LockedError
from engine.ledger.reconcile import Identity
from engine.metrics.model import SHOP, Level
from engine.money import Int64Array
from engine.reports.changes import Change, Part, RowCounts
from engine.reports.earlier_runs import EarlierRun, read_earlier_runs
from engine.reports.expiring import expire, find_expiring
from engine.reports.moved_rows import MovedNow, Past, read_moved
from engine.reports.restatements import Moved
from engine.reports.retention import DailyRows, Retention
from engine.reports.spec import Scope, report_table
from engine.sources.snapshots import copy_today

APPLICATION = "engine reports"


@contextmanager
def open_reports(url: DatabaseUrl, timeout_ms: int | None = None) -> Iterator[Snapshot]:
    """Open a snapshot for the program; a statement that reads for longer than given is ended."""
    with open_snapshot(
        url, statement_timeout_ms=timeout_ms, application_name=APPLICATION
    ) as snapshot:
        yield snapshot


@dataclass(frozen=True, slots=True)
class Success:
    """What a run that succeeded leaves behind beside its rows: its own row, and why it changed.

    `restatements`: by level the causes of what changed, as restatements.py returns them.
    """

    watermark: datetime
    newest_fact: datetime | None
    first_day: date | None
    last_day: date | None
    inputs: Mapping[str, Any]
    identities: Sequence[Identity]
    coverage: Mapping[str, float | None]
    warnings: Mapping[str, int]
    restatements: Mapping[Level, pd.DataFrame]
    tie_out: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Memory:
    """Which superseded versions are kept: `open_periods` is `shop`, `all` or `none`.

    Versions of complete periods are, for as long as `retention` says. To fill one of `new_metrics`
    is no new version. `daily`: the rows of single days that there are to be.
    """

    open_periods: str = "shop"
    new_metrics: frozenset[str] = frozenset()
    retention: Retention = field(default_factory=Retention)
    daily: DailyRows = field(default_factory=DailyRows)


def read_moves(
    url: DatabaseUrl, shop_id: int, moved: Sequence[MovedNow], past: Past, timeout_ms: int
) -> list[Moved]:
    """Read how the changed rows of a shop are stored, to be compared with what they are now."""
    with open_reports(url, timeout_ms) as snapshot:
        return [read_moved(snapshot, one, shop_id, past) for one in moved]


@dataclass(frozen=True, slots=True)
class Before:
    """What the database knows before a run: the stored rows by level, and the runs before it."""

    stored: Mapping[Level, StoredRows]
    runs: tuple[EarlierRun, ...]


def read_before(url: DatabaseUrl, shop_id: int, scope: Scope, timeout_ms: int) -> Before:
    """Read keys and digests of the stored rows that the scope is about, and the earlier runs."""
    with open_reports(url, timeout_ms) as snapshot:
        stored = {
            level: read_stored(
                snapshot, report_table(level, 0), *scope.condition([shop_id], scope.kinds, level)
            )
            for level in scope.levels
        }
        return Before(stored, tuple(read_earlier_runs(snapshot, shop_id)))


def read_expiring(
    url: DatabaseUrl, shop_id: int, daily: DailyRows, retention: Retention, timeout_ms: int
) -> tuple[Expiring, ...]:
    """Read how much of the stored rows and versions of a shop a run would delete now."""
    with open_reports(url, timeout_ms) as snapshot:
        return find_expiring(snapshot, shop_id, daily, retention, _now())


def read_runs(url: DatabaseUrl, shop_id: int) -> list[EarlierRun]:
    """Read the last runs of a shop that succeeded, the newest first."""
    with open_reports(url) as snapshot:
        return read_earlier_runs(snapshot, shop_id)


def write_changes(
    url: DatabaseUrl,
    run_id: int,
    shop_id: int,
    changes: Sequence[Change],
    *,
    begin_rows: Callable[[Change, Part], Callable[[], Block]],
    success: Success,
    memory: Memory,
    stage_seconds: Callable[[], Mapping[str, float]],
    before_commit: Callable[[RowCounts], None],
) -> RowCounts:
    """Bring the tables to their new state and the run to SUCCEEDED, in one transaction.

    The day's copies of stock and favourites are part of it, if nobody has made them yet.

    `begin_rows` starts to compute the rows of a part of a change and returns what waits for them;
    two parts are under way at a time. `before_commit` is told the counts when only the commit is
    left. Raises LockedError if the run was declared abandoned meanwhile, SourceError if the server
    goes away; whether a commit got through then, `is_committed` tells.
    """
    with write_transaction(url, application_name=f"{APPLICATION} write") as connection:
        known_at = _pass_the_fence(connection, run_id)
        counts = RowCounts()
        ahead = _Ahead(changes, begin_rows)
        for change in changes:
            keeping = Keeping(
                run_id,
                known_at,
                memory.open_periods == "all"
                or (memory.open_periods == "shop" and change.level is SHOP),
                memory.new_metrics,
            )
            counts = counts.plus(_write_table(connection, change, ahead, keeping))
        causes = success.restatements
        restated = write_restatements(
            connection,
            run_id,
            [(one.table, causes[one.level]) for one in changes if one.level in causes],
        )
        counts = replace(counts, restated_periods=restated)
        kept = memory.daily, memory.retention
        counts = counts.plus(expire(connection, run_id, shop_id, *kept, known_at))
        copy_today(connection, shop_id, known_at)
        _note_success(connection, run_id, success, counts, known_at, stage_seconds())
        before_commit(counts)
    return counts


def is_committed(url: DatabaseUrl, run_id: int) -> bool:
    """Whether a run's write transaction was committed, to be asked when its commit is in doubt."""
    with open_reports(url) as snapshot:
        rows = snapshot.read("SELECT status::text FROM report_runs WHERE run_id = $1", (run_id,))
    return rows["status"].to_pylist() == ["SUCCEEDED"]


class _Ahead:
    """The rows of one part after the other, begun while those before are still sent or merged."""

    def __init__(
        self, changes: Sequence[Change], begin: Callable[[Change, Part], Callable[[], Block]]
    ) -> None:
        self._left = deque((change, part) for change in changes for part in change.parts)
        self._begin = begin
        self._begun: deque[Callable[[], Block]] = deque()

    def rows(self, change: Change) -> Iterator[tuple[Block, Int64Array]]:
        """Wait for the rows of each part of a change, which come with their digests."""
        for part in change.parts:
            self._start(2 - len(self._begun))
            yield self._begun.popleft()(), part.digests

    def _start(self, count: int) -> None:
        for _ in range(min(count, len(self._left))):
            self._begun.append(self._begin(*self._left.popleft()))


def _write_table(
    connection: Connection,
    change: Change,
    ahead: _Ahead,
    keeping: Keeping,
) -> RowCounts:
    if change.is_empty:
        return change.counts
    removed, last_versions = remove(connection, change.table, change.removed, keeping)
    if not change.staged:
        return replace(change.counts, revisions=last_versions)
    # Where every staged row is new there is no version to keep, and none to look for.
    is_first = not change.counts.updated and not change.compare_first
    merged = merge(
        connection,
        change.table,
        ahead.rows(change),
        run_id=keeping.run_id,
        computed_at=keeping.known_at,
        compare_first=change.compare_first,
        keeping=None if is_first else keeping,
    )
    computed = change.counts.computed
    return RowCounts(
        computed=computed,
        inserted=merged.inserted,
        updated=merged.updated,
        unchanged=computed - merged.inserted - merged.updated,
        removed=removed,
        revisions=merged.revisions + last_versions,
    )


def _pass_the_fence(connection: Connection, run_id: int) -> datetime:
    """Lock the run's own row: whoever wants to declare the run dead has to wait, or was first.

    Returns the instant from which what this run writes is known. It is after that of every run
    before, whatever the clock of this machine says, so that versions follow one another.
    """
    row = connection.execute(
        "SELECT status::text, (SELECT max(known_at) FROM report_runs earlier "
        "WHERE earlier.shop_id = own.shop_id) FROM report_runs own WHERE run_id = %s FOR UPDATE",
        (run_id,),
    ).fetchone()
    if row is None or row[0] != "RUNNING":
        state = "gone" if row is None else str(row[0]).lower()
        raise LockedError(
            f"Run {run_id} is {state}: another run took the shop over while this one had lost its "
            "connection to the database.",
            hint="Nothing was written. The other run does the same work; look at its outcome.",
        )
    return _now() if row[1] is None else max(_now(), row[1] + timedelta(milliseconds=1))


def _note_success(
    connection: Connection,
    run_id: int,
    success: Success,
    counts: RowCounts,
    known_at: datetime,
    stage_seconds: Mapping[str, float],
) -> None:
    values: dict[str, Any] = {
        "stage": "done",
        "exit_code": 0,
        "finished_at": _now(),
        "known_at": known_at,
        "watermark": success.watermark,
        "newest_fact": success.newest_fact,
        "scope_from": success.first_day,
        "scope_to": success.last_day,
        "rows_computed": counts.computed,
        "rows_inserted": counts.inserted,
        "rows_updated": counts.updated,
        "rows_unchanged": counts.unchanged,
        "rows_removed": counts.removed,
        "revisions_written": counts.revisions,
        "restated_periods": counts.restated_periods,
        "rows_expired": counts.rows_expired,
        "revisions_expired": counts.revisions_expired,
    }
    as_json: dict[str, Any] = {
        "inputs": success.inputs,
        "stage_seconds": stage_seconds,
        "identities": identity_records(success.identities),
        "coverage": success.coverage,
        "warnings": success.warnings,
        "tie_out": success.tie_out,
    }
    assigned = [f"{name} = %({name})s" for name in values]
    assigned += [f"{name} = %({name})s::jsonb" for name in as_json]
    texts = {name: json.dumps(value, sort_keys=True) for name, value in as_json.items()}
    connection.execute(
        f"UPDATE report_runs SET status = 'SUCCEEDED', {', '.join(assigned)} "
        "WHERE run_id = %(run_id)s",
        {**values, **texts, "run_id": run_id},
    )


def identity_records(identities: Sequence[Identity]) -> list[dict[str, str | int]]:
    """Return identities as plain records, for JSON."""
    return [
        {
            "name": identity.name,
            "left": identity.left,
            "right": identity.right,
            "difference": identity.difference,
        }
        for identity in identities
    ]


def _now() -> datetime:
    """Return the time as the tables keep it: in UTC, to the millisecond."""
    now = datetime.now(UTC)
    return now.replace(microsecond=now.microsecond // 1000 * 1000)
