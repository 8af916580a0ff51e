"""Overview: how is the shop doing, and what should I look at first?"""

from engine.dashboard.content import overview, parts, targets, to_do
from engine.dashboard.page_run import current_run

run = current_run()
if not parts.ends_here(run):
    overview.draw_cards(run)
    targets.draw(run)
    overview.draw_chart(run)
    overview.draw_bridge(run)
    if not run.analytics.holds_all_shops:
        to_do.draw(run)
        overview.draw_losers(run)
        overview.draw_best(run)
