"""The benchmark of the dashboard runs against a real server, on a tiny shop; nothing is timed."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from benchmarks import dashboard
from benchmarks.dashboard import PATHS, percentile


@pytest.mark.slow
def test_every_page_and_two_readers_are_measured_without_an_error(monkeypatch):
    monkeypatch.setattr(dashboard, "THINKING", 0.1)
    options = ["--orders", "300", "--repeat", "1", "--readers", "2", "--clicks", "2"]
    ended = CliRunner().invoke(dashboard.main, options)
    assert ended.exit_code == 0, ended.output
    lines = [json.loads(line) for line in ended.stdout.splitlines()]
    cold, *pages, readers = lines
    assert cold["benchmark"] == "dashboard cold"
    assert cold["first_numbers_ms"] > 0
    assert [one["page"] or "" for one in pages] == [path or "overview" for path in PATHS]
    assert all(one["page_ms"] > 0 and one["filter_ms"] > 0 for one in pages)
    assert (readers["runs"], readers["errors"]) == (6, 0)


def test_a_percentile_is_a_value_that_was_measured():
    assert percentile([4.0, 1.0, 3.0, 2.0], 50) == 2.0
    assert percentile([4.0, 1.0, 3.0, 2.0], 95) == 4.0
    assert percentile([7.0], 95) == 7.0
