"""Ads & traffic: does advertising pay, and where do visitors turn into orders?"""

from engine.dashboard.content import ads
from engine.dashboard.page_run import current_run

ads.draw(current_run())
