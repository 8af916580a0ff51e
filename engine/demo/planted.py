"""The planted cases: orders that are made awkward on purpose, one for each trap.

A case is a role that one order of the ordinary crowd is given. The modules that make lines, amounts
and refunds ask for the order of a role and do to it what the role says.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from engine.demo.calendar_days import Days
from engine.money import Int64Array

# What each role is. Those with a + have two lines, all others one.
ROLES = {
    "null_sku_beside_sku": "+ two lines, one of a product without SKU",
    "sku_from_product": "the line has no SKU, its product has one",
    "digital_beside_physical": "+ a download and a parcel in one order",
    "digital_alone": "a download alone: no shipping, no parcel",
    "same_sku_twice": "+ two lines of one SKU",
    "custom_order": "a custom-order listing, no SKU anywhere",
    "listing_deleted_later": "the listing was deleted after the sale; its SKU lives elsewhere",
    "shared_sku": "a SKU that two listings sell",
    "sku_with_spaces": "white space around the SKU",
    "gift_wrap": "+ gift wrap on two lines of different value",
    "coupon_on_one_line": "+ a coupon that the first line bears alone",
    "zero_total": "a coupon of 100 % and free shipping: nothing paid",
    "free_line": "+ one line at a price of 0",
    "tax_only_in_total": "tax in the order total and in no tax column",
    "country_atlantis": "a destination that is no country",
    "country_namibia": "NA is Namibia, not a missing value",
    "country_missing": "no destination",
    "status_blank": "no status; paid and shipped",
    "status_spelled": "`  cOMPLETED `",
    "status_synonym": "`delivered`",
    "status_unknown_paid": "`on hold`, paid: counts",
    "status_unknown_unpaid": "`on hold`, unpaid: does not count",
    "status_open": "`open`, unpaid: does not count",
    "cancelled_paid": "`Canceled` though paid: does not count",
    "cancelled_british": "`cancelled`",
    "refunded_without_row": "`Fully Refunded`, but no refund row: one is assumed",
    "refund_same_day": "refunded in full before it was shipped",
    "refund_later_month": "refunded in a later month",
    "refund_later_year": "refunded in a later year",
    "refund_above_item": "+ a refund above the price of the line it names",
    "refund_above_revenue": "a full refund: tax makes it larger than revenue",
    "refund_above_paid": "a refund above all that was paid",
    "refund_of_tax_alone": "only the tax goes back",
    "refund_in_two_parts": "+ two refunds that empty the order",
    "refund_failed": "a refund that failed: not booked",
    "refund_day_unknown": "a refund without a time: dated on the order's day",
    "refund_of_one_line": "+ a refund that names one line and its tax",
    "refund_superseded": "a refund row that a better source has replaced",
    "two_parcels": "one order, two tracking codes",
    "shared_parcel_first": "one tracking code for two orders",
    "shared_parcel_second": "the other order of that parcel",
}


@dataclass(frozen=True, slots=True)
class Case:
    """One planted case, for truth files and tests."""

    case_id: str
    order_id: int
    about: str


def has_two_lines(role: str) -> bool:
    """Whether the order of a role has two lines."""
    return ROLES[role].startswith("+")


def choose_orders(days: Days, order_day: Int64Array) -> dict[str, int]:
    """Return the order (its number in time order) of each role, all different."""
    chosen: dict[str, int] = {}
    taken: set[int] = set()
    spacing = len(order_day) // (len(ROLES) + 4)
    for number, role in enumerate(ROLES, start=2):
        place = number * spacing
        if role == "refund_later_year":
            turn = date(days.first.year + 1, 1, 1)
            place = int(np.searchsorted(order_day, days.index(turn))) - 3
        if role == "shared_parcel_second":
            place = chosen["shared_parcel_first"] + 1
        while place in taken:
            place += 1
        taken.add(place)
        chosen[role] = place
    return chosen


def case_list(roles: dict[str, int], order_id: Int64Array) -> list[Case]:
    """Return the cases with the ids of their orders."""
    return [
        Case(role, int(order_id[place]), ROLES[role].removeprefix("+ "))
        for role, place in roles.items()
    ]
