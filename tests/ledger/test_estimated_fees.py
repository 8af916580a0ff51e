from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.ledger.events import build_ledger
from engine.ledger.exchange import Exchange, RealisedRates
from engine.ledger.fee_frames import FeeBasis
from engine.ledger.frames import CostBasis
from engine.local_time import local_clock
from engine.money import round_div
from engine.periods import day_number
from engine.sources.fee_files import FEE_LAYOUT, read_fees, shipped_fees
from engine.sources.fee_schedule import FeeRow
from engine.sources.findings import Findings
from engine.sources.frames import SourceTables
from engine.sources.offsite_orders import OffsiteOrders
from engine.sources.rate_files import NO_RATES, RATE_SCALE, PairRates, Rates
from engine.sources.text_files import read_text
from tests.ledger.account_builder import Booked, Entry, booked, fee
from tests.shop_builder import (
    Line,
    Order,
    Refund,
    a_shop,
    integers,
    maybe,
    owner_files,
    tables,
    texts,
)

DAY = datetime(2026, 3, 5, 10)
FREE = (fee("transaction", 0), fee("processing", 0))
ALWAYS = [fee("transaction", 65_000), fee("processing", 30_000, 25)]


def shop(
    refunds: list[Refund] | None = None, at: datetime = DAY, price: int = 10_000, **order: object
) -> SourceTables:
    """One order of one line, with shipping 5.00 and tax 8.00."""
    one = Order(1, at, [Line(11, "A", 2, price // 2, 901)], shipping=500, tax=800, **order)
    return tables(a_shop(), [one], refunds or [])


def estimate(*rows: FeeRow, source: SourceTables | None = None, **more: object) -> Booked:
    """Estimate by some rows; transaction and processing fees are free unless a row names them."""
    named = {row.kind for row in rows}
    free = tuple(row for row in FREE if row.kind not in named)
    return booked(source or shop(), [], (*rows, *free), **more)  # type: ignore[arg-type]


def offsite(kind: int = 0) -> OffsiteOrders:
    return OffsiteOrders(np.array([1]), np.array([kind], np.int8))


def test_a_rate_is_taken_of_goods_shipping_and_gift_wrap_but_not_of_tax() -> None:
    assert estimate(fee("transaction", 65_000)).order(1) == {"transaction_fees": 683}  # 682.5
    assert estimate(fee("regulatory", 11_000)).order(1) == {"regulatory_fees": 116}  # 115.5


def test_processing_is_taken_of_all_that_was_paid_and_has_a_fixed_part() -> None:
    assert estimate(fee("processing", 30_000, 25)).order(1) == {"processing_fees": 339 + 25}


def test_nothing_paid_owes_no_processing_fee_but_a_listing_fee() -> None:
    free = tables(a_shop(), [Order(1, DAY, [Line(11, "A", 1, 0, 901)])])
    rows = (fee("processing", 30_000, 25), fee("listing", fixed=20))
    assert estimate(*rows, source=free).order(1) == {"listing_fees": 20}


def test_a_row_may_name_another_base() -> None:
    row = replace(fee("regulatory", 100_000), base=frozenset(("items",)))
    assert estimate(row).order(1) == {"regulatory_fees": 1000}
    row = replace(fee("regulatory", 100_000), base=frozenset(("shipping", "tax")))
    assert estimate(row).order(1) == {"regulatory_fees": 130}


def test_lines_get_an_orders_fee_by_their_share_of_its_base() -> None:
    two = Order(1, DAY, [Line(11, "A", 1, 1000, 901), Line(12, "B", 3, 100, 902)])
    rows = (fee("transaction", 100_000), fee("listing", fixed=20))
    found = estimate(*rows, source=tables(a_shop(), [two]))
    assert found.sale(11) == {"transaction_fees": 100, "listing_fees": 20}
    assert found.sale(12) == {"transaction_fees": 30, "listing_fees": 60}


@pytest.mark.parametrize(
    ("at", "amount"),
    [
        (datetime(2022, 4, 10, 23, 59, 59), 525),
        (datetime(2022, 4, 11, 0, 0, 0), 683),
    ],
)
def test_the_rate_in_force_on_the_orders_own_day_counts(at: datetime, amount: int) -> None:
    change = day_number(date(2022, 4, 11))
    rows = (fee("transaction", 50_000, last=change - 1), fee("transaction", 65_000, first=change))
    assert estimate(*rows, source=shop(at=at)).order(1) == {"transaction_fees": amount}


def test_an_empty_rate_is_an_unknown_fee_and_not_a_free_one() -> None:
    found = estimate(fee("regulatory", 10_000), fee("vat_on_fees"))
    assert found.order(1) == {"regulatory_fees": 105}
    assert found.basis(1) == {CostBasis.UNKNOWN}
    assert found.fees.notes["orders_with_an_unknown_fee"] == 1


def test_vat_that_the_shop_gets_back_need_not_be_known() -> None:
    found = estimate(fee("regulatory", 10_000), fee("vat_on_fees"), vat_on_fees="recoverable")
    assert found.basis(1) == {CostBasis.ESTIMATED}


def test_vat_on_an_unknown_fee_is_unknown() -> None:
    found = estimate(fee("regulatory"), fee("listing", fixed=20), fee("vat_on_fees", 200_000))
    assert found.order(1) == {"listing_fees": 40}
    assert set(found.fees.bases["vat_on_fees"]) == {FeeBasis.UNKNOWN}
    alone = estimate(fee("regulatory"), fee("vat_on_fees", 200_000))
    assert set(alone.fees.bases["vat_on_fees"]) == {FeeBasis.UNKNOWN}


@pytest.mark.parametrize("missing", ["transaction", "processing"])
def test_a_sale_always_has_a_transaction_and_a_processing_fee(missing: str) -> None:
    rows = tuple(row for row in ALWAYS if row.kind != missing)
    found = booked(shop(), [], rows)
    assert found.basis(1) == {CostBasis.UNKNOWN}
    assert f"{missing}_fees" not in found.order(1)


def test_any_other_kind_without_a_row_is_no_fee() -> None:
    found = booked(shop(), [], tuple(ALWAYS))
    assert set(found.order(1)) == {"transaction_fees", "processing_fees"}
    assert found.basis(1) == {CostBasis.ESTIMATED}


def test_kinds_that_no_order_owes_are_never_estimated() -> None:
    rows = (
        fee("share_and_save", -40_000),
        fee("shop_setup", fixed=1500),
        fee("etsy_plus", fixed=1000),
        fee("deposit", fixed=4200),
    )
    assert estimate(*rows).order(1) == {}


def test_only_listed_orders_pay_for_offsite_ads() -> None:
    rows = (fee("offsite_ads", 150_000), fee("offsite_ads_reduced", 120_000))
    assert estimate(*rows).order(1) == {}
    assert estimate(*rows, offsite=offsite()).order(1) == {"offsite_ads_fees": 1575}
    assert estimate(*rows, offsite=offsite(1)).order(1) == {"offsite_ads_fees": 1260}


def test_offsite_ads_cost_at_most_their_cap() -> None:
    row = fee("offsite_ads", 150_000, cap=10_000)
    dear = shop(price=1_000_000)
    assert estimate(row, source=dear, offsite=offsite()).order(1) == {"offsite_ads_fees": 10_000}
    assert estimate(row, offsite=offsite()).order(1) == {"offsite_ads_fees": 1575}


def test_a_fee_may_hold_below_an_amount_only() -> None:
    assert estimate(fee("regulatory", 10_000, below=10_501)).order(1) == {"regulatory_fees": 105}
    assert estimate(fee("regulatory", 10_000, below=10_500)).order(1) == {}


def test_only_orders_at_a_market_rate_pay_for_conversion() -> None:
    row = fee("currency_conversion", 25_000)
    assert estimate(row).order(1) == {}
    converted = estimate(row, at_market=np.array([True]))
    assert converted.order(1) == {"currency_conversion_fees": 263}


def test_a_fixed_fee_in_another_currency_is_converted_at_the_orders_day() -> None:
    days = np.array([20_517], np.int32)
    rates = Rates({("TRY", "USD"): PairRates(days, integers([RATE_SCALE // 40]), days)})
    row = replace(fee("processing", 0, 300), currency="TRY")
    assert estimate(row, rates=rates).order(1) == {"processing_fees": 8}  # 7.5
    late = estimate(row, rates=rates, source=shop(at=datetime(2026, 3, 13, 12)))
    assert late.order(1) == {}
    assert late.basis(1) == {CostBasis.UNKNOWN}


def test_a_fixed_fee_takes_the_rate_of_the_orders_own_payment() -> None:
    own = RealisedRates.of_payments(
        integers([5]), integers([1]), texts(["USD"]), texts(["TRY"]), maybe([20 * RATE_SCALE])
    )
    row = replace(fee("processing", 0, 300), currency="TRY")
    exchange = Exchange(a_shop(), NO_RATES, own)
    assert estimate(row, exchange=exchange).order(1) == {"processing_fees": 15}


def test_a_cap_that_cannot_be_converted_leaves_the_fee_unknown() -> None:
    row = replace(fee("offsite_ads", 150_000, cap=10_000), currency="EUR")
    found = estimate(row, offsite=offsite())
    assert found.order(1) == {}
    assert found.basis(1) == {CostBasis.UNKNOWN}


def test_a_listing_fee_is_rounded_for_each_line_with_its_rate() -> None:
    days = np.array([20_517], np.int32)
    rates = Rates({("EUR", "USD"): PairRates(days, integers([RATE_SCALE * 112 // 100]), days)})
    two = Order(1, DAY, [Line(11, "A", 1, 1000, 901), Line(12, "B", 3, 100, 902)])
    row = replace(fee("listing", fixed=20), currency="EUR")
    found = estimate(row, source=tables(a_shop(), [two]), rates=rates)
    assert found.sale(11) == {"listing_fees": 22}  # 22.4
    assert found.sale(12) == {"listing_fees": 67}  # 67.2


HALF = Refund(1, 1, datetime(2026, 3, 10, 12), 5650)


@pytest.mark.parametrize(
    ("credit", "amount"), [("", -170), ("rate", -170), ("all", -182), ("none", 0)]
)
def test_a_row_says_what_a_refund_brings_back(credit: str, amount: int) -> None:
    # Half of 3.39, or of 3.39 + 0.25.
    row = fee("processing", 30_000, 25, credit=credit)
    found = estimate(row, source=shop([HALF]))
    assert found.refund(1).get("processing_fees", 0) == amount


def test_a_listing_fee_comes_back_only_if_its_row_says_so() -> None:
    full = Refund(1, 1, datetime(2026, 3, 10, 12), 11_300)
    assert "listing_fees" not in estimate(fee("listing", fixed=20), source=shop([full])).refund(1)
    found = estimate(fee("listing", fixed=20, credit="all"), source=shop([full]))
    assert found.refund(1)["listing_fees"] == -40


def test_vat_comes_back_by_the_credited_fees() -> None:
    rows = (fee("transaction", 100_000), fee("listing", fixed=525), fee("vat_on_fees", 200_000))
    found = estimate(*rows, source=shop([HALF]))
    # 10.50 and 10.50 of fees; half of the first comes back, and so a quarter of 4.20.
    assert found.refund(1) == {
        "transaction_fees": -525,
        "vat_on_fees": -105,
        "fees_retained": 630,
    }


def test_what_was_refunded_beyond_payment_brings_no_fee_back() -> None:
    beyond = Refund(1, 1, datetime(2026, 3, 10, 12), 20_000)
    found = estimate(fee("transaction", 100_000), source=shop([beyond]))
    assert found.refund(1) == {"transaction_fees": -1050}


@settings(deadline=None)
@given(
    st.lists(st.integers(1, 9_000), min_size=1, max_size=6),
    st.integers(0, 400_000),
    st.integers(0, 400_000),
)
def test_credits_are_cumulative_and_never_exceed_their_fee(
    amounts: list[int], ppm: int, vat: int
) -> None:
    refunds = [
        Refund(number + 1, 1, datetime(2026, 3, 6 + number, 12), amount)
        for number, amount in enumerate(amounts)
    ]
    rows = (
        fee("transaction", ppm),
        fee("processing", ppm, 30, credit="all"),
        fee("vat_on_fees", vat),
    )
    found = estimate(*rows, source=shop(refunds))
    charged = found.order(1)
    for name in ("transaction_fees", "processing_fees", "vat_on_fees"):
        steps = [found.refund(number + 1).get(name, 0) for number in range(len(amounts))]
        assert all(step <= 0 for step in steps)
        assert -sum(steps) <= charged.get(name, 0)
        if sum(amounts) >= 11_300:
            assert -sum(steps) == charged.get(name, 0)
    so_far = np.minimum(np.cumsum(amounts), 11_300)
    credited = [-found.refund(n + 1).get("processing_fees", 0) for n in range(len(amounts))]
    assert np.cumsum(credited).tolist() == [
        round_div(charged.get("processing_fees", 0) * int(part), 11_300) for part in so_far
    ]


def test_the_shipped_schedule_estimates_a_turkish_shop() -> None:
    # 3.00 TRY is not known in USD, and the owner has not entered a VAT rate.
    found = booked(shop(), [], shipped_fees().rows)
    assert found.order(1) == {
        "transaction_fees": 683,
        "regulatory_fees": 116,
        "listing_fees": 40,
    }
    assert found.basis(1) == {CostBasis.UNKNOWN}


def test_estimates_give_way_to_charges_of_the_account() -> None:
    found = booked(shop(), [Entry("transaction", 700, DAY, order=1)], tuple(ALWAYS))
    assert found.order(1) == {"transaction_fees": 700}


def test_vat_is_not_estimated_on_fees_of_unknown_kinds() -> None:
    rows = (fee("transaction", 100_000), fee("processing", 0), fee("vat_on_fees", 200_000))
    found = booked(shop(), [Entry("fancy_fee", 500, DAY, order=1)], rows)
    assert found.order(1) == {"transaction_fees": 1050, "other_fees": 500, "vat_on_fees": 210}


def test_an_estimated_credit_never_exceeds_its_fee_whatever_the_account_credits() -> None:
    rows = (fee("transaction", 100_000), fee("processing", 0), fee("vat_on_fees", 200_000))
    large = Entry("transaction_refund", -5000, datetime(2026, 3, 11), order=1)
    credit = booked(shop([HALF]), [large], rows).refund(1)
    assert (credit["transaction_fees"], credit["vat_on_fees"]) == (-5000, -210)


def test_an_owners_file_without_rows_says_that_there_are_no_fees() -> None:
    findings = Findings()
    records = read_text(b"country,fee_kind,rate\n", "etsy_fees.csv", (FEE_LAYOUT,), findings)
    stated = read_fees(records, findings)
    assert stated.is_free
    files = replace(owner_files(), fees=stated)
    source = shop()
    _, facts = build_ledger(source, files, local_clock(source.shop.time_zone))
    assert not any(column.any() for column in facts.fees.sale.values())
    assert set(facts.fees.sale_basis.tolist()) == {CostBasis.MEASURED}


def test_a_file_of_which_no_row_can_be_used_says_nothing_of_the_kind() -> None:
    findings = Findings()
    content = b"country,fee_kind,rate\nNowhere,transaction,0.05\n"
    stated = read_fees(read_text(content, "etsy_fees.csv", (FEE_LAYOUT,), findings), findings)
    assert (len(stated.rows), stated.is_free) == (0, False)
