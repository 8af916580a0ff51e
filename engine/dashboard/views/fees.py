"""Fees & payouts: what does the marketplace take, and how sure is that?"""

from engine.dashboard.content import fees
from engine.dashboard.page_run import current_run

fees.draw(current_run())
