"""The two sides of a comparison as the reader chooses them: days, and a listing or SKU.

A side that is not edited follows the filter bar: B is its range, A what that is compared with. The
address holds every choice, so a link is a comparison.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import streamlit as st

from engine.dashboard.data import entity_rows
from engine.dashboard.drill import MOST_CHOICES
from engine.dashboard.filter_bar import pick
from engine.dashboard.grids import listing_name, sku_name
from engine.dashboard.metric_names import at_level
from engine.dashboard.page_run import PageRun
from engine.dashboard.wording import escape, range_words
from engine.metrics.model import LISTING, PRODUCT, SHOP, Level
from engine.periods import Period

LEVELS = (SHOP, LISTING, PRODUCT)
_LEVEL_WORDS = {SHOP: "Whole shop", LISTING: "Listings", PRODUCT: "SKUs"}
_ONE = {LISTING: "Listing", PRODUCT: "SKU"}
(_SIZE,) = at_level(PRODUCT, "net_revenue")  # of listings as well: the largest come first
Entity = int | str
_MOST_LETTERS = 22  # of a title or a SKU beside a bar


@dataclass(frozen=True, slots=True)
class SideChoice:
    """One side: its days, and which listing or SKU; None is the whole shop."""

    letter: str
    period: Period
    entity: Entity | None
    name: str

    @property
    def words(self) -> str:
        """The side as a heading: `A: 1 Jan to 31 Jan 2026`, with its listing or SKU."""
        what = "" if self.entity is None else f", {self.name}"
        return f"{self.letter}: {range_words(self.period)}{what}"

    @property
    def short(self) -> str:
        """The side as the label of a bar, which a phone has room for beside the bar."""
        if self.entity is None:
            return f"Side {self.words}"
        cut = self.name if len(self.name) <= _MOST_LETTERS else f"{self.name[:_MOST_LETTERS]}…"
        return f"Side {self.letter}: {cut}"


def choose_level() -> Level:
    """Draw the choice between the whole shop, two listings and two SKUs."""
    chosen = pick("Compare", LEVELS, lambda level: _LEVEL_WORDS[Level(level)], key="of")
    return Level(chosen)


def choose_sides(run: PageRun, level: Level) -> tuple[SideChoice, SideChoice] | None:
    """Draw both sides and return them; None where a side has no days yet, which is said."""
    view = run.view
    defaults = {"A": view.compared, "B": view.period}
    left, right = st.columns(2, border=True)
    periods: dict[str, Period | None] = {}
    for letter, place in (("A", left), ("B", right)):
        with place:
            periods[letter] = _days(run, letter) or defaults[letter]
    before, after = periods["A"], periods["B"]
    if before is None or after is None:
        st.info(
            "Choose the days of A; the filters give no range to compare with "
            f"({view.no_comparison}).",
            title="One side is missing",
        )
        return None
    entities, name_of = _entities(run, level, (before, after))
    if level is not SHOP and not entities:
        st.info("No listing and no SKU has a fact on these days.", title="Nothing to compare")
        return None
    found = []
    for letter, place, period in (("A", left, before), ("B", right, after)):
        with place:
            entity = _pick_entity(level, letter, entities, name_of)
            st.caption(escape(range_words(period)))
        found.append(SideChoice(letter, period, entity, "" if entity is None else name_of(entity)))
    return found[0], found[1]


def swap(sides: tuple[SideChoice, SideChoice]) -> None:
    """Make A of B and B of A; for the callback of a button."""
    before, after = sides
    for letter, side in (("a", after), ("b", before)):
        st.session_state[letter] = (side.period.start, side.period.end)
        if side.entity is not None:
            st.query_params[f"{letter}_id"] = str(side.entity)


def _days(run: PageRun, letter: str) -> Period | None:
    """Draw the dates of a side; None until one is chosen, which is a range of one day.

    An address holds such a range as one date, so nothing else tells it from a half-chosen one.
    """
    chosen = st.date_input(
        f"Days of {letter}",
        value=[],
        min_value=date(2000, 1, 1),
        max_value=run.analytics.today,
        key=letter.lower(),
        bind="query-params",
        format="YYYY-MM-DD",
        help="The first and the last day; one alone is that day. Empty: as the filters say.",
    )
    if isinstance(chosen, tuple) and chosen:
        return Period.of_dates(chosen[0], chosen[-1])
    return None


def _entities(
    run: PageRun, level: Level, periods: tuple[Period, Period]
) -> tuple[list[Entity], Callable[[Any], str]]:
    """Return the listings or SKUs of either side, those that sold most on B first."""
    name_of = listing_name(run.analytics.titles) if level is LISTING else sku_name
    if level is SHOP:
        return [], name_of
    found: dict[Entity, None] = {}
    for period in reversed(periods):
        frame = entity_rows(run.analytics, period, level, (_SIZE,), run.view.dating)
        ordered = frame.sort_values(_SIZE, ascending=False, kind="stable")
        found |= dict.fromkeys(ordered["entity_id"].tolist())
    return list(found), name_of


def _pick_entity(
    level: Level, letter: str, entities: list[Entity], name_of: Callable[[Any], str]
) -> Entity | None:
    if level is SHOP:
        return None
    offered: list[Any] = entities[:MOST_CHOICES]
    others: dict[str, Any] = {str(one): one for one in entities[MOST_CHOICES:]}
    chosen: Entity = pick(
        f"{_ONE[level]} of {letter}",
        offered,
        name_of,
        key=f"{letter.lower()}_id",
        others=others or None,
    )
    return chosen
