"""Overview: how is the shop doing, and what should I look at first?"""

from engine.dashboard.content import overview
from engine.dashboard.page_run import current_run

run = current_run()
if overview.is_empty(run):
    overview.draw_empty(run)
else:
    overview.draw_cards(run)
    overview.draw_chart(run)
    overview.draw_bridge(run)
    overview.draw_losers(run)
    overview.draw_best(run)
