"""A new sku_map.csv for the owner to fill in: the rows of the present one, then what it lacks.

Saved as csv_inputs/sku_map.csv it is read as it is. A cost that nobody has filled in says nothing.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.sources.csv_folder import find_file, read_one
from engine.sources.findings import Findings
from engine.sources.records import Records
from engine.sources.sku_map import MAP_LAYOUT
from engine.sources.sku_prefixes import SkuPrefixes
from engine.sources.skus import sku_identity, sku_key

_FILLED = ("sku", "unit_cost", "currency", "note")


@dataclass(frozen=True, slots=True)
class TemplateRow:
    """A SKU that needs a cost, the currency to write it in, and a note for the owner."""

    sku: str
    currency: str
    note: str


def sku_map_template(
    folder: Path, shop: str, prefixes: SkuPrefixes, rows: Sequence[TemplateRow]
) -> str:
    """Return the text of the new file; SKUs that have a row already get no second one.

    The present file keeps its columns and its delimiter. Raises InputFileError if it is refused.
    """
    file = find_file(folder, "sku_map", Findings(), shop=shop)
    if file is None:
        return _text(list(MAP_LAYOUT.columns), [], {}, rows, ",")
    present = read_one(file.path, (MAP_LAYOUT,), Findings())
    keys = {_key(cell, prefixes) for cell in present.column("sku")}
    new = [row for row in rows if _key(row.sku, prefixes) not in keys]
    added = [name for name in _FILLED if not present.has(name)]
    headers = {name: present.header_of(name) for name in MAP_LAYOUT.columns}
    header = [*present.header, *added]
    return _text(header, _rows(present, len(added)), headers, new, present.delimiter or ",")


def _key(text: str, prefixes: SkuPrefixes) -> str:
    return sku_key(sku_identity(text, prefixes) or "")


def _rows(present: Records, added: int) -> list[list[str]]:
    """Return all rows in the order of the file; one with too many cells still has too many."""
    read = {number: present.row(at) for at, number in enumerate(present.row_numbers)}
    width, blank = len(present.header), [""] * added
    rows = sorted({**read, **present.too_long}.items())
    return [[*cells[:width], *blank, *cells[width:]] for _, cells in rows]


def _text(
    header: Sequence[str],
    present: Sequence[Sequence[str]],
    headers: dict[str, str],
    rows: Sequence[TemplateRow],
    delimiter: str,
) -> str:
    """Write header, present rows and new rows; headers: how the file calls each column."""
    place = {name: header.index(headers.get(name, name)) for name in _FILLED}
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows(present)
    for row in rows:
        filled = [""] * len(header)
        filled[place["sku"]], filled[place["currency"]] = row.sku, row.currency
        filled[place["note"]] = row.note
        writer.writerow(filled)
    return out.getvalue()
