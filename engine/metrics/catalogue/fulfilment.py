"""Fulfilment: what it costs to bring the goods to the buyer, and whether shipping pays for it."""

from engine.metrics.catalogue.declare import DOWN, UP, Declarations
from engine.metrics.model import ALL_LEVELS, Family, Unit

fulfilment = Declarations(Family.FULFILMENT)

for kind, label, about in (
    ("postage", "Postage", "What the carrier charges for the parcels."),
    ("duty", "Import duty", "Customs duty that the shop pays for the buyer."),
    ("import_tax", "Import tax", "Import tax that the shop pays for the buyer."),
    ("carrier_fee", "Carrier disbursement fee", "The carrier's fee for paying duty and tax."),
):
    fulfilment.money(kind, label, f"l.{kind}", about, direction=DOWN)
fulfilment.money(
    "fulfilment_cost",
    "Fulfilment cost",
    "postage + duty + import_tax + carrier_fee",
    "Postage with duty, import tax and the carrier's fee, as far as they are known.",
    direction=DOWN,
)
fulfilment.count(
    "parcels",
    "Parcels",
    "o.parcels",
    "Parcels with a line of the entity, on the order day of their first order.",
    adds_over_time=ALL_LEVELS,
)
fulfilment.ratio(
    "fulfilment_cost_per_parcel",
    "Fulfilment cost per parcel",
    Unit.MONEY,
    "fulfilment_cost",
    "parcels",
    "What a parcel costs on its way, duty included.",
    direction=DOWN,
)
fulfilment.ratio(
    "landed_cost_per_order",
    "Landed cost per order",
    Unit.MONEY,
    "cogs + fulfilment_cost",
    "orders",
    "Goods, parcel, duty and import tax per order.",
    direction=DOWN,
)
fulfilment.money(
    "shipping_result",
    "Shipping result",
    "shipping_income − fulfilment_cost",
    "Shipping charged less what fulfilment costs; below zero, shipping is subsidised.",
    direction=UP,
    synonyms=("shipping_profit",),
)
fulfilment.ratio(
    "weight_coverage",
    "Parcel cost coverage",
    Unit.SHARE,
    "l.sales_weighed",
    "sales_after_discounts",
    "Share of sales whose parcel cost is known without a default weight.",
    direction=UP,
    lowest=0,
    highest=1,
)

METRICS = tuple(fulfilment.metrics)
