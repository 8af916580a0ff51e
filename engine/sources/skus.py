"""What makes two SKUs the same: the identity that reports group by, and the keys of look-ups.

An identity keeps letter case and channel prefixes; only markers are off. A look-up compares keys,
whole ones only, and may take prefixes off one by one. It never looks at a part of a SKU.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from engine.sources.sku_prefixes import SHIPPED_PREFIXES, SkuPrefixes, prefix_key

NO_SKU = "(none)"  # what reports call lines without a SKU
_NOT_A_SKU = frozenset(("", ".", "-", "--", "0", "N/A", "NA", "NONE", "NULL", "NAN", "#N/A"))
_MOST_PREFIXES = 3
_SHORTEST = 3


@lru_cache(maxsize=262_144)
def sku_identity(text: str | None, prefixes: SkuPrefixes = SHIPPED_PREFIXES) -> str | None:
    """Return the SKU that reports group by, None for what is no SKU (`.`, `0`, `N/A` …).

    Composed letters, trimmed, one space for many, markers off; letter case is kept.
    """
    sku = " ".join(unicodedata.normalize("NFC", text or "").split())
    while marker := next((m for m in prefixes.markers if prefix_key(sku).startswith(m)), None):
        sku = sku[len(marker) :].lstrip()
    return None if prefix_key(sku) in _NOT_A_SKU else sku


def sku_key(identity: str) -> str:
    """Return what look-ups compare: the identity in capitals, all kinds of i as one."""
    return prefix_key(identity)


@lru_cache(maxsize=65_536)
def ladder(identity: str, prefixes: SkuPrefixes = SHIPPED_PREFIXES) -> tuple[str, ...]:
    """Return the keys to look a SKU up by, the likeliest first.

    The key itself, the key with a mistyped prefix put right, then one leading prefix at a time off,
    at most three. At least three characters, one of them a letter or digit, must remain.
    """
    steps = [sku_key(identity)]
    key = steps[0]
    for wrong, right in prefixes.typos:
        if key.startswith(wrong):
            key = right + key[len(wrong) :]
            steps.append(key)
            break
    for _ in range(_MOST_PREFIXES):
        prefix = next((p for p in prefixes.channels if key.startswith(p)), None)
        if prefix is None:
            break
        key = key[len(prefix) :].lstrip()
        if len(key) < _SHORTEST or not any(letter.isalnum() for letter in key):
            break
        steps.append(key)
    return tuple(dict.fromkeys(steps))


@dataclass(frozen=True, slots=True)
class SkuMatch:
    """What a look-up by ladder found.

    `key`: the sku_key of the file's rows, None if nothing matches or the match is ambiguous.
    `steps`: how many steps down both ladders together; 0 is the SKU itself. `candidates`: the keys
    that were reached; more than one code among them makes the match ambiguous (SKU_AMBIGUOUS).
    """

    key: str | None
    steps: int = 0
    candidates: tuple[str, ...] = ()

    @property
    def is_ambiguous(self) -> bool:
        """Whether rows were reached but none may be used."""
        return self.key is None and bool(self.candidates)


@dataclass(slots=True)
class SkuIndex:
    """The SKUs of a file, reachable by any step of their ladders."""

    prefixes: SkuPrefixes = SHIPPED_PREFIXES
    _rows: dict[tuple[str, int], list[tuple[str, str]]] = field(default_factory=dict, init=False)
    _deepest: int = field(default=0, init=False)

    def add(self, identity: str, cost_code: str) -> None:
        """Enter a SKU of the file with its cost code, an empty text if it has none."""
        steps = ladder(identity, self.prefixes)
        for depth, key in enumerate(steps):
            # Without a code a row only ever agrees with itself.
            self._rows.setdefault((key, depth), []).append((steps[0], cost_code or steps[0]))
        self._deepest = max(self._deepest, len(steps) - 1)

    def find(self, identity: str) -> SkuMatch:
        """Return the file's SKU for this one: whole keys only, fewest steps first.

        A stripped key that reaches rows of different cost codes is not used.
        """
        steps = ladder(identity, self.prefixes)
        for total in range(len(steps) + self._deepest):
            reached = [
                row
                for mine in range(min(total + 1, len(steps)))
                for row in self._rows.get((steps[mine], total - mine), ())
            ]
            if not reached:
                continue
            keys = tuple(dict.fromkeys(key for key, _ in reached))
            one_code = total == 0 or len({code for _, code in reached}) == 1
            return SkuMatch(keys[0] if one_code else None, total, keys)
        return SkuMatch(None)


def find_twins(identities: Iterable[str]) -> list[tuple[str, ...]]:
    """Return the groups of identities that share a key: they differ in letter case only."""
    by_key: dict[str, set[str]] = {}
    for identity in identities:
        by_key.setdefault(sku_key(identity), set()).add(identity)
    return [tuple(sorted(twins)) for _, twins in sorted(by_key.items()) if len(twins) > 1]
