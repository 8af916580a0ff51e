"""The prefixes that a shop puts before its SKUs, and what each of them means.

One row of `csv_inputs/sku_prefixes.csv` is one prefix: a *marker* says something about the same
product and is off everywhere, a *channel* says where it is sold and is off for look-ups only, a
*typo* is another spelling of a channel's prefix. Without the file the shipped prefixes are used.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from engine.sources.findings import Findings
from engine.sources.folding import fold
from engine.sources.records import Layout, Records

PREFIX_LAYOUT = Layout(
    "sku_prefixes",
    {"prefix": (), "kind": (), "canonical": ()},
    required=(("prefix",), ("kind",)),
    wanted="prefix, kind, canonical",
)
_KINDS = ("marker", "channel", "typo")


@dataclass(frozen=True, slots=True)
class SkuPrefixes:
    """Prefixes in the form of a SKU's key, longest first; `typos` is wrong → right spelling."""

    markers: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    typos: tuple[tuple[str, str], ...] = field(default=())


SHIPPED_PREFIXES = SkuPrefixes(
    markers=("DELETED-",),
    channels=("ZSTK-", "LND-", "OT-", "MG-", "EU-", "US-", "UK-", "CA-", "AU-", "JP-"),
    typos=(("ZTSK-", "ZSTK-"),),
)


def prefix_key(text: str) -> str:
    """Return a text in the letters that prefixes and keys are compared in: capitals, one I."""
    if text.isascii():
        return text.upper()
    return text.replace("ı", "I").replace("i", "I").replace("İ", "I").upper()


def read_prefixes(records: Records, findings: Findings) -> SkuPrefixes:
    """Return the prefixes of a file; a row that can't be used is noted and left out.

    Of two rows for one prefix the lower one counts, with DUPLICATE_CONFLICT.
    """
    rows: dict[str, tuple[int, str, str]] = {}
    columns = (records.column(name) for name in ("prefix", "kind", "canonical"))
    for number, cells in zip(records.row_numbers, zip(*columns, strict=True), strict=True):
        prefix, canonical = prefix_key(cells[0].strip()), prefix_key(cells[2].strip())
        kind = fold(cells[1])
        if not _is_usable(prefix, kind, canonical, number, cells, records, findings):
            continue
        earlier = rows.get(prefix)
        if earlier is not None and earlier[1:] != (kind, canonical):
            findings.add(
                "DUPLICATE_CONFLICT",
                file=records.file,
                row=number,
                column=records.header_of("prefix"),
                value=cells[0],
                what=f"stands in row {earlier[0]} too, with another meaning",
                expected="one row for each prefix",
                action=f"row {number} is used",
            )
        rows[prefix] = number, kind, canonical
    by_length = sorted(rows, key=lambda prefix: (-len(prefix), prefix))
    return SkuPrefixes(
        markers=tuple(p for p in by_length if rows[p][1] == "marker"),
        channels=tuple(p for p in by_length if rows[p][1] == "channel"),
        typos=tuple((p, rows[p][2]) for p in by_length if rows[p][1] == "typo"),
    )


def _is_usable(
    prefix: str,
    kind: str,
    canonical: str,
    number: int,
    cells: tuple[str, ...],
    records: Records,
    findings: Findings,
) -> bool:
    """Tell whether a row states a prefix, and note why not."""

    def reject(code: str, name: str, value: str | None, what: str, expected: str) -> bool:
        findings.add(
            code,
            file=records.file,
            row=number,
            column=records.header_of(name),
            value=value,
            what=what,
            expected=expected,
            action="the row is not used",
        )
        return False

    if not prefix:
        return reject("VALUE_MISSING", "prefix", None, "is empty", "a prefix such as OT-")
    if prefix[-1].isalnum():
        # `US` as a prefix would cut the letters off every SKU that begins with them.
        return reject(
            "VALUE_UNKNOWN",
            "prefix",
            cells[0],
            "ends in a letter or digit",
            "a prefix that ends in a separator, such as OT-",
        )
    if kind not in _KINDS:
        return reject("VALUE_UNKNOWN", "kind", cells[1], "is not a kind", " or ".join(_KINDS))
    if kind == "typo" and not canonical:
        return reject(
            "VALUE_MISSING", "canonical", None, "is empty", "the right spelling of the prefix"
        )
    return True
