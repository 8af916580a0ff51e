"""One metric of the glossary by itself: what it is, what it is now, what it is made of and where.

Written from the registry and from the metrics that pages name; nothing of it is typed here.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import streamlit as st

from engine.dashboard import bridge, cards, pages
from engine.dashboard.content import (
    ads,
    compare,
    customers,
    data_health,
    fees,
    glossary,
    inventory,
    listings,
    orders,
    overview,
    products,
    refunds,
    shipping,
    shipping_lanes,
)
from engine.dashboard.content.entity_page import EntityPage
from engine.dashboard.page_run import PageRun
from engine.dashboard.pages import PAGES
from engine.dashboard.wording import listed
from engine.metrics.model import SHOP, Metric
from engine.metrics.registry import REGISTRY


def _of_entities(page: EntityPage) -> tuple[str, ...]:
    return (*page.columns, *page.cards, *page.measures, *page.traffic)


# The metrics that each page names.
SHOWN: dict[Path, tuple[str, ...]] = {
    pages.OVERVIEW: (*overview.CARDS, *overview.MEASURES),
    pages.PROFIT_BRIDGE: bridge.METRICS,
    pages.COMPARE: compare.MEASURES,
    pages.LISTINGS: _of_entities(listings.PAGE),
    pages.PRODUCTS: _of_entities(products.PAGE),
    pages.ORDERS: orders.CARDS,
    pages.CUSTOMERS: (*customers.CARDS, *customers.MEASURES, *customers.VALUE_CARDS),
    pages.SHIPPING: (*shipping.CARDS, *shipping.MEASURES, *shipping_lanes.BY_COLUMNS),
    pages.REFUNDS: (*refunds.CARDS, *refunds.MEASURES, *refunds.COLUMNS),
    pages.FEES: (*fees.CARDS, *fees.MEASURES, *fees.COLUMNS),
    pages.ADS: (*ads.CARDS, *ads.MEASURES, *ads.COLUMNS),
    pages.INVENTORY: (*inventory.CARDS, *inventory.COLUMNS),
    pages.DATA_HEALTH: data_health.CARDS,
}


def draw(metric: Metric, run: PageRun | None) -> None:
    """Draw one metric; `run` has its value, None where there are no figures."""
    st.header(metric.label)
    st.markdown(metric.description)
    if run is not None:
        _draw_value(metric, run)
    st.markdown(glossary.facts_table(glossary.facts(metric) | _made_of(metric)))
    shown = [page for page in PAGES if metric.name in SHOWN.get(page.path, ())]
    if shown:
        st.subheader("Shown on")
        with st.container(horizontal=True):
            for page in shown:
                st.page_link(page.path, label=page.title)


def _draw_value(metric: Metric, run: PageRun) -> None:
    if SHOP not in metric.levels:
        st.caption("A figure of a listing or SKU; the whole shop has none.")
        return
    with st.container(width=280):
        cards.draw(cards.metric_card(metric.name, run.figures, run.view))
    st.page_link(pages.OVERVIEW, label="Open it to its rows", query_params={"explain": metric.name})


def _made_of(metric: Metric) -> dict[str, str]:
    return {
        "Source columns": _names(sources_of(metric.name)),
        "Part of": _names(
            one.name for one in REGISTRY.metrics.values() if metric.name in one.formula.inputs
        ),
        "Defined since": f"version {metric.since} of the definitions",
    }


def sources_of(name: str) -> list[str]:
    """Return what a metric is made of in the end: columns of the ledger, counts, facts, states."""
    if name not in REGISTRY.metrics:
        return [name]
    inputs = REGISTRY[name].formula.inputs
    return list(dict.fromkeys(source for one in inputs for source in sources_of(one)))


def _names(names: Iterable[str]) -> str:
    return listed([f"`{name}`" for name in names]) or "none"
