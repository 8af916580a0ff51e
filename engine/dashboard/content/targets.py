"""Targets on the Overview: what the owner wants of a month, quarter or year, and how far it is.

A target is of a calendar period, whatever range the filters choose: those are shown that hold the
last day of the range.
"""

from __future__ import annotations

import streamlit as st

from engine.dashboard import tables
from engine.dashboard.access.passwords import Role
from engine.dashboard.data import shop_figures
from engine.dashboard.metric_names import at_level
from engine.dashboard.page_run import PageRun
from engine.dashboard.sheets import Cell
from engine.dashboard.tables import Heading, Table
from engine.dashboard.wording import bucket_words
from engine.errors import EngineError
from engine.metrics.formats import text
from engine.metrics.model import SHOP, Unit
from engine.metrics.registry import REGISTRY
from engine.money import currency_digits, round_div
from engine.periods import Period, PeriodKind
from engine.sources.targets import TARGET_UNIT, Target

# What can have a target: sums, of which a part of the period is a part of the way.
METRICS = at_level(
    SHOP,
    "net_revenue",
    "contribution_profit",
    "net_profit",
    "orders",
    "units_sold",
    "new_customers",
)
_KINDS = {
    "Month": PeriodKind.MONTHLY,
    "Quarter": PeriodKind.QUARTERLY,
    "Year": PeriodKind.YEARLY,
}


def draw(run: PageRun) -> None:
    """Draw the targets and how far they are; the owner can set one."""
    book = run.keeper.state.targets if run.keeper else None
    if book is None:
        return
    targets = [one for one in book.rows if one.metric in METRICS and _holds(one, run)]
    may_set = run.role is Role.OWNER and book.may_write
    if targets:
        st.subheader("Targets")
        tables.draw(targets_table(run, targets), run.currency)
    if may_set and st.button("Set a target", key="set a target"):
        _ask(run)


def targets_table(run: PageRun, targets: list[Target]) -> Table:
    """Return one row a target: what is wanted, what there is, and how many days are gone."""
    headings = (
        Heading("metric", "Target for"),
        Heading("period", "Period"),
        Heading("wanted", "Target"),
        Heading("reached", "So far"),
        Heading("share", "Reached", Unit.SHARE),
        Heading("days", "Days gone"),
    )
    periods = tuple(dict.fromkeys(one.period for one in targets))
    figures = shop_figures(run.analytics, periods, METRICS, run.view.dating)
    rows: list[tuple[Cell, ...]] = []
    for one in targets:
        unit, period = REGISTRY[one.metric].unit, one.period
        wanted, value = in_unit(one, run.currency), figures.value(one.metric, period)
        assert isinstance(value, int), f"{one.metric} is a sum and always known"
        gone = period.elapsed_days(run.analytics.snapshot.days_begun)
        rows.append(
            (
                REGISTRY[one.metric].label,
                bucket_words(one.kind, period.start),
                text(unit, wanted, run.currency),
                text(unit, value, run.currency),
                round_div(value * 1_000_000, wanted) / 1_000_000,
                f"{gone} of {period.days}",
            )
        )
    return Table("targets", headings, tuple(rows), f"{len(rows)} targets and how far they are")


def in_unit(target: Target, currency: str) -> int:
    """Return what is wanted as the engine holds the metric: minor units, or a count."""
    is_money = REGISTRY[target.metric].unit is Unit.MONEY
    steps = 10 ** currency_digits(currency) if is_money else 1
    return round_div(target.value * steps, TARGET_UNIT)


def _holds(target: Target, run: PageRun) -> bool:
    period, day = target.period, run.view.period.end
    return period.start <= day <= period.end and in_unit(target, run.currency) > 0


@st.dialog("Set a target")
def _ask(run: PageRun) -> None:
    metric = st.selectbox("Of", METRICS, format_func=lambda one: REGISTRY[one].label)
    kind = _KINDS[st.selectbox("For the", list(_KINDS))]
    period = Period.containing(kind, run.view.period.end)
    unit = run.currency if REGISTRY[metric].unit is Unit.MONEY else "count"
    wanted = st.number_input(
        f"Target for {bucket_words(kind, period.start)}, {unit}",
        0,
        10**9,
        0,
        help="0 removes the target.",
        key="target value",
    )
    if st.button("Save", key="save target"):
        _save(run, Target(metric, kind, period.start, int(wanted) * TARGET_UNIT))


def _save(run: PageRun, target: Target) -> None:
    assert run.keeper is not None
    assert run.role is not None
    try:
        run.keeper.set_target(target, run.role)
    except EngineError as error:
        st.error(f"{error.message} {error.hint}".strip(), title="The target was not set")
        return
    st.rerun()
