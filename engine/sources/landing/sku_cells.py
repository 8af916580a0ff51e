"""Which SKU and which listing a row of an import file names."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.money import Int64Array
from engine.sources.landing.file_rows import Cells, FileRows
from engine.sources.landing.ids import id_number, read_id
from engine.sources.skus import sku_identity

_LONGEST_SKU = 40


@dataclass(frozen=True, slots=True, eq=False)
class Skus:
    """Row i has the SKU `texts[code[i]]`; None is no SKU."""

    code: Int64Array
    texts: tuple[str | None, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Listings:
    """Row i names the listing `texts[code[i]]`, '' for none; `ids` are the same as numbers, 0 none.

    A text that is no number has a made-up, negative id.
    """

    code: Int64Array
    texts: tuple[str, ...]
    ids: Int64Array

    @property
    def by_row(self) -> Int64Array:
        """Return each row's listing id, 0 where it names none."""
        return self.ids[self.code]


def read_skus(rows: FileRows, cells: Cells) -> Skus:
    """Read the SKU column; what looks like a sentence is noted, what is no SKU is counted."""
    texts = tuple(sku_identity(text) for text in cells.values)
    counts = np.bincount(cells.code, minlength=len(texts))
    for text, sku, count in zip(cells.values, texts, counts, strict=True):
        if sku is not None and (len(sku) > _LONGEST_SKU or sku.count(" ") > 1):
            rows.findings.add(
                "SKU_IS_TEXT",
                file=rows.file,
                column=cells.header,
                value=text,
                what=f"looks like a sentence ({count} row(s))",
                expected=f"a SKU of at most {_LONGEST_SKU} characters",
                action="it is used as it is",
            )
    blank = int(counts[[sku is None for sku in texts]].sum())
    if blank and rows.records.has("sku"):
        rows.findings.add(
            "BLANK_SKU",
            file=rows.file,
            column=cells.header,
            what=f"{blank} row(s) have no SKU",
            action="they count for their listing and for no SKU",
        )
    return Skus(cells.code, texts)


def read_listings(rows: FileRows, cells: Cells, shop_id: int) -> Listings:
    """Read the listing column; a damaged id rejects its rows."""
    read = rows.read(cells, lambda text: read_id(text, "listing id"))
    texts = tuple("" if text is None or not text.strip("0") else text for text in read)
    ids = np.array([id_number(shop_id, "listing", text) for text in texts], np.int64)
    return Listings(cells.code, texts, ids)
