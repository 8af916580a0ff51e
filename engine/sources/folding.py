"""Comparing words that people type: headers, months, names and statuses are compared folded.

Folding is for comparing only. It never goes into a table and is never shown.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

# Turkish has a dotted and a dotless i in both cases; typed text mixes them freely.
_ONE_I = str.maketrans("İIı", "iii")


@lru_cache(maxsize=65_536)
def fold(text: str) -> str:
    """Return a text without letter case, accents, kinds of i and kinds of space.

    `ÇALIŞMA`, `Çalışma` and `CALISMA` all give `calisma`.
    """
    text = unicodedata.normalize("NFKC", text).translate(_ONE_I).casefold()
    letters = unicodedata.normalize("NFKD", text)
    bare = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return " ".join(bare.split())
