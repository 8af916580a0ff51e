"""What the settings keep: what they leave out goes without a trace that could be taken for news."""

from __future__ import annotations

from datetime import date

import psycopg
import pytest

from engine.database.url import DatabaseUrl
from engine.errors import SettingError
from engine.metrics.model import LISTING, SHOP
from engine.reports.retention import Retention, daily_rows_of, retention_of
from engine.reports.table_sizes import first_run_words
from engine.settings import Settings
from tests.reports.conftest import Reports
from tests.reports.small_shop import Line, add_order, add_refund, execute, rows

TABLES = ("shop_reports", "listing_reports", "product_reports")


def counted(url: DatabaseUrl, where: str = "true") -> list[int]:
    return [rows(url, f"SELECT count(*) FROM {table} WHERE {where}")[0][0] for table in TABLES]


def versions(url: DatabaseUrl) -> int:
    return int(rows(url, "SELECT count(*) FROM report_revisions")[0][0])


def gone_days(url: DatabaseUrl, table: str, last: date) -> int:
    """How many days the rows are of that are older than 40 days."""
    count = f"SELECT count(DISTINCT period_start) FROM {table} WHERE period_type = 'DAILY' "
    return int(rows(url, f"{count} AND period_start < date '{last}' - 40")[0][0])


def test_days_of_listings_and_skus_can_be_left_out_and_come_back_as_new(
    reported: DatabaseUrl, reports: Reports, monkeypatch: pytest.MonkeyPatch
) -> None:
    every, daily = counted(reported), counted(reported, "period_type = 'DAILY'")
    before = versions(reported)
    monkeypatch.setenv("REPORTS_DAILY_LEVELS", "shop")
    night = reports("--json").shop
    assert (night["rows_expired"], night["rows_removed"], night["restated_periods"]) == (
        daily[1] + daily[2],
        0,
        0,
    )
    assert counted(reported, "period_type = 'DAILY'") == [daily[0], 0, 0]
    assert counted(reported, "period_type <> 'DAILY'") == [
        one - of_days for one, of_days in zip(every, daily, strict=True)
    ]
    # The next night neither puts them in again nor misses them, and what adds up is still checked.
    quiet = reports("--json").shop
    assert (quiet["rows_inserted"], quiet["rows_expired"]) == (0, 0)
    names = {one["name"] for one in quiet["identities"]}
    assert "DAILY: sum over listing rows = shop row" in names
    assert "listing: sum over DAILY rows = MONTHLY row" in names
    assert reports("--verify").code == 0
    monkeypatch.setenv("REPORTS_DAILY_LEVELS", "shop,listing,product")
    back = reports("--json").shop
    assert (back["rows_inserted"], back["restated_periods"]) == (daily[1] + daily[2], 0)
    assert (counted(reported), versions(reported)) == (every, before)
    assert reports("--verify").code == 0


