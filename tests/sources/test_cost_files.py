"""cost.csv in its wide and long form: one known cost for each SKU, region and month."""

import io
from pathlib import Path

import openpyxl
import pytest

from engine.errors import InputFileError
from engine.sources.cost_files import EMPTY_COSTS, CostTable, read_cost_file
from engine.sources.cost_regions import REGIONS
from engine.sources.findings import Findings, Level
from engine.sources.sku_prefixes import SkuPrefixes

Known = dict[tuple[str, str, str], str]


def read(text: str, currency: str = "USD") -> tuple[CostTable, Findings]:
    return read_cost_file(Path("cost.csv"), cost_currency=currency, content=text.encode())


def known(costs: CostTable) -> Known:
    """Return (SKU key or #code, region, month) → cost in major units."""
    found = {}
    for i in range(len(costs)):
        month = f"{costs.month[i] // 12}-{costs.month[i] % 12 + 1:02d}"
        owner = costs.sku_key[i] or f"#{costs.cost_code[i]}"
        found[owner, REGIONS[costs.region[i]], month] = f"{costs.unit_cost[i] / 10_000:g}"
    assert len(found) == len(costs)
    return found


def codes(findings: Findings) -> list[str]:
    return [finding.code for finding in findings]


def test_wide_form_gives_one_row_for_each_filled_cell() -> None:
    costs, findings = read(
        "OTTOKOD,ÜRÜN,SKU,US MAYIS 2025,EU 2025 Mayıs\r\n"
        "7301,Sleeve,FELT-13,12.5,14.25\r\n"
        "7302,Sleeve,FELT-15,,15"
    )
    assert known(costs) == {
        ("FELT-13", "US", "2025-05"): "12.5",
        ("FELT-13", "EU", "2025-05"): "14.25",
        ("FELT-15", "EU", "2025-05"): "15",
    }
    assert costs.cost_code.tolist() == ["7301", "7301", "7302"]
    assert costs.row_number.tolist() == [2, 2, 3]
    assert costs.unit_cost.tolist() == [125_000, 142_500, 150_000]
    assert costs.month.tolist() == [2025 * 12 + 4] * 3
    assert costs.currency == "USD"
    assert len(findings) == 0


def test_rows_come_sorted_by_sku_region_and_month() -> None:
    costs, _ = read("SKU,EU ocak 2025,US şubat 2025,US ocak 2025\nB,1,1,1\nA,1,1,1\n")
    assert [(k, int(r), int(m) % 12) for k, r, m in zip(costs.sku_key, costs.region, costs.month,
            strict=True)] == [
        ("A", 0, 0), ("A", 0, 1), ("A", 1, 0), ("B", 0, 0), ("B", 0, 1), ("B", 1, 0),
    ]  # fmt: skip


def test_a_column_without_region_holds_for_all_regions() -> None:
    costs, _ = read("SKU,Ocak 2025\nA,3\n")
    assert known(costs) == {("A", region, "2025-01"): "3" for region in REGIONS}


def test_a_cost_of_a_region_goes_before_one_for_all_regions() -> None:
    costs, findings = read("SKU,Ocak 2025,EU Ocak 2025\nA,3,4\nB,5,\n")
    assert known(costs) == {
        ("A", "US", "2025-01"): "3",
        ("A", "EU", "2025-01"): "4",
        ("A", "AU", "2025-01"): "3",
        **{("B", region, "2025-01"): "5" for region in REGIONS},
    }
    assert len(findings) == 0


def test_long_form_gives_the_same_table() -> None:
    costs, findings = read(
        "sku;cost_code;region;month;unit_cost;currency\n"
        "FELT-13;7301;ABD;2025-05;12,5;USD\n"
        "FELT-13;7301;EU;2025-05;14,25;\n"
        "FELT-15;7302;;2025-05-01;15;USD\n"
    )
    assert known(costs) == {
        ("FELT-13", "US", "2025-05"): "12.5",
        ("FELT-13", "EU", "2025-05"): "14.25",
        **{("FELT-15", region, "2025-05"): "15" for region in REGIONS},
    }
    assert len(findings) == 0


