"""Findings on files as findings of a shop, with the sales that hang on the cell or row.

On a cell of cost.csv hang the sales that ask for just this SKU, month and region; on a row of
us_duties.csv those of the SKU's parcels to the country of the duties. For other files nothing is
told.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from engine.ledger.cost_groups import place_of
from engine.ledger.facts import Facts
from engine.ledger.health.codes import HealthFinding
from engine.ledger.health.stakes import sales_of
from engine.money import Int64Array
from engine.sorting import distinct_pairs
from engine.sources.cost_headers import ALL_REGIONS, PriceHeader, read_price_header
from engine.sources.cost_regions import REGIONS
from engine.sources.duty_table import COUNTRY
from engine.sources.findings import CODES, Finding
from engine.sources.owner_files import OwnerFiles

Stake = tuple[int | None, str | None]  # sales and the SKU that they are of
_NO_STAKE: Stake = (None, None)


def file_findings(facts: Facts, files: OwnerFiles) -> Iterator[HealthFinding]:
    """Yield the findings of the owner's files, one row each, as they were met."""
    findings = list(files.findings)
    stakes = [_NO_STAKE] * len(findings)
    for kinds, stakes_of in (
        (("cost.",), _stakes_of_costs),
        (("us_duties", "us_fedex"), _stakes_of_duties),
    ):
        chosen = [
            place
            for place, finding in enumerate(findings)
            if finding.row and finding.file.casefold().startswith(kinds)
        ]
        told = stakes_of([findings[place] for place in chosen], facts, files)
        for place, stake in zip(chosen, told, strict=True):
            stakes[place] = stake
    for finding, (sales, sku) in zip(findings, stakes, strict=True):
        yield of_file(finding, sales, sku)


def of_file(finding: Finding, sales: int | None = None, sku: str | None = None) -> HealthFinding:
    """Return a finding of a file as one of a shop."""
    what = finding.what if not finding.expected else f"{finding.what}; expected {finding.expected}"
    return HealthFinding(
        finding.code,
        finding.level,
        finding.file,
        what or CODES[finding.code][1],
        finding.action,
        sales_at_stake=sales,
        row=finding.row,
        column=finding.column,
        value=finding.value,
        sku=sku,
    )


def _stakes_of_costs(findings: Sequence[Finding], facts: Facts, files: OwnerFiles) -> list[Stake]:
    """Return what hangs on cells of cost.csv, nothing where the column names no month and year."""
    heads = [_dated(finding.column) for finding in findings]
    by_row = _skus_by_row({finding.row or 0 for finding in findings}, facts, files)
    cells: list[tuple[int, int, int, int]] = []  # finding, SKU, region, month
    for number, (finding, head) in enumerate(zip(findings, heads, strict=True)):
        if head is None:
            continue
        regions = range(len(REGIONS)) if head.region == ALL_REGIONS else (head.region,)
        month = (head.year or 0) * 12 + head.month - 1
        for sku in by_row.get(finding.row or 0, ()):
            cells += [(number, sku, region, month) for region in regions]
    total = np.zeros(len(findings), np.int64)
    if cells:
        number, sku, region, month = np.array(cells, np.int64).T
        asked = place_of(sku, region.astype(np.int8), month.astype(np.int32))
        np.add.at(total, number, _sales_asked(facts, asked))
    names = facts.costs.book.names.skus
    skus = [next(iter(by_row.get(finding.row or 0, ())), None) for finding in findings]
    return [
        _NO_STAKE if head is None or sku is None else (int(sales), names[sku])
        for head, sku, sales in zip(heads, skus, total, strict=True)
    ]


def _dated(column: str | None) -> PriceHeader | None:
    """Return what the header of a price column says, None if it does not say the year."""
    head = read_price_header(column) if column else None
    return head if head and head.year is not None else None


def _skus_by_row(rows: set[int], facts: Facts, files: OwnerFiles) -> dict[int, list[int]]:
    """Return the SKUs, by place in the book's names, that rows of cost.csv are the own ones of."""
    book = facts.costs.book
    owned = np.zeros(int(files.costs.row_number.max(initial=0)) + 1, np.bool_)
    owned[[row for row in rows if row < len(owned)]] = True
    at = np.flatnonzero(owned[files.costs.row_number])
    owner = np.searchsorted(book.owners.starts, at, side="right") - 1
    in_file, owner = distinct_pairs(files.costs.row_number[at].astype(np.int64), owner)
    by_key: dict[str, list[int]] = {}
    for sku, match in enumerate(book.names.matches):
        if match.key:
            by_key.setdefault(match.key, []).append(sku)
    found: dict[int, list[int]] = {}
    for row, one in zip(in_file.tolist(), owner.tolist(), strict=True):
        found.setdefault(row, []).extend(by_key.get(book.owners.keys[one], ()))
    return found


def _sales_asked(facts: Facts, asked: Int64Array) -> Int64Array:
    """Return the sales that ask for each SKU, region and month."""
    questions = facts.costs.answers.questions
    place = place_of(questions.sku.astype(np.int64), questions.region, questions.month)
    known, at = np.unique(place, return_inverse=True)
    sales = np.zeros(len(known) + 1, np.int64)
    np.add.at(sales, at.ravel()[facts.costs.question], sales_of(facts))
    row = np.minimum(np.searchsorted(known, asked), max(len(known) - 1, 0))
    return np.where(known[row] == asked, sales[row], 0) if len(known) else np.zeros_like(asked)


def _stakes_of_duties(findings: Sequence[Finding], facts: Facts, files: OwnerFiles) -> list[Stake]:
    """Return what hangs on rows of us_duties.csv: lines whose parcels to its country used them."""
    sent, rows = facts.fulfilment, files.duties.rows
    country = sent.parcels.country[sent.pieces.parcel]
    is_due = np.array([code == COUNTRY for code in facts.orders.countries] + [False])[country]
    used = np.flatnonzero(is_due & (sent.parts.duty_row >= 0))
    duty_row, line = (
        column[used].astype(np.int64) for column in (sent.parts.duty_row, sent.pieces.line)
    )
    duty_row, line = distinct_pairs(duty_row, line)
    total = np.zeros(len(rows.row_number), np.int64)
    np.add.at(total, duty_row, sales_of(facts)[line])
    place = {
        (files.duties.files[file], row): number
        for number, (file, row) in enumerate(
            zip(rows.file.tolist(), rows.row_number.tolist(), strict=True)
        )
    }
    found = [place.get((finding.file, finding.row or 0)) for finding in findings]
    return [_NO_STAKE if row is None else (int(total[row]), files.duties.sku[row]) for row in found]
