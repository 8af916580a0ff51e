"""Data health: how far may I trust this, and what do I fix first?"""

from engine.dashboard.content import data_health
from engine.dashboard.page_run import current_run

data_health.draw(current_run())