def test_rows_of_the_long_form_that_are_not_understood_are_left_out() -> None:
    costs, findings = read(
        "sku,region,month,unit_cost,currency\n"
        "A,US,2025-05,1,USD\nB,Mars,2025-05,1,USD\nC,US,2025-13,1,USD\nD,US,May,1,USD\n"
        "E,US,2025-05,1,EUR\nF,US,2025-05,1,shells\nG,,2025-05,x,USD\n"
    )
    assert known(costs) == {("A", "US", "2025-05"): "1"}
    assert [(finding.code, finding.row) for finding in findings] == [
        ("NOT_A_NUMBER", 8),
        ("VALUE_UNKNOWN", 3),
        ("DATE_NOT_READ", 4),
        ("DATE_NOT_READ", 5),
        ("CURRENCY_CONFLICT", 6),
        ("CURRENCY_CONFLICT", 7),
    ]
    assert str(findings.of("VALUE_UNKNOWN")[0]) == (
        'cost.csv: row 3, column "region": value "Mars" is not a region; '
        "expected US, EU, AU, or blank for all; the row is not used"
    )


def test_cells_that_are_no_cost_are_missing_and_named() -> None:
    costs, findings = read(
        'SKU,US MAYIS 2025\nA,NAN\nB,#N/A\nC,\nD,.\nE,0\nF,free\nG,-3\nH,"12,x"\nI,FREE \nJ,1e9\n'
        "K,1000000000\n"
    )
    assert known(costs) == {("F", "US", "2025-05"): "0", ("I", "US", "2025-05"): "0"}
    assert [str(finding) for finding in findings] == [
        'cost.csv: row 6, column "US MAYIS 2025": value "0" is zero; expected a cost, or the word '
        "free if it costs nothing; the cell is treated as missing",
        'cost.csv: row 8, column "US MAYIS 2025": value "-3" is below zero; '
        "expected a unit cost such as 12.34; the cell is treated as missing",
        'cost.csv: row 9, column "US MAYIS 2025": value "12,x" is not a number; '
        "expected a unit cost such as 12.34; the cell is treated as missing",
        'cost.csv: row 11, column "US MAYIS 2025": value "1e9" is not a number; '
        "expected a unit cost such as 12.34; the cell is treated as missing",
        'cost.csv: row 12, column "US MAYIS 2025": value "1000000000" is too large for a unit '
        "cost; expected a unit cost such as 12.34; the cell is treated as missing",
    ]
    assert [finding.level for finding in findings][:2] == [Level.WARNING, Level.ERROR]


def test_more_than_four_decimals_are_rounded_once_halves_away_from_zero() -> None:
    costs, findings = read("SKU,US MAYIS 2025\nA,1.00005\nB,1.00004999\nC,2.12340\nD,1.00005\n")
    assert costs.unit_cost.tolist() == [10_001, 10_000, 21_234, 10_001]
    assert str(findings.of("ROUNDED")[0]) == (
        "cost.csv: has 3 unit cost(s) with more than 4 decimals; they are rounded to 4"
    )


def test_decimal_commas_of_a_semicolon_file() -> None:
    costs, _ = read("SKU;US MAYIS 2025\nA;1.234,56\nB;12,5\nC;1,750\n")
    assert costs.unit_cost.tolist() == [12_345_600, 125_000, 17_500]


def test_duplicate_rows_that_agree_are_silent() -> None:
    costs, findings = read("SKU,US MAYIS 2025\nA,1.50\na,1.5\nA,1.5\n")
    assert known(costs) == {("A", "US", "2025-05"): "1.5"}
    assert costs.row_number.tolist() == [4]
    assert codes(findings) == ["SKU_TWINS"]


