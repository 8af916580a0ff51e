"""The fields of What-if's form: what each changes, and what is supposed by them in words.

Per cent become parts per million.
"""

from __future__ import annotations

from dataclasses import dataclass

from engine.dashboard.wording import listed
from engine.ledger.changed_inputs import Changes
from engine.metrics.formats import text
from engine.metrics.model import Unit

PPM = 10_000  # a per cent
LOWEST, HIGHEST = -100.0, 1_000.0
_IN_FORCE = "Added to the rate in force."
UNIT_PRICE = "unit price"
DUTY_BASE = "duty base"
AS_IT_IS = "As it is"
# What duty is on, as the address says it, and as the engine does.
BASES = {AS_IT_IS: None, "Declared value": 0, "Sale price": 1}


@dataclass(frozen=True, slots=True)
class Field:
    """One number of the form: its key in the address, the change it makes, and its words.

    is_aside: it is folded away until somebody asks for it.
    """

    key: str
    change: str
    label: str
    unit: str
    help: str
    is_aside: bool = False


FIELDS = (
    Field("price", "price", "Prices", "%", "Of every line, rounded to what can be charged."),
    Field("discount", "discount", "Discounts", "%", "Of every order that has one."),
    Field("cost", "unit_cost", "Unit costs", "%", "Of goods whose cost is known."),
    Field("carrier", "carrier_price", "Carrier prices", "%", "Of the price lists, in every tier."),
    Field("weight", "weight", "Weights", "%", "The desi of every unit of these orders."),
    Field("duty", "duty", "Duty rate", "points", "Added to each rate of the duty table.", True),
    Field("transaction", "transaction_fee", "Transaction fee", "points", _IN_FORCE, True),
    Field("processing", "processing_fee", "Processing fee", "points", _IN_FORCE, True),
    Field("regulatory", "regulatory_fee", "Regulatory fee", "points", _IN_FORCE, True),
    Field("conversion", "conversion_fee", "Conversion fee", "points", _IN_FORCE, True),
    Field("vat", "vat_on_fees", "VAT on fees", "points", _IN_FORCE, True),
    Field("offsite", "offsite_ads_fee", "Offsite ads fee", "points", _IN_FORCE, True),
    Field("returns", "refunds", "Refunds", "%", "All amounts of the refunds dated in the range."),
    Field("units", "units", "Units", "%", "Your own assumption: as many more orders alike."),
    Field("ads", "ad_spend", "Ad spend", "%", "The spend alone; what ads bring stays as it was."),
)
# What a reader may try first: words, and the fields that are filled in.
EXAMPLES = (
    ("Prices 5 % up, 3 % fewer units", {"price": 5.0, "units": -3.0}),
    ("Carrier prices 10 % up", {"carrier": 10.0}),
    ("Half as many refunds", {"returns": -50.0}),
)


def words_of(changes: Changes, currency: str) -> str:
    """Return what is supposed in words: `Prices +5 %, transaction fee −1 point`."""
    said = []
    if changes.unit_price is not None:
        said.append(f"{text(Unit.MONEY, changes.unit_price, currency)} a unit")
    if changes.prices is not None:
        said.append(f"carrier prices of {listed(list(changes.prices.files))}")
    for field in FIELDS:
        ppm = getattr(changes, field.change)
        if ppm:
            size = f"{abs(ppm) / PPM:,.4f}".rstrip("0").rstrip(".")
            said.append(f"{field.label.lower()} {'+' if ppm > 0 else '−'}{size} {field.unit}")
    for words, base in BASES.items():
        if base is not None and base == changes.duty_base:
            said.append(f"duty on the {words.lower()}")
    words = listed(said)
    return words[:1].upper() + words[1:]
