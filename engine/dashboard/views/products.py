"""Products: what does each SKU earn after its own cost, parcel, fees and refunds?"""

from engine.dashboard.content import entity_page, products
from engine.dashboard.page_run import current_run

entity_page.draw(current_run(), products.PAGE)
