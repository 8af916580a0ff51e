"""Shipping & duties: where parcels earn or lose, and whether postage is priced right."""

from __future__ import annotations

from functools import partial

import streamlit as st

from engine.dashboard import states
from engine.dashboard.content import parts, shipping_lanes, shipping_losers
from engine.dashboard.metric_names import at_level
from engine.dashboard.page_run import PageRun
from engine.metrics.formats import text
from engine.metrics.model import SHOP, Unit
from engine.metrics.registry import REGISTRY

_PAGE = "shipping"
CARDS = at_level(
    SHOP,
    "shipping_income",
    "fulfilment_cost",
    "shipping_result",
    "duty",
    "import_tax",
    "carrier_fee",
    "fulfilment_cost_per_parcel",
    "parcels",
)
MEASURES = at_level(
    SHOP,
    "shipping_result",
    "shipping_income",
    "fulfilment_cost",
    "postage",
    "duty",
    "import_tax",
    "carrier_fee",
    "fulfilment_cost_per_parcel",
    "landed_cost_per_order",
    "parcels",
    "weight_coverage",
)
_WEIGHED, _PARCELS = at_level(SHOP, "weight_coverage", "parcels")


def draw(run: PageRun) -> None:
    """Draw the page."""
    if not run.figures.value(_PARCELS, run.view.period):
        st.info("No order of this range has a parcel.", title="Nothing was shipped in this range")
        states.offer_nearest(run, _PARCELS)
        return
    parts.draw_cards(run, CARDS)
    covered = text(Unit.SHARE, run.figures.value(_WEIGHED, run.view.period), run.currency)
    st.caption(f"{REGISTRY[_WEIGHED].label}: {covered}. What is not known is not subtracted.")
    parts.draw_measure(run, _PAGE, MEASURES)
    parts.draw_tabs(
        {
            "Lanes": partial(shipping_lanes.draw, run),
            "Losing parcels": partial(shipping_losers.draw_parcels, run),
            "To the US": partial(shipping_losers.draw_to_duty_country, run),
            "By weight": partial(shipping_losers.draw_weights, run),
        },
        key="shipping",
    )
