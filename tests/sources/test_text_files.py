"""Encoding, line ends, quotes, delimiter and header row of a text file."""

import pytest

from engine.errors import InputFileError
from engine.sources.findings import Findings
from engine.sources.records import Layout, Records
from engine.sources.text_files import read_text

LAYOUT = Layout(
    "goods",
    {"sku": (), "name": ("ÜRÜN",), "price": ("FİYAT", "fiyat usd")},
    required=(("sku",), ("price",)),
)


def read(content: bytes | str, findings: Findings | None = None) -> Records:
    raw = content.encode() if isinstance(content, str) else content
    return read_text(raw, "goods.csv", (LAYOUT,), Findings() if findings is None else findings)


def rows(records: Records) -> list[tuple[str, ...]]:
    return [records.row(index) for index in range(len(records))]


def test_utf8_with_and_without_byte_order_mark() -> None:
    for content, encoding in ((b"\xef\xbb\xbf", "utf-8"), (b"", "utf-8")):
        records = read(content + "SKU,ÜRÜN,price\nA,Kılıf,1\n".encode())
        assert rows(records) == [("A", "Kılıf", "1")]
        assert records.encoding == encoding
        assert records.header[0] == "SKU"


def test_utf16_with_tabs_as_a_spreadsheet_saves_unicode_text() -> None:
    records = read("SKU\tÜRÜN\tFİYAT\r\nA\tKılıf\t1,5\r\n".encode("utf-16"))
    assert rows(records) == [("A", "Kılıf", "1,5")]
    assert (records.encoding, records.delimiter) == ("utf-16", "\t")


def test_windows_1254_is_read_with_a_warning() -> None:
    findings = Findings()
    records = read("SKU;ÜRÜN;FİYAT\r\nA;Kılıf ğş;1\r\n".encode("windows-1254"), findings)
    assert rows(records) == [("A", "Kılıf ğş", "1")]
    assert str(findings.of("ENCODING_GUESSED")[0]) == (
        "goods.csv: is not UTF-8 and has no byte order mark; expected UTF-8; "
        "it is read as Windows-1254 (Turkish)"
    )


@pytest.mark.parametrize(
    "content",
    [
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00",
        b"SKU,price\nA,\x00\n",
        "SKU,price\nA,1\n".encode("utf-16-le"),
        b"\xff\xfeS\x00K",
    ],
)
def test_what_is_not_text_is_refused(content: bytes) -> None:
    with pytest.raises(InputFileError, match=r"goods.csv: is not text.*refused \(NOT_TEXT\)"):
        read(content)


def test_a_workbook_named_csv_is_refused_with_the_way_out() -> None:
    with pytest.raises(InputFileError, match=r"is a workbook or an archive.*ends in \.xlsx"):
        read(b"PK\x03\x04 and so on")


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
@pytest.mark.parametrize("last", [True, False])
def test_every_line_end_with_or_without_a_last_one(end: str, last: bool) -> None:
    text = end.join(["SKU,price", "A,1", "B,2"]) + (end if last else "")
    records = read(text)
    assert rows(records) == [("A", "1"), ("B", "2")]
    assert records.row_numbers == [2, 3]


def test_row_numbers_stay_right_after_a_quoted_line_break() -> None:
    records = read('SKU,name,price\nA,"two\nlines, and a ""quote""",1\n\nB,x,2\n')
    assert rows(records) == [("A", 'two\nlines, and a "quote"', "1"), ("B", "x", "2")]
    assert records.row_numbers == [2, 5]
    assert records.blank_rows == 1


def test_a_quote_that_is_never_closed_is_refused_with_its_row() -> None:
    with pytest.raises(InputFileError, match=r"goods.csv: row 3: opens a quote.*QUOTE_OPEN"):
        read('SKU,name,price\nA,x,1\nB,"y,2\nC,z,3\n')


def test_a_quote_that_swallows_a_long_file_is_refused_too() -> None:
    with pytest.raises(InputFileError, match=r"row 2: opens a quote"):
        read('SKU,name,price\nB,"y,2\n' + "C,z,3\n" * 50_000)


def test_inch_marks_inside_a_cell_are_text() -> None:
    assert rows(read('SKU,name,price\nA,sleeve 13" grey,1\n')) == [("A", 'sleeve 13" grey', "1")]


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
def test_the_delimiter_is_the_one_that_shows_the_header(delimiter: str) -> None:
    records = read("SKU,price\nA,1\n".replace(",", delimiter))
    assert rows(records) == [("A", "1")]
    assert records.delimiter == delimiter


def test_a_semicolon_in_a_quoted_cell_of_a_comma_file() -> None:
    records = read('SKU,"name;colour",price\nA,"grey; wool",1\n')
    assert rows(records) == [("A", "grey; wool", "1")]


def test_of_two_delimiters_the_one_with_more_cells_counts() -> None:
    # Under ";" this row has the cells "SKU" and "price" as well, but fewer of them.
    records = read("SKU,price,name,ASIN;SKU;price\nA,1,x,y\n")
    assert records.delimiter == ","


def test_rows_above_the_header_are_titles() -> None:
    findings = Findings()
    records = read("CARRIER;;\n\nPrices of May;;\nSKU;name;FİYAT\nA;x;1\n", findings)
    assert (records.header_row, rows(records)) == (4, [("A", "x", "1")])
    assert records.row_numbers == [5]
    assert str(findings.of("TITLE_ROWS")[0]) == (
        "goods.csv: row 4: is the header; 2 row(s) above it are titles; they are skipped"
    )


def test_no_header_lists_what_was_found_and_what_is_wanted() -> None:
    with pytest.raises(
        InputFileError, match=r"found: SKU, cost of goods, note; expected sku, price;"
    ):
        read("SKU,cost of goods,note\nA,1,x\n")
    with pytest.raises(InputFileError, match=r"found: nothing.*HEADER_NOT_FOUND"):
        read(b"")


def test_the_header_must_be_among_the_first_ten_filled_rows() -> None:
    assert len(read("x\n\n" * 9 + "SKU,price\nA,1\n")) == 1
    with pytest.raises(InputFileError, match="HEADER_NOT_FOUND"):
        read("x\n" * 10 + "SKU,price\nA,1\n")
