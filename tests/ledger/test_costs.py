"""The unit cost of a line: every rung of the ladder, in order, each with its label (M36)."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import numpy as np
import pytest

from engine.ledger.facts import Before, Policies, Terms, gather
from engine.ledger.frames import EventKind
from engine.local_time import local_clock
from engine.money import round_div
from tests.cost_shop import MISSING, Asked, Found, facts_of, look_up, owner_writes
from tests.shop_builder import Line, Order, a_shop, tables

MEASURED, ESTIMATED = "measured", "estimated"
HEAD = "OTTOKOD,SKU,US MART 2026,EU MART 2026,AU MART 2026,EU OCAK 2026,EU MAYIS 2026\n"


def wide(*rows: str) -> str:
    return HEAD + "\n".join(rows)


def test_the_skus_own_cost_of_the_month(tmp_path: Path) -> None:
    files = owner_writes(tmp_path, cost=wide("1,A,1.10,2.20,3.30,,"))
    asked = (Asked("A", "US"), Asked("A", "DE"), Asked("A", "AU"), Asked("A", "TR"))
    same = "direct/same_month/asked"
    assert look_up(files, *asked) == [
        Found(cost, same, 0, MEASURED, 2, False) for cost in ("1.1", "2.2", "3.3", "2.2")
    ]


def test_the_nearest_earlier_month_goes_before_a_later_one(tmp_path: Path) -> None:
    files = owner_writes(tmp_path, cost=wide("1,A,,,,1.50,5.50"))
    assert look_up(files, Asked("A", day="2026-04-30"), Asked("A", day="2025-12-31")) == [
        Found("1.5", "direct/earlier_month/asked", 3, MEASURED, 2, False),
        Found("1.5", "direct/later_month/asked", 1, ESTIMATED, 2, False),
    ]


def test_any_month_of_the_region_asked_goes_before_another_region(tmp_path: Path) -> None:
    files = owner_writes(tmp_path, cost=wide("1,A,1.10,,,,5.50"))
    assert look_up(files, Asked("A")) == [
        Found("5.5", "direct/later_month/asked", 2, ESTIMATED, 2, False)
    ]


def test_other_regions_in_turn_and_never_the_dearest(tmp_path: Path) -> None:
    files = owner_writes(tmp_path, cost=wide("1,A,,,9.90,,4.40", "2,B,1.10,,9.90,,"))
    assert look_up(files, Asked("A", "US"), Asked("B", "DE"), Asked("A", "AU", "2026-04-01")) == [
        Found("4.4", "direct/later_month/other_region", 2, ESTIMATED, 2, False),
        Found("1.1", "direct/same_month/other_region", 0, ESTIMATED, 3, False),
        Found("9.9", "direct/earlier_month/asked", 1, MEASURED, 2, False),
    ]


def test_a_yearless_column_never_answers_for_another_year(tmp_path: Path) -> None:
    cost = "SKU,EU OCAK 2026,EU ARALIK,EU KASIM 2025\nA,1.00,2.00,\n"
    files = owner_writes(tmp_path, cost=cost)
    assert look_up(files, Asked("A", day="2025-12-05"), Asked("A", day="2024-12-05")) == [
        Found("2", "direct/same_month/asked", 0, MEASURED, 2, False),
        Found("2", "direct/later_month/asked", 12, ESTIMATED, 2, False),
    ]


def test_a_cost_by_hand_goes_before_the_file_in_every_month_and_region(tmp_path: Path) -> None:
    files = owner_writes(
        tmp_path,
        cost=wide("1,A,1.10,2.20,3.30,,"),
        sku_map="sku,unit_cost,note\nA,7.7777,asked the workshop",
    )
    by_hand = Found("7.7777", "override/same_month/asked", 0, MEASURED, 2, False)
    assert look_up(files, Asked("A"), Asked("A", "AU", "2020-01-01")) == [by_hand, by_hand]


def test_a_code_by_hand_takes_the_lower_median_of_its_rows_of_one_size(tmp_path: Path) -> None:
    files = owner_writes(
        tmp_path,
        cost=wide(
            "1,RUG-60CM-RED,,2.40,,,",
            "1,RUG-60CM-SKY,,2.00,,,",
            "1,RUG-60CM-TAN,,2.20,,,",
            "1,RUG-60CM-ASH,,2.10,,,",
            "1,RUG-90CM-ASH,,2.15,,,",
            "2,MAT,,8.00,,,",
        ),
        sku_map="sku,cost_code\nX-60CM,1\nY,2\nMAT,1\nODD,1",
    )
    assert look_up(files, Asked("X-60CM"), Asked("Y"), Asked("MAT"), Asked("ODD")) == [
        Found("2.1", "override/same_month/asked", 0, ESTIMATED, 5, True),  # the rows differ
        Found("8", "override/same_month/asked", 0, MEASURED, 7, False),
        Found("8", "direct/same_month/asked", 0, MEASURED, 7, False),  # 1 is of two sizes
        MISSING,
    ]


def test_prefixes_and_their_typo_come_off(tmp_path: Path) -> None:
    files = owner_writes(tmp_path, cost=wide("1,FELT-A,,2.20,,,", "2,ZSTK-FELT-B,,3.30,,,"))
    prefix = "prefix/same_month/asked"
    asked = (Asked("OT-FELT-A"), Asked("ZTSK-FELT-B"), Asked("MG-FELT-B"), Asked("deleted-felt-a"))
    assert look_up(files, *asked) == [
        Found("2.2", prefix, 0, MEASURED, 2, False),
        Found("3.3", prefix, 0, MEASURED, 3, False),
        Found("3.3", prefix, 0, MEASURED, 3, False),
        Found("2.2", "direct/same_month/asked", 0, MEASURED, 2, False),
    ]


def test_an_ambiguous_prefix_is_not_used(tmp_path: Path) -> None:
    files = owner_writes(tmp_path, cost=wide("1,OT-FELT-A,,2.20,,,", "2,MG-FELT-A,,2.20,,,"))
    assert look_up(files, Asked("FELT-A")) == [MISSING]


def test_a_prefix_that_reaches_several_rows_of_one_code_is_doubtful_if_they_differ(
    tmp_path: Path,
) -> None:
    rows = ("1,OT-FELT-A,,2.20,,2,", "1,MG-FELT-A,,2.40,,2,")
    files = owner_writes(tmp_path, cost=wide(*rows))
    assert look_up(files, Asked("FELT-A"), Asked("FELT-A", day="2026-02-01")) == [
        Found("2.2", "prefix/same_month/asked", 0, ESTIMATED, 2, True),
        Found("2", "prefix/earlier_month/asked", 1, MEASURED, 2, False),
    ]


def test_the_skus_own_earlier_month_goes_before_a_siblings_same_month(tmp_path: Path) -> None:
    files = owner_writes(tmp_path, cost=wide("1,A-RED,,,,1.50,", "1,A-BLUE,,2.20,,,"))
    listings = {7: ["A-RED", "A-BLUE"]}
    assert look_up(files, Asked("A-RED"), listings=listings) == [
        Found("1.5", "direct/earlier_month/asked", 2, MEASURED, 2, False)
    ]


def test_rows_of_the_cost_code_in_the_same_size(tmp_path: Path) -> None:
    files = owner_writes(
        tmp_path,
        cost=wide("7301,BAG-S-RED,,2.20,,,", "7301,BAG-M-RED,,3.30,,,", "7301,BAG-S-SKY,,2.40,,,"),
        us_duties="SKU;OTTOKOD;DESİ-KG\nSACK-S-TAN;7301-Tan;1\nSACK-TAN;7301-Tan;1",
    )
    assert look_up(files, Asked("SACK-S-TAN"), Asked("SACK-TAN"), Asked("7301")) == [
        Found("2.2", "parent/same_month/asked", 0, ESTIMATED, 2, True),
        MISSING,  # a SKU without a size is of no row's size
        MISSING,
    ]


def test_a_row_without_a_sku_is_of_its_codes_size(tmp_path: Path) -> None:
    files = owner_writes(
        tmp_path,
        cost=wide("1,.,,2.20,,,", "2,,,4.40,,,", "2,BAG-S-RED,,4.00,,,", "2,BAG-M-RED,,4.00,,,"),
        sku_map="sku,parent\nX-S,1\nX-M,1\nY-S,2",
    )
    parent = "parent/same_month/asked"
    assert look_up(files, Asked("X-S"), Asked("X-M"), Asked("Y-S"), Asked("1")) == [
        Found("2.2", parent, 0, ESTIMATED, 2, False),
        Found("2.2", parent, 0, ESTIMATED, 2, False),
        Found("4", parent, 0, ESTIMATED, 4, False),  # the nameless row of code 2 is not used
        Found("2.2", parent, 0, ESTIMATED, 2, False),  # the SKU is a code itself
    ]


def test_a_code_is_compared_as_a_whole(tmp_path: Path) -> None:
    files = owner_writes(tmp_path, cost=wide("73012,.,,2.20,,,"))
    assert look_up(files, Asked("7301")) == [MISSING]


def test_siblings_of_the_listing_lend_the_lower_median(tmp_path: Path) -> None:
    rows = [
        f"{n},S-{name},,{cost},,,"
        for n, (name, cost) in enumerate(
            {"RED": "2.40", "SKY": "2.00", "TAN": "2.30", "ASH": "2.10"}.items()
        )
    ]
    files = owner_writes(tmp_path, cost=wide(*rows))
    listings = {7: ["S-RED", "S-SKY", "S-TAN", "S-ASH", "NEW"], 8: ["S-RED", "OTHER"]}
    assert look_up(files, Asked("NEW"), Asked("OTHER"), listings=listings) == [
        MISSING,  # S is a size, and NEW has none
        MISSING,
    ]
    listings = {7: [*listings[7][:4], "S-NEW"], 8: ["S-RED", "S-OTHER"]}
    assert look_up(files, Asked("S-NEW"), Asked("S-OTHER"), listings=listings) == [
        Found("2.1", "sibling/same_month/asked", 0, ESTIMATED, 5, True),
        Found("2.4", "sibling/same_month/asked", 0, ESTIMATED, 2, False),
    ]


@pytest.mark.parametrize(("dearest", "cost"), [("3.00", "2"), ("3.01", ""), ("3.20", "")])
def test_siblings_more_than_half_as_much_again_apart_give_nothing(
    tmp_path: Path, dearest: str, cost: str
) -> None:
    files = owner_writes(tmp_path, cost=wide("1,A-ASH,,2.00,,1,", f"2,A-SKY,,{dearest},,,"))
    [found] = look_up(files, Asked("A-NEW"), listings={7: ["A-ASH", "A-SKY", "A-NEW"]})
    assert found.cost == cost
    assert found == MISSING or found.label == "sibling/same_month/asked"


def test_goods_of_another_size_never_lend(tmp_path: Path) -> None:
    files = owner_writes(tmp_path, cost=wide("1,CASE-15IN-RED,,2.20,,,", "2,BAG,,2.20,,,"))
    listings = {7: ["CASE-15IN-RED", "CASE-13IN-RED"], 8: ["BAG", "BAG-S"]}
    asked = (Asked("CASE-13IN-RED"), Asked("BAG-S"))
    assert look_up(files, *asked, listings=listings) == [MISSING, MISSING]


def test_another_colour_lends_where_the_listing_has_no_sibling(tmp_path: Path) -> None:
    files = owner_writes(tmp_path, cost=wide("1,SKI-RED,,2.20,,,", "2,SKI-KIRMIZI,,2.40,,,"))
    asked = (Asked("SKI-BLUE"), Asked("SKI-YEŞİL"), Asked("SKI-WIDE"), Asked("SKI"))
    other = Found("2.2", "sibling/same_month/asked", 0, ESTIMATED, 2, True)
    assert look_up(files, *asked) == [other, other, MISSING, MISSING]


def test_another_colour_is_not_asked_where_the_listing_has_a_sibling(tmp_path: Path) -> None:
    files = owner_writes(tmp_path, cost=wide("1,SKI-RED,,2.20,,,", "2,SKI-TEAL,,2.00,,,"))
    [found] = look_up(files, Asked("SKI-BLUE"), listings={7: ["SKI-RED", "SKI-BLUE"]})
    assert found == Found("2.2", "sibling/same_month/asked", 0, ESTIMATED, 2, False)


def test_a_few_orders_of_a_shop_have_the_costs_that_they_have_in_all(tmp_path: Path) -> None:
    files = owner_writes(tmp_path, cost=wide("1,BAG-TAN,,2.20,,,"))
    asked = [Asked("BAG-TAN", listing=7), Asked("BAG", listing=7)]
    _, whole = facts_of(files, asked)
    assert whole.costs.known.tolist() == [True, True]
    shop = a_shop()
    source = tables(shop, [Order(9, datetime(2026, 3, 15), [Line(9, "BAG", 1, 500, 7)])])
    terms = Terms(files, local_clock(shop.time_zone), Policies())
    alone = gather(source, terms)
    assert alone.costs.known.tolist() == [False]
    again = gather(source, terms, Before(whole.costs.book))
    assert again.costs.unit_cost.tolist() == [22_000]


def test_a_sku_with_two_codes_is_a_conflict_in_every_answer(tmp_path: Path) -> None:
    files = owner_writes(tmp_path, cost=wide("1,A,,2.20,,1.50,", "2,A,,2.50,,,"))
    assert look_up(files, Asked("A"), Asked("A", day="2026-02-01")) == [
        Found("2.5", "direct/same_month/asked", 0, ESTIMATED, 3, True),
        Found("1.5", "direct/earlier_month/asked", 1, ESTIMATED, 2, True),
    ]


def test_an_unknown_destination_takes_the_region_of_the_rest_as_an_estimate(
    tmp_path: Path,
) -> None:
    files = owner_writes(tmp_path, cost=wide("1,A,1.10,2.20,3.30,,"))
    assert look_up(files, Asked("A", "Atlantis"), Asked("A", None), Asked("A", "BR")) == [
        Found("1.1", "direct/same_month/asked", 0, ESTIMATED, 2, False),
        Found("1.1", "direct/same_month/asked", 0, ESTIMATED, 2, False),
        Found("1.1", "direct/same_month/asked", 0, MEASURED, 2, False),
    ]


def test_nothing_is_found_without_a_sku_or_without_files(tmp_path: Path) -> None:
    files = owner_writes(tmp_path, cost=wide("1,A,1.10,2.20,3.30,,"))
    assert look_up(files, Asked(None), Asked("B")) == [MISSING, MISSING]
    (tmp_path / "cost.csv").unlink()
    assert look_up(owner_writes(tmp_path), Asked("A"), listings={7: ["A", "B"]}) == [MISSING]


RATES = "date,from,to,rate\n2026-03-13,USD,TRY,40.12345678\n2026-03-15,EUR,TRY,43.5"


def test_a_cost_is_converted_with_its_quantity_in_one_rounding(tmp_path: Path) -> None:
    files = owner_writes(
        tmp_path,
        cost=wide("1,A,1.10,2.2222,3.30,,"),
        fx_rates=RATES,
        sku_map="sku,unit_cost,currency\nB,0.0001,EUR\nC,3.33,TRY\nD,free,EUR",
    )
    asked = [
        Asked("A", quantity=3),
        Asked("B"),
        Asked("C", quantity=2),
        Asked("D", day="2026-06-01"),
    ]
    ledger, facts = facts_of(files, asked, currency="TRY")
    # 2.2222 × 3 × 40.12345678 = 267.487…; 0.0001 × 43.5 = 0.00435
    assert ledger.amounts["cogs"].tolist() == [26749, 0, 666, 0]
    assert facts.costs.known.tolist() == [True, True, True, True]
    assert (facts.costs.rate.day - facts.orders.day[facts.lines.order]).tolist()[:2] == [-2, 0]


def test_a_cost_without_a_rate_stays_unknown_and_is_told(tmp_path: Path) -> None:
    files = owner_writes(tmp_path, cost=wide("1,A,1.10,2.20,3.30,,"), fx_rates=RATES)
    asked = [Asked("A", day="2026-03-20"), Asked("A", day="2026-03-21")]
    ledger, facts = facts_of(files, asked, currency="TRY")
    assert facts.costs.known.tolist() == [True, False]
    assert facts.costs.lacks_rate.tolist() == [False, True]
    assert ledger.amounts["cogs"][1] == 0
    assert ledger.is_partial.tolist() == [True, True]  # no rate table for postage either
    assert ledger.amounts["quantity_costed"].tolist() == [1, 0]


def test_a_cost_from_over_a_year_ago_is_measured_and_old(tmp_path: Path) -> None:
    files = owner_writes(tmp_path, cost=wide("1,A,,2.20,,,"))
    _, facts = facts_of(files, [Asked("A", day="2027-03-01"), Asked("A", day="2027-04-01")])
    answers, question = facts.costs.answers, facts.costs.question
    assert answers.months[question].tolist() == [12, 13]
    assert answers.is_old[question].tolist() == [False, True]
    assert facts.costs.known.all()


def test_the_cost_code_of_each_line(tmp_path: Path) -> None:
    files = owner_writes(
        tmp_path,
        cost=wide("Kod7,FELT-A,,2.20,,,", "8,.,,1,,,"),
        sku_map="sku,cost_code\nB,8",
        us_duties="SKU;OTTOKOD;DESİ-KG\nC;8-Tan;1",
    )
    skus = ("FELT-A", "OT-FELT-A", "B", "C", "D", None)
    _, facts = facts_of(files, [Asked(sku) for sku in skus])
    codes = [*facts.costs.book.cost_codes, None]
    assert [codes[code] for code in facts.costs.cost_code] == ["Kod7", "Kod7", "8", "8", None, None]


def test_recovered_goods_are_worth_what_they_cost(tmp_path: Path) -> None:
    files = owner_writes(tmp_path, cost=wide("1,A,,2.2222,,,"), fx_rates=RATES)
    _, facts = facts_of(files, [Asked("A", quantity=3)], currency="TRY")
    line = np.array([0, 0, -1])
    assert facts.costs.minor(line, np.array([3, 1, 1])).tolist() == [26749, 8916, 0]


def test_one_gigantic_cost_does_not_overflow(tmp_path: Path) -> None:
    files = owner_writes(tmp_path, cost="SKU,EU MART 2026\nA,99999.9999\nB,1\n", fx_rates=RATES)
    asked = [Asked("A", quantity=99_999), Asked("B")]
    ledger, _ = facts_of(files, asked, currency="TRY")
    assert ledger.amounts["cogs"][ledger.kind == EventKind.SALE].tolist() == [
        round_div(999_999_999 * 99_999 * 4_012_345_678, 10**10),
        4012,
    ]
