"""Marketplace fees: what the platform keeps, per kind, and how much of it was measured."""

from engine.metrics.catalogue.declare import DOWN, UP, Declarations
from engine.metrics.model import Family, Unit

fees = Declarations(Family.FEES)

for kind, label, about in (
    ("transaction_fees", "Transaction fees", "Share of each sale, shipping and gift wrap."),
    ("processing_fees", "Payment processing fees", "For taking the payment, tax included."),
    ("listing_fees", "Listing fees", "Per piece sold; unsold renewals when measured."),
    ("regulatory_fees", "Regulatory fees", "Operating fees of some countries."),
    ("currency_conversion_fees", "Currency conversion fees", "For orders in another currency."),
    ("vat_on_fees", "VAT on fees", "Tax on the marketplace's own fees; 0 when it is recoverable."),
    ("other_fees", "Other fees and credits", "What fits no other kind, unknown types included."),
):
    fees.money(kind, label, f"l.{kind}", f"{about} Charges less credits.", direction=DOWN)
fees.money(
    "platform_fees",
    "Platform fees",
    "transaction_fees + processing_fees + listing_fees + regulatory_fees "
    "+ currency_conversion_fees + vat_on_fees + other_fees",
    "All fees of the marketplace, without advertising.",
    direction=DOWN,
)
fees.money(
    "offsite_ads_fees",
    "Offsite ads fees",
    "l.offsite_ads_fees",
    "Charged per order that came through the marketplace's own advertising.",
    direction=DOWN,
)
fees.money(
    "fee_credits",
    "Fee credits",
    "l.fee_credits",
    "Fees given back, mostly on refunds. Already taken off the fees.",
    direction=UP,
)
fees.ratio(
    "fee_measured_share",
    "Measured share of fees",
    Unit.SHARE,
    "l.fees_measured",
    "l.fee_charges",
    "Share of the charges that the payment account shows; the rest is estimated.",
    direction=UP,
    lowest=0,
    highest=1,
)
fees.ratio(
    "fee_rate",
    "Fee rate",
    Unit.SHARE,
    "platform_fees",
    "net_revenue",
    "Platform fees over net revenue. It can exceed 1.",
    direction=DOWN,
)
fees.ratio(
    "take_home_rate",
    "Take-home rate",
    Unit.SHARE,
    "net_revenue − platform_fees − marketing_cost",
    "net_revenue",
    "What the marketplace leaves of net revenue, before goods and parcels. It can be below 0.",
    direction=UP,
)
fees.money(
    "fees_retained_on_refunds",
    "Fees kept on refunds",
    "l.fees_retained",
    "Fees on refunded money that were not credited. A memo: platform fees hold them already.",
    direction=DOWN,
)

METRICS = tuple(fees.metrics)
