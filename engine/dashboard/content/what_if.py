"""What-if: what the range would have earned, and each part of profit that makes the difference.

The engine works the orders out again on changed inputs; nothing is computed here and nothing is
kept but the answer, for the next reader who asks the same.
"""

from __future__ import annotations

from functools import partial

import numpy as np
import streamlit as st

from engine.analytics import EcommerceAnalyticsOptimized
from engine.dashboard import cards, drill, pages, tables
from engine.dashboard.bounds import is_high_end
from engine.dashboard.bridge import Step
from engine.dashboard.charts.chart import draw as draw_chart
from engine.dashboard.charts.waterfall import bridge_chart
from engine.dashboard.content import break_even_price, supposed, supposed_prices
from engine.dashboard.content.supposed_fields import words_of
from engine.dashboard.data import Value
from engine.dashboard.downloads import export
from engine.dashboard.filters import Dating
from engine.dashboard.grids import MOST_ROWS, listing_name
from engine.dashboard.metric_names import at_level
from engine.dashboard.page_run import PageRun
from engine.dashboard.sheets import Cell, Sheet
from engine.dashboard.tables import Heading, Table
from engine.dashboard.wording import escape, listed
from engine.errors import InputFileError
from engine.ledger.changed_inputs import Changes
from engine.metrics.formats import text
from engine.metrics.model import PRODUCT, SHOP, Unit
from engine.metrics.registry import REGISTRY
from engine.metrics.what_if import SIGNS, TOTALS, Scope, WhatIf
from engine.money import format_money
from engine.periods import Period

_PAGE = "what-if"
REVENUE, CONTRIBUTION, MARGIN, NET = CARDS = at_level(
    SHOP, "net_revenue", "contribution_profit", "contribution_margin", "net_profit"
)
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
    answer = answer_of(run.analytics, run.view.period, changes, scope, run.view.dating)
    _say(run, answer)
    with st.grid(2, min_column_width=320):  # four in a row, or two and two
        for pair in (CARDS[:2], CARDS[2:]):
            with st.grid(2, min_column_width=150):
                for name in pair:
                    _draw_card(run, answer, name)
    cards.appear_first()
    with st.container(border=True):
        moved = format_money(sum_of(answer), run.currency, sign=True)
        st.subheader(f"{REGISTRY[NET].label}: {moved}")
        draw_chart(bridge_chart(steps_of(answer), run.currency), "what if")
    _draw_parts(run, answer)
    _draw_skus(run, answer)


def _draw_card(run: PageRun, answer: WhatIf, name: str) -> None:
    before, after = value_of(answer, name, is_after=False), value_of(answer, name)
    at_most = is_high_end(name, run.figures, run.view.period)
    cards.draw(cards.supposed_card(name, before, after, run.currency, at_most=at_most))


def answer_of(
    analytics: EcommerceAnalyticsOptimized,
    period: Period,
    changes: Changes,
    scope: Scope,
    dating: Dating,
) -> WhatIf:
    """Return the engine's answer, worked out once for a version of the figures."""
    key = f"{analytics.version}|{analytics.shop.shop_id}|{period}|{changes}|{scope}|{dating}"
    return _kept_answer(key, analytics, period, changes, scope, dating)


@st.cache_resource(max_entries=_MOST_ANSWERS, show_spinner=False)
def _kept_answer(
    key: str,
    _analytics: EcommerceAnalyticsOptimized,
    _period: Period,
    _changes: Changes,
    _scope: Scope,
    _dating: Dating,
) -> WhatIf:
    return _analytics.what_if(_period, _changes, _scope, refund_dating=_dating)


def value_of(answer: WhatIf, name: str, *, is_after: bool = True) -> Value:
    """Return one metric of the cards, before or after."""
    if name == MARGIN:
        return answer.margin(is_after=is_after)
    return answer.total(name, is_after=is_after)


def sum_of(answer: WhatIf) -> int:
    """Return by how much net profit moves; the bars sum to it."""
    return answer.total(NET, is_after=True) - answer.total(NET, is_after=False)


def steps_of(answer: WhatIf) -> list[Step]:
    """Return the bars from what was earned to what would have been."""
    label = REGISTRY[NET].label
    moved = [
        Step(name, REGISTRY[name].label, amount, is_total=False)
        for name, amount in answer.bars.items()
        if amount
    ]
    before, after = (answer.total(NET, is_after=is_after) for is_after in (False, True))
    return [
        Step("before", f"{label}, as it was", before, is_total=True),
        *moved,
        Step("after", f"{label}, supposed", after, is_total=True),
    ]


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


def parts_table(answer: WhatIf) -> Table:
    """Return one row a part of net profit and a subtotal: before, after and the change."""
    headings = (
        Heading("part", "Part of profit"),
        Heading("before", "As it was", Unit.MONEY),
        Heading("after", "Supposed", Unit.MONEY),
        Heading("change", "Change", Unit.MONEY),
    )
    rows: list[tuple[Cell, ...]] = []
    last = {parts[-1][1]: total for total, parts in TOTALS.items()}
    for name in SIGNS:
        before, after = answer.before[name], answer.after[name]
        rows.append((REGISTRY[name].label, before, after, after - before))
        if name in last:
            total = last[name]
            old, new = (answer.total(total, is_after=is_after) for is_after in (False, True))
            rows.append((f"= {REGISTRY[total].label}", old, new, new - old))
    return Table("before and after", headings, tuple(rows), "Each part of net profit, as supposed")


def _draw_parts(run: PageRun, answer: WhatIf) -> None:
    table = parts_table(answer)
    with st.container(horizontal=True, horizontal_alignment="distribute"):
        st.subheader("Before and after")
        export(run, _PAGE, "before and after", partial(sheet_of, run.currency, answer, table))
    tables.draw(table, run.currency)


def sheet_of(currency: str, answer: WhatIf, table: Table) -> Sheet:
    """Return a table for a file, with what is supposed below it."""
    sheet = table.sheet(currency)
    words = f"supposed: {words_of(answer.changes, currency)}"
    said = (words, *[None] * (len(sheet.columns) - 1))
    return Sheet(sheet.name, sheet.columns, (*sheet.rows, said), sheet.currency)


def skus_table(answer: WhatIf) -> Table:
    """Return the SKUs that move: first those that turn, each time the largest change first."""
    change = answer.by_sku_after - answer.by_sku
    turns = dict.fromkeys(answer.turned[0], "begins to lose")
    turns |= dict.fromkeys(answer.turned[1], "stops losing")
    stays = np.array([sku not in turns for sku in answer.skus], np.bool_)
    rows = np.lexsort((-np.abs(change), stays))
    rows = rows[change[rows] != 0]
    headings = (
        Heading("sku", "SKU"),
        Heading("before", f"{REGISTRY[CONTRIBUTION].label}, as it was", Unit.MONEY),
        Heading("after", "Supposed", Unit.MONEY),
        Heading("change", "Change", Unit.MONEY),
        Heading("turns", "Turns"),
    )
    drawn = tuple(
        (
            answer.skus[row],
            int(answer.by_sku[row]),
            int(answer.by_sku_after[row]),
            int(change[row]),
            turns.get(answer.skus[row]),
        )
        for row in rows.tolist()
    )
    return Table("skus", headings, drawn, f"{len(drawn):,} SKUs, those that turn first")


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
