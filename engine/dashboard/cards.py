"""A metric as a card: label, value, change, what it is compared with, and a small line.

Value and change are texts of the registry's format, so that page and engine agree to the
character. Arrow and colour come from the number and from which way is good, never from the text.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import streamlit as st

from engine.dashboard import bounds
from engine.dashboard.data import Figures, Value
from engine.dashboard.filters import View, compared_words
from engine.metrics.formats import change, number, text
from engine.metrics.model import Direction, Metric
from engine.metrics.registry import REGISTRY

Arrow = Literal["auto", "up", "down", "off"]
Colour = Literal["blue", "orange", "gray"]
LineType = Literal["line", "bar", "area"]
PAINT_SECONDS = 0.4
_PAINTED = "cards painted"
_ONE_LINE = 17  # letters beside an arrow in a card of a phone, 390 pixels wide
_NARROWEST, _FITS = 160, 137  # pixels of a card: two beside each other on a phone; inside it
_LETTER, _THIN, _AROUND, _GAP = 11, 5, 34, 16  # pixels of a letter, around a value, between cards
_MOST_BARS = 31  # more would melt into one another


@dataclass(frozen=True, slots=True)
class Card:
    """Everything that a card shows; `delta` is the number 0 where nothing changed."""

    label: str
    value: str
    delta: str | int | None
    arrow: Arrow
    colour: Colour
    beside: str
    help: str
    line: tuple[float, ...] | None
    line_type: LineType


def metric_card(name: str, figures: Figures, view: View) -> Card:
    """Return the card of a metric in a view."""
    metric = REGISTRY[name]
    now = figures.value(name, view.period)
    delta, arrow, colour, beside = _change(metric, figures, view)
    series = figures.series(name, [bucket.asked for bucket in view.buckets])
    line = [number(metric.unit, value, figures.currency) for value in series]
    points = tuple(float(point) for point in line if isinstance(point, (int, float)))
    return Card(
        label=metric.label,
        value=bounds.value_text(name, figures, view.period),
        delta=delta,
        arrow=arrow,
        colour=colour,
        beside=beside,
        help=explanation(metric) if now is not None else _unknown(metric),
        line=points if len(points) > 1 else None,
        line_type=_line_type(metric, figures, len(points)),
    )


def supposed_card(
    name: str, before: Value, after: Value, currency: str, *, at_most: bool = False
) -> Card:
    """Return the card of a metric as it would be, with what it was; both are known or neither.

    at_most: costs of it are missing, so that it is the high end.
    """
    metric = REGISTRY[name]
    moved = change(metric.unit, after, before, currency)
    has_moved = moved is not None and moved.sign != 0
    arrow, colour = _signs(metric, moved.sign) if moved and has_moved else ("off", "gray")
    shown = text(metric.unit, after, currency)
    return Card(
        label=metric.label,
        value=bounds.at_most(shown) if at_most else shown,
        delta=moved.text if moved and has_moved else 0,
        arrow=arrow,
        colour=colour,
        beside=f"from {text(metric.unit, before, currency)}",
        help=explanation(metric),
        line=None,
        line_type="line",
    )


def draw(card: Card) -> None:
    """Draw a card where the page stands.

    The label, and why there is no change, are texts of their own: Streamlit cuts those of a metric
    where they do not fit into one line, and on a phone every other one does not.
    """
    with st.container(border=True, height="stretch", gap="xxsmall"):
        st.markdown(f":small[{card.label}]", help=card.help)
        st.metric(
            card.label,
            card.value,
            card.delta,
            label_visibility="collapsed",
            delta_color=card.colour,
            delta_arrow=card.arrow,
            delta_description=card.beside if fits(card) else None,
            chart_data=card.line,
            chart_type=card.line_type,
        )
        if card.beside and not fits(card):
            st.caption(card.beside)


def fits(card: Card) -> bool:
    """Whether change and comparison stand in one line, also on a phone, where it would be cut."""
    return card.delta is not None and len(f"{card.delta} {card.beside}") <= _ONE_LINE


def draw_all(names: Sequence[str], figures: Figures, view: View) -> None:
    """Draw a card for each metric: four in a row, two where there is less room, never three."""
    drawn = [metric_card(name, figures, view) for name in names]
    width = max((narrowest(card.value) for card in drawn), default=_NARROWEST)
    with st.grid(2, min_column_width=2 * width + _GAP):
        for first in range(0, len(drawn), 2):
            with st.grid(2, min_column_width=width, height="stretch"):
                for card in drawn[first : first + 2]:
                    draw(card)


def narrowest(value: str) -> int:
    """Return how many pixels a card needs, so that Streamlit does not cut its value."""
    inside = sum(_THIN if letter in ",. " else _LETTER for letter in value)
    return _NARROWEST if inside <= _FITS else inside + _AROUND


def appear_first() -> None:
    """Give the browser a moment to paint the cards, on the first page of a session only.

    Loading the chart library keeps a browser busy for a second or more; without the pause it comes
    before the numbers, which then appear about a second later (measured on two cores).
    """
    if not st.session_state.get(_PAINTED):
        st.session_state[_PAINTED] = True
        time.sleep(PAINT_SECONDS)


def explanation(metric: Metric) -> str:
    """Return what a metric is, and how it is computed, for a tooltip."""
    return f"{metric.description}\n\n`{metric.name}` = {metric.formula}"


def _line_type(metric: Metric, figures: Figures, points: int) -> LineType:
    """A sum stands on zero, as bars or, where they are many, as an area; a rate is a line."""
    if figures.level not in metric.adds_over_time:
        return "line"
    return "bar" if points <= _MOST_BARS else "area"


def _unknown(metric: Metric) -> str:
    return f"Not known for these days: nothing to compute it from.\n\n{explanation(metric)}"


def _change(
    metric: Metric, figures: Figures, view: View
) -> tuple[str | int | None, Arrow, Colour, str]:
    if view.compared is None:
        return None, "off", "gray", compared_words(view)
    now, before = (figures.value(metric.name, one) for one in (view.period, view.compared))
    moved = change(metric.unit, now, before, figures.currency)
    words = compared_words(view)
    if moved is None:
        return None, "off", "gray", _no_change(now, before)
    if moved.sign == 0:
        return 0, "off", "gray", "unchanged"  # more would be cut on a phone
    return moved.text, *_signs(metric, moved.sign), words


def _no_change(now: Value, before: Value) -> str:
    """Return why a card has no change; nothing where its values have no order."""
    if now is None:
        return "not known for these days"
    return "not known before" if before is None else ""


def _signs(metric: Metric, sign: int) -> tuple[Arrow, Colour]:
    """Return arrow and colour of a change that has a sign."""
    arrow: Arrow = "up" if sign > 0 else "down"
    if metric.direction is Direction.NEUTRAL:
        return arrow, "gray"
    return arrow, "blue" if (sign > 0) == (metric.direction is Direction.UP) else "orange"
