"""The colours that mean something, and the frame of every chart.

The same thing has the same colour on every page, in light and in dark: gains blue, losses
vermilion, what is compared with grey and dashed. Page and text colours are the theme's own, in
`.streamlit/config.toml`.
"""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go

BLUE = "#0072B2"
VERMILION = "#D55E00"
GREEN = "#009E73"
PURPLE = "#CC79A7"
GREY = "#767676"
PALETTE = (BLUE, VERMILION, GREEN, PURPLE, GREY)

GAIN, LOSS, COMPARED, SUBTOTAL = BLUE, VERMILION, GREY, GREY
# Bars let the dashed line of the comparison show through; their outline keeps the full colour.
SEE_THROUGH_BLUE = "rgba(0, 114, 178, 0.45)"

# No tool bar: charts are to look at, tables and pickers are to work with.
PLAIN: dict[str, Any] = {"displayModeBar": False, "scrollZoom": False, "doubleClick": False}


def frame(figure: go.Figure, *, height: int) -> go.Figure:
    """Give a figure the margins, legend and hover box that all charts share."""
    figure.update_layout(
        height=height,
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "xanchor": "left"},
        hovermode="x unified",
        dragmode=False,
        bargap=0.25,
    )
    figure.update_xaxes(automargin=True, fixedrange=True, separatethousands=True)
    figure.update_yaxes(automargin=True, fixedrange=True, separatethousands=True)
    return figure
