"""Shipping & duties: the parcels that cost more than was paid for them, and what weight costs."""

from __future__ import annotations

from functools import partial
from typing import Any

import streamlit as st

from engine.dashboard import drill, pages, tables
from engine.dashboard.charts.chart import draw as draw_chart
from engine.dashboard.charts.columns import columns_in_order
from engine.dashboard.content import parts
from engine.dashboard.content.break_even_price import break_even_of, price_words
from engine.dashboard.content.order_list import draw_orders
from engine.dashboard.data import breakdown_rows, order_rows
from engine.dashboard.kept import kept
from engine.dashboard.metric_names import at_level
from engine.dashboard.page_run import PageRun
from engine.dashboard.sheets import Cell, Sheet
from engine.dashboard.tables import Heading, Table, of_metric
from engine.metrics.formats import known
from engine.metrics.model import SHOP, Unit
from engine.metrics.registry import REGISTRY
from engine.money import round_div

_PAGE = "shipping"
DUTY_COUNTRY = "US"  # where parcels pay duty, import tax and a fee of the carrier for both
PARCEL_COLUMNS = at_level(
    SHOP,
    "shipping_result",
    "shipping_income",
    "postage",
    "duty",
    "import_tax",
    "carrier_fee",
    "contribution_profit",
)
WEIGHT_COLUMNS = at_level(
    SHOP,
    "parcels",
    "fulfilment_cost_per_parcel",
    "shipping_income",
    "postage",
    "duty",
    "import_tax",
    "carrier_fee",
    "shipping_result",
)
MOST_PRICES = 20  # each takes a moment
_BREAK_EVEN_HELP = f"Worked out for the {MOST_PRICES} largest losses; it takes a few seconds."
_PRICE = Heading("price", "Price of a unit", Unit.MONEY, "Before discounts, the mean of the range.")
# A price to break even in words on the page, and as a number with its mark in a file.
_IN_WORDS = (
    _PRICE,
    Heading(
        "break_even",
        "Break-even price",
        help="Of a unit, in the orders there alone; ≥ where costs of them are not known.",
        is_amount=True,
    ),
)
_IN_A_FILE = (
    _PRICE,
    Heading("break_even", "Break-even price", Unit.MONEY),
    Heading("break_even_is_low_end", "Low end"),
)
_RESULT, _PROFIT = PARCEL_COLUMNS[0], PARCEL_COLUMNS[-1]
_PER_PARCEL = WEIGHT_COLUMNS[1]


def draw_parcels(run: PageRun) -> None:
    """Draw the orders whose parcels cost more than the buyer paid for shipping, worst first."""
    only = st.toggle(f"Only to {DUTY_COUNTRY}", key="only us", bind="query-params")
    frame = order_rows(run.analytics, run.view.period, run.view.dating, metrics=PARCEL_COLUMNS)
    losing = frame["is_placed"] & (frame[_RESULT] < 0)
    if only:
        losing &= (frame["country"] == DUTY_COUNTRY).fillna(value=False)
    chosen = frame[losing.astype(bool)].sort_values(_RESULT, kind="stable")
    if chosen.empty:
        st.success("Every parcel of these days was paid for in full.", title="No parcel loses")
        return
    opens = drill.on_page(pages.ORDERS, "order")
    draw_orders(run, chosen, _PAGE, opens, PARCEL_COLUMNS)
    placed = len(frame[frame["is_placed"]])
    st.caption(f"{len(chosen):,} of {placed:,} orders of these days, the largest loss first.")


def draw_to_duty_country(run: PageRun) -> None:
    """Draw the SKUs that earn elsewhere and lose to the country with duty, and why."""
    with_prices = st.toggle(
        "With break-even prices", key="break even", bind="query-params", help=_BREAK_EVEN_HELP
    )
    table = losers_table(run, with_prices=with_prices)
    if not table.rows:
        st.success(
            f"No SKU loses to {DUTY_COUNTRY} and earns elsewhere in these days.",
            title="Nothing to mend",
        )
        return
    title = f"Earning elsewhere, losing to the {DUTY_COUNTRY}"
    make = partial(_losers_sheet, run, with_prices=with_prices)
    parts.heading(run, _PAGE, title, "losers", make)
    skus = [row[0] for row in table.rows]
    tables.draw(table, run.currency, ids=skus, opens=drill.on_page(pages.PRODUCTS, "sku"))
    st.caption(
        "The amount of a unit that differs most is what to look at first. The break-even price is "
        "the one that would have brought the orders there to zero, all else being equal."
    )


