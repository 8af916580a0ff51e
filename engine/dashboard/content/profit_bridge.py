"""Profit bridge: each step from the list price to the net profit, as bars and as a table."""

from __future__ import annotations

from enum import StrEnum
from functools import partial

import streamlit as st

from engine.dashboard import pages, tables
from engine.dashboard.bounds import partial_words
from engine.dashboard.bridge import (
    FEE_KINDS,
    LADDER,
    Step,
    bridge_of,
    every_cost,
    per,
    subtotals,
    without_empty,
)
from engine.dashboard.charts.chart import draw as draw_chart
from engine.dashboard.charts.waterfall import bridge_chart
from engine.dashboard.content import parts
from engine.dashboard.content.parts import ends_here
from engine.dashboard.content.profit_steps import steps_table
from engine.dashboard.data import Figures, entity_figures, explained
from engine.dashboard.drill import leave_for, pick_entity
from engine.dashboard.filter_bar import choose
from engine.dashboard.metric_names import at_level
from engine.dashboard.page_run import PageRun
from engine.dashboard.questions import NET_PROFIT, REVENUE
from engine.metrics.explain_nodes import Node
from engine.metrics.model import LISTING, PRODUCT, SHOP, Level
from engine.money import currency_digits

Subject = tuple[Level, int | str]  # one listing or SKU
_PAGE = "profit-bridge"
ORDERS, UNITS = at_level(SHOP, "orders", "units_sold")
_PARCEL_STEPS = at_level(SHOP, "shipping_income", "postage", "duty", "import_tax", "carrier_fee")
# The page that says most about a step; the others are told by Products.
COST_PAGES = {
    **dict.fromkeys(at_level(SHOP, "returns_value", "refund_excess"), pages.REFUNDS),
    **dict.fromkeys(_PARCEL_STEPS, pages.SHIPPING),
    **dict.fromkeys((*FEE_KINDS, *at_level(SHOP, "platform_fees")), pages.FEES),
    **dict.fromkeys(at_level(SHOP, "ad_spend", "offsite_ads_fees"), pages.ADS),
}


class Detail(StrEnum):
    """How many bars. The labels stand in addresses, so they never change."""

    BY_COST = "By cost"
    SHORT = "Short"
    FULL = "Full"


class Per(StrEnum):
    """What the amounts are for. The labels stand in addresses, so they never change."""

    TOTAL = "Total"
    ORDER = "Order"
    UNIT = "Unit"
    HUNDRED = "100 of net revenue"


class Whose(StrEnum):
    """Whose bridge it is. The labels stand in addresses, so they never change."""

    SHOP = "Shop"
    LISTING = "Listing"
    SKU = "SKU"


def draw(run: PageRun) -> None:
    """Draw the page."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        detail = Detail(choose("Steps", list(Detail), "steps"))
        basis = Per(choose("Per", list(Per), "per"))
        whose = Whose.SHOP
        if not run.analytics.holds_all_shops:
            whose = Whose(choose("Level", list(Whose), "level"))
    subject = _subject(run, whose)
    figures = _figures(run, subject)
    steps = _steps(run, figures, detail)
    if not figures.value(ORDERS, run.view.period) and _ends_without_sales(run, subject, steps):
        return
    shown = _divided(steps, basis, figures, run)
    if shown is None:
        st.info(
            f"There is no {basis.value.lower()} to share the amounts by in this range.",
            title="Nothing to divide by",
        )
        return
    if basis is not Per.TOTAL:
        st.caption("Each amount is divided and rounded for itself; bars may differ by a cent.")
    with st.container(border=True):
        draw_chart(bridge_chart(without_empty(shown), run.currency), "bridge")
    said = partial_words(NET_PROFIT, figures, run.view.period)
    if said:
        st.caption(said)
    _table(run, figures, subject, steps, shown)


def _subject(run: PageRun, whose: Whose) -> Subject | None:
    """Return the listing or SKU that is chosen; None is the shop."""
    if whose is Whose.SHOP:
        return None
    level = LISTING if whose is Whose.LISTING else PRODUCT
    entity = pick_entity(run, level, nothing="Whole shop")
    return None if entity is None else (level, entity)


def _figures(run: PageRun, subject: Subject | None) -> Figures:
    if subject is None:
        return run.figures
    return entity_figures(run.analytics, *subject, run.view.periods, run.view.dating)


def _ends_without_sales(run: PageRun, subject: Subject | None, steps: list[Step]) -> bool:
    """Say that nothing was sold; whether nothing else fell into the range either."""
    if any(step.amount for step in steps):
        st.info(
            "What is below are refunds, fees and other costs that still fell into it.",
            title="No sales in this range",
        )
        return False
    if subject is not None or not ends_here(run):
        st.info("Nothing of it is in the figures either.", title="No sales in this range")
    return True


def _steps(run: PageRun, figures: Figures, detail: Detail) -> list[Step]:
    ladder = every_cost() if detail is Detail.FULL else LADDER
    steps = bridge_of(figures, run.view.period, ladder)
    return subtotals(steps) if detail is Detail.SHORT else steps


def _divided(steps: list[Step], basis: Per, figures: Figures, run: PageRun) -> list[Step] | None:
    """Return the amounts for one order, unit or hundred; None where there is none of them."""
    if basis is Per.TOTAL:
        return steps
    name = {Per.ORDER: ORDERS, Per.UNIT: UNITS, Per.HUNDRED: REVENUE}[basis]
    among = figures.value(name, run.view.period)
    if not isinstance(among, int) or among <= 0:
        return None
    hundred: int = 100 * 10 ** currency_digits(run.currency)
    return per(steps, among, hundred if basis is Per.HUNDRED else 1)


def _table(
    run: PageRun, figures: Figures, subject: Subject | None, steps: list[Step], shown: list[Step]
) -> None:
    """Draw the steps with their share of net revenue, what they were before, and their sources."""
    table = steps_table(run, figures, steps, shown, _traced(run, subject))
    parts.heading(run, _PAGE, "Step by step", "steps", partial(table.sheet, run.currency))
    tables.draw(table, run.currency, ids=[step.metric for step in steps], opens=_open_cost)


def _traced(run: PageRun, subject: Subject | None) -> Node | None:
    """Draw the wish to know what is behind each step, and return the profit opened to its rows.

    All shops together have no rows of their own.
    """
    if run.analytics.holds_all_shops:
        return None
    wanted = st.toggle(
        "Basis and rows behind each step",
        key="traced",
        bind="query-params",
        help="Opens the profit down to its rows; in a long range of a large shop that takes a "
        "few seconds.",
    )
    if not wanted:
        return None
    level, entity = subject or (SHOP, run.analytics.shop.shop_id)
    return explained(run.analytics, NET_PROFIT, level, entity, run.view.period, run.view.dating)


def _open_cost(metric: str) -> None:
    """Open the page of the cost, with the same filters."""
    leave_for(COST_PAGES.get(metric, pages.PRODUCTS), {})
