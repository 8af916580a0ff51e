"""sku_map.csv: SKUs that are one, and what the owner says of a SKU by hand."""

import pytest

from engine.sources.findings import Findings
from engine.sources.owner_rows import UNKNOWN
from engine.sources.sku_map import MAP_LAYOUT, NO_MAP, SkuMap, SkuOverride, read_sku_map
from engine.sources.text_files import read_text

CODES = frozenset(("7301", "7302"))
VARIANTS = frozenset(("7301-GREY", "7303-GREY"))


def read(text: str, findings: Findings | None = None) -> SkuMap:
    found = Findings() if findings is None else findings
    records = read_text(text.encode(), "sku_map.csv", (MAP_LAYOUT,), found)
    return read_sku_map(records, found, cost_codes=CODES, desi_codes=VARIANTS, cost_currency="TRY")


def test_what_the_owner_says_of_a_sku() -> None:
    findings = Findings()
    found = read(
        "sku,same_as,cost_code,desi_code,parent,unit_cost,currency,note\n"
        "Felt-13,,7301,7301-Grey,7302,,,by code\nFELT-15,,,,,6.40,USD,asked\nFELT-17,,,,,free,,\n"
        "FELT-19,,,,,,,only a note\n",
        findings,
    )
    assert found.overrides == {
        "FELT-13": SkuOverride("7301", "7301-GREY", "7302", UNKNOWN, "", 2),
        "FELT-15": SkuOverride("", "", "", 64_000, "USD", 3),
        "FELT-17": SkuOverride("", "", "", 0, "TRY", 4),
    }
    assert found.same_as == {}
    assert len(findings) == 0


def test_same_as_merges_identities_and_follows_chains() -> None:
    found = read("sku,same_as\nOLD-1,NEW-1\nOLDER-1,OLD-1\nDELETED-X-1,NEW-1\n")
    assert [found.merged(sku) for sku in ("OLDER-1", "OLD-1", "X-1", "NEW-1", "Z", None)] == [
        "NEW-1", "NEW-1", "NEW-1", "NEW-1", "Z", None,
    ]  # fmt: skip


def test_same_as_minds_letter_case_so_that_twins_can_be_merged() -> None:
    found = read("sku,same_as\nfelt-1,FELT-1\n")
    assert (found.merged("felt-1"), found.merged("Felt-1")) == ("FELT-1", "Felt-1")


def test_what_is_said_of_a_merged_sku_holds_for_the_one_it_is_merged_with() -> None:
    found = read("sku,same_as,unit_cost\nOLD-1,NEW-1,5\n")
    assert found.overrides["NEW-1"].unit_cost == 50_000
    assert "OLD-1" not in found.overrides


def test_a_ring_of_same_as_is_rejected_with_all_its_rows() -> None:
    findings = Findings()
    found = read(
        "sku,same_as,unit_cost\nA-1,B-1,5\nB-1,C-1,\nC-1,A-1,\nD-1,A-1,\nE-1,E-1,\n", findings
    )
    assert found.same_as == {"D-1": "A-1"}
    assert found.overrides == {}
    assert [str(f) for f in findings] == [
        'sku_map.csv: row 2, column "same_as": value "B-1" leads by row 3 back to this SKU; '
        "expected a SKU that stays as it is; the row is not used",
        'sku_map.csv: row 3, column "same_as": value "C-1" leads by row 4 back to this SKU; '
        "expected a SKU that stays as it is; the row is not used",
        'sku_map.csv: row 4, column "same_as": value "A-1" leads by row 2 back to this SKU; '
        "expected a SKU that stays as it is; the row is not used",
        'sku_map.csv: row 6, column "same_as": value "E-1" is this SKU; '
        "expected a SKU that stays as it is; the row is not used",
    ]
    assert {f.code for f in findings} == {"SAME_AS_RING"}


@pytest.mark.parametrize("column", ["cost_code", "desi_code", "parent"])
def test_a_code_that_no_file_has_rejects_its_row(column: str) -> None:
    findings = Findings()
    assert read(f"sku,{column},unit_cost\nA-1,9999,5\n", findings).overrides == {}
    assert [str(f) for f in findings] == [
        f'sku_map.csv: row 2, column "{column}": value "9999" is a code that no file has; '
        "expected a code of your files; the row is not used"
    ]


def test_a_parent_is_a_cost_code_or_the_beginning_of_a_variant() -> None:
    assert read("sku,parent\nA-1,7303\n").overrides["A-1"].parent == "7303"


def test_without_other_files_codes_are_not_compared() -> None:
    records = read_text(b"sku,cost_code\nA-1,9999\n", "sku_map.csv", (MAP_LAYOUT,), Findings())
    assert read_sku_map(records, Findings()).overrides["A-1"].cost_code == "9999"


def test_unit_costs_that_are_no_cost() -> None:
    findings = Findings()
    found = read(
        "sku,unit_cost,currency\nA-1,0,\nB-1,-1,\nC-1,x,\nD-1,€4,USD\nE-1,4,shells\n", findings
    )
    assert found.overrides == {}
    assert sorted((f.row, f.code) for f in findings) == [
        (2, "ZERO_COST"),
        (3, "NEGATIVE"),
        (4, "NOT_A_NUMBER"),
        (5, "CURRENCY_CONFLICT"),
        (6, "CURRENCY_CONFLICT"),
    ]


def test_the_lowest_of_two_rows_for_a_sku_counts_cell_by_cell() -> None:
    findings = Findings()
    found = read(
        "sku,same_as,cost_code,unit_cost,currency\nA-1,,7301,5,USD\na-1,,7302,,\nB-1,X,,,\nB-1,Y,,,\n",
        findings,
    )
    assert found.overrides["A-1"] == SkuOverride("7302", "", "", 50_000, "USD", 3)
    assert found.same_as == {"B-1": "Y"}
    assert [(f.code, f.row, f.column) for f in findings] == [
        ("DUPLICATE_CONFLICT", 4, "same_as"),
        ("DUPLICATE_CONFLICT", 2, "cost_code"),
    ]


def test_a_row_without_a_sku_is_not_used() -> None:
    findings = Findings()
    assert read("sku,unit_cost\n.,5\n", findings) == NO_MAP
    assert [f.code for f in findings] == ["VALUE_MISSING"]
