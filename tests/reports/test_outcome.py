"""The exit code of a call from those of its shops, and what a person reads."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from engine.database.expiry import Expiring
from engine.errors import LockedError, SourceError
from engine.metrics.model import Level
from engine.periods import PeriodKind
from engine.reports.changes import RowCounts
from engine.reports.outcome import (
    DRY_RUN,
    FAILED,
    INTERRUPTED,
    SUCCEEDED,
    ShopOutcome,
    error_record,
    exit_code,
    sentence,
)


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        ([], 0),
        ([0, 0], 0),
        ([0, 4], 7),
        ([6], 6),
        ([8, 3], 8),
        ([0, 143], 143),
        ([4, 130], 130),
    ],
)
def test_the_code_of_a_call(codes: list[int], expected: int) -> None:
    outcomes = [ShopOutcome(1, "Felt", FAILED, exit_code=code) for code in codes]
    assert exit_code(outcomes) == expected


@pytest.mark.parametrize(
    ("outcome", "text"),
    [
        (
            ShopOutcome(
                1,
                "Felt",
                SUCCEEDED,
                run_id=4,
                counts=RowCounts(1_500, 1_000, 20, 480, 3),
                stage_seconds={"read": 1.04, "write": 2.0},
            ),
            "Felt: run 4, 1,500 rows: 1,000 new, 20 changed, 3 removed, 480 as they were; 3.0 s.",
        ),
        (
            ShopOutcome(1, "Felt", INTERRUPTED, exit_code=143),
            "Felt: interrupted; nothing of this run was written.",
        ),
        (
            ShopOutcome(1, "Felt", FAILED, exit_code=4, error=SourceError("away")),
            "Felt: failed; its reports are as they were.",
        ),
    ],
)
def test_a_shop_is_one_line(outcome: ShopOutcome, text: str) -> None:
    assert sentence(outcome) == text


def test_a_dry_run_is_a_table() -> None:
    expected = {Level.SHOP: {PeriodKind.DAILY: RowCounts(92, 90, 1, 1, 2)}}
    outcome = ShopOutcome(1, "Felt", DRY_RUN, expected=expected, growth_bytes=2_340_000)
    assert sentence(outcome).splitlines() == [
        "Felt: dry run, nothing was written. A run would write:",
        "  level    period           rows        new    changed    removed",
        "  shop     daily              92         90          1          2",
        "  The report tables would grow by about 2.3 MB.",
    ]
    gone = (
        Expiring("listing_reports", 12_340, 61, date(2025, 1, 1), date(2025, 3, 2)),
        Expiring("report_revisions", 5, 2, date(2025, 1, 1), date(2025, 2, 1)),
    )
    assert sentence(replace(outcome, expiring=gone)).splitlines()[-3:] == [
        "  It would delete what the settings keep no longer:",
        "  listing_reports       12,340 rows of 61 periods that begin on 2025-01-01 to 2025-03-02",
        "  report_revisions           5 versions of 2 periods that begin on 2025-01-01 to "
        "2025-02-01",
    ]


def test_an_error_says_whether_another_try_makes_sense() -> None:
    assert error_record(LockedError("at work", hint="wait")) == {
        "code": 8,
        "message": "at work",
        "hint": "wait",
        "retryable": True,
    }
