"""Refunds: what was given back, and what did it cost beyond the money?"""

from engine.dashboard.content import refunds
from engine.dashboard.page_run import current_run

refunds.draw(current_run())
