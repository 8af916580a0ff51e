"""The command line: options, environment, what goes to stdout, and every exit code."""

from __future__ import annotations

import inspect
import json
import re
from pathlib import Path

import psycopg
import pytest

import engine.analytics
import engine.loading
from engine.database.url import DatabaseUrl
from engine.errors import EXIT_CODES
from engine.reports.cli import command
from engine.reports.program import FIGURE_SETTINGS, program_version
from engine.settings import PROJECT_FOLDER, Settings
from tests.commands.conftest import address
from tests.reports.conftest import Reports
from tests.reports.small_shop import add_shop, execute, fill, rows

SHOP_KEYS = {
    "shop_id": int,
    "shop": str,
    "run_id": int,
    "status": str,
    "exit_code": int,
    "watermark": str,
    "rows_computed": int,
    "rows_inserted": int,
    "rows_updated": int,
    "rows_unchanged": int,
    "rows_removed": int,
    "revisions_written": int,
    "restated_periods": int,
    "rows_expired": int,
    "revisions_expired": int,
    "stage_seconds": dict,
    "identities": list,
    "restatements": list,
    "tie_out": list,
    "alerts": list,
    "warnings": dict,
    "error": type(None),
}


def test_the_json_object_has_its_documented_keys(shop: DatabaseUrl, reports: Reports) -> None:
    ended = reports("--json")
    record = ended.record
    assert {key: type(value) for key, value in record.items()} == {
        "schema_version": int,
        "call_id": str,
        "exit_code": int,
        "dry_run": bool,
        "shops": list,
        "files": list,
        "error": type(None),
    }
    assert {key: type(value) for key, value in ended.shop.items()} == SHOP_KEYS
    assert set(ended.shop["stage_seconds"]) == {
        *("read", "files", "ledger", "health", "levels", "compute", "diff", "write")
    }
    names = [identity["name"] for identity in ended.shop["identities"]]
    assert "MONTHLY: sum over listing rows = shop row" in names
    assert "shop: sum over DAILY rows = WEEKLY row" in names
    assert all(identity["difference"] == 0 for identity in ended.shop["identities"])


def test_without_json_a_shop_is_one_line(shop: DatabaseUrl, reports: Reports) -> None:
    ended = reports()
    assert re.fullmatch(
        r"Felt & Co: run 1, (\d+) rows: \1 new, 0 changed, 0 removed, 0 as they were; [\d.]+ s\.\n",
        ended.out,
    )


def test_progress_goes_to_stderr_one_line_a_stage(shop: DatabaseUrl, reports: Reports) -> None:
    stages = re.findall(r"^shop 1 (\w+) (\d+/15)", reports().err, re.MULTILINE)
    assert stages == [("lock", "0/15"), ("read", "0/15"), ("compute", "0/15"), ("write", "15/15")]


def test_quiet_means_nothing_on_stderr(shop: DatabaseUrl, reports: Reports) -> None:
    assert reports("-q").err == ""


def test_a_json_log_has_nothing_but_json_lines(shop: DatabaseUrl, reports: Reports) -> None:
    events = [json.loads(line) for line in reports("--log-format", "json").err.splitlines()]
    progress = [event["text"] for event in events if event["event"] == "progress"]
    assert progress[0].startswith("shop 1 lock 0/15")
    (ended,) = [event for event in events if event["event"] == "run ended"]
    assert (ended["shop"], ended["run_id"], ended["exit_code"]) == ("Felt & Co", 1, 0)
    assert len(ended["call_id"]) == 36


def test_no_shop_is_nothing_to_do(database: DatabaseUrl, reports: Reports) -> None:
    ended = reports()
    assert (ended.code, ended.out.startswith("There is no shop in the database yet")) == (0, True)
    assert reports("--json").record["shops"] == []


def test_a_shop_without_orders_is_nothing_to_do(database: DatabaseUrl, reports: Reports) -> None:
    add_shop(database)
    ended = reports()
    assert (ended.code, ended.out) == (0, "Felt & Co: no orders yet, nothing to report.\n")


