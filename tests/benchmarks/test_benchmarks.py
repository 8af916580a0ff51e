"""The benchmarks run, on a tiny shop; nothing here is timed."""

from __future__ import annotations

import importlib
import importlib.util
import json
import math

import numpy as np
import pyarrow.parquet as pq
import pytest

from benchmarks import budgets, live, ours, report, shop
from benchmarks.batch import is_within, ratios
from benchmarks.spec import COLUMNS, TOLERANCE


@pytest.fixture(scope="module")
def lines(tmp_path_factory):
    return pq.read_table(shop.lines_file("tiny", tmp_path_factory.mktemp("shop")))


@pytest.fixture(scope="module")
def answers(lines):
    return {key: ours.columns_of(block) for key, block in ours.compute(lines)}


@pytest.mark.parametrize("rival", ["pandas", "polars", "duckdb"])
def test_a_rival_gives_the_same_rows(rival, lines, answers):
    if importlib.util.find_spec(rival) is None:
        pytest.skip(f"{rival} comes with requirements-bench.txt, which make bench installs")
    theirs = dict(importlib.import_module(f"benchmarks.{rival}_rival").compute(lines))
    assert theirs.keys() == answers.keys()
    for key, columns in answers.items():
        for name in ("entity", "period", *COLUMNS):
            difference = np.abs(columns[name] - theirs[key][name])
            assert int(difference.max(initial=0)) <= TOLERANCE.get(name, 0), (key, name)


def test_the_tables_file_is_made_again_when_it_is_not_as_it_was_made(tmp_path):
    path = shop.lines_file("tiny", tmp_path)
    whole = path.read_bytes()
    path.write_bytes(whole[:-1])
    assert shop.lines_file("tiny", tmp_path).read_bytes() == whole


def test_a_live_question_has_the_figures_the_series_and_the_best(lines):
    snapshot = ours.snapshot_of(lines)
    assert live.ask(snapshot, 1826) == 26 + 1826 * 8 + 2 * live.TOP


def test_the_better_rival_sets_the_ratio():
    seconds = {"ours": 2.0, "pandas": 8.0, "polars": 5.0, "duckdb": 4.0}
    found = {
        name: dict.fromkeys(("wall_seconds", "processor_seconds"), s) for name, s in seconds.items()
    }
    compared = ratios(found)
    assert compared["wall_seconds"] == {"pandas": 0.25, "polars": 0.4, "duckdb": 0.5, "others": 0.5}
    assert is_within(compared["wall_seconds"], {"pandas": 0.25, "others": 0.5})
    assert not is_within(compared["wall_seconds"], {"others": 0.49})


def line(**figures):
    machine = {"processor": "x", "cores": 2, "memory_gigabytes": 8, "python": "3", "versions": {}}
    return figures | {"machine": machine}


def test_the_report_keeps_the_last_measurement_and_names_what_is_over_its_budget(
    tmp_path, monkeypatch
):
    ms = {"values": 1, "median_ms": 9.0, "budget_ms": 50, "load": 0.1, "range": "30 days"}
    batch = {"engine": "ours", "wall_seconds": 1.0, "peak_megabytes": 1, "highest_load": 0.1}
    measured = [
        line(benchmark="live", size="L", processor_ms=9.0, **ms),
        line(benchmark="live", size="L", processor_ms=51.0, **ms),
        line(benchmark="batch", size="M", rows=100, processor_seconds=1.0, **batch),
        line(benchmark="batch", size="L", rows=1000, processor_seconds=10.0, **batch),
    ]
    file = tmp_path / "results.jsonl"
    file.write_text("\n".join(map(json.dumps, measured)))
    monkeypatch.setattr(report, "RESULTS", file)
    found = report.latest()
    verdicts = {one.what: one.verdict for one in budgets.budgets(found)}
    assert verdicts.pop("a question about 30 days on L") == "not reached"
    assert verdicts.pop("growth from M to L, power of the orders") == "reached"
    assert verdicts.pop("47 columns on L, memory") == "reached"
    assert set(verdicts.values()) == {"not measured"}
    assert math.isclose(budgets.growth(measured[2:]), 1.0)
    assert "| a question about 30 days on L | ≤ 50.0 ms | 51.0 ms | not reached |" in report.page(
        found
    )
    assert "| L | 30 days | 1 | 9.0 | 51.0 | 50 | 0.1 |" in report.page(found)


def test_the_slowest_page_and_the_memory_of_many_readers_have_budgets(tmp_path, monkeypatch):
    took = {"page_ms": 10, "filter_ms": 10, "month_ms": 10, "kilobytes": 1, "load": 0.1}
    ended = {"readers": 20, "runs": 40, "errors": 0, "median_ms": 9, "p95_ms": 2_000}
    measured = [
        line(benchmark="dashboard page", orders=5_000_000, page="orders", year_ms=10, **took),
        line(benchmark="dashboard page", orders=5_000_000, page="fees", year_ms=2_001, **took),
        line(benchmark="dashboard readers", orders=5_000_000, peak_megabytes=6_001, **ended),
    ]
    file = tmp_path / "results.jsonl"
    file.write_text("\n".join(map(json.dumps, measured)))
    monkeypatch.setattr(report, "RESULTS", file)
    found = report.latest()
    verdicts = {one.what: one.verdict for one in budgets.budgets(found) if "5,000,000" in one.what}
    assert verdicts == {
        "slowest page of 5,000,000 orders, a new month": "reached",
        "slowest page of 5,000,000 orders, a new year": "not reached",
        "20 readers of 5,000,000 orders, errors": "reached",
        "20 readers of 5,000,000 orders, memory": "not reached",
    }
    page = report.page(found)
    assert "| fees | 5,000,000 | 10 | 10 | 10 | 2,001 | 1 | 0.1 |" in page
    assert "| 5,000,000 | – | 20 | 40 | 0 | 9 ms | 2,000 ms | 6,001 |" in page
