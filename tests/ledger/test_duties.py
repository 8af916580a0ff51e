"""Duty, import tax and the carrier's fee (M39): base, rates, limit, payer, and what is unknown."""

from __future__ import annotations

from datetime import datetime

import pytest

from engine.ledger.frames import CostBasis
from tests.parcel_shop import DUTY_HEADER, SETTING_HEADER, Handed, owner_writes, send
from tests.shop_builder import Line, Order, a_shop

AFTER = datetime(2026, 3, 5, 12, 0)
BEFORE = datetime(2025, 8, 28, 12, 0)  # the last day on which 800 USD of goods came in free
# SKU; code; desi; declared; carrier price; handling fee; duty %; import tax %; from; to
DUTIES = f"""
{DUTY_HEADER}
A;;0,5;3,20;10,00;4,50;4,5;15;;
B;;1,2;5,94;12,00;6,25;8;15;;
RANGE;;0,5;10,00;;4,50;4,5 & 8,5;10;;
NO-BASE;;0,5;0;;4,50;4,5;10;;
NO-RATE;;0,5;10,00;;4,50;;10;;
NO-TAX;;0,5;10,00;;4,50;4,5;;;
NO-FEE;;0,5;10,00;;;10;10;;
"""
UNKNOWN, MEASURED, ESTIMATED = CostBasis.UNKNOWN, CostBasis.MEASURED, CostBasis.ESTIMATED


def order(order_id: int = 1, *lines: tuple[str, int, int], **facts: object) -> Order:
    """Lines (SKU, quantity, price) get the ids order_id × 10 + 0, 1, 2 …"""
    chosen = lines or (("A", 1, 3200),)
    made = [Line(order_id * 10 + at, *line) for at, line in enumerate(chosen)]
    facts = {"country": "US", "at": AFTER} | facts
    return Order(order_id, lines=made, **facts)


def settings(*rows: str) -> str:
    return "\n".join((SETTING_HEADER, *rows))


def three(sent, *line_ids: int) -> list[tuple[int, int, int]]:
    """Duty, import tax and carrier fee of each line."""
    names = ("duty", "import_tax", "carrier_fee")
    return list(zip(*(sent.cost(name, *line_ids) for name in names), strict=True))


def bases(sent, *line_ids: int) -> list[tuple[CostBasis, ...]]:
    names = ("duty", "import_tax", "carrier_fee")
    return list(zip(*(sent.basis(name, *line_ids) for name in names), strict=True))


def test_duty_and_tax_are_of_the_declared_value_of_the_line(tmp_path):
    sent = send([order(1, ("B", 2, 4450))], owner_writes(tmp_path, us_duties=DUTIES))
    # 11.88 at 8 % and at 15 %
    assert three(sent, 10) == [(95, 178, 625)]
    assert bases(sent, 10) == [(MEASURED, MEASURED, MEASURED)]


def test_the_base_may_be_what_the_goods_were_sold_for(tmp_path):
    files = owner_writes(tmp_path, us_duties=DUTIES, parcels=settings("duty_base,sale,,,"))
    sent = send([order(1, ("A", 1, 3200), ("NO-BASE", 1, 1000), discount=420)], files)
    # The discount is split 3.20 : 1.00; the declared value that is missing is not needed.
    assert three(sent, 10, 11) == [(130, 432, 225), (41, 90, 225)]
    assert bases(sent, 10, 11) == [(MEASURED, MEASURED, MEASURED)] * 2


def test_the_fee_is_the_largest_handling_fee_of_the_parcel(tmp_path):
    sent = send([order(1, ("A", 1, 1), ("B", 1, 1))], owner_writes(tmp_path, us_duties=DUTIES))
    # 6.25 by 0.5 : 1.2 kg
    assert sent.cost("carrier_fee", 10, 11) == [184, 441]


def test_a_flat_fee_replaces_handling_fees(tmp_path):
    files = owner_writes(
        tmp_path, us_duties=DUTIES, parcels=settings("carrier_fee_flat,4.50,USD,,")
    )
    sent = send([order(1, ("B", 1, 4450)), order(2, ("NO-FEE", 1, 1))], files)
    assert sent.cost("carrier_fee", 10, 20) == [450, 450]