def test_an_option_can_be_set_in_the_environment(
    shop: DatabaseUrl, reports: Reports, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(shop, 2, "Wool")
    monkeypatch.setenv("REPORTS_PERIOD", "monthly yearly")
    monkeypatch.setenv("REPORTS_LEVEL", "listing")
    monkeypatch.setenv("REPORTS_SHOP", "Felt & Co, 2")
    monkeypatch.setenv("REPORTS_JSON", "1")
    shops = reports().record["shops"]
    assert [one["shop"] for one in shops] == ["Felt & Co", "Wool"]
    assert rows(shop, "SELECT count(*) FROM shop_reports") == [(0,)]
    kinds = rows(shop, "SELECT DISTINCT period_type::text FROM listing_reports ORDER BY 1")
    assert kinds == [("MONTHLY",), ("YEARLY",)]


def test_an_option_can_stand_in_the_settings_file_and_the_environment_wins(
    shop: DatabaseUrl, reports: Reports, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    lines = ["REPORTS_PERIOD='monthly yearly'", "REPORTS_LEVEL=listing", "REPORTS_DRY_RUN=1"]
    (tmp_path / ".env").write_text("\n".join([*lines, "REPORTS_SHOP=Wool", "REPORTS_WORKERS="]))
    monkeypatch.setenv("REPORTS_SHOP", "1")
    ended = reports()
    assert "Felt & Co: dry run, nothing was written" in ended.out
    found = [line.split()[:2] for line in ended.out.splitlines() if line.startswith("  listing")]
    assert found == [["listing", "monthly"], ["listing", "yearly"]]
    (tmp_path / ".env").write_text("REPORTS_PERIOD=hourly")
    ended = reports()
    assert (ended.code, "'hourly' is not one of" in ended.err) == (2, True)


def test_a_read_that_takes_longer_than_allowed_ends_with_4(
    reported: DatabaseUrl, reports: Reports, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REPORTS_READ_TIMEOUT", "1")
    with psycopg.connect(reported.libpq()) as connection:
        connection.execute("LOCK TABLE orders IN ACCESS EXCLUSIVE MODE")
        ended = reports()
    assert (ended.code, "took longer than allowed" in ended.err) == (4, True)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--period", "hourly"], "Invalid value for '--period'"),
        (["--level", "sku"], "Invalid value for '--level'"),
        (["--form", "csv"], "No such option"),
        (["--from", "tomorrow"], "'tomorrow' is not a date; expected one such as 2026-03-31"),
        (["--from", "2026-02-01", "--to", "2026-01-01"], "--from 2026-02-01 is after --to"),
        (["--as-of", "2026-02-01"], "expected one with its offset, as 2026-03-31T03:00:00Z"),
        (["--shop", "Felt"], "There is no shop 'Felt'; there are: 1 Felt & Co."),
        (["--dry-run", "--output", "out"], "--dry-run stores nothing"),
        (["--format", "csv"], "Add --output DIR"),
        (["--workers", "0"], "Invalid value for '--workers'"),
    ],
)
def test_wrong_usage_ends_with_2_and_writes_nothing(
    shop: DatabaseUrl, reports: Reports, words: list[str], message: str
) -> None:
    ended = reports(*words)
    assert (ended.code, ended.out) == (2, "")
    assert message in ended.err
    assert rows(shop, "SELECT count(*) FROM report_runs") == [(0,)]


def test_an_error_of_the_call_is_in_the_json_object_too(
    shop: DatabaseUrl, reports: Reports
) -> None:
    ended = reports("--json", "--shop", "Felt")
    assert ended.record["error"] == {
        "code": 2,
        "message": "There is no shop 'Felt'; there are: 1 Felt & Co.",
        "hint": "Did you mean Felt & Co?",
        "retryable": False,
    }


def test_a_setting_that_can_not_be_understood_ends_with_3(
    shop: DatabaseUrl, reports: Reports, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RETRY_DEADLINE", "soon")
    ended = reports()
    assert ended.code == 3
    assert "RETRY_DEADLINE" in ended.err


def test_a_currency_with_three_decimals_ends_with_3(
    database: DatabaseUrl, reports: Reports
) -> None:
    add_shop(database, currency="KWD")
    ended = reports("--json")
    assert ended.code == 3
    assert "three decimals" in ended.shop["error"]["message"]
    assert rows(database, "SELECT status::text, exit_code FROM report_runs") == [("FAILED", 3)]


def test_a_server_that_does_not_answer_ends_with_4(
    reports: Reports, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DATABASE_URL", f"postgresql://app@/app?host={tmp_path}")
    monkeypatch.setenv("RETRY_DEADLINE", "1")
    ended = reports("--json")
    assert ended.code == ended.record["exit_code"] == 4
    assert ended.record["error"]["retryable"] is True


def test_rows_that_break_a_contract_end_with_5(shop: DatabaseUrl, reports: Reports) -> None:
    execute(shop, "UPDATE order_transactions SET quantity = -1 WHERE order_id = 1000")
    ended = reports()
    assert ended.code == 5
    assert "order_transactions" in ended.err
    assert rows(shop, "SELECT count(*) FROM shop_reports") == [(0,)]


def test_one_of_two_shops_that_fails_ends_with_7_and_the_other_is_written(
    shop: DatabaseUrl, reports: Reports
) -> None:
    add_shop(shop, 2, "Dinar", currency="KWD")
    ended = reports("--json")
    assert ended.code == ended.record["exit_code"] == 7
    assert [one["exit_code"] for one in ended.record["shops"]] == [0, 3]
    assert "error: Dinar: The shop Dinar is kept in KWD" in ended.err
    assert rows(shop, "SELECT DISTINCT shop_id FROM shop_reports") == [(1,)]


def test_all_shops_failing_end_with_the_first_ones_code(
    database: DatabaseUrl, reports: Reports
) -> None:
    add_shop(database, 1, "Dinar", currency="KWD")
    add_shop(database, 2, "Rial", currency="OMR")
    assert reports().code == 3


def test_the_password_is_in_no_output(
    shop: DatabaseUrl, reports: Reports, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = "s3cret-of-felt"
    given = address(shop).replace("@", f":{secret}@", 1)
    monkeypatch.setenv("DATABASE_URL", given)
    working = reports("-v", "--json")
    monkeypatch.setenv("DATABASE_URL", given.replace(shop.database, "no_such_database"))
    failing = reports("-v", "--json")
    assert (working.code, failing.code) == (0, 3)
    assert secret not in working.out + working.err + failing.out + failing.err
    assert secret not in str(rows(shop, "SELECT r::text FROM report_runs r"))


def test_the_run_row_holds_every_setting_that_moves_a_figure() -> None:
    source = inspect.getsource(engine.analytics) + inspect.getsource(engine.loading)
    used = set(re.findall(r"settings\.(\w+)", source)) & set(Settings.__dataclass_fields__)
    # A run is of one shop, in its own currency.
    assert used - {"reporting_currency"} <= set(FIGURE_SETTINGS)
    assert len(used) > 3


def test_the_version_is_that_of_the_project(reports: Reports) -> None:
    assert reports("--version").out == f"reportsv4_optimized.py {program_version()}\n"


def test_help_lists_every_exit_code(reports: Reports) -> None:
    shown = reports("--help").out
    for code, meaning in EXIT_CODES.items():
        assert re.search(rf"^  {code} +{re.escape(meaning[:30])}", shown, re.MULTILINE), code


def test_the_page_names_every_option_and_no_other() -> None:
    page = (PROJECT_FOLDER / "docs" / "reports.md").read_text(encoding="utf-8")
    options = {name for option in command.params for name in option.opts}
    assert {name for name in options if name not in page} == set()
    assert set(re.findall(r"`(--[a-z-]+)", page)) - options == {"--help"}


def test_the_page_names_every_exit_code() -> None:
    page = (PROJECT_FOLDER / "docs" / "reports.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^- \*\*(\d+)\*\*: ", page, re.MULTILINE)) == {
        str(c) for c in EXIT_CODES
    }
