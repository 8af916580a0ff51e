"""What-if: what the range would have earned, and each part of profit that makes the difference.

The engine works the orders out again on changed inputs; nothing is computed here and nothing is
kept but the answer, for the next reader who asks the same.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import partial

import streamlit as st

from engine.dashboard import cards, drill, pages, tables
from engine.dashboard.bounds import is_high_end
from engine.dashboard.charts.chart import draw as draw_chart
from engine.dashboard.charts.waterfall import bridge_chart
from engine.dashboard.content import break_even_price, supposed, supposed_prices
from engine.dashboard.content.supposed_fields import words_of
from engine.dashboard.content.what_if_tables import (
    CARDS,
    CONTRIBUTION,
    NET,
    parts_table,
    sheet_of,
    skus_table,
    steps_of,
    sum_of,
    value_of,
)
from engine.dashboard.downloads import export
from engine.dashboard.grids import MOST_ROWS, listing_name
from engine.dashboard.kept import version_of
from engine.dashboard.page_run import PageRun
from engine.dashboard.tables import Table
from engine.dashboard.waiting_line import WaitingLine
from engine.dashboard.wording import escape, listed
from engine.errors import InputFileError
from engine.ledger.changed_inputs import Changes
from engine.metrics.formats import text
from engine.metrics.model import PRODUCT, Unit
from engine.metrics.registry import REGISTRY
from engine.metrics.what_if import Scope, WhatIf
from engine.money import format_money

_PAGE = "what-if"
_MOST_ANSWERS = 32


def draw(run: PageRun) -> None:
    """Draw the page."""
    scope = supposed.choose_scope(run)
    if scope.sku is not None:
        break_even_price.draw(run, scope.sku)
    try:
        changes = supposed.choose_changes(run, scope)
    except InputFileError as error:
        supposed_prices.refuse(error)
        return
    if changes == Changes():
        supposed.draw_examples()
        return
    answer = answer_of(run, changes, scope)
    high_ends = {name for name in CARDS if is_high_end(name, run.figures, run.view.period)}
    _say(run, answer)
    with st.grid(2, min_column_width=320):  # four in a row, or two and two
        for pair in (CARDS[:2], CARDS[2:]):
            with st.grid(2, min_column_width=150):
                for name in pair:
                    _draw_card(run, answer, name, at_most=name in high_ends)
    cards.appear_first()
    with st.container(border=True):
        moved = format_money(sum_of(answer), run.currency, sign=True)
        st.subheader(f"{REGISTRY[NET].label}: {moved}")
        draw_chart(bridge_chart(steps_of(answer, high_ends), run.currency), "what if")
        if NET in high_ends:
            st.caption("≤: some costs are not known; the bars compare what is known both times.")
    _draw_parts(run, answer, high_ends)
    _draw_skus(run, answer)


def _draw_card(run: PageRun, answer: WhatIf, name: str, *, at_most: bool) -> None:
    before, after = value_of(answer, name, is_after=False), value_of(answer, name)
    cards.draw(cards.supposed_card(name, before, after, run.currency, at_most=at_most))


def answer_of(run: PageRun, changes: Changes, scope: Scope) -> WhatIf:
    """Return the engine's answer, worked out once for a version of the figures.

    Orders of one reader are worked out again at a time; the others see their place in the line.
    """
    analytics, period, dating = run.analytics, run.view.period, run.view.dating
    key = f"{version_of(analytics)}|{period}|{changes}|{scope}|{dating}"
    place = st.empty()

    def say(before: int) -> None:
        place.info(waiting_words(before))

    answer = _line().ask(
        key, lambda: analytics.what_if(period, changes, scope, refund_dating=dating), say
    )
    place.empty()
    return answer


@st.cache_resource(max_entries=1, show_spinner=False)
def _line() -> WaitingLine[WhatIf]:
    return WaitingLine(_MOST_ANSWERS)


def waiting_words(before: int) -> str:
    """Return what is going on while an answer is not there yet."""
    if not before:
        return "The orders of the range are being worked out again …"
    others = "One other question comes" if before == 1 else f"{before:,} other questions come"
    return f"{others} first …"


def _say(run: PageRun, answer: WhatIf) -> None:
    """Say what is supposed, of how many orders, and what could not move."""
    name = "" if answer.scope.listing is None else str(drill_name(run, answer.scope.listing))
    whose = supposed.scope_words(answer.scope, name)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(
            f"**{escape(words_of(answer.changes, run.currency))}**, for {escape(whose)}: "
            f"{answer.orders:,} orders placed in the range."
        )
        st.button("Clear", on_click=supposed.clear)
    unmoved = [
        f"the {what} of {count:,} order lines"
        for what, count in (
            ("fees", answer.unmoved.fees),
            ("postage and duty", answer.unmoved.parcels),
            ("unit cost", answer.unmoved.goods),
        )
        if count
    ]
    kept = f" Not known, and so left as it was: {listed(unmoved)}." if unmoved else ""
    st.caption(
        "What was measured moves by the difference of two estimates; taxes that buyers paid and "
        f"what ads bring stay as they were.{kept}"
    )


def drill_name(run: PageRun, listing: int) -> str:
    """Return how people call a listing."""
    return listing_name(run.analytics.titles)(listing)


def _draw_parts(run: PageRun, answer: WhatIf, high_ends: Collection[str]) -> None:
    table = parts_table(answer, high_ends)
    with st.container(horizontal=True, horizontal_alignment="distribute"):
        st.subheader("Before and after")
        export(run, _PAGE, "before and after", partial(sheet_of, run.currency, answer, table))
    tables.draw(table, run.currency)


def _draw_skus(run: PageRun, answer: WhatIf) -> None:
    table = skus_table(answer)
    if not table.rows:
        return
    with st.container(horizontal=True, horizontal_alignment="distribute"):
        st.subheader("SKUs")
        export(run, _PAGE, "SKUs", partial(sheet_of, run.currency, answer, table))
    shown = Table(table.key, table.headings, table.rows[:MOST_ROWS], table.alt)
    opens = drill.on_page(pages.PRODUCTS, drill.KEYS[PRODUCT])
    tables.draw(shown, run.currency, ids=[row[0] for row in shown.rows], opens=opens)
    worse, better = map(len, answer.turned)
    total = text(Unit.MONEY, answer.total(CONTRIBUTION, is_after=True), run.currency)
    st.caption(
        f"{len(table.rows):,} SKUs move; first the {worse:,} that begin to lose money and the "
        f"{better:,} that stop to, each time by the size of the change. All SKUs together earn "
        f"{total}."
    )
