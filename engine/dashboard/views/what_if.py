"""What-if: what would this range have earned under another price, cost, fee, postage or duty?"""

from engine.dashboard import freshness
from engine.dashboard.content import parts, what_if
from engine.dashboard.page_run import current_run

run = current_run()
freshness.ask_first()
if not parts.ends_here(run):
    what_if.draw(run)
