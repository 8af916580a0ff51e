"""Duties on goods sent to the United States; one row = one SKU and the days on which it holds.

A look-up answers with a row or with none. Which SKU's row may answer for another is not decided
here, and nothing is filled in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from engine.money import Int64Array, to_decimal
from engine.sources.dated_rows import DatedIndex
from engine.sources.desi_files import DesiTable
from engine.sources.findings import Findings
from engine.sources.frames import BoolArray, Int32Array
from engine.sources.owner_rows import UNKNOWN
from engine.sources.price_lists import PriceTable

COUNTRY = "US"  # the one destination that these duties and prices are for


@dataclass(frozen=True, slots=True, eq=False)
class DutyRows:
    """Columns of the table, a value per row.

    mdesi: thousandths of a kilogram. declared_value, handling_fee: 1/10,000 of the major unit of
    CARRIER_CURRENCY. duty_ppm, import_tax_ppm: parts per million. All int64, UNKNOWN where there is
    none. one_ppm, other_ppm: the two rates of a range, `other_ppm` 0 where there is one rate.
    is_discontinued: no longer made. first, last: int32, day numbers. file: int32, index into the
    table's files. row_number: int32, the line of the file.
    """

    mdesi: Int64Array
    declared_value: Int64Array
    handling_fee: Int64Array
    duty_ppm: Int64Array
    one_ppm: Int64Array
    other_ppm: Int64Array
    import_tax_ppm: Int64Array
    is_discontinued: BoolArray
    first: Int32Array
    last: Int32Array
    file: Int32Array
    row_number: Int32Array

    @property
    def is_range(self) -> BoolArray:
        """Which rows give two duty rates, so that their duty is an estimate."""
        return np.asarray(self.other_ppm > 0)

    @property
    def highest_duty_ppm(self) -> Int64Array:
        """The highest duty rate that a row may mean, UNKNOWN where there is none."""
        return np.asarray(self.one_ppm + self.other_ppm)

    def take(self, rows: Int64Array) -> DutyRows:
        """Return some of the rows."""
        return DutyRows(**{name: column[rows] for name, column in self.columns().items()})

    def columns(self) -> dict[str, Any]:
        """Return all columns by name."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


@dataclass(frozen=True, slots=True, eq=False)
class DutyTable:
    """Duties and weights by SKU; `rows` and the texts below have one value per row.

    sku: the identity. code: the variant code in the letters of look-ups, '' if unknown. `index`
    finds rows by sku_key and day. steps: the carrier's prices by weight, of one zone COUNTRY.
    """

    sku: tuple[str, ...]
    code: tuple[str, ...]
    rows: DutyRows
    index: DatedIndex
    steps: PriceTable
    files: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.sku)

    def find(self, keys: Sequence[str], key: Int32Array, day: Int32Array | int) -> Int32Array:
        """Return the row that holds for each sku_key on its day, −1 where none does.

        key: int32[n], indexes `keys`, −1 = none.
        """
        return self.index.find(keys, key, day)


def join_rows(parts: Sequence[DutyRows]) -> DutyRows:
    """Return the rows of several files as one table, an empty one if there is no file."""
    kinds: dict[str, Any] = dict.fromkeys(("first", "last", "file", "row_number"), np.int32)
    kinds["is_discontinued"] = np.bool_
    names = [field.name for field in fields(DutyRows)]
    empty = DutyRows(**{name: np.empty(0, kinds.get(name, np.int64)) for name in names})
    columns = [part.columns() for part in (empty, *parts)]
    return DutyRows(**{name: np.concatenate([c[name] for c in columns]) for name in names})


def check_weights(duties: DutyTable, desi: DesiTable, findings: Findings) -> None:
    """Note the rows whose weight is not that of desi.csv for the same variant code."""
    codes = tuple(dict.fromkeys(code for code in duties.code if code))
    place = {code: number for number, code in enumerate(codes)}
    code = np.array([place.get(text, -1) for text in duties.code], np.int32)
    other = desi.codes.find(codes, code, duties.rows.last)
    mdesi = duties.rows.mdesi
    differs = (mdesi != UNKNOWN) & (other.mdesi != UNKNOWN) & (mdesi != other.mdesi)
    for row in np.flatnonzero(differs).tolist():
        at = int(other.row[row])
        findings.add(
            "CODE_DISAGREES",
            file=duties.files[int(duties.rows.file[row])],
            row=int(duties.rows.row_number[row]),
            value=_kilograms(mdesi[row]),
            what=f"is another weight than the {_kilograms(other.mdesi[row])} that "
            f"{desi.files[int(desi.codes.file[at])]}, row {desi.codes.row_number[at]} gives the "
            f"code {duties.code[row]}",
            expected="one weight for each code",
            action=f"this one is used for the SKU {duties.sku[row]}",
        )


def _kilograms(mdesi: int) -> str:
    return f"{to_decimal(int(mdesi), 3).normalize():f} kg"
