"""Shipping & duties: where parcels earn or lose, and whether postage is priced right."""

from __future__ import annotations

import streamlit as st

from engine.dashboard import drill, pages
from engine.dashboard.content import parts
from engine.dashboard.grids import Grid
from engine.dashboard.metric_names import at_level
from engine.dashboard.page_run import PageRun
from engine.metrics.formats import text
from engine.metrics.model import PRODUCT, SHOP, Unit
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
COLUMNS = at_level(
    PRODUCT,
    "shipping_result",
    "orders",
    "parcels",
    "shipping_income",
    "postage",
    "duty",
    "import_tax",
    "carrier_fee",
    "landed_cost_per_order",
    "contribution_profit",
    "contribution_margin",
)
_WEIGHED, _PARCELS = at_level(SHOP, "weight_coverage", "parcels")
_SKUS = Grid("skus", "SKU", "SKUs", COLUMNS, COLUMNS[0], ascending=True)


def draw(run: PageRun) -> None:
    """Draw the page."""
    if not run.figures.value(_PARCELS, run.view.period):
        st.info("No order of this range has a parcel.", title="Nothing was shipped in this range")
        return
    parts.draw_cards(run, CARDS)
    covered = text(Unit.SHARE, run.figures.value(_WEIGHED, run.view.period), run.currency)
    st.caption(f"{REGISTRY[_WEIGHED].label}: {covered}. What is not known is not subtracted.")
    parts.draw_measure(run, _PAGE, MEASURES)
    st.subheader("Where parcels cost more than buyers pay for them")
    parts.draw_grid(run, _PAGE, PRODUCT, _SKUS, drill.on_page(pages.PRODUCTS, "sku"))
