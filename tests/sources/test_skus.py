"""SKU identity, keys and the ladder of look-ups."""

import pytest

from engine.sources.sku_prefixes import SHIPPED_PREFIXES, SkuPrefixes
from engine.sources.skus import SkuIndex, find_twins, ladder, sku_identity, sku_key


def test_identity_is_composed_trimmed_and_single_spaced() -> None:
    assert sku_identity("  FELT   SLEEVE\u00a013 ") == "FELT SLEEVE 13"
    assert sku_identity("KILIF-Gu\u0308l") == "KILIF-Gül"


@pytest.mark.parametrize(
    "text",
    [None, "", " ", ".", "-", "--", "0", "n/a", "NA", "none", "Null", "nan", "#N/A", "DELETED-",
     "deleted-nan"],
)  # fmt: skip
def test_what_is_no_sku_has_no_identity(text: str | None) -> None:
    assert sku_identity(text) is None


def test_a_marker_merges_identities_and_a_channel_or_letter_case_does_not() -> None:
    assert sku_identity("DELETED-FELT-1") == "FELT-1"
    assert sku_identity("deleted-DELETED-FELT-1") == "FELT-1"
    assert sku_identity("OT-FELT-1") == "OT-FELT-1"
    assert sku_identity("Felt-1") == "Felt-1"


def test_keys_ignore_letter_case_and_kinds_of_i() -> None:
    assert sku_key("kılıf-i") == sku_key("KILIF-İ") == "KILIF-I"


def test_ladder_takes_prefixes_off_one_by_one() -> None:
    assert ladder("OT-FELT-13") == ("OT-FELT-13", "FELT-13")
    assert ladder("us-ot-FELT-13") == ("US-OT-FELT-13", "OT-FELT-13", "FELT-13")
    assert ladder("FELT-13") == ("FELT-13",)


def test_ladder_takes_three_prefixes_off_at_most() -> None:
    assert ladder("US-EU-OT-MG-FELT")[-1] == "MG-FELT"


def test_a_typo_is_put_right_before_the_prefix_goes() -> None:
    assert ladder("ZTSK-FELT-13") == ("ZTSK-FELT-13", "ZSTK-FELT-13", "FELT-13")


@pytest.mark.parametrize("sku", ["US-1", "US-AB", "US----"])
def test_too_little_would_be_left(sku: str) -> None:
    assert ladder(sku) == (sku,)


def test_without_prefixes_the_ladder_is_the_key() -> None:
    assert ladder("OT-FELT", SkuPrefixes()) == ("OT-FELT",)


def index(*rows: tuple[str, str]) -> SkuIndex:
    skus = SkuIndex(SHIPPED_PREFIXES)
    for identity, code in rows:
        skus.add(identity, code)
    return skus


def test_the_sku_itself_goes_before_a_stripped_one() -> None:
    skus = index(("FELT-13", "1"), ("OT-FELT-13", "2"))
    assert skus.find("ot-felt-13").key == "OT-FELT-13"
    assert skus.find("OT-FELT-13").steps == 0
    assert skus.find("MG-FELT-13").key == "FELT-13"


def test_the_sku_itself_is_found_also_when_its_rows_name_two_codes() -> None:
    match = index(("FELT-13", "7301"), ("felt-13", "7302")).find("FELT-13")
    assert (match.key, match.steps, match.is_ambiguous) == ("FELT-13", 0, False)


def test_prefixes_come_off_on_both_sides() -> None:
    match = index(("EU-FELT-13", "1")).find("US-FELT-13")
    assert (match.key, match.steps) == ("EU-FELT-13", 2)


def test_fewest_removals_on_both_sides_together_win() -> None:
    skus = index(("EU-OT-FELT-13", "1"), ("OT-FELT-13", "2"))
    assert skus.find("MG-OT-FELT-13").key == "OT-FELT-13"


def test_a_stripped_key_of_several_codes_is_ambiguous_and_not_used() -> None:
    match = index(("EU-FELT-13", "7301"), ("US-FELT-13", "7302")).find("FELT-13")
    assert match.key is None
    assert match.is_ambiguous
    assert match.candidates == ("EU-FELT-13", "US-FELT-13")


def test_a_stripped_key_of_one_code_is_used() -> None:
    match = index(("EU-FELT-13", "7301"), ("US-FELT-13", "7301")).find("FELT-13")
    assert match.key == "EU-FELT-13"


def test_rows_without_a_code_do_not_agree_with_each_other() -> None:
    assert index(("EU-FELT-13", ""), ("US-FELT-13", "")).find("FELT-13").is_ambiguous


@pytest.mark.parametrize(("wanted", "row"), [("7301", "73012"), ("73012", "7301")])
def test_a_part_of_a_sku_never_matches(wanted: str, row: str) -> None:
    match = index((row, "1")).find(wanted)
    assert match.key is None
    assert not match.is_ambiguous


def test_twins_differ_in_letter_case_only() -> None:
    assert find_twins(["Felt-1", "FELT-1", "FELT-2", "FELT-1", "OT-FELT-1"]) == [
        ("FELT-1", "Felt-1")
    ]
