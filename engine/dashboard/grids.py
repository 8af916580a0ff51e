"""Tables of listings and SKUs: registry formats, a search box, and a total that the engine made.

The total stands in a grid of its own above, so that sorting never moves it. It is the shop's own
answer, never a sum of the rows shown: a ratio can't be summed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import streamlit as st
from numpy.typing import NDArray
from pandas.api.extensions import ExtensionArray

from engine.dashboard.data import Value
from engine.metrics.formats import NOTHING, column, number, pattern
from engine.metrics.model import Unit
from engine.metrics.registry import REGISTRY

MOST_ROWS = 1_000
_NAME, _ID, _OPEN = "name", "entity_id", "open"
_SEEN_WHOLE = 10  # rows that are on the screen without scrolling
_NAME_WIDTH, _OPEN_WIDTH = 200, 70  # pixels


@dataclass(frozen=True, slots=True)
class Extra:
    """A column that is no metric of the range itself: a change, a small line over time.

    value_of: by the id of a row, None for one without; whole: of the row of the whole shop;
    is_last: behind all metrics, else behind the first.
    """

    name: str
    config: Any
    value_of: Callable[[Any], Any]
    whole: Any
    is_last: bool = False


@dataclass(frozen=True, slots=True)
class Grid:
    """What one table is about. `one` and `many` name its rows: listing and listings."""

    key: str
    one: str
    many: str
    metrics: tuple[str, ...]
    sorted_by: str
    ascending: bool = False
    extras: tuple[Extra, ...] = ()

    def extras_behind(self, metric: str) -> list[Extra]:
        """Return the extra columns that stand right behind a metric."""
        places = (self.metrics[0], self.metrics[-1])
        return [one for one in self.extras if places[one.is_last] == metric]

    @property
    def heading(self) -> str:
        """Its rows as the first words of a heading."""
        return _headed(self.many)


def listing_name(titles: dict[int, str]) -> Callable[[Any], str]:
    """Return the function that names a listing for people; 0 is what belongs to none."""

    def name(listing: Any) -> str:
        if int(listing) == 0:
            return "(on no listing)"
        return titles.get(int(listing)) or f"Listing {listing}"

    return name


def sku_name(sku: Any) -> str:
    """Return a SKU as it is; lines without one are their own row."""
    return str(sku)


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of a frame in the order to show; the frame itself is shared and stays as it is.

    places: of the rows in the frame; names: what people call the entity of each.
    """

    frame: pd.DataFrame
    places: NDArray[np.intp]
    names: list[str]

    def __len__(self) -> int:
        return len(self.names)

    def first(self, most: int) -> Rows:
        """Return the first rows."""
        return Rows(self.frame, self.places[:most], self.names[:most])

    def column(self, name: str) -> ExtensionArray:
        """Return the values of a column, in the order of the rows."""
        values: ExtensionArray = self.frame[name].array.take(self.places)
        return values

    def ids(self) -> list[Any]:
        """Return the entities, in the order of the rows."""
        return list(self.column(_ID).to_numpy(object))


def in_order(frame: pd.DataFrame, grid: Grid, name_of: Callable[[Any], str]) -> Rows:
    """Return the rows of a grid, sorted and with their names; one row = one entity.

    Unknown values come last, equal ones in the order of their ids.
    """
    by = frame[grid.sorted_by].reset_index(drop=True)
    by = by.sort_values(ascending=grid.ascending, kind="stable", na_position="last")
    rows = Rows(frame, by.index.to_numpy(np.intp), [])
    return replace(rows, names=[name_of(entity) for entity in rows.ids()])


def grid_rows(rows: Rows, grid: Grid, currency: str, *, has_button: bool = False) -> pa.Table:
    """Return sorted rows as numbers to draw, a button right behind each name."""
    columns: dict[str, Any] = {_NAME: rows.names}
    if has_button:
        columns[_OPEN] = ["Open"] * len(rows)
    for metric in grid.metrics:
        columns[metric] = column(REGISTRY[metric].unit, rows.column(metric), currency)
        for extra in grid.extras_behind(metric):
            columns[extra.name] = [extra.value_of(entity) for entity in rows.ids()]
    return pa.Table.from_pydict(
        columns
    )  # a frame of pandas would be made into this one on every run


def matching(rows: Rows, search: str) -> Rows:
    """Return the rows whose name holds the searched words, whatever their letter case."""
    wanted = search.strip().casefold()
    if not wanted:
        return rows
    found = [at for at, name in enumerate(rows.names) if wanted in name.casefold()]
    return Rows(rows.frame, rows.places[found], [rows.names[at] for at in found])


