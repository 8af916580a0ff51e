"""Why a profit component of a report row changed: the rules, one row a cause that may apply.

A component is a metric at the end of the ladder that leads to profit. For each one the causes are
tried in order; the first whose condition holds takes the whole change. A condition asks two things:
what the row itself says moved (its sales, its refunds, the measured share of its fees) and what the
fingerprints of the sources say moved (facts of the period's months, files, settings, definitions).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum

import numpy as np

from engine.metrics.model import Linear
from engine.metrics.registry import REGISTRY
from engine.sources.frames import BoolArray

# The last line of the profit ladder; its components follow from its formula.
PROFIT = "net_profit"


class Cause(StrEnum):
    """Why a figure of a complete period is not what it was."""

    LATE_REFUND = "LATE_REFUND"
    ORDER_CHANGE = "ORDER_CHANGE"
    COST_CHANGE = "COST_CHANGE"
    PARCEL_COST = "PARCEL_COST"
    FEE_ACTUALS = "FEE_ACTUALS"
    AD_SPEND = "AD_SPEND"
    EXPENSE = "EXPENSE"
    VISITS = "VISITS"
    REVIEWS = "REVIEWS"
    STOCK = "STOCK"
    RATE = "RATE"
    SETTINGS = "SETTINGS"
    DEFINITION = "DEFINITION"
    UNEXPLAINED = "UNEXPLAINED"


Rule = tuple[Cause, str]  # a condition is names joined by "&"; "~" negates one

# Names: row.* is what the row says; bare topics are facts of the period's months, any.* of all.
# `near` is whether anything at all moved that has to do with the period.
_CHOICES: tuple[Rule, ...] = (
    (Cause.SETTINGS, "settings"),
    (Cause.SETTINGS, "files.choice"),
    (Cause.DEFINITION, "definitions&~near"),
)
_LAST: Rule = (Cause.DEFINITION, "definitions")
_ANYWHERE: tuple[Rule, ...] = (
    (Cause.LATE_REFUND, "any.refunds"),
    (Cause.ORDER_CHANGE, "any.orders"),
    (Cause.PARCEL_COST, "any.parcels"),
    (Cause.FEE_ACTUALS, "any.entries"),
    (Cause.AD_SPEND, "any.ads"),
    (Cause.VISITS, "any.visits"),
    (Cause.REVIEWS, "any.reviews"),
    (Cause.STOCK, "any.stock"),
)
_SALES: tuple[Rule, ...] = (
    (Cause.ORDER_CHANGE, "orders"),
    (Cause.RATE, "files.rate"),
    (Cause.ORDER_CHANGE, "any.orders"),
)
_REFUNDS: tuple[Rule, ...] = (
    (Cause.LATE_REFUND, "refunds"),
    (Cause.ORDER_CHANGE, "orders"),
    (Cause.RATE, "files.rate"),
    (Cause.LATE_REFUND, "any.refunds"),
    (Cause.ORDER_CHANGE, "any.orders"),
)
_CHARGED_LESS_REFUNDED: tuple[Rule, ...] = (
    (Cause.LATE_REFUND, "refunds&row.refunds&~row.sales"),
    (Cause.ORDER_CHANGE, "orders"),
    *_REFUNDS,
)
# What is left of the goods when the change of units has been taken out.
_GOODS: tuple[Rule, ...] = (
    (Cause.COST_CHANGE, "costs&files.cost"),
    (Cause.LATE_REFUND, "refunds&row.returned_units"),
    (Cause.ORDER_CHANGE, "orders"),
    (Cause.COST_CHANGE, "files.cost"),
    (Cause.COST_CHANGE, "costs"),
    (Cause.RATE, "files.rate"),
)
_PARCELS: tuple[Rule, ...] = (
    (Cause.ORDER_CHANGE, "orders&row.sales"),
    (Cause.PARCEL_COST, "parcels"),
    (Cause.PARCEL_COST, "files.parcel"),
    (Cause.LATE_REFUND, "refunds&row.refunds"),
    (Cause.PARCEL_COST, "entries"),
    (Cause.ORDER_CHANGE, "orders"),
    (Cause.RATE, "files.rate"),
    (Cause.PARCEL_COST, "any.parcels"),
    (Cause.PARCEL_COST, "any.entries"),
)
_FEES: tuple[Rule, ...] = (
    (Cause.FEE_ACTUALS, "entries&row.fee_basis&~row.sales"),
    (Cause.ORDER_CHANGE, "orders&row.sales"),
    (Cause.LATE_REFUND, "refunds&row.refunds"),
    (Cause.FEE_ACTUALS, "entries"),
    (Cause.RATE, "files.rate"),
    (Cause.FEE_ACTUALS, "files.fee"),
    (Cause.ORDER_CHANGE, "orders"),
    (Cause.LATE_REFUND, "refunds"),
    (Cause.FEE_ACTUALS, "any.entries"),
    (Cause.ORDER_CHANGE, "any.orders"),
    (Cause.LATE_REFUND, "any.refunds"),
)
_ADS: tuple[Rule, ...] = (
    (Cause.AD_SPEND, "ads"),
    (Cause.AD_SPEND, "files.advertising"),
    (Cause.AD_SPEND, "entries"),
    # SKUs share what their listing spends, so sales and refunds move it from one to another.
    (Cause.ORDER_CHANGE, "orders"),
    (Cause.LATE_REFUND, "refunds"),
    (Cause.RATE, "files.rate"),
    (Cause.AD_SPEND, "any.ads"),
    (Cause.AD_SPEND, "any.entries"),
)
_EXPENSES: tuple[Rule, ...] = (
    (Cause.EXPENSE, "expenses"),
    (Cause.EXPENSE, "files.expense"),
    (Cause.RATE, "files.rate"),
)
# A change that moves no profit.
_NO_PROFIT: tuple[Rule, ...] = (
    (Cause.LATE_REFUND, "refunds&row.refunds"),
    (Cause.ORDER_CHANGE, "orders&row.sales"),
    (Cause.LATE_REFUND, "refunds&row.refunded_orders"),
    (Cause.REVIEWS, "reviews&row.reviews"),
    (Cause.STOCK, "stock&row.stock"),
    (Cause.VISITS, "visits"),
    (Cause.LATE_REFUND, "refunds&~orders"),
    (Cause.ORDER_CHANGE, "orders"),
    (Cause.COST_CHANGE, "costs&files.cost"),
    (Cause.PARCEL_COST, "parcels"),
    (Cause.FEE_ACTUALS, "entries"),
    (Cause.PARCEL_COST, "files.parcel"),
    (Cause.COST_CHANGE, "files.cost"),
    (Cause.AD_SPEND, "ads"),
    (Cause.AD_SPEND, "files.advertising"),
    (Cause.EXPENSE, "expenses"),
    (Cause.EXPENSE, "files.expense"),
    (Cause.RATE, "files.rate"),
    (Cause.FEE_ACTUALS, "files.fee"),
    (Cause.REVIEWS, "reviews"),
    (Cause.STOCK, "stock"),
    *_ANYWHERE,
)
RULES: dict[str, tuple[Rule, ...]] = {
    **dict.fromkeys(("gross_merchandise_sales", "discounts"), _SALES),
    **dict.fromkeys(("returns_value", "refund_excess"), _REFUNDS),
    **dict.fromkeys(("shipping_income", "gift_wrap_income"), _CHARGED_LESS_REFUNDED),
    "cogs": _GOODS,
    **dict.fromkeys(("postage", "duty", "import_tax", "carrier_fee"), _PARCELS),
    **dict.fromkeys(
        (
            *("transaction_fees", "processing_fees", "listing_fees", "regulatory_fees"),
            *("currency_conversion_fees", "vat_on_fees", "other_fees", "offsite_ads_fees"),
        ),
        _FEES,
    ),
    "ad_spend": _ADS,
    "operating_expenses": _EXPENSES,
}


def profit_components(profit: str = PROFIT) -> dict[str, int]:
    """Return the metrics that profit is the sum of, each with its sign, in ladder order.

    A metric whose formula names other metrics is taken apart; one that names a part is a component.
    """
    found: dict[str, int] = {}

    def take_apart(name: str, sign: int) -> None:
        formula = REGISTRY[name].formula
        assert isinstance(formula, Linear), name
        if any("." in term for _, term in formula.terms):
            found[name] = found.get(name, 0) + sign
            return
        for inner, term in formula.terms:
            take_apart(term, sign * inner)

    take_apart(profit, 1)
    return found


def causes_of(component: str | None, facts: Mapping[str, BoolArray], count: int) -> list[Cause]:
    """Return for each of `count` rows the first cause whose condition holds, else UNEXPLAINED.

    component: None for a change that moved no profit. facts: one array of rows for each name that
    a condition may use.
    """
    own = _NO_PROFIT if component is None else RULES[component]
    # What moved in other months explains a change only where nothing nearer does.
    far = [rule for rule in own if rule[1].startswith("any.")]
    rules: Sequence[Rule] = (*(rule for rule in own if rule not in far), *_CHOICES, *far, _LAST)
    holds = [_condition(text, facts) for _, text in rules]
    place = np.select(holds, np.arange(len(rules))[:, None] * np.ones(count, np.int64), len(rules))
    causes = [*(cause for cause, _ in rules), Cause.UNEXPLAINED]
    return [causes[at] for at in place.tolist()]


def _condition(text: str, facts: Mapping[str, BoolArray]) -> BoolArray:
    wanted = [
        ~facts[name.removeprefix("~")] if name.startswith("~") else facts[name]
        for name in text.split("&")
    ]
    return np.asarray(np.logical_and.reduce(wanted))
