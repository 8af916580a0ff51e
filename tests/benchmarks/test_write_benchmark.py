"""The benchmark of writing writes what it was given, and tells every way; nothing is timed."""

from __future__ import annotations

import json
from contextlib import nullcontext
from decimal import Decimal

import numpy as np
import psycopg
import pytest
from click.testing import CliRunner

from benchmarks import budgets, report, write
from benchmarks.nights import TABLE, make_night
from engine.database.blocks import NULL_INT64, Kind, Words

ROWS = 1_003  # a little more than one day of every SKU


def given(night):
    """The rows of a night as plain values, turned by other means than the engine's."""
    columns = [_plain(field.kind, night.block[field.name]) for field in TABLE.fields]
    return sorted(zip(*columns, night.digests.tolist(), strict=True), key=_key)


def _plain(kind, values):
    if isinstance(values, Words):
        return [None if code < 0 else values.words[code] for code in values.codes]
    if kind in (Kind.MONEY, Kind.INTEGER):
        whole = [None if value == NULL_INT64 else value for value in values.tolist()]
        return [_cents(value) for value in whole] if kind is Kind.MONEY else whole
    if kind in (Kind.HUNDREDTHS, Kind.DOUBLE):
        known = [None if value != value else value for value in values.tolist()]
        return [_hours(value) for value in known] if kind is Kind.HUNDREDTHS else known
    return values.tolist()


def _cents(value):
    return None if value is None else Decimal(value).scaleb(-2)


def _hours(value):
    return None if value is None else Decimal(f"{value:.2f}")


def stored(url):
    names = ", ".join(
        f"{field.name}::text" if field.kind is Kind.TEXT else field.name for field in TABLE.fields
    )
    with psycopg.connect(url.libpq()) as connection:
        rows = connection.execute(f"SELECT {names}, row_hash FROM {TABLE.name}").fetchall()
        runs = connection.execute(f"SELECT DISTINCT run_id FROM {TABLE.name}").fetchall()
    return sorted(rows, key=_key), runs


def _key(row):
    places = [[field.name for field in TABLE.fields].index(name) for name in TABLE.key]
    return [row[place] for place in places]


def test_both_nights_are_stored_as_they_were_given(database_url):
    write.add_shop(database_url)
    first, second = make_night(1, ROWS), make_night(2, ROWS)
    write.write(database_url, first)
    assert stored(database_url) == (given(first), [(1,)])
    image = write.copy_out(database_url)
    write.write(database_url, second)
    assert stored(database_url) == (given(second), [(2,)])
    write.empty(database_url)
    write.copy_in(database_url, image)
    assert stored(database_url) == (given(first), [(1,)])


def test_every_metric_has_known_and_unknown_values_and_no_row_stays_equal():
    first, second = make_night(1, ROWS), make_night(2, ROWS)
    for field in TABLE.fields[9:]:
        missing = [value is None for value in _plain(field.kind, first.block[field.name])]
        assert 0.15 < np.mean(missing) < 0.35, field.name
    assert not (first.digests == second.digests).any()


def test_each_way_is_one_line_beside_the_raw_copy(database_url, monkeypatch):
    monkeypatch.setattr(write, "own_database", lambda: nullcontext(database_url))
    options = ["--rows", "200", "--repeat", "2"]
    ended = CliRunner().invoke(write.main, options, catch_exceptions=False)
    lines = [json.loads(line) for line in ended.stdout.splitlines()]
    assert [line["run"] for line in lines] == [write.RAW, write.EMPTY, write.CHANGED, write.KEPT]
    assert lines[0]["part_of_raw_copy"] == 1.0
    assert [line["budget"] for line in lines] == [None, None, write.BUDGET, None]
    for line in lines:
        assert line["benchmark"] == "write"
        assert (line["rows"], line["rounds"], line["columns"]) == (200, 2, len(TABLE.fields) + 3)
        assert line["rows_a_second"] > 0
        assert {"load_before", "load", "postgresql", "psycopg"} <= line.keys()


def test_a_night_that_did_not_become_its_rows_is_an_error_and_no_figure(database_url):
    write.add_shop(database_url)
    same = make_night(1, 20)
    told = r"all changed: .*updated=20.* was expected, not .*updated=0"
    with pytest.raises(RuntimeError, match=told):
        write.round_of(database_url, same, same)


@pytest.mark.parametrize(
    ("speed", "shown", "verdict"),
    [(24_999, "24,999 rows a second", "not reached"), (25_000, "25,000 rows a second", "reached")],
)
def test_only_rows_that_all_changed_have_a_budget(speed, shown, verdict):
    machine = {"processor": "x", "cores": 2, "memory_gigabytes": 8, "python": "3", "versions": {}}
    common = {"benchmark": "write", "rows": 9, "columns": 136, "part_of_raw_copy": 0.5}
    common |= {"load_before": 0.1, "load": 0.2, "machine": machine}
    found = {
        ("write", way): {**common, "run": way, "rows_a_second": value}
        for way, value in ((write.EMPTY, 1), (write.CHANGED, speed))
    }
    (budget,) = (one for one in budgets.budgets(found) if one.what.startswith("writing"))
    assert (budget.bound, budget.shown, budget.verdict) == (
        "≥ 25,000 rows a second",
        shown,
        verdict,
    )
    assert f"| all changed | 9 | 136 | {speed:,} | 0.50 | 0.1 | 0.2 |" in report.page(found)


def test_without_a_measurement_the_page_has_no_section_and_the_budget_says_so():
    text = report.page({})
    assert "## Writing" not in text
    assert "| ≥ 25,000 rows a second | – | not measured |" in text
