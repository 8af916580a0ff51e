"""What a customer is predicted to leave in the next year: asked for, and never mixed with figures.

It takes seconds, needs an optional library and enough customers; what is missing is said.
"""

from __future__ import annotations

import streamlit as st

from engine.dashboard.kept import kept
from engine.dashboard.page_run import PageRun
from engine.dashboard.wording import escape
from engine.errors import ConfigurationError
from engine.metrics.formats import text
from engine.metrics.model import Unit
from engine.metrics.predicted_value import PredictedValue


def draw(run: PageRun) -> None:
    """Draw the wish for a prediction, and where it is on the prediction or what it lacks."""
    wanted = st.toggle(
        "Predict the next year",
        key="predict",
        bind="query-params",
        help="How often today's customers will buy again, and for how much. Takes some seconds.",
    )
    if not wanted:
        return
    try:
        with st.spinner("Predicting …"):
            found = kept(run.analytics.predict_customer_value)
    except ConfigurationError as error:
        st.info(escape(f"{error.message} {error.hint}".strip()), title="No prediction")
        return
    if found.value is None:
        st.info(f"{found.reason[0].upper()}{found.reason[1:]}.", title="No prediction")
        return
    st.write(words_of(found, run.currency))
    st.caption("A prediction, not a figure: it is in no card, no report and no export.")


def words_of(found: PredictedValue, currency: str) -> str:
    """Return a prediction in words, with its interval."""
    value, low, high = (
        text(Unit.MONEY, one, currency) for one in (found.value, found.low, found.high)
    )
    return (
        f"Predicted: a customer leaves **{value}** in the next 365 days, with 80 % certainty "
        f"between {low} and {high}; from {found.customers:,} customers, of whom "
        f"{found.repeat_customers:,} bought again."
    )
