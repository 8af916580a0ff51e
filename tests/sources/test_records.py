"""Rows below a header become records; nothing is dropped without a count."""

from engine.sources.findings import Findings
from engine.sources.records import Layout, Records, header_key
from engine.sources.text_files import read_text

LAYOUT = Layout(
    "goods", {"sku": (), "cost_code": ("OTTOKOD", "code"), "price": ()}, required=(("sku",),)
)


def read(text: str, findings: Findings | None = None) -> Records:
    return read_text(
        text.encode(), "goods.csv", (LAYOUT,), Findings() if findings is None else findings
    )


def test_short_rows_are_padded_and_surplus_blank_cells_are_cut() -> None:
    records = read("SKU,price\nA\nB,2,,\n")
    assert records.row(0) == ("A", "")
    assert records.row(1) == ("B", "2")


def test_a_row_with_content_beyond_the_header_is_rejected() -> None:
    findings = Findings()
    records = read("SKU,price\nA,1\nB,2,extra\nC,3\n", findings)
    assert records.column("sku") == ["A", "C"]
    assert records.too_long == {3: ("B", "2", "extra")}
    assert str(findings.of("ROW_TOO_LONG")[0]) == (
        'goods.csv: row 3: value "extra" stands beyond the last of 2 headers; '
        "expected at most 2 cells; the row is rejected"
    )


def test_blank_rows_are_skipped_and_counted() -> None:
    findings = Findings()
    records = read("SKU,price\n\n , \nA,1\n,\n,2\n", findings)
    assert records.column("sku") == ["A", ""]
    assert records.row_numbers == [4, 6]
    assert records.blank_rows == 3
    assert str(findings.of("BLANK_ROWS")[0]).startswith("goods.csv: has 3 wholly blank row(s)")


def test_unnamed_columns_are_kept_by_position() -> None:
    records = read("SKU;price;\nA;1;a note\n")
    assert records.header == ("SKU", "price", "")
    assert records.columns[2] == ["a note"]


def test_headers_are_found_by_alias_fold_and_underscore() -> None:
    for header in ("OTTOKOD", "ottokod ", "Cost Code", "cost_code", "CODE"):
        records = read(f"sku,{header}\nA,7301\n")
        assert records.column("cost_code") == ["7301"]
        assert records.header_of("cost_code") == header.strip()
    assert header_key("Ürün_Adı") == "urun adi"


def test_of_two_columns_with_one_meaning_the_first_counts() -> None:
    records = read("SKU,code,sku,OTTOKOD\nA,1,B,2\n")
    assert (records.column("sku"), records.column("cost_code")) == (["A"], ["1"])


def test_a_column_that_is_not_there_reads_as_blank() -> None:
    records = read("SKU\nA\n")
    assert not records.has("price")
    assert records.column("price") == [""]
    assert records.header_of("price") == "price"


def test_a_header_without_rows_is_said_so() -> None:
    findings = Findings()
    assert len(read("SKU,price\n", findings)) == 0
    assert [finding.code for finding in findings] == ["HEADER_ONLY"]


def test_the_first_layout_that_fits_is_taken() -> None:
    other = Layout("other", {"sku": (), "price": ()}, required=(("sku",), ("price",)))
    for layouts, kind in (((LAYOUT, other), "goods"), ((other, LAYOUT), "other")):
        records = read_text(b"SKU,price\nA,1\n", "goods.csv", layouts, Findings())
        assert records.layout.kind == kind


def test_many_rows_keep_their_order_over_the_internal_blocks() -> None:
    records = read("SKU,price\n" + "".join(f"S{i},{i}\n" for i in range(25_000)))
    assert records.column("sku") == [f"S{i}" for i in range(25_000)]
    assert records.row_numbers == list(range(2, 25_002))
