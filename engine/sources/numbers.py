"""Numbers as people type them, with either sign as the decimal sign, as exact Decimals.

A file is read as a whole: cells that can be read in one way only vote on the file's decimal sign,
and the vote decides those that can be read in two, such as `1,234`. No number is ever a float.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from engine.sources.currencies import split_currency
from engine.sources.findings import Findings
from engine.sources.folding import fold

_MISSING = frozenset(
    fold(word) for word in "|nan|#N/A|N/A|#YOK|#DEĞER!|#VALUE!|#REF!|#DIV/0!|-|--|.".split("|")
)
_MAJORITY = 95  # per cent of the votes that decide a doubtful cell when both signs were voted for
_PLAIN = re.compile(r"-?\d+(?:\.(?:\d\d?|\d{4,}))?", re.ASCII)
_NUMERAL = re.compile(r"-?[\d.,]*\d[\d.,]*", re.ASCII)
_GROUPS = re.compile(r"[1-9]\d{0,2}(?:([.,])\d{3})(?:\1\d{3})*", re.ASCII)
_CLUTTER = str.maketrans("", "", "'’ʼ \u00a0\u202f\u2009\t\r\n")


class NotANumberError(ValueError):
    """A cell that is neither a number nor missing; the text says why."""


@dataclass(frozen=True, slots=True)
class NumberStyle:
    """How a file writes numbers: what `.` and `,` mean before exactly three digits.

    Each is True for a decimal sign, False for a thousands sign, None for "can't be told".
    """

    dot_is_decimal: bool | None
    comma_is_decimal: bool | None
    votes_dot: int = 0
    votes_comma: int = 0

    @property
    def is_mixed(self) -> bool:
        """Whether both signs were seen as decimal signs."""
        return bool(self.votes_dot and self.votes_comma)

    @property
    def decimal_sign(self) -> str:
        """The decimal sign, for the record of an import: `.`, `,` or `mixed`."""
        if self.is_mixed:
            return "mixed"
        return "," if self.comma_is_decimal else "."


def is_missing(cell: str) -> bool:
    """Tell whether a number or date cell holds nothing: blank, a dash, NAN, a formula's error."""
    return not cell or (not cell[0].isdigit() and fold(cell) in _MISSING)


def find_style(cells: Iterable[str], delimiter: str | None) -> NumberStyle:
    """Let the number cells of a file vote on its decimal sign.

    `cells`: all number cells that a person typed. `delimiter`: of the file, None for a workbook;
    it decides when nothing votes, since programs that write `;` or TAB write a decimal comma.
    """
    votes = Counter[str]()
    for cell, count in Counter(cells).items():
        if vote := _vote(cell):
            votes[vote] += count
    dot, comma = votes["."], votes[","]
    if dot and comma:
        share = 100 * max(dot, comma) / (dot + comma)
        decided = (dot > comma) if share >= _MAJORITY else None
        return NumberStyle(decided, None if decided is None else not decided, dot, comma)
    if dot or comma:
        return NumberStyle(bool(dot), bool(comma), dot, comma)
    return NumberStyle(True, delimiter in (";", "\t"))


def note_style(style: NumberStyle, file: str, findings: Findings) -> None:
    """Add DECIMAL_MIXED if a file uses both decimal signs."""
    if style.is_mixed:
        findings.add(
            "DECIMAL_MIXED",
            file=file,
            what=f"has {style.votes_dot} number(s) with a decimal point and "
            f"{style.votes_comma} with a decimal comma",
            expected="one decimal sign",
            action="each number is read by itself",
        )


def read_number(cell: str, style: NumberStyle) -> Decimal | None:
    """Return the number in a cell, None for a missing cell.

    Spaces, an apostrophe, a currency sign or code, `%` and `kg` are passed over; brackets are a
    minus. Raises NotANumberError, whose text continues `value "…"`.
    """
    if _PLAIN.fullmatch(cell):
        return Decimal(cell)
    if is_missing(cell):
        return None
    numeral = _bare(cell)
    negative = numeral.startswith("-")
    digits = numeral.removeprefix("-")
    sign = _decimal_sign(digits)
    if sign is None:
        is_decimal = style.comma_is_decimal if "," in digits else style.dot_is_decimal
        if is_decimal is None:
            raise NotANumberError("may be a thousand or a fraction")
        sign = digits.strip("0123456789") if is_decimal else ""
    whole, _, fraction = digits.partition(sign) if sign else (digits, "", "")
    whole = whole.replace(".", "").replace(",", "")
    number = Decimal(f"{whole or '0'}.{fraction or '0'}" if fraction else whole or "0")
    return -number if negative else number


def read_numbers(
    cells: Iterable[str], style: NumberStyle
) -> tuple[dict[str, Decimal | None], dict[str, str]]:
    """Read each distinct cell once.

    Returns cell → number (None = missing) and, for those that can't be read, cell → why.
    """
    numbers: dict[str, Decimal | None] = {}
    unread: dict[str, str] = {}
    for cell in set(cells):
        try:
            numbers[cell] = read_number(cell, style)
        except NotANumberError as error:
            unread[cell] = str(error)
    return numbers, unread


def _bare(cell: str) -> str:
    """Return a cell as an optional minus and a numeral of digits, points and commas."""
    text = cell.translate(_CLUTTER).replace("−", "-")
    negative = text.startswith("(") and text.endswith(")")
    text = text[1:-1] if negative else text
    text = text.strip("%")
    if text[-2:].casefold() == "kg":
        text = text[:-2]
    text, _ = split_currency(text)
    if negative and text.startswith("-"):
        raise NotANumberError("is not a number")
    if not _NUMERAL.fullmatch(text):
        raise NotANumberError("is not a number")
    return "-" + text if negative else text


def _vote(cell: str) -> str:
    """Return the decimal sign that a cell proves, or an empty text if it proves none."""
    if _PLAIN.fullmatch(cell):
        return "." if "." in cell else ""
    if is_missing(cell):
        return ""
    try:
        digits = _bare(cell).removeprefix("-")
        sign = _decimal_sign(digits)
    except NotANumberError:
        return ""
    if sign == "" and not digits.isdigit():
        return "," if "." in digits else "."  # a sign twice is for thousands, so the other is left
    return sign or ""


def _decimal_sign(digits: str) -> str | None:
    """Return the decimal sign of a numeral, an empty text if it has none, None if in doubt.

    In doubt is one sign before exactly three digits, with one to three digits before it that do not
    begin with 0. Raises NotANumberError if the signs stand where no number has them.
    """
    dots, commas = digits.count("."), digits.count(",")
    if not dots and not commas:
        return ""
    if dots and commas:
        sign = max(".,", key=digits.rfind)
        if digits.count(sign) == 1 and _GROUPS.fullmatch(digits.partition(sign)[0]):
            return sign
    elif dots + commas == 1:
        return None if _GROUPS.fullmatch(digits) else ("." if dots else ",")
    elif _GROUPS.fullmatch(digits):
        return ""
    raise NotANumberError("is not a number")
