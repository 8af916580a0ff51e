"""Carrier price files from outside the owner's folder: what parcels would cost by them.

Each is read by the reader of `fedex_prices.csv` or of `us_duties.csv`, whichever its header is of;
of the latter only the carrier's prices are used. They hold on every day, whatever day is in the
name of a file: the question is what a range would have cost by them.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import PurePath
from zipfile import ZipFile, is_zipfile

from engine.sources.csv_folder import read_file
from engine.sources.dated_files import DatedRecords
from engine.sources.duty_files import DUTY_LAYOUT, read_duties
from engine.sources.findings import Findings, refusal
from engine.sources.price_files import PRICE_LAYOUT, read_prices
from engine.sources.price_lists import PriceTable
from engine.sources.records import Layout, Records

_LAYOUTS = (PRICE_LAYOUT, DUTY_LAYOUT)
_MOST_UNPACKED = 50_000_000  # bytes of a workbook; whoever may open the page may bring one


@dataclass(frozen=True, slots=True)
class OtherPrices:
    """Carrier prices to suppose; two are equal if their files are.

    files: their names. digest: of names and contents. by_zone, to_us: what takes the place of the
    owner's prices by zone and of the list of the US; None = the owner's stay.
    """

    files: tuple[str, ...]
    digest: str
    by_zone: PriceTable | None = field(default=None, compare=False, repr=False)
    to_us: PriceTable | None = field(default=None, compare=False, repr=False)


def read_other_prices(files: Sequence[tuple[str, bytes]], findings: Findings) -> OtherPrices | None:
    """Read files, each a name and its content; None without any.

    Raises InputFileError for a file that is refused, for one without any price, and (TWO_FILES) for
    two that hold the same kind of prices.
    """
    if not files:
        return None
    found: dict[Layout, Records] = {}
    digest = hashlib.sha256()
    for name, content in files:
        digest.update(f"{name}\0{len(content)}\0".encode() + content)
        _refuse_inflated(name, content)
        for records in read_file(PurePath(name), _LAYOUTS, findings, content=content):
            other = found.setdefault(records.layout, records)
            if other is not records:
                raise refusal(
                    "TWO_FILES",
                    records.file,
                    f"and {other.file} both hold prices of the input {records.layout.kind!r}",
                    expected="one file or sheet of each kind",
                )
    by_zone, to_us = (
        [DatedRecords(found[layout])] if layout in found else [] for layout in _LAYOUTS
    )
    return OtherPrices(
        files=tuple(name for name, _ in files),
        digest=digest.hexdigest(),
        by_zone=_priced(read_prices(by_zone, findings), by_zone),
        to_us=_priced(read_duties(to_us, findings).steps, to_us),
    )


def _refuse_inflated(name: str, content: bytes) -> None:
    """Refuse a workbook that is far larger than it looks; what is no archive passes."""
    packed = io.BytesIO(content)
    if not is_zipfile(packed):
        return
    with ZipFile(packed) as archive:
        size = sum(part.file_size for part in archive.infolist())
    if size > _MOST_UNPACKED:
        raise refusal(
            "NOT_TEXT",
            name,
            f"unpacks to {size / 1_000_000:,.0f} MB",
            expected=f"at most {_MOST_UNPACKED / 1_000_000:,.0f} MB of prices",
        )


def _priced(table: PriceTable, files: Sequence[DatedRecords]) -> PriceTable | None:
    """Return the prices of a file; refuse one that has none."""
    for file in files:
        if not any(listed.price.size and listed.price.max() > 0 for listed in table.lists):
            raise refusal(
                "VALUE_MISSING",
                file.records.file,
                "has no weight with a price that can be read",
                expected="at least one",
            )
    return table if files else None
