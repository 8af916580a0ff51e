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
from engine.metrics.model import LISTING, PRODUCT
from engine.metrics.what_if import Scope

_PPM = 10_000  # a per cent
_LOWEST, _HIGHEST = -100.0, 1_000.0


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
    Field("cost", "unit_cost", "Unit costs", "%", "Of goods whose cost is known."),
    Field("carrier", "carrier_price", "Carrier prices", "%", "Of the price lists, in every tier."),
    Field("duty", "duty", "Duty rate", "points", "Added to each rate of the duty table."),
    Field(
        "transaction", "transaction_fee", "Transaction fee", "points", "Added to the rate in force."
    ),
    Field(
        "processing", "processing_fee", "Processing fee", "points", "Added to the rate in force."
    ),
    Field("offsite", "offsite_ads_fee", "Offsite ads fee", "points", "Added to the rate in force."),
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


def choose_changes() -> Changes:
    """Draw the form, and return what it says."""
    with st.form("what if", border=True):
        with st.grid(5, min_column_width=150):
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
    return Changes(
        **{one.change: round(float(st.session_state[one.key] or 0) * _PPM) for one in FIELDS}
    )


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


def words_of(changes: Changes) -> str:
    """Return what is supposed in words: `Prices +5 %, transaction fee −1 point`."""
    said = []
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
    for field in FIELDS:
        st.session_state[field.key] = values.get(field.key, 0.0)