def test_a_flat_fee_that_cannot_be_converted_is_unknown(tmp_path):
    files = owner_writes(tmp_path, us_duties=DUTIES, parcels=settings("carrier_fee_flat,4,EUR,,"))
    sent = send([order()], files)
    assert three(sent, 10) == [(14, 48, 0)]
    assert bases(sent, 10) == [(MEASURED, MEASURED, UNKNOWN)]


def test_the_fee_is_at_least_its_share_of_duty_and_tax(tmp_path):
    rules = settings("carrier_fee_flat,0.02,USD,,", "carrier_fee_rate,0.02,,,")
    files = owner_writes(tmp_path, us_duties=DUTIES, parcels=rules)
    sent = send([order(1, ("A", 1, 3200), ("B", 2, 4450)), order(2)], files)
    assert sum(sent.cost("carrier_fee", 10, 11)) == 7  # 2 % of 0.14 + 0.95 + 0.48 + 1.78
    assert sent.cost("carrier_fee", 20) == [2]  # 2 % of 0.62 would be 0.01


def test_the_fee_is_one_for_each_parcel(tmp_path):
    files = owner_writes(tmp_path, us_duties=DUTIES)
    together = [Handed(1, "X"), Handed(2, "X")]
    assert send([order(1), order(2)], files).cost("carrier_fee", 10, 20) == [450, 450]
    one = send([order(1), order(2)], files, handed=together)
    assert one.cost("carrier_fee", 10, 20) == [225, 225]


def test_other_destinations_owe_nothing(tmp_path):
    files = owner_writes(tmp_path, us_duties=DUTIES)
    sent = send([order(1, country="PR"), order(2, country="DE")], files)
    assert three(sent, 10, 20) == [(0, 0, 0)] * 2
    assert bases(sent, 10, 20) == [(MEASURED, MEASURED, MEASURED)] * 2


def test_without_a_duty_table_nothing_is_owed(tmp_path):
    sent = send([order(1), order(2, country=None)], owner_writes(tmp_path))
    assert three(sent, 10, 20) == [(0, 0, 0)] * 2
    assert bases(sent, 10, 20) == [(MEASURED, MEASURED, MEASURED)] * 2


def test_an_unknown_destination_may_be_one_with_duties(tmp_path):
    sent = send([order(1, country=None)], owner_writes(tmp_path, us_duties=DUTIES))
    assert three(sent, 10) == [(0, 0, 0)]
    assert bases(sent, 10) == [(UNKNOWN, UNKNOWN, UNKNOWN)]


def test_duties_begin_on_a_day(tmp_path):
    files = owner_writes(tmp_path, us_duties=DUTIES)
    late = {"at": BEFORE, "ship_hours": 12}
    sent = send([order(1, at=BEFORE), order(2, **late)], files)
    assert three(sent, 10, 20) == [(0, 0, 0), (14, 48, 450)]


def test_up_to_the_limit_an_orders_goods_owe_none(tmp_path):
    files = owner_writes(tmp_path, us_duties=DUTIES)
    under = order(1, ("A", 1, 80_500), discount=500, at=BEFORE)
    over = order(2, ("A", 1, 40_000), ("A", 1, 40_001), at=BEFORE)
    shipping = order(3, ("NO-BASE", 1, 80_000), shipping=2000, tax=900, at=BEFORE)
    sent = send([under, over, shipping], files)
    assert three(sent, 10) == [(0, 0, 0)]
    assert three(sent, 20, 21) == [(14, 48, 225), (14, 48, 225)]
    # Without a duty nothing has to be known of it.
    assert bases(sent, 30) == [(MEASURED, MEASURED, MEASURED)]


def test_without_a_limit_even_free_goods_owe_duty_on_their_declared_value(tmp_path):
    sent = send([order(1, ("A", 1, 0))], owner_writes(tmp_path, us_duties=DUTIES))
    assert three(sent, 10) == [(14, 48, 450)]


def test_the_limit_is_of_the_order_not_of_its_parcels(tmp_path):
    files = owner_writes(tmp_path, us_duties=DUTIES)
    goods = order(1, ("A", 1, 50_000), ("A", 1, 50_000), at=BEFORE)
    sent = send([goods], files, handed=[Handed(1, "X"), Handed(1, "Y")])
    assert sum(sent.cost("duty", 10, 11)) > 0


