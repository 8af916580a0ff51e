"""What the owner's files call a SKU: its row of sku_map.csv, its codes, its SKU in each file.

One row of the answer = one SKU. Weights and unit costs are both looked up by these names. A SKU is
compared as a whole or without its prefixes, never in part.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from engine.money import Int64Array
from engine.sources.cost_table import CostTable
from engine.sources.duty_table import DutyTable
from engine.sources.sku_map import SkuOverride
from engine.sources.sku_prefixes import SkuPrefixes
from engine.sources.skus import SkuIndex, SkuMatch, sku_key

_NOTHING = SkuOverride()


@dataclass(frozen=True, slots=True, eq=False)
class CostOwners:
    """Whom the rows of a CostTable belong to; one row = one SKU, or one code without a SKU.

    keys: the sku_key, '' for rows that only their code reaches. codes: the cost code in the letters
    of look-ups, that of the lowest row of the file, '' if there is none. starts: int64[n + 1], rows
    of owner i are starts[i]:starts[i + 1]. by_key, by_code: the owners again. index: SKUs by
    ladder. spelling: code → as the file spells it.
    """

    keys: tuple[str, ...]
    codes: tuple[str, ...]
    starts: Int64Array
    by_key: Mapping[str, int]
    by_code: Mapping[str, tuple[int, ...]]
    index: SkuIndex
    spelling: Mapping[str, str]

    @classmethod
    def of(cls, costs: CostTable, prefixes: SkuPrefixes) -> CostOwners:
        """Find the owners of a table, which is sorted by them."""
        count = len(costs)
        starts = np.append(np.flatnonzero(_begins(costs)), count).astype(np.int64)
        lowest = _lowest_rows(costs, starts)
        keys = tuple(costs.sku_key[starts[:-1]].tolist())
        texts = costs.cost_code[lowest].tolist()
        codes = tuple(sku_key(text) for text in texts)
        index = SkuIndex(prefixes)
        by_key: dict[str, int] = {}
        by_code: dict[str, tuple[int, ...]] = {}
        for owner, (key, code) in enumerate(zip(keys, codes, strict=True)):
            if key:
                by_key[key] = owner
                index.add(key, code)
            if code:
                by_code[code] = (*by_code.get(code, ()), owner)
        return cls(
            keys, codes, starts, by_key, by_code, index, dict(zip(codes, texts, strict=True))
        )


def _begins(costs: CostTable) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Tell which rows are the first of their owner."""
    keys, codes = costs.sku_key, costs.cost_code
    begins = np.ones(len(keys), np.bool_)
    begins[1:] = keys[1:] != keys[:-1]
    nameless = np.flatnonzero(keys == "")
    texts = codes[nameless].tolist()
    keyed = {text: sku_key(text) for text in set(texts)}
    own = [keyed[text] for text in texts]
    begins[nameless] = [at == 0 or own[at] != own[at - 1] for at in range(len(own))]
    return begins


def _lowest_rows(costs: CostTable, starts: Int64Array) -> Int64Array:
    """Return the row of each owner that stands lowest in the file; of one line, the first."""
    count = len(costs)
    if not count:
        return np.empty(0, np.int64)
    ranked = costs.row_number.astype(np.int64) * count + np.arange(count)[::-1]
    return count - 1 - np.maximum.reduceat(ranked, starts[:-1]) % count


@dataclass(frozen=True, slots=True, eq=False)
class SkuNames:
    """Names of SKUs; each tuple has one value per SKU, '' where a file has no name for it.

    keys: sku_key. by_hand: the row of sku_map.csv. duty_keys, variants: the SKU of us_duties.csv
    that this one is, and its code there. matches: the SKU of cost.csv that this one is. cost_codes:
    the code of that SKU.
    """

    skus: tuple[str, ...]
    keys: tuple[str, ...]
    by_hand: tuple[SkuOverride, ...]
    duty_keys: tuple[str, ...]
    variants: tuple[str, ...]
    matches: tuple[SkuMatch, ...]
    cost_codes: tuple[str, ...]


def name_skus(
    skus: Sequence[str],
    duties: DutyTable,
    owners: CostOwners,
    prefixes: SkuPrefixes,
    overrides: Mapping[str, SkuOverride],
) -> SkuNames:
    """Find the names of each SKU; `overrides`: what sku_map.csv states, by sku_key."""
    in_duties = SkuIndex(prefixes)
    codes: dict[str, str] = {}
    for sku, code in zip(duties.sku, duties.code, strict=True):
        in_duties.add(sku, code)
        key = sku_key(sku)
        codes[key] = code or codes.get(key, "")
    keys = tuple(sku_key(sku) for sku in skus)
    duty_keys = tuple(in_duties.find(sku).key or "" for sku in skus)
    matches = tuple(owners.index.find(sku) for sku in skus)
    return SkuNames(
        skus=tuple(skus),
        keys=keys,
        by_hand=tuple(overrides.get(key, _NOTHING) for key in keys),
        duty_keys=duty_keys,
        variants=tuple(codes.get(key, "") for key in duty_keys),
        matches=matches,
        cost_codes=tuple(
            owners.codes[owners.by_key[match.key]] if match.key else "" for match in matches
        ),
    )
