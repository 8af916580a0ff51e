"""Compare: what changed from A to B, and which cause made how much?"""

from engine.dashboard import freshness
from engine.dashboard.content import compare, compare_tables
from engine.dashboard.page_run import current_run

run = current_run()
freshness.ask_first()
shown = compare.choose(run)
# Without a side the reason is drawn already.
if shown is not None and compare.is_empty(shown):
    compare.draw_empty()
elif shown is not None:
    compare.draw_bridge(run, shown)
    compare_tables.draw_parts(run, shown)
    compare_tables.draw_metrics(run, shown)
