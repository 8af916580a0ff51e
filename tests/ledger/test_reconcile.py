"""The identities are checked in integers: a cent in the wrong place ends the load."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engine.errors import ReconciliationError
from engine.ledger.events import build_ledger
from engine.ledger.frames import INCOME, REFUND, EventKind
from engine.ledger.reconcile import reconcile
from engine.local_time import local_clock
from tests import worked_shop
from tests.shop_builder import owner_files


def built():
    source = worked_shop.source()
    clock = local_clock(source.shop.time_zone)
    parts = build_ledger(source, owner_files(worked_shop.cost_table()), clock)
    return (*parts, source)


def test_the_worked_shop_adds_up_and_the_sums_are_kept():
    identities = reconcile(*built())
    assert all(identity.difference == 0 for identity in identities)
    values = {identity.name: identity.left for identity in identities}
    assert values["order value = sum over its lines"] == 30301
    assert values["refund = sum over lines and components"] == 1500


@pytest.mark.parametrize("column", [*INCOME, "base", "paid"])
def test_one_cent_in_a_sale_column_names_the_order(column):
    ledger, sales, refunds, source = built()
    row = int(np.flatnonzero(ledger.line_id == 31)[0])
    ledger.amounts[column][row] += 1
    with pytest.raises(ReconciliationError, match="order 1003: ") as caught:
        reconcile(ledger, sales, refunds, source)
    assert caught.value.exit_code == 6


@pytest.mark.parametrize("column", REFUND)
def test_one_cent_in_a_refund_column_names_the_order(column):
    ledger, sales, refunds, source = built()
    row = int(np.flatnonzero(ledger.kind == EventKind.REFUND)[0])
    ledger.amounts[column][row] += 1
    with pytest.raises(ReconciliationError, match=r"order 1002: 15\.00 USD ≠ 15\.01 USD"):
        reconcile(ledger, sales, refunds, source)


def test_a_lost_line_is_noticed():
    ledger, sales, refunds, source = built()
    without = {name: column.copy() for name, column in ledger.amounts.items()}
    without["value"][0] = 0
    with pytest.raises(ReconciliationError, match="order value = sum over its lines: 1 differ"):
        reconcile(replace(ledger, amounts=without), sales, refunds, source)
