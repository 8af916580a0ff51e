"""Exported files: full precision, and no cell that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
from datetime import date

import pandas as pd
import pytest

from engine.dashboard.data import shop_figures
from engine.dashboard.downloads import (
    entity_file,
    file_name,
    metric_cell,
    safe_text,
    series_file,
)
from engine.dashboard.filters import Filters
from engine.dashboard.questions import CARDS


def read(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize(
    "cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", '=HYPERLINK("http://x")']
)
def test_a_text_that_could_run_gets_an_apostrophe(cell: str) -> None:
    assert safe_text(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["Felt mug", "13-IN", "a=b", "", " -"])
def test_other_texts_stay_as_they_are(cell: str) -> None:
    assert safe_text(cell) == cell


def test_a_negative_amount_stays_a_number() -> None:
    assert metric_cell("net_revenue", -1230, "USD") == "-12.30"


def test_figures_are_written_in_full() -> None:
    assert metric_cell("net_revenue", 1234567, "USD") == "12345.67"
    assert metric_cell("net_revenue", 1234567, "JPY") == "1234567"
    assert metric_cell("gross_margin", 0.746844, "USD") == "0.746844"
    assert metric_cell("orders", 12000, "USD") == "12000"
    assert metric_cell("gross_margin", pd.NA, "USD") == ""


def test_a_title_that_could_run_is_harmless_in_the_file() -> None:
    frame = pd.DataFrame(
        {
            "entity_id": [7],
            "period_start": [date(2026, 3, 1)],
            "period_end": [date(2026, 3, 31)],
            "orders": pd.array([3], dtype="Int64"),
        }
    )
    content = entity_file(frame, ["orders"], "USD", lambda _: '=HYPERLINK("http://x","y")')
    assert content.startswith(b"\xef\xbb\xbf")
    assert read(content) == [
        {
            "entity_id": "7",
            "name": '\'=HYPERLINK("http://x","y")',
            "period_start": "2026-03-01",
            "period_end": "2026-03-31",
            "orders": "3",
        }
    ]


def test_the_series_file_holds_the_cards_and_every_bucket(analytics, view_of) -> None:
    view = view_of(Filters())
    figures = shop_figures(analytics, view.periods, CARDS, view.dating)
    rows = read(series_file(figures, view, CARDS))
    assert [row["part"] for row in rows[:2]] == ["range", "compared with"]
    days = [row for row in rows if row["part"] == "by day"]
    assert len(days) == 30
    total = sum(round(float(row["net_revenue"]) * 100) for row in days)
    assert total == round(float(rows[0]["net_revenue"]) * 100)


def test_a_file_is_named_after_page_shop_and_days() -> None:
    first, last = date(2026, 1, 1), date(2026, 1, 31)
    name = file_name("overview", "Tuftmoor Felt / East", first, last)
    assert name == "overview_tuftmoor-felt-east_2026-01-01_2026-01-31.csv"
    assert file_name("overview", "…", first, first) == "overview_shop_2026-01-01_2026-01-01.csv"
