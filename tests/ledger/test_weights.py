"""What one unit weighs: each rung of the chain, the regional note, and when it is only a guess."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from engine.ledger.weights import WeightSource, code_skus, find_unit_weights, largest_weight
from engine.periods import day_number
from tests.parcel_shop import DUTY_HEADER, SETTING_HEADER, owner_writes
from tests.shop_builder import costs

COUNTRIES = ("AU", "DE", "US")
MARCH = day_number(date(2026, 3, 5))
DESI = """
OTTOKOD;DETAY;DESİ;
7301-Grey;Sleeve;0,7;
7301-Black;Sleeve;0,7;
7302-Grey;Sleeve;0,9;
7302-Black;Sleeve;1,1;
7302-Sand;Sleeve;1,4;
7303-Grey;Sleeve;1,2;Avrupa ülkeleri hariç diğer ülkelerde 1,7 desi
7303-Black;Sleeve;1,2;Avrupa ülkeleri hariç diğer ülkelerde 1,7 desi
7304-Grey;Sleeve;2;Avrupa ülkeleri hariç diğer ülkelerde 3 desi
7304-Black;Sleeve;2;
"""
DUTIES = f"""
{DUTY_HEADER}
SLEEVE-GREY;7301-Grey;0,8;5;;;4,5;10;;
SLEEVE-BLACK;7301-Black;;5;;;4,5;10;;
BAG-GREY;7303-Grey;1,3;5;;;4,5;10;;
"""


def weights_of(files, *asked, day=MARCH, country="DE"):
    """(mdesi, source, estimated) of each SKU."""
    skus = tuple(sorted({sku for sku in asked if sku}))
    codes = code_skus(files.names_of(skus))
    sku = np.array([skus.index(s) if s else -1 for s in asked], np.int32)
    days = np.full(len(sku), day, np.int32)
    places = np.full(len(sku), COUNTRIES.index(country) if country else -1, np.int32)
    duty_row = files.duties.find(codes.duty_keys, codes.duty[sku], days)
    found = find_unit_weights(
        codes,
        sku,
        days,
        places,
        COUNTRIES,
        duty_row=duty_row,
        desi=files.desi,
        duties=files.duties,
        default_desi=files.settings.default_desi,
    )
    sources = [WeightSource(source) for source in found.source.tolist()]
    return list(zip(found.mdesi.tolist(), sources, found.is_estimated.tolist(), strict=True))


def cost_codes(**codes: str):
    """A cost table that only tells the codes of SKUs; `_` stands for `-`."""
    table = costs({(sku.replace("_", "-"), 0, 24_000): 10_000 for sku in codes})
    by_key = {sku.replace("_", "-"): code for sku, code in codes.items()}
    return replace(table, cost_code=np.array([by_key[key] for key in table.sku_key], object))


def test_the_duty_table_tells_the_weight_of_its_own_sku(tmp_path):
    files = owner_writes(tmp_path, desi=DESI, us_duties=DUTIES)
    assert weights_of(files, "SLEEVE-GREY") == [(800, WeightSource.DUTIES, False)]


def test_where_it_has_no_weight_its_variant_code_does(tmp_path):
    files = owner_writes(tmp_path, desi=DESI, us_duties=DUTIES)
    assert weights_of(files, "SLEEVE-BLACK") == [(700, WeightSource.VARIANT, False)]


def test_a_channel_prefix_is_taken_off_to_look_up(tmp_path):
    files = owner_writes(tmp_path, desi=DESI, us_duties=DUTIES)
    assert weights_of(files, "OT-SLEEVE-GREY") == [(800, WeightSource.DUTIES, False)]


def test_the_code_of_the_cost_file_is_the_parent_if_all_variants_weigh_the_same(tmp_path):
    files = owner_writes(tmp_path, cost_codes(RUG="7301", OT_MAT="7301"), desi=DESI)
    assert weights_of(files, "RUG", "MAT") == [
        (700, WeightSource.PARENT, False),
        (700, WeightSource.PARENT, False),
    ]


def test_variants_that_differ_give_their_lower_median_as_an_estimate(tmp_path):
    files = owner_writes(tmp_path, cost_codes(RUG="7302"), desi=DESI)
    assert weights_of(files, "RUG") == [(1100, WeightSource.PARENT, True)]


def test_a_parent_code_is_compared_whole(tmp_path):
    files = owner_writes(tmp_path, cost_codes(RUG="730", MAT="7301-Gr"), desi=DESI)
    assert weights_of(files, "RUG", "MAT") == [(500, WeightSource.DEFAULT, True)] * 2


def test_a_variant_that_desi_lacks_falls_back_on_its_own_parent(tmp_path):
    duties = f"{DUTY_HEADER}\nSLEEVE-PINK;7301-Pink;;5;;;4,5;10;;\n"
    files = owner_writes(tmp_path, desi=DESI, us_duties=duties)
    assert weights_of(files, "SLEEVE-PINK") == [(700, WeightSource.PARENT, False)]


def test_a_sku_may_be_a_code_itself(tmp_path):
    files = owner_writes(tmp_path, desi=DESI)
    assert weights_of(files, "7302-sand", "7301") == [
        (1400, WeightSource.VARIANT, False),
        (700, WeightSource.PARENT, False),
    ]


def test_what_the_owner_maps_by_hand_goes_first(tmp_path):
    sku_map = "sku,desi_code,parent\nSLEEVE-GREY,7302-Sand,\nBAG-GREY,7302,\nRUG,,7301\n"
    files = owner_writes(tmp_path, desi=DESI, us_duties=DUTIES, sku_map=sku_map)
    assert weights_of(files, "SLEEVE-GREY", "BAG-GREY", "RUG") == [
        (1400, WeightSource.SKU_MAP, False),
        (1100, WeightSource.SKU_MAP, True),
        (700, WeightSource.PARENT, False),
    ]


def test_without_any_code_the_default_is_an_estimate(tmp_path):
    files = owner_writes(tmp_path, desi=DESI)
    assert weights_of(files, "ELSE", None) == [(500, WeightSource.DEFAULT, True)] * 2


def test_without_a_default_the_weight_is_unknown(tmp_path):
    files = owner_writes(tmp_path, desi=DESI, parcels=f"{SETTING_HEADER}\ndefault_desi,none,,,")
    assert weights_of(files, "ELSE", None) == [(-1, WeightSource.UNKNOWN, False)] * 2


@pytest.mark.parametrize(("country", "mdesi"), [("DE", 1200), ("AU", 1700), ("US", 1700)])
def test_a_note_holds_for_the_destinations_that_it_does_not_except(tmp_path, country, mdesi):
    files = owner_writes(tmp_path, cost_codes(RUG="7303"), desi=DESI)
    assert weights_of(files, "7303-GREY", "RUG", country=country) == [
        (mdesi, WeightSource.VARIANT, False),
        (mdesi, WeightSource.PARENT, False),
    ]


def test_a_note_of_the_variant_goes_before_the_weight_of_the_duty_table(tmp_path):
    files = owner_writes(tmp_path, desi=DESI, us_duties=DUTIES)
    assert weights_of(files, "BAG-GREY") == [(1300, WeightSource.DUTIES, False)]
    assert weights_of(files, "BAG-GREY", country="US") == [(1700, WeightSource.DUTIES, False)]


def test_a_note_of_one_variant_says_nothing_of_the_parent(tmp_path):
    files = owner_writes(tmp_path, cost_codes(RUG="7304"), desi=DESI)
    assert weights_of(files, "RUG", "7304-GREY", country="US") == [
        (2000, WeightSource.PARENT, False),
        (3000, WeightSource.VARIANT, False),
    ]


def test_a_note_does_not_hold_for_an_unknown_destination(tmp_path):
    files = owner_writes(tmp_path, desi=DESI)
    assert weights_of(files, "7303-GREY", country=None) == [(1200, WeightSource.VARIANT, False)]


def test_each_day_has_the_weight_of_its_file(tmp_path):
    newer = "OTTOKOD;DESİ\n7301-Grey;0,9\n"
    files = owner_writes(tmp_path, **{"desi": DESI, "desi_2026__04__01": newer})
    april = day_number(date(2026, 4, 1))
    assert weights_of(files, "7301-GREY", day=april - 1) == [(700, WeightSource.VARIANT, False)]
    assert weights_of(files, "7301-GREY", day=april) == [(900, WeightSource.VARIANT, False)]


def test_the_variant_code_outlives_the_rates_beside_it(tmp_path):
    dated = f"{DUTY_HEADER}\nSLEEVE-BLACK;7301-Black;0,8;5;;;4,5;10;2026-04-01;\n"
    files = owner_writes(tmp_path, desi=DESI, us_duties=dated)
    assert weights_of(files, "SLEEVE-BLACK") == [(700, WeightSource.VARIANT, False)]


def test_a_stripped_sku_of_two_codes_is_not_used(tmp_path):
    duties = f"{DUTY_HEADER}\nOT-RUG;7301-Grey;2;5;;;4,5;10;;\nMG-RUG;7302-Grey;3;5;;;4,5;10;;\n"
    files = owner_writes(tmp_path, us_duties=duties)
    assert weights_of(files, "RUG", "OT-RUG") == [
        (500, WeightSource.DEFAULT, True),
        (2000, WeightSource.DUTIES, False),
    ]


def test_the_largest_weight_is_that_of_any_file_or_note(tmp_path):
    files = owner_writes(tmp_path, desi=DESI)
    assert largest_weight(files.desi, files.duties) == 3000
    heavy = owner_writes(tmp_path, us_duties=f"{DUTY_HEADER}\nRUG;;12,5;5;;;4,5;10;;\n")
    assert largest_weight(heavy.desi, heavy.duties) == 12_500


def test_without_files_no_weight_is_the_largest(tmp_path):
    files = owner_writes(tmp_path)
    assert largest_weight(files.desi, files.duties) == -1
