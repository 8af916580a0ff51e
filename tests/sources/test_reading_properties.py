"""What was written in any usual form is read back as it was."""

import csv
import io
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.sources.findings import Findings
from engine.sources.numbers import find_style, read_number
from engine.sources.records import Layout
from engine.sources.text_files import DELIMITERS, read_text

LAYOUT = Layout("goods", {"sku": (), "name": ()}, required=(("sku",), ("name",)))
TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12)
CELLS = TEXT | st.sampled_from(['say "x"', "a;b,c|d\te", "two\nlines", "two\r\nlines", '"', ""])


@settings(max_examples=150, deadline=None)
@given(
    rows=st.lists(st.tuples(TEXT.filter(str.strip), CELLS), min_size=1, max_size=8),
    delimiter=st.sampled_from(DELIMITERS),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    end=st.sampled_from(["\r\n", "\n"]),
)
def test_a_table_written_by_a_spreadsheet_is_read_back(
    rows: list[tuple[str, str]], delimiter: str, encoding: str, end: str
) -> None:
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, delimiter=delimiter, lineterminator=end)
    writer.writerow(["sku", "name"])
    writer.writerows(rows)
    content = stream.getvalue().encode(encoding)
    records = read_text(content, "goods.csv", (LAYOUT,), Findings())
    assert [records.row(index) for index in range(len(records))] == rows
    lines = stream.getvalue().splitlines()
    assert records.row_numbers[0] == 2
    assert records.row_numbers[-1] <= len(lines)


@settings(max_examples=200, deadline=None)
@given(
    cents=st.lists(st.integers(-(10**9), 10**9), min_size=1, max_size=20),
    decimals=st.sampled_from([1, 2, 4]),
    grouped=st.booleans(),
    delimiter=st.sampled_from([*DELIMITERS, None]),
)
@pytest.mark.parametrize("comma", [True, False])
def test_numbers_written_in_one_style_are_read_back(
    cents: list[int], decimals: int, grouped: bool, delimiter: str | None, comma: bool
) -> None:
    numbers = [Decimal(cent).scaleb(-decimals) for cent in cents]
    cells = [f"{number:{',' if grouped else ''}.{decimals}f}" for number in numbers]
    if comma:
        cells = [cell.translate(str.maketrans(".,", ",.")) for cell in cells]
    style = find_style(cells, delimiter)
    assert [read_number(cell, style) for cell in cells] == numbers