def _losers_sheet(run: PageRun, *, with_prices: bool) -> Sheet:
    table = losers_table(run, with_prices=with_prices, in_words=False)
    return table.sheet(run.currency)


def losers_table(run: PageRun, *, with_prices: bool = False, in_words: bool = True) -> Table:
    """Return one row a SKU that loses there and earns elsewhere, the largest loss first.

    With prices, the first MOST_PRICES of them have the one of a unit at which they stop to lose:
    as it is said, or as a number and whether that is the low end.
    """
    profit = REGISTRY[_PROFIT].label
    of_prices = (_IN_WORDS if in_words else _IN_A_FILE) if with_prices else ()
    headings = (
        Heading("sku", "SKU"),
        Heading("units", f"Units to {DUTY_COUNTRY}", Unit.COUNT),
        Heading("profit", f"{profit} to {DUTY_COUNTRY}", Unit.MONEY),
        Heading("profit_of_unit", "Of a unit", Unit.MONEY),
        *of_prices,
        Heading("profit_of_unit_elsewhere", "Of a unit elsewhere", Unit.MONEY),
        Heading("cause", "What differs most"),
        Heading("cause_of_unit", f"Of a unit to {DUTY_COUNTRY}", Unit.MONEY),
        Heading("cause_of_unit_elsewhere", "Elsewhere", Unit.MONEY),
    )
    found = kept(
        run.analytics.losers_to, DUTY_COUNTRY, run.view.period, refund_dating=run.view.dating
    )
    rows = tuple(
        (
            one.sku,
            one.units,
            one.profit,
            one.profit_of_unit,
            *(_prices(run, one.sku, at, in_words=in_words) if with_prices else ()),
            one.profit_of_unit_elsewhere,
            REGISTRY[one.cause].label,
            one.cause_of_unit,
            one.cause_of_unit_elsewhere,
        )
        for at, one in enumerate(found)
    )
    return Table("losers", headings, rows, f"SKUs that lose to {DUTY_COUNTRY} and earn elsewhere")


def _prices(run: PageRun, sku: str, at: int, *, in_words: bool) -> tuple[Cell, ...]:
    """Return what a unit was sold for there, and the price at which the SKU stops to lose."""
    if at >= MOST_PRICES:
        return (None,) * len(_IN_WORDS if in_words else _IN_A_FILE)
    found = break_even_of(run, sku, DUTY_COUNTRY)
    sold_for = round_div(found.list_value, found.units) if found.units else None
    if in_words:
        return sold_for, None if found.price is None else price_words(found, run.currency)
    return sold_for, found.price, "yes" if found.lacks_costs else "no"


def draw_weights(run: PageRun) -> None:
    """Draw what a parcel costs by the weight that the price list charges for."""
    table = weights_table(run)
    with st.container(border=True):
        title = "Cost of a parcel by chargeable weight"
        parts.heading(run, _PAGE, title, "by weight", partial(table.sheet, run.currency))
        at = [heading.name for heading in table.headings].index(_PER_PARCEL)
        bars = [(str(row[0]), row[at]) for row in table.rows if row[0] != parts.WITHOUT]
        chart = columns_in_order(REGISTRY[_PER_PARCEL], bars, run.currency, "Desi")
        draw_chart(chart, "weights")
    tables.draw(table, run.currency)
    st.caption(
        "Desi is the weight that carriers charge for: the larger of what a parcel weighs and what "
        "its size comes to."
    )


def weights_table(run: PageRun) -> Table:
    """Return one row a weight tier, the lightest first; what has none is last."""
    frame = breakdown_rows(run.analytics, run.view.period, "tier", WEIGHT_COLUMNS, run.view.dating)
    rows = sorted(
        (
            (_tier(row["tier"]), *(known(row[name]) for name in WEIGHT_COLUMNS))
            for row in frame.to_dict("records")
        ),
        key=lambda row: _weight(str(row[0])),
    )
    headings = (Heading("tier", "Desi"), *(of_metric(name) for name in WEIGHT_COLUMNS))
    return Table("weights", headings, tuple(rows), "Parcels by chargeable weight")


def _tier(value: Any) -> str:
    said = known(value)
    return parts.WITHOUT if said is None else str(said)


def _weight(tier: str) -> float:
    """Return what tiers are sorted by: a price list states them as numbers."""
    return float("inf") if tier == parts.WITHOUT else float(tier)
