"""The form of What-if: what the reader supposes, and of whom.

Every field stands in the address, so a link is a supposition; price files alone do not fit into it.
"""

from __future__ import annotations

from enum import StrEnum

import streamlit as st

from engine.dashboard import drill
from engine.dashboard.content import supposed_prices
from engine.dashboard.content.supposed_fields import (
    AS_IT_IS,
    BASES,
    DUTY_BASE,
    EXAMPLES,
    FIELDS,
    HIGHEST,
    LOWEST,
    PPM,
    UNIT_PRICE,
    Field,
)
from engine.dashboard.filter_bar import pick
from engine.dashboard.page_run import PageRun
from engine.ledger.changed_inputs import Changes
from engine.metrics.model import LISTING, PRODUCT
from engine.metrics.what_if import Scope
from engine.money import currency_digits


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


def choose_changes(run: PageRun, scope: Scope) -> Changes:
    """Draw the form, and return what it says; one listing or SKU can have a price of a unit.

    Raises InputFileError for a price file that is refused.
    """
    with st.form("what if", border=True):
        with st.grid(4, min_column_width=150):
            for field in FIELDS:
                if not field.is_aside:
                    _number(field)
            unit_price = _unit_price(scope, run.currency)
        with st.expander("Price files, duty and rates of fees", expanded=_is_aside_asked()):
            files = supposed_prices.upload()
            with st.grid(4, min_column_width=150):
                duty_base = st.selectbox(
                    "Duty is on",
                    list(BASES),
                    key=DUTY_BASE,
                    bind="query-params",
                    help="What the rates of the duty table are taken of.",
                )
                for field in FIELDS:
                    if field.is_aside:
                        _number(field)
        st.form_submit_button("Run")
    prices = supposed_prices.read(run.analytics, files)
    said = {one.change: round(float(st.session_state[one.key] or 0) * PPM) for one in FIELDS}
    if unit_price is not None:
        said["price"] = 0  # it takes the place of a change of the prices
    base = BASES.get(str(duty_base))
    return Changes(**said, unit_price=unit_price, duty_base=base, prices=prices)


def _is_aside_asked() -> bool:
    """Whether something is supposed by a field that is folded away.

    A field that says nothing is not in the address; a link is read before its fields are drawn.
    """
    aside = {DUTY_BASE, *(field.key for field in FIELDS if field.is_aside)}
    return supposed_prices.has_any() or any(key in st.query_params for key in aside)


def _number(field: Field) -> None:
    st.number_input(
        f"{field.label}, ± {field.unit}",
        LOWEST,
        HIGHEST,
        0.0,
        step=1.0,
        format="%.2f",
        key=field.key,
        bind="query-params",
        help=field.help,
    )


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


def scope_words(scope: Scope, listing: str) -> str:
    """Return whose orders change, in words; `listing` names the listing."""
    if scope.country is not None:
        return f"orders to {scope.country}"
    if scope.listing is not None:
        return f"orders of {listing}"
    return "all orders" if scope.sku is None else f"orders of {scope.sku}"


def _fill(values: dict[str, float]) -> None:
    supposed_prices.forget()
    st.session_state[UNIT_PRICE] = 0.0
    st.session_state[DUTY_BASE] = AS_IT_IS
    for field in FIELDS:
        st.session_state[field.key] = values.get(field.key, 0.0)