def test_in_a_shared_parcel_only_the_orders_above_the_limit_owe(tmp_path):
    small, large = order(1, at=BEFORE), order(2, ("B", 1, 90_000), at=BEFORE)
    handed = [Handed(1, "X"), Handed(2, "X")]
    sent = send([small, large], owner_writes(tmp_path, us_duties=DUTIES), handed=handed)
    assert [row[:2] for row in three(sent, 10, 20)] == [(0, 0), (48, 89)]


def test_the_buyer_may_pay(tmp_path):
    rules = settings("duty_payer,buyer,,,2025-12-31", "duty_payer,seller,,2026-01-01,")
    files = owner_writes(tmp_path, us_duties=DUTIES, parcels=rules)
    sent = send([order(1, ("NO-BASE", 1, 1), at=datetime(2025, 12, 1)), order(2)], files)
    assert three(sent, 10, 20) == [(0, 0, 0), (14, 48, 450)]
    assert bases(sent, 10) == [(MEASURED, MEASURED, MEASURED)]


@pytest.mark.parametrize("sku", ["NO-BASE", "NO-RATE", "NO-TAX", "NOT-ON-FILE"])
def test_what_one_line_lacks_makes_the_three_amounts_of_its_parcel_unknown(tmp_path, sku):
    files = owner_writes(tmp_path, us_duties=DUTIES)
    sent = send([order(1, ("A", 1, 3200), (sku, 1, 1000)), order(2)], files)
    assert three(sent, 10, 11) == [(0, 0, 0)] * 2
    assert bases(sent, 10, 11) == [(UNKNOWN, UNKNOWN, UNKNOWN)] * 2
    assert three(sent, 20) == [(14, 48, 450)]


def duty_ceilings(sent) -> list[int]:
    """Of each line, without what unknown postage adds."""
    return sent.found.duties.ceiling.tolist()


def test_the_ceiling_of_an_unknown_base_is_the_sale_at_the_highest_rates(tmp_path):
    sent = send(
        [order(1, ("A", 1, 3200), ("NO-BASE", 1, 1000), discount=420)],
        owner_writes(tmp_path, us_duties=DUTIES),
    )
    # Line 10 as known: 0.14 + 0.48. Line 11: 9.00 at 4.5 + 8.5 % and at 15 %.
    assert duty_ceilings(sent) == [14 + 48, 117 + 135]
    assert sent.found.duties.carrier_fee_ceiling.tolist() == [625]


def test_several_parcels_share_what_an_unknown_base_was_sold_for(tmp_path):
    handed = [Handed(1, "X"), Handed(1, "Y")]
    files = owner_writes(tmp_path, us_duties=DUTIES)
    sent = send([order(1, ("NO-BASE", 1, 1000))], files, handed=handed)
    # 5.00 in each, at 13 % and 15 %.
    assert duty_ceilings(sent) == [65 + 75, 65 + 75]


def test_the_highest_rate_of_a_range_counts_even_where_a_lower_one_is_used(tmp_path):
    stated = DUTY_HEADER + ";DUTY\nRANGE;;1;10,00;;4,50;4,5 & 8,5;10;;;0,60\nNEW;;1;;;;;;;;\n"
    sent = send(
        [order(1, ("RANGE", 1, 1)), order(2, ("NEW", 1, 1000))],
        owner_writes(tmp_path, us_duties=stated),
    )
    assert sent.cost("duty", 10) == [60]
    assert duty_ceilings(sent) == [0, 130 + 100]


def test_the_ceiling_of_an_unknown_rate_is_the_highest_in_force(tmp_path):
    dated = DUTIES + "LATER;;0,5;10,00;;4,50;50;50;2026-04-01;\n"
    sent = send([order(1, ("NO-RATE", 1, 1))], owner_writes(tmp_path, us_duties=dated))
    # 10.00 is declared: 13 % and 15 % of it, not the 50 % of another month.
    assert duty_ceilings(sent) == [130 + 150]


