"""What the rows of the ledger can be grouped by, as small codes.

Zone, tier, carrier and basis are those of an order's first parcel; one code each = one order. A
refund row carries its reason, and every row says how each of its fees is known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import numpy as np

from engine.ledger.cost_book import CostBook
from engine.ledger.fee_frames import FeeBasis, Fees
from engine.ledger.frames import FEES, Codes, CostBasis, Int16Array
from engine.ledger.fulfilment import Fulfilment
from engine.money import Int64Array
from engine.sources.folding import fold
from engine.sources.frames import Int32Array, Texts
from engine.sources.owner_rows import UNKNOWN

_BITS = 2  # of a FeeBasis
_DESI = 1000  # mdesi
ALL_MEASURED = sum(FeeBasis.MEASURED << (_BITS * at) for at in range(len(FEES)))
BASES = ("measured", "estimated", "unknown")


def first_parcels(fulfilment: Fulfilment) -> dict[str, Codes]:
    """Return zone, tier, carrier and parcel_basis of each order's first parcel.

    A tier is in desi. An order without a parcel has none of them.
    """
    parcels, postage = fulfilment.parcels, fulfilment.postage
    tiers, tier = np.unique(postage.tier, return_inverse=True)
    texts = tuple("" if value == UNKNOWN else f"{value / _DESI:g}" for value in tiers.tolist())
    names = tuple(CostBasis(code).name.lower() for code in sorted(CostBasis))
    by_parcel = {
        "zone": _coded(postage.zone, sorted),
        "tier": _coded(Texts(tier.astype(np.int32), texts), _as_listed),
        "carrier": _coded(parcels.carrier, sorted),
        "parcel_basis": _coded(Texts(postage.basis.astype(np.int32), names), _by_certainty),
    }
    return {
        name: Codes(np.append(codes.code, np.int16(-1))[parcels.of_order], codes.values)
        for name, codes in by_parcel.items()
    }


def cost_codes(skus: Sequence[str], book: CostBook) -> Codes:
    """Return the cost code of each SKU; one that no file names has none."""
    code_of = dict(zip(book.names.skus, book.cost_code.tolist(), strict=False))
    code = np.array([code_of.get(sku, -1) for sku in skus], np.int32)
    return _coded(Texts(code, book.cost_codes), sorted)


def refund_reasons(reasons: Texts, of_refund: Int32Array) -> Codes:
    """Return the folded reason of each refund; `of_refund` indexes the texts of the source."""
    folded = tuple(fold(text) for text in reasons.values)
    return _coded(Texts(of_refund, folded), sorted)


def _as_listed(values: Iterable[str]) -> list[str]:
    return list(values)


def _by_certainty(values: Iterable[str]) -> list[str]:
    return sorted(values, key=BASES.index)


def _coded(texts: Texts, order: Callable[[Iterable[str]], list[str]]) -> Codes:
    """Return the texts that occur, equal ones under one code; an empty text is none."""
    occurring = np.unique(texts.code[texts.code >= 0]).tolist()
    values = tuple(order(dict.fromkeys(texts.values[at] for at in occurring if texts.values[at])))
    index = {value: code for code, value in enumerate(values)}
    code = [index.get(value, -1) for value in texts.values]
    return Codes(np.array([*code, -1], np.int16)[texts.code], values)


def sale_fee_bases(fees: Fees) -> Int16Array:
    """Return how each fee of the sale rows is known, packed."""
    packed = np.zeros(len(fees.fees_measured), np.int16)
    for at, name in enumerate(FEES):
        packed |= fees.bases[name].astype(np.int16) << (_BITS * at)
    return packed


def credit_bases(fees: Fees, line: Int64Array) -> Int16Array:
    """Return how each fee credit of refund rows is known; `line` is the sale row, −1 = none.

    The credit of an estimated fee is an estimate; all others are entries of the account.
    """
    packed = np.zeros(len(line), np.int16)
    for at, name in enumerate(FEES):
        of_line = np.append(fees.bases[name], FeeBasis.MEASURED)[line]
        is_estimated = of_line == FeeBasis.ESTIMATED
        basis = np.where(is_estimated, FeeBasis.ESTIMATED, FeeBasis.MEASURED).astype(np.int16)
        packed |= basis << (_BITS * at)
    return packed


def fee_basis(packed: Int16Array, fee: Int64Array) -> Int64Array:
    """Return the FeeBasis of one of FEES for each row; `fee` is its number there."""
    return np.asarray((packed.astype(np.int64) >> (_BITS * fee)) & (2**_BITS - 1))