def column_config(grid: Grid, currency: str) -> dict[str, Any]:
    """Return how each column looks: registry label, unit, format and description."""
    config: dict[str, Any] = {
        _NAME: st.column_config.TextColumn(_headed(grid.one), pinned=True, width=_NAME_WIDTH),
        **{extra.name: extra.config for extra in grid.extras},
    }
    for name in grid.metrics:
        metric = REGISTRY[name]
        label = f"{metric.label}, {currency}" if metric.unit is Unit.MONEY else metric.label
        config[name] = (
            st.column_config.TextColumn(label, help=metric.description)
            if metric.unit is Unit.TEXT
            else st.column_config.NumberColumn(
                label, help=metric.description, format=pattern(metric.unit, currency)
            )
        )
    return config


def total_row(grid: Grid, label: str, values: dict[str, Value], currency: str) -> pa.Table:
    """Return the one-row grid of the whole shop."""
    drawn: dict[str, list[Any]] = {_NAME: [label]}
    for name in grid.metrics:
        drawn[name] = [number(REGISTRY[name].unit, values[name], currency)]
        drawn |= {extra.name: [extra.whole] for extra in grid.extras_behind(name)}
    return pa.Table.from_pydict(drawn)


def shown_words(grid: Grid, shown: int, matched: int, everything: int) -> str:
    """Return the line under a grid: how many rows of how many, and in which order."""
    order = REGISTRY[grid.sorted_by].label.lower()
    direction = "lowest first" if grid.ascending else "highest first"
    count = f"{everything:,} {grid.one if everything == 1 else grid.many}"
    if matched < everything:
        count = f"{matched:,} of {count}"
    if shown < matched:
        return (
            f"{shown:,} of {matched:,} {grid.many} shown, by {order}, {direction}; "
            "the export has all."
        )
    return f"{count}, by {order}, {direction}."


@st.fragment
def draw(
    grid: Grid,
    rows: Rows,
    total: pa.Table | None,
    currency: str,
    export: Callable[[], None] | None = None,
    opens: Callable[[Any], None] | None = None,
) -> None:
    """Draw search box, total and rows (of `in_order`); `export` draws the buttons beside the box.

    `opens` shows what stands behind a row, by its id.

    A fragment: typing in the search box redraws this grid alone. A table that is seen whole has
    no search box.
    """
    search = ""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if len(rows) > _SEEN_WHOLE:
            search = _search_box(grid)
        if export is not None:
            export()
    config = column_config(grid, currency)
    if total is not None and opens is not None:  # so that its columns stand above those of the rows
        total = total.add_column(1, _OPEN, pa.array([""]))
        config[_OPEN] = st.column_config.TextColumn("", width=_OPEN_WIDTH)
    if total is not None:
        st.dataframe(
            total,
            hide_index=True,
            column_config=config,
            placeholder=NOTHING,
            key=f"{grid.key}-total",
            alt=f"All {grid.many} together",
        )
    found = matching(rows, search)
    shown = found.first(MOST_ROWS)
    if not len(shown):
        st.caption(f"No {grid.one} matches “{search.strip()}”.")
        return
    button = f"{grid.key}-open"
    st.dataframe(
        grid_rows(shown, grid, currency, has_button=opens is not None),
        hide_index=True,
        column_config={**config, _OPEN: open_column(button)},
        placeholder=NOTHING,
        key=grid.key,
        alt=f"{grid.heading} by {REGISTRY[grid.sorted_by].label.lower()}",
    )
    st.caption(shown_words(grid, len(shown), len(found), len(rows)))
    row = clicked_row(button)
    if opens is not None and row is not None and row < len(shown):
        opens(shown.ids()[row])


def open_column(key: str) -> Any:
    """Return how the column of buttons looks; a click is kept under `key` for one run only."""
    return st.column_config.ButtonColumn(
        "Open",
        key=key,
        width=_OPEN_WIDTH,
        type="tertiary",
        help="Show what stands behind it.",
    )


def clicked_row(key: str) -> int | None:
    """Return which row's button was clicked in this run, None for none."""
    click = st.session_state.get(key)
    return None if click is None else int(click["row"])


def _search_box(grid: Grid) -> str:
    label = f"Search {grid.many}"
    typed = st.text_input(label, key=f"{grid.key}-search", type="search", live=True, width=320)
    return typed or ""


def _headed(words: str) -> str:
    """Return words with a capital, and a name such as SKU as it is."""
    return words[0].upper() + words[1:]
