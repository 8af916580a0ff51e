"""Rows of the payment account, and of the reviews that buyers wrote."""

from __future__ import annotations

import numpy as np

from engine.demo.facts import MESSAGES
from engine.demo.order_tables import money_of
from engine.demo.payments import HOLD_SECONDS, TYPES, Ledger, Payments
from engine.demo.shop import DemoShop
from engine.demo.tables import Table, bigint, integer, rate, same, text, timestamp, word

_REFERENCES = ("Receipt", "Transaction")
_IS_GERMAN = np.array(["ö" in message for message in MESSAGES], np.int64)


def account_rows(shop: DemoShop) -> list[Table]:
    """Return the rows of `order_payments` and `ledger_entries`, none for a shop without ledger."""
    if shop.accounts is None:
        return []
    payments, ledger = shop.accounts
    return [_payment_rows(shop, payments), _ledger_rows(shop, ledger)]


def _payment_rows(shop: DemoShop, payments: Payments) -> Table:
    plan, count = shop.plan, len(payments.order)
    seconds = shop.seconds[payments.order]
    not_adjusted = ~payments.is_adjusted
    adjusted_net = payments.adjusted_gross - payments.adjusted_fees
    return Table(
        "order_payments",
        {
            "payment_id": bigint(payments.payment_id),
            "order_id": bigint(shop.order_id[payments.order]),
            "shop_id": bigint(same(plan.shop_id, count)),
            "amount_gross": bigint(payments.gross),
            "amount_fees": bigint(payments.fees),
            "amount_net": bigint(payments.gross - payments.fees),
            "adjusted_gross": bigint(payments.adjusted_gross, not_adjusted),
            "adjusted_fees": bigint(payments.adjusted_fees, not_adjusted),
            "adjusted_net": bigint(adjusted_net, not_adjusted),
            "amount_divisor": integer(same(100, count)),
            "currency_code": word(plan.account_currency, count),
            "listing_amount": bigint(shop.amounts.paid[payments.order]),
            **money_of(shop, payments.order, "listing_divisor", "listing_currency_code"),
            "exchange_rate": rate(payments.rate),
            "refund_amount": bigint(payments.refunded, not_adjusted),
            "status": word("settled", count),
            "funds_available": timestamp(seconds + HOLD_SECONDS),
            "created_timestamp": bigint(seconds),
        },
    )


def _ledger_rows(shop: DemoShop, ledger: Ledger) -> Table:
    plan, count = shop.plan, len(ledger.kind)
    referred = np.array([_REFERENCES.index(k) if k else -1 for *_, k in TYPES], np.int64)
    reference = referred[ledger.kind]
    order_id = shop.order_id[np.maximum(ledger.order, 0)]
    line_id = shop.line_id[np.maximum(ledger.line, 0)]
    return Table(
        "ledger_entries",
        {
            "entry_id": bigint(ledger.entry_id),
            "shop_id": bigint(same(plan.shop_id, count)),
            "ledger_type": text(ledger.kind, [name for name, *_ in TYPES]),
            "amount": bigint(ledger.amount),
            "amount_divisor": integer(same(100, count)),
            "currency": word(plan.account_currency, count),
            "created_timestamp": bigint(ledger.seconds),
            "description": text(ledger.kind, [about for _, about, _ in TYPES]),
            "related_payment_id": bigint(ledger.payment, ledger.payment < 0),
            "sequence_number": bigint(1 + np.arange(count, dtype=np.int64)),
            "balance": bigint(ledger.balance),
            "reference_id": bigint(np.where(reference == 1, line_id, order_id), reference < 0),
            "order_id": bigint(order_id, ledger.order < 0),
            "transaction_id": bigint(line_id, ledger.line < 0),
            "reference_type": text(reference, _REFERENCES),
        },
    )


def review_rows(shop: DemoShop) -> Table:
    """Return the rows of `reviews`."""
    reviews, catalogue = shop.reviews, shop.catalogue
    line = reviews.line
    count = len(line)
    product = shop.lines.product[line]
    buyer = shop.buyers.buyer_id[shop.lines.order[line]]
    return Table(
        "reviews",
        {
            "transaction_id": bigint(shop.line_id[line]),
            "shop_id": bigint(same(shop.plan.shop_id, count)),
            "listing_id": bigint(catalogue.listing_ids[catalogue.listing_of[product]]),
            "product_id": bigint(catalogue.product_ids[product]),
            "buyer_user_id": bigint(buyer, buyer == 0),
            "rating": bigint(reviews.rating),
            "review_message": text(reviews.message, MESSAGES),
            "language": text(_IS_GERMAN[reviews.message], ("en", "de")),
            "created_timestamp": bigint(reviews.seconds),
            "updated_timestamp": bigint(reviews.seconds),
            "created_datetime": timestamp(reviews.seconds),
            "updated_datetime": timestamp(reviews.seconds),
        },
    )
