"""Ids of what a file brings: the file's own digits, or a made-up negative id for any other text.

A made-up id depends on nothing but the identity that it stands for, so the same order in another
file gets the same id. It is −1 minus the first 62 bits of a SHA-256, so it never meets a real one.
"""

from __future__ import annotations

import hashlib
import re

from engine.sources.folding import fold
from engine.sources.landing.file_rows import Problem
from engine.sources.numbers import is_missing

SEPARATOR = "\x1f"
_LARGEST = 2**63 - 1
# What a spreadsheet leaves of a long number: 3.12E+09, or a number with decimals.
_DAMAGED = re.compile(r"\d+(?:[.,]\d+)?E\+?\d+|\d+[.,]\d+", re.ASCII | re.IGNORECASE)


def made_up_id(*identity: object) -> int:
    """Return the negative id of an identity, its fields joined by U+001F."""
    text = SEPARATOR.join(str(field) for field in identity)
    first_bytes = hashlib.sha256(text.encode()).digest()[:8]
    return -1 - (int.from_bytes(first_bytes, "big") >> 2)


def own_id(text: str) -> int | None:
    """Return the number that a text of digits is, from 1 and within 63 bits; else None."""
    if not (text.isascii() and text.isdigit()):
        return None
    number = int(text)
    return number if 0 < number <= _LARGEST else None


def id_number(shop_id: int, what: str, text: str) -> int:
    """Return the number of an id as `read_id` spells it: its own or a made-up one; 0 for none."""
    if not text:
        return 0
    number = own_id(text)
    return made_up_id(shop_id, what, text) if number is None else number


def read_id(text: str, what: str) -> str | Problem:
    """Return an id in its one spelling, '' where there is none; `what` names it in messages.

    Digits lose leading zeros. What a spreadsheet has rounded is a problem: its rest is lost.
    """
    if is_missing(text):
        return ""
    if _DAMAGED.fullmatch(text):
        return Problem(
            "ID_DAMAGED",
            "was rounded by a spreadsheet",
            f"the whole {what}; export the file again and don't open it in a spreadsheet",
        )
    number = own_id(text)
    return text if number is None else str(number)


def buyer_id(text: str, salt: str) -> int | None:
    """Return a buyer's own id, a made-up one for a user name, or None for an unknown guest."""
    if is_missing(text) or text.strip("0") == "":
        return None
    number = own_id(text)
    return made_up_id("user", salt, fold(text)) if number is None else number
