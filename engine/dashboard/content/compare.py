"""The bridge of Compare: two sides, and why their profits differ.

The bars are the engine's variance bridge: they sum to the difference, and the SKUs of a bar to it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import streamlit as st

from engine.analytics import EcommerceAnalyticsOptimized
from engine.dashboard.bounds import is_high_end
from engine.dashboard.bridge import Step
from engine.dashboard.charts.chart import draw as draw_figure
from engine.dashboard.charts.waterfall import bridge_chart
from engine.dashboard.content import compare_sides
from engine.dashboard.content.compare_sides import SideChoice
from engine.dashboard.data import Figures, entity_figures, shop_figures
from engine.dashboard.downloads import export
from engine.dashboard.filter_bar import pick
from engine.dashboard.filters import Dating
from engine.dashboard.kept import kept
from engine.dashboard.metric_names import at_level
from engine.dashboard.page_run import PageRun
from engine.dashboard.sheets import Cell, Column, Sheet
from engine.metrics.bridge import Cause, VarianceBridge
from engine.metrics.model import SHOP, Level, Unit
from engine.metrics.registry import REGISTRY
from engine.money import format_money

PAGE = "compare"
MEASURES = at_level(SHOP, "contribution_profit", "net_profit")
_ORDERS, _REFUNDS, _UNITS = at_level(SHOP, "orders", "refund_count", "units_sold")


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two sides with every metric of them, and why their profits differ."""

    level: Level
    sides: tuple[SideChoice, SideChoice]
    figures: tuple[Figures, Figures]
    bridge: VarianceBridge

    def values(self, metric: str) -> tuple[Cell, Cell]:
        """Return one metric of both sides."""
        before, after = (
            figures.value(metric, side.period)
            for figures, side in zip(self.figures, self.sides, strict=True)
        )
        return before, after

    def high_ends(self, metric: str) -> tuple[bool, bool]:
        """Return for both sides whether a profit is the high end: costs of it are missing."""
        before, after = (
            is_high_end(metric, figures, side.period)
            for figures, side in zip(self.figures, self.sides, strict=True)
        )
        return before, after

    @property
    def sold(self) -> tuple[bool, bool]:
        """Whether each side has sold anything."""
        before, after = self.values(_UNITS)
        return bool(before), bool(after)


def choose(run: PageRun) -> Comparison | None:
    """Draw the controls and return what they ask for; None where a side is missing."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        with st.container(width=200):
            level = compare_sides.choose_level()
        with st.container(width=280):
            measure = pick("Measure", MEASURES, lambda one: REGISTRY[one].label, key="measure")
        place = st.container()
    sides = compare_sides.choose_sides(run, level)
    if sides is None:
        return None
    place.button("Swap", on_click=compare_sides.swap, args=(sides,), icon=":material/swap_horiz:")
    before, after = (_figures(run, level, side) for side in sides)
    bridge = _bridge(run.analytics, level, sides, measure, run.view.dating)
    return Comparison(level, sides, (before, after), bridge)


def _figures(run: PageRun, level: Level, side: SideChoice) -> Figures:
    if side.entity is None:
        return shop_figures(run.analytics, [side.period], None, run.view.dating)
    return entity_figures(run.analytics, level, side.entity, [side.period], run.view.dating)


def _bridge(
    analytics: EcommerceAnalyticsOptimized,
    level: Level,
    sides: tuple[SideChoice, SideChoice],
    measure: str,
    dating: Dating,
) -> VarianceBridge:
    before, after = sides
    return kept(
        analytics.variance_bridge,
        before.period,
        after.period,
        measure=measure,
        level=level,
        entities=None if level is SHOP else (before.entity, after.entity),  # type: ignore[arg-type]  # both are listings, or both SKUs
        refund_dating=dating,
    )


def draw_bridge(run: PageRun, shown: Comparison) -> None:
    """Draw the bars from A to B, and say what the reader must know of them."""
    bridge = shown.bridge
    with st.container(border=True):
        label = REGISTRY[bridge.measure].label
        moved = format_money(bridge.after - bridge.before, run.currency, sign=True)
        st.subheader(f"{label}: {moved}")
        draw_figure(bridge_chart(steps_of(shown), run.currency), "variance")
        said = silence_words(shown)
        if said:
            st.caption(said)
        if any(shown.high_ends(bridge.measure)):
            st.caption("≤: some costs are not known; the bars compare what is known of both sides.")
        export(run, PAGE, "bridge", partial(_bridge_sheet, shown, run.currency))


def _bridge_sheet(shown: Comparison, currency: str) -> Sheet:
    """Return the bars, one row a step."""
    rows = tuple((step.label, step.amount) for step in steps_of(shown))
    return Sheet("Bridge", (Column("step"), Column("amount", Unit.MONEY)), rows, currency)


def cause_label(cause: Cause) -> str:
    """Return a cause as the label of a bar."""
    return cause.value[0].upper() + cause.value[1:]


def steps_of(shown: Comparison) -> list[Step]:
    """Return the bars: profit of A, every cause that moved it, profit of B."""
    bridge, (before, after) = shown.bridge, shown.sides
    causes = [
        Step(cause, cause_label(cause), amount, is_total=False)
        for cause, amount in bridge.bars.items()
        if amount
    ]
    return [
        Step("A", before.short, bridge.before, True, shown.high_ends(bridge.measure)[0]),
        *causes,
        Step("B", after.short, bridge.after, True, shown.high_ends(bridge.measure)[1]),
    ]


def silence_words(shown: Comparison) -> str:
    """Say why there is no growth to tell apart, where one side has sold nothing."""
    sold = shown.sold
    if all(sold):
        return ""
    if not any(sold):
        return "Nothing was sold on either side: what differs are refunds, ads and expenses."
    letter, name = ("A", Cause.NEW) if sold[1] else ("B", Cause.STOPPED)
    return (
        f"Nothing was sold in {letter}, so all sales of the other side are “{cause_label(name)}”."
    )


def is_empty(shown: Comparison) -> bool:
    """Whether nothing at all happened on either side."""
    signs = (*shown.values(_ORDERS), *shown.values(_REFUNDS))
    return not any((*signs, shown.bridge.before, shown.bridge.after))


def draw_empty() -> None:
    """Say that neither side holds anything."""
    st.info("No order and no refund on the days of either side.", title="Nothing to compare")
