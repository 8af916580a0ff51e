"""The break-even price (M48): by hand where every fee is a plain share, and on any shop."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from engine.errors import UsageError
from engine.ledger.changed_inputs import Changes
from engine.ledger.events import build_ledger
from engine.ledger.evidence import keep_evidence
from engine.ledger.frames import EventKind
from engine.local_time import local_clock
from engine.metrics.break_even import break_even
from engine.metrics.compute import build_snapshot
from engine.metrics.what_if import Scope, what_if
from engine.periods import Period, day_number
from engine.sources.owner_files import read_owner_files
from tests.any_shop import AnyShop, any_shop
from tests.shop_builder import Line, Order, a_shop, tables

MARCH = Period.containing("MONTHLY", date(2026, 3, 1))
EVER = Period.custom(date(2026, 1, 1), date(2026, 8, 31))
BEGUN = day_number(date(2026, 9, 1))
FEES = (
    "country,fee_kind,buyer,rate,fixed_minor,currency,max_minor,below_minor,base,credit,"
    "valid_from,valid_to,source,confidence\n"
    "*,transaction,any,0.1,,,,,order,,,,invented,low\n"
    "*,processing,any,0.05,50,USD,,,order,rate,,,invented,low\n"
    "*,listing,any,,20,USD,,,unit,,,,invented,low\n"
)


def opened(folder: Path, orders: list[Order], cost: str):
    (folder / "etsy_fees.csv").write_text(FEES, encoding="utf-8")
    (folder / "cost.csv").write_text(f"SKU,US MART 2026\nA,{cost}\n", encoding="utf-8")
    source = tables(a_shop(), orders)
    clock = local_clock(source.shop.time_zone)
    ledger, facts = build_ledger(source, read_owner_files(folder, "Any", "USD"), clock)
    return build_snapshot(ledger, BEGUN, BEGUN), keep_evidence(facts)


def order(number: int, cents: int, country: str, **more) -> Order:
    lines = [Line(number * 10 + 1, "A", 2, cents, 101, is_digital=True)]
    day = datetime(2026, 3, number, 12)
    return Order(number, day, lines, country=country, grand_total=2 * cents, **more)


def test_the_price_by_hand(tmp_path: Path) -> None:
    """Two units at p: 2p − 2 × 14.00 − 10 % of 2p − (5 % of 2p + 0.50) − 2 × 0.20 = 1.7p − 28.90.

    So it is 17.00; at 16.99 it is 33.98 − 28.00 − 3.40 − 2.20 − 0.40 = −0.02.
    """
    found = break_even(
        *opened(tmp_path, [order(1, 1000, "US")], "14"), MARCH, "A", None, "refund_day"
    )
    assert (found.price, found.units, found.list_value) == (1700, 2, 2000)
    # 20.00 − 28.00 − 2.00 − 1.50 − 0.40
    assert found.profit == -1190


def test_of_one_country_only_its_orders_count(tmp_path: Path) -> None:
    """What is sold to Germany at 40.00 a unit earns and does not help the price to the US."""
    opened_shop = opened(tmp_path, [order(1, 1000, "US"), order(2, 4000, "DE")], "14")
    assert break_even(*opened_shop, MARCH, "A", "US", "refund_day").price == 1700
    assert break_even(*opened_shop, MARCH, "A", "US", "refund_day").profit == -1190


@pytest.mark.parametrize(("cost", "is_least", "price"), [("14", False, 1700), ("", True, 53)])
def test_where_a_cost_is_missing_the_price_is_the_least_that_it_must_be(
    tmp_path: Path, cost: str, is_least: bool, price: int
) -> None:
    """Without the 28.00 for goods 1.7p − 0.90 is left, which is nothing at 0.53."""
    found = break_even(
        *opened(tmp_path, [order(1, 1000, "US")], cost), MARCH, "A", None, "refund_day"
    )
    assert (found.lacks_costs, found.price) == (is_least, price)


def test_a_sku_that_was_not_sold_has_none(tmp_path: Path) -> None:
    shop = opened(tmp_path, [order(1, 1000, "US")], "14")
    april = Period.containing("MONTHLY", date(2026, 4, 1))
    found = break_even(*shop, april, "A", None, "refund_day")
    assert (found.price, found.units, found.profit) == (None, 0, 0)


@settings(max_examples=4, deadline=None)
@given(any_shop(), st.data())
def test_at_the_price_nothing_is_lost_and_a_cent_below_it_is(shop: AnyShop, data) -> None:
    ledger, _, evidence = shop.load()
    snapshot = build_snapshot(ledger, BEGUN, BEGUN)
    sold = sorted({ledger.skus[code] for code in ledger.sku[ledger.kind == EventKind.SALE]})
    assume(sold)
    sku = data.draw(st.sampled_from(sold))
    found = break_even(snapshot, evidence, EVER, sku, None, "refund_day")
    before = what_if(snapshot, evidence, EVER, Changes(), Scope(sku=sku), "refund_day")
    at = before.skus.index(sku) if sku in before.skus else None
    assert found.profit == (0 if at is None else before.by_sku[at])
    if found.price is None:
        return

    def profit(price: int) -> int:
        answer = what_if(
            snapshot, evidence, EVER, Changes(unit_price=price), Scope(sku=sku), "refund_day"
        )
        return int(answer.by_sku_after[answer.skus.index(sku)]) if sku in answer.skus else 0

    assert profit(found.price) >= 0
    assert found.price == 0 or profit(found.price - 1) < 0


@pytest.mark.parametrize("changes", [{"unit_price": -1}, {"unit_price": 5, "price": 7}])
def test_a_price_is_from_zero_and_one_alone(changes) -> None:
    with pytest.raises(UsageError, match="A unit can't cost"):
        Changes(**changes)
