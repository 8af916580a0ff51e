"""The identities are checked in integers: a cent in the wrong place ends the load."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engine.errors import ReconciliationError
from engine.ledger.amounts import Amounts
from engine.ledger.events import build_ledger
from engine.ledger.frames import FEES, FULFILMENT, INCOME, REFUND, EventKind, Ledger
from engine.ledger.reconcile import reconcile
from engine.local_time import local_clock
from tests import worked_shop


def built():
    source = worked_shop.source()
    return build_ledger(source, worked_shop.files(), local_clock(source.shop.time_zone))


def one_cent_more(ledger: Ledger, column: str, row: int) -> Ledger:
    changed = ledger.amounts[column].copy()
    changed[row] += 1
    return replace(ledger, amounts=Amounts({**ledger.amounts, column: changed}.items()))


def test_the_worked_shop_adds_up_and_the_sums_are_kept():
    identities = reconcile(*built())
    assert all(identity.difference == 0 for identity in identities)
    values = {identity.name: identity.left for identity in identities}
    assert values["order value = sum over its lines"] == 30301
    assert values["refund = sum over lines and components"] == 1500


@pytest.mark.parametrize("column", [*INCOME, "base", "paid"])
def test_one_cent_in_a_sale_column_names_the_order(column):
    ledger, facts = built()
    row = int(np.flatnonzero(ledger.line_id == 31)[0])
    ledger = one_cent_more(ledger, column, row)
    with pytest.raises(ReconciliationError, match="order 1003: ") as caught:
        reconcile(ledger, facts)
    assert caught.value.exit_code == 6


@pytest.mark.parametrize("column", FULFILMENT)
def test_one_cent_in_a_parcel_column_names_the_order(column):
    ledger, facts = built()
    row = int(np.flatnonzero(ledger.line_id == 31)[0])
    ledger = one_cent_more(ledger, column, row)
    with pytest.raises(ReconciliationError, match=r"parcel costs.*: 1 differ\n.*1003"):
        reconcile(ledger, facts)


@pytest.mark.parametrize("column", FEES)
def test_one_cent_in_a_fee_column_names_the_order(column):
    ledger, facts = built()
    row = int(np.flatnonzero(ledger.line_id == 31)[0])
    ledger = one_cent_more(ledger, column, row)
    with pytest.raises(ReconciliationError, match="order 1003: ") as caught:
        reconcile(ledger, facts)
    assert "fees of all kinds = charges − credits" in str(caught.value)


@pytest.mark.parametrize("column", REFUND)
def test_one_cent_in_a_refund_column_names_the_order(column):
    ledger, facts = built()
    row = int(np.flatnonzero(ledger.kind == EventKind.REFUND)[0])
    ledger = one_cent_more(ledger, column, row)
    with pytest.raises(ReconciliationError, match=r"order 1002: 15\.00 USD ≠ 15\.01 USD"):
        reconcile(ledger, facts)


def test_a_lost_line_is_noticed():
    ledger, facts = built()
    without = {name: column.copy() for name, column in ledger.amounts.items()}
    without["value"][0] = 0
    with pytest.raises(ReconciliationError, match="order value = sum over its lines: 1 differ"):
        reconcile(replace(ledger, amounts=Amounts(without.items())), facts)
