"""Order statuses as marketplaces write them: the canonical word, and whether the order is a sale.

The answer to "does this order count?" is given here and nowhere else (M7).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from engine.sources.folding import fold


class Counts(Enum):
    """When an order with a status is a sale."""

    ALWAYS = "always"
    NEVER = "never"
    IF_PAID = "if paid"


@dataclass(frozen=True, slots=True)
class Status:
    """What an order's status means.

    `is_contradictory`: the status says paid, the order says unpaid; the status is believed.
    `is_known`: False for a text that the table does not have (STATUS_UNKNOWN).
    """

    canonical: str
    is_sale: bool
    is_cancelled: bool = False
    is_contradictory: bool = False
    is_known: bool = True


_OPEN = {
    "open": "open",
    "unpaid": "open",
    "pending": "open",
    "unshipped": "open",
    "payment processing": "payment_processing",
    "processing": "payment_processing",
}
# Folded text, `_` and `-` as spaces → canonical word, and when it counts.
STATUSES: dict[str, tuple[str, Counts]] = {
    "completed": ("completed", Counts.ALWAYS),
    "paid": ("paid", Counts.ALWAYS),
    "fully refunded": ("fully_refunded", Counts.ALWAYS),
    "partially refunded": ("partially_refunded", Counts.ALWAYS),
    "canceled": ("canceled", Counts.NEVER),
    "cancelled": ("canceled", Counts.NEVER),
    **{text: (canonical, Counts.IF_PAID) for text, canonical in _OPEN.items()},
    "complete": ("completed", Counts.IF_PAID),
    "shipped": ("completed", Counts.IF_PAID),
    "delivered": ("completed", Counts.IF_PAID),
    "refunded": ("fully_refunded", Counts.IF_PAID),
    "partial refund": ("partially_refunded", Counts.IF_PAID),
}


@lru_cache(maxsize=4096)
def read_status(text: str | None, is_paid: bool, is_shipped: bool) -> Status:
    """Return what a status means for an order that is, or is not, paid and shipped."""
    key = _status_key(text)
    if not key:
        word = "completed" if is_shipped else "paid" if is_paid else "open"
        return Status(word, is_paid)
    if key not in STATUSES:
        return Status("unknown", is_paid, is_known=False)
    word, counts = STATUSES[key]
    if counts is Counts.NEVER:
        return Status(word, is_sale=False, is_cancelled=True)
    if counts is Counts.ALWAYS:
        return Status(word, is_sale=True, is_contradictory=not is_paid)
    return Status(word, is_paid)


def means_unpaid(text: str | None) -> bool:
    """Tell whether a status by itself says that money has not arrived yet."""
    return _status_key(text) in _OPEN


def _status_key(text: str | None) -> str:
    folded = fold(text or "").replace("_", " ").replace("-", " ")
    return " ".join(folded.split())
