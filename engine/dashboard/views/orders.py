"""Orders: show me this order, or the orders behind this number, down to the cent."""

from engine.dashboard.content import orders
from engine.dashboard.page_run import current_run

orders.draw(current_run())
