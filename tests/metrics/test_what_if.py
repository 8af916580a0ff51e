"""What-if on the worked shop, each moved amount worked out by hand, and on any shop rebuilt."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import UnknownEntityError, UsageError
from engine.ledger.changed_files import changed_files
from engine.ledger.changed_inputs import Changes, changed_tables
from engine.ledger.events import build_ledger
from engine.ledger.frames import EventKind
from engine.local_time import local_clock
from engine.metrics.compute import build_snapshot, compute_block
from engine.metrics.model import SHOP
from engine.metrics.registry import REGISTRY
from engine.metrics.what_if import SIGNS, TOTALS, Scope, WhatIf, what_if
from engine.money import MILLION
from engine.periods import Period, day_number
from engine.sources.findings import Findings
from engine.sources.other_prices import OtherPrices, read_other_prices
from engine.sources.some_orders import rows_of
from tests import worked_shop
from tests.any_shop import FILES, AnyShop, any_shop

MARCH = Period.containing("MONTHLY", date(2026, 3, 1))
EVER = Period.custom(date(2026, 1, 1), date(2026, 8, 31))
TEN = 100_000  # ten per cent
DATINGS = ("refund_day", "order_day")
WHOLE_SHOP = Scope()
BEGUN = day_number(date(2026, 9, 1))


def march(changes: Changes, scope: Scope = WHOLE_SHOP, dating: str = "refund_day") -> WhatIf:
    return what_if(*worked_shop.opened(), MARCH, changes, scope, dating)


def moved(answer: WhatIf) -> dict[str, int]:
    """The parts that are not as they were, in minor units."""
    parts = {name: answer.after[name] - answer.before[name] for name in SIGNS}
    return {name: amount for name, amount in parts.items() if amount}


# Unit costs: A-RED 9.0585 × 2 = 18.12 and × 1 = 9.06; B 13.75 × 1 and × 2; A-BLUE 8.80.
# Transaction fee of 7.5 %, with VAT on it: 1001 by the difference of two estimates 1.06 + 0.21, as
# the account knows what it was; 1003 1.21 + 0.24; 1004 0.50 + 0.10. 1002 is of February.
# The regulatory fee moves by as much. VAT of 21 %: 3.48 − 3.31 of 16.55, 4.06 − 3.86 of 19.31 and
# 1.75 − 1.67 of 8.34. A discount of 11.00 lowers the fees of 1001 by 0.06, 0.06, 0.02 and their VAT
# by 0.03.
# Carrier: 20.46 − 18.60, 15.40 + 2 × 1.54 − 16.80, 14.85 − 13.50, 9.90 − 9.00.
# Heavier by a tenth: 2.2 desi stay under 2.5, 2.9 over the table become 3.19 (18.20 − 16.80), 1.5
# become 1.65 (16.00 − 13.50), 0.5 become 0.55 (11.00 − 9.00).
# Duty of 5.5 % and 9 %: 0.18 − 0.14 and 1.07 − 0.95. On the sale: 4.5 % of 32.00 and 8 % of 89.00,
# 1.44 + 7.12 − 0.14 − 0.95; tax of 15 %, 4.80 + 13.35 − 0.48 − 1.78.
# The refund of March is half of 15.00: its shipping part 2.19, its credit 2.53.
@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        (Changes(), {}),
        (Changes(unit_cost=TEN), {"cogs": 702}),
        (Changes(transaction_fee=10_000), {"platform_fees": 332}),
        (Changes(regulatory_fee=10_000), {"platform_fees": 332}),
        (Changes(vat_on_fees=10_000), {"platform_fees": 45}),
        (Changes(discount=TEN), {"discounts": 100, "platform_fees": -17}),
        (Changes(carrier_price=TEN), {"postage": 579}),
        (Changes(weight=TEN), {"postage": 590}),
        (Changes(duty=10_000), {"duty": 16}),
        (Changes(duty_base=1), {"duty": 747, "import_tax": 1589}),
        (Changes(duty_base=0), {}),
        (Changes(ad_spend=500_000), {"ad_spend": 400}),
        (
            Changes(refunds=-500_000),
            {"returns_value": -585, "shipping_income": 110, "platform_fees": 127},
        ),
    ],
    ids=[
        "nothing",
        "costs",
        "fee",
        "regulatory",
        "vat",
        "discount",
        "carrier",
        "weight",
        "duty",
        "sale",
        "declared",
        "ads",
        "refunds",
    ],
)
def test_what_moves_is_what_a_person_works_out(changes: Changes, expected: dict[str, int]) -> None:
    assert moved(march(changes)) == expected


def test_prices_move_sales_and_the_fees_on_them_and_nothing_else() -> None:
    """2 × 33.00 + 49.51 + 35.20 + 2 × 48.95 + 3 × 16.50: a price is one that can be charged."""
    answer = march(Changes(price=TEN))
    assert set(moved(answer)) == {"gross_merchandise_sales", "platform_fees"}
    assert answer.after["gross_merchandise_sales"] == 29811
    assert answer.orders == 4


def test_a_price_of_a_unit_is_charged_on_every_unit_alike() -> None:
    """B was sold at 45.01 once and at 44.50 twice."""
    answer = march(Changes(unit_price=5000), Scope(sku="B"))
    assert moved(answer)["gross_merchandise_sales"] == 3 * 5000 - 4501 - 2 * 4450
    in_us = march(Changes(unit_price=5000), Scope(sku="B", country="US"))
    assert moved(in_us)["gross_merchandise_sales"] == 2 * 5000 - 2 * 4450


def test_more_orders_alike_are_as_many_times_what_the_orders_of_the_range_came_to() -> None:
    """The refund of March is of an order of February, which nothing is supposed of."""
    answer = march(Changes(units=TEN))
    assert answer.after["gross_merchandise_sales"] == 27101 + 600 + 320 + 1340 + 450
    assert answer.after["returns_value"] == answer.before["returns_value"] == 1170
    by_order = march(Changes(units=TEN), dating="order_day")
    assert by_order.before["returns_value"] == 0


@pytest.mark.parametrize(
    ("scope", "more"),
    [
        (Scope(sku="B"), 450 + 890),
        (Scope(listing=101), 600 + 320),
        (Scope(country="US"), 320 + 890),
        (Scope(), 600 + 450 + 320 + 890 + 450),
    ],
    ids=["sku", "listing", "country", "shop"],
)
def test_a_scope_moves_its_own_prices_alone(scope: Scope, more: int) -> None:
    assert moved(march(Changes(price=TEN), scope))["gross_merchandise_sales"] == more


def prices(**files: str) -> OtherPrices | None:
    """Price files as they would be uploaded, by the name of the input that they are like."""
    return read_other_prices(
        [(f"{name}.csv", text.encode()) for name, text in files.items()], Findings()
    )


BY_ZONE, TO_US = worked_shop.FILES["fedex_prices"], worked_shop.FILES["us_duties"]
BY_ZONE_DOUBLED = (
    "Ağırlık;1.Bölge\n0,5 kg;18,00\n1 kg;22,00\n1,5 kg;27,00\n2 kg;32,00\n2,5 kg;37,20\n"
)
TO_US_DOUBLED = (
    "SKU;DESİ-KG;US FEDEX KARGO ÜCRETİ\nA-BLUE;0,5;20,00\n;1;22,40\n;1,5;25,20\n;2;28,00\n"
)


def test_a_price_file_like_the_one_in_force_changes_nothing() -> None:
    assert moved(march(Changes(prices=prices(fedex_prices=BY_ZONE, us_duties=TO_US)))) == {}


def test_price_files_of_twice_the_prices_are_carrier_prices_a_hundred_per_cent_up() -> None:
    """Each file moves its own parcels: the zones' 18.60, 13.50 and 9.00, and 16.80 to the US."""
    both = prices(fedex_prices=BY_ZONE_DOUBLED, us_duties=TO_US_DOUBLED)
    doubled = march(Changes(carrier_price=MILLION))
    assert moved(march(Changes(prices=both))) == moved(doubled) == {"postage": 5790}
    assert march(Changes(prices=both)).by_sku_after.tolist() == doubled.by_sku_after.tolist()
    by_zone, to_us = prices(fedex_prices=BY_ZONE_DOUBLED), prices(us_duties=TO_US_DOUBLED)
    assert moved(march(Changes(prices=by_zone))) == {"postage": 1860 + 1350 + 900}
    assert moved(march(Changes(prices=to_us))) == {"postage": 1680}


