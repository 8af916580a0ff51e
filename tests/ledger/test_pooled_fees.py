from __future__ import annotations

from datetime import datetime

import pytest

from engine.ledger.fee_frames import FeeBasis, Pool, PoolOutcome
from engine.ledger.frames import CostBasis
from engine.sources.fee_schedule import FeeRow
from engine.sources.frames import SourceTables
from tests.ledger.account_builder import Booked, Entry, adds_up, booked, fee
from tests.shop_builder import Line, Order, Refund, a_shop, tables

MARCH, BILL = datetime(2026, 3, 5, 10), datetime(2026, 3, 31, 23, 59, 59)
MONTH = (2026 - 1970) * 12 + 2
TEN_PERCENT = (fee("transaction", 100_000), fee("processing", 0))


def shop(refunds: list[Refund] | None = None) -> SourceTables:
    """Orders of 10.00 and 30.00 in March, and of 50.00 in April."""
    return tables(
        a_shop(),
        [
            Order(1, MARCH, [Line(11, "A", 1, 1000, 901)]),
            Order(2, MARCH, [Line(21, "A", 1, 2000, 901), Line(22, "B", 1, 1000, 902)]),
            Order(3, datetime(2026, 4, 1, 0, 0), [Line(31, "A", 1, 5000, 901)]),
        ],
        refunds or [],
    )


def book(
    *entries: Entry,
    rows: tuple[FeeRow, ...] = TEN_PERCENT,
    source: SourceTables | None = None,
) -> Booked:
    found = booked(source or shop(), list(entries), rows)
    assert adds_up(found.fees)
    return found


def bases(found: Booked, column: str = "transaction_fees") -> list[int]:
    return found.fees.bases[column].tolist()


P, E = FeeBasis.POOLED, FeeBasis.ESTIMATED


@pytest.mark.parametrize(("charged", "is_used"), [(200, True), (199, False), (800, True)])
def test_a_pool_of_half_the_estimates_takes_their_place(charged: int, is_used: bool) -> None:
    found = book(Entry("transaction", charged, BILL))
    outcome = PoolOutcome.REPLACED if is_used else PoolOutcome.GAP
    pool = Pool("transaction_fees", MONTH, 1, charged, 2, 400, 400, outcome, is_by_estimate=True)
    assert found.fees.pools == (pool,)
    if is_used:
        assert found.order(1) == {"transaction_fees": charged // 4}
        assert found.sale(21) == {"transaction_fees": charged // 2}
        assert found.fees.not_booked.entry_id.tolist() == []
        assert bases(found) == [P, P, P, E]
        assert found.basis(1) == {CostBasis.MEASURED}
        assert found.fees.fees_measured.sum() == charged
    else:
        assert (found.order(1), found.order(2)) == (
            {"transaction_fees": 100},
            {"transaction_fees": 300},
        )
        assert found.fees.not_booked.charge.tolist() == [charged]
        assert bases(found) == [E, E, E, E]
    assert found.order(3) == {"transaction_fees": 500}


def test_a_pool_is_the_net_sum_of_its_month() -> None:
    found = book(Entry("transaction", 500, BILL), Entry("transaction_refund", -100, BILL))
    assert found.order(1) == {"transaction_fees": 100}
    assert found.order(2) == {"transaction_fees": 300}
    assert found.fees.fees_measured.sum() == 400


def test_measured_orders_take_no_part_in_a_pool() -> None:
    found = book(Entry("transaction", 90, MARCH, order=1), Entry("transaction", 200, BILL))
    assert found.order(1) == {"transaction_fees": 90}
    assert found.order(2) == {"transaction_fees": 200}


def test_a_pool_without_open_orders_is_an_adjustment_of_no_listing() -> None:
    entries = [Entry("transaction", 90, MARCH, order=order) for order in (1, 2)]
    found = book(*entries, Entry("transaction", 200, BILL), Entry("transaction", 7, BILL))
    assert found.adjustments() == [
        (3, 0, 0, 0, None, {"transaction_fees": 200}),
        (4, 0, 0, 0, None, {"transaction_fees": 7}),
    ]
    assert [pool.outcome for pool in found.fees.pools] == [PoolOutcome.NO_ORDERS]


def test_pooled_orders_have_no_estimated_credit() -> None:
    refund = Refund(1, 1, datetime(2026, 3, 10, 12), 500)
    assert book(source=shop([refund])).refund(1)["transaction_fees"] == -50
    found = book(Entry("transaction", 400, BILL), source=shop([refund]))
    assert found.refund(1) == {"fees_retained": 50}


def test_listing_fees_and_unknown_types_are_never_pooled() -> None:
    found = book(Entry("renew", 20, BILL), Entry("fancy_fee", 30, BILL))
    assert found.adjustments() == [
        (1, 0, 0, 0, None, {"listing_fees": 20}),
        (2, 0, 0, 0, None, {"other_fees": 30}),
    ]
    assert found.fees.pools == ()


def test_a_fee_for_something_unknown_is_not_pooled() -> None:
    found = book(Entry("transaction", 400, BILL, order=99))
    assert found.fees.pools == ()
    assert found.adjustments() == [(1, 0, 0, 0, None, {"transaction_fees": 400})]


def test_pooled_vat_takes_the_place_of_an_unknown_rate_and_goes_by_the_fees() -> None:
    rows = (*TEN_PERCENT, fee("vat_on_fees"))
    assert book(rows=rows).basis(1) == {CostBasis.UNKNOWN}
    found = book(Entry("vat_seller_services", 80, BILL), rows=rows)
    assert found.order(1) == {"transaction_fees": 100, "vat_on_fees": 20}
    assert found.sale(21) == {"transaction_fees": 200, "vat_on_fees": 40}
    assert found.basis(1) == {CostBasis.ESTIMATED}
    assert found.basis(3) == {CostBasis.UNKNOWN}


def test_an_estimate_of_vat_is_taken_of_the_pooled_fees() -> None:
    rows = (*TEN_PERCENT, fee("vat_on_fees", 200_000))
    found = book(Entry("transaction", 800, BILL), rows=rows)
    assert found.order(1) == {"transaction_fees": 200, "vat_on_fees": 40}


def test_of_equal_remainders_the_smaller_order_gets_the_cent() -> None:
    orders = [Order(number, MARCH, [Line(10 + number, "A", 1, 1000)]) for number in (2, 1)]
    found = book(Entry("transaction", 201, BILL), source=tables(a_shop(), orders))
    assert (found.order(1), found.order(2)) == (
        {"transaction_fees": 101},
        {"transaction_fees": 100},
    )


def test_a_pool_that_nobody_estimates_goes_by_what_was_sold() -> None:
    found = book(Entry("offsite_ads_fee", 40, BILL))
    assert found.order(1)["offsite_ads_fees"] == 10
    assert found.order(2)["offsite_ads_fees"] == 30
    assert found.basis(1) == {CostBasis.ESTIMATED}


def test_a_month_with_one_unknown_estimate_goes_by_what_was_sold() -> None:
    later = Order(2, datetime(2026, 3, 20), [Line(21, "A", 1, 3000, 901)])
    source = tables(a_shop(), [Order(1, MARCH, [Line(11, "A", 1, 1000, 901)]), later])
    change = 20_527  # 15 March
    rows = (fee("transaction", 100_000, last=change - 1), fee("transaction", first=change))
    found = book(Entry("transaction", 400, BILL), rows=(*rows, TEN_PERCENT[1]), source=source)
    assert (found.order(1), found.order(2)) == (
        {"transaction_fees": 100},
        {"transaction_fees": 300},
    )
    assert found.basis(2) == {CostBasis.MEASURED}
