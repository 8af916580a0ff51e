"""Inventory: what runs out, what lies dead, how much money stands on the shelf?"""

from engine.dashboard.content import inventory
from engine.dashboard.page_run import current_run

inventory.draw(current_run())
