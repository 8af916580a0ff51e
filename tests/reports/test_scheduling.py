"""The files of docs/scheduling: their command lines run as they stand, on a throw-away database."""

from __future__ import annotations

import ast
import configparser
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from engine.database.url import DatabaseUrl
from engine.settings import PROJECT_FOLDER
from tests.reports.small_shop import rows

FOLDER = PROJECT_FOLDER / "docs" / "scheduling"


def text(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")


def cron() -> str:
    (line,) = [row for row in text("crontab").splitlines() if not row.startswith("#")]
    return line.split(maxsplit=5)[5]


def systemd() -> str:
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.read_string(text("reports.service"))
    assert unit["Service"]["Type"] == "oneshot"
    return f"cd {unit['Service']['WorkingDirectory']} && {unit['Service']['ExecStart']}"


def github() -> str:
    (command,) = re.findall(r"^ +run: (.*reportsv4.*)$", text("github-actions.yml"), re.MULTILINE)
    return f"set -euo pipefail; {command}"


def airflow() -> str:
    calls = [
        node
        for node in ast.walk(ast.parse(text("airflow_dag.py")))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "BashOperator"
    ]
    words = {word.arg: ast.literal_eval(word.value) for word in calls[0].keywords[:4]}
    assert words["skip_on_exit_code"] == 99
    return f"cd {words['cwd']} && {words['bash_command'].replace('{{ params.shop }}', '1')}"


@pytest.mark.parametrize("scheduler", [cron, systemd, github, airflow])
def test_the_command_line_of_a_scheduler_runs_and_a_second_night_finds_nothing(
    reported: DatabaseUrl, tmp_path: Path, scheduler: Callable[[], str]
) -> None:
    here = f"{sys.executable} {PROJECT_FOLDER / 'reportsv4_optimized.py'}"
    command = re.sub(r"\S*python reportsv4_optimized\.py", here, scheduler())
    command = command.replace("/srv/shop", str(tmp_path))
    ended = subprocess.run(
        ["bash", "-c", command],
        cwd=tmp_path,
        env=dict(os.environ),
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    assert ended.returncode == (99 if scheduler is airflow else 0), ended.stderr
    assert rows(
        reported,
        "SELECT status::text, rows_inserted, rows_updated FROM report_runs WHERE run_id = 2",
    ) == [("SUCCEEDED", 0, 0)]
    if scheduler is cron:
        (line,) = (tmp_path / "reports.jsonl").read_text().splitlines()
        assert json.loads(line)["exit_code"] == 0
        assert (tmp_path / "reports.log").exists()
    if scheduler is github:
        assert json.loads((tmp_path / "run.json").read_text())["exit_code"] == 0


def test_every_file_of_the_folder_is_run_or_starts_one_that_is() -> None:
    assert {file.name for file in FOLDER.iterdir()} == {
        *("crontab", "reports.service", "reports.timer", "github-actions.yml", "airflow_dag.py")
    }
    assert "OnCalendar=*-*-* 03:15:00 Europe/Istanbul" in text("reports.timer")
