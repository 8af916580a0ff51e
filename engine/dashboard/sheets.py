"""What an exported file holds: named columns of full values, the same for CSV and for Excel.

One row = one entity and period, or one period. Headings are registry names; null stays empty.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pandas as pd

from engine.dashboard.data import Figures
from engine.dashboard.filters import View
from engine.metrics.formats import known
from engine.metrics.model import Unit
from engine.metrics.registry import REGISTRY
from engine.periods import Period

Cell = int | float | str | date | datetime | None


@dataclass(frozen=True, slots=True)
class Column:
    """One column; `unit` says how a number in it reads, None for texts, days and plain counts."""

    name: str
    unit: Unit | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table of a file; money is in minor units of `currency` until it is written."""

    name: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    currency: str


def metric_columns(names: Sequence[str]) -> list[Column]:
    """Return a column for each metric, under its registry name."""
    return [Column(name, REGISTRY[name].unit) for name in names]


def entity_sheet(
    name: str,
    frame: pd.DataFrame,
    metrics: Sequence[str],
    currency: str,
    name_of: Callable[[Any], str],
) -> Sheet:
    """Return all rows of an answer, each with the entity's id and its name."""
    keys = ("entity_id", "name", "period_start", "period_end")
    rows = tuple(
        (
            str(row["entity_id"]),
            name_of(row["entity_id"]),
            row["period_start"],
            row["period_end"],
            *(known(row[metric]) for metric in metrics),
        )
        for row in frame.to_dict("records")
    )
    return Sheet(name, (*map(Column, keys), *metric_columns(metrics)), rows, currency)


def series_sheet(figures: Figures, view: View, metrics: Sequence[str]) -> Sheet:
    """Return the cards and their series: the range, its comparison, then every bucket of both."""

    def row(part: str, period: Period) -> tuple[Cell, ...]:
        values = (figures.value(name, period) for name in metrics)
        return (part, period.start, period.end, *values)

    rows = [row("range", view.period)]
    if view.compared is not None:
        rows.append(row("compared with", view.compared))
    by = f"by {view.grain.lower()}"
    rows += [row(by, bucket.asked) for bucket in view.buckets]
    rows += [row(f"compared with, {by}", bucket.asked) for bucket in view.compared_buckets]
    keys = map(Column, ("part", "period_start", "period_end"))
    return Sheet("Series", (*keys, *metric_columns(metrics)), tuple(rows), figures.currency)
