"""One task a shop on Spark in local mode: the tables of five shops are those of a local run."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from typing import Any

import pytest

from engine.database.url import DatabaseUrl
from engine.demo.load import load
from engine.demo.shop import generate
from engine.demo.sizes import make_plan
from engine.reports.spec import TABLE_NAMES
from engine.settings import PROJECT_FOLDER
from tests.reports.conftest import Named, Reports, copy_of
from tests.reports.small_shop import rows

PROGRAM = PROJECT_FOLDER / "reportsv4_optimized.py"


def content(url: DatabaseUrl, table: str) -> list[tuple[Any, ...]]:
    """How many rows each shop has, and a sum over all their values but run and instant."""
    row = "hashtextextended((to_jsonb(r) - 'run_id' - 'computed_at')::text, 0)::numeric"
    return rows(url, f"SELECT shop_id, count(*), sum({row}) FROM {table} r GROUP BY 1 ORDER BY 1")


def test_without_the_package_the_call_says_what_to_install(
    shop: DatabaseUrl, reports: Reports, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyspark", None)
    monkeypatch.setitem(sys.modules, "pyspark.sql", None)
    ended = reports("--engine", "spark")
    assert ended.code == 3
    assert "pip install -r requirements-spark.txt" in ended.err


def test_spark_is_for_runs_that_write(reports: Reports) -> None:
    ended = reports("--engine", "spark", "--verify")
    assert ended.code == 2
    assert "--engine spark is for runs that write every shop" in ended.err


@pytest.mark.spark
@pytest.mark.timeout(900)
@pytest.mark.skipif(find_spec("pyspark") is None, reason="requirements-spark.txt is not installed")
@pytest.mark.skipif(shutil.which("java") is None, reason="there is no Java")
def test_five_shops_on_spark_have_the_tables_of_a_local_run(
    server_url: DatabaseUrl, template_database: str, named: Named, reports: Reports
) -> None:
    with copy_of(server_url, template_database) as url:
        load(url, generate(make_plan(orders=300, shops=5)))
        with copy_of(server_url, url.database) as other:
            named(url)
            assert reports("--quiet").code == 0
            named(other)
            # A program of its own: Spark's threads and sockets would outlive the test.
            ended = subprocess.run(
                [sys.executable, str(PROGRAM), "--json", "--engine", "spark"],
                cwd=PROJECT_FOLDER,
                env=os.environ | {"SPARK_LOCAL_IP": "127.0.0.1"},
                capture_output=True,
                text=True,
                timeout=600,
                check=False,
            )
            assert ended.returncode == 0, ended.stdout + ended.stderr[-3000:]
            assert rows(other, "SELECT shop_id, status::text FROM report_runs ORDER BY 1") == [
                (shop_id, "SUCCEEDED") for shop_id in range(1, 6)
            ]
            for table in TABLE_NAMES.values():
                mine, theirs = content(other, table), content(url, table)
                assert mine == theirs
                assert len(mine) == 5