def test_a_change_in_per_cent_comes_after_the_file() -> None:
    both = prices(fedex_prices=BY_ZONE_DOUBLED, us_duties=TO_US_DOUBLED)
    half = march(Changes(prices=both, carrier_price=-500_000))
    assert moved(half) == {}


def test_a_parcel_that_the_file_has_no_price_for_keeps_its_postage_and_is_counted() -> None:
    """The file ends at half a kilogram: it prices 1006 of 0.5, 20.00 − 9.00, and nothing else."""
    light = march(Changes(prices=prices(fedex_prices="Ağırlık;1.Bölge\n0,5 kg;20,00\n")))
    assert moved(light) == {"postage": 2000 - 900}
    assert light.unmoved.parcels == 3
    other_zone = march(Changes(prices=prices(fedex_prices="Ağırlık;7.Bölge\n9 kg;1,00\n")))
    assert moved(other_zone) == {}
    assert other_zone.unmoved.parcels == 4


def test_lines_that_keep_their_cost_are_counted() -> None:
    """C has no cost to be dearer."""
    assert march(Changes(unit_cost=TEN)).unmoved.goods == 1
    assert march(Changes(price=TEN)).unmoved.goods == 0


@pytest.mark.parametrize("dating", DATINGS)
def test_before_is_what_the_metrics_say_and_the_bars_lead_to_after(dating: str) -> None:
    changes = Changes(price=-TEN, unit_cost=TEN, units=TEN, refunds=TEN, ad_spend=TEN, duty=5_000)
    answer = march(changes, dating=dating)
    names = [*SIGNS, *TOTALS]
    block = compute_block(
        worked_shop.opened()[0], [MARCH], SHOP, REGISTRY.choose(SHOP, names), refund_dating=dating
    )
    said = {name: int(column.values[0]) for name, column in block.columns.items()}
    assert {name: answer.before[name] for name in SIGNS} == {name: said[name] for name in SIGNS}
    for name in TOTALS:
        assert answer.total(name, is_after=False) == said[name]
    change = answer.total("net_profit", is_after=True) - answer.total("net_profit", is_after=False)
    assert sum(answer.bars.values()) == change != 0
    assert answer.by_sku.sum() == said["contribution_profit"]
    assert answer.by_sku_after.sum() == answer.total("contribution_profit", is_after=True)


