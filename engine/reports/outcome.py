"""How a call went: one outcome is one shop, as a line for people, as JSON, as an exit code."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pandas as pd

from engine.database.expiry import Expiring
from engine.database.retry import is_transient
from engine.errors import EngineError
from engine.ledger.reconcile import Identity
from engine.metrics.model import Level
from engine.money import to_decimal
from engine.periods import PeriodKind
from engine.reports.changes import RowCounts
from engine.reports.expiring import expiring_lines, expiring_records
from engine.reports.store import identity_records
from engine.reports.tie_out import TieOut, tie_out_lines, tie_out_records
from engine.reports.verify import Verification

JSON_VERSION = 1

SUCCEEDED, FAILED, INTERRUPTED = "SUCCEEDED", "FAILED", "INTERRUPTED"  # as report_runs has them
DRY_RUN, VERIFIED, SKIPPED = "DRY_RUN", "VERIFIED", "SKIPPED"  # of calls that open no run
DRIFT_CODE = 9
ALERT_CODE = 10
NOTHING_CHANGED_CODE = 99
_DIFFERENCES_SHOWN = 20
_SOME_SHOPS_FAILED = 7
FIRST_SIGNAL_CODE = 128


@dataclass(frozen=True, slots=True)
class ShopOutcome:
    """One shop of a call; `expected`, `expiring` and `growth_bytes` are those of a dry run."""

    shop_id: int
    shop: str
    status: str
    exit_code: int = 0
    call_id: str | None = None  # that of the call it carries on with, where it does
    run_id: int | None = None
    watermark: datetime | None = None
    has_facts: bool = True
    counts: RowCounts = field(default_factory=RowCounts)
    expected: Mapping[Level, Mapping[PeriodKind, RowCounts]] = field(default_factory=dict)
    expiring: Sequence[Expiring] = ()
    growth_bytes: int | None = None
    stage_seconds: Mapping[str, float] = field(default_factory=dict)
    identities: Sequence[Identity] = ()
    warnings: Mapping[str, int] = field(default_factory=dict)
    restatements: Sequence[Mapping[str, str]] = ()  # of the shop's own rows
    tie_out: TieOut = field(default_factory=lambda: TieOut(""))
    alerts: Sequence[Mapping[str, Any]] = ()
    verification: Verification | None = None
    error: EngineError | None = None


def exit_code(outcomes: Sequence[ShopOutcome]) -> int:
    """Return the code of the whole call.

    0 if every shop is done; 7 if only some failed, else the first one's code. Drift is no failure:
    9 if any shop has some and none failed. A signal that ended the call has the last word.
    """
    codes = [outcome.exit_code for outcome in outcomes]
    failed = [code for code in codes if code not in (0, DRIFT_CODE)]
    stopped = [code for code in failed if code > FIRST_SIGNAL_CODE]
    if stopped:
        return stopped[0]
    if failed and len(failed) < len(codes):
        return _SOME_SHOPS_FAILED
    return failed[0] if failed else max(codes, default=0)


def call_record(
    call_id: str,
    outcomes: Sequence[ShopOutcome],
    *,
    code: int,
    dry_run: bool,
    files: Sequence[str] = (),
    error: EngineError | None = None,
) -> dict[str, Any]:
    """Return the object of `--json`; `error` is one that no single shop is to blame for."""
    return {
        "schema_version": JSON_VERSION,
        "call_id": call_id,
        "exit_code": code,
        "dry_run": dry_run,
        "shops": [_shop_record(outcome) for outcome in outcomes],
        "files": list(files),
        "error": None if error is None else error_record(error),
    }


def error_record(error: EngineError) -> dict[str, Any]:
    """Return an error as plain values: its code, what happened, what to do, whether to retry."""
    return {
        "code": error.exit_code,
        "message": error.message,
        "hint": error.hint,
        "retryable": error.exit_code in (4, 8) or is_transient(error),
    }


def restatement_records(lines: pd.DataFrame | None, digits: int) -> list[dict[str, str]]:
    """Return causes of changes as plain values; an amount is a text, so that it stays exact."""
    if lines is None:
        return []
    return [
        {
            "period_type": str(line["kind"]),
            "period_start": str(line["start"]),
            "component": str(line["component"]),
            "cause": str(line["cause"]),
            "amount": str(to_decimal(int(line["amount"]), digits)),
        }
        for line in lines.to_dict("records")
    ]


def sentence(outcome: ShopOutcome) -> str:
    """Return what became of a shop as one line, and how it ties to its payment account."""
    counts = outcome.counts
    if outcome.status == INTERRUPTED:
        return f"{outcome.shop}: interrupted; nothing of this run was written."
    if outcome.error is not None:
        return f"{outcome.shop}: failed; its reports are as they were."
    if not outcome.has_facts and not counts.removed:
        return f"{outcome.shop}: no orders yet, nothing to report."
    if outcome.status == DRY_RUN:
        return "\n".join(_rehearsal(outcome))
    if outcome.status == SKIPPED:
        return f"{outcome.shop}: done by run {outcome.run_id}, and its inputs are the same."
    if outcome.verification is not None:
        return "\n".join(_comparison(outcome.shop, outcome.verification))
    line = (
        f"{outcome.shop}: run {outcome.run_id}, {counts.computed:,} rows: {counts.inserted:,} new, "
        f"{counts.updated:,} changed, {counts.removed:,} removed, {counts.unchanged:,} as they "
        f"were{_expired(counts)}; {sum(outcome.stage_seconds.values()):.1f} s."
    )
    return "\n".join([line, *tie_out_lines(outcome.tie_out)])


def _expired(counts: RowCounts) -> str:
    """Return what the settings keep no longer, blank for nothing."""
    if not counts.rows_expired and not counts.revisions_expired:
        return ""
    return (
        f"; {counts.rows_expired:,} rows and {counts.revisions_expired:,} versions kept no longer"
    )


def _rehearsal(outcome: ShopOutcome) -> list[str]:
    lines = [
        f"{outcome.shop}: dry run, nothing was written. A run would write:",
        f"  {'level':<8} {'period':<10} {'rows':>10} {'new':>10} {'changed':>10} {'removed':>10}",
    ]
    for level, by_kind in outcome.expected.items():
        for kind, counts in by_kind.items():
            lines.append(
                f"  {level:<8} {kind.lower():<10} {counts.computed:>10,} {counts.inserted:>10,} "
                f"{counts.updated:>10,} {counts.removed:>10,}"
            )
    megabytes = (outcome.growth_bytes or 0) / 1_000_000
    lines.append(f"  The report tables would grow by about {megabytes:,.1f} MB.")
    return [*lines, *expiring_lines(outcome.expiring)]


def _comparison(shop: str, found: Verification) -> list[str]:
    """Return what a comparison found, a line for each value that drifted."""
    waiting = f"; {found.pending:,} rows wait for the next run" if found.pending else ""
    if found.is_sound:
        return [f"{shop}: {found.rows:,} rows compared, all as they should be{waiting}."]
    count = len(found.drift) + len(found.history)
    lines = [f"{shop}: {found.rows:,} rows compared, {count:,} differences{waiting}:"]
    lines += [f"  {line}" for line in [*found.drift, *found.history][:_DIFFERENCES_SHOWN]]
    if count > _DIFFERENCES_SHOWN:
        lines.append(f"  … and {count - _DIFFERENCES_SHOWN:,} more; --json has them all")
    return lines


def _verification_record(found: Verification) -> dict[str, Any]:
    return {
        "rows_compared": found.rows,
        "rows_pending": found.pending,
        "drift": [
            {
                "level": one.level.value,
                "entity": one.entity,
                "period_type": one.period.kind.value,
                "period_start": one.period.start.isoformat(),
                "column": one.column,
                "stored": one.stored,
                "computed": one.computed,
            }
            for one in found.drift
        ],
        "history": list(found.history),
    }


def _shop_record(outcome: ShopOutcome) -> dict[str, Any]:
    counts = outcome.counts
    record = {
        "shop_id": outcome.shop_id,
        "shop": outcome.shop,
        "run_id": outcome.run_id,
        "status": outcome.status,
        "exit_code": outcome.exit_code,
        "watermark": outcome.watermark and outcome.watermark.isoformat(),
        "rows_computed": counts.computed,
        "rows_inserted": counts.inserted,
        "rows_updated": counts.updated,
        "rows_unchanged": counts.unchanged,
        "rows_removed": counts.removed,
        "revisions_written": counts.revisions,
        "restated_periods": counts.restated_periods,
        "rows_expired": counts.rows_expired,
        "revisions_expired": counts.revisions_expired,
        "stage_seconds": dict(outcome.stage_seconds),
        "identities": identity_records(outcome.identities),
        "restatements": list(outcome.restatements),
        "tie_out": tie_out_records(outcome.tie_out) if outcome.tie_out.months else [],
        "alerts": [dict(alert) for alert in outcome.alerts],
        "warnings": dict(outcome.warnings),
        "error": None if outcome.error is None else error_record(outcome.error),
    }
    if outcome.status == DRY_RUN:
        record["growth_bytes"] = outcome.growth_bytes
        record["expiring"] = expiring_records(outcome.expiring)
    if outcome.verification is not None:
        record["verification"] = _verification_record(outcome.verification)
    return record
