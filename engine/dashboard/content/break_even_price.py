"""What a unit must cost for a SKU to lose nothing in the range; asked for, as it takes a moment."""

from __future__ import annotations

import streamlit as st

from engine.dashboard.kept import kept
from engine.dashboard.metric_names import at_level
from engine.dashboard.page_run import PageRun
from engine.dashboard.wording import escape
from engine.metrics.break_even import BreakEven
from engine.metrics.formats import text
from engine.metrics.model import PRODUCT, Unit
from engine.metrics.registry import REGISTRY

(PROFIT,) = at_level(PRODUCT, "contribution_profit")


def break_even_of(run: PageRun, sku: str, country: str | None = None) -> BreakEven:
    """Return the engine's answer, worked out once for a version of the figures."""
    return kept(
        run.analytics.break_even,
        sku,
        run.view.period,
        country=country,
        refund_dating=run.view.dating,
    )


def draw(run: PageRun, sku: str) -> None:
    """Say the break-even price of a SKU over the range."""
    found = break_even_of(run, sku)
    st.markdown(words_of(found, sku, run.currency))
    st.caption(
        "Charged on every unit of the range, all else being equal: fees and refunds move with it."
        + (" Costs of its orders that are not known would raise it." if found.lacks_costs else "")
    )


def words_of(found: BreakEven, sku: str, currency: str) -> str:
    """Return what the break-even price of a SKU is, and what it was sold for, in a sentence."""
    name = escape(sku)
    if not found.units:
        return f"**{name}** was not sold in the range, so there is no break-even price."
    profit = text(Unit.MONEY, found.profit, currency)
    sold = (
        f"{found.units:,} units for {text(Unit.MONEY, found.list_value, currency)} before "
        f"discounts came to a {REGISTRY[PROFIT].label.lower()} of {profit}"
    )
    if found.price is None:
        return f"**{name}** loses at any price: {sold}."
    return f"**Break-even price of {name}: {price_words(found, currency)} a unit.** {sold}."


def price_words(found: BreakEven, currency: str) -> str:
    """Return the price, marked as a low end where costs of the orders are missing."""
    return f"{'≥ ' if found.lacks_costs else ''}{text(Unit.MONEY, found.price, currency)}"