def test_the_lowest_row_wins_cell_by_cell_and_both_are_named() -> None:
    costs, findings = read("SKU,US NİSAN 2025,US MAYIS 2025\nA,1.5,1.2\nB,9,9\nA,1.7,\nA,NAN,1.2\n")
    assert known(costs)["A", "US", "2025-04"] == "1.7"
    assert known(costs)["A", "US", "2025-05"] == "1.2"
    assert costs.row_number.tolist() == [4, 5, 3, 3]
    assert [str(finding) for finding in findings] == [
        'cost.csv: row 2, column "US NİSAN 2025": value "1.5" is another cost than the 1.7 that '
        "row 4 gives the same SKU; expected one cost for each SKU, region and month; "
        "row 4 is used"
    ]


def test_rows_of_one_sku_with_complementary_cells_are_put_together() -> None:
    costs, findings = read("SKU,US NİSAN 2025,US MAYIS 2025\nA,1.5,\nA,,1.7\n")
    assert known(costs) == {("A", "US", "2025-04"): "1.5", ("A", "US", "2025-05"): "1.7"}
    assert len(findings) == 0


def test_one_sku_with_two_codes_is_a_conflict_and_the_lowest_row_wins() -> None:
    costs, findings = read("SKU,OTTOKOD,US MAYIS 2025\nA,7301,1\nB,7301,1\nA,7302,1.5\n")
    assert known(costs)["A", "US", "2025-05"] == "1.5"
    assert costs.cost_code.tolist() == ["7302", "7301"]
    assert costs.conflict.tolist() == [True, False]
    assert str(findings.of("DUPLICATE_CONFLICT")[0]) == (
        'cost.csv: row 4, column "OTTOKOD": value "7302" is another code than \'7301\', which '
        "row 2 gives the same SKU; expected one cost code for each SKU; the lowest row counts, "
        "and costs of this SKU are labelled a conflict"
    )


def test_a_row_without_a_code_takes_that_of_its_sku() -> None:
    costs, findings = read("SKU,code,US NİSAN 2025,US MAYIS 2025\nA,7301,1,\nA,,,1.1\n")
    assert costs.cost_code.tolist() == ["7301", "7301"]
    assert not costs.conflict.any()
    assert len(findings) == 0


def test_rows_without_a_sku_are_reached_by_code_only() -> None:
    costs, findings = read(
        "SKU,OTTOKOD,US MAYIS 2025\n,7301,1\n.,7302,2\nnan,,3\n.,7301,1.5\nA,7301,9\n"
    )
    assert known(costs) == {
        ("#7301", "US", "2025-05"): "1.5",
        ("#7302", "US", "2025-05"): "2",
        ("A", "US", "2025-05"): "9",
    }
    assert [str(finding) for finding in findings.of("BLANK_SKU")] == [
        "cost.csv: has 3 row(s) without a SKU; their costs are found by cost code only",
        "cost.csv: has 1 row(s) without a SKU; they have no cost code either and are not used",
    ]


def test_a_file_of_codes_alone() -> None:
    costs, _ = read("code,US MAYIS 2025\n7301,1\n")
    assert known(costs) == {("#7301", "US", "2025-05"): "1"}


def test_markers_come_off_and_channel_prefixes_stay() -> None:
    costs, _ = read("SKU,US MAYIS 2025\nDELETED-A-1,1\nOT-A-1,1.5\n")
    assert sorted(set(costs.sku_key)) == ["A-1", "OT-A-1"]
    own, _ = read_cost_file(
        Path("cost.csv"),
        prefixes=SkuPrefixes(markers=("OT-",)),
        content=b"SKU,US MAYIS 2025\nOT-A-1,1.5\n",
    )
    assert own.sku_key.tolist() == ["A-1"]


def test_skus_that_look_like_sentences_are_named_and_kept() -> None:
    costs, findings = read(f"SKU,US MAYIS 2025\ngrey felt sleeve,1\n{'X' * 41},1\nA B,1\n")
    assert [finding.row for finding in findings.of("SKU_IS_TEXT")] == [2, 3]
    assert "GREY FELT SLEEVE" in costs.sku_key


