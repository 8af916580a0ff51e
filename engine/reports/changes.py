"""What a run would change in a report table: its rows compared with the stored ones.

A change keeps no rows, only which of them differ. Two rows are taken for equal where key and
digest are; of those that are not, the database has the last word when they are written.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, fields

import numpy as np

from engine.database.blocks import (
    Block,
    Difference,
    ReportTable,
    StoredRows,
    Values,
    Words,
    block_length,
    compare,
    row_digests,
    take,
)
from engine.metrics.model import Level
from engine.money import Int64Array
from engine.periods import PeriodKind


@dataclass(frozen=True, slots=True)
class RowCounts:
    """What became of the rows of a run."""

    computed: int = 0
    inserted: int = 0
    updated: int = 0
    unchanged: int = 0
    removed: int = 0
    revisions: int = 0
    restated_periods: int = 0
    rows_expired: int = 0
    revisions_expired: int = 0

    @property
    def written(self) -> int:
        """How many rows were changed in any way."""
        return self.inserted + self.updated + self.removed + self.rows_expired

    def plus(self, other: RowCounts) -> RowCounts:
        """Return the sum of two counts."""
        return RowCounts(
            *(getattr(self, field.name) + getattr(other, field.name) for field in fields(self))
        )


@dataclass(frozen=True, slots=True)
class Change:
    """What has to be done to one table: which rows of a block to stage, which keys to remove.

    The block itself is not kept; `staged` are positions in it, with their digests, and `moved`
    those of them that are new or differ. `by_kind` has the counts as they are expected, for people.
    """

    level: Level
    table: ReportTable
    staged: Int64Array
    moved: Int64Array
    digests: Int64Array
    removed: Block
    compare_first: bool
    counts: RowCounts
    by_kind: Mapping[PeriodKind, RowCounts]

    @property
    def is_empty(self) -> bool:
        """Whether the table is already as it should be."""
        return not len(self.staged) and not self.counts.removed


def plan_change(
    level: Level, table: ReportTable, block: Block, stored: StoredRows, *, full: bool
) -> Change:
    """Compare the new rows of a table with the stored ones.

    `full` stages every row and leaves it to the database to find those that differ.
    """
    digests = row_digests(table, block)
    found = compare(table, block, digests, stored)
    moved = np.sort(np.concatenate([found.new, found.changed]))
    staged = np.arange(len(digests)) if full else moved
    return Change(
        level=level,
        table=table,
        staged=staged,
        moved=moved,
        digests=digests[staged],
        removed=take(stored.key, found.removed),
        compare_first=full,
        counts=_counts(found, block_length(block)),
        by_kind=_counts_by_kind(block, stored, found),
    )


def _counts(found: Difference, computed: int) -> RowCounts:
    return RowCounts(
        computed, len(found.new), len(found.changed), found.unchanged, len(found.removed)
    )


def _counts_by_kind(
    block: Block, stored: StoredRows, found: Difference
) -> dict[PeriodKind, RowCounts]:
    computed = _tally(block["period_type"], None)
    new, changed = (_tally(block["period_type"], at) for at in (found.new, found.changed))
    removed = _tally(stored.key["period_type"], found.removed)
    return {
        kind: RowCounts(
            computed[kind],
            new[kind],
            changed[kind],
            computed[kind] - new[kind] - changed[kind],
            removed[kind],
        )
        for kind in PeriodKind
        if computed[kind] or removed[kind]
    }


def _tally(kinds: Values, rows: Int64Array | None) -> Counter[str]:
    """Count the chosen rows by their kind of period."""
    assert isinstance(kinds, Words)
    codes = kinds.codes if rows is None else kinds.codes[rows]
    counts = np.bincount(codes, minlength=len(kinds.words))
    return Counter(dict(zip(kinds.words, counts.tolist(), strict=True)))
