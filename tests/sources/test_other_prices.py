"""Price files from outside the folder: read and refused like those in it, in force on any day."""

from __future__ import annotations

import io
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from engine.errors import InputFileError
from engine.sources.findings import Findings
from engine.sources.other_prices import read_other_prices
from engine.sources.owner_rows import OPEN_END, OPEN_START

BY_ZONE = b"weight;Zone 1\n0.5;9.00\n1;11.00\n"
TO_US = b"SKU;DESI-KG;carrier_price\nB;1;11,20\n"


def test_the_header_tells_which_prices_a_file_holds() -> None:
    found = read_other_prices([("next.csv", BY_ZONE), ("to us.csv", TO_US)], Findings())
    assert found is not None
    assert found.files == ("next.csv", "to us.csv")
    assert found.by_zone is not None
    assert found.by_zone.zones == ("1",)
    assert found.by_zone.lists[0].price.tolist() == [[90_000, 110_000]]
    assert found.to_us is not None
    assert found.to_us.lists[0].price.tolist() == [[112_000]]


def test_a_file_holds_on_every_day_whatever_day_its_name_says() -> None:
    found = read_other_prices([("fedex_prices_2027-01-01.csv", BY_ZONE)], Findings())
    assert found is not None
    assert found.by_zone is not None
    (only,) = found.by_zone.lists
    assert (only.first, only.last) == (OPEN_START, OPEN_END)
    assert found.to_us is None


def test_files_are_told_apart_by_their_contents() -> None:
    one, same = (read_other_prices([("a.csv", BY_ZONE)], Findings()) for _ in range(2))
    other = read_other_prices([("a.csv", BY_ZONE.replace(b"11.00", b"11.01"))], Findings())
    assert one == same != other
    assert read_other_prices([], Findings()) is None


def test_a_cell_that_is_no_price_is_said_with_its_row_and_column() -> None:
    findings = Findings()
    read_other_prices([("next.csv", BY_ZONE.replace(b"11.00", b"eleven"))], findings)
    (found,) = findings.of("NOT_A_NUMBER")
    assert str(found).startswith(
        'next.csv: row 3, column "Zone 1": value "eleven" is not a number; '
        "expected a price such as 12.34"
    )


def test_a_workbook_that_is_far_larger_than_it_looks_is_refused_unread() -> None:
    packed = io.BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b" " * 60_000_000)
    message = r"^big\.xlsx: unpacks to 60 MB; expected at most 50 MB of prices"
    with pytest.raises(InputFileError, match=message):
        read_other_prices([("big.xlsx", packed.getvalue())], Findings())


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ([("a.csv", b"name,amount\nx,1\n")], r"^a\.csv.*expected Ağırlık, and a column for each"),
        ([("a.csv", b"\x00\x01")], r"^a\.csv: is not text: NUL bytes"),
        ([("a.xlsx", BY_ZONE)], r"^a\.xlsx: can't be opened as a workbook"),
        ([("a.csv", b"weight;Zone 1\n0.5;free\n")], r"^a\.csv: has no weight with a price that"),
        (
            [("a.csv", b"SKU;DESI-KG;duty_rate\nB;1;8\n")],
            r"^a\.csv: has no weight with a price that can be read; expected at least one",
        ),
        (
            [("a.csv", BY_ZONE), ("b.csv", BY_ZONE)],
            r"^b\.csv: and a\.csv both hold prices of the input 'fedex_prices'",
        ),
    ],
    ids=["header", "binary", "no workbook", "no price", "no price to the US", "two files"],
)
def test_a_file_that_can_not_be_used_is_refused(
    files: list[tuple[str, bytes]], message: str
) -> None:
    with pytest.raises(InputFileError, match=message):
        read_other_prices(files, Findings())
