"""64 bits that stand for a row of values: the same on every machine for the same values.

Rows are given as columns of int64. Two rows of equal values have equal digests; of unequal ones it
may be relied on for saving work and for telling what moved, never for deciding that rows are equal.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from engine.money import Int64Array

_ROWS_AT_ONCE = 8_192  # stays in the processor's cache


def digest_rows(count: int, columns: Sequence[Int64Array], seed: int) -> Int64Array:
    """Return the digest of each of `count` rows over all columns, in their order."""
    digests = np.empty(count, np.uint64)
    for start in range(0, count, _ROWS_AT_ONCE):
        rows = slice(start, start + _ROWS_AT_ONCE)
        digest = np.full(len(digests[rows]), seed, np.int64).view(np.uint64)
        for column in columns:
            digest = _mixed(digest ^ column[rows].view(np.uint64))
        digests[rows] = digest
    return digests.view(np.int64)


def text_digest(text: str) -> int:
    """Return 64 bits of a text, as a signed integer."""
    digest = hashlib.blake2b(text.encode(), digest_size=8).digest()
    return int.from_bytes(digest, "little", signed=True)


def _mixed(digest: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """Stir 64 bits so that each of them depends on all: multiply and xor-shift."""
    digest ^= digest >> np.uint64(32)
    digest *= np.uint64(0xD6E8FEB86659FD93)
    digest ^= digest >> np.uint64(32)
    digest *= np.uint64(0xD6E8FEB86659FD93)
    digest ^= digest >> np.uint64(32)
    digest += np.uint64(0x9E3779B97F4A7C15)
    return digest
