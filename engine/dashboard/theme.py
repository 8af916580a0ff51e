"""The colours that mean something, and the frame of every chart.

The same thing has the same colour on every page, in light and in dark: gains blue, losses
vermilion, what is compared with grey and dashed. Page and text colours are the theme's own, in
`.streamlit/config.toml`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go

BLUE = "#0072B2"
VERMILION = "#D55E00"
GREEN = "#009E73"
PURPLE = "#CC79A7"
GREY = "#767676"
PALETTE = (BLUE, VERMILION, GREEN, PURPLE, GREY)

GAIN, LOSS, COMPARED, SUBTOTAL = BLUE, VERMILION, GREY, GREY

_FAINTEST, _DEEPEST = 0.06, 0.5  # under numbers that stay readable in light and in dark

# No tool bar: charts are to look at, tables and pickers are to work with.
PLAIN: dict[str, Any] = {"displayModeBar": False, "scrollZoom": False, "doubleClick": False}


_AXIS = {"automargin": True, "fixedrange": True, "separatethousands": True}
_LAYOUT: dict[str, Any] = {
    "margin": {"l": 8, "r": 8, "t": 8, "b": 8},
    "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "xanchor": "left"},
    "hovermode": "x unified",
    "dragmode": False,
    "bargap": 0.25,
}


def frame(
    traces: Sequence[Any],
    *,
    height: int,
    across: Mapping[str, Any] | None = None,
    up: Mapping[str, Any] | None = None,
    **layout: Any,
) -> go.Figure:
    """Return traces in the margins, with the legend and the hover box that all charts share.

    height: pixels. across, up: more of the axes; layout: more of the rest. All in one step: updates
    of a figure that exists take ten times as long.
    """
    axes = {"xaxis": {**_AXIS, **(across or {})}, "yaxis": {**_AXIS, **(up or {})}}
    return go.Figure(list(traces), {"height": height, **_LAYOUT, **axes, **layout})


def of_value(value: float | str | None) -> str:
    """Return the colour of a bar: below zero it is a loss."""
    return LOSS if isinstance(value, (int, float)) and value < 0 else GAIN


def see_through(colour: str, depth: float) -> str:
    """Return a colour that lets through what is behind it; depth: 0..1, 1 lets nothing through."""
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgba({red}, {green}, {blue}, {depth:.2f})"


def shade(is_gain: bool, depth: float) -> str:
    """Return the colour behind a number of a table: the deeper the larger; depth: 0..1."""
    return see_through(GAIN if is_gain else LOSS, _FAINTEST + depth * (_DEEPEST - _FAINTEST))
