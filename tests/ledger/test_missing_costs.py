"""SKUs without a cost: what they sold, what the look-up tried, and what it would suggest."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from engine.errors import InputFileError
from engine.ledger.health.missing import MissingCosts, missing_costs
from engine.metrics.health_frames import missing_frame, template_rows
from engine.sources.owner_files import OwnerFiles, read_owner_files
from engine.sources.sku_map_template import TemplateRow, sku_map_template
from engine.sources.sku_prefixes import SHIPPED_PREFIXES
from tests.cost_shop import Asked, facts_of, owner_writes

HEAD = "OTTOKOD,SKU,EU MART 2026\n"


def missing_of(
    files: OwnerFiles, *asked: Asked, listings: dict[int, list[str]] | None = None
) -> MissingCosts:
    return missing_costs(facts_of(files, asked, listings)[1])


def test_a_sku_with_its_sales_listing_region_and_days(tmp_path: Path) -> None:
    files = owner_writes(tmp_path, cost=HEAD + "1,A,1.00\n")
    asked = (
        Asked("B", "US", "2026-03-02", 7),
        Asked("B", "DE", "2026-02-01", 8, quantity=3),
        Asked("B", "DE", "2026-05-01", 8),
        Asked("C", "AU", "2026-03-02", 9),
        Asked("A"),
    )
    frame = missing_frame(missing_of(files, *asked), {8: "Bags"})
    first = frame.iloc[0]
    assert frame["sku"].tolist() == ["B", "C"]
    assert (first["sales_at_stake"], first["units"], first["lines"]) == (25_000, 5, 3)
    assert (first["listing_id"], first["listing_title"], first["region"]) == (8, "Bags", "EU")
    assert (str(first["first_sale"]), str(first["last_sale"])) == ("2026-02-01", "2026-05-01")
    assert frame["listing_title"].isna().tolist() == [False, True]


def test_what_the_look_up_tried(tmp_path: Path) -> None:
    rows = (
        "1,OT-FELT-A,1.00\n2,MG-FELT-A,1.00\n3,BAG-S-RED,1\n4,CAP-RED,1.00\n4,CAP-SKY,2.00\n"
        "5,HAT-RED,1.00\n5,HAT-SKY,2.00\n"
    )
    files = owner_writes(
        tmp_path,
        cost=HEAD + rows,
        sku_map="sku,cost_code,parent\nBAG-M,,3\nCAP,4,\nLID,3,\n",
        us_duties="SKU;OTTOKOD;DESİ-KG\nHAT;5-Tan;1\n",
    )
    asked = (Asked("FELT-A"), Asked("BAG-M"), Asked("CAP"), Asked("HAT"), Asked(None))
    listings = {7: ["HAT", "HAT-RED", "HAT-SKY"]}
    missing = missing_of(files, *asked, listings=listings)
    tried = dict(zip(missing.names, missing.tried(), strict=True))
    assert tried == {
        "FELT-A": "override: no cost in sku_map.csv; direct: not in cost.csv; "
        "prefix: MG-FELT-A and OT-FELT-A have different codes; parent: no cost code; "
        "sibling: none without a size has a cost",
        "BAG-M": "override: no cost in sku_map.csv; direct: not in cost.csv; "
        "prefix: no such SKU without prefixes; parent: code 3 has no row of size m; "
        "sibling: none of size m has a cost",
        "CAP": "override: code 4 has rows too far apart; direct: not in cost.csv; "
        "prefix: no such SKU without prefixes; parent: no cost code; "
        "sibling: none without a size has a cost",
        "HAT": "override: no cost in sku_map.csv; direct: not in cost.csv; "
        "prefix: no such SKU without prefixes; parent: code 5 has rows too far apart; "
        "sibling: costs too far apart",
        "(none)": "the lines have no SKU",
    }


def test_doubtful_relatives_suggest_a_cost_that_is_not_used(tmp_path: Path) -> None:
    rows = "1,OT-FELT-A,1.10\n2,MG-FELT-A,1.00\n3,BAG-RED,1.00\n3,BAG-SKY,2.00\n"
    files = owner_writes(tmp_path, cost=HEAD + rows)
    asked = (Asked("FELT-A"), Asked("BAG-TAN", day="2026-04-01"), Asked("X"))
    missing = missing_of(files, *asked, listings={7: ["BAG-RED", "BAG-SKY", "BAG-TAN"]})
    found = dict(zip(missing.names, missing.suggestions(), strict=True))
    felt, bag = found["FELT-A"], found["BAG-TAN"]
    assert felt is not None
    assert bag is not None
    assert (felt.unit_cost, felt.label, felt.row_number) == (10_000, "prefix/same_month/asked", 3)
    assert felt.why_not == "other cost codes"
    assert (bag.unit_cost, bag.label) == (10_000, "sibling/earlier_month/asked")
    assert bag.why_not == "too far apart"
    assert found["X"] is None
    frame = missing_frame(missing, {})
    assert [str(cost) for cost in frame["suggested_cost"]] == ["1.0000", "1.0000", "None"]


SKU_MAP = (
    "notes;sku;same_as;cost_code;unit_cost;currency\n"
    "first;OLD-1;NEW-1;;;\n"
    ";B;;;6,40;EUR\n"
    ";C;;1;;;too many cells\n"
    ";D;;;1,234;EUR\n"
)


def test_the_template_has_the_present_rows_and_is_read_back_as_it_is(tmp_path: Path) -> None:
    files = owner_writes(tmp_path, cost=HEAD + "1,A,1.00\n", sku_map=SKU_MAP)
    missing = missing_of(files, Asked("B2"), Asked("=X;1"), Asked("C"), Asked(None), Asked("B"))
    text = sku_map_template(tmp_path, "Worked", files.prefixes, template_rows(missing))
    assert [row[:3] for row in csv.reader(text.splitlines(), delimiter=";")] == [
        ["notes", "sku", "same_as"],
        ["first", "OLD-1", "NEW-1"],
        ["", "B", ""],
        ["", "C", ""],
        ["", "D", ""],
        ["", "=X;1", ""],
        ["", "B2", ""],
        ["", "C", ""],  # its row above has too many cells to be read
    ]
    (tmp_path / "sku_map.csv").write_text(text, encoding="utf-8-sig", newline="")
    again = read_owner_files(tmp_path, "Worked", "USD")
    assert again.sku_map == files.sku_map
    assert again.sku_map.overrides["D"].unit_cost == 12_340
    noted = [[(f.code, f.row) for f in read.findings] for read in (again, files)]
    assert noted[0] == noted[1]
    filled = text.replace(";B2;;;;USD;", ";B2;;;9,5;USD;")
    assert filled != text
    (tmp_path / "sku_map.csv").write_text(filled, encoding="utf-8-sig", newline="")
    found = read_owner_files(tmp_path, "Worked", "USD").sku_map.overrides["B2"]
    assert (found.unit_cost, found.currency) == (95_000, "USD")


def test_without_a_file_the_template_has_all_columns(tmp_path: Path) -> None:
    rows = [TemplateRow("A-1", "USD", 'maybe 3 "cents"')]
    text = sku_map_template(tmp_path, "Worked", SHIPPED_PREFIXES, rows)
    assert text == (
        "sku,same_as,cost_code,desi_code,parent,unit_cost,currency,note\r\n"
        'A-1,,,,,,USD,"maybe 3 ""cents"""\r\n'
    )


def test_the_note_tells_the_suggestion_and_why_it_is_not_used(tmp_path: Path) -> None:
    files = owner_writes(tmp_path, cost=HEAD + "1,OT-FELT-A,1.10\n2,MG-FELT-A,1.20\n")
    rows = template_rows(missing_of(files, Asked("FELT-A"), Asked("B"), Asked(None)))
    maybe = "maybe 1.1 USD (prefix/same_month/asked, row 2 of cost.csv; not used: other cost codes)"
    assert rows == [
        TemplateRow("B", "USD", "no suggestion"),
        TemplateRow("FELT-A", "USD", maybe),
    ]


def test_a_refused_file_gives_no_template(tmp_path: Path) -> None:
    (tmp_path / "sku_map.csv").write_text("what,is,this\n1,2,3\n")
    with pytest.raises(InputFileError, match=r"sku_map\.csv: .*HEADER_NOT_FOUND"):
        sku_map_template(tmp_path, "Worked", SHIPPED_PREFIXES, [])
