"""Customers: do buyers come back, and what is one worth?"""

from engine.dashboard.content import customers
from engine.dashboard.page_run import current_run

customers.draw(current_run())
