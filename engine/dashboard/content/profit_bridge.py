"""Profit bridge: each step from the list price to the net profit, as bars and as a table."""

from __future__ import annotations

from enum import StrEnum
from functools import partial

import streamlit as st

from engine.dashboard import pages, tables
from engine.dashboard.bridge import (
    FEE_KINDS,
    LADDER,
    Step,
    amount_text,
    amounts_of,
    bridge_steps,
    every_cost,
    per,
    subtotals,
    without_empty,
)
from engine.dashboard.charts.chart import draw as draw_chart
from engine.dashboard.charts.waterfall import bridge_chart
from engine.dashboard.content import parts
from engine.dashboard.content.parts import ends_here
from engine.dashboard.data import Figures, entity_figures
from engine.dashboard.drill import leave_for, pick_entity
from engine.dashboard.metric_names import at_level
from engine.dashboard.page_run import PageRun
from engine.dashboard.sheets import Cell
from engine.dashboard.tables import Heading, Table
from engine.metrics.model import LISTING, PRODUCT, SHOP, Unit
from engine.metrics.registry import REGISTRY
from engine.money import currency_digits, round_div

_PAGE = "profit-bridge"
ORDERS, UNITS, REVENUE = at_level(SHOP, "orders", "units_sold", "net_revenue")
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
        detail = Detail(_control("Steps", Detail, "steps"))
        basis = Per(_control("Per", Per, "per"))
        whose = Whose.SHOP
        if not run.analytics.holds_all_shops:
            whose = Whose(_control("Level", Whose, "level"))
    figures = _figures(run, whose)
    if figures is run.figures and ends_here(run):
        return
    steps = _steps(run, figures, detail)
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
    _table(run, figures, steps, shown)


def _control(label: str, options: type[StrEnum], key: str) -> str:
    words = [str(option) for option in options]
    chosen = st.segmented_control(
        label, words, default=words[0], required=True, key=key, bind="query-params"
    )
    return chosen if chosen in words else words[0]


def _figures(run: PageRun, whose: Whose) -> Figures:
    if whose is Whose.SHOP:
        return run.figures
    level = LISTING if whose is Whose.LISTING else PRODUCT
    entity = pick_entity(run, level, nothing="Whole shop")
    if entity is None:
        return run.figures
    return entity_figures(run.analytics, level, entity, run.view.periods, run.view.dating)


def _steps(run: PageRun, figures: Figures, detail: Detail) -> list[Step]:
    ladder = every_cost() if detail is Detail.FULL else LADDER
    steps = bridge_steps(amounts_of(figures, run.view.period), ladder)
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


def _table(run: PageRun, figures: Figures, steps: list[Step], shown: list[Step]) -> None:
    """Draw the steps with their share of net revenue and what they were before."""
    table = steps_table(run, figures, steps, shown)
    parts.heading(run, _PAGE, "Step by step", "steps", partial(table.sheet, run.currency))
    tables.draw(table, run.currency, ids=[step.metric for step in steps], opens=_open_cost)


def steps_table(run: PageRun, figures: Figures, steps: list[Step], shown: list[Step]) -> Table:
    """Return one row a step: amount, share of net revenue, and the same before."""
    view = run.view
    revenue = figures.value(REVENUE, view.period)
    before = view.compared if shown == steps else None
    headings = [
        Heading("step", "Step"),
        Heading("amount", "Amount", Unit.MONEY),
        Heading("share", f"Share of {REGISTRY[REVENUE].label.lower()}", Unit.SHARE),
    ]
    if before is not None:
        headings.append(Heading("before", "Compared with", Unit.MONEY))
    rows: list[tuple[Cell, ...]] = []
    for step, one in zip(steps, shown, strict=True):
        cells: list[Cell] = [
            f"= {step.label}" if step.is_total else step.label,
            one.amount,
            _share(step.amount, revenue),
        ]
        if before is not None:
            value = figures.value(step.metric, before)
            sign = -1 if _is_taken(step) else 1
            cells.append(sign * value if isinstance(value, int) else None)
        rows.append(tuple(cells))
    alt = f"From {amount_text(shown[0], run.currency)} to {amount_text(shown[-1], run.currency)}"
    return Table("steps", tuple(headings), tuple(rows), alt)


def _is_taken(step: Step) -> bool:
    """Whether the ladder subtracts this step."""
    signs = {name: sign for _, parts in every_cost() + LADDER for sign, name in parts}
    return not step.is_total and signs[step.metric] < 0


def _share(amount: int, revenue: object) -> float | None:
    if not isinstance(revenue, int) or revenue <= 0:
        return None
    return round_div(amount * 1_000_000, revenue) / 1_000_000


def _open_cost(metric: str) -> None:
    """Open the page of the cost, with the same filters."""
    leave_for(COST_PAGES.get(metric, pages.PRODUCTS), {})
