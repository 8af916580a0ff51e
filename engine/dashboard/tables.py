"""Small tables whose rows are no listings or SKUs: steps, kinds, orders, findings.

A column says its unit, so that a number reads as everywhere else; null is an en dash.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import streamlit as st

from engine.dashboard.grids import clicked_row, open_column
from engine.dashboard.sheets import Cell, Column, Sheet
from engine.metrics.formats import NOTHING, number, pattern
from engine.metrics.model import Unit
from engine.metrics.registry import REGISTRY

_OPEN = "open"
SEEN_WHOLE = 32  # rows that need no scrolling inside the page


@dataclass(frozen=True, slots=True)
class Heading:
    """A column as people read it; `unit` None is for texts and days."""

    name: str
    label: str
    unit: Unit | None = None
    help: str | None = None
    is_wide: bool = False  # sentences, which a narrow column would cut
    is_amount: bool = False  # texts of numbers, which stand at the right


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under headings, in the order to show; money is in minor units."""

    key: str
    headings: tuple[Heading, ...]
    rows: tuple[tuple[Cell, ...], ...]
    alt: str

    def sheet(self, currency: str) -> Sheet:
        """Return the same rows for a file, in full."""
        columns = tuple(Column(heading.name, heading.unit) for heading in self.headings)
        return Sheet(self.key, columns, self.rows, currency)


def of_metric(name: str) -> Heading:
    """Return the heading of a metric: its registry label, unit and description."""
    metric = REGISTRY[name]
    return Heading(name, metric.label, metric.unit, metric.description)


def draw(
    table: Table,
    currency: str,
    *,
    ids: Sequence[Any] = (),
    opens: Callable[[Any], None] | None = None,
) -> None:
    """Draw a table; `opens` shows what stands behind a row, by its place in `ids`.

    A row whose id is None, and one beyond the last id, has nothing behind it and no button.
    """
    drawn, config = frame_of(table, currency), config_of(table, currency)
    button = f"{table.key}-open"
    if opens is not None:
        known = [*ids, *[None] * len(drawn)][: len(drawn)]
        drawn.insert(1, _OPEN, [None if one is None else "Open" for one in known])
        config[_OPEN] = open_column(button)
    st.dataframe(
        drawn,
        hide_index=True,
        column_config=config,
        height="content" if len(drawn) <= SEEN_WHOLE else "auto",
        placeholder=NOTHING,
        key=table.key,
        alt=table.alt,
    )
    row = clicked_row(button)
    if opens is not None and row is not None and row < len(ids) and ids[row] is not None:
        opens(ids[row])


def frame_of(table: Table, currency: str) -> pd.DataFrame:
    """Return the rows as numbers to draw."""
    units = [heading.unit for heading in table.headings]
    return pd.DataFrame(
        [
            [
                value if unit is None else number(unit, value, currency)
                for value, unit in zip(row, units, strict=True)
            ]
            for row in table.rows
        ],
        columns=[heading.name for heading in table.headings],
    )


def config_of(table: Table, currency: str) -> dict[str, Any]:
    """Return how each column looks."""
    return {
        heading.name: _column(heading, currency, pinned=at == 0)
        for at, heading in enumerate(table.headings)
    }


def _column(heading: Heading, currency: str, *, pinned: bool) -> Any:
    label = f"{heading.label}, {currency}" if heading.unit is Unit.MONEY else heading.label
    if heading.unit in (None, Unit.TEXT):
        return st.column_config.Column(
            label,
            help=heading.help,
            pinned=pinned,
            width="large" if heading.is_wide else None,
            alignment="right" if heading.is_amount else None,
        )
    assert heading.unit is not None
    return st.column_config.NumberColumn(
        label, help=heading.help, format=pattern(heading.unit, currency), pinned=pinned
    )
