"""Profit bridge: where does each unit of money go between the price tag and what I keep?"""

from engine.dashboard.content import profit_bridge
from engine.dashboard.page_run import current_run

profit_bridge.draw(current_run())