def test_other_columns_are_named_and_one_with_a_month_is_a_warning() -> None:
    _, findings = read("SKU,stok,US MAYIS 2025,US MAYIS 2025 stok,,\nA,7,1,8,,note\n")
    assert [(f.column, f.level) for f in findings.of("COLUMN_IGNORED")] == [
        ("stok", Level.INFO),
        ("US MAYIS 2025 stok", Level.WARNING),
        ("number 6, without a header", Level.INFO),
    ]


def test_the_first_of_two_columns_for_one_month_is_used() -> None:
    costs, findings = read("SKU,US MAYIS 2025,usa-2025-05\nA,,2\nB,1,3\n")
    assert known(costs) == {("B", "US", "2025-05"): "1"}
    assert str(findings.of("DUPLICATE_CONFLICT")[0]) == (
        'cost.csv: column "usa-2025-05": is the region and month of column "US MAYIS 2025" again; '
        "expected one column for each region and month; the first of the two is used"
    )


def test_years_by_position_and_undecided_ones() -> None:
    costs, findings = read("SKU,US OCAK 2022,US ARALIK,US KASIM 2021,EU MAYIS\nA,1,2,3,4\n")
    assert known(costs)["A", "US", "2021-12"] == "2"
    assert [str(finding) for finding in findings.of("YEAR_BY_POSITION")] == [
        'cost.csv: column "US ARALIK": has no year; by its place it is read as 2021-12',
        'cost.csv: column "EU MAYIS": has no year; by its place it is read as 2021-05',
    ]
    costs, findings = read("SKU,US OCAK 2022,US ARALIK,US KASIM\nA,1,2,3\n")
    assert known(costs) == {("A", "US", "2022-01"): "1"}
    assert [finding.column for finding in findings.of("YEAR_UNDECIDED")] == [
        "US ARALIK",
        "US KASIM",
    ]


def test_no_column_with_a_year_leaves_no_costs() -> None:
    costs, findings = read("SKU,US MAYIS\nA,1\n")
    assert len(costs) == 0
    assert codes(findings) == ["YEAR_UNDECIDED"]


def test_missing_months_are_listed_for_each_region() -> None:
    _, findings = read("SKU,US MAYIS 2025,US OCAK 2025,EU MAYIS 2025,EU MART 2025,NISAN 2025\nA\n")
    assert [str(finding) for finding in findings.of("MONTHS_MISSING")] == [
        "cost.csv: has no unit costs for US in 2025-02, 2025-03; the nearest month answers for them"
    ]


def test_missing_months_of_a_sheet_without_regions() -> None:
    _, findings = read("SKU,MART 2025,OCAK 2025\nA,1,1\n")
    assert str(findings.of("MONTHS_MISSING")[0]) == (
        "cost.csv: has no unit costs for all regions in 2025-02; the nearest month answers for them"
    )
    assert len(findings.of("MONTHS_MISSING")) == 1
    # One column for all regions beside many of single ones does not span any months.
    _, findings = read("SKU,OCAK 2025,US MART 2025,US ŞUBAT 2025,AU OCAK 2024\nA,1,1,1,1\n")
    assert len(findings.of("MONTHS_MISSING")) == 0


def test_problems_are_named_from_the_top_of_the_file_down() -> None:
    _, findings = read("SKU,US MART 2025,US ŞUBAT 2025\nA,1,x\nB,x,1\n")
    assert [finding.row for finding in findings.of("NOT_A_NUMBER")] == [2, 3]


def test_a_price_far_from_the_month_before_is_named_and_kept() -> None:
    costs, findings = read(
        "SKU,US MART 2025,US OCAK 2025\nA,20.01,10\nB,20,10\nC,4.99,10\nD,5,10\nE,30,free\n"
    )
    assert len(costs) == 10
    assert [finding.row for finding in findings.of("PRICE_JUMP")] == [2, 4]
    assert str(findings.of("PRICE_JUMP")[0]) == (
        'cost.csv: row 2, column "US MART 2025": value "20.01" is far from 10 in US 2025-01; '
        "expected between half and twice as much; the value is kept"
    )


