"""What one unit of a line weighs for the carrier: by the codes that the owner's files give a SKU.

One row of the answer = one asker: a SKU, a destination and a day. The first of these that knows
counts: the code of sku_map.csv, the row of us_duties.csv, desi.csv by variant code, desi.csv by
parent code, the default weight. A note in desi.csv for a region goes before all of them. A weight
that nothing tells stays unknown; no other SKU lends its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from engine.ledger.sku_names import SkuNames
from engine.money import Int64Array
from engine.sources.dated_rows import NOT_FOUND
from engine.sources.desi_files import DesiTable, FoundWeights, parent_code
from engine.sources.duty_table import DutyTable
from engine.sources.frames import BoolArray, Int8Array, Int32Array
from engine.sources.held_columns import Columns
from engine.sources.owner_rows import UNKNOWN
from engine.sources.parcel_settings import DatedSetting


class WeightSource(IntEnum):
    """Where a weight is from."""

    UNKNOWN = 0
    SKU_MAP = 1
    DUTIES = 2  # us_duties.csv
    VARIANT = 3  # desi.csv by the variant's code
    PARENT = 4  # desi.csv by the parent's code
    DEFAULT = 5


@dataclass(frozen=True, slots=True, eq=False)
class SkuCodes:
    """How the owner's files call each SKU; one value per SKU and a last one for no SKU.

    codes: the distinct codes, in the letters of look-ups. mapped, variant, parent: int32, indexes
    `codes`, −1 = none. duty_keys: the SKUs of us_duties.csv that are asked for. duty: int32,
    indexes `duty_keys`, −1 = none.
    """

    codes: tuple[str, ...]
    mapped: Int32Array
    variant: Int32Array
    parent: Int32Array
    duty_keys: tuple[str, ...]
    duty: Int32Array


@dataclass(frozen=True, slots=True, eq=False)
class UnitWeights(Columns):
    """The weight of one unit for each asker.

    mdesi: int64, thousandths of a kilogram, UNKNOWN where nothing tells it. source: int8, a
    WeightSource. is_estimated: the default, or one of several that the parent's variants have.
    """

    mdesi: Int64Array
    source: Int8Array
    is_estimated: BoolArray

    @property
    def is_default(self) -> BoolArray:
        """Which weights are the default one."""
        return np.asarray(self.source == WeightSource.DEFAULT)


def code_skus(names: SkuNames) -> SkuCodes:
    """Number the codes of each SKU.

    The variant code is that of us_duties.csv; the parent code that of sku_map.csv, else of
    cost.csv, else what stands before the first `-` of the variant code. A SKU without a code may be
    one itself; a SKU is never compared in part.
    """
    rows = zip(names.keys, names.by_hand, names.variants, names.cost_codes, strict=True)
    mapped, variants, parents = [], [], []
    for key, by_hand, variant, cost_code in rows:
        mapped.append(by_hand.desi_code)
        variants.append(variant or key)
        parent = by_hand.parent or by_hand.cost_code or cost_code or parent_code(variant)
        parents.append(parent or key)
    codes = _distinct((*mapped, *variants, *parents))
    duty_keys = _distinct(names.duty_keys)
    return SkuCodes(
        codes=codes,
        mapped=_numbered(mapped, codes),
        variant=_numbered(variants, codes),
        parent=_numbered(parents, codes),
        duty_keys=duty_keys,
        duty=_numbered(names.duty_keys, duty_keys),
    )


def _distinct(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({text for text in texts if text}))


def _numbered(texts: Sequence[str], names: Sequence[str]) -> Int32Array:
    place = {name: number for number, name in enumerate(names)}
    return np.array([place.get(text, NOT_FOUND) for text in (*texts, "")], np.int32)


def find_unit_weights(
    codes: SkuCodes,
    sku: Int32Array,
    day: Int32Array,
    country: Int32Array,
    countries: Sequence[str],
    *,
    duty_row: Int32Array,
    desi: DesiTable,
    duties: DutyTable,
    default_desi: DatedSetting,
) -> UnitWeights:
    """Find the weight of one unit for each asker.

    sku: indexes the SKUs of `codes`, −1 = none. country: indexes the two-letter codes `countries`,
    −1 = unknown. duty_row: row of `duties` that holds for the asker, −1 = none. All int32[n].
    """
    mapped = _either(desi, codes, codes.mapped[sku], day)
    variant = desi.codes.find(codes.codes, codes.variant[sku], day)
    parent = desi.parents.find(codes.codes, codes.parent[sku], day)
    stated = np.append(duties.rows.mdesi, UNKNOWN)[duty_row]
    mdesi = np.full(len(sku), UNKNOWN, np.int64)
    source = np.zeros(len(sku), np.int8)
    for place, found in (
        (WeightSource.SKU_MAP, mapped.mdesi),
        (WeightSource.DUTIES, stated),
        (WeightSource.VARIANT, variant.mdesi),
        (WeightSource.PARENT, parent.mdesi),
        (WeightSource.DEFAULT, default_desi.on(day)),
    ):
        taken = (mdesi == UNKNOWN) & (found != UNKNOWN)
        mdesi[taken] = found[taken]
        source[taken] = place
    note = np.where(mapped.row >= 0, mapped.note, variant.note)
    note = np.where((mapped.row < 0) & (variant.row < 0), parent.note, note)
    varies = (source == WeightSource.SKU_MAP) & mapped.varies
    varies |= (source == WeightSource.PARENT) & parent.varies
    return UnitWeights(
        mdesi=desi.for_destinations(mdesi, note, countries, country),
        source=source,
        is_estimated=varies | (source == WeightSource.DEFAULT),
    )


def _either(desi: DesiTable, codes: SkuCodes, code: Int32Array, day: Int32Array) -> FoundWeights:
    """Return the weight of each code, which may be a variant's or a parent's."""
    own = desi.codes.find(codes.codes, code, day)
    family = desi.parents.find(codes.codes, np.where(own.row < 0, code, NOT_FOUND), day)
    is_own = own.row >= 0
    return FoundWeights(
        np.where(is_own, own.mdesi, family.mdesi),
        np.where(is_own, own.note, family.note),
        np.where(is_own, own.varies, family.varies),
        np.where(is_own, own.row, family.row),
    )


def largest_weight(desi: DesiTable, duties: DutyTable) -> int:
    """Return the largest weight of one unit that any file states in mdesi, UNKNOWN if none does."""
    columns = (
        desi.codes.mdesi,
        duties.rows.mdesi,
        np.array([note.mdesi for note in desi.notes], np.int64),
    )
    return max(int(column.max(initial=UNKNOWN)) for column in columns)
