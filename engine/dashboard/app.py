"""The frame around every page: page list, filters, header strip, freshness; then the page itself.

Run by `dashboard.py`. Everything that a page needs is settled here, once a run.
"""

import streamlit as st

from engine.dashboard import drill, explain_panel, freshness, states
from engine.dashboard.data import figures_of, settings, shop_figures
from engine.dashboard.filter_bar import SIDEBAR_WIDTH, filter_bar, pick, remember
from engine.dashboard.filters import resolve
from engine.dashboard.header import header
from engine.dashboard.keeper import Keeper, Phase
from engine.dashboard.notices import notices
from engine.dashboard.page_run import PageRun, current_run, open_run
from engine.dashboard.pages import EXPLAINED, ICON, OF_ALL_SHOPS, sections
from engine.dashboard.session import require_reader, sign_out_link
from engine.loading import ALL

st.set_page_config(
    page_title="Shop profit",
    page_icon=str(ICON),
    layout="wide",
    initial_sidebar_state=SIDEBAR_WIDTH,
)


def chosen_keeper() -> Keeper:
    """Return the keeper of the shop to show; a picker appears where there are several.

    With a reporting currency it offers all of them together.
    """
    keeper = figures_of()
    shops = {str(shop.shop_id): shop.name for shop in states.settled(keeper).shops}
    if len(shops) < 2:
        return keeper
    first, *_ = shops
    hint = None
    if settings().reporting_currency:
        shops[ALL] = "All shops"
    else:
        hint = "With REPORTING_CURRENCY set, all shops can be shown together."
    with st.sidebar:
        chosen = pick("Shop", list(shops), lambda shop: shops[shop], key="shop", help=hint)
    if chosen == first:
        return keeper
    other = figures_of(ALL if chosen == ALL else int(chosen))
    states.settled(other)
    return other


role = require_reader()
page = st.navigation(sections(), expanded=True)
st.title(page.title)
keeper = chosen_keeper()
state = keeper.state
analytics = state.analytics

if state.phase is Phase.READY and analytics is not None and analytics.first_day is not None:
    drill.take_days()
    with st.sidebar:
        filters = filter_bar(analytics.today)
        st.button("Refresh", on_click=freshness.refresh, args=(keeper,), width="stretch")
        automatic = st.toggle("Refresh automatically", value=True, key="automatic refresh")
    view = resolve(
        filters,
        today=analytics.today,
        first_day=analytics.first_day,
        week_start=analytics.shop.week_start,
    )
    remember(view.period.start, view.period.end)
    figures = shop_figures(analytics, view.periods, None, view.dating)
    run = PageRun(analytics, view, figures, keeper, role)
    open_run(run)
    freshness.announce(state)
    header(run)
    notices(run)
    freshness.watch(keeper, state, every=settings().refresh_interval, automatic=automatic)
    for note in view.notes:
        st.caption(note)
else:
    open_run(None)
    states.explain(state, keeper)
    freshness.watch(keeper, state, every=settings().refresh_interval, automatic=True)

with st.sidebar:
    sign_out_link(role)
drill.follow()
if state.phase is Phase.READY and analytics is not None and analytics.holds_all_shops:
    if page.title in OF_ALL_SHOPS:
        page.run()
    else:
        states.of_one_shop_only(state.shops)
else:
    page.run()
    if state.phase is Phase.READY and page.title in EXPLAINED:
        explain_panel.draw(current_run())
