"""The identities are checked in integers: a cent in the wrong place ends the load."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import numpy as np
import pytest

from engine.errors import ReconciliationError
from engine.ledger import reconcile as reconciling
from engine.ledger.amounts import Amounts
from engine.ledger.events import build_ledger
from engine.ledger.frames import FEE_MEMOS, FEES, FULFILMENT, INCOME, REFUND, EventKind
from engine.ledger.reconcile import checks, reconcile
from engine.local_time import local_clock
from tests import worked_shop
from tests.shop_builder import Entry, tables

CEILING = "ceiling of parcel costs = sum over lines"
FEES_ADD_UP = "fees of all kinds = charges − credits"
MEASURED = "measured fees = those of entries"
SPLIT = "refund = sum over lines and components"
KEPT = "fees kept on a refund = sum over lines"
# Which identity must notice a cent too many in a column: of the sale rows, …
OF_SALES = {
    **{name: f"order {name} = sum over its lines" for name in INCOME},
    "base": "value − discount + shipping + gift wrap = base",
    "paid": "base + tax + VAT + unbooked = paid",
    **{name: f"parcel costs ({name}) = sum over lines" for name in FULFILMENT},
    "fulfilment_ceiling": CEILING,
    **dict.fromkeys((*FEES, "fee_charges", "fee_credits"), FEES_ADD_UP),
    "fees_measured": MEASURED,
}
# … of the refund rows, …
OF_REFUNDS = {
    **dict.fromkeys(REFUND, SPLIT),
    "refund_amount": "refund = its amount on the lines",
    **dict.fromkeys((*FEES, "fee_charges", "fee_credits"), FEES_ADD_UP),
    "fees_measured": MEASURED,
    "fees_retained": KEPT,
}
# … and of the rows that are neither.
OF_ADJUSTMENTS = {
    **dict.fromkeys((*FEES, "fee_charges", "fee_credits"), FEES_ADD_UP),
    "fees_measured": MEASURED,
}
FAULTS = [
    *((EventKind.SALE, column, name) for column, name in OF_SALES.items()),
    *((EventKind.REFUND, column, name) for column, name in OF_REFUNDS.items()),
    *((EventKind.ADJUSTMENT, column, name) for column, name in OF_ADJUSTMENTS.items()),
]
# The order of the row that gets the cent: one of several lines, its refund, a cancelled one.
ORDER = {EventKind.SALE: 1003, EventKind.REFUND: 1002, EventKind.ADJUSTMENT: 1005}


def built():
    source = worked_shop.source()
    fee = Entry(90, "transaction", -25, datetime(2026, 3, 20, 12, 5), order_id=1005)
    with_adjustment = replace(
        source,
        entries=tables(source.shop, [], entries=[*worked_shop.account(), fee]).entries,
    )
    return build_ledger(with_adjustment, worked_shop.files(), local_clock(source.shop.time_zone))


def a_cent_more(ledger, kind, column):
    """Return the ledger with one cent more in the last row of an order."""
    of_order = ledger.orders.order_id[ledger.order] == ORDER[kind]
    changed = ledger.amounts[column].copy()
    changed[np.flatnonzero((ledger.kind == kind) & of_order)[-1]] += 1
    return replace(ledger, amounts=Amounts({**ledger.amounts, column: changed}.items()))


def test_the_worked_shop_adds_up_and_the_sums_are_kept():
    identities = reconcile(*built())
    assert all(identity.difference == 0 for identity in identities)
    values = {identity.name: identity.left for identity in identities}
    assert values["order value = sum over its lines"] == 30301
    assert values["refund = sum over lines and components"] == 1500


@pytest.mark.parametrize(("kind", "column", "identity"), FAULTS)
def test_one_cent_in_an_allocated_column_names_the_order(kind, column, identity):
    ledger, facts = built()
    with pytest.raises(ReconciliationError, match=f"order {ORDER[kind]}: ") as caught:
        reconcile(a_cent_more(ledger, kind, column), facts)
    assert caught.value.exit_code == 6
    assert f"{identity}: 1 differ" in str(caught.value)


@pytest.mark.parametrize(("kind", "column", "identity"), FAULTS)
def test_without_its_identity_the_cent_goes_unnoticed(kind, column, identity, monkeypatch):
    """So no other check does the work of this one, and the test above can fail."""
    ledger, facts = built()
    ledger = a_cent_more(ledger, kind, column)
    # A total of others stands in several identities: the order's sum and what is made of it.
    names = {identity, *ALSO.get((kind, column), ())}
    left = [check for check in checks(ledger, facts) if check.name not in names]
    monkeypatch.setattr(reconciling, "checks", lambda *_: iter(left))
    reconcile(ledger, facts)


# What else notices the cent, as the amount is a part of another one.
BASE, PAID, TOTAL = OF_SALES["base"], OF_SALES["paid"], "paid = the order's grand total"
ALSO = {
    **{(EventKind.SALE, name): (BASE,) for name in ("value", "discount", "shipping", "gift_wrap")},
    (EventKind.SALE, "base"): (PAID,),
    (EventKind.SALE, "paid"): (TOTAL,),
    (EventKind.ADJUSTMENT, "fee_charges"): (MEASURED,),
}


def test_every_allocated_column_of_the_ledger_is_among_the_faults():
    allocated = {*INCOME, *REFUND, *FULFILMENT, *FEES, *FEE_MEMOS, "base", "paid", "refund_amount"}
    assert allocated <= {column for _, column, _ in FAULTS}


@pytest.mark.parametrize("name", ["postage", "carrier_fee"])
def test_one_cent_in_a_piece_of_a_parcel_names_the_order(name):
    ledger, facts = built()
    piece = int(np.flatnonzero(facts.lines.line_id[facts.fulfilment.pieces.line] == 31)[0])
    parts = facts.fulfilment.parts
    costs = {column: amounts.copy() for column, amounts in parts.costs.items()}
    costs[name][piece] += 1
    fulfilment = replace(facts.fulfilment, parts=replace(parts, costs=Amounts(costs.items())))
    facts = replace(facts, fulfilment=fulfilment)
    with pytest.raises(ReconciliationError, match="order 1003: ") as caught:
        reconcile(ledger, facts)
    assert f"parcel {name} = sum over its pieces: 1 differ" in str(caught.value)


def test_a_lost_line_is_noticed():
    ledger, facts = built()
    without = {name: column.copy() for name, column in ledger.amounts.items()}
    without["value"][0] = 0
    with pytest.raises(ReconciliationError, match="order value = sum over its lines: 1 differ"):
        reconcile(replace(ledger, amounts=Amounts(without.items())), facts)
