"""Exported files: full precision, and no cell that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
from datetime import date

import openpyxl
import pandas as pd
import pytest

from engine.dashboard.content.overview import CARDS
from engine.dashboard.data import shop_figures
from engine.dashboard.downloads import csv_cell, csv_of, file_name, safe_text
from engine.dashboard.filters import Filters
from engine.dashboard.notes import notes_of
from engine.dashboard.page_run import PageRun
from engine.dashboard.sheets import Cell, entity_sheet, metric_columns, series_sheet
from engine.dashboard.workbook import xlsx_of
from engine.metrics.registry import REGISTRY


def cell(metric: str, value: Cell, currency: str) -> str:
    (column,) = metric_columns([metric])
    return csv_cell(column, value, currency)


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
    assert cell("net_revenue", -1230, "USD") == "-12.30"


def test_figures_are_written_in_full() -> None:
    assert cell("net_revenue", 1234567, "USD") == "12345.67"
    assert cell("net_revenue", 1234567, "JPY") == "1234567"
    assert cell("gross_margin", 0.746844, "USD") == "0.746844"
    assert cell("orders", 12000, "USD") == "12000"
    assert cell("gross_margin", None, "USD") == ""


def test_a_title_that_could_run_is_harmless_in_the_file() -> None:
    frame = pd.DataFrame(
        {
            "entity_id": [7],
            "period_start": [date(2026, 3, 1)],
            "period_end": [date(2026, 3, 31)],
            "orders": pd.array([3], dtype="Int64"),
        }
    )
    title = '=HYPERLINK("http://x","y")'
    sheet = entity_sheet("listing", frame, ["orders"], "USD", lambda _: title)
    content = csv_of(sheet)
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
    rows = read(csv_of(series_sheet(figures, view, CARDS)))
    assert [row["part"] for row in rows[:2]] == ["range", "compared with"]
    days = [row for row in rows if row["part"] == "by day"]
    assert len(days) == 30
    total = sum(round(float(row["net_revenue"]) * 100) for row in days)
    assert total == round(float(rows[0]["net_revenue"]) * 100)


def test_the_workbook_has_typed_cells_and_says_what_they_are(analytics, view_of) -> None:
    view = view_of(Filters())
    figures = shop_figures(analytics, view.periods, None, view.dating)
    run = PageRun(analytics, view, figures)
    sheet = series_sheet(figures, view, CARDS)
    book = openpyxl.load_workbook(io.BytesIO(xlsx_of(sheet, notes_of(run, "overview", sheet))))
    heading, first, *_ = book["Series"].iter_rows(values_only=True)
    shown = dict(zip(heading, first, strict=True))
    assert shown["period_start"].date() == view.period.start
    in_cents = figures.value("net_revenue", view.period)
    assert round(shown["net_revenue"] * 100) == in_cents
    notes = dict(book["Notes"].iter_rows(values_only=True))
    assert notes["Currency"] == "USD"
    assert notes["Definitions"] == str(REGISTRY.version)
    assert notes["net_profit"] == REGISTRY["net_profit"].description


def test_a_title_that_could_run_is_a_text_in_the_workbook() -> None:
    frame = pd.DataFrame(
        {"entity_id": [7], "period_start": [date(2026, 3, 1)], "period_end": [date(2026, 3, 31)]}
    )
    sheet = entity_sheet("listing", frame, [], "USD", lambda _: "=1+1")
    book = openpyxl.load_workbook(io.BytesIO(xlsx_of(sheet, [])))
    named = book["listing"]["B2"]
    assert (named.value, named.data_type) == ("=1+1", "s")


def test_a_file_is_named_after_page_shop_and_days() -> None:
    first, last = date(2026, 1, 1), date(2026, 1, 31)
    name = file_name("overview", "Tuftmoor Felt / East", first, last)
    assert name == "overview_tuftmoor-felt-east_2026-01-01_2026-01-31.csv"
    assert file_name("overview", "…", first, first) == "overview_shop_2026-01-01_2026-01-01.csv"
