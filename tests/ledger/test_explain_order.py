"""An order opens down to its source rows, and what it opens to is what the ledger holds."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from fractions import Fraction

import pytest
from hypothesis import given, settings

from engine.errors import ReconciliationError, UnknownEntityError
from engine.ledger.events import build_ledger
from engine.ledger.evidence import Evidence, keep_evidence
from engine.ledger.explain_order import explain_order
from engine.ledger.explained import Part, table
from engine.ledger.frames import AMOUNTS, Ledger
from engine.ledger.order_explanation import OrderExplanation
from engine.local_time import local_clock
from engine.sources.frames import SourceTables
from tests.any_shop import AnyShop, any_shop
from tests.shop_builder import Entry, Line, Order, a_shop, tables
from tests.worked_shop import files, source


def load(rows: SourceTables) -> tuple[Ledger, Evidence]:
    ledger, facts = build_ledger(rows, files(), local_clock(rows.shop.time_zone))
    return ledger, keep_evidence(facts)


@pytest.fixture(scope="module")
def worked() -> tuple[Ledger, Evidence]:
    return load(source())


def parts(found: OrderExplanation, column: str, event: str = "sale") -> list[Part]:
    return [part for part in found.parts if (part.column, part.row.event) == (column, event)]


@settings(deadline=None, max_examples=60)
@given(any_shop())
def test_every_order_of_any_shop_adds_up_to_its_ledger_rows(shop: AnyShop) -> None:
    ledger, _, evidence = shop.load()
    for order_id in ledger.orders.order_id.tolist():
        found = explain_order(ledger, evidence, order_id)
        found.check()
        for name in AMOUNTS:
            rows = ledger.orders.order_id[ledger.order] == order_id
            assert found.total(name) == ledger.amounts[name][rows & (ledger.order >= 0)].sum()
        for part in found.parts:
            if part.amount is not None:
                # A share is never a minor unit away from the exact part.
                assert abs(part.amount - part.exact) < 1
                assert 0 <= part.remainder < part.weights


def test_every_order_of_the_worked_shop_adds_up(worked) -> None:
    for order_id in range(1001, 1007):
        explain_order(*worked, order_id).check()


def test_the_discount_of_1001_shows_weights_and_remainders(worked) -> None:
    found = explain_order(*worked, 1001)
    shown = [
        (p.row.line_id, p.amount, p.whole, p.weight, p.weights, p.remainder)
        for p in parts(found, "discount")
    ]
    assert shown == [(11, 571, 1000, 6000, 10501, 3929), (12, 429, 1000, 4501, 10501, 6572)]
    assert [round(float(p.exact), 2) for p in parts(found, "discount")] == [571.37, 428.63]
    assert [round(float(p.exact), 2) for p in parts(found, "shipping")] == [456.53, 342.47]
    assert [round(float(p.exact), 2) for p in parts(found, "gift_wrap")] == [171.41, 128.59]
    assert {p.why.rule for p in parts(found, "discount")} == {"M10"}


def test_measured_fees_are_told_entry_by_entry(worked) -> None:
    fees = parts(explain_order(*worked, 1001), "transaction_fees")
    assert [(p.row.line_id, p.amount, p.why.source_row) for p in fees] == [
        (11, 353, "entry 1 (transaction)"),
        (12, 265, "entry 2 (transaction)"),
        (11, 30, "entry 5 (shipping_transaction)"),
        (12, 22, "entry 5 (shipping_transaction)"),
        (11, 11, "entry 6 (gift_wrap_fees)"),
        (12, 9, "entry 6 (gift_wrap_fees)"),
    ]
    assert {(p.why.rule, p.why.basis) for p in fees} == {("M29", "measured")}
    vat = parts(explain_order(*worked, 1001), "vat_on_fees")
    assert [(p.weight, p.weights) for p in vat] == [(930, 1634), (704, 1634)] * 2


def test_estimated_fees_name_the_row_of_the_schedule_with_base_and_rate(worked) -> None:
    found = explain_order(*worked, 1003)
    told = {
        name: {
            (p.why.basis, p.why.source, p.why.source_row, p.why.formula) for p in parts(found, name)
        }
        for name in ("transaction_fees", "processing_fees", "vat_on_fees")
    }
    assert told == {
        "transaction_fees": {("estimated", "etsy_fees.csv", "row 2", "0.065 × 121.00")},
        "processing_fees": {("estimated", "etsy_fees.csv", "row 3", "0.065 × 129.47 + 0.4000 USD")},
        "vat_on_fees": {("estimated", "etsy_fees.csv", "row 6", "0.2 × 19.31")},
    }
    assert [p.why.formula for p in parts(found, "listing_fees")] == [
        "0.2000 USD × 1",
        "0.2000 USD × 2",
    ]


def test_a_parcel_tells_weight_tier_zone_and_price_row(worked) -> None:
    found = explain_order(*worked, 1003)
    parcel = found.parcels[0]
    assert (parcel.mdesi, parcel.tier, parcel.zone, parcel.price) == (2900, 3000, "US", 1680)
    assert parcel.why.formula == "14.0000 + 2 × 1.4000 USD"
    assert parcel.why.basis == "estimated"
    assert [(p.amount, p.weight, p.weights) for p in parts(found, "postage")] == [
        (290, 500, 2900),
        (1390, 2400, 2900),
    ]
    assert [(p.amount, p.why.formula, p.why.source_row) for p in parts(found, "duty")] == [
        (14, "0.045 × 3.20", "row 2"),
        (95, "0.08 × 11.88", "row 3"),
    ]
    assert [p.amount for p in parts(found, "carrier_fee")] == [78, 372]


def test_a_refund_is_told_cell_by_cell_on_both_datings(worked) -> None:
    found = explain_order(*worked, 1002)
    assert [(c.component, c.paid, c.left, c.taken, c.rule) for c in found.cells] == [
        ("merchandise", 3200, 3200, 1170, "M21"),
        ("shipping", 600, 600, 219, "M21"),
        ("sales tax", 304, 304, 111, "M21"),
    ]
    exact = [Fraction(1500 * c.left, c.weights) for c in found.cells]
    assert [round(float(part), 2) for part in exact] == [1169.59, 219.30, 111.11]
    refund = next(row for row in found.ledger if row.row.event == "refund")
    assert (refund.order_day.isoformat(), refund.event_day.isoformat()) == (
        "2026-02-26",
        "2026-03-03",
    )
    credited = {p.column: p.amount for p in found.parts if p.why.rule == "M33"}
    assert credited == {
        "transaction_fees": -90,
        "processing_fees": -98,
        "regulatory_fees": -23,
        "vat_on_fees": -42,
    }
    formula = parts(found, "transaction_fees", "refund")[0].why.formula
    assert formula.startswith("2.47 × 13.89 ÷ 38.00")


def test_an_unknown_cost_is_a_part_without_an_amount_and_is_left_out(worked) -> None:
    found = explain_order(*worked, 1004)
    assert [(p.amount, p.why.basis) for p in parts(found, "cogs")] == [(None, "unknown")]
    assert [left.what for left in found.left_out] == ["cogs"]


def test_a_cancelled_order_shows_its_lines_and_why_it_counts_nowhere(worked) -> None:
    found = explain_order(*worked, 1005)
    assert (found.state, found.ledger, found.parts) == ("cancelled", (), ())
    assert [(line.sku, line.quantity) for line in found.lines] == [("B", 1)]
    assert "in no figure but cancelled_orders" in found.left_out[0].why


def test_a_held_order_and_one_without_lines_can_be_asked_for() -> None:
    day = datetime(2026, 3, 5, 10)
    orders = [
        Order(1, day, [Line(11, "B", 1, 4500, 102)], currency="EUR"),
        Order(2, day, [], grand_total=4500),
    ]
    ledger, evidence = load(tables(a_shop(), orders))
    held = explain_order(ledger, evidence, 1)
    held.check()
    assert (held.state, held.currency) == ("held", "EUR")
    bare = explain_order(ledger, evidence, 2)
    bare.check()
    assert [(p.row.line_id, p.amount) for p in parts(bare, "value")] == [(-2, 4500)]


def test_a_pooled_fee_names_its_month_and_how_much_of_it_the_order_bears() -> None:
    day = datetime(2026, 3, 5, 10)
    orders = [
        Order(1, day, [Line(11, "B", 1, 1000, 102)]),
        Order(2, day, [Line(21, "B", 1, 3000, 102)]),
    ]
    bill = Entry(1, "transaction", -300, datetime(2026, 3, 31, 12))
    ledger, evidence = load(tables(a_shop(), orders, entries=[bill]))
    found = explain_order(ledger, evidence, 2)
    found.check()
    pooled = parts(found, "transaction_fees")
    assert [(p.amount, p.why.basis, p.why.rule) for p in pooled] == [(225, "pooled", "M31")]
    assert pooled[0].why.source_row == "pool of transaction_fees, 2026-03"
    assert pooled[0].why.formula == "3.00 of 2 orders × 1.95 ÷ 2.60"


def test_an_order_that_the_shop_has_not_is_an_error(worked) -> None:
    with pytest.raises(UnknownEntityError, match="The shop has no order 9"):
        explain_order(*worked, 9)


def test_a_difference_of_one_cent_is_raised_with_its_column(worked) -> None:
    found = explain_order(*worked, 1001)
    broken = replace(
        found,
        parts=tuple(
            replace(part, amount=part.amount + 1)
            if part.column == "shipping" and part.row.line_id == 11
            else part
            for part in found.parts
        ),
    )
    with pytest.raises(
        ReconciliationError, match=r"shipping of sale of line 11: explained 4.58 USD ≠ ledger 4.57"
    ):
        broken.check()


def test_rows_become_a_frame_in_which_null_stays_null(worked) -> None:
    frame = table(Part, explain_order(*worked, 1004).parts)
    cogs = frame[frame["column"] == "cogs"]
    assert cogs["amount"].isna().all()
    assert str(frame["amount"].dtype) == "Int64"
    assert list(table(Part, ()).columns) == list(frame.columns)