def test_old_days_of_listings_and_skus_go_and_those_of_the_shop_stay(
    reported: DatabaseUrl, reports: Reports, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_refund(reported, 1_000, "2026-02-03T13:00", 100)  # so that old days have versions
    assert reports("--quiet").code == 0
    last = rows(reported, "SELECT max(period_start) FROM shop_reports WHERE period_type='DAILY'")
    kept = f"period_type = 'DAILY' AND period_start >= date '{last[0][0]}' - 40"
    daily, recent = counted(reported, "period_type = 'DAILY'"), counted(reported, kept)
    assert recent[1] < daily[1]
    monkeypatch.setenv("REPORTS_DAILY_KEEP_DAYS", "40")
    rehearsal = reports("--dry-run", "--json").shop
    assert [(one["table"], one["rows"], one["periods"]) for one in rehearsal["expiring"]] == [
        (table, daily[at] - recent[at], gone_days(reported, table, last[0][0]))
        for at, table in enumerate(TABLES)
        if at
    ]
    assert counted(reported, "period_type = 'DAILY'") == daily
    said = reports("--dry-run").out
    assert "  It would delete what the settings keep no longer:\n  listing_reports " in said
    assert f" {daily[1] - recent[1]:,} rows of " in said
    night = reports("--json").shop
    assert rehearsal["rows_expired"] == night["rows_expired"]
    assert night["rows_expired"] == daily[1] - recent[1] + daily[2] - recent[2]
    assert (night["rows_removed"], night["revisions_written"]) == (0, 0)
    assert counted(reported, "period_type = 'DAILY'") == [daily[0], *recent[1:]]
    assert rows(reported, "SELECT rows_expired FROM report_runs ORDER BY run_id DESC LIMIT 1") == [
        (night["rows_expired"],)
    ]
    # A refund of a day that is left out still moves the month that the day is of.
    add_refund(reported, 1_001, "2026-01-20T10:00", 150)
    late = reports("--json").shop
    assert (late["rows_expired"], late["rows_updated"] > 0) == (0, True)
    assert counted(reported, "period_type = 'DAILY'") == [daily[0], *recent[1:]]
    assert reports("--verify").code == 0


def test_old_versions_go_but_for_the_first_complete_one(
    reported: DatabaseUrl, reports: Reports, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        line = Line(101, "RING-S", 2_000)
        add_order(reported, 1_050 + number, f"2026-02-1{number}T12:00", [line])
        assert reports("--quiet").code == 0
    february = "level = 'SHOP' AND period_type = 'MONTHLY' AND period_start = '2026-02-01'"
    first, _, third = rows(
        reported,
        f"SELECT revision_id, known_from FROM report_revisions WHERE {february} ORDER BY 2",
    )
    reported_first = rows(reported, "SELECT * FROM shop_first_reported ORDER BY 1, 2, 3")
    # As if the second one had been superseded three days ago.
    with psycopg.connect(reported.libpq()) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute(
            "UPDATE report_revisions SET known_from = known_from - interval '3 days', "
            "known_to = known_to - interval '3 days' WHERE known_to <= %s",
            (third[1],),
        )
        connection.execute(
            "UPDATE report_revisions SET known_from = known_from - interval '3 days' "
            "WHERE known_from = %s",
            (third[1],),
        )
    monkeypatch.setenv("REPORTS_REVISION_KEEP_DAYS", "2")
    rehearsal = reports("--dry-run", "--json").shop
    night = reports("--json").shop
    assert night["revisions_expired"] == rehearsal["revisions_expired"] > 0
    (versions_told,) = rehearsal["expiring"]
    assert versions_told["table"] == "report_revisions"
    assert versions_told["rows"] == night["revisions_expired"]
    assert versions_told["first"] <= "2026-02-01" <= versions_told["last"]
    left = rows(
        reported, f"SELECT revision_id FROM report_revisions WHERE {february} ORDER BY known_from"
    )
    assert left == [(first[0],), (third[0],)]
    assert len(rows(reported, "SELECT * FROM shop_first_reported")) == len(reported_first)
    verified = reports("--json", "--verify").shop
    assert (verified["exit_code"], verified["verification"]["history"]) == (0, [])


def test_nobody_else_deletes_a_version_and_nobody_the_first_complete_one(
    reported: DatabaseUrl, reports: Reports
) -> None:
    for number in range(2):
        add_refund(reported, 1_000 + number, f"2026-02-1{number}T12:00", 100)
        assert reports("--quiet").code == 0
    delete = "DELETE FROM report_revisions"
    with pytest.raises(psycopg.errors.RestrictViolation, match="append-only: DELETE is refused"):
        execute(reported, delete)
    # Who names a run that has come to its end is nobody; who names one that runs may delete, but
    # not the first complete version.
    with psycopg.connect(reported.libpq(), autocommit=True) as connection:
        connection.execute("SELECT set_config('engine.retention_of_run', '1', false)")
        with pytest.raises(psycopg.errors.RestrictViolation, match="append-only"):
            connection.execute(delete)
        connection.execute("UPDATE report_runs SET status = 'RUNNING' WHERE run_id = 1")
        with pytest.raises(psycopg.errors.RestrictViolation, match="append-only"):
            connection.execute(f"{delete} WHERE is_complete".encode())


def test_a_first_run_says_how_much_it_will_write(shop: DatabaseUrl, reports: Reports) -> None:
    said = "Felt & Co: a first run of {:,} rows, about 0.0 GB.\n"
    first = reports("--json")
    assert said.format(first.shop["rows_inserted"]) in first.err
    assert "a first run" not in reports().err


def test_a_large_first_run_says_how_to_have_it_write_less() -> None:
    small, large = (first_run_words("Felt", rows, 6_700_000_000) for rows in (10**6, 9_100_000))
    assert small == ["Felt: a first run of 1,000,000 rows, about 6.7 GB."]
    assert large[0] == "Felt: a first run of 9,100,000 rows, about 6.7 GB."
    assert "REPORTS_DAILY_LEVELS=shop leaves out" in large[1]


def test_what_a_run_left_out_can_be_read_from_its_row() -> None:
    kept = Retention((SHOP, LISTING), daily_keep_days=30).daily_rows(date(2026, 3, 31))
    assert kept.since == date(2026, 3, 1)
    assert daily_rows_of(kept.record()) == kept
    assert daily_rows_of({}) == Retention().daily_rows(date(2026, 3, 31))


@pytest.mark.parametrize(
    ("levels", "message"),
    [
        ("shop,lsting", "REPORTS_DAILY_LEVELS has 'lsting'; expected some of shop, listing"),
        ("listing", "the shop's own rows of each day are always stored"),
    ],
)
def test_levels_that_there_are_not_stop_the_call(levels: str, message: str) -> None:
    with pytest.raises(SettingError, match=message):
        retention_of(Settings(reports_daily_levels=levels))