def test_without_a_row_in_force_the_ceiling_is_unknown(tmp_path):
    dated = f"{DUTY_HEADER}\nA;;0,5;3,20;;4,50;4,5;15;2026-04-01;\n"
    sent = send([order(1)], owner_writes(tmp_path, us_duties=dated))
    assert sent.cost("fulfilment_ceiling", 10) == [-1]
    assert sent.found.duties.carrier_fee_ceiling.tolist() == [-1]


def test_a_fee_that_no_line_and_no_setting_tells_is_unknown_by_itself(tmp_path):
    sent = send([order(1, ("NO-FEE", 1, 1))], owner_writes(tmp_path, us_duties=DUTIES))
    assert three(sent, 10) == [(100, 100, 0)]
    assert bases(sent, 10) == [(MEASURED, MEASURED, UNKNOWN)]
    assert sent.found.duties.carrier_fee_ceiling.tolist() == [625]


def test_a_range_of_rates_is_an_estimate(tmp_path):
    sent = send([order(1, ("RANGE", 1, 1), ("A", 1, 1))], owner_writes(tmp_path, us_duties=DUTIES))
    assert three(sent, 10)[0][:2] == (130, 100)
    assert bases(sent, 10, 11) == [
        (ESTIMATED, MEASURED, ESTIMATED),
        (MEASURED, MEASURED, ESTIMATED),
    ]


def test_rates_are_those_of_the_day_of_the_parcel(tmp_path):
    low, high = "A;;0,5;3,20;;4,50;4,5;15;;2026-03-05", "A;;0,5;3,20;;4,50;10;15;2026-03-06;"
    dated = f"{DUTY_HEADER}\n{low}\n{high}\n"
    files = owner_writes(tmp_path, us_duties=dated)
    sent = send([order(1), order(2, ship_hours=12)], files)
    assert sent.cost("duty", 10, 20) == [14, 32]


def test_several_parcels_of_an_order_share_its_declared_value_as_an_estimate(tmp_path):
    handed = [Handed(1, "X"), Handed(1, "Y")]
    one = send([order(1, ("B", 1, 1))], owner_writes(tmp_path, us_duties=DUTIES), handed=handed)
    # 5.94 is 2.97 twice: 8 % is 0.2376 and 15 % is 0.4455, and each parcel has its fee.
    assert three(one, 10) == [(24 + 24, 45 + 45, 1250)]
    assert bases(one, 10) == [(ESTIMATED, ESTIMATED, ESTIMATED)]
    assert one.found.duties.base.tolist() == [297, 297]


def test_digital_lines_owe_no_duty(tmp_path):
    placed = order(1, ("A", 1, 3200), ("B", 1, 500))
    placed.lines[1].is_digital = True
    sent = send([placed], owner_writes(tmp_path, us_duties=DUTIES))
    assert three(sent, 10, 11) == [(14, 48, 450), (0, 0, 0)]


def test_declared_values_and_limits_are_brought_into_the_currency_of_the_shop(tmp_path):
    rates = "date,from,to,rate\n2025-08-27,USD,EUR,0.5\n2026-03-05,USD,EUR,0.9\n"
    files = owner_writes(tmp_path, us_duties=DUTIES, fx_rates=rates)
    under, over = order(1, ("A", 1, 40_000), at=BEFORE), order(2, ("A", 1, 40_001), at=BEFORE)
    late = order(4, at=datetime(2026, 3, 20))
    sent = send([under, over, order(3), late], files, shop=a_shop(currency="EUR"))
    # 800 USD are 400 EUR; 3.20 USD are 1.60 and 2.88 EUR.
    assert three(sent, 10, 20, 30) == [(0, 0, 0), (7, 24, 225), (13, 43, 405)]
    assert bases(sent, 40) == [(UNKNOWN, UNKNOWN, UNKNOWN)]


def test_a_limit_that_cannot_be_converted_leaves_the_duty_unknown(tmp_path):
    rules = settings("duty_base,sale,,,")
    files = owner_writes(tmp_path, us_duties=DUTIES, parcels=rules)
    sent = send([order(1, at=BEFORE), order(2)], files, shop=a_shop(currency="EUR"))
    assert bases(sent, 10) == [(UNKNOWN, UNKNOWN, UNKNOWN)]
    # A limit of nothing is nothing in every currency.
    assert bases(sent, 20)[0][:2] == (MEASURED, MEASURED)