def test_a_price_far_from_another_region_is_named_once() -> None:
    _, findings = read("SKU,US MART 2025,EU MART 2025,AU MART 2025\nA,10,18,21\nB,10,30,25\n")
    assert [(finding.row, finding.column) for finding in findings.of("PRICE_JUMP")] == [
        (2, "AU MART 2025"),
        (3, "EU MART 2025"),
        (3, "AU MART 2025"),
    ]


def test_a_jump_of_a_column_for_all_regions_is_named_once() -> None:
    _, findings = read("SKU,OCAK 2025,ŞUBAT 2025\nA,10,30\n")
    assert codes(findings) == ["PRICE_JUMP"]


def test_the_currency_of_the_headers() -> None:
    costs, findings = read("SKU,US MAYIS 2025 (€),US NİSAN 2025 EUR\nA,€1,2\n")
    assert (costs.currency, len(findings)) == ("EUR", 0)
    assert read("SKU,US MAYIS 2025\nA,1\n", currency="TRY")[0].currency == "TRY"
    assert read("SKU,US MAYIS 2025 ($)\nA,1\n", currency="CAD")[0].currency == "CAD"
    assert read("SKU,US MAYIS 2025 ($)\nA,1\n", currency="EUR")[0].currency == "USD"


def test_columns_in_another_currency_are_not_used() -> None:
    costs, findings = read("SKU,US MAYIS 2025,US NİSAN 2025,EU MAYIS 2025 €\nA,1,2,3\n")
    assert costs.currency == "USD"
    assert set(costs.region.tolist()) == {0}
    assert [finding.column for finding in findings.of("CURRENCY_CONFLICT")] == ["EU MAYIS 2025 €"]


def test_a_cell_in_another_currency_is_missing() -> None:
    costs, findings = read("SKU,US MAYIS 2025\nA,$1.50\nB,₺90\nC,USD 2\n")
    assert set(costs.sku_key) == {"A", "C"}
    assert str(findings.of("CURRENCY_CONFLICT")[0]) == (
        'cost.csv: row 3, column "US MAYIS 2025": value "₺90" is in another currency; '
        "expected USD, or the setting COST_CURRENCY changed; the cell is treated as missing"
    )


def test_a_file_without_a_price_column_is_refused() -> None:
    with pytest.raises(
        InputFileError,
        match=r'found: SKU, stok; expected SKU or OTTOKOD, and a price column such as "US MAYIS',
    ):
        read("SKU,stok\nA,1\n")


def test_a_header_alone_gives_an_empty_table() -> None:
    costs, findings = read("SKU,US MAYIS 2025\n")
    assert len(costs) == len(EMPTY_COSTS) == 0
    assert costs.unit_cost.dtype == EMPTY_COSTS.unit_cost.dtype
    assert codes(findings) == ["HEADER_ONLY"]


def test_a_workbook_gives_the_same_table_as_the_text() -> None:
    book = openpyxl.Workbook()
    for row in (
        ["COSTS OF MAY"],
        ["SKU", "OTTOKOD", "US MAYIS 2025", "EU MAYIS 2025"],
        ["FELT-13", 7301, 1.234, 0.1 + 0.2],
        [7301, None, "#N/A", "12,5"],
    ):
        book.active.append(row)
    stream = io.BytesIO()
    book.save(stream)
    costs, findings = read_cost_file(Path("cost.xlsx"), content=stream.getvalue())
    assert known(costs) == {
        ("7301", "EU", "2025-05"): "12.5",
        ("FELT-13", "US", "2025-05"): "1.234",
        ("FELT-13", "EU", "2025-05"): "0.3",
    }
    assert costs.cost_code.tolist() == ["", "7301", "7301"]
    assert codes(findings) == ["TITLE_ROWS", "PRICE_JUMP"]


def test_the_order_of_columns_does_not_change_the_answer() -> None:
    one, _ = read("SKU,US MAYIS 2025,EU NİSAN 2025\nB,1,2\nA,3,4\nB,1.5,\n")
    other, _ = read("EU NİSAN 2025,US MAYIS 2025,SKU\n2,1,B\n4,3,A\n,1.5,B\n")
    assert known(one) == known(other)
    assert one.row_number.tolist() == other.row_number.tolist()
