"""Files for spreadsheets: full precision, registry names as headings, no cell that can run.

CSV in UTF-8 with a byte order mark, so that every spreadsheet reads its letters; ISO dates, decimal
points, an empty cell for unknown.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any

import pandas as pd

from engine.dashboard.data import Figures, Value
from engine.dashboard.filters import View
from engine.metrics.formats import known
from engine.metrics.model import Unit
from engine.metrics.registry import REGISTRY
from engine.money import currency_digits, to_decimal
from engine.periods import Period

MIME = "text/csv"
_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def safe_text(cell: str) -> str:
    """Return a text that no spreadsheet takes for a formula: a leading apostrophe where needed."""
    return f"'{cell}" if cell.startswith(_STARTS_A_FORMULA) else cell


def metric_cell(name: str, value: Any, currency: str) -> str:
    """Return one figure in full: money in major units, a share as a number, null as nothing."""
    plain = known(value)
    if plain is None:
        return ""
    if isinstance(plain, str):
        return safe_text(plain)
    if REGISTRY[name].unit is Unit.MONEY:
        return str(to_decimal(int(plain), currency_digits(currency)))
    return str(plain)


def csv_file(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Return a CSV file of texts that are safe already."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(headings)
    writer.writerows(rows)
    return out.getvalue().encode("utf-8-sig")


def entity_file(
    frame: pd.DataFrame, metrics: Sequence[str], currency: str, name_of: Callable[[Any], str]
) -> bytes:
    """Return all rows of an answer, each with the entity's id and its name."""
    rows = [
        [
            safe_text(str(row["entity_id"])),
            safe_text(name_of(row["entity_id"])),
            row["period_start"].isoformat(),
            row["period_end"].isoformat(),
            *(metric_cell(name, row[name], currency) for name in metrics),
        ]
        for row in frame.to_dict("records")
    ]
    return csv_file(["entity_id", "name", "period_start", "period_end", *metrics], rows)


def series_file(figures: Figures, view: View, metrics: Sequence[str]) -> bytes:
    """Return the cards and their series: the range, its comparison, then every bucket of both."""

    def row(part: str, period: Period) -> list[str]:
        values: list[Value] = [figures.value(name, period) for name in metrics]
        cells = [
            metric_cell(name, value, figures.currency)
            for name, value in zip(metrics, values, strict=True)
        ]
        return [part, period.start.isoformat(), period.end.isoformat(), *cells]

    rows = [row("range", view.period)]
    if view.compared is not None:
        rows.append(row("compared with", view.compared))
    by = f"by {view.grain.lower()}"
    rows += [row(by, bucket.asked) for bucket in view.buckets]
    rows += [row(f"compared with, {by}", bucket.asked) for bucket in view.compared_buckets]
    return csv_file(["part", "period_start", "period_end", *metrics], rows)


def file_name(page: str, shop: str, start: date, end: date) -> str:
    """Return `overview_tuftmoor-felt_2026-10-01_2026-10-30.csv`."""
    plain = re.sub(r"[^a-z0-9]+", "-", shop.casefold()).strip("-") or "shop"
    return f"{page}_{plain}_{start.isoformat()}_{end.isoformat()}.csv"
