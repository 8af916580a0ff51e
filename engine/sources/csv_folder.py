"""Which file of the owner's folder answers to which input.

An input is looked for by name, as `.csv` or `.xlsx`, in any letter case. A sub-folder named like a
shop replaces single files for that shop. No file has to be there; two for one input are refused,
because nobody could say which one counts.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path, PurePath

from engine.errors import InputFileError, SourceError
from engine.sources.findings import Findings, refusal
from engine.sources.folding import fold
from engine.sources.records import Layout, Records
from engine.sources.text_files import read_text
from engine.sources.workbooks import read_workbook

SUFFIXES = (".csv", ".xlsx")
_START_DAY = re.compile(r"(?P<stem>.+)_(?P<day>\d{4}-\d{2}-\d{2})")


@dataclass(frozen=True, slots=True)
class Input:
    """One kind of file: its name, other names it is known by, whether copies may have a start day.

    `without`: what is unknown, or used instead, when there is no such file.
    """

    name: str
    without: str
    also: tuple[str, ...] = ()
    dated: bool = False


INPUTS: dict[str, Input] = {
    item.name: item
    for item in (
        Input("cost", "unit costs are unknown"),
        Input("sku_prefixes", "the shipped prefixes are used"),
        Input("cost_regions", "the shipped cost regions are used"),
        Input("sku_map", "no SKU is mapped by hand"),
        Input("desi", "weights are unknown", ("all_products_desi",), dated=True),
        Input(
            "fedex_zones",
            "carrier zones are unknown",
            ("fedex_country_code_and_zone_number",),
            dated=True,
        ),
        Input(
            "fedex_prices",
            "carrier prices are unknown",
            ("fedex_price_per_kg_for_zones",),
            dated=True,
        ),
        Input("us_duties", "duties are unknown", ("us_fedex_desi_and_price",), dated=True),
        Input("etsy_fees", "the shipped fee rates are used"),
        Input("fx_rates", "amounts in other currencies are not converted"),
        Input("expenses", "there are no expenses"),
        Input("offsite_orders", "no order is known to come from Offsite Ads"),
        Input("parcels", "the shipped parcel settings are used"),
    )
}


@dataclass(frozen=True, slots=True)
class InputFile:
    """A file that answers to an input, and the day from which it does (None = always did)."""

    input: Input
    path: Path
    valid_from: date | None = None

    @property
    def label(self) -> str:
        """The file's name for messages, without folders."""
        return self.path.name


def input_of(file: str) -> str | None:
    """Return the input that a file of this name answers to, None if it answers to none."""
    stem = Path(file).stem.casefold()
    dated = _START_DAY.fullmatch(stem)
    for known in INPUTS.values():
        names = {known.name, *known.also}
        if stem in names or (known.dated and dated and dated["stem"] in names):
            return known.name
    return None


def find_files(
    folder: Path, name: str, findings: Findings, *, shop: str | None = None
) -> list[InputFile]:
    """Return the files of an input, by start day; the undated one first. Empty if there is none.

    With `shop`, files in the sub-folder of that name replace those of the folder. Raises
    InputFileError (TWO_FILES) for two files of one input and day. An absent input is noted once.
    """
    known = INPUTS[name]
    shop_folder = _shop_folder(folder, shop) if shop else None
    files = _matching(shop_folder, known) if shop_folder else []
    files = files or _matching(folder, known)
    if not files:
        findings.add(
            "FILE_ABSENT",
            file=f"{name}.csv",
            what=f"is not in the folder {folder.name}",
            action=known.without,
        )
    by_day: dict[date | None, InputFile] = {}
    for file in files:
        other = by_day.setdefault(file.valid_from, file)
        if other is not file:
            raise refusal(
                "TWO_FILES",
                file.label,
                f"and {other.label} both answer to the input {name!r}",
                expected="one file",
            )
    return sorted(files, key=lambda file: (file.valid_from is not None, file.valid_from))


def find_file(
    folder: Path, name: str, findings: Findings, *, shop: str | None = None
) -> InputFile | None:
    """Return the one file of an input that has no start days, or None."""
    files = find_files(folder, name, findings, shop=shop)
    return files[0] if files else None


def read_file(
    path: PurePath, layouts: Sequence[Layout], findings: Findings, *, content: bytes | None = None
) -> list[Records]:
    """Return the records of a text file, or of each fitting sheet of a workbook.

    `content` saves reading a file twice, or is that of a file which lies nowhere. Raises
    SourceError if the file can't be opened, InputFileError if it is refused.
    """
    if content is None:
        try:
            content = Path(path).read_bytes()
        except OSError as error:
            raise SourceError(
                f"The file {path} can't be read: {error.strerror}.",
                hint="Check that it is there and that this account may read it.",
            ) from error
    if path.suffix.casefold() == ".xlsx":
        return read_workbook(content, path.name, layouts, findings)
    return [read_text(content, path.name, layouts, findings)]


def read_one(
    path: Path, layouts: Sequence[Layout], findings: Findings, *, content: bytes | None = None
) -> Records:
    """Return the records of a file that may hold an input once only.

    Each sheet of a workbook counts as a file: two that fit are refused with TWO_FILES.
    """
    first, *others = read_file(path, layouts, findings, content=content)
    if others:
        raise _two_sheets(first, others[0])
    return first


def _two_sheets(first: Records, second: Records) -> InputFileError:
    return refusal(
        "TWO_FILES",
        second.file,
        f"and {first.file} both answer to the input {first.layout.kind!r}",
        expected="one sheet with such a header",
    )


def _matching(folder: Path, known: Input) -> list[InputFile]:
    """Return the files of a folder that an input's names and suffixes fit, by name."""
    names = {known.name, *known.also}
    found = []
    for path in _entries(folder):
        if path.suffix.casefold() not in SUFFIXES or not path.is_file():
            continue
        stem = path.stem.casefold()
        dated = _START_DAY.fullmatch(stem) if known.dated else None
        if stem in names:
            found.append(InputFile(known, path))
        elif dated and dated["stem"] in names:
            found.append(InputFile(known, path, _start_day(path, dated["day"])))
    return found


def _start_day(path: Path, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise refusal(
            "DATE_NOT_READ",
            path.name,
            f"has a name with {text!r}, which is not a day",
            expected="a start day such as 2026-02-01, or none",
        ) from error


def _entries(folder: Path) -> list[Path]:
    """Return what a folder holds, by name; nothing if there is no such folder."""
    try:
        return sorted(folder.iterdir()) if folder.is_dir() else []
    except OSError as error:
        raise SourceError(
            f"The folder {folder} can't be read: {error.strerror}.",
            hint="Check that this account may read it.",
        ) from error


def _shop_folder(folder: Path, shop: str) -> Path | None:
    """Return the sub-folder that is named like the shop."""
    found = [p for p in _entries(folder) if fold(p.name) == fold(shop) and p.is_dir()]
    if len(found) > 1:
        raise refusal(
            "TWO_FILES",
            found[1].name,
            f"and {found[0].name} are both folders of the shop {shop!r}",
            expected="one folder for each shop",
        )
    return found[0] if found else None
