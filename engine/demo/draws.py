"""Seeded draws by integer weights: no float, so no machine can decide otherwise.

Each topic has a stream of its own, made from seed, shop and topic, so that a change in one part of
the generator leaves the others as they were.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from engine.money import MILLION, Int64Array

BoolArray = npt.NDArray[np.bool_]


class Draws:
    """One stream of random numbers; every method moves it on."""

    def __init__(self, seed: int, shop_id: int, topic: str) -> None:
        entropy = np.random.SeedSequence([seed, shop_id, *topic.encode()])
        self._random = np.random.Generator(np.random.PCG64(entropy))

    def below(self, bound: int | Int64Array, count: int) -> Int64Array:
        """Draw `count` integers from 0 to bound − 1, each as likely."""
        return self._random.integers(0, bound, count, dtype=np.int64)

    def between(self, low: int, high: int, count: int) -> Int64Array:
        """Draw `count` integers from low to high, both included."""
        return self._random.integers(low, high + 1, count, dtype=np.int64)

    def chance(self, ppm: int, count: int) -> BoolArray:
        """Draw `count` answers that are yes so many times in a million."""
        return self._random.integers(0, MILLION, count, dtype=np.int64) < ppm

    def weighted(self, weights: Int64Array | Sequence[int], count: int) -> Int64Array:
        """Draw `count` indexes of `weights`, each as likely as its weight says."""
        ends = np.cumsum(np.asarray(weights, dtype=np.int64))
        drawn = self._random.integers(0, int(ends[-1]), count, dtype=np.int64)
        return np.searchsorted(ends, drawn, side="right").astype(np.int64)

    def shuffled(self, count: int) -> Int64Array:
        """Return 0 … count − 1 in random order."""
        return self._random.permutation(count).astype(np.int64)
