"""Shipping & duties: where do parcels earn or lose, and is postage priced right?"""

from engine.dashboard.content import shipping
from engine.dashboard.page_run import current_run

shipping.draw(current_run())