def test_the_margin_is_divided_as_the_metric_is() -> None:
    answer = march(Changes())
    assert answer.margin(is_after=True) == answer.margin(is_after=False) == 0.291361


def test_skus_that_turn_are_named() -> None:
    worse = march(Changes(unit_cost=1_000_000)).turned
    profit = dict(zip(march(Changes()).skus, march(Changes()).by_sku.tolist(), strict=True))
    assert profit["A-BLUE"] > 0
    assert "A-BLUE" in worse[0]
    assert worse[1] == []


def test_what_is_nowhere_or_too_much_is_refused() -> None:
    with pytest.raises(UnknownEntityError, match="country 'ZZ'"):
        march(Changes(), Scope(country="ZZ"))
    with pytest.raises(UsageError, match="price can't fall by more than 100 %"):
        Changes(price=-1_000_001)


def without_account(shop: AnyShop) -> AnyShop:
    """The shop with nothing measured: then an estimate is all there is."""
    entries = rows_of(shop.source.entries, np.empty(0, np.int64))
    return replace(shop, source=replace(shop.source, entries=entries))


@settings(max_examples=25)
@given(
    any_shop(),
    st.sampled_from((-300_000, -7, 100_000, 333_333)),
    st.integers(-20_000, 20_000),
    st.booleans(),
)
def test_any_shop_comes_to_what_it_comes_to_when_rebuilt_on_the_changed_inputs(
    shop: AnyShop, ppm: int, points: int, of_parcels_alone: bool
) -> None:
    shop = without_account(shop)
    changes = Changes(carrier_price=ppm, weight=ppm, duty=points, duty_base=ppm % 2)
    if not of_parcels_alone:
        changes = replace(changes, price=ppm, discount=ppm, transaction_fee=points)
    clock = local_clock(shop.source.shop.time_zone)
    ledger, _, evidence = shop.load()
    snapshot = build_snapshot(ledger, BEGUN, BEGUN)
    lines = ledger.line_id[ledger.kind == EventKind.SALE]
    rebuilt, _ = build_ledger(
        changed_tables(shop.source, changes, lines),
        changed_files(FILES, changes),
        clock,
        policies=shop.policies,
        known_until=shop.known_until,
    )
    names = list(SIGNS)
    for dating in DATINGS:
        answer = what_if(snapshot, evidence, EVER, changes, Scope(), dating)
        block = compute_block(
            build_snapshot(rebuilt, BEGUN, BEGUN),
            [EVER],
            SHOP,
            REGISTRY.choose(SHOP, names),
            refund_dating=dating,
        )
        said = {name: int(column.values[0]) for name, column in block.columns.items()}
        assert answer.after == said
