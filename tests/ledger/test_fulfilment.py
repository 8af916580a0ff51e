"""The fulfilment costs of lines: the worked shop to the cent, and what always holds.

The orders are those of tests/worked_shop.py; weights, prices and duties are invented for them.
"""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.ledger.allocation import sum_by_group
from engine.ledger.frames import CostBasis
from engine.ledger.fulfilment import COSTS, CarrierFiles, fulfil
from engine.ledger.orders import build_orders
from engine.ledger.sales import allocate_sales, resolve_lines
from engine.local_time import local_clock
from engine.sources.skus import sku_identity
from tests import worked_shop
from tests.parcel_shop import (
    DUTY_HEADER,
    SETTING_HEADER,
    Handed,
    Sent,
    owner_writes,
    send,
    tracking_rows,
)
from tests.shop_builder import Line, Order

UNKNOWN, MEASURED, ESTIMATED = CostBasis.UNKNOWN, CostBasis.MEASURED, CostBasis.ESTIMATED
WORKED = {
    "desi": "OTTOKOD;DESİ\nA-RED;0,5\nC;0,5\n",
    "fedex_zones": "Ülke;Ülke Kodu;Zone\nGermany;DE;1\n",
    "fedex_prices": (
        "Ağırlık;1.Bölge\n0,5 kg;9,00\n1 kg;11,00\n1,5 kg;13,50\n2 kg;16,00\n2,5 kg;18,60\n"
    ),
    "us_duties": (
        f"{DUTY_HEADER}\n"
        "A-BLUE;;0,5;3,20;10,00;;4,5;15;;\n"
        "B;;1,2;5,94;;;8;15;;\n"
        ";;1;;11,20;;;;;\n"
        ";;1,5;;12,60;;;;;\n"
        ";;2;;14,00;;;;;\n"
    ),
    "parcels": f"{SETTING_HEADER}\ncarrier_fee_flat,4.50,USD,,\ncarrier_fee_rate,0.02,,,\n",
}


@pytest.fixture
def worked(tmp_path) -> Sent:
    source = worked_shop.source()
    clock = local_clock(source.shop.time_zone)
    orders, in_time = build_orders(source, clock)
    every = resolve_lines(source, orders, in_time, sku_identity)
    lines = every.chosen(orders.state[every.order] == 0)
    sales = allocate_sales(source, lines, in_time, {})
    files = owner_writes(tmp_path, **WORKED)
    tracking = tracking_rows(source.shop)
    found = fulfil(source, orders, lines, sales, files, clock, tracking=tracking)
    return Sent(found, lines, orders)


def test_the_worked_parcel_of_two_goods_goes_by_their_weight(worked):
    assert worked.cost("postage", 11, 12) == [845, 1015]
    assert worked.basis("postage", 11, 12) == [MEASURED, MEASURED]


def test_the_worked_parcel_above_the_last_tier_is_an_estimate(worked):
    assert worked.cost("postage", 31, 32) == [290, 1390]
    assert worked.basis("postage", 31, 32) == [ESTIMATED, ESTIMATED]


def test_the_worked_parcel_on_a_tier_stays_there(worked):
    assert worked.cost("postage", 41) == [1350]


def test_the_worked_parcels_of_one_good(worked):
    assert worked.cost("postage", 21, 61) == [900, 900]


def test_the_worked_duties(worked):
    assert worked.cost("duty", 31, 32) == [14, 95]
    assert worked.cost("import_tax", 31, 32) == [48, 178]
    assert worked.cost("carrier_fee", 31, 32) == [78, 372]
    assert worked.basis("duty", 31, 32) == [MEASURED, MEASURED]


def test_the_worked_shop_has_no_other_duties(worked):
    assert [sum(worked.cost(name)) for name in COSTS] == [6690, 109, 226, 450]
    march = [11, 12, 31, 32, 41, 61]
    assert sum(worked.cost("postage", *march)) == 5790


def test_the_worked_shop_knows_every_cost_and_weight(worked):
    assert sum(worked.cost("fulfilment_ceiling")) == 0
    assert worked.cost("sales_weighed", 11, 12, 21, 31, 32, 41, 61) == [
        5429,
        4072,
        3200,
        3200,
        8900,
        4500,
        0,
    ]


def test_the_worked_orders_are_a_parcel_each(worked):
    has_parcel = dict(
        zip(
            worked.orders.order_id.tolist(),
            (worked.found.parcel_of_order >= 0).tolist(),
            strict=True,
        )
    )
    assert has_parcel == {1001: 1, 1002: 1, 1003: 1, 1004: 1, 1005: 0, 1006: 1}


def test_without_any_file_weights_are_guessed_and_postage_is_unknown():
    sent = send([Order(1, datetime(2026, 3, 5), [Line(10, "A", 1, 100)])], CarrierFiles())
    assert sent.basis("postage", 10) == [UNKNOWN]
    assert sent.basis("duty", 10) == [MEASURED]
    assert sent.cost("fulfilment_ceiling", 10) == [-1]


