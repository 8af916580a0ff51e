"""The runs of a shop that succeeded before: what they covered, and what their sources held.

What a run read is a record of fingerprints in its row of report_runs. Comparing it with what is
read now tells which facts moved, in which months, and so why a figure may have changed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from engine.analytics import EcommerceAnalyticsOptimized
from engine.database.arrow import Snapshot
from engine.metrics.model import Level
from engine.metrics.registry import REGISTRY
from engine.periods import PeriodKind
from engine.reports.retention import Retention, daily_rows_of
from engine.reports.spec import Scope

_LOOKED_AT = 60  # runs; a period that none of them covered counts as new


@dataclass(frozen=True, slots=True)
class EarlierRun:
    """One run that succeeded, and the scope that it was limited to."""

    run_id: int
    watermark: datetime
    scope: Scope
    definitions: tuple[str, int]  # versions of the program and of the metric registry
    settings_hash: str
    inputs: Mapping[str, Any]

    def covered(self, scope: Scope) -> bool:
        """Whether the run computed all that another scope is about."""
        mine, other = self.scope, scope
        return (
            set(other.kinds) <= set(mine.kinds)
            and set(other.levels) <= set(mine.levels)
            and (mine.first is None or (other.first is not None and other.first >= mine.first))
            and (mine.last is None or (other.last is not None and other.last <= mine.last))
        )


def read_earlier_runs(snapshot: Snapshot, shop_id: int) -> list[EarlierRun]:
    """Read the last runs of a shop that succeeded, the newest first."""
    rows = snapshot.read(
        "SELECT run_id, watermark, array_to_string(scope_periods, ' ') AS kinds, "
        "array_to_string(scope_levels, ' ') AS levels, code_version, "
        "registry_version, settings_hash, coalesce(inputs, '{}')::text AS inputs FROM report_runs "
        "WHERE shop_id = $1 AND status = 'SUCCEEDED' ORDER BY run_id DESC LIMIT $2",
        (shop_id, _LOOKED_AT),
    ).to_pylist()
    return [_earlier_run(row) for row in rows]


def _earlier_run(row: Mapping[str, Any]) -> EarlierRun:
    inputs = json.loads(row["inputs"])
    first, last = (day and date.fromisoformat(day) for day in inputs.get("limits", (None, None)))
    kinds, levels = row["kinds"].split(), row["levels"].split()
    return EarlierRun(
        run_id=row["run_id"],
        watermark=row["watermark"],
        scope=Scope(
            tuple(map(PeriodKind, kinds)),
            tuple(map(Level, levels)),
            first,
            last,
            daily=daily_rows_of(inputs.get("daily", {})),
        ),
        definitions=(row["code_version"], row["registry_version"]),
        settings_hash=row["settings_hash"],
        inputs=inputs,
    )


def new_metrics(run: EarlierRun | None) -> frozenset[str]:
    """Return the metrics that a run did not know yet; none if there is no such run.

    A program that did not note its metrics is taken to have known all.
    """
    known = None if run is None else run.inputs.get("metrics")
    return frozenset() if known is None else frozenset(REGISTRY.metrics) - frozenset(known)


def limits_of(scope: Scope) -> list[str | None]:
    """Return the days that a scope is limited to, as a run's row holds them."""
    return [None if day is None else day.isoformat() for day in (scope.first, scope.last)]


def kept_of(retention: Retention) -> dict[str, Any]:
    """Return what the settings keep, as a run's row holds it."""
    return {
        "daily_levels": [level.value for level in retention.daily_levels],
        "daily_keep_days": retention.daily_keep_days,
        "revision_keep_days": retention.revision_keep_days,
    }


def inputs_record(
    analytics: EcommerceAnalyticsOptimized, scope: Scope, retention: Retention
) -> dict[str, Any]:
    """Return what was read, and what is left out of the tables, as the run's row holds it."""
    marks = analytics.fingerprints
    assert marks is not None, "a run notes what it read"
    tables: dict[str, dict[str, Any]] = {
        table: {"rows": rows, "newest": newest}
        for table, (rows, newest) in analytics.inputs.items()
    }
    for table, fingerprint in marks.tables.items():
        tables.setdefault(table, {})["fingerprint"] = fingerprint
    return {
        "fingerprint": analytics.version,
        "limits": limits_of(scope),
        "daily": scope.daily.record(),
        **kept_of(retention),
        "metrics": list(REGISTRY.metrics),
        "tables": tables,
        "files": dict(analytics.files),
        "months": {topic.value: dict(months) for topic, months in marks.months.items()},
    }
