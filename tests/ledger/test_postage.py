"""What a parcel costs to send (M38, M40): tiers, zones, labels, and what an unknown can come to."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pytest

from engine.ledger.allocation import allocate
from engine.ledger.frames import CostBasis
from engine.ledger.parcels import Pieces
from engine.ledger.postage import weigh
from engine.ledger.weights import UnitWeights
from tests.parcel_shop import DUTY_HEADER, SETTING_HEADER, Handed, owner_writes, send
from tests.shop_builder import Line, Order, a_shop

NOON = datetime(2026, 3, 5, 12, 0)
DESI = "OTTOKOD;DESİ\nA;0,5\nB;1,2\nHEAVY;3\n"
ZONES = "Ülke;Ülke Kodu;Zone\nGermany;DE;1\nFrance;FR;2\n"
PRICES = "Ağırlık;1.Bölge;2.Bölge\n0,5 kg;9,00;10,00\n1 kg;11,00;12,50\n1,5 kg;13,50;15,50\n"
CARRIER = {"desi": DESI, "fedex_zones": ZONES, "fedex_prices": PRICES}
UNKNOWN, MEASURED, ESTIMATED = CostBasis.UNKNOWN, CostBasis.MEASURED, CostBasis.ESTIMATED


def order(order_id: int = 1, *lines: tuple[str, int], **facts: object) -> Order:
    """Lines get the ids order_id × 10 + 0, 1, 2 …"""
    chosen = lines or (("A", 1),)
    made = [Line(order_id * 10 + at, sku, n, 2000) for at, (sku, n) in enumerate(chosen)]
    return Order(order_id, facts.pop("at", NOON), made, **facts)


def settings(*rows: str) -> str:
    return "\n".join((SETTING_HEADER, *rows))


def tiers(sent) -> list[int]:
    return sent.found.postage.tier.tolist()


def test_a_weight_is_raised_to_the_next_tier(tmp_path):
    sent = send(
        [order(1, ("A", 1), ("A", 1), ("A", 1)), order(2, ("B", 1))],
        owner_writes(tmp_path, **CARRIER),
    )
    assert sent.found.weights.total.tolist() == [1500, 1200]
    assert tiers(sent) == [1500, 1500]


def test_a_weight_exactly_on_a_tier_stays_on_it(tmp_path):
    sent = send([order(1, ("A", 2))], owner_writes(tmp_path, **CARRIER))
    assert (tiers(sent), sent.cost("postage", 10)) == ([1000], [1100])
    assert sent.basis("postage", 10) == [MEASURED]


def test_above_the_last_tier_the_last_step_goes_on_as_an_estimate(tmp_path):
    sent = send([order(1, ("HEAVY", 1))], owner_writes(tmp_path, **CARRIER))
    # 1.5 kg above the last tier of 1.5 kg are three steps of 0.5 kg for 2.50 each.
    assert (tiers(sent), sent.cost("postage", 10)) == ([3000], [1350 + 3 * 250])
    assert sent.basis("postage", 10) == [ESTIMATED]


def test_above_the_last_tier_the_owner_may_want_no_guess(tmp_path):
    files = owner_writes(tmp_path, parcels=settings("over_max,unknown,,,"), **CARRIER)
    sent = send([order(1, ("HEAVY", 1))], files)
    assert sent.cost("postage", 10) == [0]
    assert sent.basis("postage", 10) == [UNKNOWN]
    assert sent.cost("fulfilment_ceiling", 10) == [-1]


def test_postage_goes_to_the_lines_by_their_weight(tmp_path):
    sent = send([order(1, ("A", 1), ("B", 1))], owner_writes(tmp_path, **CARRIER))
    # 1.7 kg: 13.50 + 2.50 by 0.5 : 1.2
    assert sent.cost("postage", 10, 11) == [471, 1129]


def test_a_destination_without_a_zone_has_no_price_but_that_of_the_dearest_zone_as_ceiling(
    tmp_path,
):
    sent = send([order(1, ("A", 2), country="JP")], owner_writes(tmp_path, **CARRIER))
    assert sent.cost("postage", 10) == [0]
    assert sent.basis("postage", 10) == [UNKNOWN]
    assert sent.cost("fulfilment_ceiling", 10) == [1250]
    assert sent.found.postage.zone.code.tolist() == [-1]
    assert sent.cost("sales_weighed", 10) == [0]


def test_an_unknown_country_is_no_other_one(tmp_path):
    sent = send([order(1, country=None)], owner_writes(tmp_path, **CARRIER))
    assert (sent.cost("postage", 10), sent.basis("postage", 10)) == ([0], [UNKNOWN])


def test_the_owner_may_give_the_rest_of_the_world_a_zone(tmp_path):
    files = owner_writes(tmp_path, **{**CARRIER, "fedex_zones": ZONES + "*;*;2\n"})
    sent = send([order(1, country="JP"), order(2, country=None)], files)
    assert sent.cost("postage", 10, 20) == [1000, 0]


def test_namibia_is_a_country(tmp_path):
    files = owner_writes(tmp_path, **{**CARRIER, "fedex_zones": "Ülke;Ülke Kodu;Zone\n;NA;2\n"})
    sent = send([order(1, country="NA")], files)
    assert sent.cost("postage", 10) == [1000]


def test_an_unknown_weight_makes_the_postage_of_its_whole_parcel_unknown(tmp_path):
    files = owner_writes(tmp_path, parcels=settings("default_desi,none,,,"), **CARRIER)
    sent = send([order(1, ("A", 1), ("ELSE", 1)), order(2)], files)
    assert sent.basis("postage", 10, 11, 20) == [UNKNOWN, UNKNOWN, MEASURED]
    assert sent.cost("postage", 10, 11, 20) == [0, 0, 900]
    # The unknown unit may weigh 3 kg as the heaviest on file: 3.5 kg are four steps above the last.
    # That is 13.50 + 4 × 2.50, by 0.5 : 3.
    assert sent.cost("fulfilment_ceiling", 10, 11) == [336, 2014]
    assert sent.cost("fulfilment_ceiling", 20) == [0]
    assert sent.cost("sales_weighed", 10, 11, 20) == [0, 0, 2000]


def test_without_any_weight_on_file_the_ceiling_is_unknown_too(tmp_path):
    files = owner_writes(
        tmp_path,
        parcels=settings("default_desi,none,,,"),
        fedex_zones=ZONES,
        fedex_prices=PRICES,
    )
    sent = send([order(1)], files)
    assert sent.cost("fulfilment_ceiling", 10) == [-1]


def test_a_default_weight_makes_an_estimate_that_does_not_count_as_weighed(tmp_path):
    sent = send([order(1, ("A", 1), ("ELSE", 1))], owner_writes(tmp_path, **CARRIER))
    assert sent.cost("postage", 10, 11) == [550, 550]
    assert sent.basis("postage", 10, 11) == [ESTIMATED, ESTIMATED]
    assert sent.cost("sales_weighed", 10, 11) == [0, 0]
    assert sent.cost("fulfilment_ceiling", 10, 11) == [0, 0]


def test_without_a_price_list_postage_is_unknown_to_the_end(tmp_path):
    sent = send([order(1)], owner_writes(tmp_path, desi=DESI, fedex_zones=ZONES))
    assert sent.basis("postage", 10) == [UNKNOWN]
    assert sent.cost("fulfilment_ceiling", 10) == [-1]


def test_a_zone_and_tier_without_a_price_borrow_none(tmp_path):
    prices = "Ağırlık;1.Bölge;2.Bölge\n0,5 kg;;10,00\n1 kg;11,00;12,50\n"
    sent = send([order(1)], owner_writes(tmp_path, **{**CARRIER, "fedex_prices": prices}))
    assert sent.basis("postage", 10) == [UNKNOWN]
    assert sent.cost("fulfilment_ceiling", 10) == [-1]


def test_a_price_list_holds_from_its_day_on(tmp_path):
    newer = "Ağırlık;1.Bölge\n0,5 kg;9,90\n"
    files = owner_writes(tmp_path, **CARRIER, fedex_prices_2026__03__06=newer)
    sent = send([order(1, ship_hours=11), order(2, ship_hours=12)], files)
    assert sent.cost("postage", 10, 20) == [900, 990]


def test_the_united_states_have_their_own_list(tmp_path):
    duties = f"{DUTY_HEADER}\nUS-A;;0,5;5;10,55;;4,5;10;;\nUS-B;;1,5;5;12,60;;4,5;10;;\n"
    zones = ZONES + "USA;US;2\n"
    files = owner_writes(tmp_path, **{**CARRIER, "fedex_zones": zones}, us_duties=duties)
    sent = send([order(1, country="US"), order(2, ("B", 1), country="US")], files)
    assert sent.cost("postage", 10, 20) == [1055, 1260]
    zone = sent.found.postage.zone
    assert [zone.values[code] for code in zone.code] == ["US", "US"]


def test_before_its_own_list_begins_a_destination_is_priced_by_its_zone(tmp_path):
    duties = f"{DUTY_HEADER}\nUS-A;;0,5;5;10,55;;4,5;10;2026-03-05;\n"
    zones = ZONES + "USA;US;2\n"
    files = owner_writes(tmp_path, **{**CARRIER, "fedex_zones": zones}, us_duties=duties)
    earlier = datetime(2026, 3, 4, 12, 0)
    sent = send([order(1, country="US", at=earlier), order(2, country="US")], files)
    assert sent.cost("postage", 10, 20) == [1000, 1055]


def test_a_label_that_was_paid_replaces_the_list(tmp_path):
    files = owner_writes(tmp_path, **CARRIER)
    sent = send([order(1, ("A", 1), ("B", 1)), order(2)], files, labels={1: 1000})
    assert sent.cost("postage", 10, 11, 20) == [294, 706, 900]
    assert sent.basis("postage", 10, 11) == [MEASURED, MEASURED]


def test_a_label_needs_neither_weight_nor_zone(tmp_path):
    files = owner_writes(tmp_path, parcels=settings("default_desi,none,,,"), desi=DESI)
    sent = send([order(1, ("A", 1), ("ELSE", 3), country=None)], files, labels={1: 1000})
    # One of the weights is unknown, so the units decide.
    assert sent.cost("postage", 10, 11) == [250, 750]
    assert sent.basis("postage", 10, 11) == [MEASURED, MEASURED]
    assert sent.cost("sales_weighed", 10, 11) == [2000, 6000]


def test_a_label_over_a_default_weight_counts_as_weighed(tmp_path):
    sent = send([order(1, ("ELSE", 1))], owner_writes(tmp_path, **CARRIER), labels={1: 700})
    assert sent.cost("sales_weighed", 10) == [2000]
    assert sent.basis("postage", 10) == [MEASURED]


def test_a_free_label_is_not_no_label(tmp_path):
    sent = send([order(1)], owner_writes(tmp_path, **CARRIER), labels={1: 0})
    assert (sent.cost("postage", 10), sent.basis("postage", 10)) == ([0], [MEASURED])


def test_labels_of_orders_in_one_parcel_add_up(tmp_path):
    sent = send(
        [order(1), order(2), order(3)],
        owner_writes(tmp_path, **CARRIER),
        handed=[Handed(1, "X"), Handed(2, "X"), Handed(3, "X")],
        labels={1: 500, 3: 250},
    )
    assert sent.cost("postage", 10, 20, 30) == [250, 250, 250]


def test_an_order_of_two_parcels_has_paid_half_of_its_labels_for_each(tmp_path):
    sent = send(
        [order(1), order(2)],
        owner_writes(tmp_path, **CARRIER),
        handed=[Handed(1, "X"), Handed(1, "Y"), Handed(2, "Y")],
        labels={1: 1001},
    )
    assert sent.found.postage.price.tolist() == [501, 500]
    # Y holds half of order 1, 0.25 kg, and order 2, 0.5 kg.
    assert sent.cost("postage", 10, 20) == [501 + 167, 333]


@pytest.mark.parametrize("lines", [[("PDF", 1), ("PDF", 3)], [("A", 1), ("A", 3)]])
def test_a_label_of_an_order_without_a_parcel_goes_to_its_lines_by_units(tmp_path, lines):
    placed = order(1, *lines)
    for line in placed.lines:
        line.is_digital = line.sku == "PDF"
    sent = send([placed], owner_writes(tmp_path, **CARRIER), labels={1: 800}, unsent=[1])
    assert len(sent.found.parcels) == 0
    assert sent.cost("postage", 10, 11) == [200, 600]
    assert sent.cost("sales_weighed", 10, 11) == [2000, 6000]


def test_a_digital_line_takes_no_postage_and_counts_as_weighed(tmp_path):
    placed = order(1, ("A", 1), ("PDF", 1), country="JP")
    placed.lines[1].is_digital = True
    sent = send([placed], owner_writes(tmp_path, **CARRIER))
    assert sent.cost("sales_weighed", 10, 11) == [0, 2000]
    assert sent.basis("postage", 10, 11) == [UNKNOWN, MEASURED]


def test_orders_with_one_code_are_priced_as_one_parcel_to_the_lowest_order_id(tmp_path):
    sent = send(
        [order(1, country="FR"), order(2, country="DE")],
        owner_writes(tmp_path, **CARRIER),
        handed=[Handed(1, "X"), Handed(2, "X")],
    )
    assert sent.found.weights.total.tolist() == [1000]
    assert sent.cost("postage", 10, 20) == [625, 625]
    assert sent.basis("postage", 10, 20) == [MEASURED, MEASURED]


def test_an_order_of_n_parcels_puts_an_nth_of_its_weight_in_each_as_an_estimate(tmp_path):
    handed = [Handed(1, code) for code in "XYZ"]
    sent = send([order(1, ("B", 2), ("A", 2))], owner_writes(tmp_path, **CARRIER), handed=handed)
    # 2.4 ÷ 3 and 1.0 ÷ 3, rounded: 0.8 + 0.333 kg, tier 1.5 kg, three times 13.50 by 800 : 333.
    assert sent.found.weights.total.tolist() == [1133, 1133, 1133]
    assert sent.cost("postage", 10, 11) == [3 * 953, 3 * 397]
    assert sent.basis("postage", 10, 11) == [ESTIMATED, ESTIMATED]


def test_a_parcel_of_no_weight_is_on_the_first_tier_and_shared_evenly():
    one = np.zeros(2, np.int64)
    pieces = Pieces(parcel=one, line=np.arange(2), parts=one + 1, starts=np.array([0, 2]))
    unit = UnitWeights(one, one.astype(np.int8), one > 0)
    weights = weigh(pieces, unit, quantity=np.array([1, 3]), largest=3000)
    assert weights.total.tolist() == [0]
    assert allocate(np.array([901]), weights.shares, pieces.starts).tolist() == [451, 450]


def test_carrier_prices_are_brought_into_the_currency_of_the_shop(tmp_path):
    rates = "date,from,to,rate\n2026-03-02,USD,EUR,0.9\n"
    files = owner_writes(tmp_path, **CARRIER, fx_rates=rates)
    late = order(2, at=datetime(2026, 3, 20, 12, 0))
    sent = send([order(1, ("A", 2)), late], files, shop=a_shop(currency="EUR"))
    assert sent.cost("postage", 10, 20) == [990, 0]
    assert sent.basis("postage", 10, 20) == [MEASURED, UNKNOWN]
    assert sent.cost("fulfilment_ceiling", 20) == [-1]


def test_a_currency_without_decimals_is_rounded_once(tmp_path):
    rates = "date,from,to,rate\n2026-03-05,USD,JPY,150.55\n"
    files = owner_writes(tmp_path, **CARRIER, fx_rates=rates)
    sent = send([order(1, ("A", 2))], files, shop=a_shop(currency="JPY"))
    assert sent.cost("postage", 10) == [1656]  # 11.00 × 150.55 = 1656.05