def test_a_line_of_two_parcels_is_unknown_as_soon_as_one_of_them_is(tmp_path):
    # Parcel X goes with order 1 to a country without a zone, Y to Germany.
    orders = [
        Order(1, datetime(2026, 3, 5), [Line(10, "C", 1, 100)], country="JP"),
        Order(2, datetime(2026, 3, 5), [Line(20, "C", 1, 100)], country="DE"),
    ]
    handed = [Handed(1, "X"), Handed(2, "X"), Handed(2, "Y")]
    sent = send(orders, owner_writes(tmp_path, **WORKED), handed=handed)
    assert sent.basis("postage", 10, 20) == [UNKNOWN, UNKNOWN]
    assert sent.cost("postage", 10, 20) == [0, 900]
    # X weighs 0.75 kg: 11.00 by 0.5 : 0.25.
    assert sent.cost("fulfilment_ceiling", 10, 20) == [733, 367]
    assert sent.cost("sales_weighed", 10, 20) == [0, 0]


SKUS = st.sampled_from(["A-RED", "A-BLUE", "B", "C", "ELSE", None])
GOODS = st.lists(st.tuples(SKUS, st.integers(1, 4), st.integers(0, 9000)), max_size=3)
PLACES = st.sampled_from(["DE", "US", "JP", None])
CODES = st.lists(st.sampled_from("WXYZ"), max_size=3)
LABELS = st.sampled_from([-1, -1, 0, 777])
SHOPS = st.lists(st.tuples(GOODS, PLACES, CODES, LABELS, st.booleans()), max_size=6)


@pytest.fixture(scope="module")
def files_with_and_without_default(tmp_path_factory) -> list[CarrierFiles]:
    no_default = WORKED["parcels"] + "default_desi,none,,,\n"
    return [
        owner_writes(tmp_path_factory.mktemp("known"), **WORKED),
        owner_writes(tmp_path_factory.mktemp("unknown"), **{**WORKED, "parcels": no_default}),
    ]


def sent_of(shop, files) -> Sent:
    orders, handed, labels, unsent = [], [], {}, []
    for number, (goods, country, codes, label, is_unsent) in enumerate(shop, 1):
        lines = [Line(number * 10 + at, *line) for at, line in enumerate(goods)]
        at = datetime(2026, 3, number, 12, 0)
        orders.append(Order(number, at, lines, country=country, grand_total=5000))
        handed += [Handed(number, code) for code in codes]
        labels[number] = label
        unsent += [number] if is_unsent else []
    return send(orders, files, handed=handed, labels=labels, unsent=unsent)


@settings(deadline=None)
@given(shop=SHOPS, has_default=st.booleans())
def test_every_amount_of_a_parcel_comes_back_to_its_lines(
    files_with_and_without_default, shop, has_default
):
    sent = sent_of(shop, files_with_and_without_default[0 if has_default else 1])
    found, pieces = sent.found, sent.found.pieces
    of_parcels = {
        "postage": np.maximum(found.postage.price, 0),
        "duty": sum_by_group(found.duties.duty, pieces.starts),
        "import_tax": sum_by_group(found.duties.import_tax, pieces.starts),
        "carrier_fee": found.duties.carrier_fee,
    }
    stray = sum(
        max(label, 0)
        for number, (*_, label, _) in enumerate(shop, 1)
        if not sent.parcels_of(number)
    )
    for name in COSTS:
        split = sum_by_group(found.parts.costs[name], pieces.starts)
        assert split.tolist() == of_parcels[name].tolist()
        booked = int(of_parcels[name].sum()) + (stray if name == "postage" else 0)
        assert sum(sent.cost(name)) == booked
        assert min(sent.cost(name), default=0) >= 0


@settings(deadline=None)
@given(shop=SHOPS, has_default=st.booleans())
def test_what_is_known_has_no_ceiling_and_what_is_unknown_is_not_weighed(
    files_with_and_without_default, shop, has_default
):
    sent = sent_of(shop, files_with_and_without_default[0 if has_default else 1])
    found = sent.found
    in_parcels = np.isin(np.arange(len(sent.lines.order)), found.pieces.line)
    is_unknown = np.any([found.basis[name] == UNKNOWN for name in COSTS], axis=0)
    assert not found.columns["fulfilment_ceiling"][~is_unknown].any()
    assert not is_unknown[~in_parcels].any()
    assert not found.columns["sales_weighed"][found.basis["postage"] == UNKNOWN].any()


@settings(deadline=None)
@given(shop=SHOPS)
def test_a_known_cost_is_never_above_the_ceiling_that_it_had_while_unknown(
    files_with_and_without_default, shop
):
    """The default weight is no heavier than the heaviest on file, so that no ceiling is too low."""
    known = sent_of(shop, files_with_and_without_default[0])
    unknown = sent_of(shop, files_with_and_without_default[1])
    open_ = (unknown.found.postage.price < 0) & (known.found.postage.price >= 0)
    ceiling = unknown.found.postage.ceiling
    assert (ceiling[open_] >= known.found.postage.price[open_]).all()
