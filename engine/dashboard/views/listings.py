"""Listings: which listings earn, which cost me money, and why?"""

from engine.dashboard.content import entity_page, listings
from engine.dashboard.page_run import current_run

entity_page.draw(current_run(), listings.PAGE)
