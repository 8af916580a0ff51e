"""The form of What-if: what the reader supposes, of whom, and the same in words.

Every field stands in the address, so a link is a supposition. Per cent become parts per million.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import streamlit as st

from engine.dashboard import drill
from engine.dashboard.filter_bar import pick
from engine.dashboard.page_run import PageRun
from engine.dashboard.wording import listed
from engine.ledger.changed_inputs import Changes
from engine.metrics.formats import text
from engine.metrics.model import LISTING, PRODUCT, Unit
from engine.metrics.what_if import Scope
from engine.money import currency_digits

_PPM = 10_000  # a per cent
_LOWEST, _HIGHEST = -100.0, 1_000.0
_IN_FORCE = "Added to the rate in force."
UNIT_PRICE = "unit price"


@dataclass(frozen=True, slots=True)
class Field:
    """One number of the form: its key in the address, the change it makes, and its words."""

    key: str
    change: str
    label: str
    unit: str
    help: str


FIELDS = (
    Field("price", "price", "Prices", "%", "Of every line, rounded to what can be charged."),
    Field("discount", "discount", "Discounts", "%", "Of every order that has one."),
    Field("cost", "unit_cost", "Unit costs", "%", "Of goods whose cost is known."),
    Field("carrier", "carrier_price", "Carrier prices", "%", "Of the price lists, in every tier."),
    Field("weight", "weight", "Weights", "%", "The desi of every unit of these orders."),
    Field("duty", "duty", "Duty rate", "points", "Added to each rate of the duty table."),
    Field("transaction", "transaction_fee", "Transaction fee", "points", _IN_FORCE),
    Field("processing", "processing_fee", "Processing fee", "points", _IN_FORCE),
    Field("regulatory", "regulatory_fee", "Regulatory fee", "points", _IN_FORCE),
    Field("conversion", "conversion_fee", "Conversion fee", "points", _IN_FORCE),
    Field("vat", "vat_on_fees", "VAT on fees", "points", _IN_FORCE),
    Field("offsite", "offsite_ads_fee", "Offsite ads fee", "points", _IN_FORCE),
    Field("returns", "refunds", "Refunds", "%", "All amounts of the refunds dated in the range."),
    Field("units", "units", "Units", "%", "Your own assumption: as many more orders alike."),
    Field("ads", "ad_spend", "Ad spend", "%", "The spend alone; what ads bring stays as it was."),
)
# What a reader may try first: words, and the fields that are filled in.
EXAMPLES = (
    ("Prices 5 % up, 3 % fewer units", {"price": 5.0, "units": -3.0}),
    ("Carrier prices 10 % up", {"carrier": 10.0}),
    ("Half as many refunds", {"returns": -50.0}),
)


class Whose(StrEnum):
    """Whose orders change. The values stand in addresses, so they never change."""

    SHOP = "shop"
    COUNTRY = "country"
    LISTING = "listing"
    SKU = "sku"


_WHOSE_WORDS = {
    Whose.SHOP: "Whole shop",
    Whose.COUNTRY: "One country",
    Whose.LISTING: "One listing",
    Whose.SKU: "One SKU",
}


def choose_scope(run: PageRun) -> Scope:
    """Draw whose orders change, and return it."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        with st.container(width=200):
            whose = Whose(
                pick(
                    "Change it for", list(Whose), lambda one: _WHOSE_WORDS[Whose(one)], key="whose"
                )
            )
        if whose is Whose.COUNTRY:
            countries = sorted(run.analytics.snapshot.ledger.orders.countries)
            with st.container(width=200):
                return Scope(country=pick("Country", countries, str, key="country"))
        if whose is Whose.LISTING:
            return Scope(listing=drill.pick_entity(run, LISTING, nothing="All listings"))
        if whose is Whose.SKU:
            return Scope(sku=drill.pick_entity(run, PRODUCT, nothing="All SKUs"))
    return Scope()


def choose_changes(scope: Scope, currency: str) -> Changes:
    """Draw the form, and return what it says; one listing or SKU can have a price of a unit."""
    with st.form("what if", border=True):
        with st.grid(5, min_column_width=150):
            unit_price = _unit_price(scope, currency)
            for field in FIELDS:
                st.number_input(
                    f"{field.label}, ± {field.unit}",
                    _LOWEST,
                    _HIGHEST,
                    0.0,
                    step=1.0,
                    format="%.2f",
                    key=field.key,
                    bind="query-params",
                    help=field.help,
                )
        st.form_submit_button("Run")
    said = {one.change: round(float(st.session_state[one.key] or 0) * _PPM) for one in FIELDS}
    if unit_price is not None:
        said["price"] = 0  # it takes the place of a change of the prices
    return Changes(**said, unit_price=unit_price)


def _unit_price(scope: Scope, currency: str) -> int | None:
    """Draw the field of a price for every unit alike, and return it in minor units."""
    if scope.listing is None and scope.sku is None:
        return None
    digits = currency_digits(currency)
    typed = st.number_input(
        f"Price of a unit, {currency}",
        0.0,
        value=0.0,
        step=1.0,
        format=f"%.{digits}f",
        key=UNIT_PRICE,
        bind="query-params",
        help="Charged on every unit alike, in place of the change in per cent. 0 changes nothing.",
    )
    return round(float(typed or 0) * 10**digits) or None


def draw_examples() -> None:
    """Say what the form is for, with examples that fill it in."""
    st.info(
        "Change a number and press Run: the orders of the range are worked out again. How buyers "
        "would have answered is for you to suppose, as units.",
        title="Nothing is supposed yet",
    )
    with st.container(horizontal=True):
        for words, values in EXAMPLES:
            st.button(words, on_click=_fill, args=(values,))


def clear() -> None:
    """Set every field back to nothing; for the callback of a button."""
    _fill({})


def words_of(changes: Changes, currency: str) -> str:
    """Return what is supposed in words: `Prices +5 %, transaction fee −1 point`."""
    said = []
    if changes.unit_price is not None:
        said.append(f"{text(Unit.MONEY, changes.unit_price, currency)} a unit")
    for field in FIELDS:
        ppm = getattr(changes, field.change)
        if ppm:
            size = f"{abs(ppm) / _PPM:,.4f}".rstrip("0").rstrip(".")
            said.append(f"{field.label.lower()} {'+' if ppm > 0 else '−'}{size} {field.unit}")
    words = listed(said)
    return words[:1].upper() + words[1:]


def scope_words(scope: Scope, listing: str) -> str:
    """Return whose orders change, in words; `listing` names the listing."""
    if scope.country is not None:
        return f"orders to {scope.country}"
    if scope.listing is not None:
        return f"orders of {listing}"
    return "all orders" if scope.sku is None else f"orders of {scope.sku}"


def _fill(values: dict[str, float]) -> None:
    st.session_state[UNIT_PRICE] = 0.0
    for field in FIELDS:
        st.session_state[field.key] = values.get(field.key, 0.0)
