"""What each type of ledger entry is: the bucket that it is booked in, one row a type.

Marketplaces add types without notice, so the set is open: an unknown type lands in `other_fees`,
visibly, and is counted by name. Types are compared folded, whole names first; then
`<cost>_refund` or `refund_<cost>` is a credit of that cost.
"""

from __future__ import annotations

from enum import StrEnum

from engine.sources.folding import fold


class Bucket(StrEnum):
    """Where an entry is booked; the first eight are ledger columns."""

    TRANSACTION = "transaction_fees"
    PROCESSING = "processing_fees"
    LISTING = "listing_fees"
    REGULATORY = "regulatory_fees"
    CONVERSION = "currency_conversion_fees"
    VAT = "vat_on_fees"
    OTHER = "other_fees"
    OFFSITE_ADS = "offsite_ads_fees"
    POSTAGE = "postage"
    ADS = "ad_spend"
    PASS_THROUGH = "pass_through"  # sales, refunds, tax, transfers: no cost of the shop


FEE_BUCKETS = tuple(Bucket)[:8]
FEE_COLUMNS = tuple(bucket.value for bucket in FEE_BUCKETS)

_TYPES: dict[Bucket, str] = {
    Bucket.TRANSACTION: "transaction transaction_quantity shipping_transaction gift_wrap_fees",
    Bucket.PROCESSING: "payment_processing_fee",
    Bucket.REGULATORY: "regulatory_operating_fee",
    Bucket.OFFSITE_ADS: "offsite_ads_fee",
    Bucket.LISTING: "listing listing_private renew renew_sold renew_sold_auto renew_expired "
    "auto_renew_expired",
    Bucket.VAT: "vat_seller_services vat_on_processing_fees",
    Bucket.OTHER: "seller_onboarding_fee buyer_fee deposit_fee seller_credit "
    "seller_driven_traffic_credit",
    Bucket.POSTAGE: "shipping_labels shipping_label_refund",
    Bucket.ADS: "prolist",
    Bucket.PASS_THROUGH: "payment_gross payment refund_gross refund sales_tax sales_tax_refund "
    "refund_reversal_sales_tax vat_tax_ep vat_refund_ep disburse disburse2 billing_payment recoup "
    "seller_onboarding_fee_payment",
}
LEDGER_TYPES: dict[str, Bucket] = {
    name: bucket for bucket, names in _TYPES.items() for name in names.split()
}


_DEPOSITS = ("disburse", "disburse2")
# What is no cost, in plain words.
_PLAIN = {
    "payment_gross": "Sales",
    "payment": "Sales, after fees",
    "refund_gross": "Refunds to buyers",
    "refund": "Refunds to buyers, after fees",
    "sales_tax": "Sales tax passed on",
    "sales_tax_refund": "Sales tax given back",
    "refund_reversal_sales_tax": "Sales tax of a refund taken back",
    "vat_tax_ep": "VAT passed on",
    "vat_refund_ep": "VAT given back",
    "disburse": "Deposit to the bank",
    "disburse2": "Deposit to the bank",
    "billing_payment": "Bill paid from outside",
    "recoup": "Taken from the bank",
    "seller_onboarding_fee_payment": "Bill paid from outside",
}


def is_deposit(ledger_type: str) -> bool:
    """Tell whether a ledger type is money that leaves the account for the bank."""
    return _folded(ledger_type) in _DEPOSITS


def plain_words(ledger_type: str) -> str:
    """Return what a type that is no cost means; the type itself where nothing is known of it."""
    return _PLAIN.get(_folded(ledger_type), ledger_type)


def bucket_of(ledger_type: str) -> tuple[Bucket, bool]:
    """Return the bucket of a ledger type, and whether the type is a known one."""
    name = _folded(ledger_type)
    if name in LEDGER_TYPES:
        return LEDGER_TYPES[name], True
    for cost in (name.removesuffix("_refund"), name.removeprefix("refund_")):
        bucket = LEDGER_TYPES.get(cost, Bucket.PASS_THROUGH)
        # Only a cost can be credited: nobody knows what the refund of a transfer would be.
        if bucket is not Bucket.PASS_THROUGH:
            return bucket, True
    return Bucket.OTHER, False


def _folded(ledger_type: str) -> str:
    return fold(ledger_type.replace("_", " ").replace("-", " ")).replace(" ", "_")
