"""Sizes and colours within SKUs, so that goods of one size never lend a cost to another size.

A SKU is split into words at `-`, `_`, `/`, `.` and spaces. Its size is all of its size words
together: `13IN`, `40X60`, `XL`, `küçük`, a shoe size. A SKU without size words has the size ''.
"""

from __future__ import annotations

import re
from functools import lru_cache

from engine.sources.folding import fold

_LETTERS = frozenset("xxs xs s m l xl xxl xxxl".split())
_WORDS = frozenset("small medium large mini midi maxi kucuk orta buyuk".split())
_UNITS = "inch mm cm in ml oz kg m l g".split()  # longer ones first
_NUMBER = r"\d+(?:[.,]\d+)?"
_MEASURE = re.compile(rf"({_NUMBER})({'|'.join(_UNITS)})")
_SIDES = re.compile(rf"({_NUMBER}(?:x{_NUMBER})+)({'|'.join(_UNITS)})?")
_MANY_X = re.compile(r"([1-9])x(s|l)")
_SHOE_SIZES = range(34, 49)
# A point or comma between digits belongs to the number: 13.5IN is one word.
_SEPARATOR = re.compile(r"[-_/\s]+|(?<!\d)[.]|[.](?!\d)")
_LAST_WORD = re.compile(r"[-_/.\s]+([^-_/.\s]+)$")
_INCH = str.maketrans({'"': "in", "”": "in", "″": "in", "×": "x"})

COLOURS = frozenset(
    fold(word)
    for word in """
    amber anthracite aqua beige black blue bordeaux brown burgundy camel charcoal chestnut cognac
    copper coral cream cyan denim ecru emerald fuchsia gold golden graphite gray green grey indigo
    ivory khaki lavender lilac lime magenta maroon mint mocha multicolor multicolour mustard natural
    navy ochre olive orange oxblood peach petrol pink plum powder purple red rose rust sage salmon
    sand silver taupe teal terracotta transparent turquoise violet walnut white wine yellow
    darkblue darkbrown darkgreen darkgrey darkgray lightblue lightbrown lightgreen lightgrey
    lightgray offwhite
    açıkgri açıkmavi açıkyeşil altın antrasit bakır bej beyaz bordo ceviz ekru eflatun fuşya füme
    gri gümüş haki hardal kahve kahverengi kırmızı kiremit koyugri koyumavi koyuyeşil krem lacivert
    leylak mavi mercan mor mürdüm naturel petrolmavisi pembe pudra sarı siyah somon şeffaf şampanya
    taba toprak turkuaz turuncu vizon yeşil zeytin zümrüt
    """.split()
)


@lru_cache(maxsize=65_536)
def size_of(sku: str) -> str:
    """Return the size of a SKU: its size words in one spelling and order, '' if it has none.

    Two SKUs may stand in for each other only if this is equal, '' too.
    """
    words = [word for word in _SEPARATOR.split(fold(sku.translate(_INCH))) if word]
    found = []
    numbers = [word for word in words if word.isdecimal()]
    before = ""
    for word in words:
        if size := _size_word(word):
            found.append(size)
        elif before[-1:].isdecimal() and (size := _size_word(before + word)):
            found.append(size)  # the unit stands apart: 13 IN
        before = word
    if numbers and int(numbers[-1]) in _SHOE_SIZES:
        found.append(numbers[-1])
    return " ".join(sorted(found))


@lru_cache(maxsize=65_536)
def without_colour(sku: str) -> str | None:
    """Return a SKU without the colour that is its last word; None if that is no colour."""
    last = _LAST_WORD.search(sku)
    return sku[: last.start()] if last and fold(last[1]) in COLOURS else None


def _size_word(word: str) -> str:
    """Return a size word in its one spelling, '' for another word."""
    if many := _MANY_X.fullmatch(word):
        return "x" * int(many[1]) + many[2]  # 2XL is XXL
    if word in _WORDS or word in _LETTERS:
        return word
    match = _MEASURE.fullmatch(word) or _SIDES.fullmatch(word)
    if match is None:
        return ""
    unit = "in" if match[2] == "inch" else match[2] or ""
    return match[1].replace(",", ".") + unit
